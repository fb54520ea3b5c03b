//! Confirming an e-mail address.

use kernel::{Actor, Via};
use platform::{Cx, Tx, event};
use url::Url;

use super::sessions::{SignedIn, issue_session};
use crate::{
    Error,
    command::{ConfirmEmail, RequestLink},
    event::EmailConfirmed,
    letter,
    link::{LinkFault, LinkPurpose},
    store::{email_tokens, logins},
};

/// Sends a new link that confirms an address. Whether there is an account, and in which state, only the reader of its
/// mail learns.
///
/// # Errors
/// When the database fails.
pub async fn resend_confirmation<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    public_url: &Url,
    command: &RequestLink,
) -> Result<(), Error> {
    let Some(login) = logins::by_email(&mut **tx, &command.email).await? else { return Ok(()) };
    if login.confirmed {
        return letter::is_confirmed(tx, cx, public_url, &login).await;
    }
    let link = letter::link(tx, cx, public_url, login.account, LinkPurpose::Confirm).await?;
    letter::confirm(tx, cx, &login.email, &login.handle, &link).await
}

/// Confirms the address a link was sent to, and signs the device in. A link works once.
///
/// # Errors
/// When the link is unknown, expired or used.
pub async fn confirm_email<A>(tx: &mut Tx, cx: &Cx<A>, command: &ConfirmEmail) -> Result<SignedIn, Error> {
    let purpose = LinkPurpose::Confirm;
    let fault = |fault| Error::Link { purpose, fault };
    let token = command.token.as_ref().ok_or(fault(LinkFault::Unknown))?.hash();
    let account = email_tokens::find(&mut **tx, token, purpose, cx.now()).await?.map_err(fault)?;
    // Whoever else uses a link of this account waits here, and then finds it used.
    logins::lock(tx, account).await?.ok_or(Error::NoSuchAccount)?;
    if !email_tokens::use_up(tx, token, account, purpose, cx.now()).await? {
        return Err(fault(LinkFault::Used));
    }
    if logins::confirm(tx, account, cx.now()).await? {
        let as_owner = cx.world.cx(Actor::human(account, Via::System));
        event::append(tx, &as_owner, account, &EmailConfirmed {}).await?;
    }
    issue_session(tx, cx, account, &command.device).await
}
