//! The runs of an agent.

use leptos::prelude::*;
use ui::{
    Badge, ButtonLink, Card, Cell, CellKind, Column, EmptyState, IconName, ListSkeleton, Pagination, RowHead, Table,
    Timestamp, Variant, grouped,
};
use web::{Loaded, param, query};

use crate::{
    api::acting as api,
    dto::acting as dto,
    parts::{
        acting::{purpose_words, run_words},
        builder::{AgentFrame, BuilderTab},
    },
    routes::acting as routes,
};

/// The page of an agent's runs.
#[component]
pub fn Runs() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Runs>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (id, after) = (param("id"), query("after"));
    let runs = Resource::new(move || (id.get(), after.get()), |(id, after)| api::runs(id, after));
    view! {
        <Loaded resource=runs skeleton=|| view! { <ListSkeleton count=8 /> } let:it>
            <List it agent=id.get_untracked() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn List(it: dto::Runs, agent: String) -> impl IntoView {
    if it.runs.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::History
                title="It has not answered yet"
                text="Each answer stands here: why it was given, who wrote it, and what it cost. What others say to it in private is not shown."
            />
        }
        .into_any();
    }
    let headers = vec![
        Column::text("Run"),
        Column::text("State"),
        Column::text("Written by"),
        Column::number("Tokens"),
        Column::number("Cost"),
    ];
    let rows = it.runs.into_iter().map(|run| {
        let (tone, word) = run_words(run.state);
        let href = routes::run(&agent, run.id);
        let tokens = grouped(run.tokens.0 + run.tokens.1);
        view! {
            <tr>
                <RowHead>
                    <a href=href>{purpose_words(run.purpose)}</a> " · " <Timestamp when=run.at.into() />
                </RowHead>
                <Cell><Badge tone>{word}</Badge></Cell>
                <Cell>{run.model.unwrap_or_else(|| "Nobody".to_owned())}</Cell>
                <Cell kind=CellKind::Number label="Tokens:">{tokens}</Cell>
                <Cell kind=CellKind::Number label="Cost:">{run.cost}</Cell>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let more = it.next.map(|cursor| {
        let href = format!("{}?after={cursor}", routes::runs(&agent));
        view! {
            <Pagination>
                <ButtonLink href variant=Variant::Secondary>"Show older"</ButtonLink>
            </Pagination>
        }
    });
    view! {
        <Card title="Runs" note="Each answer, from the question to what it cost." flush=true>
            <Table label="Runs" headers stack=true>{rows}</Table>
        </Card>
        {more}
    }
    .into_any()
}
