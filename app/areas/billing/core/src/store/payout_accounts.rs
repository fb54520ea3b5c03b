//! Where members' payouts go.

use chrono::{DateTime, Utc};
use kernel::{AccountId, PayoutId};
use platform::Tx;
use sqlx::PgPool;

use crate::Error;

/// Where somebody's payouts go, as a provider knows it.
#[derive(Debug, Clone)]
pub(crate) struct PayoutTo {
    pub(crate) reference: String,
    pub(crate) enabled: bool,
}

/// Where somebody's payouts go.
pub(crate) async fn of(pool: &PgPool, account: AccountId, provider: &str) -> Result<Option<PayoutTo>, Error> {
    let row = sqlx::query!(
        "select reference, enabled from payout_accounts where account_id = $1 and provider = $2",
        account.uuid(),
        provider
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| PayoutTo { reference: row.reference, enabled: row.enabled }))
}

/// Remembers what a provider calls the account that somebody's payouts go to.
pub(crate) async fn set(
    pool: &PgPool,
    account: AccountId,
    provider: &str,
    reference: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let mut tx = pool.begin().await?;
    // Of two at once the second waits, whichever of the two keys it meets the first one at.
    sqlx::query!(
        "insert into payout_accounts (account_id, provider, reference, said_at) values ($1, $2, $3, to_timestamp(0))
         on conflict do nothing",
        account.uuid(),
        provider,
        reference
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update payout_accounts set provider = $2, reference = $3, complete = false, enabled = false, said_at = $4
         where account_id = $1 and provider <> $2",
        account.uuid(),
        provider,
        reference,
        now
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Hears whether payouts can go to an account. What was said later counts; of two things said in the same second, the
/// one that refuses. Whether the account is one of ours.
pub(crate) async fn hear(
    tx: &mut Tx,
    provider: &str,
    reference: &str,
    (complete, enabled): (bool, bool),
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let known = sqlx::query!(
        "update payout_accounts set
             complete = case when $5 > said_at then $3 when $5 = said_at then complete and $3 else complete end,
             enabled = case when $5 > said_at then $4 when $5 = said_at then enabled and $4 else enabled end,
             said_at = greatest(said_at, $5)
         where provider = $1 and reference = $2",
        provider,
        reference,
        complete,
        enabled,
        at
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(known > 0)
}

/// When a payout was handed over for the first time: now, if it never was.
pub(crate) async fn asked_at(pool: &PgPool, payout: PayoutId, now: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
    let asked_at = sqlx::query_scalar!(
        "insert into payout_handovers as it (payout_id, asked_at) values ($1, $2)
         on conflict (payout_id) do update set asked_at = it.asked_at returning asked_at",
        payout.uuid(),
        now
    )
    .fetch_one(pool)
    .await?;
    Ok(asked_at)
}
