//! Servers of tools that somebody connects for their agents.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto::builder as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{answerer, describe, parse},
    crate::routes::builder as routes,
    agents_core::{
        command::NewMcpServer,
        limits,
        service::{self, McpClient},
    },
    kernel::Problem,
    std::sync::Arc,
    web::server::Server,
};

/// The servers of whoever asks, and the operator's.
#[server(prefix = "/api", endpoint = "agents/servers", input = GetUrl, output = Json)]
pub async fn servers() -> Result<dto::Servers, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let servers = service::servers(server.database.pool(), &cx).await.map_err(Failure::from)?;
    Ok(describe::servers(servers, cx.now()))
}

/// Adds a server, and asks it at once what it offers. That it can't be asked is seen in the list.
#[server(prefix = "/api", endpoint = "agents/add_server")]
pub async fn add_server(
    #[server(default)] name: String,
    #[server(default)] address: String,
    /// The name of a header that is sent along.
    #[server(default)]
    header: String,
    /// What the header says. Without it, none is sent.
    #[server(default)]
    secret: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SERVERS).await?;
    // The form comes with the header's usual name.
    let is_bare = secret.trim().is_empty() && header.trim().eq_ignore_ascii_case("authorization");
    let header = if is_bare { "" } else { header.as_str() };
    let new = NewMcpServer::parse(&name, &address, header, &secret)
        .map_err(|wrong| Failure::from(Problem::invalid(wrong)))?;
    let client = client()?;
    let mut tx = server.begin().await?;
    let id = service::add_server(&mut tx, &cx, &client, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    service::ask_server(server.database.pool(), &cx, &client, id).await.map_err(Failure::from)?;
    Ok(Outcome::Go(format!("{}?done=added", routes::SERVERS)))
}

/// Asks a server again what it offers.
#[server(prefix = "/api", endpoint = "agents/ask_server")]
pub async fn ask_server(
    /// Which.
    server: String,
) -> Result<Outcome, Failure> {
    let id = parse::server(&server)?;
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SERVERS).await?;
    service::ask_server(server.database.pool(), &cx, &*client()?, id).await.map_err(Failure::from)?;
    Ok(Outcome::Go(format!("{}?done=asked", routes::SERVERS)))
}

/// Takes a server away.
#[server(prefix = "/api", endpoint = "agents/remove_server")]
pub async fn remove_server(
    /// Which.
    server: String,
) -> Result<Outcome, Failure> {
    let id = parse::server(&server)?;
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SERVERS).await?;
    let mut tx = server.begin().await?;
    service::remove_server(&mut tx, &cx, id).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=removed", routes::SERVERS)))
}

/// Whoever speaks with servers.
#[cfg(not(target_arch = "wasm32"))]
fn client() -> Result<Arc<McpClient>, Failure> {
    answerer()?.servers().map(Arc::clone).ok_or_else(|| Failure::from(Problem::internal()))
}
