//! What somebody offers and earns.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, parse},
    crate::routes,
    agents_core::{AgentState, command::NewAgent},
    chrono::{DateTime, TimeDelta},
    kernel::{Actor, Money, PageSize, Problem},
    market_core::{
        Category, OwnListing, Prices, Role, limits,
        listing::{CURRENCY, FREE_MESSAGES},
        service,
    },
    platform::Cx,
    std::collections::{HashMap, HashSet},
    ui::AvatarSize,
    web::server::Server,
};

/// The amount with which it is shown how earnings are divided: ten.
#[cfg(not(target_arch = "wasm32"))]
const EXAMPLE: Money = Money::new(1_000, CURRENCY);

/// What amounts come to.
#[cfg(not(target_arch = "wasm32"))]
pub fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    Money::new(amounts.map(|it| it.minor).sum(), CURRENCY)
}

/// What the reader offers, what they could, and in what they share.
#[server(prefix = "/api", endpoint = "market/sell", input = GetUrl, output = Json)]
pub async fn sell(
    /// Where the older listings begin.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Sell, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let after = Server::cursor(after.as_deref())?;
    let page = service::my_listings(pool, &cx, after.as_ref(), PageSize::clamped(50)).await.map_err(Failure::from)?;
    let earned = service::revenue_by_listing(pool, &cx, DateTime::UNIX_EPOCH).await.map_err(Failure::from)?;
    let earned: HashMap<_, _> = earned.into_iter().map(|it| (it.listing, it.earned)).collect();
    let offered: HashSet<_> = page.items.iter().map(|it| it.agent.id).collect();
    let agents = agents_core::service::mine(pool, &cx, None, PageSize::clamped(100)).await.map_err(Failure::from)?;
    let agents = agents
        .items
        .into_iter()
        .filter(|it| it.state != AgentState::Retired && !offered.contains(&it.account.id) && after.is_none());
    let agents = agents.map(|it| (describe::who(it.account, AvatarSize::Medium), it.state)).collect();
    let listings = page.items.into_iter().map(|card| {
        let earned = earned.get(&card.id).copied().unwrap_or(Money::zero(CURRENCY));
        (describe::card(card), earned)
    });
    Ok(dto::Sell { listings: listings.collect(), next: page.next, agents, shares: shares(&server, &cx).await? })
}

#[cfg(not(target_arch = "wasm32"))]
async fn shares(server: &Server, cx: &Cx<Actor>) -> Result<Vec<dto::SharedWithMe>, Failure> {
    let pool = server.database.pool();
    let mut shares = Vec::new();
    for (card, points, offered) in service::shares_of_mine(pool, cx).await.map_err(Failure::from)? {
        // By what is agreed now: an offer does not count yet.
        let parties = service::simulate(pool, cx, card.agent.id, EXAMPLE).await.map_err(Failure::from)?;
        let mine = |it: &&market_core::Party| {
            it.role == Role::CoCreator && it.account.as_ref().is_some_and(|it| it.id == cx.actor.account)
        };
        let of_ten = parties.iter().find(mine).map(|it| it.amount);
        shares.push(dto::SharedWithMe { card: describe::card(card), points, offered, of_ten });
    }
    Ok(shares)
}

/// The form of the listing of an agent of the reader's.
#[server(prefix = "/api", endpoint = "market/sell_form", input = GetUrl, output = Json)]
pub async fn sell_form(
    /// The agent.
    agent: String,
) -> Result<dto::Form, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let id = parse::agent(&agent)?;
    let agent = agents_core::service::agent(pool, &cx, id).await.map_err(Failure::from)?;
    let listing = service::my_listing(pool, &cx, id).await.map_err(Failure::from)?;
    let sharers = match &listing {
        Some(listing) => service::co_creators(pool, &cx, listing.card.id).await.map_err(Failure::from)?,
        None => Vec::new(),
    };
    let of_ten = service::simulate(pool, &cx, id, EXAMPLE).await.map_err(Failure::from)?;
    let fields = match &listing {
        Some(listing) => fields(listing),
        None => dto::Fields {
            title: agent.account.name.to_string(),
            tagline: String::new(),
            description: String::new(),
            category: Category::Other,
            tags: agent.draft.topics.iter().take(5).cloned().collect::<Vec<_>>().join(", "),
            language: "en".to_owned(),
            suggestions: agent.draft.suggestions.join("\n"),
            prices: Prices::default(),
            free_messages: FREE_MESSAGES,
            fork_royalty: String::new(),
        },
    };
    Ok(dto::Form {
        agent: describe::who(agent.account, AvatarSize::Large),
        agent_state: agent.state,
        listing: listing.map(|it| dto::Offered {
            id: it.card.id,
            state: it.card.state,
            withdrawn_reason: it.withdrawn_reason,
            has_price: it.card.prices.any(),
        }),
        fields,
        sharers: sharers
            .into_iter()
            .map(|it| dto::Sharer {
                who: describe::who(it.account, AvatarSize::Medium),
                points: it.points,
                offered: it.offered,
            })
            .collect(),
        of_ten: of_ten.into_iter().map(describe::party).collect(),
    })
}

#[cfg(not(target_arch = "wasm32"))]
fn fields(listing: &OwnListing) -> dto::Fields {
    let card = &listing.card;
    dto::Fields {
        title: card.title.clone(),
        tagline: card.tagline.clone(),
        description: listing.description.clone(),
        category: card.category,
        tags: card.tags.join(", "),
        language: card.language.clone(),
        suggestions: listing.suggestions.join("\n"),
        prices: card.prices,
        free_messages: card.free_messages,
        fork_royalty: listing.fork_royalty.map(describe::percent).unwrap_or_default(),
    }
}

/// What was sold of an agent of the reader's.
#[server(prefix = "/api", endpoint = "market/sales", input = GetUrl, output = Json)]
pub async fn sales(
    /// The agent.
    agent: String,
    /// Where the older ones begin.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Sales, Failure> {
    let server = Server::current()?;
    let (pool, cx, now) = (server.database.pool(), server.cx()?, server.world.now());
    let after = Server::cursor(after.as_deref())?;
    let listing = service::my_listing(pool, &cx, parse::agent(&agent)?).await.map_err(Failure::from)?;
    let listing = listing.ok_or_else(|| Failure::from(Problem::not_found("listing")))?;
    let size = PageSize::DEFAULT;
    let page = service::sales(pool, &cx, listing.card.id, after.as_ref(), size).await.map_err(Failure::from)?;
    let sale = |it: market_core::SaleView| dto::Sale {
        id: it.id,
        buyer: describe::who(it.buyer, AvatarSize::Small),
        kind: it.kind,
        amount: it.amount,
        rule: it.rule_version,
        at: web::Moment::describe(it.at, now),
        refunded: it.refunded_at.map(|at| web::Moment::describe(at, now)),
    };
    Ok(dto::Sales { title: listing.card.title, sales: page.items.into_iter().map(sale).collect(), next: page.next })
}

/// What the reader earned.
#[server(prefix = "/api", endpoint = "market/earned", input = GetUrl, output = Json)]
pub async fn earned(
    /// Of which listing alone.
    #[server(default)]
    of: Option<String>,
    /// Where the older lines begin.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Earned, Failure> {
    let server = Server::current()?;
    let (pool, cx, now) = (server.database.pool(), server.cx()?, server.world.now());
    let after = Server::cursor(after.as_deref())?;
    let of = of.filter(|of| !of.is_empty()).map(|of| parse::listing(&of)).transpose()?;
    let by_listing = service::revenue_by_listing(pool, &cx, DateTime::UNIX_EPOCH).await.map_err(Failure::from)?;
    let month = now - TimeDelta::days(30);
    let lately = service::revenue_by_listing(pool, &cx, month).await.map_err(Failure::from)?;
    let size = PageSize::clamped(30);
    let page = service::revenue(pool, &cx, of, after.as_ref(), size).await.map_err(Failure::from)?;
    let line = |it: market_core::RevenueLine| dto::Line {
        title: it.title,
        listing: it.listing,
        kind: it.kind,
        paid: it.paid,
        role: it.role,
        amount: it.amount,
        returned: it.returned,
        rule: it.rule_version,
        transfer: it.transfer,
        refund: it.refund,
        at: web::Moment::describe(it.at, now),
    };
    Ok(dto::Earned {
        lately: sum(lately.iter().map(|it| it.earned)),
        total: sum(by_listing.iter().map(|it| it.earned)),
        by_listing,
        lines: page.items.into_iter().map(line).collect(),
        next: page.next,
        of,
    })
}

/// What the reader sees before they make an agent of another one.
#[server(prefix = "/api", endpoint = "market/fork_form", input = GetUrl, output = Json)]
pub async fn fork_form(
    /// The listing.
    listing: String,
) -> Result<dto::Fork, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let id = parse::listing(&listing)?;
    let view = service::listing(pool, &server.visitor_cx(), id).await.map_err(Failure::from)?;
    let (of_ten, problem) = match service::simulate_fork(pool, &cx, id, EXAMPLE).await {
        Ok(of_ten) => (of_ten, None),
        Err(error) => (Vec::new(), Some(Problem::from(error).message)),
    };
    Ok(dto::Fork {
        card: describe::card(view.card),
        royalty: view.fork_royalty,
        problem,
        of_ten: of_ten.into_iter().map(describe::party).collect(),
    })
}

/// Makes an agent of another one, and goes on to where it is built.
#[server(prefix = "/api", endpoint = "market/fork")]
pub async fn make_fork(
    /// The listing.
    #[server(default)]
    listing: String,
    /// The handle of the new agent.
    #[server(default)]
    handle: String,
    /// Its name.
    #[server(default)]
    name: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let id = parse::listing(&listing)?;
    let new = NewAgent::parse(handle.trim_start_matches('@'), &name, "");
    let new = new.map_err(|wrong| Failure::from(Problem::invalid(wrong)))?;
    let mut tx = server.begin().await?;
    let agent = service::fork(&mut tx, &cx, id, &new).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::build(agent)))
}
