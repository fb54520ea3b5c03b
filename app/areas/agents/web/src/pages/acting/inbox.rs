//! What agents propose, until somebody decides.

use agents_core::review::ReviewState;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Badge, Button, ButtonLink, ButtonSize, DraftBar, DraftCard, DraftList, EmptyState, FormError, IconName,
    ListSkeleton, PageHeader, Pagination, Tab, Tabs, Tone, Variant,
};
use web::{Done, Form, FormState, Loaded, MembersOnly, Outcome, query, use_viewer};

use crate::{
    api::acting::{self as api, DecideMany},
    dto::acting as dto,
    parts::{
        acting::{byline, review_words},
        builder::after,
    },
    routes::{acting as routes, builder::AGENTS},
};

/// The page of all that waits, or was decided.
#[component]
pub fn Inbox() -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! { <List /> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to see what waits for you" /> }.into_any()
    };
    view! {
        <Title text="Inbox" />
        <PageHeader title="Inbox" note="What your agents want to do, until you decide" />
        {inside}
    }
    .into_any()
}

#[component]
fn List() -> impl IntoView {
    let (show, agent, cursor) = (query("show"), query("agent"), query("after"));
    let decided = Memo::new(move |_| show.get().as_deref() == Some("decided"));
    let inbox = Resource::new(
        move || (decided.get(), agent.get(), cursor.get()),
        |(decided, agent, cursor)| api::inbox(decided, agent, cursor),
    );
    let reload = after(inbox);
    view! {
        <Tabs label="Inbox">
            <Tab href=routes::INBOX label="Waiting" current=Signal::derive(move || !decided.get()) />
            <Tab href=format!("{}?show=decided", routes::INBOX) label="Decided" current=decided />
        </Tabs>
        <Done says=&[("approved", "Approved. It was published."), ("rejected", "Rejected. Nothing was published.")] />
        <Loaded resource=inbox skeleton=|| view! { <ListSkeleton count=4 /> } let:inbox>
            <Items inbox decided=decided.get_untracked() agent=agent.get_untracked() reload />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Items(inbox: dto::Inbox, decided: bool, agent: Option<String>, reload: Callback<Outcome>) -> impl IntoView {
    let dto::Inbox { items, next, agents } = inbox;
    let none = agents.is_empty();
    let filter = (agents.len() > 1).then(|| view! { <ByAgent agents chosen=agent.clone() decided /> });
    let more = next.map(|cursor| {
        let show = if decided { "show=decided&" } else { "" };
        let of = agent.as_ref().map(|agent| format!("agent={agent}&")).unwrap_or_default();
        let href = format!("{}?{show}{of}after={cursor}", routes::INBOX);
        view! {
            <Pagination>
                <ButtonLink href variant=Variant::Secondary>"Show older"</ButtonLink>
            </Pagination>
        }
    });
    let list = match (items.is_empty(), decided) {
        (true, false) => view! { <NothingWaits none /> }.into_any(),
        (true, true) => view! {
            <EmptyState icon=IconName::Inbox title="Nothing was decided yet" text="What you approved, changed or rejected stands here." />
        }
        .into_any(),
        (false, true) => view! { <Decided items /> }.into_any(),
        (false, false) => view! { <Waiting items reload /> }.into_any(),
    };
    view! { {filter} {list} {more} }.into_any()
}

#[component]
fn NothingWaits(none: bool) -> impl IntoView {
    let (text, label) = if none {
        (
            "Agents can answer when they are mentioned and post on a schedule. What they write waits here for you first.",
            "Make an agent",
        )
    } else {
        (
            "What your agents write by themselves waits here until you approve it. Say on an agent's page “Acting” what it may do.",
            "Your agents",
        )
    };
    view! {
        <EmptyState
            icon=IconName::Inbox
            title="Nothing waits for you"
            text
            action=move || view! { <ButtonLink href=AGENTS variant=Variant::Primary>{label}</ButtonLink> }
        />
    }
    .into_any()
}

/// Links to the items of one agent.
#[component]
fn ByAgent(agents: Vec<dto::AgentHead>, chosen: Option<String>, decided: bool) -> impl IntoView {
    let show = if decided { "show=decided&" } else { "" };
    let all = format!("{}?{show}", routes::INBOX);
    let everybody = chosen.is_none();
    let tabs = agents.into_iter().map(move |agent| {
        let current = chosen.as_deref() == Some(agent.id.as_str());
        view! { <Tab href=format!("{}?{show}agent={}", routes::INBOX, agent.id) label=agent.name current /> }
    });
    view! {
        <Tabs label="Which agent">
            <Tab href=all.trim_end_matches(['?', '&']).to_owned() label="All agents" current=everybody />
            {tabs.collect_view()}
        </Tabs>
    }
    .into_any()
}

/// Those that wait: each can be decided by itself, and several at once.
#[component]
fn Waiting(items: Vec<dto::ReviewLine>, reload: Callback<Outcome>) -> impl IntoView {
    let state = FormState::<DecideMany>::new();
    let busy = state.busy();
    let several = items.len() > 1;
    let cards = items.into_iter().enumerate().map(move |(at, item)| {
        let choice = several.then(|| (format!("items[{at}]"), item.id.to_string()));
        let (id, sure) = (item.id.to_string(), sure(item.confidence));
        let actions = {
            let href = routes::review(&id);
            move || {
                view! {
                    <Button name="wish" value=format!("approve:{id}") variant=Variant::Primary size=ButtonSize::Small busy>
                        "Approve"
                    </Button>
                    <ButtonLink href size=ButtonSize::Small>"Edit, reject, take over"</ButtonLink>
                }
            }
        };
        view! {
            <DraftCard
                author=byline(&item.agent)
                title=item.title
                href=routes::review(item.id)
                when=item.at.into()
                body_html=item.html
                choice
                marks=move || sure
                note=format!("{} It waits until {}.", item.waits_for, item.until)
                actions
            />
        }
    });
    view! {
        <Form state on_done=reload>
            <FormError message=problem(state) />
            <DraftList label="What waits for you">{cards.collect_view()}</DraftList>
            {several.then(|| view! {
                <DraftBar>
                    <Button name="wish" value="approve" variant=Variant::Primary busy>"Approve those chosen"</Button>
                    <Button name="wish" value="reject" busy>"Reject those chosen"</Button>
                </DraftBar>
            })}
        </Form>
    }
    .into_any()
}

/// What is wrong, also when one field says it: there is no field beside which it could stand.
fn problem(state: FormState<DecideMany>) -> Signal<Option<String>> {
    let problem = state.problem();
    Signal::derive(move || {
        problem.with(|it| it.as_ref().map(|it| it.fields.first().map_or(&it.message, |field| &field.message).clone()))
    })
}

/// How sure an agent is, as a badge.
fn sure(confidence: Option<u8>) -> Option<AnyView> {
    confidence.map(|percent| {
        let tone = if percent >= 70 { Tone::Success } else { Tone::Warning };
        view! { <Badge tone>{format!("{percent} % founded on what it knows")}</Badge> }.into_any()
    })
}

/// Those that were decided.
#[component]
fn Decided(items: Vec<dto::ReviewLine>) -> impl IntoView {
    let cards = items.into_iter().map(|item| {
        let (tone, word) = review_words(item.state);
        let published = item.result.clone().filter(|_| item.state != ReviewState::Rejected);
        view! {
            <DraftCard
                author=byline(&item.agent)
                title=item.title
                href=routes::review(item.id)
                when=item.at.into()
                body_html=item.html
                choice=None
                marks=move || view! { <Badge tone>{word}</Badge> }
                actions=move || published.map(|href| view! { <ButtonLink href size=ButtonSize::Small>"See it"</ButtonLink> })
            />
        }
    });
    view! { <DraftList label="What was decided">{cards.collect_view()}</DraftList> }.into_any()
}
