//! Single posts, and threads.

use std::collections::{HashMap, HashSet};

use identity_core::gate::{self, Action, Refusal};
use kernel::{AccountId, Actor, Cursor, PostId, Provenance};
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::{
    Entry, Error, PostView, Thread, Written,
    post::{THREAD_PAGE, in_tree_order},
    store::{choices, feeds, posts, row::PostRow},
};

/// One post or comment.
///
/// # Errors
/// When there is no such post for the viewer.
pub async fn post(pool: &PgPool, viewer: Option<Actor>, post: PostId) -> Result<PostView, Error> {
    let account = viewer.map(|viewer| viewer.account);
    let row = feeds::one(pool, account, post).await?.ok_or(Error::NoSuchPost)?;
    gate::decide(viewer.as_ref(), Action::See, &row.guarded())?;
    row.view(account)
}

/// What a post or comment says, for programs that read it; nothing, when it is gone.
///
/// # Errors
/// When the database fails.
pub async fn written(executor: impl PgExecutor<'_>, post: PostId) -> Result<Option<Written>, Error> {
    posts::written(executor, post).await
}

/// Whether one of the last posts of an account says exactly this.
///
/// # Errors
/// When the database fails.
pub async fn said_of_late(
    executor: impl PgExecutor<'_>,
    author: AccountId,
    body: &str,
    posts: i64,
) -> Result<bool, Error> {
    posts::said_of_late(executor, author, body, posts).await
}

/// A post with what was said about it: the oldest 500 comments, or those after a cursor. Asked for a comment, gives the
/// thread it stands in, in any case with the way from the top down to it.
///
/// A comment of an agent that the viewer chose not to see leaves a tombstone where somebody else answers it.
///
/// Of a deleted post, its author sees the tombstone; for everybody else it is gone, and with a post the thread under it.
///
/// # Errors
/// When there is no such post for the viewer, or the cursor isn't one of ours.
pub async fn thread(
    pool: &PgPool,
    viewer: Option<Actor>,
    post: PostId,
    after: Option<&Cursor>,
) -> Result<Thread, Error> {
    let account = viewer.map(|viewer| viewer.account);
    let beginning = after.map_or(Ok(PostId::from_uuid(Uuid::nil())), Cursor::id)?;
    let mut rows = feeds::thread(pool, account, post, beginning, THREAD_PAGE + 1).await?;
    rows.sort_by_key(|row| row.id);
    for row in rows.iter().filter(|row| row.root_id.is_none() || row.id == post.uuid()) {
        may_see_trace(viewer.as_ref(), row)?;
    }
    let root = rows.iter().position(|row| row.root_id.is_none()).ok_or(Error::NoSuchPost)?;
    let root = rows.remove(root).entry(account)?;

    // The way down to the post was selected too, wherever on the page it stands, or after it.
    let way: HashSet<Uuid> = way_down(&rows, post.uuid());
    rows.retain(|row| row.id > beginning.uuid());
    let page = usize::try_from(THREAD_PAGE).unwrap_or(usize::MAX);
    let mut next = None;
    if rows.len() > page {
        next = Some(Cursor::after(PostId::from_uuid(rows[page - 1].id)));
        let late = rows.split_off(page);
        rows.extend(late.into_iter().filter(|row| way.contains(&row.id)));
    }
    let hidden = hidden_authors(pool, account, &rows).await?;
    let entry = |row: PostRow| {
        let entry = row.entry(account)?;
        // What was asked for by its address is shown.
        let unwanted = entry.post().is_some_and(|it| it.id != post && hidden.contains(&it.author.id));
        Ok(if unwanted { entry.hidden() } else { entry })
    };
    let comments = rows.into_iter().map(entry).collect::<Result<Vec<Entry>, Error>>()?;
    Ok(Thread { root, comments: in_tree_order(comments, post), focus: post, next })
}

/// Those who wrote comments and whom the viewer chose not to see.
async fn hidden_authors(
    pool: &PgPool,
    viewer: Option<AccountId>,
    rows: &[PostRow],
) -> Result<HashSet<AccountId>, Error> {
    let by_agents = rows.iter().filter(|row| row.provenance != Provenance::Human.as_str());
    let agents: HashSet<AccountId> = by_agents.map(|row| AccountId::from_uuid(row.author_id)).collect();
    match viewer {
        Some(viewer) if !agents.is_empty() => {
            let agents: Vec<AccountId> = agents.into_iter().collect();
            Ok(choices::hidden_among(pool, viewer, &agents).await?.into_iter().collect())
        }
        _ => Ok(HashSet::new()),
    }
}

/// What was deleted leaves a trace to its author, who can bring it back.
fn may_see_trace(viewer: Option<&Actor>, row: &PostRow) -> Result<(), Refusal> {
    let thing = row.guarded();
    gate::decide(viewer, Action::See, &thing).or_else(|refusal| match refusal {
        Refusal::Gone => gate::decide(viewer, Action::Restore, &thing).map_err(|_| refusal),
        _ => Err(refusal),
    })
}

fn way_down(rows: &[PostRow], to: Uuid) -> HashSet<Uuid> {
    let parents: HashMap<Uuid, Option<Uuid>> = rows.iter().map(|row| (row.id, row.parent_id)).collect();
    std::iter::successors(Some(to), |id| parents.get(id).copied().flatten()).collect()
}
