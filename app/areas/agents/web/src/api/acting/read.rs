//! What pages show.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto::acting as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, parse},
    crate::api::answerer,
    agents_core::{review::Filter, service},
    kernel::PageSize,
    web::server::Server,
};

/// How many items of the inbox a page shows: as many as are decided at once.
#[cfg(not(target_arch = "wasm32"))]
const ITEMS: u8 = 20;

/// What waits for a decision, or was decided.
#[server(prefix = "/api", endpoint = "agents/inbox", input = GetUrl, output = Json)]
pub async fn inbox(
    /// Whether those that were decided are shown.
    #[server(default)]
    decided: bool,
    /// Those of this agent.
    #[server(default)]
    agent: Option<String>,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Inbox, Failure> {
    let server = Server::current()?;
    let (cx, pool) = (server.cx()?, server.database.pool());
    let after = Server::cursor(after.as_deref())?;
    let agent = agent.filter(|it| !it.is_empty()).as_deref().map(parse::agent).transpose()?;
    let filter = Filter { decided, agent };
    let page =
        service::reviews(pool, &cx, filter, after.as_ref(), PageSize::clamped(ITEMS)).await.map_err(Failure::from)?;
    let mine = service::mine(pool, &cx, None, PageSize::clamped(50)).await.map_err(Failure::from)?;
    describe::inbox(&server.database, page, mine, cx.now()).await
}

/// One item.
#[server(prefix = "/api", endpoint = "agents/review", input = GetUrl, output = Json)]
pub async fn review(
    /// Which.
    item: String,
) -> Result<dto::ReviewFull, Failure> {
    let server = Server::current()?;
    let (cx, pool) = (server.cx()?, server.database.pool());
    let item = service::review(pool, &cx, parse::review(&item)?).await.map_err(Failure::from)?;
    describe::review(&server.database, item, cx.now()).await
}

/// How many items wait: for the navigation.
#[server(prefix = "/api", endpoint = "agents/pending", input = GetUrl, output = Json)]
pub async fn pending() -> Result<u64, Failure> {
    let server = Server::current()?;
    service::pending_reviews(server.database.pool(), &server.cx()?).await.map_err(Failure::from)
}

/// What an agent may do by itself.
#[server(prefix = "/api", endpoint = "agents/acting", input = GetUrl, output = Json)]
pub async fn acting(
    /// Which agent.
    agent: String,
) -> Result<dto::ActingPage, Failure> {
    let server = Server::current()?;
    let (cx, pool, agent) = (server.cx()?, server.database.pool(), parse::agent(&agent)?);
    let state = service::agent(pool, &cx, agent).await.map_err(Failure::from)?.state;
    let acting = service::acting(pool, &cx, agent).await.map_err(Failure::from)?;
    let schedules = service::schedules(pool, &cx, agent).await.map_err(Failure::from)?;
    let today = service::posts_today(pool, &cx, agent).await.map_err(Failure::from)?;
    let acts = service::acts(pool, &cx, agent, None, PageSize::clamped(10)).await.map_err(Failure::from)?;
    Ok(describe::acting(agent, state, acting, schedules, today, acts.items, cx.now()))
}

/// What agents cost and bring.
#[server(prefix = "/api", endpoint = "agents/dashboard", input = GetUrl, output = Json)]
pub async fn dashboard() -> Result<dto::Dashboard, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let figures = service::figures(server.database.pool(), &cx, answerer()?.terms()).await.map_err(Failure::from)?;
    Ok(describe::dashboard(figures))
}

/// The runs of an agent.
#[server(prefix = "/api", endpoint = "agents/runs", input = GetUrl, output = Json)]
pub async fn runs(
    /// Which agent.
    agent: String,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Runs, Failure> {
    let server = Server::current()?;
    let (cx, after) = (server.cx()?, Server::cursor(after.as_deref())?);
    let (pool, size) = (server.database.pool(), PageSize::clamped(30));
    let page =
        service::agent_runs(pool, &cx, parse::agent(&agent)?, after.as_ref(), size).await.map_err(Failure::from)?;
    Ok(describe::runs(page, cx.now()))
}

/// One run.
#[server(prefix = "/api", endpoint = "agents/run", input = GetUrl, output = Json)]
pub async fn run(
    /// Of which agent.
    agent: String,
    /// Which.
    run: String,
) -> Result<dto::RunFull, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let record = service::agent_run(server.database.pool(), &cx, parse::agent(&agent)?, parse::run(&run)?)
        .await
        .map_err(Failure::from)?;
    Ok(describe::run(record, cx.now()))
}
