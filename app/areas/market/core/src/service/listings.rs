//! Listings are written, offered, paused by their owners, and taken off the market by administrators.

use agents_core::Language;
use kernel::{AccountId, Actor, BasisPoints, Cursor, ListingId, Page, PageSize};
use platform::{Cx, Tx, event, markdown};
use sqlx::PgPool;

use super::{is_admin, mine, own, split};
use crate::{
    Error, ListingState, ListingView, OwnListing,
    command::{ListingText, Reason},
    event::{ListingEdited, ListingPaused, ListingPublished, ListingRestored, ListingWithdrawn},
    store::{
        cards, forks, licences,
        listings::{self, Listing},
        splits,
    },
};

/// Keeps what the listing of an agent says and costs; makes a draft of one, if there is none. Whoever subscribed goes on with
/// the price they agreed to.
///
/// # Errors
/// When the agent isn't the actor's, or what is offered would have no price.
pub async fn save_listing(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    text: &ListingText,
) -> Result<ListingId, Error> {
    let (owner, _) = listings::agent(&mut **tx, agent).await?.ok_or(Error::NoSuchListing)?;
    own(&cx.actor, owner)?;
    let id = listings::ensure(tx, cx.id(), agent, owner, cx.now()).await?;
    let before = mine(listings::lock(tx, id).await?, &cx.actor)?;
    if before.state != ListingState::Draft && !text.prices.any() {
        return Err(Error::NoOffer);
    }
    let config = config(&text.language);
    listings::save(tx, id, text, &markdown::render(&text.description), config, cx.now()).await?;
    let prices = before.prices != text.prices;
    event::append(tx, cx, id, &ListingEdited { listing: id, agent, prices }).await?;
    Ok(id)
}

/// The name that the database's text search has for a language.
pub(super) fn config(language: &str) -> &'static str {
    let language = match language {
        "en" => Language::English,
        "de" => Language::German,
        "pt" => Language::Portuguese,
        "es" => Language::Spanish,
        "fr" => Language::French,
        "it" => Language::Italian,
        "nl" => Language::Dutch,
        _ => Language::Other,
    };
    language.config()
}

/// Offers an agent on the market, for the first time or again. What is offered already stays so.
///
/// # Errors
/// When it isn't the actor's, the agent does not answer, nothing says what it costs, more would be given away than there is,
/// or an administrator took it off the market.
pub async fn list(tx: &mut Tx, cx: &Cx<Actor>, id: ListingId) -> Result<(), Error> {
    let listing = mine(listings::lock(tx, id).await?, &cx.actor)?;
    match listing.state {
        ListingState::Listed => return Ok(()),
        ListingState::Withdrawn => return Err(Error::Withdrawn),
        ListingState::Draft | ListingState::Paused => {}
    }
    let (_, at_work) = listings::agent(&mut **tx, listing.agent).await?.ok_or(Error::NoSuchListing)?;
    if !at_work {
        return Err(Error::AgentNotPublished);
    }
    if !listing.prices.any() || listing.title.is_empty() {
        return Err(Error::NoOffer);
    }
    split::renew(tx, cx, &listing).await?;
    listings::set_state(tx, id, ListingState::Listed, None, cx.now()).await?;
    let again = listing.state == ListingState::Paused;
    let fact = ListingPublished { listing: id, agent: listing.agent, owner: listing.owner, again };
    event::append(tx, cx, id, &fact).await?;
    Ok(())
}

/// Takes on nobody new; whoever used it before goes on.
///
/// # Errors
/// When it isn't the actor's, or was never offered.
pub async fn pause_listing(tx: &mut Tx, cx: &Cx<Actor>, id: ListingId) -> Result<(), Error> {
    let listing = mine(listings::lock(tx, id).await?, &cx.actor)?;
    match listing.state {
        ListingState::Paused => return Ok(()),
        ListingState::Withdrawn => return Err(Error::Withdrawn),
        ListingState::Draft => return Err(Error::NotOffered),
        ListingState::Listed => {}
    }
    listings::set_state(tx, id, ListingState::Paused, None, cx.now()).await?;
    event::append(tx, cx, id, &ListingPaused { listing: id, agent: listing.agent }).await?;
    Ok(())
}

/// Takes a listing off the market, with a reason that its owner reads. Subscriptions end with the period that is paid.
///
/// # Errors
/// When the actor is no administrator.
pub async fn withdraw(tx: &mut Tx, cx: &Cx<Actor>, id: ListingId, reason: &Reason) -> Result<(), Error> {
    if !is_admin(&mut **tx, cx.actor.account).await? {
        return Err(Error::NotAdmin);
    }
    // Licences before the listing, as everywhere.
    licences::let_end(tx, id).await?;
    let listing = listings::lock(tx, id).await?.ok_or(Error::NoSuchListing)?;
    if listing.state == ListingState::Draft {
        return Err(Error::NotOffered);
    }
    listings::set_state(tx, id, ListingState::Withdrawn, Some(&reason.0), cx.now()).await?;
    if listing.state != ListingState::Withdrawn {
        let fact = ListingWithdrawn { listing: id, agent: listing.agent, owner: listing.owner };
        event::append(tx, cx, id, &fact).await?;
    }
    Ok(())
}

/// Lets a listing back that was taken off: its owner can offer it again.
///
/// # Errors
/// When the actor is no administrator.
pub async fn restore_listing(tx: &mut Tx, cx: &Cx<Actor>, id: ListingId) -> Result<(), Error> {
    if !is_admin(&mut **tx, cx.actor.account).await? {
        return Err(Error::NotAdmin);
    }
    let listing = listings::lock(tx, id).await?.ok_or(Error::NoSuchListing)?;
    if listing.state == ListingState::Withdrawn {
        listings::set_state(tx, id, ListingState::Paused, None, cx.now()).await?;
        let fact = ListingRestored { listing: id, agent: listing.agent, owner: listing.owner };
        event::append(tx, cx, id, &fact).await?;
    }
    Ok(())
}

/// A listing on its page. What is withdrawn is there for its owner, administrators, and those who paid for it.
///
/// # Errors
/// When there is none for the viewer.
pub async fn listing(pool: &PgPool, cx: &Cx<Option<Actor>>, id: ListingId) -> Result<ListingView, Error> {
    let row = listings::find(pool, id).await?.ok_or(Error::NoSuchListing)?;
    view(pool, cx.actor, row).await
}

/// The listing of an agent on its page, if there is one for the viewer.
///
/// # Errors
/// When the database fails.
pub async fn listing_of(pool: &PgPool, cx: &Cx<Option<Actor>>, agent: AccountId) -> Result<Option<ListingView>, Error> {
    let Some(row) = listings::of_agent(pool, agent).await? else { return Ok(None) };
    match view(pool, cx.actor, row).await {
        Err(Error::NoSuchListing) => Ok(None),
        other => other.map(Some),
    }
}

async fn view(pool: &PgPool, viewer: Option<Actor>, row: Listing) -> Result<ListingView, Error> {
    if !may_see(pool, viewer, &row).await? {
        return Err(Error::NoSuchListing);
    }
    let texts = listings::texts(pool, row.id).await?;
    let forked_from = match texts.forked_from {
        Some(parent) => Some(listings::summary(pool, parent).await?),
        None => None,
    };
    Ok(ListingView {
        card: cards::one(pool, row.id).await?.ok_or(Error::NoSuchListing)?,
        owner: listings::summary(pool, row.owner).await?,
        description_html: texts.description_html,
        suggestions: texts.suggestions,
        fork_royalty: row.fork_royalty,
        forked_from,
        answers: row.at_work,
        mine: viewer.is_some_and(|viewer| viewer.account == row.owner),
    })
}

pub(super) async fn may_see(pool: &PgPool, viewer: Option<Actor>, row: &Listing) -> Result<bool, Error> {
    if matches!(row.state, ListingState::Listed | ListingState::Paused) {
        return Ok(true);
    }
    let Some(viewer) = viewer else { return Ok(false) };
    if viewer.account == row.owner {
        return Ok(true);
    }
    // Of a draft, those know who were asked to share in it.
    if splits::sharing(pool, row.id).await?.iter().any(|it| it.account == viewer.account) {
        return Ok(true);
    }
    Ok(row.state == ListingState::Withdrawn
        && (licences::had(pool, row.id, viewer.account).await?.is_some() || is_admin(pool, viewer.account).await?))
}

/// The listing of an agent of the actor's, to be edited, if there is one.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn my_listing(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Option<OwnListing>, Error> {
    let own_agent = agents_core::service::agent(pool, cx, agent).await?;
    let Some(row) = listings::of_agent(pool, agent).await? else { return Ok(None) };
    let row = mine(Some(row), &cx.actor)?;
    let texts = listings::texts(pool, row.id).await?;
    let royalties = forks::royalties(pool, agent).await?;
    let sharing = splits::sharing(pool, row.id).await?;
    let given = royalties.iter().map(|it| it.points).chain(sharing.iter().map(|it| it.points));
    let given: u16 = given.map(BasisPoints::get).fold(0, u16::saturating_add);
    Ok(Some(OwnListing {
        card: cards::one(pool, row.id).await?.ok_or(Error::NoSuchListing)?,
        owner: row.owner,
        agent_state: own_agent.state,
        description: texts.description,
        suggestions: texts.suggestions,
        fork_royalty: row.fork_royalty,
        given_away: BasisPoints::try_from(given).unwrap_or(BasisPoints::ALL),
        withdrawn_reason: texts.withdrawn_reason,
    }))
}

/// The actor's listings, youngest first.
///
/// # Errors
/// When the cursor was made up.
pub async fn my_listings(
    pool: &PgPool,
    cx: &Cx<Actor>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<crate::ListingCard>, Error> {
    let before = after.map(Cursor::id).transpose()?;
    let found = cards::of_owner(pool, cx.actor.account, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |card| card.id))
}
