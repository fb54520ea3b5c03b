//! The other states of a view: loading, empty, failed, forbidden, too much.

use crate::{Icon, IconName};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

fn bone(shape: &'static str, width: Option<&'static str>) -> AnyView {
    view! { <span class="skeleton" data-shape=shape data-width=width></span> }.into_any()
}

/// Says once that something is being loaded, and hides the bones from assistive software.
fn skeleton(label: &'static str, bones: AnyView) -> AnyView {
    view! {
        <div class="skeleton-group">
            <span class="visually-hidden" role="status">{label}</span>
            <div aria-hidden="true">{bones}</div>
        </div>
    }
    .into_any()
}

/// Posts that are being loaded.
#[component]
pub fn PostSkeleton(
    /// How many.
    #[prop(default = 4)]
    count: u32,
) -> impl IntoView {
    let bones = (0..count)
        .map(|_| {
            view! {
                <div class="skeleton-post">
                    {bone("circle", None)}
                    <div>
                        {bone("line", Some("half"))}
                        {bone("line", None)}
                        {bone("line", Some("most"))}
                        {bone("line", Some("short"))}
                    </div>
                </div>
            }
            .into_any()
        })
        .collect_view()
        .into_any();
    skeleton("Loading posts", bones)
}

/// Rows that are being loaded: people, notifications, results.
#[component]
pub fn ListSkeleton(
    /// How many.
    #[prop(default = 6)]
    count: u32,
) -> impl IntoView {
    let bones = (0..count)
        .map(|_| {
            view! {
                <div class="skeleton-row">
                    {bone("circle", None)}
                    <div>{bone("line", Some("half"))}{bone("line", Some("short"))}</div>
                </div>
            }
            .into_any()
        })
        .collect_view()
        .into_any();
    skeleton("Loading the list", bones)
}

/// The head of a profile that is being loaded.
#[component]
pub fn ProfileSkeleton() -> impl IntoView {
    let bones = view! {
        <div class="skeleton-profile">
            {bone("portrait", None)}
            {bone("title", None)}
            <div>{bone("line", Some("short"))}{bone("line", None)}{bone("line", Some("most"))}</div>
        </div>
    }
    .into_any();
    skeleton("Loading the profile", bones)
}

/// A form that is being loaded.
#[component]
pub fn FormSkeleton(
    /// How many fields.
    #[prop(default = 3)]
    fields: u32,
) -> impl IntoView {
    let rows = (0..fields)
        .map(|_| view! { <div>{bone("line", Some("short"))}{bone("input", None)}</div> }.into_any())
        .collect_view();
    let bones = view! { <div class="skeleton-form">{rows}{bone("button", None)}</div> }.into_any();
    skeleton("Loading the form", bones)
}

fn state(
    kind: &'static str,
    icon: IconName,
    title: String,
    text: String,
    reference: Option<String>,
    action: Option<ViewFnOnce>,
) -> AnyView {
    view! {
        <section class="state" data-kind=kind role=(kind == "error").then_some("alert")>
            <span class="state-icon"><Icon name=icon /></span>
            <h2 class="state-title">{title}</h2>
            <p class="state-text">{text}</p>
            {action.map(|it| view! { <div class="state-actions">{it.run()}</div> })}
            {reference.map(|id| view! { <p class="state-reference">"Reference: "<code>{id}</code></p> })}
        </section>
    }
    .into_any()
}

/// Nothing here yet: what this place is for, and the one button that starts it.
#[component]
pub fn EmptyState(
    /// The area's picture.
    icon: IconName,
    /// What is not there yet.
    #[prop(into)]
    title: String,
    /// What this place is for.
    #[prop(into)]
    text: String,
    /// The one button that starts it.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
) -> impl IntoView {
    state("empty", icon, title, text, None, action)
}

/// It went wrong: what happened, what to do, and the way to try again.
#[component]
pub fn ErrorState(
    /// What happened.
    #[prop(default = "Something went wrong".to_owned(), into)]
    title: String,
    /// What to do next.
    #[prop(into)]
    text: String,
    /// The request's id, to be told to whoever helps.
    #[prop(optional_no_strip)]
    reference: Option<String>,
    /// "Try again": a link to this page works even without JavaScript.
    #[prop(optional, into)]
    retry: Option<ViewFnOnce>,
) -> impl IntoView {
    state("error", IconName::Warning, title, text, reference, retry)
}

/// Not for this reader: why, and what would help.
#[component]
pub fn ForbiddenState(
    /// What is not open to them.
    #[prop(default = "This is not open to you".to_owned(), into)]
    title: String,
    /// Why, and what would help.
    #[prop(into)]
    text: String,
    /// The way on: sign in, ask, go back.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
) -> impl IntoView {
    state("forbidden", IconName::Lock, title, text, None, action)
}

/// The foot of a list that goes on: a link to the next page, which a live page turns into "show more".
#[component]
pub fn Pagination(
    /// A `ButtonLink` or `Button`.
    children: Children,
) -> impl IntoView {
    view! { <nav class="pagination" aria-label="More">{children()}</nav> }
}
