//! What waits for a person to decide.

use crate::{AvatarSize, Byline, Timestamp, When};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// Drafts below each other, in one form that decides several at once.
#[component]
pub fn DraftList(
    /// What the list holds, for assistive software.
    #[prop(into)]
    label: String,
    /// `DraftCard`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="draft-list" role="list" aria-label=label>{children()}</ul> }
}

/// What an agent wants to do, with what to do about it.
#[component]
pub fn DraftCard(
    /// Which agent.
    author: Byline,
    /// What it wants: "Wants to answer @ana".
    #[prop(into)]
    title: String,
    /// Where all there is to know stands.
    #[prop(into)]
    href: String,
    /// When it was proposed.
    when: When,
    /// What it wants to say, as sanitised HTML, made by the server.
    #[prop(into)]
    body_html: String,
    /// The name and the value under which the form sends that it was chosen; a box to tick stands there only with them.
    #[prop(optional_no_strip)]
    choice: Option<(String, String)>,
    /// `Badge`s.
    #[prop(optional, into)]
    marks: Option<ViewFnOnce>,
    /// One quiet line: why it waits, until when.
    #[prop(optional, into)]
    note: Option<String>,
    /// At the foot: `Button`s.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    let picture = author.picture(AvatarSize::Medium);
    let label = format!("Choose what {} wants", author.name);
    view! {
        <li class="draft-card">
            <div class="draft-head">
                {choice.map(|(name, value)| view! {
                    <label class="draft-choice">
                        <input type="checkbox" name=name value=value aria-label=label />
                    </label>
                })}
                {picture}
                <div class="draft-who">
                    <a class="draft-author" href=author.href>{author.name}</a>
                    <a class="draft-title" href=href>{title}</a>
                </div>
                <Timestamp when />
            </div>
            {marks.map(|it| view! { <div class="draft-marks">{it.run()}</div> })}
            <div class="draft-words prose" data-size="normal" inner_html=body_html></div>
            {note.map(|note| view! { <p class="draft-note">{note}</p> })}
            {actions.map(|it| view! { <div class="draft-actions">{it.run()}</div> })}
        </li>
    }
    .into_any()
}

/// Under the list: what shall become of all that were chosen. It stays in sight.
#[component]
pub fn DraftBar(
    /// `Button`s.
    children: Children,
) -> impl IntoView {
    view! { <div class="draft-bar" role="group" aria-label="All that are chosen">{children()}</div> }
}
