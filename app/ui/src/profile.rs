//! The head of a profile.

use crate::{Avatar, AvatarShape, AvatarSize, Icon, IconName, Portrait};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// Who an account is, in its own words, and what one can do about it.
#[component]
pub fn ProfileHead(
    /// The display name.
    #[prop(into)]
    name: String,
    /// The handle, without `@`.
    #[prop(into)]
    handle: String,
    /// The picture.
    #[prop(optional_no_strip)]
    avatar: Option<Portrait>,
    /// What kind of account.
    #[prop(optional)]
    shape: AvatarShape,
    /// Under the handle: `ProvenanceMark` or `Badge`s.
    #[prop(optional, into)]
    mark: Option<ViewFnOnce>,
    /// Beside the picture: "Follow", "Edit profile", a `Menu`.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// What they say about themselves, as sanitised HTML made by the server.
    #[prop(optional, into)]
    bio_html: Option<String>,
    /// `ProfileFact`s.
    #[prop(optional, into)]
    facts: Option<ViewFnOnce>,
    /// The heading is the page's `h1`, unless a `PageHeader` already has it.
    #[prop(default = true)]
    first_heading: bool,
) -> impl IntoView {
    let heading = if first_heading {
        view! { <h1>{name.clone()}</h1> }.into_any()
    } else {
        view! { <h2>{name.clone()}</h2> }.into_any()
    };
    view! {
        <header class="profile-head">
            <div class="profile-top">
                <Avatar portrait=avatar name size=AvatarSize::Huge shape />
                {actions.map(|it| view! { <div class="profile-actions">{it.run()}</div> })}
            </div>
            <div class="profile-names">
                {heading}
                <span class="profile-handle">"@"{handle}</span>
                {mark.map(ViewFnOnce::run)}
            </div>
            {bio_html.map(|html| view! { <div class="prose" inner_html=html></div> })}
            {facts.map(|it| view! { <ul class="profile-facts" role="list">{it.run()}</ul> })}
        </header>
    }
    .into_any()
}

/// One fact in a profile's head: a place, a date, a count.
#[component]
pub fn ProfileFact(
    /// A picture before it.
    #[prop(optional)]
    icon: Option<IconName>,
    /// The fact; emphasise numbers with `strong`.
    children: Children,
) -> impl IntoView {
    view! {
        <li>
            {icon.map(|name| view! { <Icon name /> })}
            <span>{children()}</span>
        </li>
    }
}
