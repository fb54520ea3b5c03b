//! What an expert sets up.

#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its function")]

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{book::said, describe, limits, parse},
    crate::routes,
    experts_core::{
        Error, command,
        expert::{AffectedBooking, CalendarView, OwnExpert},
        service,
        window::written_time,
        zone,
    },
    kernel::{Problem, ProblemKind},
    platform::{outbound::Outbound, seal::Sealer},
    std::sync::Arc,
    ui::AvatarSize,
    web::{Moment, server::Server},
};

/// What the reader set up, but for calendars.
#[server(prefix = "/api", endpoint = "experts/setup", input = GetUrl, output = Json)]
pub async fn setup(
    /// Whether the names of time zones are asked for.
    #[server(default)]
    with_zones: bool,
) -> Result<dto::Setup, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let own = service::my_expert(server.database.pool(), &cx).await.map_err(Failure::from)?;
    let handle = server.visit.signed_in.as_ref().map(|it| it.account.handle.to_string()).unwrap_or_default();
    let zones = if with_zones { zone::all_names() } else { Vec::new() };
    Ok(described(own, handle, zones))
}

#[cfg(not(target_arch = "wasm32"))]
fn hours(own: &OwnExpert) -> dto::Hours {
    let hours = &own.hours;
    let day = |window: Option<experts_core::window::Window>| {
        window.map(|it| (written_time(it.from()), written_time(it.until()))).unwrap_or_default()
    };
    dto::Hours {
        days: hours.week().iter().map(|(_, window)| day(window)).collect(),
        buffer: hours.buffer(),
        notice: hours.notice(),
        ahead: hours.ahead(),
        days_off: days_off(hours.days_off().iter().copied()),
    }
}

/// Days as they are typed, a line each; several in a row in one line.
#[cfg(not(target_arch = "wasm32"))]
fn days_off(days: impl Iterator<Item = chrono::NaiveDate>) -> String {
    let mut spans: Vec<(chrono::NaiveDate, chrono::NaiveDate)> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(day) => *last = day,
            _ => spans.push((day, day)),
        }
    }
    let line = |(first, last): &(chrono::NaiveDate, chrono::NaiveDate)| {
        if first == last { first.to_string() } else { format!("{first}..{last}") }
    };
    spans.iter().map(line).collect::<Vec<String>>().join("\n")
}

#[cfg(not(target_arch = "wasm32"))]
fn described(own: OwnExpert, handle: String, zones: Vec<String>) -> dto::Setup {
    dto::Setup {
        begun: own.begun,
        state: own.state,
        handle,
        hours: hours(&own),
        profile: dto::Profile {
            headline: own.headline,
            about: own.about,
            skills: own.skills.join(", "),
            languages: own.languages,
            zone: own.zone,
            policy: own.policy,
            approval: own.approval,
        },
        services: own.services,
        zones,
    }
}

/// Keeps what the reader says of themselves.
#[server(prefix = "/api", endpoint = "experts/save_profile")]
pub async fn save_profile(
    #[server(default)] headline: String,
    #[server(default)] about: String,
    #[server(default)] skills: String,
    #[server(default)] languages: Vec<String>,
    #[server(default)] zone: String,
    #[server(default)] policy: String,
    #[server(default)] approval: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let languages = languages.join(",");
    let form = command::ProfileForm { headline, about, skills, languages, zone, policy, approval };
    let profile = form.parse().map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::save_profile(&mut tx, &cx, &profile).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, routes::SETUP, "saved"))
}

/// Keeps when the reader works.
#[server(prefix = "/api", endpoint = "experts/save_hours")]
pub async fn save_hours(
    #[server(default)] monday_from: String,
    #[server(default)] monday_until: String,
    #[server(default)] tuesday_from: String,
    #[server(default)] tuesday_until: String,
    #[server(default)] wednesday_from: String,
    #[server(default)] wednesday_until: String,
    #[server(default)] thursday_from: String,
    #[server(default)] thursday_until: String,
    #[server(default)] friday_from: String,
    #[server(default)] friday_until: String,
    #[server(default)] saturday_from: String,
    #[server(default)] saturday_until: String,
    #[server(default)] sunday_from: String,
    #[server(default)] sunday_until: String,
    #[server(default)] buffer: String,
    #[server(default)] notice: String,
    #[server(default)] ahead: String,
    #[server(default)] days_off: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let days = [
        (monday_from, monday_until),
        (tuesday_from, tuesday_until),
        (wednesday_from, wednesday_until),
        (thursday_from, thursday_until),
        (friday_from, friday_until),
        (saturday_from, saturday_until),
        (sunday_from, sunday_until),
    ];
    // What is no number is as wrong as one that is too high, and is told in the same words.
    let form = command::HoursForm {
        days: days.map(|(from, until)| command::DayForm { from, until }),
        buffer: buffer.trim().parse().unwrap_or(u16::MAX),
        notice: notice.trim().parse().unwrap_or(u32::MAX),
        ahead: ahead.trim().parse().unwrap_or(u16::MAX),
        days_off,
    };
    let hours = form.parse().map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::save_hours(&mut tx, &cx, &hours).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, routes::SETUP_HOURS, "saved"))
}

/// The reader's bookings that do not fit their hours any more.
#[server(prefix = "/api", endpoint = "experts/affected", input = GetUrl, output = Json)]
pub async fn affected() -> Result<Vec<dto::Affected>, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let found = service::affected(server.database.pool(), &cx).await.map_err(Failure::from)?;
    let one = |it: AffectedBooking| dto::Affected {
        id: it.id,
        client: describe::who(it.client, AvatarSize::Medium),
        start: describe::at(it.starts_at),
        state: it.state,
    };
    Ok(found.into_iter().map(one).collect())
}

/// Offers something, or changes what is offered.
#[server(prefix = "/api", endpoint = "experts/save_service")]
pub async fn save_service(
    /// Which; empty for a new one.
    #[server(default)]
    service: String,
    #[server(default)] title: String,
    #[server(default)] description: String,
    #[server(default)] bring: String,
    /// What ten minutes cost, as it was typed.
    #[server(default)]
    price: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let id = Some(service).filter(|id| !id.is_empty()).map(|id| parse::service(&id)).transpose()?;
    let form = command::ServiceForm { title, description, bring, price };
    let new = form.parse().map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::save_service(&mut tx, &cx, id, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, routes::SETUP_SERVICES, "offered"))
}

/// Offers something no longer.
#[server(prefix = "/api", endpoint = "experts/withdraw_service")]
pub async fn withdraw_service(#[server(default)] service: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let id = parse::service(&service)?;
    let mut tx = server.begin().await?;
    service::withdraw_service(&mut tx, &cx, id).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, routes::SETUP_SERVICES, "withdrawn"))
}

/// Lets the reader be booked (`publish`), or takes nothing new (`pause`).
#[server(prefix = "/api", endpoint = "experts/turn")]
pub async fn turn_expert(
    #[server(default)] wish: String,
    /// Where to go on.
    #[server(default)]
    page: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let mut tx = server.begin().await?;
    let word = match wish.as_str() {
        "publish" => service::publish(&mut tx, &cx).await.map(|()| "published"),
        "pause" => service::pause(&mut tx, &cx).await.map(|()| "paused"),
        _ => return Err(Failure::from(unreadable())),
    };
    let word = word.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &parse::page(&page, routes::SETUP), word))
}

#[cfg(not(target_arch = "wasm32"))]
fn unreadable() -> Problem {
    Problem::new(ProblemKind::BadRequest, "The form could not be read. Reload the page and try again.")
}

/// The reader's calendars elsewhere, and the address of their own.
#[server(prefix = "/api", endpoint = "experts/calendars", input = GetUrl, output = Json)]
pub async fn calendars() -> Result<dto::Calendars, Failure> {
    let server = Server::current()?;
    let (cx, now, sealer) = (server.cx()?, server.world.now(), provided::<Arc<Sealer>>()?);
    let found = service::calendars(server.database.pool(), &cx, &sealer).await.map_err(Failure::from)?;
    let one = |it: CalendarView| dto::Calendar {
        id: it.id,
        name: it.name,
        host: it.host,
        read: it.read_at.map(|at| Moment::describe(at, now)),
        problem: it.problem,
    };
    Ok(dto::Calendars { calendars: found.into_iter().map(one).collect(), address: address(&server, &sealer).await? })
}

/// The address of the reader's own calendar.
#[server(prefix = "/api", endpoint = "experts/feed", input = GetUrl, output = Json)]
pub async fn feed() -> Result<String, Failure> {
    let server = Server::current()?;
    let sealer: Arc<Sealer> = provided()?;
    address(&server, &sealer).await
}

/// The whole address. It is made when it is asked for the first time.
#[cfg(not(target_arch = "wasm32"))]
async fn address(server: &Server, sealer: &Sealer) -> Result<String, Failure> {
    let cx = server.cx()?;
    let mut tx = server.begin().await?;
    let token = service::feed_address(&mut tx, &cx, sealer).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(format!("{}{}", server.config.public_url.as_str().trim_end_matches('/'), routes::feed(&token)))
}

/// Something that the server provides: what secrets are sealed with, or what the web is read with.
#[cfg(not(target_arch = "wasm32"))]
fn provided<T: Clone + 'static>() -> Result<T, Failure> {
    use_context().ok_or_else(|| Failure::from(Problem::internal()))
}

/// Adds a calendar, and reads it at once. That it can't be read is seen in the list.
#[server(prefix = "/api", endpoint = "experts/add_calendar")]
pub async fn add_calendar(
    /// What it is called; as its site is, when that is empty.
    #[server(default)]
    name: String,
    #[server(default)] address: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::CALENDARS).await?;
    let new = command::NewCalendar::parse(&name, &address).map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let (sealer, outbound): (Arc<Sealer>, Outbound) = (provided()?, provided()?);
    let mut tx = server.begin().await?;
    let id = service::add_calendar(&mut tx, &cx, &sealer, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    service::read_now(&server.database, &cx, &sealer, &outbound, id).await.map_err(Failure::from)?;
    Ok(said(&server, routes::SETUP_CALENDARS, "added"))
}

/// Removes a calendar.
#[server(prefix = "/api", endpoint = "experts/remove_calendar")]
pub async fn remove_calendar(#[server(default)] calendar: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let id = parse::calendar(&calendar)?;
    let mut tx = server.begin().await?;
    service::remove_calendar(&mut tx, &cx, id).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, routes::SETUP_CALENDARS, "removed"))
}

/// Gives the reader's own calendar another address.
#[server(prefix = "/api", endpoint = "experts/renew_feed")]
pub async fn renew_feed(
    /// Where to go on.
    #[server(default)]
    page: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let sealer: Arc<Sealer> = provided()?;
    let mut tx = server.begin().await?;
    service::renew_feed(&mut tx, &cx, &sealer).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &parse::page(&page, routes::FEED), "renewed"))
}

#[cfg(test)]
mod tests {
    use super::days_off;

    #[test]
    fn days_in_a_row_are_one_line() {
        let days = ["2026-07-01", "2026-07-02", "2026-07-03", "2026-12-24"].map(|day| day.parse().expect("a day"));
        assert_eq!(days_off(days.into_iter()), "2026-07-01..2026-07-03\n2026-12-24");
        assert_eq!(days_off(std::iter::empty()), "");
    }
}
