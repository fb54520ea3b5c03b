//! Versions are published, compared, and gone back to.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto::builder as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, parse},
    crate::routes::builder as routes,
    agents_core::{AgentState, agent::Point, command::Note, limits, service},
    kernel::Problem,
    web::server::Server,
};

/// An agent's versions, and what stands in the way of the next.
#[server(prefix = "/api", endpoint = "agents/versions", input = GetUrl, output = Json)]
pub async fn versions(
    /// The agent.
    agent: String,
) -> Result<dto::Versions, Failure> {
    let server = Server::current()?;
    let (cx, id, pool) = (server.cx()?, parse::agent(&agent)?, server.database.pool());
    let own = service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let checks = service::checks(pool, &cx, id).await.map_err(Failure::from)?;
    let run = service::newest_check_run(pool, &cx, id).await.map_err(Failure::from)?;
    let versions = service::versions(pool, &cx, id).await.map_err(Failure::from)?;
    Ok(dto::Versions {
        versions: versions.into_iter().map(|it| describe::version(it, cx.now())).collect(),
        changed: own.changed,
        hurdle: describe::hurdle(!checks.is_empty(), run.as_ref()),
        is_open: own.state != AgentState::Retired,
    })
}

/// What changed from one point to another.
#[server(prefix = "/api", endpoint = "agents/compare", input = GetUrl, output = Json)]
pub async fn compare(
    /// The agent.
    agent: String,
    /// `draft`, or the number of a version; when empty, the version that answers.
    #[server(default)]
    from: Option<String>,
    /// The same; when empty, the draft.
    #[server(default)]
    to: Option<String>,
) -> Result<dto::Comparison, Failure> {
    let server = Server::current()?;
    let (cx, id, pool) = (server.cx()?, parse::agent(&agent)?, server.database.pool());
    let versions = service::versions(pool, &cx, id).await.map_err(Failure::from)?;
    let answers = versions.iter().find(|it| it.answers).map(|it| it.number.to_string());
    let from = from.filter(|it| !it.is_empty()).or(answers).unwrap_or_else(|| "draft".to_owned());
    let to = to.filter(|it| !it.is_empty()).unwrap_or_else(|| "draft".to_owned());
    let (one, other): (Point, Point) = (parse::point(&from)?, parse::point(&to)?);
    let changes = service::diff(pool, &cx, id, one, other).await.map_err(Failure::from)?;
    let named = |number: u32| (number.to_string(), format!("Version {number}"));
    let points = std::iter::once(("draft".to_owned(), "The draft".to_owned()))
        .chain(versions.iter().map(|it| named(it.number)))
        .collect();
    Ok(dto::Comparison { points, from, to, changes })
}

/// Publishes the draft.
#[server(prefix = "/api", endpoint = "agents/publish")]
pub async fn publish(
    /// The agent.
    agent: String,
    /// What is said of the version.
    #[server(default)]
    note: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::PUBLISH).await?;
    let note = Note::parse(&note).map_err(|wrong| Failure::from(Problem::invalid(vec![wrong])))?;
    let mut tx = server.begin().await?;
    service::publish(&mut tx, &cx, id, &note).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=published", routes::versions(id))))
}

/// Goes back to an earlier version.
#[server(prefix = "/api", endpoint = "agents/restore")]
pub async fn restore(
    /// The agent.
    agent: String,
    /// The number of the version.
    #[server(default)]
    version: u32,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::PUBLISH).await?;
    let mut tx = server.begin().await?;
    service::restore(&mut tx, &cx, id, version).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=restored", routes::versions(id))))
}
