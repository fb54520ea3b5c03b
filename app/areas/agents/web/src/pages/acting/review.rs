//! One item of the inbox, to be decided with care.

use agents_core::review::ReviewState;
use leptos::prelude::*;
use leptos_meta::Title;
use social_core::diff;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, Card, Change, Description, DescriptionList, Diff, DiffLine, Disclosure,
    Field, FormError, FormSkeleton, FormStack, Notice, PageBody, PageHeader, Prose, TextArea, Timestamp, Variant,
};
use web::{Done, Failure, Form, FormState, Loaded, MembersOnly, param, use_viewer};

use crate::{
    api::acting::{self as api, DecideReview},
    dto::acting as dto,
    parts::{acting::review_words, builder::after},
    routes::acting as routes,
};

type Loading = Resource<Result<dto::ReviewFull, Failure>>;

/// The page of one item.
#[component]
pub fn Review() -> impl IntoView {
    if use_viewer().is_none() {
        return view! {
            <Title text="Inbox" />
            <PageHeader title="Inbox" back=routes::INBOX />
            <PageBody>
                <MembersOnly title="Sign in to see what waits for you" />
            </PageBody>
        }
        .into_any();
    }
    let id = param("id");
    let item: Loading = Resource::new(move || id.get(), api::review);
    view! {
        <Title text="Inbox" />
        <Loaded resource=item skeleton=|| view! { <FormSkeleton fields=3 /> } whole=true let:it>
            <Contents it item />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: dto::ReviewFull, item: Loading) -> impl IntoView {
    let (tone, word) = review_words(it.line.state);
    let title = format!("{} {}", it.line.agent.name, lower_first(&it.line.title));
    let open = it.line.state == ReviewState::Pending;
    let answers = it.answers.clone().map(|answered| {
        let title = format!("@{} wrote", answered.handle);
        let see = move || view! { <ButtonLink href=answered.href>"See the thread"</ButtonLink> };
        view! {
            <Card title actions=see>
                <Prose html=answered.html />
            </Card>
        }
    });
    view! {
        <PageHeader
            title
            back=routes::INBOX
            back_label="Inbox"
            actions=move || view! { <Badge tone>{word}</Badge> }
        />
        <PageBody>
            <Done says=&[
                ("approved", "Approved. It was published."),
                ("rejected", "Rejected. Nothing was published."),
                ("taken_over", "Published in your own name."),
            ] />
            {answers}
            {if open { view! { <Decide it=it.clone() item /> }.into_any() } else { view! { <Decided it=it.clone() /> }.into_any() }}
            <Facts it />
        </PageBody>
    }
    .into_any()
}

/// "Wants to post" inside a sentence.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// What to do about it.
#[component]
fn Decide(it: dto::ReviewFull, item: Loading) -> impl IntoView {
    let approve = FormState::<DecideReview>::of("approve");
    let reject = FormState::<DecideReview>::of("reject");
    let (id, is_text) = (it.line.id.to_string(), it.is_text);
    let rejected = id.clone();
    let done = after(item);
    let rejecting = reject.problem().with_untracked(Option::is_some);
    view! {
        <Card title="What it wants to say" note="Change what you like: what is published says that it is an agent's, and that you approved it.">
            <Form state=approve on_done=done>
                <FormStack>
                    <FormError message=approve.message() />
                    <input type="hidden" name="item" value=id />
                    <Field id="body" label="Text" error=approve.error("body")>
                        <TextArea name="body" value=approve.value("body", it.body) rows=8 required=is_text />
                    </Field>
                    <ButtonRow>
                        <Button name="wish" value="approve" variant=Variant::Primary busy=approve.busy()>"Approve"</Button>
                        {is_text.then(|| view! {
                            <Button name="wish" value="take_over" busy=approve.busy()>"Say it in my own name"</Button>
                        })}
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
        <Card>
            <Disclosure title="Reject it" note=Some("Nothing is published".to_owned()) open=rejecting>
                <Form state=reject on_done=done>
                    <FormStack>
                        <FormError message=reject.message() id="reject-error" />
                        <input type="hidden" name="item" value=rejected />
                        <Field
                            id="reason"
                            label="Why"
                            hint="For you, to see later what was wrong."
                            optional=true
                            error=reject.error("reason")
                        >
                            <TextArea name="reason" value=reject.value("reason", "") rows=2 maxlength=1000 />
                        </Field>
                        <ButtonRow>
                            <Button name="wish" value="reject" variant=Variant::Danger busy=reject.busy()>"Reject"</Button>
                        </ButtonRow>
                    </FormStack>
                </Form>
            </Disclosure>
        </Card>
    }
    .into_any()
}

/// What became of it.
#[component]
fn Decided(it: dto::ReviewFull) -> impl IntoView {
    let see = it.line.result.clone();
    let see = move || see.map(|href| view! { <ButtonLink href>"See it"</ButtonLink> });
    let changes = it.changes.map(|pieces| {
        let lines = pieces.into_iter().map(|(change, text)| DiffLine { change: shown(change), text }).collect();
        view! {
            <Card title="What you changed">
                <Diff label="What you changed" lines />
            </Card>
        }
    });
    view! {
        <Card title="What it wanted to say" actions=see>
            <Prose html=it.line.html />
            {(!it.note.is_empty()).then(|| view! { <Notice title="Why it was rejected">{it.note}</Notice> })}
        </Card>
        {changes}
    }
    .into_any()
}

const fn shown(change: diff::Change) -> Change {
    match change {
        diff::Change::Added => Change::Added,
        diff::Change::Removed => Change::Removed,
        diff::Change::Same => Change::Same,
    }
}

#[component]
fn Facts(it: dto::ReviewFull) -> impl IntoView {
    let sure = it.line.confidence.map(|percent| {
        view! {
            <Description term="How sure it is">
                {format!("{percent} % of its words stand in what it refers to")}
            </Description>
        }
    });
    let decided = it.decided.map(|at| view! { <Description term="Decided"><Timestamp when=at.into() /></Description> });
    let open = it.line.state == ReviewState::Pending;
    view! {
        <Card title="Facts">
            <DescriptionList>
                <Description term="Agent">
                    <a href=social_web::routes::profile(&it.line.agent.handle)>"@"{it.line.agent.handle.clone()}</a>
                </Description>
                <Description term="Proposed"><Timestamp when=it.line.at.into() /></Description>
                {decided}
                {open.then(|| view! { <Description term="Waits until">{it.line.until}</Description> })}
                <Description term="Why it waits">{it.line.waits_for}</Description>
                {sure}
                {it.run.map(|href| view! { <Description term="Run"><a href=href>"What it read, and what it cost"</a></Description> })}
            </DescriptionList>
        </Card>
    }
    .into_any()
}
