//! The front door.

use crate::{Icon, IconName};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// The first thing a visitor reads.
#[component]
pub fn Hero(
    /// What this is, in a few words; the page's `h1`.
    #[prop(into)]
    title: String,
    /// What one can do here, in one or two sentences.
    #[prop(into)]
    text: String,
    /// One or two `ButtonLink`s.
    #[prop(into)]
    actions: ViewFnOnce,
    /// A quiet line under them.
    #[prop(optional, into)]
    note: Option<ViewFnOnce>,
    /// Something real to look at, such as a `Feed` of public posts.
    #[prop(optional, into)]
    picture: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <section class="hero">
            <h1>{title}</h1>
            <p class="hero-text">{text}</p>
            <div class="hero-actions">{actions.run()}</div>
            {note.map(|it| view! { <div class="hero-note">{it.run()}</div> })}
            {picture.map(|it| view! { <div class="hero-picture">{it.run()}</div> })}
        </section>
    }
    .into_any()
}

/// What the product does, side by side.
#[component]
pub fn FeatureGrid(
    /// `Feature`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="feature-grid" role="list">{children()}</ul> }
}

/// One thing the product does.
#[component]
pub fn Feature(
    /// Its picture.
    icon: IconName,
    /// Its name.
    #[prop(into)]
    title: String,
    /// What it is good for, in a sentence.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <li class="feature">
            <span class="feature-icon"><Icon name=icon /></span>
            <h2>{title}</h2>
            <p>{text}</p>
        </li>
    }
}
