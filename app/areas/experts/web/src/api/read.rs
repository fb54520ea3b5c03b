//! What everybody may see.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, limits, parse, times},
    experts_core::{ExpertState, service},
    kernel::PageSize,
    ui::AvatarSize,
    web::server::Server,
};

/// What the reader looks for, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// What they need, in words.
    pub need: Option<String>,
    /// Something an expert says they know about.
    pub skill: Option<String>,
    /// A language.
    pub language: Option<String>,
    /// Ten minutes cost at most so much.
    pub max: Option<String>,
    /// At least so many stars.
    pub stars: Option<String>,
    /// How soon they are free.
    pub before: Option<String>,
    /// In which order.
    pub sort: Option<String>,
    /// Where the page begins.
    pub after: Option<String>,
}

/// Who can be booked.
#[server(prefix = "/api", endpoint = "experts/search", input = GetUrl, output = Json)]
pub async fn search(
    /// What is looked for.
    #[server(default)]
    asked: Asked,
) -> Result<dto::Found, Failure> {
    let server = Server::current()?;
    let cx = server.visitor_cx();
    server.limit(limits::SEARCH).await?;
    let (filter, wrong_price) = parse::filter(&asked, cx.now())?;
    let page = service::search(&server.database, &cx, &filter, PageSize::clamped(24)).await.map_err(Failure::from)?;
    let skills = service::skills(server.database.pool()).await.map_err(Failure::from)?;
    let cards = page.items.into_iter().map(|card| describe::card(card, AvatarSize::Large)).collect();
    Ok(dto::Found { cards, next: page.next, skills, wrong_price })
}

/// An expert, by their handle.
#[server(prefix = "/api", endpoint = "experts/expert", input = GetUrl, output = Json)]
pub async fn expert(
    /// The handle, with or without `@`.
    handle: String,
    /// Of which week the free times are.
    #[server(default)]
    week: Option<String>,
    /// Where the older reviews begin.
    #[server(default)]
    reviews: Option<String>,
    /// Where what was published earlier of calls begins.
    #[server(default)]
    calls: Option<String>,
) -> Result<dto::Expert, Failure> {
    let server = Server::current()?;
    server.limit(limits::SEARCH).await?;
    let (pool, cx, now) = (server.database.pool(), server.visitor_cx(), server.world.now());
    let id = parse::account(&server, &handle).await?;
    let it = service::expert(pool, &cx, id).await.map_err(Failure::from)?;
    let after = Server::cursor(reviews.as_deref())?;
    let reviews = service::reviews(pool, id, after.as_ref(), PageSize::clamped(10)).await.map_err(Failure::from)?;
    let after = Server::cursor(calls.as_deref())?;
    let calls = service::published(pool, id, after.as_ref(), PageSize::clamped(5)).await.map_err(Failure::from)?;
    let mut free = match it.state {
        ExpertState::Published => times::week(&server, id, week.as_deref()).await?,
        ExpertState::Draft | ExpertState::Paused => times::none(&server),
    };
    let mut offers = Vec::new();
    // Asked of the visit: to ask for who must be signed in would mark the page as refused.
    if let Some(signed_in) = &server.visit.signed_in {
        let mine = service::my_offers(pool, &server.world.cx(signed_in.actor)).await.map_err(Failure::from)?;
        let mine = mine.into_iter().filter(|offer| offer.expert.id == id);
        offers.extend(mine.map(|it| dto::Offer { start: describe::at(it.starts_at), until: describe::at(it.until) }));
    }
    free.add(&offers);
    let mine = cx.actor.is_some_and(|actor| actor.account == id);
    Ok(dto::Expert {
        mine,
        card: describe::card(it.card, AvatarSize::Huge),
        state: it.state,
        about_html: it.about_html,
        zone: it.zone,
        policy: it.policy.policy().words(),
        approval: it.approval,
        services: it.services,
        waiting: it.waiting,
        i_wait: it.i_wait,
        offers,
        times: free,
        reviews: reviews.items.into_iter().map(|it| describe::review(it, mine, now)).collect(),
        older: reviews.next,
        calls: calls.items.into_iter().map(|it| describe::from_call(it, now)).collect(),
        older_calls: calls.next,
        key: if cx.actor.is_some() { server.submission_key() } else { String::new() },
    })
}
