//! Booking somebody's time, and what both do until they meet.

use leptos::prelude::*;
use web::{Failure, Outcome};

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{limits, parse},
    crate::routes,
    experts_core::{
        BookingState, Error,
        booking::{BRIEF_LIMIT, REASON_LIMIT},
        command::{Hold, Text, Times},
        service,
    },
    kernel::{BookingId, FieldError, Problem},
    platform::{Cx, Tx},
    web::server::Server,
};

/// Goes to a page that says what was done. The instant makes it another address each time, so the page is asked for anew.
#[cfg(not(target_arch = "wasm32"))]
pub fn said(server: &Server, page: &str, word: &str) -> Outcome {
    Outcome::Go(format!("{page}?done={word}&at={}", server.world.now().timestamp_millis()))
}

/// Something that is wrong with one field.
#[cfg(not(target_arch = "wasm32"))]
pub fn invalid(wrong: FieldError) -> Failure {
    Failure::from(Problem::invalid(vec![wrong]))
}

/// What every one of these begins with.
#[cfg(not(target_arch = "wasm32"))]
async fn begun(booking: &str) -> Result<(Server, Cx, Tx, BookingId), Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BOOK).await?;
    let id = parse::booking(booking)?;
    let tx = server.begin().await?;
    Ok((server, cx, tx, id))
}

/// And what it ends with.
#[cfg(not(target_arch = "wasm32"))]
async fn done(server: &Server, tx: Tx, id: BookingId, word: &str) -> Result<Outcome, Failure> {
    server.commit(tx).await?;
    Ok(said(server, &routes::booking(id), word))
}

/// Has a time kept for the reader for five minutes, and goes on to the booking.
#[server(prefix = "/api", endpoint = "experts/hold")]
pub async fn hold_time(
    /// Whose time.
    #[server(default)]
    expert: String,
    /// For what, with the price that was seen: `svc_…:2500`.
    #[server(default)]
    service: String,
    /// When the call is to begin.
    #[server(default)]
    start: String,
    /// What it is about.
    #[server(default)]
    brief: String,
    /// What makes it happen once.
    #[server(default)]
    key: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BOOK).await?;
    let (service, seen) = parse::choice(&service)?;
    let hold = Hold {
        expert: parse::expert(&expert)?,
        service,
        start: parse::instant("start", &start)?,
        seen,
        brief: Text::<BRIEF_LIMIT>::parse("brief", &brief).map_err(invalid)?,
        key: parse::key(&key)?,
    };
    let mut tx = server.begin().await?;
    let id = service::hold(&mut tx, &cx, &hold).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::booking(id)))
}

/// Lets a time go that is kept for the reader.
#[server(prefix = "/api", endpoint = "experts/let_go")]
pub async fn let_go(#[server(default)] booking: String) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    service::let_go(&mut tx, &cx, id).await.map_err(Failure::from)?;
    done(&server, tx, id, "let_go").await
}

/// Pays for a time that is kept for the reader, from the wallet.
#[server(prefix = "/api", endpoint = "experts/pay")]
pub async fn pay_now(
    #[server(default)] booking: String,
    /// The price that was seen, in minor units.
    #[server(default)]
    seen: String,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    let seen = parse::seen("price", &seen)?;
    let state = service::pay(&mut tx, &cx, id, seen).await.map_err(Failure::from)?;
    done(&server, tx, id, if state == BookingState::Requested { "requested" } else { "paid" }).await
}

/// Goes to fill the wallet: the booking is paid by itself once the money is there.
#[server(prefix = "/api", endpoint = "experts/await_money")]
pub async fn await_money(
    #[server(default)] booking: String,
    /// What is missing, in minor units.
    #[server(default)]
    missing: String,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    let missing = parse::seen("missing", &missing)?;
    service::await_money(&mut tx, &cx, id).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::top_up(missing, &routes::booking(id))))
}

/// Says yes to a booking.
#[server(prefix = "/api", endpoint = "experts/accept")]
pub async fn accept(#[server(default)] booking: String) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    service::accept(&mut tx, &cx, id).await.map_err(Failure::from)?;
    done(&server, tx, id, "accepted").await
}

/// Says no to a booking.
#[server(prefix = "/api", endpoint = "experts/decline")]
pub async fn decline(
    #[server(default)] booking: String,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    let reason = Text::<REASON_LIMIT>::said("reason", &reason).map_err(invalid)?;
    service::decline(&mut tx, &cx, id, &reason).await.map_err(Failure::from)?;
    done(&server, tx, id, "declined").await
}

/// Proposes other times for a booking.
#[server(prefix = "/api", endpoint = "experts/propose")]
pub async fn propose(
    #[server(default)] booking: String,
    /// Which.
    #[server(default)]
    times: Vec<String>,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    let times = times.iter().map(|time| parse::instant("times", time)).collect::<Result<Vec<_>, _>>()?;
    let times = Times::new(times).map_err(invalid)?;
    // What is wrong with one of them is told where they are chosen.
    service::propose(&mut tx, &cx, id, &times).await.map_err(|error| Failure::from(at_times(error)))?;
    done(&server, tx, id, "proposed").await
}

/// A problem with a time, at the field of several.
#[cfg(not(target_arch = "wasm32"))]
fn at_times(error: Error) -> Problem {
    let mut problem = Problem::from(error);
    problem.fields.iter_mut().filter(|it| it.field == "start").for_each(|it| "times".clone_into(&mut it.field));
    problem
}

/// Agrees to one of the times that were proposed.
#[server(prefix = "/api", endpoint = "experts/agree")]
pub async fn agree(
    #[server(default)] booking: String,
    #[server(default)] proposal: String,
    /// Which of its times.
    #[server(default)]
    slice: String,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    let (proposal, slice) = (parse::proposal(&proposal)?, parse::slice(&slice)?);
    service::agree(&mut tx, &cx, proposal, slice).await.map_err(Failure::from)?;
    done(&server, tx, id, "moved").await
}

/// Says no to other times, or takes one's own back.
#[server(prefix = "/api", endpoint = "experts/disagree")]
pub async fn disagree(
    #[server(default)] booking: String,
    #[server(default)] proposal: String,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    let proposal = parse::proposal(&proposal)?;
    service::disagree(&mut tx, &cx, proposal).await.map_err(Failure::from)?;
    done(&server, tx, id, "stays").await
}

/// Takes a booking back.
#[server(prefix = "/api", endpoint = "experts/cancel")]
pub async fn cancel_booking(
    #[server(default)] booking: String,
    /// What the reader saw that goes back, in minor units.
    #[server(default)]
    seen: String,
    /// Why; may be empty.
    #[server(default)]
    reason: String,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking).await?;
    let seen = parse::seen("back", &seen)?;
    let reason = Text::<REASON_LIMIT>::parse("reason", &reason).map_err(invalid)?;
    service::cancel(&mut tx, &cx, id, seen, &reason).await.map_err(Failure::from)?;
    done(&server, tx, id, "cancelled").await
}

/// Waits for something of an expert's to become free.
#[server(prefix = "/api", endpoint = "experts/wait")]
pub async fn wait(
    #[server(default)] expert: String,
    /// Where to go on.
    #[server(default)]
    page: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BOOK).await?;
    let expert = parse::expert(&expert)?;
    let mut tx = server.begin().await?;
    service::wait(&mut tx, &cx, expert).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &parse::page(&page, routes::EXPERTS), "waiting"))
}

/// Waits no longer.
#[server(prefix = "/api", endpoint = "experts/stop_waiting")]
pub async fn stop_waiting(
    #[server(default)] expert: String,
    /// Where to go on.
    #[server(default)]
    page: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BOOK).await?;
    let expert = parse::expert(&expert)?;
    let mut tx = server.begin().await?;
    service::stop_waiting(&mut tx, &cx, expert).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &parse::page(&page, routes::EXPERTS), "not_waiting"))
}
