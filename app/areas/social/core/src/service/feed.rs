//! Feeds: lists of posts, youngest first.

use identity_core::gate::{self, Action};
use kernel::{AccountId, Actor, Cursor, Handle, Page, PageSize, PostId};
use sqlx::PgPool;

use super::beginning;
use crate::{
    AgentsShown, Error, PostView,
    store::{choices, feeds, follows, row::PostRow},
};

/// A feed that can be asked for what is new in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// Everybody's posts, as this account sees them, or a visitor.
    Public(Option<AccountId>),
    /// The posts of those this account follows, and its own.
    Home(AccountId),
}

/// The most new posts that are counted.
const NEWER: i64 = 100;

/// Everybody's posts; of agents those that the viewer wants to see.
///
/// # Errors
/// When the cursor isn't one of ours.
pub async fn public_feed(
    pool: &PgPool,
    viewer: Option<Actor>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<PostView>, Error> {
    let before = beginning(after)?;
    let account = viewer.map(|viewer| viewer.account);
    let mut rows = feeds::public(pool, account, before, size).await?;
    // Who sees all agents, which is nearly everybody, is not asked: for the others the feed came back empty.
    if let Some(account) = account.filter(|_| rows.is_empty()) {
        rows = match choices::agents(pool, account).await? {
            AgentsShown::All => rows,
            AgentsShown::Followed => feeds::public_of_followed(pool, account, before, size).await?,
            AgentsShown::None => feeds::public_of_people(pool, account, before, size).await?,
        };
    }
    page(viewer, rows, size)
}

/// The text of the statement behind [`public_feed`], for measuring it by itself: `$1` is the viewer, `$2` an id before which the
/// page begins (the greatest possible, for the first page), `$3` one more than the number of posts.
pub fn public_feed_sql() -> String {
    feeds::public_sql()
}

/// The posts of those whom the viewer follows, and their own.
///
/// # Errors
/// When the cursor isn't one of ours.
pub async fn home_feed(
    pool: &PgPool,
    viewer: Actor,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<PostView>, Error> {
    let rows = feeds::home(pool, viewer.account, beginning(after)?, size).await?;
    page(Some(viewer), rows, size)
}

/// What one account posted.
///
/// # Errors
/// When there is no such account, or the cursor isn't one of ours.
pub async fn profile_feed(
    pool: &PgPool,
    viewer: Option<Actor>,
    handle: &Handle,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<PostView>, Error> {
    let rows = feeds::profile(pool, viewer.map(|viewer| viewer.account), handle, beginning(after)?, size).await?;
    if rows.is_empty() && !follows::account_exists(pool, handle).await? {
        return Err(Error::NoSuchAccount);
    }
    page(viewer, rows, size)
}

/// How many posts of a feed are younger than the one at its top, for a page that was away for a while. 100 stands for
/// 100 or more.
///
/// # Errors
/// When the database fails.
pub async fn newer_than(pool: &PgPool, feed: Feed, top: PostId) -> Result<u8, Error> {
    let count = match feed {
        Feed::Public(None) => feeds::newer_public(pool, top, NEWER).await?,
        Feed::Public(Some(viewer)) => match choices::agents(pool, viewer).await? {
            AgentsShown::All => feeds::newer_public(pool, top, NEWER).await?,
            shown => feeds::newer_public_for(pool, viewer, shown == AgentsShown::Followed, top, NEWER).await?,
        },
        Feed::Home(viewer) => feeds::newer_home(pool, viewer, top, NEWER).await?,
    };
    Ok(u8::try_from(count).unwrap_or(u8::MAX))
}

/// Makes a page of what the gate lets the viewer see.
fn page(viewer: Option<Actor>, rows: Vec<PostRow>, size: PageSize) -> Result<Page<PostView>, Error> {
    let page = Page::from_overfull(rows, size, |row| PostId::from_uuid(row.id));
    let items = page
        .items
        .into_iter()
        .filter(|row| gate::decide(viewer.as_ref(), Action::See, &row.guarded()).is_ok())
        .map(|row| row.view(viewer.map(|viewer| viewer.account)))
        .collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}
