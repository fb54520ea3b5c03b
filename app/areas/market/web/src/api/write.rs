//! What forms about listings, shares and reviews send.

#![expect(clippy::too_many_arguments, reason = "the fields of a form are the arguments of its function")]

use leptos::prelude::*;
use web::{Failure, Outcome};

#[cfg(not(target_arch = "wasm32"))]
use {
    super::parse,
    crate::routes,
    kernel::{ListingId, Problem, ProblemKind},
    market_core::{Error, command, limits, service},
    web::server::Server,
};

/// Goes to a page that says what was done. The instant makes it another address each time, so the page is asked for anew.
#[cfg(not(target_arch = "wasm32"))]
pub fn said(server: &Server, page: &str, word: &str) -> Outcome {
    Outcome::Go(format!("{page}?done={word}&at={}", server.world.now().timestamp_millis()))
}

#[cfg(not(target_arch = "wasm32"))]
fn unreadable() -> Failure {
    Failure::from(Problem::new(ProblemKind::BadRequest, "The form could not be read. Reload the page and try again."))
}

/// Keeps what the listing of an agent says and costs, and offers it if `then` is `list`.
#[server(prefix = "/api", endpoint = "market/save_listing")]
pub async fn save_listing(
    #[server(default)] agent: String,
    #[server(default)] title: String,
    #[server(default)] tagline: String,
    #[server(default)] description: String,
    #[server(default)] category: String,
    #[server(default)] tags: String,
    #[server(default)] language: String,
    #[server(default)] suggestions: String,
    #[server(default)] free: bool,
    #[server(default)] once: String,
    #[server(default)] monthly: String,
    #[server(default)] yearly: String,
    #[server(default)] message: String,
    #[server(default)] free_messages: String,
    #[server(default)] fork_royalty: String,
    #[server(default)] then: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let agent = parse::agent(&agent)?;
    // What is no number is as wrong as one that is too high, and is told in the same words.
    let free_messages = if free_messages.trim().is_empty() { Ok(0) } else { free_messages.trim().parse() };
    let form = command::ListingForm {
        title,
        tagline,
        description,
        category,
        tags,
        language,
        suggestions,
        free,
        once,
        monthly,
        yearly,
        message,
        free_messages: free_messages.unwrap_or(u32::MAX),
        fork_royalty,
    };
    let text = form.parse().map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    let id = service::save_listing(&mut tx, &cx, agent, &text).await.map_err(Failure::from)?;
    if then == "list" {
        service::list(&mut tx, &cx, id).await.map_err(Failure::from)?;
    }
    server.commit(tx).await?;
    let word = if then == "list" { "listed" } else { "saved" };
    Ok(said(&server, &routes::sell(agent), word))
}

/// Offers a listing (`list`) or takes on nobody new (`pause`).
#[server(prefix = "/api", endpoint = "market/turn_listing")]
pub async fn turn_listing(
    #[server(default)] agent: String,
    #[server(default)] listing: String,
    #[server(default)] wish: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let (agent, id) = (parse::agent(&agent)?, parse::listing(&listing)?);
    let mut tx = server.begin().await?;
    let word = match wish.as_str() {
        "list" => service::list(&mut tx, &cx, id).await.map(|()| "listed"),
        "pause" => service::pause_listing(&mut tx, &cx, id).await.map(|()| "paused"),
        _ => return Err(unreadable()),
    };
    let word = word.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::sell(agent), word))
}

/// Takes a listing off the market with a reason, or lets it back when `restore` is set. For administrators.
#[server(prefix = "/api", endpoint = "market/withdraw")]
pub async fn withdraw(
    #[server(default)] listing: String,
    #[server(default)] reason: String,
    #[server(default)] restore: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let id = parse::listing(&listing)?;
    let mut tx = server.begin().await?;
    if restore {
        service::restore_listing(&mut tx, &cx, id).await.map_err(Failure::from)?;
    } else {
        let reason = command::Reason::parse(&reason).map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
        service::withdraw(&mut tx, &cx, id, &reason).await.map_err(Failure::from)?;
    }
    server.commit(tx).await?;
    Ok(said(&server, &routes::listing(id), if restore { "restored" } else { "withdrawn" }))
}

/// Offers somebody a share of what a listing earns.
#[server(prefix = "/api", endpoint = "market/offer_share")]
pub async fn offer_share(
    #[server(default)] agent: String,
    #[server(default)] listing: String,
    #[server(default)] account: String,
    #[server(default)] share: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let (agent, id) = (parse::agent(&agent)?, parse::listing(&listing)?);
    let account = parse::account(&server, &account).await?;
    let offer = command::OfferShare::parse(id, account, &share);
    let offer = offer.map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::offer_share(&mut tx, &cx, offer).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::sell(agent), "offered"))
}

/// Answers an offered share: `accept`, `decline`, `end` the share that the reader has, or `revoke` what they offered
/// to `account`, for which `agent` says where to go on.
#[server(prefix = "/api", endpoint = "market/answer_share")]
pub async fn answer_share(
    #[server(default)] listing: String,
    #[server(default)] wish: String,
    #[server(default)] account: String,
    #[server(default)] agent: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let id: ListingId = parse::listing(&listing)?;
    let me = cx.actor.account;
    let mut tx = server.begin().await?;
    let (page, word) = match wish.as_str() {
        "accept" => (routes::SELL.to_owned(), service::accept_share(&mut tx, &cx, id).await.map(|()| "accepted")),
        "decline" => (routes::SELL.to_owned(), service::decline_share(&mut tx, &cx, id, me).await.map(|()| "declined")),
        "end" => (routes::SELL.to_owned(), service::end_share(&mut tx, &cx, id).await.map(|()| "ended")),
        "revoke" => {
            let whose = account.parse().map_err(|_| Failure::from(Error::NoSuchShare))?;
            let page = routes::sell(parse::agent(&agent)?);
            (page, service::decline_share(&mut tx, &cx, id, whose).await.map(|()| "revoked"))
        }
        _ => return Err(unreadable()),
    };
    let word = word.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &page, word))
}

/// Says what the reader thinks of an agent they used, or changes it.
#[server(prefix = "/api", endpoint = "market/review")]
pub async fn put_review(
    #[server(default)] listing: String,
    #[server(default)] rating: String,
    #[server(default)] body: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::REVIEW).await?;
    let id = parse::listing(&listing)?;
    let new = command::NewReview::parse(rating.parse().unwrap_or(0), &body);
    let new = new.map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::put_review(&mut tx, &cx, id, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::listing(id), "reviewed"))
}

/// Deletes a review of the reader's, or any for an administrator.
#[server(prefix = "/api", endpoint = "market/delete_review")]
pub async fn delete_review(
    #[server(default)] listing: String,
    #[server(default)] review: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::REVIEW).await?;
    let (id, review) = (parse::listing(&listing)?, parse::review(&review)?);
    let mut tx = server.begin().await?;
    service::delete_review(&mut tx, &cx, review).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::listing(id), "deleted"))
}

/// Replies to a review of the reader's agent; an empty reply takes it back.
#[server(prefix = "/api", endpoint = "market/reply")]
pub async fn reply(
    #[server(default)] listing: String,
    #[server(default)] review: String,
    #[server(default)] body: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::REVIEW).await?;
    let (id, review) = (parse::listing(&listing)?, parse::review(&review)?);
    let reply = command::Reply::parse(&body).map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::reply(&mut tx, &cx, review, &reply).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::listing(id), "replied"))
}

/// Gives a sale of the reader's back.
#[server(prefix = "/api", endpoint = "market/refund_sale")]
pub async fn refund_sale(
    #[server(default)] agent: String,
    #[server(default)] sale: String,
    #[server(default)] reason: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let (agent, sale) = (parse::agent(&agent)?, parse::sale(&sale)?);
    let mut tx = server.begin().await?;
    service::refund(&mut tx, &cx, sale, &reason).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(said(&server, &routes::sales(agent), "refunded"))
}
