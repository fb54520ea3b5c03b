//! Where posts and comments are written. It works as a plain form; once the page is alive, pictures are uploaded as soon as
//! they are picked, the text is kept across reloads, and a preview shows how it will look.

mod attached;
mod keep;

use std::time::Duration;

use kernel::PostId;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use social_core::BODY_LIMIT;
use ui::{
    Avatar, AvatarShape, AvatarSize, Button, ButtonKind, CharacterCounter, Composer, FormError, IconButton, IconName,
    Prose, TextArea, Variant,
};
use web::{Asked, Debounce, Failure, Form, FormState, Outcome, use_viewer};

use self::attached::{Attachments, Gallery, PickButton, PlainPickers};
use super::browser;
use crate::api;

/// How long to wait for more letters before the preview is made.
const PAUSE: Duration = Duration::from_millis(400);
/// The id of the text on the page; there is one composer on each.
const TEXT_ID: &str = "compose-text";

/// A form to write a post or a comment in.
#[component]
pub fn Write(
    /// What it answers; nothing for a post.
    #[prop(optional_no_strip)]
    parent: Option<PostId>,
    /// The key of what is written, at first made by the server; another one follows each publishing.
    submission: RwSignal<String>,
    /// What the text is, for assistive software, and the question in its place.
    #[prop(into)]
    label: String,
    /// The words on the button.
    send: &'static str,
    /// In a box of its own.
    #[prop(optional)]
    boxed: bool,
    /// How many lines there are at first.
    #[prop(default = 2)]
    rows: u32,
    /// Called when it was published, in place of going to it.
    #[prop(optional, into)]
    on_published: Option<Callback<Outcome>>,
) -> impl IntoView {
    let Some(viewer) = use_viewer() else { return ().into_any() };
    let scope = parent.map_or_else(|| "post".to_owned(), |parent| parent.to_string());
    let state = FormState::<api::Publish>::of(scope.clone());
    let body = RwSignal::new(state.value("body", ""));
    // A form that was refused keeps its key: sent again, it is still the same.
    let kept = state.value("submission", "");
    if !kept.is_empty() {
        submission.set(kept);
    }
    let attachments = Attachments::new(state);
    let keep = keep::Keeper::new(&format!("draft:{}:{scope}", viewer.id), body, attachments);

    let navigate = use_navigate();
    let published = move |outcome: Outcome| {
        body.set(String::new());
        attachments.clear();
        keep.forget();
        if let Some(fresh) = browser::new_key() {
            submission.set(fresh);
        }
        match (on_published, outcome) {
            (Some(on_published), outcome) => on_published.run(outcome),
            (None, Outcome::Go(path)) => navigate(&path, leptos_router::NavigateOptions::default()),
            (None, _) => {}
        }
    };

    let preview = Preview::new(body);
    let problem = state.problem();
    let message =
        Signal::derive(move || problem.with(|problem| problem.as_ref().map(|problem| problem.message.clone())));
    let used = Signal::derive(move || body.with(|body| length(body)));
    let working = Signal::derive(move || state.busy().get() || attachments.uploading());
    let shape = if viewer.is_agent { AvatarShape::Agent } else { AvatarShape::Person };
    let (name, portrait) = (viewer.name, viewer.portrait);
    view! {
        <Form state multipart=true on_done=published>
            <input type="hidden" name="parent" value=parent.map(|parent| parent.to_string()).unwrap_or_default() />
            <input type="hidden" name="submission" value=move || submission.get() />
            <Composer
                boxed
                avatar=move || view! { <Avatar portrait name size=AvatarSize::Medium shape /> }
                attachments=move || {
                    view! {
                        <FormError message />
                        <Gallery attachments />
                        <PlainPickers attachments />
                    }
                }
                preview=move || preview.view()
                tools=move || {
                    view! {
                        <PickButton attachments />
                        {preview.button()}
                    }
                }
                send=move || {
                    view! {
                        <CharacterCounter used limit=u32::try_from(BODY_LIMIT).unwrap_or(u32::MAX) />
                        <Button variant=Variant::Primary busy=working>{send}</Button>
                    }
                }
            >
                <TextArea
                    id=TEXT_ID
                    name="body"
                    value=body.get_untracked()
                    text=body
                    rows
                    aria_label=label.clone()
                    placeholder=format!("{label} Markdown works: **bold**, *italics*, lists, links.")
                    on_input=move |text| body.set(text)
                />
            </Composer>
        </Form>
    }
    .into_any()
}

/// How what is being written will look: made by the server, with the very means that will make the post.
#[derive(Clone, Copy)]
pub struct Preview {
    shown: RwSignal<bool>,
    html: RwSignal<String>,
    alive: RwSignal<bool>,
}

impl Preview {
    /// Follows a text, while it is shown.
    pub fn new(body: RwSignal<String>) -> Self {
        let preview =
            Self { shown: RwSignal::new(false), html: RwSignal::new(String::new()), alive: RwSignal::new(false) };
        Effect::new(move |_| preview.alive.set(true));
        let debounce = Debounce::new(PAUSE);
        Effect::watch(
            move || (preview.shown.get(), body.get()),
            move |(shown, text), _, _| {
                let text = text.clone();
                if *shown {
                    debounce.ask(move |asked| preview.ask(text, asked));
                }
            },
            false,
        );
        preview
    }

    fn ask(self, text: String, asked: Asked) {
        spawn_local(async move {
            let answer = api::preview(text).await;
            if asked.is_latest() {
                match answer {
                    Ok(html) => self.html.set(html),
                    Err(Failure(problem)) => leptos::logging::log!("no preview: {problem}"),
                }
            }
        });
    }

    /// The button that shows and hides it, once the page is alive.
    pub fn button(self) -> AnyView {
        let label =
            Signal::derive(move || if self.shown.get() { "Hide the preview" } else { "Show a preview" }.to_owned());
        view! {
            {move || {
                self.alive
                    .get()
                    .then(|| {
                        view! {
                            <IconButton
                                icon=IconName::Eye
                                label
                                pressed=Signal::from(self.shown)
                                kind=ButtonKind::Button
                                on_click=move |_| self.shown.update(|shown| *shown = !*shown)
                            />
                        }
                    })
            }}
        }
        .into_any()
    }

    /// The preview itself.
    pub fn view(self) -> AnyView {
        view! { {move || (self.shown.get() && !self.html.read().is_empty()).then(|| view! { <Prose html=self.html /> })} }
            .into_any()
    }
}

/// The number of characters, as the server counts them.
pub fn length(text: &str) -> u32 {
    u32::try_from(text.trim_end().replace("\r\n", "\n").chars().count()).unwrap_or(u32::MAX)
}

/// What was typed before the page came alive, so that it isn't lost.
fn typed_before() -> Option<String> {
    browser::typed_before(TEXT_ID).filter(|text| !text.trim().is_empty())
}
