//! Posts are deleted, and brought back.

use identity_core::gate::{self, Action};
use kernel::{Actor, PostId};
use platform::{Cx, Tx, event};

use crate::{
    Error,
    event::{PostDeleted, PostRestored},
    post::UNDO_WINDOW,
    store::{
        follows,
        posts::{self, PostState},
    },
};

/// Deletes a post or a comment. What answers it stays. Deleting twice is deleting once.
///
/// # Errors
/// When it isn't the actor's.
pub async fn delete_post(tx: &mut Tx, cx: &Cx<Actor>, post: PostId) -> Result<(), Error> {
    let post = lock_with_thread(tx, post).await?;
    // Whether it is theirs is asked of the post as it was before; that it was deleted is no refusal here.
    gate::decide(Some(&cx.actor), Action::Delete, &post.guarded().deleted(false))?;
    if post.deleted_at.is_some() {
        return Ok(());
    }
    posts::set_deleted(tx, post.id, Some(cx.now())).await?;
    count(tx, &post, -1).await?;
    event::append(tx, cx, post.id, &PostDeleted { post: post.id, author: post.author, root: post.root }).await?;
    Ok(())
}

/// Brings a deleted post back to its place. Nothing happens to one that isn't deleted.
///
/// # Errors
/// When it isn't the actor's, or was deleted too long ago.
pub async fn restore_post(tx: &mut Tx, cx: &Cx<Actor>, post: PostId) -> Result<(), Error> {
    let post = lock_with_thread(tx, post).await?;
    gate::decide(Some(&cx.actor), Action::Restore, &post.guarded())?;
    let Some(deleted_at) = post.deleted_at else { return Ok(()) };
    if cx.now() >= deleted_at + UNDO_WINDOW {
        return Err(Error::TooLateToRestore);
    }
    posts::set_deleted(tx, post.id, None).await?;
    count(tx, &post, 1).await?;
    event::append(tx, cx, post.id, &PostRestored { post: post.id, author: post.author, root: post.root }).await?;
    Ok(())
}

/// Holds a post together with the two above it that count it.
async fn lock_with_thread(tx: &mut Tx, post: PostId) -> Result<PostState, Error> {
    let place = posts::state(&mut **tx, post).await?.ok_or(Error::NoSuchPost)?;
    let held: Vec<PostId> = [place.root, place.parent, Some(post)].into_iter().flatten().collect();
    posts::lock(tx, &held).await?.into_iter().find(|state| state.id == post).ok_or(Error::NoSuchPost)
}

/// Counts a post that came or went where it is counted.
async fn count(tx: &mut Tx, post: &PostState, change: i32) -> Result<(), Error> {
    match (post.root, post.parent) {
        (Some(root), Some(parent)) if root != parent => posts::count_comments(tx, &[root, parent], change).await,
        (Some(root), _) => posts::count_comments(tx, &[root], change).await,
        (None, _) => follows::count_posts(tx, post.author, change).await,
    }
}
