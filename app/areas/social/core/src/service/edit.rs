//! Texts are changed, and their history is read.

use identity_core::gate::{self, Action};
use kernel::{Actor, PostId};
use platform::{Cx, Tx, event, markdown};
use sqlx::PgPool;

use crate::{
    ContentError, Draft, EditPost, Error, History,
    event::PostEdited,
    post::Picture,
    store::{
        feeds,
        posts::{self, PostState},
    },
};

/// The most versions a history shows.
const HISTORY: i64 = 50;

/// Gives a post another text, and keeps the one before in its history. The same text again changes nothing. Returns how
/// often it has been edited now.
///
/// # Errors
/// When it isn't the actor's, or somebody edited it since they opened it.
pub async fn edit_post(tx: &mut Tx, cx: &Cx<Actor>, edit: &EditPost) -> Result<u32, Error> {
    let post = posts::lock(tx, &[edit.post]).await?.pop().ok_or(Error::NoSuchPost)?;
    gate::decide(Some(&cx.actor), Action::Edit, &post.guarded())?;
    // Also when the answer to an edit was lost and it is sent again.
    if post.body == edit.body {
        return Ok(post.revisions);
    }
    let pictures = pictures(&mut **tx, &cx.actor, post.id).await?;
    if post.revisions != edit.expected_revision {
        return Err(Error::EditedMeanwhile { current: Box::new(draft(post, pictures)) });
    }
    if edit.body.is_empty() && pictures.is_empty() {
        return Err(ContentError::Empty.into());
    }
    posts::revise(tx, post.id, &edit.body, &markdown::render(edit.body.as_str()), cx.now()).await?;
    let revision = post.revisions + 1;
    let fact = PostEdited { post: post.id, author: post.author, root: post.root, revision };
    event::append(tx, cx, post.id, &fact).await?;
    Ok(revision)
}

/// A post as its author finds it in the editor.
///
/// # Errors
/// When it isn't the actor's.
pub async fn raw_for_edit(pool: &PgPool, actor: Actor, post: PostId) -> Result<Draft, Error> {
    let state = posts::state(pool, post).await?.ok_or(Error::NoSuchPost)?;
    gate::decide(Some(&actor), Action::Edit, &state.guarded())?;
    let pictures = pictures(pool, &actor, post).await?;
    Ok(draft(state, pictures))
}

/// What a post said before each edit, and says now.
///
/// # Errors
/// When there is no such post for the viewer.
pub async fn revisions(pool: &PgPool, viewer: Option<Actor>, post: PostId) -> Result<History, Error> {
    let state = posts::state(pool, post).await?.ok_or(Error::NoSuchPost)?;
    gate::decide(viewer.as_ref(), Action::See, &state.guarded())?;
    let revisions = posts::revisions(pool, &state, HISTORY).await?;
    Ok(History { post: super::post(pool, viewer, post).await?, revisions })
}

async fn pictures(executor: impl sqlx::PgExecutor<'_>, viewer: &Actor, post: PostId) -> Result<Vec<Picture>, Error> {
    let row = feeds::one(executor, Some(viewer.account), post).await?.ok_or(Error::NoSuchPost)?;
    Ok(row.view(Some(viewer.account))?.pictures)
}

fn draft(state: PostState, pictures: Vec<Picture>) -> Draft {
    Draft {
        post: state.id,
        body: state.body,
        revision: state.revisions,
        pictures,
        author: state.author,
        root: state.root,
    }
}
