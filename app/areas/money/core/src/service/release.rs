//! What happens because time passes: holds expire, and earnings become free.

use chrono::{DateTime, Utc};
use kernel::{Actor, HoldId, Money, TransferId};
use platform::{Cx, Database, Tx, World, event};
use uuid::Uuid;

use super::{
    accounts::Accounts,
    holds,
    ledger::{self, Entry, Locked, Moves},
};
use crate::{
    EarningsFreed, Error, LedgerKind, Memo, TransferKind,
    fingerprint::Fingerprint,
    store::{
        holds as hold_rows,
        lines::{self, Due},
        transfers,
    },
};

/// How many are looked up at a time. Each has a transaction of its own, so that they hold nothing up, and what fails is
/// tried again next time without having kept the others.
const PAGE: i64 = 200;

/// Lets go every hold that has expired. Returns how many there were.
///
/// # Errors
/// When the list can't be read; a hold that fails is logged and left for the next time.
pub async fn expire_holds(database: &Database, world: &World) -> Result<u64, Error> {
    let cx = world.cx(None::<Actor>);
    let (now, memo) = (cx.now(), Memo::from("Expired"));
    let mut expired = 0;
    let mut after = (DateTime::UNIX_EPOCH, HoldId::from_uuid(Uuid::nil()));
    loop {
        let page = hold_rows::expired(database.pool(), now, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(expired) };
        after = *last;
        for (_, hold) in page {
            match expire(database, &cx, hold, &memo).await {
                Ok(released) => expired += u64::from(released),
                Err(error) => tracing::error!(%hold, ?error, "a hold could not be let go"),
            }
        }
    }
}

async fn expire(database: &Database, cx: &Cx<Option<Actor>>, hold: HoldId, memo: &Memo) -> Result<bool, Error> {
    let mut tx = database.begin().await?;
    let released = holds::release(&mut tx, cx, hold, memo).await?.is_some();
    tx.commit().await?;
    Ok(released)
}

/// Makes free whatever was earned long enough ago. Returns how many lines of payments that were.
///
/// # Errors
/// When the list can't be read; a line that fails is logged and left for the next time.
pub async fn free_earnings(database: &Database, world: &World) -> Result<u64, Error> {
    let cx = world.cx(None::<Actor>);
    let now = cx.now();
    let mut freed = 0;
    let mut after = Due { at: DateTime::UNIX_EPOCH, transfer: TransferId::from_uuid(Uuid::nil()), place: 0 };
    loop {
        let page = lines::due(database.pool(), now, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(freed) };
        after = *last;
        for due in page {
            match free(database, &cx, due, now).await {
                Ok(done) => freed += u64::from(done),
                Err(error) => tracing::error!(payment = %due.transfer, ?error, "earnings could not be freed"),
            }
        }
    }
}

/// Says anew when what a payment earned becomes free; never, as long as nobody says when. What is free already stays so. When
/// it is due is for the area to judge that had it paid.
///
/// # Errors
/// When the database fails.
pub async fn set_free_at(tx: &mut Tx, payment: TransferId, at: Option<DateTime<Utc>>) -> Result<(), Error> {
    lines::set_frees_at(tx, payment, at).await
}

async fn free(database: &Database, cx: &Cx<Option<Actor>>, due: Due, now: DateTime<Utc>) -> Result<bool, Error> {
    let mut tx = database.begin().await?;
    let Some(line) = lines::lock_unfreed(&mut tx, due.transfer, due.place).await? else { return Ok(false) };
    let mut freed_by = None;
    // Nothing is left when all of it was fee, or was given back.
    if line.net() > 0 {
        let payment = transfers::lock(&mut tx, due.transfer).await?.ok_or(Error::NoSuchTransfer)?;
        let memo = Memo::default();
        let entry = Entry {
            kind: TransferKind::EarningsFreed,
            key: format!("earnings_freed:{}:{}", due.transfer, due.place),
            fingerprint: Fingerprint::of("earnings_freed").finish(),
            memo: &memo,
            subject: payment.subject.as_ref(),
            reverses: None,
            hold: None,
        };
        let payee = Some(line.payee);
        let wanted = [(payee, LedgerKind::Pending), (payee, LedgerKind::Earnings)];
        let accounts = Accounts::of(&mut tx, cx, line.currency, wanted).await?;
        let (pending, earnings) =
            (accounts.get(payee, LedgerKind::Pending)?, accounts.get(payee, LedgerKind::Earnings)?);
        let locked = Locked::lock(&mut tx, &[pending, earnings]).await?;
        let mut moves = Moves::default();
        moves.add(pending, -line.net())?;
        moves.add(earnings, line.net())?;
        let transfer = ledger::book(&mut tx, cx, &entry, &locked, &moves).await?;
        let fact =
            EarningsFreed { transfer: transfer.id, account: line.payee, amount: Money::new(line.net(), line.currency) };
        event::append(&mut tx, cx, due.transfer, &fact).await?;
        freed_by = Some(transfer.id);
    }
    lines::set_freed(&mut tx, due.transfer, due.place, freed_by, now).await?;
    tx.commit().await?;
    Ok(true)
}
