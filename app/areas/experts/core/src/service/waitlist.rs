//! Who waits for an expert with nothing free, and what is kept for the first in line.

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, Actor};
use platform::{Cx, Tx, event};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use super::{diary::Loaded, hold_expert};
use crate::{
    Error, ExpertState,
    booking::OFFER_MINUTES,
    event::{SliceOffered, WaitlistJoined},
    letter,
    slots::Taken,
    store::{
        experts::{self, Expert},
        slices::{self, NewSlice, Offer, SliceKind},
        waitlist,
    },
};

/// The actor waits for something of an expert's to become free.
///
/// # Errors
/// When the expert can't be booked, has something free, or they wait already.
pub async fn wait(tx: &mut Tx, cx: &Cx<Actor>, expert: AccountId) -> Result<(), Error> {
    if expert == cx.actor.account {
        return Err(Error::Yours);
    }
    let expert = hold_expert(tx, cx, expert).await?;
    match expert.open_state() {
        ExpertState::Draft => return Err(Error::NoSuchExpert),
        ExpertState::Paused => return Err(Error::NotOffered),
        ExpertState::Published => {}
    }
    let loaded = Loaded::of(tx, &expert, cx.now()).await?;
    if let Some(slot) = loaded.diary().earliest() {
        return Err(Error::NotFull { next: slot.start });
    }
    waitlist::join(tx, expert.id, cx.actor.account, cx.now()).await?;
    let fact = WaitlistJoined { expert: expert.id, account: cx.actor.account };
    event::append(tx, cx, expert.id, &fact).await?;
    Ok(())
}

/// The actor waits no longer. What is kept for them goes to the next. Again, it changes nothing.
///
/// # Errors
/// When there is no such expert.
pub async fn stop_waiting(tx: &mut Tx, cx: &Cx<Actor>, expert: AccountId) -> Result<(), Error> {
    let expert = hold_expert(tx, cx, expert).await?;
    waitlist::leave(tx, expert.id, cx.actor.account).await?;
    for offer in slices::offers_of(tx, expert.id).await?.into_iter().filter(|it| it.account == cx.actor.account) {
        slices::delete(tx, offer.id).await?;
        self::offer(tx, cx, &expert, offer.taken).await?;
    }
    Ok(())
}

/// Something that is kept for whoever waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitOffer {
    /// Whose time.
    pub expert: AccountSummary,
    /// When the call would begin.
    pub starts_at: DateTime<Utc>,
    /// Until when it is kept for them alone.
    pub until: DateTime<Utc>,
}

/// What is kept for the actor on waiting lists.
///
/// # Errors
/// When the database fails.
pub async fn my_offers(pool: &PgPool, cx: &Cx<Actor>) -> Result<Vec<WaitOffer>, Error> {
    let offers = slices::offers_to(pool, cx.actor.account, cx.now()).await?;
    let experts: Vec<AccountId> = offers.iter().map(|it| it.expert).collect();
    let experts = identity_core::service::summaries(pool, &experts).await?;
    let view = |offer: &Offer| {
        let expert = experts.get(&offer.expert).cloned()?;
        Some(WaitOffer { expert, starts_at: offer.taken.call.start, until: offer.until })
    };
    Ok(offers.iter().filter_map(view).collect())
}

/// A piece of an expert's time is taken no longer: it can be found, and is offered to those who wait. The expert's row is held.
pub(super) async fn freed<A: Into<Option<Actor>> + Copy>(
    tx: &mut Tx,
    cx: &Cx<A>,
    expert: &Expert,
    taken: Taken,
) -> Result<(), Error> {
    experts::free_by(tx, expert.id, taken.call.start).await?;
    offer(tx, cx, expert, taken).await
}

/// Keeps a time that became free for the first in line, for ten minutes or until it begins, if anybody waits and it can still be
/// booked. The expert's row is held.
pub(super) async fn offer<A: Into<Option<Actor>> + Copy>(
    tx: &mut Tx,
    cx: &Cx<A>,
    expert: &Expert,
    taken: Taken,
) -> Result<(), Error> {
    if expert.open_state() != ExpertState::Published {
        return Ok(());
    }
    let Some(account) = waitlist::first(tx, expert.id).await? else { return Ok(()) };
    let loaded = Loaded::of(tx, expert, cx.now()).await?;
    // The hours may have changed since it was booked.
    let Ok(slot) = loaded.diary().check(taken.call.start) else { return Ok(()) };
    let until = (cx.now() + TimeDelta::minutes(OFFER_MINUTES)).min(slot.start);
    let new = NewSlice {
        id: cx.id(),
        expert: expert.id,
        kind: SliceKind::Offer,
        booking: None,
        account,
        taken: loaded.taking(&slot),
        until: Some(until),
    };
    slices::insert(tx, &new).await?;
    letter::enqueue_offer(tx, expert.id, account, slot.start, until).await?;
    let fact = SliceOffered { expert: expert.id, account, starts_at: slot.start, until };
    event::append(tx, cx, expert.id, &fact).await?;
    Ok(())
}

/// What was kept for somebody who let it pass goes to the next in line; they go behind. The expert's row is held.
pub(super) async fn passed(
    tx: &mut Tx,
    cx: &Cx<Option<Actor>>,
    expert: &Expert,
    account: AccountId,
    taken: Taken,
) -> Result<(), Error> {
    waitlist::go_behind(tx, expert.id, account, cx.now()).await?;
    experts::free_by(tx, expert.id, taken.call.start).await?;
    // Nobody else waits: it is for everybody now, and whoever let it pass is not asked again about the same.
    match waitlist::first(tx, expert.id).await? {
        Some(next) if next != account => offer(tx, cx, expert, taken).await,
        _ => Ok(()),
    }
}

/// Takes what is kept for somebody at this time, if anything is: they want it. They don't wait any longer.
pub(super) async fn take_offer(
    tx: &mut Tx,
    expert: &Expert,
    account: AccountId,
    start: DateTime<Utc>,
) -> Result<Option<Taken>, Error> {
    let offers = slices::offers_of(tx, expert.id).await?;
    let Some(mine) = offers.into_iter().find(|it| it.account == account && it.taken.call.start == start) else {
        return Ok(None);
    };
    slices::delete(tx, mine.id).await?;
    waitlist::leave(tx, expert.id, account).await?;
    Ok(Some(mine.taken))
}
