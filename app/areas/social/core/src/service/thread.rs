//! Single posts, and threads.

use std::collections::{HashMap, HashSet};

use identity_core::gate::{self, Action, Refusal};
use kernel::{Actor, Cursor, PostId};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    Entry, Error, PostView, Thread,
    post::{THREAD_PAGE, in_tree_order},
    store::{feeds, row::PostRow},
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

/// A post with what was said about it: the oldest 500 comments, or those after a cursor. Asked for a comment, gives the
/// thread it stands in, in any case with the way from the top down to it.
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
    let comments = rows.into_iter().map(|row| row.entry(account)).collect::<Result<Vec<Entry>, _>>()?;
    Ok(Thread { root, comments: in_tree_order(comments, post), focus: post, next })
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
