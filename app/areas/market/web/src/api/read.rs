//! What everybody may see.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, parse},
    kernel::PageSize,
    market_core::{Error, limits, service},
    ui::AvatarSize,
    web::server::Server,
};

/// What the reader looks for, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Words.
    pub words: Option<String>,
    /// What it is for.
    pub category: Option<String>,
    /// A way to pay that it offers.
    pub price: Option<String>,
    /// The lowest price is at most so much.
    pub max: Option<String>,
    /// At least so many stars.
    pub rating: Option<String>,
    /// The language it speaks.
    pub language: Option<String>,
    /// In which order.
    pub sort: Option<String>,
    /// Where the page begins.
    pub after: Option<String>,
}

/// What is offered.
#[server(prefix = "/api", endpoint = "market/market", input = GetUrl, output = Json)]
pub async fn market(
    /// What is looked for.
    #[server(default)]
    asked: Asked,
) -> Result<dto::Market, Failure> {
    let server = Server::current()?;
    server.limit(limits::SEARCH).await?;
    let (filter, sort, wrong_price) = parse::filter(&asked);
    let after = Server::cursor(asked.after.as_deref())?;
    let size = PageSize::clamped(24);
    let page =
        service::search(server.database.pool(), &filter, sort, after.as_ref(), size).await.map_err(Failure::from)?;
    let cards = page.items.into_iter().map(describe::card).collect();
    Ok(dto::Market { cards, next: page.next, wrong_price })
}

/// A listing, by its id or the handle of its agent.
#[server(prefix = "/api", endpoint = "market/listing", input = GetUrl, output = Json)]
pub async fn listing(
    /// The id, or the handle.
    of: String,
    /// Where the older reviews begin.
    #[server(default)]
    reviews: Option<String>,
) -> Result<dto::Listing, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.visitor_cx());
    let view = if let Ok(id) = of.parse() {
        service::listing(pool, &cx, id).await.map_err(Failure::from)?
    } else {
        let missing = || Failure::from(Error::NoSuchListing);
        let handle = of.trim_start_matches('@').parse().map_err(|_| missing())?;
        let agent = identity_core::service::account_by_handle(pool, &handle).await.map_err(Failure::from)?;
        let agent = agent.ok_or_else(missing)?.summary.id;
        service::listing_of(pool, &cx, agent).await.map_err(Failure::from)?.ok_or_else(missing)?
    };
    let reviews = Server::cursor(reviews.as_deref())?;
    describe::listing(&server, view, reviews.as_ref()).await
}

/// What somebody offers.
#[server(prefix = "/api", endpoint = "market/creator", input = GetUrl, output = Json)]
pub async fn creator(
    /// Their handle.
    handle: String,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Creator, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.visitor_cx());
    let after = Server::cursor(after.as_deref())?;
    let missing = || Failure::from(kernel::Problem::not_found("account"));
    let handle = handle.trim_start_matches('@').parse().map_err(|_| missing())?;
    let account = identity_core::service::account_by_handle(pool, &handle).await.map_err(Failure::from)?;
    let account = account.ok_or_else(missing)?.summary.id;
    let size = PageSize::clamped(24);
    let it = service::creator(pool, &cx, account, after.as_ref(), size).await.map_err(Failure::from)?;
    let earned = it.revenue.map(|of| super::sell::sum(of.iter().map(|it| it.earned)));
    Ok(dto::Creator {
        account: describe::who(it.account, AvatarSize::Huge),
        followers: it.followers,
        cards: it.listings.items.into_iter().map(describe::card).collect(),
        next: it.listings.next,
        earned,
    })
}
