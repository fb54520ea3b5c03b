//! Somebody's bookings.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, parse, times},
    experts_core::{
        BookingState, BookingView, CancelQuote, Party,
        booking::CURRENCY,
        service::{self, Which},
    },
    kernel::{Actor, Money, PageSize},
    platform::Cx,
    web::server::Server,
};

/// The reader's bookings, as one of both: `expert`, or else whoever asks; `past`, or else those to come.
#[server(prefix = "/api", endpoint = "experts/bookings", input = GetUrl, output = Json)]
pub async fn bookings(
    /// As whom.
    #[server(default)]
    party: Option<String>,
    /// Which.
    #[server(default)]
    which: Option<String>,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Lines, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let party = if party.as_deref() == Some("expert") { Party::Expert } else { Party::Client };
    let which = if which.as_deref() == Some("past") { Which::Past } else { Which::Upcoming };
    let after = Server::cursor(after.as_deref())?;
    let size = PageSize::DEFAULT;
    let page = service::bookings(server.database.pool(), &cx, which, party, after.as_ref(), size);
    let page = page.await.map_err(Failure::from)?;
    Ok(dto::Lines { lines: page.items.iter().map(describe::line).collect(), next: page.next })
}

/// A booking of the reader's.
#[server(prefix = "/api", endpoint = "experts/booking", input = GetUrl, output = Json)]
pub async fn booking(
    /// Its id.
    id: String,
    /// Whether other times are asked for.
    #[server(default)]
    with_times: bool,
    /// Of which week.
    #[server(default)]
    week: Option<String>,
) -> Result<dto::Booking, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let it = service::booking(pool, &cx, parse::booking(&id)?).await.map_err(Failure::from)?;
    let is_moved = with_times && matches!(it.state, BookingState::Requested | BookingState::Confirmed);
    let times = if is_moved { Some(times::week(&server, it.expert.id, week.as_deref()).await?) } else { None };
    let beside = describe::Beside {
        balance: balance(&server, &cx, &it).await?,
        quote: quote(&server, &cx, &it).await?,
        times,
        review: review(&server, &it).await?,
        notes: notes(&server, &cx, &it).await?,
        publication: publication(&server, &cx, &it).await?,
    };
    Ok(describe::booking(&server, it, beside))
}

/// What is in the reader's wallet, while they are to pay.
#[cfg(not(target_arch = "wasm32"))]
async fn balance(server: &Server, cx: &Cx<Actor>, it: &BookingView) -> Result<Option<Money>, Failure> {
    if it.state != BookingState::Held || it.me != Party::Client {
        return Ok(None);
    }
    let wallet = money_core::service::wallet(server.database.pool(), cx.actor, cx.actor.account).await;
    let wallet = wallet.map_err(Failure::from)?;
    Ok(Some(wallet.of(CURRENCY).map_or(Money::zero(CURRENCY), |it| it.available)))
}

/// What the reader gets back, or gives, who cancels now.
#[cfg(not(target_arch = "wasm32"))]
async fn quote(server: &Server, cx: &Cx<Actor>, it: &BookingView) -> Result<Option<CancelQuote>, Failure> {
    let can = matches!(it.state, BookingState::Requested | BookingState::Confirmed) && cx.now() < it.starts_at;
    if !can {
        return Ok(None);
    }
    let quote = service::cancel_quote(server.database.pool(), cx, it.id).await;
    // It may have begun, or been cancelled, a moment ago.
    Ok(quote.ok())
}

/// What the client said of a call that is over.
#[cfg(not(target_arch = "wasm32"))]
async fn review(server: &Server, it: &BookingView) -> Result<Option<dto::Review>, Failure> {
    if !it.state.is_settled() {
        return Ok(None);
    }
    let review = service::review_of(server.database.pool(), it.id).await.map_err(Failure::from)?;
    Ok(review.map(|review| describe::review(review, it.me == Party::Expert, server.world.now())))
}

/// What both noted of a call that is over.
#[cfg(not(target_arch = "wasm32"))]
async fn notes(server: &Server, cx: &Cx<Actor>, it: &BookingView) -> Result<Option<dto::Notes>, Failure> {
    if !it.state.is_settled() {
        return Ok(None);
    }
    let (mine, theirs) = service::notes(server.database.pool(), cx, it.id).await.map_err(Failure::from)?;
    let note = |note: experts_core::expert::Note| dto::Note { body: note.body, consents: note.consents };
    Ok(Some(dto::Notes { mine: note(mine), theirs: note(theirs) }))
}

/// What the expert made public of that.
#[cfg(not(target_arch = "wasm32"))]
async fn publication(server: &Server, cx: &Cx<Actor>, it: &BookingView) -> Result<Option<dto::Publication>, Failure> {
    if it.state != BookingState::Completed {
        return Ok(None);
    }
    let published = service::published_of(server.database.pool(), cx, it.id).await.map_err(Failure::from)?;
    Ok(published.and_then(|published| describe::publication(published, it.me, server.world.now())))
}
