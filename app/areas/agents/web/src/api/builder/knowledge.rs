//! What an agent is given to know.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto::builder as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, parse},
    crate::routes::builder as routes,
    agents_core::{
        AgentState,
        command::{NewPage, NewText},
        limits, service,
    },
    kernel::{AccountId, PageSize, Problem},
    web::server::Server,
};

/// What an agent knows.
#[server(prefix = "/api", endpoint = "agents/knowledge", input = GetUrl, output = Json)]
pub async fn knowledge(
    /// The agent.
    agent: String,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Knowledge, Failure> {
    let server = Server::current()?;
    let (cx, id, after) = (server.cx()?, parse::agent(&agent)?, Server::cursor(after.as_deref())?);
    let pool = server.database.pool();
    let own = service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let page = service::sources(pool, &cx, id, after.as_ref(), PageSize::DEFAULT).await.map_err(Failure::from)?;
    let extent = service::extent(pool, &cx, id).await.map_err(Failure::from)?;
    Ok(dto::Knowledge {
        sources: page.items.into_iter().map(|it| describe::source(it, cx.now())).collect(),
        next: page.next.map(|cursor| cursor.to_string()),
        extent,
        is_open: own.state != AgentState::Retired,
    })
}

/// Gives an agent a text to know.
#[server(prefix = "/api", endpoint = "agents/add_text")]
pub async fn add_text(
    /// The agent.
    agent: String,
    /// What it is called.
    #[server(default)]
    title: String,
    /// What it says.
    #[server(default)]
    body: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::KNOWLEDGE).await?;
    service::agent(server.database.pool(), &cx, id).await.map_err(Failure::from)?;
    let new = NewText::parse(&title, &body).map_err(|wrong| Failure::from(Problem::invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::add_text(&mut tx, &cx, id, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(added(id))
}

/// Gives an agent a public page to know.
#[server(prefix = "/api", endpoint = "agents/add_page")]
pub async fn add_page(
    /// The agent.
    agent: String,
    /// Where the page is.
    #[server(default)]
    address: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::KNOWLEDGE).await?;
    service::agent(server.database.pool(), &cx, id).await.map_err(Failure::from)?;
    let new = NewPage::parse(&address).map_err(|wrong| Failure::from(Problem::invalid(vec![wrong])))?;
    let mut tx = server.begin().await?;
    service::add_page(&mut tx, &cx, id, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(added(id))
}

/// The end of a form with a file, which was kept while the form was read.
#[server(prefix = "/api", endpoint = "agents/add_file")]
pub async fn add_file(
    /// The agent.
    agent: String,
    /// What the file has become.
    #[server(default)]
    knowledge: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    service::agent(server.database.pool(), &cx, id).await.map_err(Failure::from)?;
    if knowledge.is_empty() {
        return Err(Failure::from(Problem::field("file", "Choose a file.")));
    }
    Ok(added(id))
}

#[cfg(not(target_arch = "wasm32"))]
fn added(agent: AccountId) -> Outcome {
    Outcome::Go(format!("{}?done=added", routes::knowledge(agent)))
}

/// Has a page read again.
#[server(prefix = "/api", endpoint = "agents/reread_source")]
pub async fn reread_source(
    /// Whose it is, to lead back to.
    agent: String,
    /// The page.
    source: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id, source) = (server.cx()?, parse::agent(&agent)?, parse::source(&source)?);
    server.limit(limits::KNOWLEDGE).await?;
    let mut tx = server.begin().await?;
    service::reread_page(&mut tx, &cx, source).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=reread", routes::knowledge(id))))
}

/// Takes something from what an agent knows.
#[server(prefix = "/api", endpoint = "agents/remove_source")]
pub async fn remove_source(
    /// Whose it is, to lead back to.
    agent: String,
    /// What to take away.
    source: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id, source) = (server.cx()?, parse::agent(&agent)?, parse::source(&source)?);
    server.limit(limits::KNOWLEDGE).await?;
    let mut tx = server.begin().await?;
    service::remove_source(&mut tx, &cx, source).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=removed", routes::knowledge(id))))
}
