//! The model, described for the wire.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{BasisPoints, Cursor, Money, PageSize};
use market_core::{LicenceView, ListingCard, ListingView, MyReview, Prices, ReviewView, service};
use platform::markdown;
use ui::AvatarSize;
use web::{Failure, Moment, server::Server};

use crate::dto;

/// An account, with its portrait in the size it is shown in.
pub fn who(account: AccountSummary, size: AvatarSize) -> dto::Who {
    dto::Who {
        id: account.id,
        handle: account.handle.into(),
        name: account.name.into(),
        kind: account.kind,
        portrait: account.portrait.map(|kept| web::server::portrait(&kept, size)),
        owner: account.owner_handle.map(String::from),
    }
}

/// A listing in the grid.
pub fn card(card: ListingCard) -> dto::Card {
    sized(card, AvatarSize::Large)
}

/// A listing with a portrait of a size.
fn sized(card: ListingCard, size: AvatarSize) -> dto::Card {
    dto::Card {
        id: card.id,
        agent: who(card.agent, size),
        state: card.state,
        title: card.title,
        tagline: card.tagline,
        category: card.category,
        language: card.language,
        prices: card.prices,
        free_messages: card.free_messages,
        figures: card.figures,
    }
}

/// A day, which may be to come.
pub fn day(at: DateTime<Utc>, now: DateTime<Utc>) -> Moment {
    Moment { short: at.format("%-d %B %Y").to_string(), ..Moment::describe(at, now) }
}

/// Something that was bought.
pub fn licence(it: LicenceView, now: DateTime<Utc>) -> dto::Licence {
    dto::Licence {
        id: it.id,
        listing: it.listing,
        title: it.title,
        agent: who(it.agent, AvatarSize::Medium),
        kind: it.kind,
        state: it.state,
        price: it.price,
        since: day(it.created_at, now),
        began: day(it.period_start, now),
        until: it.period_end.map(|at| day(at, now)),
        at_end: it.at_end,
        due: it.due_at.map(|at| day(at, now)),
        answers: it.answers,
        returnable_until: it.refundable_until.map(|at| day(at, now)),
        ended: it.end_reason,
    }
}

/// The ways to have an agent, with what the platform keeps of each.
pub async fn offers(server: &Server, view: &ListingView) -> Result<Vec<dto::Offer>, Failure> {
    use market_core::LicenceKind::{Monthly, Once, Yearly};
    let Prices { once, monthly, yearly, message, .. } = view.card.prices;
    let ways = [(Some(Once), once), (Some(Monthly), monthly), (Some(Yearly), yearly), (None, message)];
    let ways: Vec<_> = ways.into_iter().filter_map(|(kind, price)| Some((kind, price?))).collect();
    let prices: Vec<Money> = ways.iter().map(|it| it.1).collect();
    let parts = service::platform_parts(server.database.pool(), view.card.id, &prices).await.map_err(Failure::from)?;
    Ok(ways.into_iter().zip(parts).map(|((kind, price), platform)| dto::Offer { kind, price, platform }).collect())
}

/// The titles of so many sources are shown of an agent.
const TITLES: u8 = 10;

/// What an agent is, as its version that answers says; nothing while it rests.
pub async fn made(server: &Server, view: &ListingView) -> Result<Option<dto::Made>, Failure> {
    if !view.answers {
        return Ok(None);
    }
    let pool = server.database.pool();
    // It may have been put to rest in between.
    let Ok((spec, version)) = agents_core::service::published_spec(pool, view.card.agent.id).await else {
        return Ok(None);
    };
    let can = spec.tools.iter().filter(|(_, mode)| **mode != agents_core::ToolMode::Off);
    let tools = can.map(|(tool, mode)| {
        let asks = if *mode == agents_core::ToolMode::Ask { " (asks first)" } else { "" };
        format!("{}{asks}", tool.replace(['_', '.'], " "))
    });
    let knows = agents_core::service::source_titles(pool, view.card.agent.id, TITLES).await;
    let (knows, all) = knows.map_err(Failure::from)?;
    let knows_more = all.saturating_sub(u64::try_from(knows.len()).unwrap_or(u64::MAX));
    let (tools, topics) = (tools.collect(), spec.topics);
    Ok(Some(dto::Made { version, topics, knows, knows_more, tools, remembers: spec.remembers }))
}

/// A listing on its page.
pub async fn listing(server: &Server, view: ListingView, after: Option<&Cursor>) -> Result<dto::Listing, Failure> {
    let (pool, now) = (server.database.pool(), server.world.now());
    let (offers, made) = (offers(server, &view).await?, made(server, &view).await?);
    let reviews = reviews(server, &view, after).await?;
    let (agent, id) = (view.card.agent.id, view.card.id);
    let (mut standing, mut licence, mut own_review, mut withdrawn_reason) =
        (None, None, dto::OwnReview::default(), None);
    // Asked of the visit: to ask for who must be signed in would mark the page as refused.
    if let Some(signed_in) = &server.visit.signed_in {
        let cx = server.world.cx(signed_in.actor);
        let mine = service::standing(pool, &cx, agent).await.map_err(Failure::from)?;
        if let Some(of) = mine.licence {
            licence = Some(self::licence(service::licence(pool, &cx, of).await.map_err(Failure::from)?, now));
        }
        standing = Some(mine);
        own_review = own(service::my_review(pool, &cx, id).await.map_err(Failure::from)?);
        if view.mine {
            let own = service::my_listing(pool, &cx, agent).await.map_err(Failure::from)?;
            withdrawn_reason = own.and_then(|own| own.withdrawn_reason);
        }
    }
    Ok(dto::Listing {
        tags: view.card.tags.clone(),
        card: sized(view.card, AvatarSize::Huge),
        owner: who(view.owner, AvatarSize::Medium),
        html: view.description_html,
        suggestions: view.suggestions,
        offers,
        fork_royalty: view.fork_royalty,
        forked_from: view.forked_from.map(|it| who(it, AvatarSize::Medium)),
        answers: view.answers,
        made,
        mine: view.mine,
        withdrawn_reason,
        standing,
        licence,
        own_review,
        reviews,
    })
}

async fn reviews(server: &Server, view: &ListingView, after: Option<&Cursor>) -> Result<dto::Reviews, Failure> {
    let (pool, cx, now) = (server.database.pool(), server.visitor_cx(), server.world.now());
    let page = service::reviews(pool, &cx, view.card.id, after, PageSize::clamped(10)).await.map_err(Failure::from)?;
    Ok(dto::Reviews {
        reviews: page.items.into_iter().map(|it| review(it, view.mine, now)).collect(),
        next: page.next,
        may_reply: view.mine,
    })
}

fn own(it: MyReview) -> dto::OwnReview {
    let review = it.review;
    dto::OwnReview {
        may: it.may,
        rating: review.as_ref().map(|review| review.rating),
        id: review.as_ref().map(|review| review.id),
        body: review.map(|review| review.body).unwrap_or_default(),
    }
}

/// A review.
fn review(it: ReviewView, may_reply: bool, now: DateTime<Utc>) -> dto::Review {
    dto::Review {
        id: it.id,
        author: who(it.author, AvatarSize::Small),
        rating: it.rating,
        html: markdown::render(&it.body),
        reply_html: it.reply.as_deref().map(markdown::render),
        reply: it.reply.filter(|_| may_reply).unwrap_or_default(),
        at: Moment::describe(it.created_at, now),
        edited: it.edited_at.is_some(),
        mine: it.mine,
    }
}

/// A party and what it gets.
pub fn party(it: market_core::Party) -> dto::Party {
    dto::Party {
        who: it.account.map(|account| who(account, AvatarSize::Small)),
        role: it.role,
        points: it.points,
        amount: it.amount,
    }
}

/// A rate as it is typed: `12.5`.
pub fn percent(points: BasisPoints) -> String {
    points.to_string().trim_end_matches(" %").to_owned()
}
