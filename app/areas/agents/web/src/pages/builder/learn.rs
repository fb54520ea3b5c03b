//! To give an agent something to know: a file, a page, or a text.

#[cfg(target_arch = "wasm32")]
use agents_core::knowledge::Added;
use agents_core::{AgentState, knowledge::TITLE_LIMIT};
use leptos::prelude::*;
use ui::{
    Button, ButtonRow, Card, Disclosure, Field, FileInput, FormError, FormSkeleton, FormStack, IconName, TextArea,
    TextInput, Variant, WithoutScripts,
};
use web::{Form, FormState, Loaded, param};

use super::knowledge::Known;
use crate::{
    api::builder::{AddFile, AddPage, AddText, head},
    parts::builder::{RetiredNotice, after},
};

/// What the browser offers to choose.
const FILES: &str =
    ".txt,.md,.markdown,.pdf,.csv,.html,.htm,text/plain,text/markdown,text/csv,text/html,application/pdf";

/// The forms. They stand apart from the list, which is loaded again and again while something is being read: what is being
/// typed stays.
#[component]
pub fn Learn(
    /// What is loaded again when something was added.
    known: Known,
) -> impl IntoView {
    let id = param("id");
    let agent = Resource::new(move || id.get(), head);
    view! {
        <Loaded resource=agent skeleton=|| view! { <FormSkeleton fields=2 /> } let:head>
            {match head.agent.state {
                AgentState::Retired => view! { <RetiredNotice /> }.into_any(),
                _ => view! { <Forms known is_empty=head.sources == 0 /> }.into_any(),
            }}
        </Loaded>
    }
    .into_any()
}

#[component]
fn Forms(known: Known, is_empty: bool) -> impl IntoView {
    let agent = param("id").get_untracked();
    view! {
        <Card
            title="Give it something to know"
            note="What it knows is material, never an instruction. Only your agent reads it; what it quotes, everybody it speaks with sees."
        >
            <FileForm agent=agent.clone() known />
            <PageForm agent=agent.clone() known />
            <TextForm agent known open=is_empty />
        </Card>
    }
    .into_any()
}

/// A file: uploaded as soon as it is picked where the page is alive, or with the form where it isn't.
#[component]
fn FileForm(agent: String, known: Known) -> impl IntoView {
    let state = FormState::<AddFile>::new();
    let course = Course::new(known);
    let refused = state.error("file");
    let error = Signal::derive(move || course.failed.get().or_else(|| refused.get()));
    let for_upload = agent.clone();
    view! {
        <Form state multipart=true on_done=after(known)>
            <FormStack>
                <FormError message=state.message() id="file-form-error" />
                <input type="hidden" name="agent" value=agent />
                <Field
                    id="file"
                    label="Files"
                    hint="Text, Markdown, PDF, CSV or HTML, up to 20 MB each. A scanned PDF has no text in it."
                    error
                >
                    <FileInput
                        name="knowledge_file"
                        accept=FILES
                        multiple=true
                        on_change=move |event| upload(&event, &for_upload, course)
                    />
                    <div role="status">{move || course.words()}</div>
                </Field>
                <WithoutScripts>
                    <ButtonRow>
                        <Button busy=state.busy()>"Upload"</Button>
                    </ButtonRow>
                </WithoutScripts>
            </FormStack>
        </Form>
    }
    .into_any()
}

/// How far uploads are.
#[derive(Clone, Copy)]
struct Course {
    /// What is on its way, if something is.
    name: RwSignal<Option<String>>,
    progress: RwSignal<u8>,
    failed: RwSignal<Option<String>>,
    #[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "nobody picks files on the server"))]
    known: Known,
}

impl Course {
    fn new(known: Known) -> Self {
        Self { name: RwSignal::new(None), progress: RwSignal::new(0), failed: RwSignal::new(None), known }
    }

    fn words(self) -> String {
        let name = self.name.get();
        name.map_or_else(String::new, |name| format!("Uploading {name}: {} %", self.progress.get()))
    }
}

/// Uploads the files that were picked, one after the other.
#[cfg(target_arch = "wasm32")]
fn upload(event: &leptos::ev::Event, agent: &str, course: Course) {
    let (files, agent) = (web::upload::picked(event), agent.to_owned());
    course.failed.set(None);
    leptos::task::spawn_local(async move {
        let mut failures = Vec::new();
        for file in files {
            let name = file.name();
            _ = course.progress.try_set(0);
            _ = course.name.try_set(Some(name.clone()));
            let encoded = String::from(web_sys::js_sys::encode_uri_component(&name));
            let path = format!("/api/knowledge?agent={agent}&name={encoded}");
            match web::upload::upload_to::<Added>(file, &path, course.progress).await {
                Ok(_) => course.known.refetch(),
                Err(web::Failure(problem)) => failures.push(format!("{name}: {}", problem.message)),
            }
        }
        // Nothing is left to be told when the page was left meanwhile.
        _ = course.name.try_set(None);
        if !failures.is_empty() {
            _ = course.failed.try_set(Some(failures.join(" ")));
        }
    });
}

/// Nobody picks files on the server.
#[cfg(not(target_arch = "wasm32"))]
const fn upload(_event: &leptos::ev::Event, _agent: &str, _course: Course) {}

#[component]
fn PageForm(agent: String, known: Known) -> impl IntoView {
    let state = FormState::<AddPage>::new();
    view! {
        <Form state on_done=after(known)>
            <FormStack>
                <FormError message=state.message() id="page-form-error" />
                <input type="hidden" name="agent" value=agent />
                <Field
                    id="address"
                    label="A public page"
                    hint="Its text is read once, and again when you say so. Pages that ask not to be read by programs are left alone."
                    error=state.error("address")
                >
                    <TextInput
                        name="address"
                        value=state.value("address", "")
                        placeholder="https://example.org/help"
                        input_mode="url"
                        autocomplete="off"
                        maxlength=2_000
                        spellcheck=false
                    />
                </Field>
                <ButtonRow>
                    <Button icon=IconName::Link busy=state.busy()>"Add the page"</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}

#[component]
fn TextForm(agent: String, known: Known, open: bool) -> impl IntoView {
    let state = FormState::<AddText>::new();
    // A form that was refused is there to be seen.
    let open = open || state.problem().with_untracked(Option::is_some);
    // Counts the texts that were added: with each the fields are empty again.
    let added = RwSignal::new(0_u32);
    let reload = after(known);
    let on_done = move |outcome| {
        added.update(|it| *it += 1);
        reload.run(outcome);
    };
    let fields = move || {
        let is_first = added.get() == 0;
        let value = move |field: &str| if is_first { state.value(field, "") } else { String::new() };
        view! {
            <Field id="title" label="Title" hint="It is named where the text is cited." error=state.error("title")>
                <TextInput
                    name="title"
                    value=value("title")
                    autocomplete="off"
                    maxlength=u32::try_from(TITLE_LIMIT).unwrap_or(u32::MAX)
                />
            </Field>
            <Field
                id="text"
                label="Text"
                hint="Headings make it easier to find: begin them with #."
                error=state.error("body")
            >
                <TextArea name="body" value=value("body") rows=6 />
            </Field>
        }
        .into_any()
    };
    view! {
        <Disclosure title="Paste a text" note=Some("Frequent questions, prices, how you work".to_owned()) open>
            <Form state on_done>
                <FormStack>
                    <FormError message=state.message() id="text-form-error" />
                    <input type="hidden" name="agent" value=agent />
                    {fields}
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Add the text"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Disclosure>
    }
    .into_any()
}
