//! What unfolds when it is asked for.

use crate::{Icon, IconName};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// One line that opens into more. It opens without JavaScript.
#[component]
pub fn Disclosure(
    /// The line.
    #[prop(into)]
    title: String,
    /// A quiet line under it.
    #[prop(optional_no_strip)]
    note: Option<String>,
    /// On the right of the line: `Badge`s.
    #[prop(optional, into)]
    mark: Option<ViewFnOnce>,
    /// Whether it starts open.
    #[prop(optional)]
    open: bool,
    /// What it opens into.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure" open=open>
            <summary>
                <Icon name=IconName::Forward />
                <span class="disclosure-title">
                    {title}
                    {note.map(|note| view! { <span class="disclosure-note">{note}</span> })}
                </span>
                {mark.map(ViewFnOnce::run)}
            </summary>
            <div class="disclosure-body">{children()}</div>
        </details>
    }
    .into_any()
}
