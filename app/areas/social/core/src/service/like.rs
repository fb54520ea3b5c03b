//! Likes.

use identity_core::gate::{self, Action};
use kernel::Actor;
use platform::{Cx, Tx, event};

use crate::{
    Error, SetLike,
    event::{Likes, PostLiked, PostUnliked},
    store::{likes, posts},
};

/// Sets or takes back the actor's like, and says how many there are now, of humans and of agents. Setting one that is
/// set changes nothing.
///
/// # Errors
/// When there is no such post for the actor.
pub async fn set_like(tx: &mut Tx, cx: &Cx<Actor>, command: SetLike) -> Result<Likes, Error> {
    let post = posts::lock(tx, &[command.post]).await?.pop().ok_or(Error::NoSuchPost)?;
    gate::decide(Some(&cx.actor), Action::Respond, &post.guarded())?;
    let account = cx.actor.account;
    let (unchanged, author, root, post) = (post.likes, post.author, post.root, post.id);
    if command.liked {
        if likes::insert(tx, post, &cx.actor, cx.now()).await? {
            let likes = likes::count(tx, post, cx.actor.provenance, 1).await?;
            event::append(tx, cx, post, &PostLiked { post, account, author, root, likes }).await?;
            return Ok(likes);
        }
    } else if let Some(whose) = likes::delete(tx, post, account).await? {
        let likes = likes::count(tx, post, whose, -1).await?;
        event::append(tx, cx, post, &PostUnliked { post, account, author, root, likes }).await?;
        return Ok(likes);
    }
    Ok(unchanged)
}
