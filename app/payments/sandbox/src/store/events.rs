//! News.

use chrono::{DateTime, Utc};
use platform::Tx;
use sqlx::PgPool;

use crate::error::Error;

/// Writes an event down as it is sent.
pub(crate) async fn insert(tx: &mut Tx, reference: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("insert into sandbox_events (reference, body, created_at) values ($1, $2, $3)", reference, body, now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The body of an event that has not been delivered yet.
pub(crate) async fn to_deliver(pool: &PgPool, reference: &str) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!("select body from sandbox_events where reference = $1 and delivered_at is null", reference)
        .fetch_optional(pool)
        .await
}

/// Writes down that an event was delivered.
pub(crate) async fn delivered(pool: &PgPool, reference: &str, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("update sandbox_events set delivered_at = $2 where reference = $1", reference, now)
        .execute(pool)
        .await?;
    Ok(())
}

/// Forgets events from before an instant, and gives how many there were.
pub(crate) async fn forget(pool: &PgPool, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let gone = sqlx::query!("delete from sandbox_events where created_at < $1", before).execute(pool).await?;
    Ok(gone.rows_affected())
}
