//! What stands around the pages on which an agent is built.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::{Serialize, de::DeserializeOwned};
use ui::{
    Avatar, AvatarShape, AvatarSize, Badge, ButtonLink, ButtonSize, ListSkeleton, PageBody, PageHeader, Tab, Tabs,
    Tone, Variant, Workbench,
};
use web::{Failure, Loaded, MembersOnly, Outcome, param, query, use_viewer};

use super::state_words;
use crate::{
    api::builder as api,
    dto::builder::Head,
    parts::chat::Talk,
    routes::{acting, builder as routes},
};

/// The pages that the tabs lead to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BuilderTab {
    /// What it is made of.
    Build,
    /// What it may do besides answering.
    Tools,
    /// What it knows.
    Knowledge,
    /// What must be true of its answers.
    Checks,
    /// What was published.
    Versions,
    /// What it may do by itself.
    Acting,
    /// What it answered, and what that cost.
    Runs,
    /// What it may cost, and what it does.
    Limits,
}

/// The head that all pages of an agent show; nothing, where the page itself says why there is none.
#[derive(Clone, Copy)]
struct HeadOf(Resource<Result<Option<Head>, Failure>>);

/// What came of asking for a part of a page, of which another part says when it isn't there for the reader.
pub fn unless_told<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    use kernel::ProblemKind::{Forbidden, Gone, NotFound, Unauthenticated};
    match answer {
        Ok(part) => Ok(Some(part)),
        Err(Failure(problem)) if matches!(problem.kind, Forbidden | Gone | NotFound | Unauthenticated) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What stands around the pages.
#[component]
pub fn AgentFrame(
    /// Which page it is, or belongs to.
    tab: BuilderTab,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    if use_viewer().is_none() {
        return view! {
            <Title text="Agents" />
            <PageHeader title="Agents" />
            <PageBody>
                <MembersOnly title="Sign in to build agents" />
            </PageBody>
        }
        .into_any();
    }
    let id = param("id");
    let head = Resource::new(move || id.get(), |id| async move { unless_told(api::head(id).await) });
    provide_context(HeadOf(head));
    view! {
        <Loaded resource=head skeleton=|| view! { <PageHeader title="Agent" back=routes::AGENTS /> } let:head>
            <Top head tab />
        </Loaded>
        <Workbench
            aside_title="Try it out"
            aside_note="The draft answers, as it was saved last. Nobody else sees this."
            aside_actions=|| view! { <ButtonLink href="?fresh=1" size=ButtonSize::Small variant=Variant::Quiet>"Start over"</ButtonLink> }
            aside=|| view! { <TestChat /> }
        >
            <PageBody>{children()}</PageBody>
        </Workbench>
    }
    .into_any()
}

/// A conversation with the draft. It stays as it is while the form beside it is saved.
#[component]
fn TestChat() -> impl IntoView {
    let (id, fresh) = (param("id"), query("fresh"));
    let chat = Resource::new(
        move || (id.get(), fresh.get().is_some()),
        |(id, fresh)| async move { unless_told(api::test_chat(id, fresh).await) },
    );
    view! {
        <Loaded resource=chat skeleton=|| view! { <ListSkeleton count=3 /> } let:chat>
            {chat.map(|chat| view! { <Talk chat=RwSignal::new(chat) boxed=true /> })}
        </Loaded>
    }
    .into_any()
}

#[component]
fn Top(head: Option<Head>, tab: BuilderTab) -> impl IntoView {
    let Some(Head { agent, checks, sources }) = head else {
        return view! {
            <Title text="Agents" />
            <PageHeader title="This page can't be shown" back=routes::AGENTS back_label="All agents" />
        }
        .into_any();
    };
    let (id, (tone, word)) = (agent.id, state_words(agent.state));
    let waits = agent.version.is_some() && agent.changed;
    let (name, portrait) = (agent.name.clone(), agent.portrait);
    let actions = move || {
        view! {
            {waits.then(|| view! { <Badge tone=Tone::Accent>"Changed since published"</Badge> })}
            <Badge tone>{word}</Badge>
            <Avatar portrait name size=AvatarSize::Small shape=AvatarShape::Agent />
        }
    };
    let tabs = [
        (BuilderTab::Build, routes::build(id), "Build", None),
        (BuilderTab::Tools, routes::tools(id), "Tools", None),
        (BuilderTab::Knowledge, routes::knowledge(id), "Knowledge", Some(sources)),
        (BuilderTab::Checks, routes::checks(id), "Checks", Some(checks)),
        (BuilderTab::Versions, routes::versions(id), "Versions", agent.version),
        (BuilderTab::Acting, acting::acting(id), "Acting", None),
        (BuilderTab::Runs, acting::runs(id), "Runs", None),
        (BuilderTab::Limits, routes::limits(id), "Limits", None),
    ];
    let tabs = tabs.map(|(it, href, label, count)| match count {
        Some(count) if count > 0 => view! { <Tab href label current=it == tab count=count.into() /> }.into_any(),
        _ => view! { <Tab href label current=it == tab /> }.into_any(),
    });
    view! {
        <Title text=agent.name.clone() />
        <PageHeader
            title=agent.name
            note=format!("@{}", agent.handle)
            back=routes::AGENTS
            back_label="All agents"
            actions
        />
        <Tabs label="This agent">{tabs.into_iter().collect_view()}</Tabs>
    }
    .into_any()
}

/// What a page does when a form of its own was accepted: it goes where that leads, and shows anew what has changed.
pub fn after<T>(changed: Resource<Result<T, Failure>>) -> Callback<Outcome>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let navigate = use_navigate();
    let head = use_context::<HeadOf>();
    Callback::new(move |outcome| {
        if let Outcome::Go(path) = outcome {
            navigate(&path, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
        changed.refetch();
        if let Some(HeadOf(head)) = head {
            head.refetch();
        }
    })
}

/// Shows the head anew, for a page that changed something and stays as it is.
pub fn refresh_head() -> Callback<()> {
    let head = use_context::<HeadOf>();
    Callback::new(move |()| {
        if let Some(HeadOf(head)) = head {
            head.refetch();
        }
    })
}
