//! What somebody's agents cost and bring.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    AccountRow, Badge, ButtonLink, ButtonSize, Card, Cell, CellKind, Column, Disclosure, EmptyState, Figure, FigureRow,
    IconName, ListSkeleton, Meter, PageBody, PageHeader, RowHead, Sparkline, Table, Variant, grouped,
};
use web::{Loaded, MembersOnly, use_viewer};

use crate::{
    api::acting as api,
    dto::acting as dto,
    parts::{acting::byline, builder::state_words},
    routes::{
        acting as routes,
        builder::{AGENTS, limits},
    },
};

/// The page of the figures.
#[component]
pub fn Dashboard() -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! { <All /> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to see what your agents cost" /> }.into_any()
    };
    view! {
        <Title text="What agents cost" />
        <PageHeader
            title="What agents cost"
            note="Days and months are those of UTC"
            back=AGENTS
            back_label="All agents"
        />
        <PageBody>{inside}</PageBody>
    }
    .into_any()
}

#[component]
fn All() -> impl IntoView {
    let figures = Resource::new(|| (), |()| api::dashboard());
    view! {
        <Loaded resource=figures skeleton=|| view! { <ListSkeleton count=3 /> } let:it>
            <Agents it />
        </Loaded>
    }
}

#[component]
fn Agents(it: dto::Dashboard) -> impl IntoView {
    if it.agents.is_empty() {
        return view! {
            <EmptyState
                icon=IconName::Agent
                title="No agents yet"
                text="What an agent costs and earns, what became of its drafts and how its answers are rated stands here."
                action=|| view! { <ButtonLink href=AGENTS variant=Variant::Primary>"Make an agent"</ButtonLink> }
            />
        }
        .into_any();
    }
    let days = it.days;
    it.agents.into_iter().map(|agent| view! { <One it=agent days=days.clone() /> }).collect_view().into_any()
}

#[component]
fn One(it: dto::AgentFigures, days: Vec<String>) -> impl IntoView {
    let (tone, word) = state_words(it.state);
    let id = it.agent.id.clone();
    let (runs, caps) = (routes::runs(&id), limits(&id));
    let action = move || view! { <ButtonLink href=runs size=ButtonSize::Small>"Runs"</ButtonLink> };
    let [approved, edited, rejected, taken_over] = it.decided;
    let decided = format!("{approved} approved, {edited} edited, {rejected} rejected");
    let taken_over = if taken_over > 0 { format!(", {taken_over} taken over") } else { String::new() };
    let rated = match it.rated {
        (0, 0) => "Not rated".to_owned(),
        (good, bad) => format!("{} % good", good * 100 / (good + bad)),
    };
    let ratings = format!("{} good, {} bad", it.rated.0, it.rated.1);
    let waiting = it.waiting;
    let line = format!("What {} cost on each of the last {} days", it.agent.name, days.len());
    let name = it.agent.name.clone();
    view! {
        <Card>
            <AccountRow account=byline(&it.agent) mark=move || view! { <Badge tone>{word}</Badge> } action />
            <FigureRow>
                <Figure label="Cost today" value=it.today.spent note=runs_and_tokens(it.today.runs, it.today.tokens) />
                <Figure label="Cost this month" value=it.month.spent note=runs_and_tokens(it.month.runs, it.month.tokens) />
                <Figure label="Earned this month" value=it.revenue note="Fees taken off" />
                <Figure label="Drafts this month" value=(approved + edited + rejected).to_string() note=format!("{decided}{taken_over}") />
                <Figure label="Satisfaction" value=rated note=ratings />
            </FigureRow>
            <Sparkline values=it.costs label=line />
            <Meter label="Cap of the day" value=it.today.used.0 most=it.today.used.1.max(1) text=it.today.cap />
            <Meter label="Cap of the month" value=it.month.used.0 most=it.month.used.1.max(1) text=it.month.cap />
            {(waiting > 0).then(|| view! {
                <p>
                    <a href=format!("{}?agent={id}", routes::INBOX)>
                        {if waiting == 1 { "1 draft waits for you".to_owned() } else { format!("{waiting} drafts wait for you") }}
                    </a>
                </p>
            })}
            <Disclosure title="Each day">
                <Days name days words=it.cost_words />
                <p><a href=caps>"Change what it may cost"</a></p>
            </Disclosure>
        </Card>
    }
    .into_any()
}

fn runs_and_tokens(runs: u32, tokens: u64) -> String {
    let runs = if runs == 1 { "1 run".to_owned() } else { format!("{} runs", grouped(runs.into())) };
    format!("{runs}, {} tokens", grouped(tokens))
}

/// The table behind the line.
#[component]
fn Days(name: String, days: Vec<String>, words: Vec<String>) -> impl IntoView {
    let rows = days.into_iter().zip(words).rev().map(|(day, cost)| {
        view! {
            <tr>
                <RowHead>{day}</RowHead>
                <Cell kind=CellKind::Number>{cost}</Cell>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table label=format!("What {name} cost on each day") headers=vec![Column::text("Day"), Column::number("Cost")]>
            {rows}
        </Table>
    }
    .into_any()
}
