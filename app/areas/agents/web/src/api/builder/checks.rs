//! Checks are written and run.

#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its function")]

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto::builder as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{
        answerer, describe,
        parse::{self, TypedCheck},
    },
    crate::routes::builder as routes,
    agents_core::{AgentState, limits, service},
    kernel::{AccountId, Actor, PageSize, SourceId},
    platform::Cx,
    web::server::Server,
};

/// An agent's checks, and how they went.
#[server(prefix = "/api", endpoint = "agents/checks", input = GetUrl, output = Json)]
pub async fn checks(
    /// The agent.
    agent: String,
) -> Result<dto::Checks, Failure> {
    let server = Server::current()?;
    let (cx, id, pool) = (server.cx()?, parse::agent(&agent)?, server.database.pool());
    let own = service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let checks = service::checks(pool, &cx, id).await.map_err(Failure::from)?;
    let run = service::newest_check_run(pool, &cx, id).await.map_err(Failure::from)?;
    let titles = titles(&server, &cx, id).await?;
    let title = |source: SourceId| titles.iter().find(|(id, _)| *id == source).map(|(_, title)| title.clone());
    Ok(dto::Checks {
        checks: checks.into_iter().map(|it| describe::check(it, run.as_ref(), title)).collect(),
        run: run.map(|run| describe::run(&run, cx.now())),
        is_open: own.state != AgentState::Retired,
    })
}

/// What an agent knows, by name.
#[cfg(not(target_arch = "wasm32"))]
async fn titles(server: &Server, cx: &Cx<Actor>, agent: AccountId) -> Result<Vec<(SourceId, String)>, Failure> {
    let (mut titles, mut after) = (Vec::new(), None);
    loop {
        let size = PageSize::clamped(u8::MAX);
        let page = service::sources(server.database.pool(), cx, agent, after.as_ref(), size).await;
        let page = page.map_err(Failure::from)?;
        titles.extend(page.items.into_iter().map(|source| (source.id, source.title)));
        after = page.next;
        if after.is_none() {
            return Ok(titles);
        }
    }
}

/// The form of a check, or of a new one.
#[server(prefix = "/api", endpoint = "agents/check_form", input = GetUrl, output = Json)]
pub async fn check_form(
    /// The agent.
    agent: String,
    /// The check; a new one, when empty.
    #[server(default)]
    check: Option<String>,
) -> Result<dto::CheckForm, Failure> {
    let server = Server::current()?;
    let (cx, id, pool) = (server.cx()?, parse::agent(&agent)?, server.database.pool());
    service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let check = match check.filter(|it| !it.is_empty()) {
        Some(check) => {
            let (of, check) = service::check(pool, &cx, parse::check(&check)?).await.map_err(Failure::from)?;
            Some(check).filter(|_| of == id).ok_or_else(|| Failure::from(agents_core::Error::NoSuchCheck))?.into()
        }
        None => None,
    };
    Ok(dto::CheckForm { check, sources: titles(&server, &cx, id).await? })
}

/// Writes a check down: a new one, or another text and other rules for one that is there.
#[server(prefix = "/api", endpoint = "agents/save_check")]
pub async fn save_check(
    /// The agent.
    agent: String,
    /// The check; a new one, when empty.
    #[server(default)]
    check: String,
    #[server(default)] question: String,
    /// What the answer must say, one thing a line.
    #[server(default)]
    says: String,
    /// What it must not say, one thing a line.
    #[server(default)]
    lacks: String,
    /// `answers`, `declines`, or neither.
    #[server(default)]
    manner: String,
    /// `any`, a source, or nothing.
    #[server(default)]
    cites: String,
    /// How many characters it may have.
    #[server(default)]
    most: String,
    /// The language it must be in.
    #[server(default)]
    language: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::CHECK).await?;
    service::agent(server.database.pool(), &cx, id).await.map_err(Failure::from)?;
    let typed = TypedCheck { question, says, lacks, manner, cites, most, language };
    let new = parse::new_check(&typed).map_err(Failure::from)?;
    let mut tx = server.begin().await?;
    if check.is_empty() {
        service::add_check(&mut tx, &cx, id, &new).await.map_err(Failure::from)?;
    } else {
        service::edit_check(&mut tx, &cx, parse::check(&check)?, &new).await.map_err(Failure::from)?;
    }
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=saved", routes::checks(id))))
}

/// Moves a check to a place, counted from 0.
#[server(prefix = "/api", endpoint = "agents/move_check")]
pub async fn move_check(
    /// Whose it is, to lead back to.
    agent: String,
    /// The check.
    check: String,
    /// Where to.
    #[server(default)]
    place: u32,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id, check) = (server.cx()?, parse::agent(&agent)?, parse::check(&check)?);
    server.limit(limits::CHECK).await?;
    let mut tx = server.begin().await?;
    let place = usize::try_from(place).unwrap_or(usize::MAX);
    service::move_check(&mut tx, &cx, check, place).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::checks(id)))
}

/// Removes a check.
#[server(prefix = "/api", endpoint = "agents/remove_check")]
pub async fn remove_check(
    /// Whose it is, to lead back to.
    agent: String,
    /// The check.
    check: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id, check) = (server.cx()?, parse::agent(&agent)?, parse::check(&check)?);
    server.limit(limits::CHECK).await?;
    let mut tx = server.begin().await?;
    service::remove_check(&mut tx, &cx, check).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=removed", routes::checks(id))))
}

/// Has all checks of an agent asked. They are, beside this; the page shows how far it is.
#[server(prefix = "/api", endpoint = "agents/run_checks")]
pub async fn run_checks(
    /// The agent.
    agent: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    server.limit(limits::RUN_CHECKS).await?;
    let answerer = answerer()?;
    let mut tx = server.begin().await?;
    let begun = service::begin_checks_once(&mut tx, &cx, id).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    if let Some(begun) = begun {
        answerer.start_checks(cx.actor, begun);
    }
    Ok(Outcome::Go(routes::checks(id)))
}
