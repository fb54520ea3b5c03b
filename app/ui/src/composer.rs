//! Where something is written.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// The layout of a composer. The caller's form stands around it, and a `TextArea` inside.
#[component]
pub fn Composer(
    /// The writer's `Avatar`.
    #[prop(optional, into)]
    avatar: Option<ViewFnOnce>,
    /// The `TextArea`.
    children: Children,
    /// Between text and tools: `MediaDraft`s, errors.
    #[prop(optional, into)]
    attachments: Option<ViewFnOnce>,
    /// How it will look.
    #[prop(optional, into)]
    preview: Option<ViewFnOnce>,
    /// Tools on the left: `FileInput`, `IconButton`s.
    #[prop(optional, into)]
    tools: Option<ViewFnOnce>,
    /// On the right: `CharacterCounter` and the button that sends.
    #[prop(into)]
    send: ViewFnOnce,
    /// In a box of its own, as under a post; otherwise a strip over the full width.
    #[prop(optional)]
    boxed: bool,
) -> impl IntoView {
    view! {
        <div class="composer" data-boxed=boxed>
            <div class="composer-avatar">{avatar.map(ViewFnOnce::run)}</div>
            <div class="composer-main">
                <div class="composer-text">{children()}</div>
                {attachments.map(|it| view! { <div class="composer-attachments">{it.run()}</div> })}
                {preview.map(|it| view! { <div class="composer-preview">{it.run()}</div> })}
                <div class="composer-bar">
                    <div class="composer-tools">{tools.map(ViewFnOnce::run)}</div>
                    <div class="composer-send">{send.run()}</div>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// How many characters are left. Shown from the last fifth on, spoken from the last twenty.
#[component]
pub fn CharacterCounter(
    /// How many were typed.
    #[prop(into)]
    used: Signal<u32>,
    /// How many are allowed.
    limit: u32,
) -> impl IntoView {
    let state = move || match used.get() {
        used if used > limit => "over",
        used if used.saturating_add(20) >= limit => "near",
        used if used >= limit - limit / 5 => "soon",
        _ => "far",
    };
    let left = move || {
        let used = used.get();
        if used > limit { format!("{} too many", used - limit) } else { format!("{} left", limit - used) }
    };
    view! {
        <span class="composer-counter" data-state=state aria-live=move || matches!(state(), "near" | "over").then_some("polite")>
            {left}
        </span>
    }
    .into_any()
}
