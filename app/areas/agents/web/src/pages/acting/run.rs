//! One run of an agent.

use leptos::prelude::*;
use ui::{
    Badge, ButtonLink, Card, Code, Description, DescriptionList, Disclosure, FormSkeleton, Notice, Prose, Timestamp,
    Tone, grouped,
};
use web::{Loaded, param};

use crate::{
    api::acting as api,
    dto::acting as dto,
    parts::{
        acting::{purpose_words, run_words},
        builder::{AgentFrame, BuilderTab},
    },
    routes::acting as routes,
};

/// The page of one run.
#[component]
pub fn Run() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Runs>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let (id, run) = (param("id"), param("run"));
    let record = Resource::new(move || (id.get(), run.get()), |(id, run)| api::run(id, run));
    view! {
        <Loaded resource=record skeleton=|| view! { <FormSkeleton fields=4 /> } let:it>
            <Contents it agent=id.get_untracked() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: dto::RunFull, agent: String) -> impl IntoView {
    let words = match it.words {
        Some(words) => view! { <Words words /> }.into_any(),
        None => view! {
            <Notice title="Between the agent and somebody else">
                "What they said to each other in private is theirs. You see what it cost, and nothing of what was said."
            </Notice>
        }
        .into_any(),
    };
    let all = move || view! { <ButtonLink href=routes::runs(&agent)>"All runs"</ButtonLink> };
    view! { <Facts line=it.line all /> {words} }.into_any()
}

#[component]
fn Facts(line: dto::RunLine, #[prop(into)] all: leptos::children::ViewFnOnce) -> impl IntoView {
    let (tone, word) = run_words(line.state);
    let (first, took) = line.times;
    let fact = |term: &'static str, words: Option<String>| {
        words.map(|words| view! { <Description term>{words}</Description> })
    };
    let version = line.version.map_or_else(|| "Draft".to_owned(), |number| number.to_string());
    let tokens = format!("{} read, {} written", grouped(line.tokens.0), grouped(line.tokens.1));
    let all = move || all.run();
    view! {
        <Card title=purpose_words(line.purpose) actions=all>
            {line.problem.map(|words| view! { <Notice tone=Tone::Danger>{words}</Notice> })}
            <DescriptionList>
                <Description term="State"><Badge tone>{word}</Badge></Description>
                <Description term="When"><Timestamp when=line.at.into() /></Description>
                <Description term="Version">{version}</Description>
                {fact("Written by", line.model)}
                <Description term="Tokens">{tokens}</Description>
                <Description term="Cost">{line.cost}</Description>
                {fact("To the first word", first)}
                {fact("In all", took)}
            </DescriptionList>
        </Card>
    }
    .into_any()
}

#[component]
fn Words(words: dto::RunWords) -> impl IntoView {
    let said = |title: &'static str, html: Option<String>, none: &'static str| {
        view! {
            <Card title>
                {match html {
                    Some(html) => view! { <Prose html /> }.into_any(),
                    None => view! { <p>{none}</p> }.into_any(),
                }}
            </Card>
        }
    };
    let citations = words.citations.into_iter().map(|(number, place, text)| {
        view! { <Disclosure title=format!("[{number}] {place}")><p>{text}</p></Disclosure> }
    });
    let citations = citations.collect::<Vec<_>>();
    let tools = words.tools.into_iter().map(|(tool, state, arguments, result)| {
        view! {
            <Disclosure title=tool note=Some(state)>
                <Code label="What it was given" text=arguments />
                {result.map(|text| view! { <Code label="What it answered" text /> })}
            </Disclosure>
        }
    });
    let tools = tools.collect::<Vec<_>>();
    view! {
        {said("What was asked", words.question, "It was deleted.")}
        {said("What was answered", words.answer, "Nothing came of it.")}
        {(!citations.is_empty()).then(|| view! {
            <Card title="What it refers to">{citations.into_iter().collect_view()}</Card>
        })}
        {(!tools.is_empty()).then(|| view! {
            <Card title="Tools it called">{tools.into_iter().collect_view()}</Card>
        })}
    }
    .into_any()
}
