//! Replacing a forgotten password.

use kernel::{Actor, Via};
use platform::{Cx, Database, Tx, World, event};
use url::Url;

use super::{sessions::end_sessions, sign_in::subjects};
use crate::{
    Error, Passwords,
    command::{RequestLink, ResetPassword},
    event::{EmailConfirmed, PasswordReset},
    letter,
    link::{LinkFault, LinkPurpose},
    passwords::judge,
    store::{email_tokens, failures, logins},
};

/// Sends a link to a new password. Whether there is an account only the reader of its mail learns.
///
/// # Errors
/// When the database fails.
pub async fn request_reset<A>(tx: &mut Tx, cx: &Cx<A>, public_url: &Url, command: &RequestLink) -> Result<(), Error> {
    let Some(login) = logins::by_email(&mut **tx, &command.email).await? else { return Ok(()) };
    let link = letter::link(tx, cx, public_url, login.account, LinkPurpose::Reset).await?;
    letter::reset(tx, cx, &login, &link).await
}

/// Replaces the password of the account whose link this is. A link works once. Every device is signed out, the lock-out
/// is lifted, and the address counts as confirmed, since the link came by its mail.
///
/// # Errors
/// When the link is unknown, expired or used, or the password is easy to guess; the link still works then.
pub async fn reset_password(
    database: &Database,
    world: &World,
    passwords: &Passwords,
    public_url: &Url,
    command: &ResetPassword,
) -> Result<(), Error> {
    let purpose = LinkPurpose::Reset;
    let fault = |fault| Error::Link { purpose, fault };
    let token = command.token.as_ref().ok_or(fault(LinkFault::Unknown))?.hash();
    // Before the costly part: does the link work, and is the password good for the one whose it will be?
    let account = email_tokens::find(database.pool(), token, purpose, world.now()).await?.map_err(fault)?;
    let login = logins::by_account(database.pool(), account).await?.ok_or(Error::NoSuchAccount)?;
    judge(&command.password, &[login.handle.as_str(), login.email.as_str(), &login.name])?;
    let hash = passwords.hash(&command.password, world.randomness.as_ref()).await?;

    let cx = world.cx(Actor::human(account, Via::System));
    let mut tx = database.begin().await?;
    logins::lock(&mut tx, account).await?.ok_or(Error::NoSuchAccount)?;
    if !email_tokens::use_up(&mut tx, token, account, purpose, cx.now()).await? {
        return Err(fault(LinkFault::Used));
    }
    logins::set_password(&mut tx, account, &hash).await?;
    if logins::confirm(&mut tx, account, cx.now()).await? {
        event::append(&mut tx, &cx, account, &EmailConfirmed {}).await?;
    }
    end_sessions(&mut tx, &cx, account, None).await?;
    failures::forget(&mut tx, &subjects(&login.handle, &login.email)).await?;
    event::append(&mut tx, &cx, account, &PasswordReset {}).await?;
    letter::was_reset(&mut tx, &cx, public_url, &login).await?;
    tx.commit().await?;
    Ok(())
}
