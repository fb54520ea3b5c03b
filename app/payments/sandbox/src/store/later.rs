//! What is to happen later.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::{Later, error::Error};

/// What is due at an instant: the oldest first, and not all at once.
pub(crate) async fn due(pool: &PgPool, now: DateTime<Utc>) -> Result<Vec<Later>, Error> {
    let rows = sqlx::query!(
        r#"select kind as "kind!", reference as "reference!" from (
             select 'payment' as kind, reference, settles_at as at from sandbox_payments where settles_at <= $1
             union all select 'refund', reference, settles_at from sandbox_refunds where settles_at <= $1
             union all select 'payout', reference, settles_at from sandbox_payouts where settles_at <= $1
             union all select 'page', reference, expires_at from sandbox_pages where state = 'open' and expires_at <= $1
           ) due order by at, reference limit 100"#,
        now
    )
    .fetch_all(pool)
    .await?;
    let later = |kind: &str, reference| match kind {
        "payment" => Ok(Later::Payment(reference)),
        "refund" => Ok(Later::Refund(reference)),
        "payout" => Ok(Later::Payout(reference)),
        "page" => Ok(Later::Page(reference)),
        _ => Err(Error::BadRow("kind of what is due")),
    };
    rows.into_iter().map(|row| later(&row.kind, row.reference)).collect()
}

/// The database's time, which the queue of jobs goes by.
pub(crate) async fn database_time(pool: &PgPool) -> Result<DateTime<Utc>, sqlx::Error> {
    sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#).fetch_one(pool).await
}
