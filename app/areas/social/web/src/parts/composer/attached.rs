//! The pictures of what is being written.

use leptos::{ev::Event, prelude::*};
use serde::{Deserialize, Serialize};
use social_core::{ALT_LIMIT, post::MAX_PICTURES};
use ui::{ButtonKind, Field, FileInput, IconButton, IconName, MediaDraft, Notice, TextInput, Tone};
use web::{Failure, FormState, browser::alive};

use super::super::browser::{self, Picked};
use crate::api;

/// A picture, from the moment it was picked.
#[derive(Clone)]
pub struct Attached {
    /// Tells it apart from the others; never used twice.
    pub key: u32,
    /// The upload, once there is one.
    pub media: RwSignal<Option<Stored>>,
    /// Where to see it before that.
    pub preview: String,
    /// What it shows, in words.
    pub alt: RwSignal<String>,
    progress: RwSignal<u8>,
    problem: RwSignal<Option<String>>,
}

/// An upload on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Names it in the form.
    pub media: String,
    /// Where to see it; empty when that is not known.
    #[serde(default)]
    pub url: String,
}

/// All of them.
#[derive(Clone, Copy)]
pub struct Attachments {
    list: RwSignal<Vec<Attached>>,
    last_key: StoredValue<u32>,
    refused: RwSignal<Option<String>>,
}

impl Attachments {
    /// None, or those that came with a form that was refused before the page was alive: they were stored.
    pub fn new(state: FormState<api::Publish>) -> Self {
        let attachments =
            Self { list: RwSignal::default(), last_key: StoredValue::new(0), refused: RwSignal::new(None) };
        // Plain inputs count on from those that were there, so after several tries the numbers may have gaps.
        for place in 0..4 * MAX_PICTURES {
            let media = state.value(&format!("pictures[{place}][media]"), "");
            if !media.is_empty() {
                let alt = state.value(&format!("pictures[{place}][alt]"), "");
                attachments.add(Stored { media, url: String::new() }, alt);
            }
        }
        attachments
    }

    /// Adds one that is uploaded already.
    pub fn add(self, stored: Stored, alt: String) {
        let attached = self.make(stored.url.clone());
        attached.media.set(Some(stored));
        attached.alt.set(alt);
        self.list.update(|list| list.push(attached));
    }

    fn make(self, preview: String) -> Attached {
        let key = self.last_key.with_value(|key| key + 1);
        self.last_key.set_value(key);
        Attached {
            key,
            preview,
            media: RwSignal::new(None),
            alt: RwSignal::new(String::new()),
            progress: RwSignal::new(0),
            problem: RwSignal::new(None),
        }
    }

    fn pick(self, picked: Vec<Picked>) {
        self.refused.set(None);
        for picture in picked {
            if self.list.with_untracked(Vec::len) >= MAX_PICTURES {
                self.refused.set(Some(format!(
                    "A post has at most {MAX_PICTURES} pictures, so {} was left out.",
                    picture.name()
                )));
                return;
            }
            let attached = self.make(picture.preview());
            self.list.update(|list| list.push(attached.clone()));
            picture.upload(attached.progress, move |answer| match answer {
                // It may have been taken out meanwhile.
                Ok(uploaded) => {
                    let stored = Stored { media: uploaded.media.to_string(), url: uploaded.url };
                    _ = attached.media.try_set(Some(stored));
                }
                Err(Failure(problem)) => _ = attached.problem.try_set(Some(problem.message)),
            });
        }
    }

    fn remove(self, key: u32) {
        self.list.update(|list| list.retain(|attached| attached.key != key));
        self.refused.set(None);
    }

    /// Takes all out.
    pub fn clear(self) {
        self.list.set(Vec::new());
        self.refused.set(None);
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.list.read().is_empty()
    }

    /// Whether one is on its way.
    pub fn uploading(self) -> bool {
        self.list.read().iter().any(|it| it.media.read().is_none() && it.problem.read().is_none())
    }

    /// Those that are uploaded, and what they show.
    pub fn uploaded(self) -> Vec<(Stored, String)> {
        self.list.read().iter().filter_map(|it| Some((it.media.get()?, it.alt.get()))).collect()
    }
}

/// The pictures, each with room for its description.
#[component]
pub fn Gallery(attachments: Attachments) -> impl IntoView {
    let refused = attachments.refused;
    view! {
        <For each=move || attachments.list.get() key=|attached| attached.key let:attached>
            <Drafted attachments attached />
        </For>
        {move || refused.get().map(|message| view! { <Notice tone=Tone::Warning live=true>{message}</Notice> })}
    }
    .into_any()
}

#[component]
fn Drafted(attachments: Attachments, attached: Attached) -> impl IntoView {
    let Attached { key, media, preview, alt, progress, problem } = attached;
    let status = move || match (problem.get(), media.read().is_some()) {
        (Some(message), _) => Some(view! { <Notice tone=Tone::Danger live=true>{message}</Notice> }.into_any()),
        (None, true) => None,
        (None, false) => Some(
            view! { <progress max="100" value=move || progress.get().to_string() aria-label="Uploading"></progress> }
                .into_any(),
        ),
    };
    view! {
        <MediaDraft
            src=preview
            remove=move || {
                view! {
                    <IconButton
                        icon=IconName::Close
                        label="Remove this picture"
                        kind=ButtonKind::Button
                        on_click=move |_| attachments.remove(key)
                    />
                }
            }
        >
            {move || media.get().map(|media| view! { <input type="hidden" name=format!("pictures[{key}][media]") value=media.media /> })}
            <TextInput
                name=format!("pictures[{key}][alt]")
                value=alt.get_untracked()
                maxlength=u32::try_from(ALT_LIMIT).unwrap_or(u32::MAX)
                aria_label="What this picture shows"
                placeholder="Describe it for people who can't see it"
                on_input=move |text| alt.set(text)
            />
            {status}
        </MediaDraft>
    }
    .into_any()
}

/// The button that picks pictures, once the page is alive.
#[component]
pub fn PickButton(attachments: Attachments) -> impl IntoView {
    let alive = alive();
    let on_change = move |event: Event| attachments.pick(browser::chosen(&event));
    view! {
        {move || {
            alive
                .get()
                .then(|| view! { <FileInput name="" compact=true multiple=true label="Add pictures" on_change /> })
        }}
    }
    .into_any()
}

/// Four plain inputs, as long as the page is not alive. They stand folded, and go when the better way is there.
#[component]
pub fn PlainPickers(attachments: Attachments) -> impl IntoView {
    let alive = alive();
    // Those that came with a refused form have their places already.
    let taken = attachments.list.with_untracked(Vec::len);
    let fields = move || {
        (taken..MAX_PICTURES)
            .map(|place| {
                // Beyond the keys of those that are there.
                let name = place + 1;
                view! {
                    <Field id=format!("picture-{name}") label=format!("Picture {name}")>
                        <FileInput name=format!("pictures[{name}][file]") />
                    </Field>
                    <Field id=format!("alt-{name}") label="What it shows" optional=true>
                        <TextInput name=format!("pictures[{name}][alt]") maxlength=u32::try_from(ALT_LIMIT).unwrap_or(u32::MAX) />
                    </Field>
                }
            })
            .collect_view()
    };
    view! {
        {move || {
            (!alive.get())
                .then(|| {
                    view! {
                        <details>
                            <summary>"Add pictures"</summary>
                            {fields()}
                        </details>
                    }
                })
        }}
    }
    .into_any()
}
