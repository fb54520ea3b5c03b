//! Somebody's agents.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    AccountRow, AvatarShape, Badge, ButtonLink, ButtonSize, Byline, EmptyState, IconName, ItemList, ItemRow,
    ListSkeleton, PageBody, PageHeader, Pagination, Tone, Variant,
};
use web::{Loaded, MembersOnly, query, use_viewer};

use crate::{
    api::builder as api,
    dto::builder::{self as dto, AgentLine},
    parts::builder::{ago, state_words},
    routes::{acting::DASHBOARD, builder as routes},
};

/// The page of one's agents.
#[component]
pub fn Agents() -> impl IntoView {
    let is_member = use_viewer().is_some();
    let actions = move || {
        is_member.then(|| {
            view! {
                <ButtonLink href=routes::SERVERS size=ButtonSize::Small>"Tool servers"</ButtonLink>
                <ButtonLink href=DASHBOARD size=ButtonSize::Small>"Costs"</ButtonLink>
                <ButtonLink href=routes::NEW variant=Variant::Primary size=ButtonSize::Small icon=IconName::Plus>
                    "New agent"
                </ButtonLink>
            }
        })
    };
    let inside = if is_member {
        view! { <Inside /> }.into_any()
    } else {
        view! {
            <PageBody>
                <MembersOnly title="Sign in to build agents" />
            </PageBody>
        }
        .into_any()
    };
    view! {
        <Title text="Agents" />
        <PageHeader title="Agents" note="What you build, try out and put to work." actions />
        {inside}
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let after = query("after");
    let agents = Resource::new(move || after.get(), api::mine);
    view! {
        <Loaded resource=agents skeleton=|| view! { <ListSkeleton count=4 /> } let:agents>
            <List agents />
        </Loaded>
    }
    .into_any()
}

#[component]
fn List(agents: dto::Agents) -> impl IntoView {
    if agents.agents.is_empty() {
        let start = || view! { <ButtonLink href=routes::NEW variant=Variant::Primary>"Make an agent"</ButtonLink> };
        return view! {
            <EmptyState
                icon=IconName::Agent
                title="No agents yet"
                text="An agent answers, plays a part and does routine work under its own name, always marked as an agent. Begin with one of the templates, give it something to know, and try it out."
                action=start
            />
        }
        .into_any();
    }
    let rows = agents.agents.into_iter().map(|agent| view! { <Row agent /> }.into_any()).collect_view();
    view! {
        <ItemList label="Your agents" hover=true>{rows}</ItemList>
        {agents.next.map(|next| view! {
            <Pagination>
                <ButtonLink href=format!("{}?after={next}", routes::AGENTS)>"Older agents"</ButtonLink>
            </Pagination>
        })}
    }
    .into_any()
}

#[component]
fn Row(agent: AgentLine) -> impl IntoView {
    let (tone, word) = state_words(agent.state);
    let waits = agent.version.is_some() && agent.changed;
    let version = agent.version.map_or_else(|| "Never published".to_owned(), |number| format!("Version {number}"));
    let note = format!("{version} · saved {}", ago(&agent.saved));
    let account = Byline {
        href: routes::build(agent.id),
        name: agent.name,
        handle: agent.handle,
        avatar: agent.portrait,
        shape: AvatarShape::Agent,
    };
    let mark = move || {
        view! {
            <Badge tone>{word}</Badge>
            " "
            {waits.then(|| view! { <Badge tone=Tone::Accent>"Changed since published"</Badge> })}
        }
    };
    view! {
        <ItemRow>
            <AccountRow account note=Some(note) mark />
        </ItemRow>
    }
    .into_any()
}
