//! What the pages show.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto::builder as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{answerer, describe, parse},
    agents_core::{
        AgentState,
        budget::Span,
        service,
        template::{Group, TEMPLATES},
    },
    kernel::PageSize,
    ui::AvatarSize,
    web::server::Server,
};

/// The agents of whoever asks.
#[server(prefix = "/api", endpoint = "agents/mine", input = GetUrl, output = Json)]
pub async fn mine(
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Agents, Failure> {
    let server = Server::current()?;
    let (cx, after) = (server.cx()?, Server::cursor(after.as_deref())?);
    let page = service::mine(server.database.pool(), &cx, after.as_ref(), PageSize::DEFAULT);
    let page = page.await.map_err(Failure::from)?;
    Ok(dto::Agents {
        agents: page.items.into_iter().map(|it| describe::agent(it, AvatarSize::Medium, cx.now())).collect(),
        next: page.next.map(|cursor| cursor.to_string()),
    })
}

/// What an agent can begin with.
#[server(prefix = "/api", endpoint = "agents/templates", input = GetUrl, output = Json)]
pub async fn templates() -> Result<Vec<dto::TemplateLine>, Failure> {
    Server::current()?.cx()?;
    let line = |template: &agents_core::Template| dto::TemplateLine {
        key: template.key.to_owned(),
        name: template.name.to_owned(),
        summary: template.summary.to_owned(),
        is_role: template.group == Group::Role,
    };
    Ok(TEMPLATES.iter().map(line).collect())
}

/// The head of each page of the builder.
#[server(prefix = "/api", endpoint = "agents/head", input = GetUrl, output = Json)]
pub async fn head(
    /// The agent.
    agent: String,
) -> Result<dto::Head, Failure> {
    let server = Server::current()?;
    let (cx, id, pool) = (server.cx()?, parse::agent(&agent)?, server.database.pool());
    let own = service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let checks = service::checks(pool, &cx, id).await.map_err(Failure::from)?;
    let extent = service::extent(pool, &cx, id).await.map_err(Failure::from)?;
    Ok(dto::Head {
        agent: describe::own(&own, AvatarSize::Medium, cx.now()),
        checks: u32::try_from(checks.len()).unwrap_or(u32::MAX),
        sources: extent.sources,
    })
}

/// The form in which an agent is built.
#[server(prefix = "/api", endpoint = "agents/build_form", input = GetUrl, output = Json)]
pub async fn build_form(
    /// The agent.
    agent: String,
) -> Result<dto::BuildForm, Failure> {
    let server = Server::current()?;
    let (cx, id, pool) = (server.cx()?, parse::agent(&agent)?, server.database.pool());
    // First, so that what is said of it is never newer than the number it is saved under.
    let own = service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let account = service::profile(pool, &cx, id).await.map_err(Failure::from)?;
    Ok(dto::BuildForm {
        agent: describe::own(&own, AvatarSize::Huge, cx.now()),
        headline: account.headline.into(),
        bio: account.bio.into(),
        draft: own.draft,
        number: own.draft_number,
        models: answerer()?.offered(),
    })
}

/// What an agent may do with each tool.
#[server(prefix = "/api", endpoint = "agents/tools_form", input = GetUrl, output = Json)]
pub async fn tools_form(
    /// The agent.
    agent: String,
) -> Result<dto::ToolsForm, Failure> {
    let server = Server::current()?;
    let (cx, id) = (server.cx()?, parse::agent(&agent)?);
    let own = service::agent(server.database.pool(), &cx, id).await.map_err(Failure::from)?;
    let groups = service::tool_choices(server.database.pool(), &cx, id).await.map_err(Failure::from)?;
    let groups = groups.into_iter().map(describe::tools).collect();
    Ok(dto::ToolsForm { groups, number: own.draft_number, is_open: own.state != AgentState::Retired })
}

/// A conversation with the draft: the one in which whoever asks tried it last, or a new one.
#[server(prefix = "/api", endpoint = "agents/test_chat", input = GetUrl, output = Json)]
pub async fn test_chat(
    /// The agent.
    agent: String,
    /// Whether to begin a new one.
    #[server(default)]
    fresh: bool,
) -> Result<crate::dto::chat::Chat, Failure> {
    let server = Server::current()?;
    let (cx, id, pool) = (server.cx()?, parse::agent(&agent)?, server.database.pool());
    let own = service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let last = service::test_conversation(pool, &cx, id).await.map_err(Failure::from)?;
    if let Some(last) = last.filter(|_| !fresh) {
        return crate::api::chat::chat(last.to_string(), None).await;
    }
    let new = crate::api::chat::new_chat(own.account.handle.to_string(), true).await?;
    Ok(crate::parts::chat::beginning(new, true))
}

/// What an agent may cost, has cost, and does.
#[server(prefix = "/api", endpoint = "agents/limits", input = GetUrl, output = Json)]
pub async fn limits(
    /// The agent.
    agent: String,
) -> Result<dto::Limits, Failure> {
    let server = Server::current()?;
    let (cx, id, pool) = (server.cx()?, parse::agent(&agent)?, server.database.pool());
    let own = service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let spent = service::spending_of(pool, &cx, id).await.map_err(Failure::from)?;
    Ok(dto::Limits {
        caps: own.caps,
        today: describe::spent(&spent, Span::Day),
        this_month: describe::spent(&spent, Span::Month),
        state: own.state,
    })
}
