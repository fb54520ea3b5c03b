//! Where agents are made, checked and published.

use std::fmt::Display;

use leptos::prelude::*;
use leptos_router::{ChooseView, SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

use crate::pages::builder::{
    Agents, Build, Checks, Compare, EditCheck, Knowledge, Limits, NewAgent, NewCheck, Servers, Tools, Versions,
};

/// Somebody's agents.
pub const AGENTS: &str = "/agents";
/// Where an agent is made.
pub const NEW: &str = "/agents/new";

/// Servers of tools.
pub const SERVERS: &str = "/agents/servers";

/// Where an agent is built.
pub fn build(agent: impl Display) -> String {
    format!("/agents/{agent}")
}

/// What it may do besides answering.
pub fn tools(agent: impl Display) -> String {
    format!("/agents/{agent}/tools")
}

/// What it knows.
pub fn knowledge(agent: impl Display) -> String {
    format!("/agents/{agent}/knowledge")
}

/// Its checks.
pub fn checks(agent: impl Display) -> String {
    format!("/agents/{agent}/checks")
}

/// Where a check is written.
pub fn new_check(agent: impl Display) -> String {
    format!("/agents/{agent}/checks/new")
}

/// Where a check is changed.
pub fn check(agent: impl Display, check: impl Display) -> String {
    format!("/agents/{agent}/checks/{check}")
}

/// Its versions.
pub fn versions(agent: impl Display) -> String {
    format!("/agents/{agent}/versions")
}

/// What changed from the version that answers to the draft.
pub fn compare(agent: impl Display) -> String {
    format!("/agents/{agent}/versions/compare")
}

/// What changed from a version to the draft.
pub fn compare_from(agent: impl Display, version: u32) -> String {
    format!("/agents/{agent}/versions/compare?from={version}&to=draft")
}

/// What it may cost, and what it does.
pub fn limits(agent: impl Display) -> String {
    format!("/agents/{agent}/limits")
}

/// The pages. The browser loads the code of all of them when somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    Agents,
    NewAgent,
    Servers,
    Build,
    Tools,
    Knowledge,
    Checks,
    NewCheck,
    EditCheck,
    Versions,
    Compare,
    Limits,
}

#[lazy]
fn builder_page(page: Page) -> AnyView {
    match page {
        Page::Agents => view! { <Agents /> }.into_any(),
        Page::NewAgent => view! { <NewAgent /> }.into_any(),
        Page::Servers => view! { <Servers /> }.into_any(),
        Page::Build => view! { <Build /> }.into_any(),
        Page::Tools => view! { <Tools /> }.into_any(),
        Page::Knowledge => view! { <Knowledge /> }.into_any(),
        Page::Checks => view! { <Checks /> }.into_any(),
        Page::NewCheck => view! { <NewCheck /> }.into_any(),
        Page::EditCheck => view! { <EditCheck /> }.into_any(),
        Page::Versions => view! { <Versions /> }.into_any(),
        Page::Compare => view! { <Compare /> }.into_any(),
        Page::Limits => view! { <Limits /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("builder_page");
        builder_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_builder_page().await;
    }
}

/// The routes.
#[component(transparent)]
pub fn BuilderRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/agents") view=Page::Agents ssr=SsrMode::Async />
        <Route path=path!("/agents/new") view=Page::NewAgent ssr=SsrMode::Async />
        <Route path=path!("/agents/servers") view=Page::Servers ssr=SsrMode::Async />
        <Route path=path!("/agents/:id") view=Page::Build ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/tools") view=Page::Tools ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/knowledge") view=Page::Knowledge ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/checks") view=Page::Checks ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/checks/new") view=Page::NewCheck ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/checks/:check") view=Page::EditCheck ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/versions") view=Page::Versions ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/versions/compare") view=Page::Compare ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/limits") view=Page::Limits ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
