//! What an owner does with a subscription.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, PriceId, SubscriptionId};
use platform::{Cx, Tx, event, payments::ProviderName};

use super::{is_own, renew};
use crate::{
    AtEnd, CancelReason, Change, ChangeTiming, Error, Paid, PayWith, SubscriptionEndDecided, SubscriptionResumed,
    SubscriptionState,
    command::Manage,
    period, proration, reckon,
    store::{
        catalogue::{self, Offer},
        customers, invoices,
        subscriptions::{self, Held},
    },
};

/// How long what was reckoned for a change holds.
const RECKONING_HOLDS: TimeDelta = TimeDelta::minutes(15);

/// Takes a subscription of the actor's, and keeps others from changing it.
async fn own(tx: &mut Tx, actor: Actor, id: SubscriptionId) -> Result<Held, Error> {
    let it = subscriptions::lock(tx, id).await?.ok_or(Error::NoSuchSubscription)?;
    if is_own(actor, it.account) { Ok(it) } else { Err(Error::NoSuchSubscription) }
}

/// Does what the owner of a subscription wants. What is so already stays so.
///
/// # Errors
/// When it is somebody else's, or in a state in which that can't be done.
pub async fn manage(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    provider: ProviderName,
    id: SubscriptionId,
    manage: Manage,
) -> Result<(), Error> {
    let mut it = own(tx, cx.actor, id).await?;
    if it.state == SubscriptionState::Canceled {
        return Err(Error::NotNow("This subscription is over. You can begin a new one from the page of prices."));
    }
    match manage {
        // Nothing is paid for until it ends, so there is nothing to wait for.
        Manage::CancelAtEnd if it.state.owes() || it.state == SubscriptionState::Paused => {
            renew::end(tx, &renew::server(cx), &mut it, CancelReason::Asked).await
        }
        Manage::CancelAtEnd => decide_end(tx, cx, &mut it, AtEnd::Cancel, None).await,
        Manage::PauseAtEnd => match it.state {
            SubscriptionState::Trialing | SubscriptionState::Active => {
                decide_end(tx, cx, &mut it, AtEnd::Pause, None).await
            }
            SubscriptionState::Paused => Ok(()),
            _ => Err(Error::NotNow("What is owed has to be paid first. Then it can be paused.")),
        },
        Manage::Resume => match it.state {
            SubscriptionState::Paused => resume(tx, cx, provider, &mut it).await,
            _ => decide_end(tx, cx, &mut it, AtEnd::Renew, None).await,
        },
        Manage::PayWith(pay_with) => {
            let card = customers::of(&mut **tx, it.account, provider.as_str()).await?.card;
            if pay_with == PayWith::Card && card.is_none() {
                return Err(Error::NoCard);
            }
            if it.pay_with == pay_with {
                return Ok(());
            }
            it.pay_with = pay_with;
            // What is owed is tried at once with it.
            if it.state == SubscriptionState::PastDue {
                it.due_at = Some(cx.now());
            }
            subscriptions::update(tx, &it, cx.now()).await
        }
    }
}

async fn decide_end(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    it: &mut Held,
    at_end: AtEnd,
    next_price: Option<PriceId>,
) -> Result<(), Error> {
    if (it.at_end, it.next_price) == (at_end, next_price) {
        return Ok(());
    }
    (it.at_end, it.next_price) = (at_end, next_price);
    subscriptions::update(tx, it, cx.now()).await?;
    let fact = SubscriptionEndDecided { subscription: it.id, account: it.account, at_end, next_price };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(())
}

/// A subscription that rests goes on: a new period begins now, and is paid.
async fn resume(tx: &mut Tx, cx: &Cx<Actor>, provider: ProviderName, it: &mut Held) -> Result<(), Error> {
    let offer = catalogue::offer(&mut **tx, it.price).await?.ok_or(Error::NoSuchPrice)?;
    let now = cx.now();
    it.anchor_day = period::anchor_day(now);
    let monthly = proration::by_the_month(offer.price.amount, offer.price.per);
    let fact = SubscriptionResumed { subscription: it.id, account: it.account, monthly };
    event::append(tx, cx, it.id, &fact).await?;
    renew::begin_period(tx, &renew::server(cx), provider, it, now).await
}

/// What it would come to if a subscription of the actor's went over to another price, reckoned for an instant of the last
/// quarter of an hour.
///
/// # Errors
/// When it is somebody else's, there is nothing to change, or it can't be changed now.
pub async fn change_preview(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    id: SubscriptionId,
    to: PriceId,
    at: DateTime<Utc>,
) -> Result<Change, Error> {
    Ok(reckoned(tx, cx, id, to, at).await?.0)
}

/// The same, with the price it goes over to.
pub(super) async fn reckoned(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    id: SubscriptionId,
    to: PriceId,
    at: DateTime<Utc>,
) -> Result<(Change, Offer), Error> {
    let it = own(tx, cx.actor, id).await?;
    is_changeable(&it)?;
    if at > cx.now() || cx.now() - at > RECKONING_HOLDS || at < it.period_start {
        return Err(Error::ReckoningOld);
    }
    let next = catalogue::offer(&mut **tx, to).await?.ok_or(Error::NoSuchPrice)?;
    if next.price.retired || !next.on_sale {
        return Err(Error::PriceRetired);
    }
    let (change, _) = propose(tx, &it, &next, at).await?;
    Ok((change, next))
}

/// Whether a subscription is in a state in which its plan can be changed.
pub(super) fn is_changeable(it: &Held) -> Result<(), Error> {
    if matches!(it.state, SubscriptionState::Trialing | SubscriptionState::Active) {
        return Ok(());
    }
    Err(Error::NotNow("The plan can be changed when nothing is owed and the subscription is running."))
}

/// What a change comes to for a subscription that can be changed, and the offer it leaves.
pub(super) async fn propose(tx: &mut Tx, it: &Held, next: &Offer, at: DateTime<Utc>) -> Result<(Change, Offer), Error> {
    if next.product != it.product && subscriptions::has_one(tx, it.account, next.product).await? {
        return Err(Error::AlreadySubscribed);
    }
    if invoices::open_of(tx, it.id).await?.is_some() {
        return Err(Error::NotNow("The invoice of this period is still to be paid. Then the plan can be changed."));
    }
    let old = catalogue::offer(&mut **tx, it.price).await?.ok_or(Error::NoSuchPrice)?;
    let is_trial = it.state == SubscriptionState::Trialing;
    let paid = Paid { price: &old.price, start: it.period_start, end: it.period_end, is_trial };
    let change = reckon(paid, &next.price, it.anchor_day, at)?;
    Ok((change, old))
}

/// Lets a subscription go over to a price that is not dearer, with the next period.
///
/// # Errors
/// When it is somebody else's, can't be changed now, or the change is one that is paid at once.
pub async fn schedule_change(tx: &mut Tx, cx: &Cx<Actor>, id: SubscriptionId, to: PriceId) -> Result<(), Error> {
    let (change, _) = reckoned(tx, cx, id, to, cx.now()).await?;
    if change.timing == ChangeTiming::Now {
        return Err(Error::NotNow("This change takes effect at once, and is paid for first."));
    }
    let mut it = own(tx, cx.actor, id).await?;
    decide_end(tx, cx, &mut it, AtEnd::Change, Some(to)).await
}
