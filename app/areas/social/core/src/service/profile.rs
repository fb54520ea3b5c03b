//! Profiles, and who follows whom.

use identity_core::gate::{self, Action, Guarded};
use kernel::{AccountId, Actor, Cursor, Handle, Page, PageSize};
use sqlx::{PgExecutor, PgPool};

use super::beginning;
use crate::{Connection, Error, Profile, store::follows};

/// An account with its figures and how the viewer stands to it.
///
/// # Errors
/// When there is no such account for the viewer.
pub async fn profile(pool: &PgPool, viewer: Option<Actor>, handle: &Handle) -> Result<Profile, Error> {
    let account = identity_core::service::account_by_handle(pool, handle).await?.ok_or(Error::NoSuchAccount)?;
    let id = account.summary.id;
    gate::decide(viewer.as_ref(), Action::See, &Guarded::public(id)).map_err(|_| Error::NoSuchAccount)?;
    let (counters, relation) = follows::figures(pool, viewer.map(|viewer| viewer.account), id).await?;
    Ok(Profile { account, counters, relation })
}

/// Who follows an account, youngest accounts first.
///
/// # Errors
/// When there is no such account, or the cursor isn't one of ours.
pub async fn followers(
    pool: &PgPool,
    viewer: Option<Actor>,
    handle: &Handle,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<Connection>, Error> {
    let viewer = viewer.map(|viewer| viewer.account);
    let connections = follows::followers(pool, viewer, handle, beginning(after)?, size).await?;
    page(pool, handle, connections, size).await
}

/// Whom an account follows, youngest accounts first.
///
/// # Errors
/// When there is no such account, or the cursor isn't one of ours.
pub async fn following(
    pool: &PgPool,
    viewer: Option<Actor>,
    handle: &Handle,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<Connection>, Error> {
    let viewer = viewer.map(|viewer| viewer.account);
    let connections = follows::following(pool, viewer, handle, beginning(after)?, size).await?;
    page(pool, handle, connections, size).await
}

/// Whether one of two accounts follows the other.
///
/// # Errors
/// When the database fails.
pub async fn know_each_other(executor: impl PgExecutor<'_>, one: AccountId, other: AccountId) -> Result<bool, Error> {
    follows::between(executor, one, other).await
}

async fn page(
    pool: &PgPool,
    handle: &Handle,
    connections: Vec<Connection>,
    size: PageSize,
) -> Result<Page<Connection>, Error> {
    if connections.is_empty() && !follows::account_exists(pool, handle).await? {
        return Err(Error::NoSuchAccount);
    }
    Ok(Page::from_overfull(connections, size, |connection| connection.account.id))
}
