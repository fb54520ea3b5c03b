//! What was published.

use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, Disclosure, EmptyState, Field,
    FormError, FormStack, IconName, ListSkeleton, Notice, RowHead, Table, TextArea, Timestamp, Tone, Variant,
};
use web::{Done, Failure, Form, FormState, Loaded, param};

use crate::{
    api::builder::{self as api, Publish, Restore},
    dto::builder::{self as dto, Hurdle, VersionLine},
    parts::builder::{AgentFrame, BuilderTab, RetiredNotice, after},
    routes::builder as routes,
};

type Loading = Resource<Result<dto::Versions, Failure>>;

/// The page of the versions.
#[component]
pub fn Versions() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Versions>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let versions: Loading = Resource::new(move || id.get(), api::versions);
    view! {
        <Done says=&[
            ("published", "Published. It answers by this version from now on."),
            ("restored", "It answers as it did before, and the draft is the same again."),
        ] />
        <Loaded resource=versions skeleton=|| view! { <ListSkeleton count=4 /> } let:it>
            <Contents it versions />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: dto::Versions, versions: Loading) -> impl IntoView {
    let agent = param("id").get_untracked();
    let dto::Versions { versions: lines, changed, hurdle, is_open } = it;
    let first = lines.is_empty();
    let list = if first {
        view! {
            <EmptyState
                icon=IconName::History
                title="Nothing is published yet"
                text="Until then only you can speak with it. Each version that you publish is kept as it was, and can be gone back to."
            />
        }
        .into_any()
    } else {
        let heads = vec![Column::text("Version"), Column::text("Published"), Column::actions("Change")];
        let rows = lines.into_iter().map(|line| view! { <Row line is_open versions /> }.into_any()).collect_view();
        let href = routes::compare(&agent);
        let compare = move || view! { <ButtonLink href size=ButtonSize::Small>"Compare"</ButtonLink> };
        view! {
            <Card title="Versions" flush=true actions=compare>
                <Table label="Versions" headers=heads stack=true>{rows}</Table>
            </Card>
        }
        .into_any()
    };
    view! {
        {if is_open {
            view! { <PublishCard agent first changed hurdle versions /> }.into_any()
        } else {
            view! { <RetiredNotice /> }.into_any()
        }}
        {list}
    }
    .into_any()
}

/// The draft, and what has to be done before it can be published.
#[component]
fn PublishCard(agent: String, first: bool, changed: bool, hurdle: Option<Hurdle>, versions: Loading) -> impl IntoView {
    let state = FormState::<Publish>::new();
    if !changed {
        return view! {
            <Card title="The draft"><p>"It is the same as the version that answers. There is nothing to publish."</p></Card>
        }
        .into_any();
    }
    let told = hurdle.map(|hurdle| {
        let (title, text, href, label) = match hurdle {
            Hurdle::NoChecks => (
                "It has no checks yet",
                "Write at least one question with what must be true of the answer, and run it. ",
                routes::new_check(&agent),
                "Write a check",
            ),
            Hurdle::NotRun => (
                "Its checks were not run for this draft",
                "All of them have to pass for exactly what is published. ",
                routes::checks(&agent),
                "Go to the checks",
            ),
            Hurdle::Running => (
                "Its checks are being run",
                "When all of them have passed, it can be published. ",
                routes::checks(&agent),
                "See how far they are",
            ),
            Hurdle::Failed => (
                "Some checks have failed",
                "Mend the draft, or a check that asks for too much, and run them again. ",
                routes::checks(&agent),
                "See what is wrong",
            ),
        };
        view! {
            <Notice tone=Tone::Warning title>
                {text} <a href=href>{label}</a>
            </Notice>
        }
    });
    let stands_in_the_way = hurdle.is_some();
    let compare = (!first).then(|| routes::compare(&agent));
    let note = if first {
        "With the first version it begins to answer others."
    } else {
        "It is other than the version that answers."
    };
    view! {
        <Card title="The draft" note>
            {told}
            <Form state on_done=after(versions)>
                <FormStack>
                    <FormError message=state.message() id="versions-error" />
                    <input type="hidden" name="agent" value=agent />
                    <Field
                        id="note"
                        label="Note"
                        optional=true
                        hint="What is new, for you and whoever looks at it later."
                        error=state.error("note")
                    >
                        <TextArea name="note" value=state.value("note", "") rows=2 maxlength=500 />
                    </Field>
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy() disabled=stands_in_the_way>"Publish"</Button>
                        {compare.map(|href| view! { <ButtonLink href>"See what changed"</ButtonLink> })}
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Row(line: VersionLine, is_open: bool, versions: Loading) -> impl IntoView {
    let agent = param("id").get_untracked();
    let VersionLine { number, note, restored_from, at, answers } = line;
    let state = FormState::<Restore>::of(number.to_string());
    let note = if note.is_empty() { "No note".to_owned() } else { note };
    let from = restored_from.map(|from| view! { <Badge>{format!("Made of version {from}")}</Badge> });
    let href = routes::compare_from(&agent, number);
    let back = (is_open && !answers).then(|| {
        view! {
            <Disclosure title="Go back to this" note=None>
                <Form state on_done=after(versions)>
                    <FormError message=state.message() id=format!("restore-{number}-error") />
                    <p>"It answers like this again at once, and the draft becomes the same. What the draft says now is lost, unless it was published."</p>
                    <input type="hidden" name="agent" value=agent />
                    <input type="hidden" name="version" value=number.to_string() />
                    <ButtonRow>
                        <Button size=ButtonSize::Small variant=Variant::Danger busy=state.busy()>
                            {format!("Go back to version {number}")}
                        </Button>
                    </ButtonRow>
                </Form>
            </Disclosure>
        }
    });
    let when = at.into();
    view! {
        <tr>
            <RowHead note>
                {format!("Version {number} ")}
                {answers.then(|| view! { <Badge tone=Tone::Success>"Answers"</Badge> })}
                {from}
            </RowHead>
            <Cell><Timestamp when /></Cell>
            <Cell kind=CellKind::Actions>
                <ButtonLink href size=ButtonSize::Small variant=Variant::Quiet>"Compare with the draft"</ButtonLink>
                {back}
            </Cell>
        </tr>
    }
    .into_any()
}
