//! What the bookings of this area move in the ledger.

use agents_core::budget::MICROS;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, BasisPoints, Money};
use money_core::{Amount, Draft, Key, LedgerKind, Lines, Memo, Refund, Subject, TransferKind, service as ledger};
use platform::{Cx, Tx, models::Cost};

use crate::{
    Error,
    booking::{CURRENCY, DISPUTE_HOURS},
    store::{
        bookings::{self, Booking, Payment},
        euros,
    },
};

/// A key of the ledger's. All that this area makes are valid.
pub(super) fn key(text: &str) -> Result<Key, Error> {
    Ok(text.parse().map_err(money_core::Error::from)?)
}

/// An amount that can be moved.
pub(super) fn amount(minor: i64) -> Result<Amount, Error> {
    Ok(Amount::new(euros(minor))?)
}

/// What stands on the statements of both.
pub(super) fn memo(title: &str) -> Memo {
    Memo::new(&format!("Call: {title}"))
}

/// Who gets what of the price of a slice.
pub(super) fn lines(it: &Booking) -> Result<Lines, Error> {
    let fee = BasisPoints::try_from(it.fee_points).map_err(|_| Error::BadRow("fee of a booking"))?;
    Ok(Lines::one(it.expert, amount(it.price_minor)?, fee))
}

/// When what was paid for a call is the expert's: once it can't be disputed any more.
pub(super) fn free_at(ends_at: DateTime<Utc>) -> DateTime<Utc> {
    ends_at + TimeDelta::hours(DISPUTE_HOURS)
}

/// How long that is from now.
pub(super) fn frees_after<A>(cx: &Cx<A>, ends_at: DateTime<Utc>) -> TimeDelta {
    (free_at(ends_at) - cx.now()).max(TimeDelta::zero())
}

/// Counts what somebody is about to pay to what they let themselves spend.
pub(super) async fn count_spent<A>(tx: &mut Tx, cx: &Cx<A>, it: &Booking) -> Result<(), Error> {
    let cost = Cost::try_from(it.price_minor.saturating_mul(MICROS)).unwrap_or_default();
    Ok(agents_core::service::spend(tx, cx, it.client, cost).await?)
}

/// Says anew when what was paid for a booking becomes the expert's; never, as long as nobody says when. Before money of it moves:
/// the lines of a payment are held before the accounts.
pub(super) async fn set_free_at(tx: &mut Tx, it: &Booking, at: Option<DateTime<Utc>>) -> Result<(), Error> {
    for payment in bookings::payments(&mut **tx, it.id).await? {
        ledger::set_free_at(tx, payment.transfer, at).await?;
    }
    Ok(())
}

/// What was paid for a booking, and what of it was given back.
pub(crate) fn sums(payments: &[Payment]) -> (i64, i64) {
    payments.iter().fold((0, 0), |(paid, back), it| (paid + it.minor, back + it.returned))
}

/// Gives so much of what was paid for a booking back to the client, of the last payment first. Returns what that was: never more
/// than there is.
pub(super) async fn give_back<A: ledger::Who>(
    tx: &mut Tx,
    cx: &Cx<A>,
    it: &Booking,
    minor: i64,
    why: &str,
) -> Result<Money, Error> {
    let payments = bookings::payments(&mut **tx, it.id).await?;
    let mut left = minor;
    for payment in payments.iter().rev() {
        let part = left.min(payment.minor - payment.returned);
        if part <= 0 {
            continue;
        }
        let (key, memo) = (key(&format!("experts:{why}"))?, Memo::new("Call given back"));
        let refund = Refund { payment: payment.transfer, amount: amount(part)?, key, memo };
        ledger::refund(tx, cx, &refund).await?;
        bookings::add_returned(tx, it.id, payment.place, part).await?;
        left -= part;
    }
    Ok(euros(minor - left))
}

/// Gives a client something on top, out of what the platform keeps, because an expert didn't come.
pub(super) async fn credit(tx: &mut Tx, cx: &Cx<Option<Actor>>, it: &Booking, minor: i64) -> Result<Money, Error> {
    if minor <= 0 {
        return Ok(Money::zero(CURRENCY));
    }
    let wallet = ledger::account_of(tx, cx, Some(it.client), LedgerKind::Wallet, CURRENCY).await?;
    let fees = ledger::account_of(tx, cx, None, LedgerKind::Fees, CURRENCY).await?;
    let draft = Draft {
        kind: TransferKind::Adjustment,
        key: key(&format!("experts:credit:{}", it.id))?,
        memo: Memo::new("Because the expert did not come"),
        subject: Some(Subject::of(it.id)),
        postings: vec![(fees, -minor), (wallet, minor)],
    };
    ledger::post(tx, cx, &draft).await?;
    Ok(euros(minor))
}
