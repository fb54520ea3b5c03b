//! Follows.

use identity_core::gate::{self, Action, Guarded};
use kernel::Actor;
use platform::{Cx, Tx, event};

use crate::{
    Error, SetFollow,
    event::{Followed, Unfollowed},
    store::follows,
};

/// Begins or ends that the actor follows an account. Beginning what has begun changes nothing.
///
/// # Errors
/// When there is no such account, or it is the actor's own.
pub async fn set_follow(tx: &mut Tx, cx: &Cx<Actor>, command: SetFollow) -> Result<(), Error> {
    let (follower, followee) = (cx.actor.account, command.account);
    if follower == followee {
        return Err(Error::Yourself);
    }
    gate::decide(Some(&cx.actor), Action::Respond, &Guarded::public(followee))?;
    if command.following && !follows::can_be_followed(tx, followee).await? {
        return Err(Error::NoSuchAccount);
    }
    follows::lock_counters(tx, follower, followee).await?;
    if command.following {
        if follows::insert(tx, follower, followee, cx.now()).await? {
            follows::count(tx, follower, followee, 1).await?;
            event::append(tx, cx, followee, &Followed { follower, followee }).await?;
        }
    } else if follows::delete(tx, follower, followee).await? {
        follows::count(tx, follower, followee, -1).await?;
        event::append(tx, cx, followee, &Unfollowed { follower, followee }).await?;
    }
    Ok(())
}
