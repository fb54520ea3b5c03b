//! Posts and comments come into being.

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::gate::{self, Action};
use kernel::{Actor, Id, MediaId, PostId};
use platform::{Cx, Tx, event, markdown, media};
use uuid::Uuid;

use crate::{
    Content, Error, NewComment, NewPost,
    event::PostPublished,
    post::MAX_DEPTH,
    store::{follows, posts, posts::Place},
};

/// Publishes a post. Whose work it is comes from the actor. With a submission key that was used before, gives the post
/// of that time, and nothing else happens.
///
/// # Errors
/// When a picture can't be used.
pub async fn publish_post(tx: &mut Tx, cx: &Cx<Actor>, new: &NewPost) -> Result<PostId, Error> {
    let now = cx.now();
    let id = Id::generate(now, cx.world.randomness.as_ref());
    if let Some(earlier) = claim(tx, cx, new.submission, id, now).await? {
        return Ok(earlier);
    }
    write(tx, cx, id, None, &new.content, now).await?;
    follows::count_posts(tx, cx.actor.account, 1).await?;
    Ok(id)
}

/// Publishes a comment on a post or on a comment. Below the deepest level, it stands beside what it answers.
///
/// # Errors
/// When what it answers isn't there or was deleted, or a picture can't be used.
pub async fn publish_comment(tx: &mut Tx, cx: &Cx<Actor>, new: &NewComment) -> Result<PostId, Error> {
    let now = cx.now();
    let answered = posts::state(&mut **tx, new.parent).await?.ok_or(Error::NoSuchPost)?;
    let id = younger_than(new.parent, now, cx);
    if let Some(earlier) = claim(tx, cx, new.submission, id, now).await? {
        return Ok(earlier);
    }
    let (parent, depth) = match answered.parent {
        Some(above) if answered.depth >= MAX_DEPTH => (above, answered.depth),
        _ => (answered.id, answered.depth + 1),
    };
    let root = answered.root.unwrap_or(answered.id);
    // Held until the end, so that nothing here is deleted while it is being answered.
    for post in posts::lock(tx, &[root, parent, answered.id]).await? {
        let refused = gate::decide(Some(&cx.actor), Action::Respond, &post.guarded()).err();
        match refused {
            // Above what it answers, others may have deleted theirs: only the whole thread can be gone.
            Some(gate::Refusal::Gone) if post.id != root && post.id != answered.id => {}
            Some(gate::Refusal::Gone) => return Err(Error::ThreadGone),
            Some(refusal) => return Err(refusal.into()),
            None => {}
        }
    }
    write(tx, cx, id, Some(&Place { root, parent, depth }), &new.content, now).await?;
    let counted = if root == parent { vec![root] } else { vec![root, parent] };
    posts::count_comments(tx, &counted, 1).await?;
    Ok(id)
}

async fn claim(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    submission: Option<Uuid>,
    post: PostId,
    now: DateTime<Utc>,
) -> Result<Option<PostId>, Error> {
    match submission {
        Some(key) => posts::claim_submission(tx, cx.actor.account, key, post, now).await,
        None => Ok(None),
    }
}

async fn write(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    post: PostId,
    place: Option<&Place>,
    content: &Content,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let pictures: Vec<MediaId> = content.pictures().iter().map(|picture| picture.media).collect();
    if !pictures.is_empty() {
        media::attach(tx, cx, &pictures).await?;
    }
    let body_html = markdown::render(content.body().as_str());
    posts::insert(tx, &cx.actor, post, place, content, &body_html, now).await?;
    let fact = PostPublished {
        post,
        author: cx.actor.account,
        root: place.map(|place| place.root),
        parent: place.map(|place| place.parent),
        provenance: cx.actor.provenance,
    };
    event::append(tx, cx, post, &fact).await?;
    Ok(())
}

/// An id for now that comes after that of the post it answers, also within one millisecond and if the clocks of two
/// machines differ: a thread is read in the order of its ids.
fn younger_than(answered: PostId, now: DateTime<Utc>, cx: &Cx<Actor>) -> PostId {
    let id: PostId = Id::generate(now, cx.world.randomness.as_ref());
    if id > answered {
        return id;
    }
    let made_at = answered.uuid().get_timestamp().map_or((0, 0), |timestamp| timestamp.to_unix());
    let made_at = i64::try_from(made_at.0).ok().and_then(|seconds| DateTime::from_timestamp(seconds, made_at.1));
    Id::generate(made_at.unwrap_or(now) + TimeDelta::milliseconds(1), cx.world.randomness.as_ref())
}
