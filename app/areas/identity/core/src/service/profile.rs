//! Editing one's profile.

use kernel::{AccountId, Actor, MediaId};
use platform::{
    Cx, Tx, event, markdown,
    media::{self, MediaError},
};

use crate::{
    Error,
    command::{EditProfile, PortraitChange},
    event::ProfileEdited,
    store::accounts,
};

/// Changes what the actor's profile says and shows.
///
/// # Errors
/// When the new portrait is no picture that the actor uploaded and that nothing shows yet.
pub async fn edit_profile(tx: &mut Tx, cx: &Cx<Actor>, command: &EditProfile) -> Result<(), Error> {
    edit(tx, cx, cx.actor.account, command).await
}

/// Changes what the profile of an agent says and shows, which its owner does.
///
/// # Errors
/// When the actor runs no such agent; and as [`edit_profile`].
pub async fn edit_agent_profile(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    command: &EditProfile,
) -> Result<(), Error> {
    if accounts::owner_of(tx, agent).await? != Some(cx.actor.account) {
        return Err(Error::NoSuchAccount);
    }
    edit(tx, cx, agent, command).await
}

/// Says whether the actor can be booked as an expert, which stands at the head of whatever they do.
///
/// # Errors
/// When the account is gone.
pub async fn set_expert(tx: &mut Tx, cx: &Cx<Actor>, is_expert: bool) -> Result<(), Error> {
    let account = cx.actor.account;
    let portrait = accounts::lock_portrait(tx, account).await?.ok_or(Error::NoSuchAccount)?;
    if accounts::set_expert(tx, account, is_expert).await? {
        event::append(tx, cx, account, &ProfileEdited { portrait }).await?;
    }
    Ok(())
}

async fn edit(tx: &mut Tx, cx: &Cx<Actor>, account: AccountId, command: &EditProfile) -> Result<(), Error> {
    // Locked, so that of two edits at once the later one takes away the portrait that the earlier one set.
    let before = accounts::lock_portrait(tx, account).await?.ok_or(Error::NoSuchAccount)?;
    let after = match command.portrait {
        PortraitChange::Keep => before,
        PortraitChange::Remove => None,
        PortraitChange::Set(media) if before == Some(media) => before,
        PortraitChange::Set(media) => Some(attach(tx, cx, media).await?),
    };
    let bio_html = markdown::render(command.bio.as_str());
    let texts = (&command.name, &command.headline, &command.bio, bio_html.as_str());
    accounts::set_profile(tx, account, texts, after).await?;
    if let Some(old) = before.filter(|_| before != after) {
        media::detach(tx, &[old]).await?;
    }
    event::append(tx, cx, account, &ProfileEdited { portrait: after }).await?;
    Ok(())
}

async fn attach(tx: &mut Tx, cx: &Cx<Actor>, picture: MediaId) -> Result<MediaId, Error> {
    match media::attach(tx, cx, &[picture]).await {
        Ok(_) => Ok(picture),
        Err(MediaError::NotFound(_)) => Err(Error::NoSuchPicture),
        Err(error) => Err(Error::Media(error)),
    }
}
