//! Payouts.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Money, PageSize, PayoutId, TransferId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::currency;
use crate::{Amount, Error, PayoutState, PayoutView};

/// Writes a payout down.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: PayoutId,
    account: AccountId,
    amount: Amount,
    transfer: TransferId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into payouts (id, account_id, currency, amount, state, transfer_id, created_at, changed_at)
         values ($1, $2, $3, $4, 'requested', $5, $6, $6)",
        id.uuid(),
        account.uuid(),
        amount.currency().as_str(),
        amount.minor(),
        transfer.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The payout that a transfer took off the earnings.
pub(crate) async fn by_transfer(tx: &mut Tx, transfer: TransferId) -> Result<Option<PayoutId>, Error> {
    let id = sqlx::query_scalar!("select id from payouts where transfer_id = $1", transfer.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(id.map(PayoutId::from_uuid))
}

struct PayoutRow {
    id: Uuid,
    account_id: Uuid,
    currency: String,
    amount: i64,
    state: String,
    failure: Option<String>,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
}

impl TryFrom<PayoutRow> for PayoutView {
    type Error = Error;

    fn try_from(row: PayoutRow) -> Result<Self, Error> {
        Ok(Self {
            id: PayoutId::from_uuid(row.id),
            account: AccountId::from_uuid(row.account_id),
            amount: Money::new(row.amount, currency(&row.currency)?),
            state: PayoutState::parse(&row.state).ok_or(Error::BadRow("state of a payout"))?,
            failure: row.failure,
            created_at: row.created_at,
            changed_at: row.changed_at,
        })
    }
}

/// Reads a payout and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: PayoutId) -> Result<Option<PayoutView>, Error> {
    sqlx::query_as!(
        PayoutRow,
        "select id, account_id, currency, amount, state, failure, created_at, changed_at
         from payouts where id = $1 for no key update",
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(PayoutView::try_from)
    .transpose()
}

/// Writes down how far a payout is.
pub(crate) async fn set_state(
    tx: &mut Tx,
    id: PayoutId,
    state: PayoutState,
    failure: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update payouts set state = $2, failure = $3, changed_at = $4 where id = $1",
        id.uuid(),
        state.as_str(),
        failure,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Somebody's payouts, youngest first.
pub(crate) async fn page(
    pool: &PgPool,
    account: AccountId,
    before: PayoutId,
    size: PageSize,
) -> Result<Vec<PayoutView>, Error> {
    sqlx::query_as!(
        PayoutRow,
        "select id, account_id, currency, amount, state, failure, created_at, changed_at
         from payouts where account_id = $1 and id < $2 order by id desc limit $3",
        account.uuid(),
        before.uuid(),
        size.overfull()
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(PayoutView::try_from)
    .collect()
}

/// Payouts that no bank has yet, oldest first.
pub(crate) async fn requested(pool: &PgPool, after: PayoutId, limit: i64) -> Result<Vec<PayoutView>, Error> {
    sqlx::query_as!(
        PayoutRow,
        "select id, account_id, currency, amount, state, failure, created_at, changed_at
         from payouts where state = 'requested' and id > $1 order by id limit $2",
        after.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(PayoutView::try_from)
    .collect()
}
