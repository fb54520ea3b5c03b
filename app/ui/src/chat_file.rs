//! Pictures and files that stand with a message, and those that are going to.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use crate::{Icon, IconName};

/// What stands with a message.
#[component]
pub fn ChatFiles(
    /// `ChatPicture`s and `ChatFile`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="chat-files" role="list" aria-label="Attached">{children()}</ul> }
}

/// A picture, small, that leads to the large one.
#[component]
pub fn ChatPicture(
    /// Where the small one is.
    #[prop(into)]
    src: String,
    /// Where the large one is.
    #[prop(into)]
    href: String,
    /// What its file was called.
    #[prop(into)]
    name: String,
    /// What it shows, in words; may be empty.
    #[prop(into)]
    alt: String,
    /// Its width in pixels.
    width: u32,
    /// Its height in pixels.
    height: u32,
    /// A quiet line under it.
    #[prop(optional_no_strip)]
    note: Option<String>,
) -> impl IntoView {
    let label =
        if alt.is_empty() { format!("Picture {name}, not described") } else { format!("Picture {name}: {alt}") };
    view! {
        <li class="chat-picture">
            // Opened by the browser: a file is no page of the router.
            <a href=href rel="external" aria-label=label>
                <img src=src alt="" width=width height=height loading="lazy" decoding="async" />
            </a>
            {note.map(|note| view! { <p class="chat-file-note">{note}</p> })}
        </li>
    }
    .into_any()
}

/// A file, to be downloaded.
#[component]
pub fn ChatFile(
    /// Where it is.
    #[prop(into)]
    href: String,
    /// What it is called.
    #[prop(into)]
    name: String,
    /// How large it is, in words.
    #[prop(into)]
    size: String,
) -> impl IntoView {
    let download = name.clone();
    view! {
        <li class="chat-file">
            <a href=href rel="external" download=download>
                <Icon name=IconName::Copy />
                <span class="chat-file-name">{name}</span>
                <span class="chat-file-size">{size}</span>
            </a>
        </li>
    }
    .into_any()
}

/// What is going to stand with the message that is being written.
#[component]
pub fn ChatFileDrafts(
    /// `ChatFileDraft`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="chat-file-drafts" role="list" aria-label="To be sent with it">{children()}</ul> }
}

/// A picture or a file that was chosen.
#[component]
pub fn ChatFileDraft(
    /// What it is called.
    #[prop(into)]
    name: String,
    /// How large it is, in words; empty, while nobody knows.
    #[prop(into)]
    size: Signal<String>,
    /// How far it is up, from 0 to 100; nothing, when it is not on its way.
    #[prop(into)]
    progress: Signal<Option<u8>>,
    /// What is wrong with it.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// The button that takes it out.
    #[prop(into)]
    remove: ViewFnOnce,
    /// Inputs, and room to describe a picture.
    children: Children,
) -> impl IntoView {
    view! {
        <li class="chat-file-draft" data-wrong=move || problem.read().is_some()>
            <div class="chat-file-head">
                <span class="chat-file-name">{name}</span>
                <span class="chat-file-size">{move || size.get()}</span>
                {move || {
                    progress
                        .get()
                        .map(|progress| view! { <progress max="100" value=progress.to_string() aria-label="Uploading"></progress> })
                }}
                {remove.run()}
            </div>
            <div role="alert">{move || problem.get().map(|problem| view! { <p class="field-error">{problem}</p> })}</div>
            {children()}
        </li>
    }
    .into_any()
}
