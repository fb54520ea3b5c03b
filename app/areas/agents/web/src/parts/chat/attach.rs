//! Pictures and files: those that are going to stand with a question, and those that do.

use leptos::{ev::Event, prelude::*};
use social_core::{ALT_LIMIT, AttachmentKind, attachment::MAX_ATTACHMENTS};
use ui::{
    ButtonKind, ChatFile, ChatFileDraft, ChatFileDrafts, ChatFiles, ChatPicture, Field, FileInput, IconButton,
    IconName, Notice, TextInput, Tone,
};
use web::{Failure, FormState, browser::alive};

use super::{
    browser::{self, Picked},
    talk::Talking,
};
use crate::{api::chat::AskAgent, dto::chat as dto};

/// What the browser offers to choose.
const FILES: &str = "image/png,image/jpeg,image/webp,image/gif,.txt,.md,.markdown,.csv,.pdf,text/plain,text/markdown,text/csv,\
    application/pdf";
/// What is said where an agent can't see a picture.
const BLIND: &str = "This agent reads texts, not pictures: it only knows the description.";

/// A file, from the moment it was picked.
#[derive(Clone)]
struct Draft {
    /// Tells it apart from the others; never used twice.
    key: usize,
    name: String,
    /// The upload, once there is one.
    id: RwSignal<Option<String>>,
    size: RwSignal<String>,
    is_picture: RwSignal<bool>,
    /// What a picture shows, in words.
    alt: RwSignal<String>,
    progress: RwSignal<u8>,
    problem: RwSignal<Option<String>>,
}

/// All that are going to stand with a question.
#[derive(Clone, Copy)]
pub struct Drafts {
    list: RwSignal<Vec<Draft>>,
    last_key: StoredValue<usize>,
    refused: RwSignal<Option<String>>,
}

impl Drafts {
    /// None, or those that came with a form that was refused before the page was alive: they are kept.
    pub fn new(state: FormState<AskAgent>) -> Self {
        let drafts = Self { list: RwSignal::default(), last_key: StoredValue::new(0), refused: RwSignal::new(None) };
        // Plain inputs count on from those that were there, so after several tries the numbers may have gaps.
        for place in 0..4 * MAX_ATTACHMENTS {
            let value = |of: &str| state.value(&format!("attachments[{place}][{of}]"), "");
            let id = value("id");
            if !id.is_empty() {
                let draft = drafts.make(value("name"));
                draft.id.set(Some(id));
                draft.alt.set(value("alt"));
                drafts.list.update(|list| list.push(draft));
            }
        }
        drafts
    }

    fn make(self, name: String) -> Draft {
        let key = self.last_key.with_value(|key| key + 1);
        self.last_key.set_value(key);
        Draft {
            key,
            name,
            id: RwSignal::new(None),
            size: RwSignal::new(String::new()),
            is_picture: RwSignal::new(false),
            alt: RwSignal::new(String::new()),
            progress: RwSignal::new(0),
            problem: RwSignal::new(None),
        }
    }

    fn pick(self, picked: Vec<Picked>) {
        self.refused.set(None);
        for file in picked {
            if self.list.with_untracked(Vec::len) >= MAX_ATTACHMENTS {
                let name = file.name();
                self.refused.set(Some(format!(
                    "A message has at most {MAX_ATTACHMENTS} files, so {name} was left out. Send it with the next one."
                )));
                return;
            }
            let draft = self.make(file.name());
            self.list.update(|list| list.push(draft.clone()));
            file.upload(draft.progress, move |answer| match answer {
                // It may have been taken out meanwhile.
                Ok(kept) => {
                    _ = draft.is_picture.try_set(matches!(kept.kind, AttachmentKind::Picture { .. }));
                    _ = draft.size.try_set(ui::file_size(kept.bytes));
                    _ = draft.id.try_set(Some(kept.id.to_string()));
                }
                Err(Failure(problem)) => _ = draft.problem.try_set(Some(problem.message)),
            });
        }
    }

    fn remove(self, key: usize) {
        self.list.update(|list| list.retain(|draft| draft.key != key));
        self.refused.set(None);
    }

    /// Takes all out.
    pub fn clear(self) {
        self.list.set(Vec::new());
        self.refused.set(None);
    }

    /// Whether one is on its way.
    pub fn uploading(self) -> bool {
        self.list.read().iter().any(|it| it.id.read().is_none() && it.problem.read().is_none())
    }
}

/// What is going to stand with a question; and, while the page is not alive, plain inputs to choose it. `id` tells them apart
/// from those of other forms of the page.
#[component]
pub fn Attaching(talking: Talking, drafts: Drafts, #[prop(into)] id: String) -> impl IntoView {
    let is_any = Memo::new(move |_| !drafts.list.read().is_empty());
    let refused = drafts.refused;
    view! {
        {move || {
            is_any
                .get()
                .then(|| {
                    view! {
                        <ChatFileDrafts>
                            <For each=move || drafts.list.get() key=|draft| draft.key let:draft>
                                <Drafted talking drafts draft />
                            </For>
                        </ChatFileDrafts>
                    }
                })
        }}
        {move || refused.get().map(|message| view! { <Notice tone=Tone::Warning live=true>{message}</Notice> })}
        <PlainPickers drafts id />
    }
    .into_any()
}

#[component]
fn Drafted(talking: Talking, drafts: Drafts, draft: Draft) -> impl IntoView {
    let Draft { key, name, id, size, is_picture, alt, progress, problem } = draft;
    let on_its_way = Signal::derive(move || (id.read().is_none() && problem.read().is_none()).then(|| progress.get()));
    let label = format!("Remove {name}");
    let remove = move || {
        view! { <IconButton icon=IconName::Close label kind=ButtonKind::Button on_click=move |_| drafts.remove(key) /> }
    };
    let sent = name.clone();
    let limit = u32::try_from(ALT_LIMIT).unwrap_or(u32::MAX);
    let describing = move || {
        view! {
            <TextInput
                name=format!("attachments[{key}][alt]")
                value=alt.get_untracked()
                maxlength=limit
                aria_label="What this picture shows"
                placeholder="What does it show?"
                on_input=move |text| alt.set(text)
            />
            {(!talking.sees_pictures()).then(|| view! { <p class="chat-file-note">{BLIND}</p> })}
        }
    };
    view! {
        <ChatFileDraft name size progress=on_its_way problem remove>
            {move || {
                let sent = sent.clone();
                id.get()
                    .map(|id| {
                        view! {
                            <input type="hidden" name=format!("attachments[{key}][id]") value=id />
                            <input type="hidden" name=format!("attachments[{key}][name]") value=sent />
                        }
                    })
            }}
            {move || is_picture.get().then(describing)}
            // What was typed before anybody knew what it is, is not lost.
            {move || {
                (!is_picture.get() && !alt.read().is_empty())
                    .then(|| view! { <input type="hidden" name=format!("attachments[{key}][alt]") value=alt.get_untracked() /> })
            }}
        </ChatFileDraft>
    }
    .into_any()
}

/// The button that picks files, once the page is alive.
#[component]
pub fn PickFiles(drafts: Drafts) -> impl IntoView {
    let alive = alive();
    let on_change = move |event: Event| drafts.pick(browser::chosen(&event));
    view! {
        {move || {
            alive
                .get()
                .then(|| {
                    view! {
                        <FileInput
                            name=""
                            accept=FILES
                            compact=true
                            multiple=true
                            label="Attach pictures or files"
                            icon=IconName::Plus
                            on_change
                        />
                    }
                })
        }}
    }
    .into_any()
}

/// Plain inputs, as long as the page is not alive. They stand folded, and go when the better way is there.
#[component]
fn PlainPickers(drafts: Drafts, id: String) -> impl IntoView {
    let alive = alive();
    // Those that came with a refused form have their places already.
    let taken = drafts.list.with_untracked(Vec::len);
    let fields = move || {
        (taken..MAX_ATTACHMENTS)
            .map(|place| {
                // Beyond the keys of those that are there.
                let number = place + 1;
                view! {
                    <Field id=format!("{id}-file-{number}") label=format!("File {number}")>
                        <FileInput name=format!("attachments[{number}][file]") accept=FILES />
                    </Field>
                    <Field id=format!("{id}-alt-{number}") label="What it shows, if it is a picture" optional=true>
                        <TextInput
                            name=format!("attachments[{number}][alt]")
                            maxlength=u32::try_from(ALT_LIMIT).unwrap_or(u32::MAX)
                        />
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
                        <details class="chat-attach">
                            <summary>"Attach pictures or files"</summary>
                            {fields()}
                        </details>
                    }
                })
        }}
    }
    .into_any()
}

/// What stands with a message.
#[component]
pub fn Attached(talking: Talking, attachments: Vec<dto::Attachment>) -> impl IntoView {
    let note = (!talking.sees_pictures()).then(|| BLIND.to_owned());
    let items = attachments.into_iter().map(move |it| {
        let dto::Attachment { name, size, href, picture, .. } = it;
        match picture {
            Some(dto::Thumbnail { src, alt, width, height }) => {
                let note = note.clone();
                view! { <ChatPicture src href name alt width height note /> }.into_any()
            }
            None => view! { <ChatFile href name size /> }.into_any(),
        }
    });
    let items = items.collect_view();
    view! { <ChatFiles>{items}</ChatFiles> }.into_any()
}
