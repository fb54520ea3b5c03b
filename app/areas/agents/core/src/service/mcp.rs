//! Servers that offer tools: to add one, to look at it, to ask it what it offers, to remove it.

use chrono::TimeDelta;
use kernel::{AccountId, Actor, FieldError, McpServerId};
use platform::{Cx, Database, Tx, World, event, outbound::OutboundError};
use sqlx::PgPool;

use super::tools::{McpClient, sealed_for};
use crate::{
    Error,
    command::NewMcpServer,
    event::{McpServerAdded, McpServerRemoved},
    mcp::{MAX_SERVERS, McpServer},
    store::mcp::{self, NewRow, Row},
};

/// How often a server is asked what it offers.
const CHECKED_EVERY: TimeDelta = TimeDelta::hours(1);
/// How many servers are asked by one job.
const BATCH: i64 = 200;

/// The servers that the actor's agents may use, by name: their own, and the operator's.
///
/// # Errors
/// When the database fails.
pub async fn servers(pool: &PgPool, cx: &Cx<Actor>) -> Result<Vec<McpServer>, Error> {
    Ok(mcp::of_owner(pool, cx.actor.account).await?.into_iter().map(|row| row.view).collect())
}

/// Adds a server of the actor's. What it offers is known once it was asked: see [`ask_server`].
///
/// # Errors
/// When the name is taken, the address leads to a private network, or there are as many as there may be.
pub async fn add_server(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    client: &McpClient,
    new: &NewMcpServer,
) -> Result<McpServerId, Error> {
    let owner = cx.actor.account;
    if !client.trusts(&new.address) {
        client.refuse(&new.address).map_err(|error| Error::Invalid(vec![refused(&error)]))?;
    }
    if mcp::count(tx, owner).await? >= i64::try_from(MAX_SERVERS).unwrap_or(i64::MAX) {
        return Err(Error::Full { what: "servers", most: MAX_SERVERS });
    }
    let id: McpServerId = cx.id();
    let sealed = match &new.header {
        Some((_, value)) => {
            let sealed = client.sealer().seal(value.reveal(), &sealed_for(id), cx.world.randomness.as_ref());
            Some(sealed.map_err(|_| Error::BadRow("secret"))?)
        }
        None => None,
    };
    let header = new.header.as_ref().zip(sealed.as_ref()).map(|((name, _), value)| (name.as_str(), value.as_slice()));
    let row = NewRow { id, owner: Some(owner), name: &new.name, address: new.address.as_str(), header };
    mcp::insert(tx, &row, cx.now()).await?;
    event::append(tx, cx, owner, &McpServerAdded { server: id, owner }).await?;
    Ok(id)
}

/// Why no server can be at an address, at its field.
fn refused(error: &OutboundError) -> FieldError {
    let words = match error {
        OutboundError::Private => {
            "This address leads to a private network. Servers have to be where everybody can reach them.".to_owned()
        }
        other => other.to_string(),
    };
    FieldError::new("address", words)
}

/// Removes a server of the actor's. What drafts say of its tools stays, and means nothing.
///
/// # Errors
/// When there is no such server of theirs.
pub async fn remove_server(tx: &mut Tx, cx: &Cx<Actor>, server: McpServerId) -> Result<(), Error> {
    let owner = cx.actor.account;
    if !mcp::delete(tx, server, owner).await? {
        return Err(Error::NoSuchServer);
    }
    event::append(tx, cx, owner, &McpServerRemoved { server, owner }).await?;
    Ok(())
}

/// Asks a server of the actor's, or of the operator's, what it offers, and keeps that; or why it can't be asked.
///
/// # Errors
/// When there is no such server for the actor.
pub async fn ask_server(
    pool: &PgPool,
    cx: &Cx<Actor>,
    client: &McpClient,
    server: McpServerId,
) -> Result<McpServer, Error> {
    let row = mcp::find(pool, server).await?.filter(|row| may_use(row, cx.actor.account)).ok_or(Error::NoSuchServer)?;
    ask(pool, &cx.world, client, &row).await?;
    Ok(mcp::find(pool, server).await?.ok_or(Error::NoSuchServer)?.view)
}

fn may_use(row: &Row, account: AccountId) -> bool {
    row.owner.is_none_or(|owner| owner == account)
}

async fn ask(pool: &PgPool, world: &World, client: &McpClient, row: &Row) -> Result<(), Error> {
    let found = client.tools(row).await;
    let found = found.as_ref().map(Vec::as_slice).map_err(String::as_str);
    mcp::checked(pool, row.view.id, found, world.now()).await
}

/// Makes the operator's servers those of the settings, and asks all servers again that were not asked for a while. Returns how
/// many were asked.
///
/// # Errors
/// When the database fails.
pub async fn ask_servers(database: &Database, world: &World, client: &McpClient) -> Result<usize, Error> {
    let operators: Vec<_> = client.operators().map(|(name, address)| (world.id(), name.to_owned(), address)).collect();
    let mut tx = database.begin().await?;
    mcp::set_operators(&mut tx, &operators, world.now()).await?;
    tx.commit().await?;
    let ids = mcp::to_check(database.pool(), world.now() - CHECKED_EVERY, BATCH).await?;
    for id in &ids {
        // It may have been removed meanwhile.
        if let Some(row) = mcp::find(database.pool(), *id).await? {
            ask(database.pool(), world, client, &row).await?;
        }
    }
    Ok(ids.len())
}
