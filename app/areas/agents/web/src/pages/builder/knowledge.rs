//! What an agent knows.

use agents_core::{
    SourceKind, SourceState,
    knowledge::{MAX_CHARACTERS, MAX_PASSAGES, MAX_SOURCES, TITLE_LIMIT},
};
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Cell, CellKind, Column, Disclosure, EmptyState, FormError,
    IconName, ListSkeleton, Meter, Pagination, RowHead, Table, Timestamp, Tone, Variant, grouped,
};
use web::{Done, Failure, Form, FormState, Loaded, param, query};

use super::learn::Learn;
use crate::{
    api::builder::{self as api, RemoveSource, RereadSource},
    dto::builder::{self as dto, SourceLine},
    parts::builder::{Again, AgentFrame, BuilderTab, RowError, after, unless_told},
    routes::builder as routes,
};

/// What the list is loaded into; nothing, where another part of the page says why there is none.
pub(super) type Known = Resource<Result<Option<dto::Knowledge>, Failure>>;

/// The page of what an agent knows.
#[component]
pub fn Knowledge() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Knowledge>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (id, from) = (param("id"), query("after"));
    let known: Known = Resource::new(
        move || (id.get(), from.get()),
        |(id, from)| async move { unless_told(api::knowledge(id, from).await) },
    );
    view! {
        <Done says=&[
            ("added", "It is being read. In a moment the agent knows it."),
            ("reread", "It is being read again. Until then the agent knows it as it was."),
            ("removed", "It was taken away. No answer uses it any more."),
        ] />
        <Learn known />
        <Loaded resource=known skeleton=|| view! { <ListSkeleton count=4 /> } let:it>
            {it.map(|it| view! { <List it known /> })}
        </Loaded>
    }
    .into_any()
}

#[component]
fn List(it: dto::Knowledge, known: Known) -> impl IntoView {
    let id = param("id").get_untracked();
    let is_reading = it.sources.iter().any(|source| source.state == SourceState::Reading);
    let (is_empty, is_open, extent) = (it.sources.is_empty(), it.is_open, it.extent);
    let heads =
        vec![Column::text("Source"), Column::text("State"), Column::number("Passages"), Column::actions("Change")];
    let rows = it.sources.into_iter().map(|source| view! { <Row source is_open known /> }.into_any()).collect_view();
    let list = if is_empty {
        view! {
            <EmptyState
                icon=IconName::Info
                title="It knows nothing yet"
                text="Give it a manual, prices, frequent questions: it finds what answers, quotes it, and says where it stands."
            />
        }
        .into_any()
    } else {
        view! {
            <Card title="What it knows" flush=true>
                <Table label="What it knows" headers=heads stack=true>{rows}</Table>
            </Card>
        }
        .into_any()
    };
    view! {
        {is_reading.then(|| view! { <Again resource=known /> })}
        {list}
        {it.next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{}?after={next}", routes::knowledge(&id))>"Older sources"</ButtonLink>
            </Pagination>
        })}
        {(!is_empty).then(|| view! {
            <Card title="How much that is">
                <Measure label="Sources" value=extent.sources.into() most=most(MAX_SOURCES) />
                <Measure label="Passages" value=extent.passages.into() most=most(MAX_PASSAGES) />
                <Measure label="Characters" value=extent.characters most=MAX_CHARACTERS />
            </Card>
        })}
    }
    .into_any()
}

fn most(limit: usize) -> u64 {
    u64::try_from(limit).unwrap_or(u64::MAX)
}

#[component]
fn Measure(label: &'static str, value: u64, most: u64) -> impl IntoView {
    view! { <Meter label value most text=format!("{} of {}", grouped(value), grouped(most)) /> }
}

#[component]
fn Row(source: SourceLine, is_open: bool, known: Known) -> impl IntoView {
    let facts = [
        Some(kind(source.kind).to_owned()),
        Some(source.size).filter(|_| source.state != SourceState::Reading),
        source.language,
    ];
    let note = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let (tone, word) = match source.state {
        SourceState::Reading => (Tone::Accent, "Reading"),
        SourceState::Ready => (Tone::Success, "Ready"),
        SourceState::Failed => (Tone::Danger, "Can't be read"),
    };
    let title = match source.address.clone() {
        Some(address) => {
            view! { <a href=address rel="noopener nofollow external" target="_blank">{source.title.clone()}</a> }
                .into_any()
        }
        None => view! { <span>{source.title.clone()}</span> }.into_any(),
    };
    let at = source.at.into();
    let problem = source.problem.map(|problem| view! { <p>{problem}</p> });
    view! {
        <tr>
            <RowHead note>{title}</RowHead>
            <Cell>
                <Badge tone>{word}</Badge>
                " "
                <Timestamp when=at />
                {problem}
            </Cell>
            <Cell kind=CellKind::Number label="Passages">{grouped(source.passages.into())}</Cell>
            <Cell kind=CellKind::Actions>
                {is_open.then(|| view! { <Change source=source.id.to_string() title=source.title kind=source.kind known /> })}
            </Cell>
        </tr>
    }
    .into_any()
}

const fn kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Text => "Text",
        SourceKind::File => "File",
        SourceKind::Page => "Page",
    }
}

/// What can be done with a source.
#[component]
fn Change(source: String, title: String, kind: SourceKind, known: Known) -> impl IntoView {
    let agent = param("id").get_untracked();
    let remove = FormState::<RemoveSource>::of(source.clone());
    let again = (kind == SourceKind::Page).then(|| {
        let state = FormState::<RereadSource>::of(source.clone());
        let (agent, source) = (agent.clone(), source.clone());
        view! {
            <Form state on_done=after(known)>
                <input type="hidden" name="agent" value=agent />
                <input type="hidden" name="source" value=source />
                <Button size=ButtonSize::Small variant=Variant::Quiet icon=IconName::Refresh busy=state.busy()>"Read again"</Button>
                <RowError message=state.message() />
            </Form>
        }
    });
    let short: String = title.chars().take(TITLE_LIMIT.min(60)).collect();
    view! {
        {again}
        <Disclosure title="Remove" note=None>
            <Form state=remove on_done=after(known)>
                <FormError message=remove.message() id=format!("remove-{source}-error") />
                <p>{format!("No answer will use “{short}” any more. A file is deleted.")}</p>
                <input type="hidden" name="agent" value=agent />
                <input type="hidden" name="source" value=source />
                <ButtonRow>
                    <Button size=ButtonSize::Small variant=Variant::Danger busy=remove.busy()>"Remove it"</Button>
                </ButtonRow>
            </Form>
        </Disclosure>
    }
    .into_any()
}
