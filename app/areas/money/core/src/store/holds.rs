//! Holds.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Currency, HoldId, Money};
use platform::Tx;
use sqlx::PgPool;

use super::{currency, subject};
use crate::{Amount, Error, Subject};

/// A hold whose row is held.
pub(crate) struct Hold {
    pub(crate) id: HoldId,
    pub(crate) payer: AccountId,
    pub(crate) currency: Currency,
    pub(crate) left: i64,
    pub(crate) subject: Option<Subject>,
    pub(crate) expires_at: DateTime<Utc>,
}

impl Hold {
    /// What has neither been taken nor let go.
    pub(crate) const fn left(&self) -> Money {
        Money::new(self.left, self.currency)
    }
}

/// Writes a hold down.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: HoldId,
    payer: AccountId,
    amount: Amount,
    about: Option<&Subject>,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into holds (id, payer_id, currency, amount, state, subject_kind, subject_id, expires_at, created_at)
         values ($1, $2, $3, $4, 'open', $5, $6, $7, $8)",
        id.uuid(),
        payer.uuid(),
        amount.currency().as_str(),
        amount.minor(),
        about.map(|subject| subject.kind.as_str()),
        about.map(|subject| subject.id),
        expires_at,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reads a hold and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: HoldId) -> Result<Option<Hold>, Error> {
    sqlx::query!(
        r#"select payer_id, currency, amount - captured - released as "left!", subject_kind, subject_id, expires_at
           from holds where id = $1 for no key update"#,
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(|row| {
        Ok(Hold {
            id,
            payer: AccountId::from_uuid(row.payer_id),
            currency: currency(&row.currency)?,
            left: row.left,
            subject: subject(row.subject_kind, row.subject_id),
            expires_at: row.expires_at,
        })
    })
    .transpose()
}

/// Writes down that so much was taken and so much let go. Closes the hold when nothing is left.
pub(crate) async fn take(
    tx: &mut Tx,
    id: HoldId,
    captured: i64,
    released: i64,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update holds set captured = captured + $2, released = released + $3,
             state = case when captured + $2 + released + $3 = amount then 'closed' else 'open' end,
             closed_at = case when captured + $2 + released + $3 = amount then $4::timestamptz end
         where id = $1",
        id.uuid(),
        captured,
        released,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Holds that have expired at `now`, and after which of them to go on.
pub(crate) async fn expired(
    pool: &PgPool,
    now: DateTime<Utc>,
    after: (DateTime<Utc>, HoldId),
    most: i64,
) -> Result<Vec<(DateTime<Utc>, HoldId)>, Error> {
    let rows = sqlx::query!(
        "select id, expires_at from holds
         where state = 'open' and expires_at <= $1 and (expires_at, id) > ($2, $3) order by expires_at, id limit $4",
        now,
        after.0,
        after.1.uuid(),
        most
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.expires_at, HoldId::from_uuid(row.id))).collect())
}
