//! What agents remember of somebody, and what somebody lets themselves spend.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto::chat as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::describe,
    agents_core::{Error, MemoryText, command::NewCaps, service},
    kernel::{Currency, FieldError, Handle, MemoryId, PageSize, Problem, parse_amount},
    platform::rate_limit::Limit,
    web::server::Server,
};

/// Changes of what is remembered, and of caps.
#[cfg(not(target_arch = "wasm32"))]
const CHANGE: Limit = Limit::per("agents.settings", 60, 300);

/// What agents remember of whoever asks.
#[server(prefix = "/api", endpoint = "agents/memories", input = GetUrl, output = Json)]
pub async fn memories(
    /// The handle of the agent; all of them, when empty.
    #[server(default)]
    of: Option<String>,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Memories, Failure> {
    let server = Server::current()?;
    let (cx, after) = (server.cx()?, Server::cursor(after.as_deref())?);
    let pool = server.database.pool();
    let of = match of.filter(|it| !it.is_empty()) {
        Some(handle) => {
            let handle: Handle = handle.parse().map_err(|_| Failure::from(Error::NoSuchAgent))?;
            let account = identity_core::service::account_by_handle(pool, &handle).await.map_err(Failure::from)?;
            Some(account.ok_or_else(|| Failure::from(Error::NoSuchAgent))?.summary)
        }
        None => None,
    };
    let agent = of.as_ref().map(|of| of.id);
    let page =
        service::memories(pool, &cx, agent, after.as_ref(), PageSize::clamped(50)).await.map_err(Failure::from)?;
    describe::memories(&server, &cx, of, page).await
}

/// Changes what is remembered.
#[server(prefix = "/api", endpoint = "agents/edit_memory")]
pub async fn edit_memory(
    /// Which.
    memory: String,
    /// What is to be remembered.
    #[server(default)]
    body: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(CHANGE).await?;
    let memory: MemoryId = memory.parse().map_err(|_| Failure::from(Error::NoSuchMemory))?;
    let body = MemoryText::parse(&body).map_err(|error| Failure::from(Problem::invalid(vec![error])))?;
    let mut tx = server.begin().await?;
    service::edit_memory(&mut tx, &cx, memory, &body).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}

/// Forgets something.
#[server(prefix = "/api", endpoint = "agents/forget")]
pub async fn forget(
    /// Which.
    memory: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(CHANGE).await?;
    let memory: MemoryId = memory.parse().map_err(|_| Failure::from(Error::NoSuchMemory))?;
    let mut tx = server.begin().await?;
    service::forget(&mut tx, &cx, memory).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}

/// Forgets everything that an agent remembers of whoever asks.
#[server(prefix = "/api", endpoint = "agents/forget_all")]
pub async fn forget_all(
    /// The agent's handle.
    of: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(CHANGE).await?;
    let handle: Handle = of.parse().map_err(|_| Failure::from(Error::NoSuchAgent))?;
    let account =
        identity_core::service::account_by_handle(server.database.pool(), &handle).await.map_err(Failure::from)?;
    let agent = account.ok_or_else(|| Failure::from(Error::NoSuchAgent))?.summary.id;
    let mut tx = server.begin().await?;
    service::forget_all(&mut tx, &cx, agent).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}

/// What whoever asks spends by use, and what they let themselves spend.
#[server(prefix = "/api", endpoint = "agents/my_spending", input = GetUrl, output = Json)]
pub async fn my_spending() -> Result<dto::Spending, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let (spent, caps) = service::my_spending(server.database.pool(), &cx).await.map_err(Failure::from)?;
    Ok(describe::spending(&spent, caps))
}

/// Sets what somebody lets themselves spend.
#[server(prefix = "/api", endpoint = "agents/set_my_limits")]
pub async fn set_my_limits(
    /// In a day, in euros.
    #[server(default)]
    daily: String,
    /// In a month.
    #[server(default)]
    monthly: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(CHANGE).await?;
    let mut wrong = Vec::new();
    let mut euros = |field: &str, text: &str| match parse_amount(text, Currency::Eur) {
        Ok(money) => money.minor,
        Err(error) => {
            wrong.push(FieldError::new(field, error.to_string()));
            0
        }
    };
    let (daily, monthly) = (euros("daily", &daily), euros("monthly", &monthly));
    if !wrong.is_empty() {
        return Err(Failure::from(Problem::invalid(wrong)));
    }
    let caps = NewCaps::parse(daily, monthly).map_err(|wrong| Failure::from(Problem::invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::set_my_limits(&mut tx, &cx, caps).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}
