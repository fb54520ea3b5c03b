//! The lines of payments: who earned what, when it becomes free, and what of it was given back.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Currency, TransferId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::currency;
use crate::{Error, Lines};

/// A line of a payment whose row is held.
pub(crate) struct Line {
    pub(crate) place: i16,
    pub(crate) payer: AccountId,
    pub(crate) payee: AccountId,
    pub(crate) currency: Currency,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) refunded: i64,
    pub(crate) refunded_fee: i64,
    pub(crate) freed: bool,
}

impl Line {
    /// What the payee has of it: without the fee, and without what was given back.
    pub(crate) const fn net(&self) -> i64 {
        (self.amount - self.fee) - (self.refunded - self.refunded_fee)
    }
}

/// Writes the lines of a payment down.
pub(crate) async fn insert(
    tx: &mut Tx,
    transfer: TransferId,
    payer: AccountId,
    lines: &Lines,
    frees_at: DateTime<Utc>,
) -> Result<(), Error> {
    let payees: Vec<Uuid> = lines.iter().map(|line| line.to.uuid()).collect();
    let amounts: Vec<i64> = lines.iter().map(|line| line.amount.minor()).collect();
    let fees: Vec<i64> = lines.iter().map(crate::Line::fee_minor).collect();
    sqlx::query!(
        "insert into payment_lines (transfer_id, place, payer_id, payee_id, currency, amount, fee, frees_at)
         select $1, place - 1, $2, payee, $3, amount, fee, $4
         from unnest($5::uuid[], $6::bigint[], $7::bigint[]) with ordinality as line (payee, amount, fee, place)",
        transfer.uuid(),
        payer.uuid(),
        lines.currency().as_str(),
        frees_at,
        &payees,
        &amounts,
        &fees,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct LineRow {
    place: i16,
    payer_id: Uuid,
    payee_id: Uuid,
    currency: String,
    amount: i64,
    fee: i64,
    refunded: i64,
    refunded_fee: i64,
    freed_at: Option<DateTime<Utc>>,
}

impl TryFrom<LineRow> for Line {
    type Error = Error;

    fn try_from(row: LineRow) -> Result<Self, Error> {
        Ok(Self {
            place: row.place,
            payer: AccountId::from_uuid(row.payer_id),
            payee: AccountId::from_uuid(row.payee_id),
            currency: currency(&row.currency)?,
            amount: row.amount,
            fee: row.fee,
            refunded: row.refunded,
            refunded_fee: row.refunded_fee,
            freed: row.freed_at.is_some(),
        })
    }
}

/// Reads the lines of a payment and holds their rows until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, transfer: TransferId) -> Result<Vec<Line>, Error> {
    sqlx::query_as!(
        LineRow,
        "select place, payer_id, payee_id, currency, amount, fee, refunded, refunded_fee, freed_at
         from payment_lines where transfer_id = $1 order by place for no key update",
        transfer.uuid()
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Line::try_from)
    .collect()
}

/// Reads a line that is not free yet and holds its row until the transaction ends. `None` when it is free, or somebody
/// else is at work on it.
pub(crate) async fn lock_unfreed(tx: &mut Tx, transfer: TransferId, place: i16) -> Result<Option<Line>, Error> {
    sqlx::query_as!(
        LineRow,
        "select place, payer_id, payee_id, currency, amount, fee, refunded, refunded_fee, freed_at
         from payment_lines where transfer_id = $1 and place = $2 and freed_at is null for no key update skip locked",
        transfer.uuid(),
        place
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Line::try_from)
    .transpose()
}

/// Writes down that so much of lines was given back: for each its place, the amount and what of that was fee.
pub(crate) async fn refund(tx: &mut Tx, transfer: TransferId, backs: &[(i16, i64, i64)]) -> Result<(), Error> {
    let places: Vec<i16> = backs.iter().map(|(place, ..)| *place).collect();
    let amounts: Vec<i64> = backs.iter().map(|(_, amount, _)| *amount).collect();
    let fees: Vec<i64> = backs.iter().map(|(.., fee)| *fee).collect();
    sqlx::query!(
        "update payment_lines l set refunded = refunded + back.amount, refunded_fee = refunded_fee + back.fee
         from unnest($2::smallint[], $3::bigint[], $4::bigint[]) as back (place, amount, fee)
         where l.transfer_id = $1 and l.place = back.place",
        transfer.uuid(),
        &places,
        &amounts,
        &fees
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down that a line is free, and by which transfer, if anything was left to be moved.
pub(crate) async fn set_freed(
    tx: &mut Tx,
    transfer: TransferId,
    place: i16,
    by: Option<TransferId>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update payment_lines set freed_at = $3, freed_by = $4 where transfer_id = $1 and place = $2",
        transfer.uuid(),
        place,
        now,
        by.map(TransferId::uuid)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down when the lines of a payment that are not free yet become so.
pub(crate) async fn set_frees_at(tx: &mut Tx, payment: TransferId, at: Option<DateTime<Utc>>) -> Result<(), Error> {
    sqlx::query!(
        "update payment_lines set frees_at = $2 where transfer_id = $1 and freed_at is null",
        payment.uuid(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A place in the list of lines by when they become free.
#[derive(Clone, Copy)]
pub(crate) struct Due {
    pub(crate) at: DateTime<Utc>,
    pub(crate) transfer: TransferId,
    pub(crate) place: i16,
}

/// Lines that are to be free at `now`, from after a place in their list.
pub(crate) async fn due(pool: &PgPool, now: DateTime<Utc>, after: Due, most: i64) -> Result<Vec<Due>, Error> {
    let rows = sqlx::query!(
        r#"select transfer_id, place, frees_at as "frees_at!" from payment_lines
         where freed_at is null and frees_at <= $1 and (frees_at, transfer_id, place) > ($2, $3, $4)
         order by frees_at, transfer_id, place limit $5"#,
        now,
        after.at,
        after.transfer.uuid(),
        after.place,
        most
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Due { at: row.frees_at, transfer: TransferId::from_uuid(row.transfer_id), place: row.place })
        .collect())
}

/// When the next of what somebody earned becomes free, in each currency.
pub(crate) async fn next_freed(pool: &PgPool, payee: AccountId) -> Result<Vec<(Currency, DateTime<Utc>)>, Error> {
    sqlx::query!(
        r#"select currency, min(frees_at) as "frees_at!" from payment_lines
           where payee_id = $1 and freed_at is null and frees_at is not null and amount - fee > refunded - refunded_fee
           group by currency"#,
        payee.uuid()
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| Ok((currency(&row.currency)?, row.frees_at)))
    .collect()
}
