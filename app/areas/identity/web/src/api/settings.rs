//! Looking after one's own account.

use leptos::prelude::*;
use web::{Failure, Json, Outcome};

use crate::dto::{Device, OwnProfile};

#[cfg(not(target_arch = "wasm32"))]
use {
    identity_core::{Bio, command, command::PortraitChange, limits, service},
    kernel::{MediaId, Problem, SessionId},
    ui::AvatarSize,
    web::{Moment, Theme, server::Server},
};

/// What the profile says now.
#[server(prefix = "/api", endpoint = "identity/my_profile", output = Json)]
pub async fn my_profile() -> Result<OwnProfile, Failure> {
    let server = Server::current()?;
    let id = server.cx()?.actor.account;
    let account = service::account(server.database.pool(), id).await.map_err(Failure::from)?;
    let account = account.ok_or_else(|| Failure::from(Problem::not_found("account")))?;
    Ok(OwnProfile {
        portrait: account.summary.portrait.map(|kept| web::server::portrait(&kept, AvatarSize::Huge)),
        handle: account.summary.handle,
        name: account.summary.name.into(),
        headline: account.headline.into(),
        bio: account.bio.into(),
        bio_html: account.bio_html,
    })
}

/// Changes the profile. A portrait comes as `portrait` from a form with a file, or as `kept_portrait` when it was
/// uploaded before the form was sent.
#[server(prefix = "/api", endpoint = "identity/edit_profile")]
pub async fn edit_profile(
    #[server(default)] name: String,
    #[server(default)] headline: String,
    #[server(default)] bio: String,
    #[server(default)] portrait: String,
    #[server(default)] kept_portrait: String,
    #[server(default)] remove_portrait: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::PROFILE).await?;
    let portrait = portrait_change(&portrait, &kept_portrait, remove_portrait).map_err(Failure::from)?;
    let command = command::EditProfile::parse(&name, &headline, &bio, portrait).map_err(Failure::from)?;
    let mut tx = server.begin().await?;
    service::edit_profile(&mut tx, &cx, &command).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    // The frame around the page shows name and portrait, too.
    Ok(Outcome::Reload("/settings?saved=profile".to_owned()))
}

/// Which of the ways to change a portrait was taken: a picture chosen now counts more than one chosen before.
#[cfg(not(target_arch = "wasm32"))]
fn portrait_change(chosen: &str, kept: &str, remove: bool) -> Result<PortraitChange, Problem> {
    let id = [chosen, kept].into_iter().find(|id| !id.is_empty());
    match id.map(str::parse::<MediaId>) {
        Some(Ok(id)) => Ok(PortraitChange::Set(id)),
        Some(Err(_)) => Err(Problem::field("portrait", "This picture is no longer there. Choose it again.")),
        None if remove => Ok(PortraitChange::Remove),
        None => Ok(PortraitChange::Keep),
    }
}

/// How a bio will look, while it is typed.
#[server(prefix = "/api", endpoint = "identity/preview_bio", output = Json)]
pub async fn preview_bio(#[server(default)] bio: String) -> Result<String, Failure> {
    let server = Server::current()?;
    server.cx()?;
    server.limit(limits::PREVIEW).await?;
    let bio: Bio = bio
        .parse()
        .map_err(|error: identity_core::TextError| Failure::from(Problem::field("bio", error.to_string())))?;
    Ok(platform::markdown::render(bio.as_str()))
}

/// The devices on which one is signed in, this one first.
#[server(prefix = "/api", endpoint = "identity/my_devices", output = Json)]
pub async fn my_devices() -> Result<Vec<Device>, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let sessions = service::sessions(server.database.pool(), &cx).await.map_err(Failure::from)?;
    let device = |session: identity_core::SessionSummary| Device {
        id: session.id,
        name: session.device,
        address: session.address,
        signed_in: Moment::describe(session.created_at, cx.now()),
        last_used: Moment::describe(session.last_seen_at, cx.now()),
        current: session.current,
    };
    let mut devices: Vec<Device> = sessions.into_iter().map(device).collect();
    devices.sort_by_key(|device| !device.current);
    Ok(devices)
}

/// Signs one device out.
#[server(prefix = "/api", endpoint = "identity/revoke_session")]
pub async fn revoke_session(#[server(default)] session: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::PROFILE).await?;
    let id: SessionId = session.parse().map_err(|_| Failure::from(Problem::not_found("device")))?;
    let mut tx = server.begin().await?;
    service::revoke_session(&mut tx, &cx, id).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    if cx.actor.via != kernel::Via::Session(id) {
        return Ok(Outcome::Stay);
    }
    server.clear_session();
    Ok(Outcome::Reload("/".to_owned()))
}

/// Signs all devices out but this one.
#[server(prefix = "/api", endpoint = "identity/revoke_other_sessions")]
pub async fn revoke_other_sessions() -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::PROFILE).await?;
    let mut tx = server.begin().await?;
    service::revoke_other_sessions(&mut tx, &cx).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}

/// Remembers light or dark in this browser. Nothing is written on the server, so visitors may, as often as they like.
#[server(prefix = "/api", endpoint = "identity/set_theme")]
pub async fn set_theme(#[server(default)] theme: String) -> Result<Outcome, Failure> {
    Server::current()?.set_theme(Theme::parse(&theme));
    Ok(Outcome::Reload("/settings/appearance".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_picture_counts_more_than_a_kept_one_and_both_more_than_removing() {
        let id = |n: u128| format!("media_{n:032x}");
        let set = |n: u128| id(n).parse().map(PortraitChange::Set).expect("an id");
        assert_eq!(portrait_change("", "", false), Ok(PortraitChange::Keep));
        assert_eq!(portrait_change("", "", true), Ok(PortraitChange::Remove));
        assert_eq!(portrait_change(&id(1), &id(2), true), Ok(set(1)));
        assert_eq!(portrait_change("", &id(2), false), Ok(set(2)));
        assert!(portrait_change("made up", "", false).is_err());
    }
}
