//! Signing up, in and out, and the links in between. A field that a form leaves out is an empty one, which is told at its
//! place.

use leptos::prelude::*;
use web::{Failure, Json, Outcome};

use crate::dto::HandleState;

#[cfg(not(target_arch = "wasm32"))]
use {
    identity_core::{command, limits, service, service::SignedIn},
    web::{local_path, server::Server},
};

/// Signs up.
#[server(prefix = "/api", endpoint = "identity/sign_up")]
pub async fn sign_up(
    #[server(default)] handle: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit(limits::SIGN_UP).await?;
    let command = command::SignUp::parse(&handle, &name, &email, &password).map_err(Failure::from)?;
    server.limit_by(limits::RESEND, &command.email.key()).await?;
    let hash =
        server.passwords.hash(&command.password, server.world.randomness.as_ref()).await.map_err(Failure::from)?;
    let mut tx = server.begin().await?;
    service::sign_up(&mut tx, &server.world.cx(()), &server.config.public_url, &command, &hash)
        .await
        .map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go("/sign-up/check-mail".to_owned()))
}

/// Whether a handle is to be had, while it is being typed.
#[server(prefix = "/api", endpoint = "identity/check_handle", output = Json)]
pub async fn check_handle(handle: String) -> Result<HandleState, Failure> {
    let server = Server::current()?;
    server.limit(limits::HANDLE).await?;
    let handle = handle
        .parse()
        .map_err(|error: kernel::HandleError| Failure::from(kernel::Problem::field("handle", error.to_string())))?;
    let free = service::handle_available(server.database.pool(), &handle).await.map_err(Failure::from)?;
    Ok(if free { HandleState::Free } else { HandleState::Taken })
}

/// Sends another link that confirms an address.
#[server(prefix = "/api", endpoint = "identity/resend_confirmation")]
pub async fn resend_confirmation(#[server(default)] email: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit(limits::RESEND).await?;
    let command = command::RequestLink::parse(&email).map_err(Failure::from)?;
    server.limit_by(limits::RESEND, &command.email.key()).await?;
    let mut tx = server.begin().await?;
    service::resend_confirmation(&mut tx, &server.world.cx(()), &server.config.public_url, &command)
        .await
        .map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go("/sign-up/check-mail?sent=again".to_owned()))
}

/// Confirms an address and signs in. A POST: programs that open links in mails don't use them up.
#[server(prefix = "/api", endpoint = "identity/confirm_email")]
pub async fn confirm_email(#[server(default)] token: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit_by(limits::LINK, &server.visit.device.network()).await?;
    let command = command::ConfirmEmail::parse(&token, server.visit.device.clone());
    let mut tx = server.begin().await?;
    let signed_in = service::confirm_email(&mut tx, &server.world.cx(()), &command).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    welcome(&server, &signed_in).await?;
    Ok(Outcome::Reload("/".to_owned()))
}

/// Signs in. `next` is the page that asked for it.
#[server(prefix = "/api", endpoint = "identity/sign_in")]
pub async fn sign_in(
    #[server(default)] login: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit_by(limits::SIGN_IN, &server.visit.device.network()).await?;
    let command = command::SignIn::parse(&login, &password, server.visit.device.clone()).map_err(Failure::from)?;
    let signed_in =
        service::sign_in(&server.database, &server.world, &server.passwords, &command).await.map_err(Failure::from)?;
    welcome(&server, &signed_in).await?;
    Ok(Outcome::Reload(local_path(&next).unwrap_or("/").to_owned()))
}

/// Gives the browser its new session, and ends the one it had, which nobody could reach any more.
#[cfg(not(target_arch = "wasm32"))]
async fn welcome(server: &Server, signed_in: &SignedIn) -> Result<(), Failure> {
    if let Some(before) = &server.visit.signed_in {
        let mut tx = server.begin().await?;
        service::sign_out(&mut tx, &server.world.cx(before.actor)).await.map_err(Failure::from)?;
        server.commit(tx).await?;
    }
    server.set_session(&signed_in.token);
    Ok(())
}

/// Signs out. Doing it twice is doing it once.
#[server(prefix = "/api", endpoint = "identity/sign_out")]
pub async fn sign_out() -> Result<Outcome, Failure> {
    let server = Server::current()?;
    if let Some(signed_in) = &server.visit.signed_in {
        let mut tx = server.begin().await?;
        service::sign_out(&mut tx, &server.world.cx(signed_in.actor)).await.map_err(Failure::from)?;
        server.commit(tx).await?;
    }
    server.clear_session();
    Ok(Outcome::Reload("/".to_owned()))
}

/// Sends a link to a new password.
#[server(prefix = "/api", endpoint = "identity/request_reset")]
pub async fn request_reset(#[server(default)] email: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit(limits::RESET).await?;
    let command = command::RequestLink::parse(&email).map_err(Failure::from)?;
    server.limit_by(limits::RESET, &command.email.key()).await?;
    let mut tx = server.begin().await?;
    service::request_reset(&mut tx, &server.world.cx(()), &server.config.public_url, &command)
        .await
        .map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go("/forgot-password/check-mail".to_owned()))
}

/// Replaces a forgotten password. All devices are signed out, this one among them.
#[server(prefix = "/api", endpoint = "identity/reset_password")]
pub async fn reset_password(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    server.limit_by(limits::LINK, &server.visit.device.network()).await?;
    let command = command::ResetPassword::parse(&token, &password).map_err(Failure::from)?;
    let (database, world, passwords) = (&server.database, &server.world, &server.passwords);
    service::reset_password(database, world, passwords, &server.config.public_url, &command)
        .await
        .map_err(Failure::from)?;
    server.clear_session();
    Ok(Outcome::Reload("/sign-in?notice=password-replaced".to_owned()))
}
