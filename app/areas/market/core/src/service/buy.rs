//! Agents are bought and subscribed to, subscriptions cancelled and resumed, and what was paid is given back.

use chrono::{DateTime, Datelike, Months, TimeDelta, Utc};
use kernel::{AccountId, Actor, Cursor, LicenceId, ListingId, Money, Page, PageSize, SaleId};
use money_core::{Amount, Memo, Refund, service as ledger};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use super::{
    is_admin, mine, own, renew,
    sell::{self, For, RETURN_ANSWERS, RETURN_DAYS},
    terms::cost,
};
use crate::{
    AtEnd, EndReason, Error, LicenceKind, LicenceState, LicenceView, ListingState, SaleKind, SaleView, SpentOn,
    command::{Buy, GiveBack},
    event::{LicenceBought, LicenceEndDecided, LicenceEnded, LicenceSubscribed, SaleRefunded},
    letter::{self, About},
    store::{
        licences::{self, Licence},
        listings::{self, Listing},
        sales::{self, Sale},
        splits, users,
    },
};

/// Buys an agent for good, or subscribes to it, from the actor's wallet. The same wish again is the same licence.
///
/// # Errors
/// When it isn't offered in this way, costs something else than what was seen, is theirs or they have it already; when
/// there is not enough in the wallet, or it would pass what they let themselves spend.
pub async fn buy(tx: &mut Tx, cx: &Cx<Actor>, buy: &Buy) -> Result<LicenceId, Error> {
    let me = cx.actor.account;
    let listing = listings::find(&mut **tx, buy.listing).await?.ok_or(Error::NoSuchListing)?;
    users::lock(tx, listing.id, me).await?;
    if let Some(before) = licences::by_key(tx, me, buy.key.as_str()).await? {
        let same = before.listing == listing.id && before.kind == buy.kind && before.price == buy.seen;
        return if same { Ok(before.id) } else { Err(Error::KeyReused) };
    }
    match listing.state {
        ListingState::Listed if listing.at_work => {}
        ListingState::Draft => return Err(Error::NoSuchListing),
        _ => return Err(Error::NotOffered),
    }
    if me == listing.owner || splits::has_share(&mut **tx, listing.id, me).await? {
        return Err(Error::Yours);
    }
    if licences::had(&mut **tx, listing.id, me).await?.is_some() {
        return Err(Error::HadAlready);
    }
    let price = price(&listing, buy.kind).ok_or(Error::NotOffered)?;
    if price != buy.seen {
        return Err(Error::OtherPrice { now: price });
    }
    let it = begun(cx, &listing, me, buy.kind, price);
    licences::insert(tx, &it, buy.key.as_str()).await?;
    agents_core::service::spend(tx, cx, me, cost(price)).await?;
    let kind = if buy.kind == LicenceKind::Once { SaleKind::Once } else { SaleKind::Period };
    let key = format!("licence:{}", it.id).parse().map_err(money_core::Error::from)?;
    sell::sell(tx, cx, &listing, me, price, For::Licence { kind, licence: it.id, key }).await?;
    let (licence, agent, owner) = (it.id, listing.agent, listing.owner);
    match it.period_end {
        None => {
            let fact = LicenceBought { licence, listing: listing.id, agent, owner, account: me, price };
            event::append(tx, cx, licence, &fact).await?;
        }
        Some(until) => {
            let (listing, kind) = (listing.id, buy.kind);
            let fact = LicenceSubscribed { licence, listing, agent, owner, account: me, kind, price, until };
            event::append(tx, cx, licence, &fact).await?;
        }
    }
    Ok(licence)
}

fn price(listing: &Listing, kind: LicenceKind) -> Option<Money> {
    match kind {
        LicenceKind::Once => listing.prices.once,
        LicenceKind::Monthly => listing.prices.monthly,
        LicenceKind::Yearly => listing.prices.yearly,
    }
}

fn begun(cx: &Cx<Actor>, listing: &Listing, account: AccountId, kind: LicenceKind, price: Money) -> Licence {
    let now = cx.now();
    let anchor_day = u8::try_from(now.day()).unwrap_or(1);
    let period_end = kind.months().map(|months| period_end(now, months, anchor_day));
    Licence {
        id: cx.id(),
        listing: listing.id,
        agent: listing.agent,
        account,
        kind,
        state: LicenceState::Active,
        price,
        period_start: now,
        period_end,
        anchor_day,
        at_end: period_end.map(|_| AtEnd::Renew),
        due_at: period_end,
        tries: 0,
        answers: 0,
        ended: None,
        created_at: now,
    }
}

/// When a period ends that begins at `start`: so many months later, on the `anchor_day` or the last day of the month.
pub(super) fn period_end(start: DateTime<Utc>, months: u32, anchor_day: u8) -> DateTime<Utc> {
    let Some(next) = start.checked_add_months(Months::new(months)) else { return start };
    (next.day()..=u32::from(anchor_day)).rev().find_map(|day| next.with_day(day)).unwrap_or(next)
}

/// Decides what happens when the period of a subscription ends: it is over, or goes on after all.
///
/// # Errors
/// When it isn't the actor's, or no subscription that goes on.
pub async fn decide_end(tx: &mut Tx, cx: &Cx<Actor>, id: LicenceId, at_end: AtEnd) -> Result<(), Error> {
    let mut it = licences::lock(tx, id).await?.ok_or(Error::NoSuchLicence)?;
    own(&cx.actor, it.account).map_err(|_| Error::NoSuchLicence)?;
    if it.at_end.is_none() || !it.state.is_in_force() {
        return Err(Error::NothingToDecide);
    }
    if it.at_end == Some(at_end) {
        return Ok(());
    }
    let listing = listings::find(&mut **tx, it.listing).await?.ok_or(Error::NoSuchListing)?;
    if listing.state == ListingState::Withdrawn {
        return Err(Error::Withdrawn);
    }
    // What is owed is not tried any more when it is not wanted any more.
    if it.state == LicenceState::PastDue && at_end == AtEnd::Cancel {
        return end(tx, cx, it, EndReason::Asked).await;
    }
    it.at_end = Some(at_end);
    licences::update(tx, &it).await?;
    event::append(tx, cx, id, &LicenceEndDecided { licence: id, account: it.account, at_end }).await?;
    Ok(())
}

/// Pays what a subscription owes, now.
///
/// # Errors
/// When it isn't the actor's, nothing is owed, or there is still not enough.
pub async fn pay_now(tx: &mut Tx, cx: &Cx<Actor>, id: LicenceId) -> Result<(), Error> {
    let it = licences::find(&mut **tx, id).await?.ok_or(Error::NoSuchLicence)?;
    own(&cx.actor, it.account).map_err(|_| Error::NoSuchLicence)?;
    users::lock(tx, it.listing, it.account).await?;
    let it = licences::lock(tx, id).await?.ok_or(Error::NoSuchLicence)?;
    if !it.state.owes() {
        return Err(Error::NothingOwed);
    }
    let listing = listings::find(&mut **tx, it.listing).await?.ok_or(Error::NoSuchListing)?;
    renew::collect(tx, cx, &listing, it).await
}

/// Gives back what the actor paid last for a licence, which ends with that: for a while after it was paid, unless they used it
/// a lot. Again, it says so.
///
/// # Errors
/// When it isn't the actor's, it is too late, they used it too much, or it was given back.
pub async fn give_back(tx: &mut Tx, cx: &Cx<Actor>, back: &GiveBack) -> Result<(), Error> {
    let it = licences::find(&mut **tx, back.licence).await?.ok_or(Error::NoSuchLicence)?;
    own(&cx.actor, it.account).map_err(|_| Error::NoSuchLicence)?;
    users::lock(tx, it.listing, it.account).await?;
    let it = licences::lock(tx, back.licence).await?.ok_or(Error::NoSuchLicence)?;
    let sale = sales::newest_of(tx, it.id).await?.ok_or(Error::NoSuchSale)?;
    if sale.refunded_at.is_some() {
        return Err(Error::RefundedBefore);
    }
    if it.state == LicenceState::Ended || cx.now() >= refundable_until(sale.at) || it.answers >= RETURN_ANSWERS {
        return Err(Error::TooLateToReturn);
    }
    return_sale(tx, cx, &sale, Some(it), &back.reason).await
}

fn refundable_until(paid_at: DateTime<Utc>) -> DateTime<Utc> {
    paid_at + TimeDelta::days(RETURN_DAYS)
}

/// Gives a sale back, for whoever sold it or an administrator. What was paid last for a licence ends it.
///
/// # Errors
/// When it is somebody else's, or was given back before.
pub async fn refund(tx: &mut Tx, cx: &Cx<Actor>, id: SaleId, reason: &str) -> Result<(), Error> {
    let found = sales::find(tx, id).await?.ok_or(Error::NoSuchSale)?;
    let listing = listings::find(&mut **tx, found.listing).await?.ok_or(Error::NoSuchSale)?;
    if listing.owner != cx.actor.account && !is_admin(&mut **tx, cx.actor.account).await? {
        return Err(Error::NoSuchSale);
    }
    users::lock(tx, found.listing, found.buyer).await?;
    let licence = match found.licence {
        Some(licence) => {
            let it = licences::lock(tx, licence).await?;
            let newest = sales::newest_of(tx, licence).await?;
            it.filter(|_| newest.is_some_and(|newest| newest.id == id))
        }
        None => None,
    };
    let sale = sales::lock(tx, id).await?.ok_or(Error::NoSuchSale)?;
    if sale.refunded_at.is_some() {
        return Err(Error::RefundedBefore);
    }
    return_sale(tx, cx, &sale, licence, reason).await
}

/// Gives all of a sale back. What it paid for ends in the same transaction.
async fn return_sale(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    sale: &Sale,
    licence: Option<Licence>,
    reason: &str,
) -> Result<(), Error> {
    if let Some(licence) = licence.filter(|it| it.state != LicenceState::Ended) {
        end(tx, cx, licence, EndReason::Refunded).await?;
    }
    let amount = Money::new(sale.minor, crate::listing::CURRENCY);
    let back = Refund {
        payment: sale.transfer,
        amount: Amount::new(amount).map_err(money_core::Error::from)?,
        key: "market".parse().map_err(money_core::Error::from)?,
        memo: Memo::new("Given back"),
    };
    let transfer = ledger::refund(tx, cx, &back).await?.id;
    let reason: String = reason.trim().chars().filter(|c| !c.is_control()).take(500).collect();
    sales::refunded(tx, sale, transfer, &reason, cx.now()).await?;
    let fact = SaleRefunded { sale: sale.id, listing: sale.listing, account: sale.buyer, amount, transfer };
    event::append(tx, cx, sale.listing, &fact).await?;
    Ok(())
}

/// Ends a licence.
pub(super) async fn end<A: ledger::Who>(
    tx: &mut Tx,
    cx: &Cx<A>,
    mut it: Licence,
    reason: EndReason,
) -> Result<(), Error> {
    it.state = LicenceState::Ended;
    it.due_at = None;
    it.ended = Some((cx.now(), reason));
    licences::update(tx, &it).await?;
    event::append(tx, cx, it.id, &LicenceEnded { licence: it.id, account: it.account, reason }).await?;
    // Whoever ended it themselves, or gave it back, knows.
    match reason {
        EndReason::Unpaid | EndReason::Withdrawn => letter::enqueue(tx, About::Ended(it.id)).await,
        EndReason::Asked | EndReason::Refunded => Ok(()),
    }
}

/// A licence of the actor's.
///
/// # Errors
/// When it is somebody else's.
pub async fn licence(pool: &PgPool, cx: &Cx<Actor>, id: LicenceId) -> Result<LicenceView, Error> {
    let it = licences::find(pool, id).await?.ok_or(Error::NoSuchLicence)?;
    own(&cx.actor, it.account).map_err(|_| Error::NoSuchLicence)?;
    view(pool, it, cx.now()).await
}

/// The actor's licences, youngest first; those that are over, too.
///
/// # Errors
/// When the cursor was made up.
pub async fn licences(
    pool: &PgPool,
    cx: &Cx<Actor>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<LicenceView>, Error> {
    let before = after.map(Cursor::id).transpose()?;
    let mut views = Vec::new();
    for it in licences::of_account(pool, cx.actor.account, before, size.overfull()).await? {
        views.push(view(pool, it, cx.now()).await?);
    }
    Ok(Page::from_overfull(views, size, |it| it.id))
}

async fn view(pool: &PgPool, it: Licence, now: DateTime<Utc>) -> Result<LicenceView, Error> {
    let listing = listings::find(pool, it.listing).await?.ok_or(Error::NoSuchListing)?;
    let until = refundable_until(it.period_start);
    let refundable = it.state == LicenceState::Active && it.answers < RETURN_ANSWERS && now < until;
    Ok(LicenceView {
        id: it.id,
        listing: it.listing,
        title: listing.title,
        agent: listings::summary(pool, it.agent).await?,
        account: it.account,
        kind: it.kind,
        state: it.state,
        price: it.price,
        period_start: it.period_start,
        period_end: it.period_end,
        at_end: it.at_end,
        due_at: it.due_at,
        answers: it.answers,
        refundable_until: refundable.then_some(until),
        end_reason: it.ended.map(|(_, reason)| reason),
        created_at: it.created_at,
    })
}

/// The sales of a listing of the actor's, youngest first.
///
/// # Errors
/// When it isn't the actor's, or the cursor was made up.
pub async fn sales(
    pool: &PgPool,
    cx: &Cx<Actor>,
    listing: ListingId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<SaleView>, Error> {
    mine(listings::find(pool, listing).await?, &cx.actor)?;
    let before = after.map(Cursor::id).transpose()?;
    let found = sales::of_listing(pool, listing, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |sale| sale.id))
}

/// What the actor paid for agents, by agent, what came to the most first.
///
/// # Errors
/// When the database fails.
pub async fn spending(pool: &PgPool, cx: &Cx<Actor>) -> Result<Vec<SpentOn>, Error> {
    sales::of_buyer(pool, cx.actor.account).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_month_stays_the_end() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().expect("an instant") };
        let mut day = at("2027-01-31T12:30:00Z");
        for expected in ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"] {
            day = period_end(day, 1, 31);
            assert_eq!(day, at(&format!("{expected}T12:30:00Z")));
        }
        assert_eq!(period_end(at("2028-02-29T00:00:00Z"), 12, 29), at("2029-02-28T00:00:00Z"));
    }
}
