//! What is said after a call.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{
        book::{invalid, said},
        describe, limits, parse,
    },
    crate::routes,
    experts_core::{
        BookingView, Error,
        booking::CURRENCY,
        command::{self, DisputeText},
        service,
    },
    kernel::{Money, Problem},
    ui::AvatarSize,
    web::server::Server,
};

/// Says what the reader thinks of a call they were in.
#[server(prefix = "/api", endpoint = "experts/review")]
pub async fn review_call(
    #[server(default)] booking: String,
    /// One to five.
    #[server(default)]
    rating: String,
    #[server(default)] body: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SAY).await?;
    let id = parse::booking(&booking)?;
    let new = command::NewReview::parse(rating.parse().unwrap_or(0), &body);
    let new = new.map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::review(&mut tx, &cx, id, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::booking(id), "reviewed"))
}

/// Replies to a review of the reader.
#[server(prefix = "/api", endpoint = "experts/reply")]
pub async fn reply(
    /// The call.
    #[server(default)]
    booking: String,
    #[server(default)] body: String,
    /// Where to go on.
    #[server(default)]
    page: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SAY).await?;
    let id = parse::booking(&booking)?;
    let reply = command::Reply::parse(&body).map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::reply(&mut tx, &cx, id, &reply).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &parse::page(&page, &routes::booking(id)), "replied"))
}

/// Keeps what the reader noted of a call.
#[server(prefix = "/api", endpoint = "experts/save_notes")]
pub async fn save_notes(
    #[server(default)] booking: String,
    #[server(default)] body: String,
    /// Whether they agree that the expert makes something public of it.
    #[server(default)]
    consents: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SAY).await?;
    let id = parse::booking(&booking)?;
    let note = command::NewNote::parse(&body, Some(consents)).map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::save_notes(&mut tx, &cx, id, &note).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::booking(id), "noted"))
}

/// Puts something of what was noted of a call onto the reader's page, or changes what stands there.
#[server(prefix = "/api", endpoint = "experts/publish_notes")]
pub async fn publish_notes(
    #[server(default)] booking: String,
    #[server(default)] title: String,
    /// In Markdown, without names.
    #[server(default)]
    body: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SAY).await?;
    let id = parse::booking(&booking)?;
    let new = command::NewPublication::parse(&title, &body);
    let new = new.map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::publish_notes(&mut tx, &cx, id, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::booking(id), "published"))
}

/// Takes what was published of a call off the reader's page.
#[server(prefix = "/api", endpoint = "experts/hide_notes")]
pub async fn hide_notes(#[server(default)] booking: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SAY).await?;
    let id = parse::booking(&booking)?;
    let mut tx = server.begin().await?;
    service::hide_notes(&mut tx, &cx, id).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::booking(id), "hidden"))
}

/// Disputes what a call came to.
#[server(prefix = "/api", endpoint = "experts/dispute")]
pub async fn dispute_call(
    #[server(default)] booking: String,
    /// What went wrong.
    #[server(default)]
    reason: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SAY).await?;
    let id = parse::booking(&booking)?;
    let reason = DisputeText::said("reason", &reason).map_err(invalid)?;
    let mut tx = server.begin().await?;
    service::dispute(&mut tx, &cx, id, &reason).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::booking(id), "disputed"))
}

/// What went wrong with calls, and nobody has decided. For administrators.
#[server(prefix = "/api", endpoint = "experts/disputes", input = GetUrl, output = Json)]
pub async fn disputes() -> Result<Vec<dto::OpenDispute>, Failure> {
    let server = Server::current()?;
    let (cx, now) = (server.cx()?, server.world.now());
    let open = service::disputes(server.database.pool(), &cx).await.map_err(Failure::from)?;
    let one = |it: BookingView| {
        let (line, came) = (describe::line(&it), describe::came(&it));
        Some(dto::OpenDispute {
            line,
            expert: describe::who(it.expert, AvatarSize::Medium),
            client: describe::who(it.client, AvatarSize::Medium),
            paid: it.paid,
            most: Money::new(it.paid.minor - it.returned.minor, CURRENCY),
            came,
            ended: it.ended_at.map(describe::at),
            dispute: describe::dispute(it.dispute?, now),
            payments: it.payments,
        })
    };
    Ok(open.into_iter().filter_map(one).collect())
}

/// Decides a dispute. For administrators.
#[server(prefix = "/api", endpoint = "experts/decide_dispute")]
pub async fn decide_dispute(
    #[server(default)] booking: String,
    /// What goes back to the client.
    #[server(default)]
    back: String,
    /// Why.
    #[server(default)]
    answer: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::SAY).await?;
    let id = parse::booking(&booking)?;
    let back = kernel::parse_amount(&back, CURRENCY);
    let back = back.map_err(|error| Failure::from(Problem::field("back", error.to_string())))?;
    let answer = DisputeText::said("answer", &answer).map_err(invalid)?;
    let mut tx = server.begin().await?;
    service::decide_dispute(&mut tx, &cx, id, back, &answer).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, routes::DISPUTES, "decided"))
}
