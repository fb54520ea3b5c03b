//! What somebody buys.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, parse},
    crate::routes,
    kernel::{LicenceId, Money, PageSize},
    market_core::{AtEnd, Error, LicenceKind, command, limits, listing::CURRENCY, service},
    web::server::Server,
};

/// What somebody sees before they buy: the price, what is in their wallet, and what is missing there.
#[server(prefix = "/api", endpoint = "market/buy_form", input = GetUrl, output = Json)]
pub async fn buy_form(
    /// The listing.
    listing: String,
    /// In which way.
    kind: String,
) -> Result<dto::Buy, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let (id, kind) = (parse::listing(&listing)?, parse::kind(&kind)?);
    let view = service::listing(pool, &server.visitor_cx(), id).await.map_err(Failure::from)?;
    let offers = describe::offers(&server, &view).await?;
    let offer = offers.into_iter().find(|it| it.kind == Some(kind));
    let offer = offer.ok_or_else(|| Failure::from(Error::NotOffered))?;
    if view.mine {
        return Err(Failure::from(Error::Yours));
    }
    let standing = service::standing(pool, &cx, view.card.agent.id).await.map_err(Failure::from)?;
    let wallet = money_core::service::wallet(pool, cx.actor, cx.actor.account).await.map_err(Failure::from)?;
    let balance = wallet.of(CURRENCY).map_or(Money::zero(CURRENCY), |it| it.available);
    let missing = offer.price.minor - balance.minor;
    Ok(dto::Buy {
        card: describe::card(view.card),
        kind,
        price: offer.price,
        platform: offer.platform,
        balance,
        missing: (missing > 0).then(|| Money::new(missing, CURRENCY)),
        has: standing.licence,
        key: server.submission_key(),
    })
}

/// Buys an agent, or subscribes to it.
#[server(prefix = "/api", endpoint = "market/buy")]
pub async fn buy_agent(
    /// The listing.
    #[server(default)]
    listing: String,
    /// In which way.
    #[server(default)]
    kind: String,
    /// The price that was seen, in minor units.
    #[server(default)]
    seen: i64,
    /// What makes it happen once.
    #[server(default)]
    key: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BUY).await?;
    let buy = command::Buy {
        listing: parse::listing(&listing)?,
        kind: parse::kind(&kind)?,
        seen: parse::seen(seen),
        key: key.parse().map_err(|error| Failure::from(Error::Ledger(money_core::Error::Key(error))))?,
    };
    let mut tx = server.begin().await?;
    let id = service::buy(&mut tx, &cx, &buy).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    let word = if buy.kind == LicenceKind::Once { "bought" } else { "subscribed" };
    Ok(done(&server, id, word))
}

/// Agrees to what a message costs, and goes on to the conversation.
#[server(prefix = "/api", endpoint = "market/agree")]
pub async fn agree(
    /// The listing.
    #[server(default)]
    listing: String,
    /// The price that was seen, in minor units.
    #[server(default)]
    seen: i64,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BUY).await?;
    let id = parse::listing(&listing)?;
    let view = service::listing(server.database.pool(), &server.visitor_cx(), id).await.map_err(Failure::from)?;
    let mut tx = server.begin().await?;
    service::agree_price(&mut tx, &cx, view.card.agent.id, parse::seen(seen)).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::chat(view.card.agent.handle.as_str())))
}

/// What the reader bought.
#[server(prefix = "/api", endpoint = "market/bought", input = GetUrl, output = Json)]
pub async fn bought(
    /// Where the older ones begin.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Bought, Failure> {
    let server = Server::current()?;
    let (pool, cx, now) = (server.database.pool(), server.cx()?, server.world.now());
    let after = Server::cursor(after.as_deref())?;
    let page = service::licences(pool, &cx, after.as_ref(), PageSize::DEFAULT).await.map_err(Failure::from)?;
    Ok(dto::Bought {
        licences: page.items.into_iter().map(|it| describe::licence(it, now)).collect(),
        next: page.next,
        spent: service::spending(pool, &cx).await.map_err(Failure::from)?,
    })
}

/// Something the reader bought.
#[server(prefix = "/api", endpoint = "market/licence", input = GetUrl, output = Json)]
pub async fn licence(
    /// Its id.
    id: String,
) -> Result<dto::Licence, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let it = service::licence(pool, &cx, parse::licence(&id)?).await.map_err(Failure::from)?;
    Ok(describe::licence(it, server.world.now()))
}

/// Decides whether a subscription goes on when its period ends. `at_end` is `renew` or `cancel`.
#[server(prefix = "/api", endpoint = "market/decide_end")]
pub async fn decide_end(
    /// The licence.
    #[server(default)]
    licence: String,
    /// What happens then.
    #[server(default)]
    at_end: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BUY).await?;
    let id = parse::licence(&licence)?;
    let at_end = AtEnd::parse(&at_end).ok_or_else(|| Failure::from(Error::NothingToDecide))?;
    let mut tx = server.begin().await?;
    service::decide_end(&mut tx, &cx, id, at_end).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(done(&server, id, at_end.as_str()))
}

/// Pays what a subscription owes.
#[server(prefix = "/api", endpoint = "market/pay_now")]
pub async fn pay_now(
    /// The licence.
    #[server(default)]
    licence: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BUY).await?;
    let id = parse::licence(&licence)?;
    let mut tx = server.begin().await?;
    service::pay_now(&mut tx, &cx, id).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(done(&server, id, "paid"))
}

/// Gives what was bought back for what was paid.
#[server(prefix = "/api", endpoint = "market/give_back")]
pub async fn give_back(
    /// The licence.
    #[server(default)]
    licence: String,
    /// Why; may be empty.
    #[server(default)]
    reason: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::BUY).await?;
    let licence = parse::licence(&licence)?;
    let mut tx = server.begin().await?;
    service::give_back(&mut tx, &cx, &command::GiveBack { licence, reason }).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(done(&server, licence, "returned"))
}

#[cfg(not(target_arch = "wasm32"))]
fn done(server: &Server, id: LicenceId, word: &str) -> Outcome {
    super::write::said(server, &routes::purchase(id), word)
}
