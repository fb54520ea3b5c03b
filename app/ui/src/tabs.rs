//! Views of one thing, each with its own address.

use crate::Count;
use leptos::prelude::*;

/// Links to the views of one thing.
#[component]
pub fn Tabs(
    /// What is divided, for assistive software.
    #[prop(into)]
    label: String,
    /// The tabs share the whole width.
    #[prop(optional)]
    fill: bool,
    /// `Tab`s.
    children: Children,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label data-fill=fill>
            <ul role="list">{children()}</ul>
        </nav>
    }
}

/// One view.
#[component]
pub fn Tab(
    /// Its address.
    #[prop(into)]
    href: Signal<String>,
    /// Its name.
    #[prop(into)]
    label: String,
    /// Whether the reader is there.
    #[prop(into)]
    current: Signal<bool>,
    /// How much is in it.
    #[prop(optional)]
    count: Option<u64>,
) -> impl IntoView {
    view! {
        <li>
            <a class="tab" href=move || href.get() aria-current=move || current.get().then_some("page")>
                <span>{label}</span>
                {count.map(|value| view! { <span class="badge"><Count value /></span> })}
            </a>
        </li>
    }
    .into_any()
}
