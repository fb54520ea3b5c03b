//! What the app says by itself.

use crate::{Icon, IconName, Tone};
use leptos::children::ViewFnOnce;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// Something to know, in the page, beside what it is about.
#[component]
pub fn Notice(
    /// What the colour means.
    #[prop(optional)]
    tone: Tone,
    /// The gist.
    #[prop(optional, into)]
    title: Option<String>,
    /// It appeared by itself, so it is read out.
    #[prop(optional)]
    live: bool,
    /// What happened and what to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice" data-tone=tone.name() role=live.then_some("status")>
            <Icon name=tone.icon() />
            <div class="notice-text">
                {title.map(|title| view! { <div class="notice-title">{title}</div> })}
                <div>{children()}</div>
            </div>
        </div>
    }
    .into_any()
}

/// Where toasts appear. It stands in the page from the start, once, so that what arrives in it is read out.
#[component]
pub fn ToastRegion(
    /// `Toast`s, newest last.
    children: Children,
) -> impl IntoView {
    view! { <div class="toast-region" role="status" aria-live="polite">{children()}</div> }
}

/// A short word about what just happened, with the way to undo it.
#[component]
pub fn Toast(
    /// What happened.
    #[prop(into)]
    text: String,
    /// How it went.
    #[prop(optional)]
    tone: Tone,
    /// "Undo" or "View".
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
    /// Called when it is put away.
    #[prop(optional, into)]
    on_dismiss: Option<Callback<MouseEvent>>,
) -> impl IntoView {
    let icon = matches!(tone, Tone::Success | Tone::Danger | Tone::Warning).then(|| tone.icon());
    view! {
        <div class="toast" data-tone=tone.name()>
            {icon.map(|name| view! { <Icon name /> })}
            <span class="toast-text">{text}</span>
            {action.map(ViewFnOnce::run)}
            {on_dismiss.map(|on_dismiss| view! {
                <button class="icon-button" type="button" aria-label="Dismiss" on:click=move |event| on_dismiss.run(event)>
                    <Icon name=IconName::Close />
                </button>
            })}
        </div>
    }
    .into_any()
}

/// "3 new posts": what arrived while one was reading, and is shown only when asked for.
#[component]
pub fn LiveBanner(
    /// The words; nothing is shown without them.
    #[prop(into)]
    text: Signal<Option<String>>,
    /// The address that shows them, for those without JavaScript.
    #[prop(into)]
    href: String,
    /// Called when pressed; it should prevent the event's default and show what arrived.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
) -> impl IntoView {
    view! {
        <div class="live-banner" aria-live="polite">
            {move || text.get().map(|text| view! {
                <a
                    class="live-pill"
                    href=href.clone()
                    on:click=move |event| {
                        if let Some(on_click) = on_click {
                            on_click.run(event);
                        }
                    }
                >
                    <Icon name=IconName::Up />
                    {text}
                </a>
            })}
        </div>
    }
    .into_any()
}

/// Says what cuts the page off, such as a lost connection, for as long as it does.
#[component]
pub fn OfflineBar(
    /// What is wrong and what that means here, if something is.
    #[prop(into)]
    text: Signal<Option<&'static str>>,
) -> impl IntoView {
    view! {
        <div role="status">
            {move || text.get().map(|text| view! {
                <div class="offline-bar">
                    <Icon name=IconName::Offline />
                    <span>{text}</span>
                </div>
            })}
        </div>
    }
    .into_any()
}
