//! Who shares in what an agent earns: offered, accepted, ended. Each change makes another rule.

use identity_core::AccountKind;
use kernel::{AccountId, Actor, BasisPoints, ListingId, Money};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use super::{mine, own};
use crate::{
    CoCreator, Error, Party, Role, Rule, Share,
    command::OfferShare,
    event::{ShareAccepted, ShareEnded, ShareOffered, SplitChanged},
    split::{MAX_CO_CREATORS, PLATFORM_POINTS, WHOLE},
    store::{
        forks,
        listings::{self, Listing},
        splits::{self, Sharing},
    },
};

/// Offers somebody a share of what a listing earns, or another one than they have. It counts once they accept it.
///
/// # Errors
/// When it isn't the actor's listing, there is nobody who could have a share, or more would be given away than there is.
pub async fn offer_share(tx: &mut Tx, cx: &Cx<Actor>, offer: OfferShare) -> Result<(), Error> {
    let OfferShare { listing: id, account, points } = offer;
    let listing = mine(listings::lock(tx, id).await?, &cx.actor)?;
    let known = identity_core::service::account(&mut **tx, account).await?;
    if account == listing.owner || !known.is_some_and(|it| it.summary.kind != AccountKind::Agent) {
        return Err(Error::NoSuchAccount);
    }
    let sharing = splits::sharing(&mut **tx, id).await?;
    if sharing.len() >= MAX_CO_CREATORS && !sharing.iter().any(|it| it.account == account) {
        return Err(Error::ManyCoCreators);
    }
    // Counted with everything that was offered to others: whatever is accepted, it is never too much.
    let others =
        sharing.iter().filter(|it| it.account != account).map(|it| it.offered.unwrap_or(it.points).max(it.points));
    let royalties = forks::royalties(&mut **tx, listing.agent).await?;
    within_whole(others.chain([points]).chain(royalties.iter().map(|it| it.points)))?;
    splits::offer(tx, id, account, points, cx.now()).await?;
    event::append(tx, cx, id, &ShareOffered { listing: id, account, points }).await?;
    Ok(())
}

/// Accepts the share that was offered to the actor: from now on it counts.
///
/// # Errors
/// When nothing is offered to them.
pub async fn accept_share(tx: &mut Tx, cx: &Cx<Actor>, id: ListingId) -> Result<(), Error> {
    let me = cx.actor.account;
    let listing = listings::lock(tx, id).await?.ok_or(Error::NoSuchShare)?;
    let points = of(tx, id, me).await?.offered.ok_or(Error::NoSuchShare)?;
    splits::accept(tx, id, me, cx.now()).await?;
    event::append(tx, cx, id, &ShareAccepted { listing: id, account: me, points }).await?;
    renew(tx, cx, &listing).await
}

/// Declines what was offered to the actor, or takes an offer of the actor's own listing back. What somebody has stays.
///
/// # Errors
/// When nothing is offered.
pub async fn decline_share(tx: &mut Tx, cx: &Cx<Actor>, id: ListingId, account: AccountId) -> Result<(), Error> {
    let listing = listings::lock(tx, id).await?.ok_or(Error::NoSuchShare)?;
    if cx.actor.account != account {
        own(&cx.actor, listing.owner).map_err(|_| Error::NoSuchShare)?;
    }
    of(tx, id, account).await?.offered.ok_or(Error::NoSuchShare)?;
    splits::unoffer(tx, id, account).await?;
    event::append(tx, cx, id, &ShareEnded { listing: id, account }).await?;
    Ok(())
}

/// Gives the actor's own share back to the creator. Nobody can take away what somebody else accepted.
///
/// # Errors
/// When they have none.
pub async fn end_share(tx: &mut Tx, cx: &Cx<Actor>, id: ListingId) -> Result<(), Error> {
    let me = cx.actor.account;
    let listing = listings::lock(tx, id).await?.ok_or(Error::NoSuchShare)?;
    of(tx, id, me).await?;
    splits::leave(tx, id, me).await?;
    event::append(tx, cx, id, &ShareEnded { listing: id, account: me }).await?;
    renew(tx, cx, &listing).await
}

async fn of(tx: &mut Tx, listing: ListingId, account: AccountId) -> Result<Sharing, Error> {
    let sharing = splits::sharing(&mut **tx, listing).await?;
    sharing.into_iter().find(|it| it.account == account).ok_or(Error::NoSuchShare)
}

/// Those who share in a listing of the actor's, or were asked to.
///
/// # Errors
/// When it is neither the actor's nor do they share in it.
pub async fn co_creators(pool: &PgPool, cx: &Cx<Actor>, id: ListingId) -> Result<Vec<CoCreator>, Error> {
    let listing = listings::find(pool, id).await?.ok_or(Error::NoSuchListing)?;
    let sharing = splits::sharing(pool, id).await?;
    if !sharing.iter().any(|it| it.account == cx.actor.account) {
        own(&cx.actor, listing.owner)?;
    }
    let accounts: Vec<AccountId> = sharing.iter().map(|it| it.account).collect();
    let mut accounts = identity_core::service::summaries(pool, &accounts).await?;
    let entry = |it: Sharing| {
        let account = accounts.remove(&it.account).ok_or(Error::BadRow("absence of an account"))?;
        Ok(CoCreator { account, points: it.points, offered: it.offered })
    };
    sharing.into_iter().map(entry).collect()
}

/// The shares that the actor has in others' listings, and those they were offered.
///
/// # Errors
/// When the database fails.
pub async fn shares_of_mine(
    pool: &PgPool,
    cx: &Cx<Actor>,
) -> Result<Vec<(crate::ListingCard, BasisPoints, Option<BasisPoints>)>, Error> {
    let mut shares = Vec::new();
    for (listing, points, offered) in splits::shared_with(pool, cx.actor.account).await? {
        let card = crate::store::cards::one(pool, listing).await?.ok_or(Error::NoSuchListing)?;
        shares.push((card, points, offered));
    }
    Ok(shares)
}

/// What each party would get of a price, by what is agreed now. To be shown before something is published or accepted.
///
/// # Errors
/// When it is neither the actor's nor do they share in it.
pub async fn simulate(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId, price: Money) -> Result<Vec<Party>, Error> {
    let listing = listings::of_agent(pool, agent).await?;
    let (owner, sharing) = match &listing {
        Some(listing) => (listing.owner, splits::sharing(pool, listing.id).await?),
        None => (listings::agent(pool, agent).await?.ok_or(Error::NoSuchListing)?.0, Vec::new()),
    };
    if !sharing.iter().any(|it| it.account == cx.actor.account) {
        own(&cx.actor, owner)?;
    }
    let rule = made_of(0, owner, &sharing, forks::royalties(pool, agent).await?)?;
    parties(pool, &rule, price).await
}

/// What each party gets of a price by a rule, when somebody pays it who has no part in it.
pub(super) async fn parties(pool: &PgPool, rule: &Rule, price: Money) -> Result<Vec<Party>, Error> {
    let accounts: Vec<AccountId> = rule.shares.iter().map(|it| it.account).collect();
    let accounts = identity_core::service::summaries(pool, &accounts).await?;
    let party = |part: crate::split::Part| Party {
        account: part.account.and_then(|account| accounts.get(&account).cloned()),
        role: part.role,
        points: part.points,
        amount: Money::new(part.minor, price.currency),
    };
    Ok(rule.divide(price.minor, AccountId::from_uuid(uuid::Uuid::nil())).into_iter().map(party).collect())
}

/// What the platform takes of each of several prices of a listing, by the rule in force. Everybody may know.
///
/// # Errors
/// When the database fails.
pub async fn platform_parts(pool: &PgPool, id: ListingId, prices: &[Money]) -> Result<Vec<Money>, Error> {
    let mut tx = pool.begin().await?;
    let rule = splits::current(&mut tx, id).await?;
    tx.commit().await?;
    let platform = BasisPoints::try_from(PLATFORM_POINTS).unwrap_or(BasisPoints::ZERO);
    let part = |price: &Money| {
        let parts = rule.as_ref().map(|rule| rule.divide(price.minor, AccountId::from_uuid(uuid::Uuid::nil())));
        let minor = parts.and_then(|parts| parts.first().map(|part| part.minor));
        Money::new(minor.unwrap_or_else(|| platform.of(price.minor)), price.currency)
    };
    Ok(prices.iter().map(part).collect())
}

/// Makes another rule of what is agreed now, if it is another one. The listing's row is held.
pub(super) async fn renew(tx: &mut Tx, cx: &Cx<Actor>, listing: &Listing) -> Result<(), Error> {
    let sharing = splits::sharing(&mut **tx, listing.id).await?;
    let royalties = forks::royalties(&mut **tx, listing.agent).await?;
    let current = splits::current(tx, listing.id).await?;
    let version = current.as_ref().map_or(1, |rule| rule.version + 1);
    let rule = made_of(version, listing.owner, &sharing, royalties)?;
    if current.is_some_and(|current| current.platform == rule.platform && current.shares == rule.shares) {
        return Ok(());
    }
    splits::insert(tx, listing.id, &rule, cx.now()).await?;
    event::append(tx, cx, listing.id, &SplitChanged { listing: listing.id, version }).await?;
    Ok(())
}

pub(super) fn made_of(
    version: u32,
    owner: AccountId,
    sharing: &[Sharing],
    royalties: Vec<Share>,
) -> Result<Rule, Error> {
    let co_creators =
        sharing.iter().map(|it| Share { account: it.account, role: Role::CoCreator, points: it.points, agent: None });
    let others: Vec<Share> = co_creators.chain(royalties).filter(|it| it.points > BasisPoints::ZERO).collect();
    let left = within_whole(others.iter().map(|it| it.points))?;
    let creator = Share { account: owner, role: Role::Creator, points: left, agent: None };
    let platform = BasisPoints::try_from(PLATFORM_POINTS).unwrap_or(BasisPoints::ZERO);
    Ok(Rule { version, platform, shares: std::iter::once(creator).chain(others).collect() })
}

/// What is left of the whole.
pub(super) fn within_whole(points: impl Iterator<Item = BasisPoints>) -> Result<BasisPoints, Error> {
    let given: u32 = points.map(|it| u32::from(it.get())).sum();
    let left = u32::from(WHOLE).checked_sub(given);
    let over = u16::try_from(given.saturating_sub(WHOLE.into())).ok().and_then(|it| BasisPoints::try_from(it).ok());
    let left = left.ok_or(Error::OverWhole { over: over.unwrap_or(BasisPoints::ALL) })?;
    Ok(u16::try_from(left).ok().and_then(|it| BasisPoints::try_from(it).ok()).unwrap_or(BasisPoints::ZERO))
}
