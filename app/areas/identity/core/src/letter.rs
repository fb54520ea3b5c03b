//! The letters this area sends.

use kernel::{AccountId, EmailAddress, Handle};
use platform::{
    Cx, Tx,
    mail::{self, Letter},
    secret::Token,
};
use url::Url;

use crate::{
    Error,
    link::LinkPurpose,
    store::{email_tokens, logins::LoginRecord},
};

/// Where people sign in, and where they ask for a new password.
const SIGN_IN: &str = "/sign-in";
const FORGOT_PASSWORD: &str = "/forgot-password";

const FOOTER: &str = "Magentic sent this letter because of something that was done with your e-mail address there.";

/// Makes a link that works once. Only its hash is kept.
pub(crate) async fn link<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    public_url: &Url,
    account: AccountId,
    purpose: LinkPurpose,
) -> Result<String, Error> {
    let token = Token::generate(cx.world.randomness.as_ref());
    email_tokens::insert(tx, token.hash(), account, purpose, cx.now()).await?;
    Ok(page(public_url, &format!("{}?token={}", purpose.path(), token.reveal())))
}

fn page(public_url: &Url, path: &str) -> String {
    format!("{}{path}", public_url.as_str().trim_end_matches('/'))
}

/// To whoever signed up: the link that confirms the address.
pub(crate) async fn confirm<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    to: &EmailAddress,
    handle: &Handle,
    link: &str,
) -> Result<(), Error> {
    let paragraphs = [
        format!("Welcome to Magentic. Confirm that this is your e-mail address, and the account @{handle} is ready."),
        "The link works once, for 24 hours.".to_owned(),
        "If you did not sign up, leave this letter alone: without the link nothing comes of it.".to_owned(),
    ];
    post(tx, cx, to, "Confirm your e-mail", &paragraphs, ("Confirm e-mail", link)).await
}

/// To somebody whose confirmed address was used to sign up again.
pub(crate) async fn has_an_account<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    public_url: &Url,
    login: &LoginRecord,
) -> Result<(), Error> {
    let paragraphs = [
        format!(
            "Somebody tried to sign up with this e-mail address, but it has an account already: @{}.",
            login.handle
        ),
        format!(
            "If it was you, sign in instead. If you have forgotten your password, choose a new one: {}",
            page(public_url, FORGOT_PASSWORD)
        ),
        "If it was not you, there is nothing to do: nothing about your account has changed.".to_owned(),
    ];
    let sign_in = page(public_url, SIGN_IN);
    post(tx, cx, &login.email, "You have an account already", &paragraphs, ("Sign in", &sign_in)).await
}

/// To somebody whose address was used to sign up before, without being confirmed, and now again.
pub(crate) async fn has_begun<A>(tx: &mut Tx, cx: &Cx<A>, login: &LoginRecord, link: &str) -> Result<(), Error> {
    let paragraphs = [
        format!(
            "Somebody signed up with this e-mail address before, as @{}, and did not confirm it. Now it was used again.",
            login.handle
        ),
        format!(
            "If it was you, choose a password to take the account @{} into use. It replaces the one chosen before.",
            login.handle
        ),
        "The link works once, for one hour. If it was not you, leave this letter alone.".to_owned(),
    ];
    post(tx, cx, &login.email, "Finish signing up", &paragraphs, ("Choose a password", link)).await
}

/// To somebody who asked for another confirmation link and needs none.
pub(crate) async fn is_confirmed<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    public_url: &Url,
    login: &LoginRecord,
) -> Result<(), Error> {
    let paragraphs = [format!("The e-mail address of @{} is confirmed already. Just sign in.", login.handle)];
    let sign_in = page(public_url, SIGN_IN);
    post(tx, cx, &login.email, "Your e-mail is confirmed", &paragraphs, ("Sign in", &sign_in)).await
}

/// To somebody who has forgotten their password: the link to a new one.
pub(crate) async fn reset<A>(tx: &mut Tx, cx: &Cx<A>, login: &LoginRecord, link: &str) -> Result<(), Error> {
    let paragraphs = [
        format!("Choose a new password for @{}. All devices will be signed out.", login.handle),
        "The link works once, for one hour.".to_owned(),
        "If you did not ask for it, leave this letter alone: your password stays as it is.".to_owned(),
    ];
    post(tx, cx, &login.email, "Choose a new password", &paragraphs, ("Choose a new password", link)).await
}

/// To somebody whose password was replaced: they should know, whoever did it.
pub(crate) async fn was_reset<A>(tx: &mut Tx, cx: &Cx<A>, public_url: &Url, login: &LoginRecord) -> Result<(), Error> {
    let paragraphs = [
        format!("The password of @{} was replaced, and all devices were signed out.", login.handle),
        "If it was not you, somebody can read your mail: secure your mailbox first, and then choose a new password."
            .to_owned(),
    ];
    let forgot = page(public_url, FORGOT_PASSWORD);
    post(tx, cx, &login.email, "Your password was replaced", &paragraphs, ("That was not me", &forgot)).await
}

async fn post<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    to: &EmailAddress,
    subject: &str,
    paragraphs: &[String],
    button: (&str, &str),
) -> Result<(), Error> {
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    let letter = Letter::compose(to.clone(), subject, &paragraphs, Some(button), FOOTER);
    mail::post(tx, cx, &letter).await?;
    Ok(())
}
