//! Editing a post.

use kernel::ProblemKind;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use social_core::BODY_LIMIT;
use ui::{
    Button, ButtonLink, ButtonRow, Card, CharacterCounter, Field, FormError, FormSkeleton, FormStack, MediaGrid,
    PageBody, PageHeader, Prose, TextArea, Variant,
};
use web::{Form, FormState, Loaded, MembersOnly, param, use_viewer};

use crate::{
    api, dto,
    parts::{Preview, length, pictures},
    routes,
};

/// The page to edit a post or a comment on.
#[component]
pub fn EditPost() -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! { <Opened /> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to edit what you wrote" /> }.into_any()
    };
    view! {
        <Title text="Edit" />
        <PageHeader title="Edit" note="Earlier versions stay readable for everybody." />
        <PageBody>{inside}</PageBody>
    }
    .into_any()
}

#[component]
fn Opened() -> impl IntoView {
    let id = param("id");
    let draft = Resource::new(move || id.get(), api::draft);
    view! {
        <Loaded resource=draft skeleton=|| view! { <FormSkeleton fields=1 /> } let:draft>
            <Editor draft />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Editor(draft: dto::Draft) -> impl IntoView {
    let state = FormState::<api::Edit>::new();
    let problem = state.problem();
    let post = draft.post;
    let typed = state.value("body", draft.body.clone());
    let body = RwSignal::new(typed.clone());
    // After a conflict: what stands there now, beside what was typed. The next try starts from there.
    let current = RwSignal::new((typed != draft.body).then(|| draft.body.clone()));
    let revision = RwSignal::new(draft.revision);
    Effect::watch(
        move || problem.with(|problem| problem.as_ref().is_some_and(|problem| problem.kind == ProblemKind::Conflict)),
        move |conflict, _, _| {
            if *conflict {
                spawn_local(async move {
                    if let Ok(fresh) = api::draft(post.to_string()).await {
                        _ = revision.try_set(fresh.revision);
                        _ = current.try_set(Some(fresh.body));
                    }
                });
            }
        },
        false,
    );
    let preview = Preview::new(body);
    let used = Signal::derive(move || body.with(|body| length(body)));
    view! {
        <Form state>
            <FormStack>
                <FormError message=state.message() />
                <input type="hidden" name="post" value=post.to_string() />
                <input type="hidden" name="expected_revision" value=move || revision.get().to_string() />
                <Field
                    id="body"
                    label="Text"
                    hint="You can use **bold**, *italics*, `code`, lists and links."
                    error=state.error("body")
                    aside=move || view! { <CharacterCounter used limit=u32::try_from(BODY_LIMIT).unwrap_or(u32::MAX) /> }
                >
                    <TextArea name="body" value=typed rows=10 on_input=move |text| body.set(text) />
                </Field>
                {move || {
                    current
                        .get()
                        .map(|text| {
                            view! {
                                <Card title="What stands there now" note="Take from it what you need, and save again.">
                                    <PlainText text />
                                </Card>
                            }
                        })
                }}
                <MediaGrid pictures=pictures(draft.pictures) />
                {preview.view()}
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>"Save"</Button>
                    <ButtonLink href=routes::post(post) variant=Variant::Quiet>"Cancel"</ButtonLink>
                    {preview.button()}
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}

/// A text as it was typed, with its lines.
#[component]
fn PlainText(text: String) -> impl IntoView {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    view! { <Prose html=format!("<pre>{escaped}</pre>") /> }
}
