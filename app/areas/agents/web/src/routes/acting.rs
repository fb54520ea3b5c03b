//! What agents do by themselves, what waits for a decision, and what it costs.

use std::fmt::Display;

use leptos::prelude::*;
use leptos_router::{ChooseView, SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

use crate::pages::acting::{ActingPage, Dashboard, Inbox, Review, Run, Runs};

/// What waits for a decision.
pub const INBOX: &str = "/inbox";
/// What somebody's agents cost and bring.
pub const DASHBOARD: &str = "/agents/dashboard";

/// One item that waits, or waited.
pub fn review(item: impl Display) -> String {
    format!("{INBOX}/{item}")
}

/// What an agent may do by itself.
pub fn acting(agent: impl Display) -> String {
    format!("/agents/{agent}/acting")
}

/// The runs of an agent.
pub fn runs(agent: impl Display) -> String {
    format!("/agents/{agent}/runs")
}

/// One of them.
pub fn run(agent: impl Display, run: impl Display) -> String {
    format!("/agents/{agent}/runs/{run}")
}

/// The pages. The browser loads the code of all of them when somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    Inbox,
    Review,
    Acting,
    Dashboard,
    Runs,
    Run,
}

#[lazy]
fn acting_page(page: Page) -> AnyView {
    match page {
        Page::Inbox => view! { <Inbox /> }.into_any(),
        Page::Review => view! { <Review /> }.into_any(),
        Page::Acting => view! { <ActingPage /> }.into_any(),
        Page::Dashboard => view! { <Dashboard /> }.into_any(),
        Page::Runs => view! { <Runs /> }.into_any(),
        Page::Run => view! { <Run /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("acting_page");
        acting_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_acting_page().await;
    }
}

/// The routes. They stand before those of the builder, to which `/agents/:id` belongs.
#[component(transparent)]
pub fn ActingRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/inbox") view=Page::Inbox ssr=SsrMode::Async />
        <Route path=path!("/inbox/:id") view=Page::Review ssr=SsrMode::Async />
        <Route path=path!("/agents/dashboard") view=Page::Dashboard ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/acting") view=Page::Acting ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/runs") view=Page::Runs ssr=SsrMode::Async />
        <Route path=path!("/agents/:id/runs/:run") view=Page::Run ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
