//! Signing up.

use platform::{Cx, Tx};
use url::Url;

use super::accounts::created;
use crate::{
    AccountKind, Bio, Error, Headline,
    command::SignUp,
    letter,
    link::LinkPurpose,
    passwords::PasswordHash,
    store::{accounts, logins},
};

/// Makes an account and sends a letter with a link that confirms its address. It can't be signed in to before.
///
/// Whether the address has an account already is not told to whoever signs up, but to whoever reads its mail: both get
/// the same answer here, and one letter is sent either way. `password` was hashed beforehand, outside the transaction,
/// so the answer takes just as long, too.
///
/// # Errors
/// When the handle is taken. That is no secret: profiles are public.
pub async fn sign_up<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    public_url: &Url,
    command: &SignUp,
    password: &PasswordHash,
) -> Result<(), Error> {
    let (id, now) = (cx.id(), cx.now());
    let row = accounts::NewRow {
        id,
        kind: AccountKind::Person,
        handle: &command.handle,
        name: &command.name,
        headline: &Headline::default(),
        bio: &Bio::default(),
        bio_html: "",
        owner: None,
        is_expert: false,
        is_admin: false,
        created_at: now,
    };
    // The handle comes first in either case: else a taken handle would tell whether the address has an account.
    if !accounts::insert(tx, &row).await? {
        return Err(Error::HandleTaken);
    }
    if logins::insert(tx, id, &command.email, password, None, now).await? {
        created(tx, cx, id, AccountKind::Person, None).await?;
        let link = letter::link(tx, cx, public_url, id, LinkPurpose::Confirm).await?;
        return letter::confirm(tx, cx, &command.email, &command.handle, &link).await;
    }
    accounts::delete(tx, id).await?;
    // Gone since: its account was swept away in this very moment. Signing up again will work.
    let Some(login) = logins::by_email(&mut **tx, &command.email).await? else { return Ok(()) };
    if login.confirmed {
        return letter::has_an_account(tx, cx, public_url, &login).await;
    }
    // Whoever began with this address may not be who reads its mail, and knows the password they chose. So this letter
    // does not confirm that password: it lets the reader choose one.
    let link = letter::link(tx, cx, public_url, login.account, LinkPurpose::Reset).await?;
    letter::has_begun(tx, cx, &login, &link).await
}
