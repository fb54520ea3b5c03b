//! Agents are made of others whose licence allows it, and owe them royalties.

use agents_core::{command::NewAgent, service as agents};
use identity_core::AccountSummary;
use kernel::{AccountId, Actor, BasisPoints, ListingId, Money};
use platform::{Cx, Tx, event};
use sqlx::{PgExecutor, PgPool};

use super::split::{made_of, parties, within_whole};
use crate::{
    Error, ListingState, Party, Role, Share,
    event::AgentForked,
    split::MAX_DEPTH,
    store::{
        forks, licences,
        listings::{self, Listing},
    },
};

/// Makes an agent of the actor out of one that is offered, as it is published. What it knows and remembers, and what its checks
/// are, stays with it. What the fork will earn is shared with those above it, as their licences say now, for good. Returns the
/// new agent.
///
/// # Errors
/// When it may not be forked, has to be bought first, is too far down, more would be given away than there is, or the new
/// agent can't be made.
pub async fn fork(tx: &mut Tx, cx: &Cx<Actor>, parent: ListingId, new: &NewAgent) -> Result<AccountId, Error> {
    let me = cx.actor.account;
    let listing = listings::find(&mut **tx, parent).await?.ok_or(Error::NoSuchListing)?;
    match listing.state {
        ListingState::Listed => {}
        ListingState::Draft if listing.owner != me => return Err(Error::NoSuchListing),
        _ => return Err(Error::NotOffered),
    }
    let royalty = listing.fork_royalty.ok_or(Error::NoForks)?;
    let prices = listing.prices;
    let is_sold = prices.once.is_some() || prices.monthly.is_some() || prices.yearly.is_some();
    if listing.owner != me && is_sold {
        let licence = licences::had(&mut **tx, parent, me).await?;
        licence.filter(|it| it.state.is_in_force()).ok_or(Error::BuyFirst)?;
    }
    let royalties = above(&mut **tx, &listing, royalty).await?;
    if royalties.len() > MAX_DEPTH {
        return Err(Error::TooDeep);
    }
    within_whole(royalties.iter().map(|it| it.2))?;
    let (spec, version) = agents::published_spec(&mut **tx, listing.agent).await?;
    let agent = agents::create_agent(tx, cx, &NewAgent { template: None, ..new.clone() }).await?;
    agents::save_draft(tx, cx, agent, spec, 1).await?;
    forks::insert(tx, agent, listing.agent, version, &royalties, cx.now()).await?;
    event::append(tx, cx, agent, &AgentForked { agent, owner: me, parent: listing.agent }).await?;
    Ok(agent)
}

/// Who is owed a royalty by a fork of an agent: its own owner, and then those above it.
async fn above(
    executor: impl PgExecutor<'_>,
    listing: &Listing,
    royalty: BasisPoints,
) -> Result<Vec<(AccountId, AccountId, BasisPoints)>, Error> {
    let mut royalties = vec![(listing.agent, listing.owner, royalty)];
    for above in forks::royalties(executor, listing.agent).await? {
        let ancestor = above.agent.ok_or(Error::BadRow("royalty without an agent"))?;
        royalties.push((ancestor, above.account, above.points));
    }
    Ok(royalties)
}

/// What each party would get of a price for a fork of the actor's, as the licences say now. To be shown before it is made.
///
/// # Errors
/// When there is no such listing for the actor, it may not be forked, or more would be given away than there is.
pub async fn simulate_fork(
    pool: &PgPool,
    cx: &Cx<Actor>,
    parent: ListingId,
    price: Money,
) -> Result<Vec<Party>, Error> {
    let listing = listings::find(pool, parent).await?.ok_or(Error::NoSuchListing)?;
    if !super::listings::may_see(pool, Some(cx.actor), &listing).await? {
        return Err(Error::NoSuchListing);
    }
    let royalty = listing.fork_royalty.ok_or(Error::NoForks)?;
    let share = |(agent, account, points)| Share { account, role: Role::Parent, points, agent: Some(agent) };
    let royalties = above(pool, &listing, royalty).await?.into_iter().map(share).collect();
    let rule = made_of(0, cx.actor.account, &[], royalties)?;
    parties(pool, &rule, price).await
}

/// What an agent was made of, from its parent upwards, and what each of them has of what it earns.
///
/// # Errors
/// When the database fails.
pub async fn forks_of(pool: &PgPool, agent: AccountId) -> Result<Vec<(AccountSummary, BasisPoints)>, Error> {
    let royalties = forks::royalties(pool, agent).await?;
    let ids: Vec<AccountId> = royalties.iter().filter_map(|it| it.agent).collect();
    let mut accounts = identity_core::service::summaries(pool, &ids).await?;
    Ok(royalties.into_iter().filter_map(|it| Some((accounts.remove(&it.agent?)?, it.points))).collect())
}
