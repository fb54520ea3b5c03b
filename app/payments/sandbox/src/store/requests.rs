//! Requests that were answered.

use chrono::{DateTime, Utc};
use platform::Tx;
use serde_json::Value;
use sqlx::PgPool;

use crate::error::Error;

/// Takes a key, unless it is taken. Waits for whoever is about to take it.
pub(crate) async fn take(tx: &mut Tx, key: &str, fingerprint: &[u8], now: DateTime<Utc>) -> Result<bool, Error> {
    let taken = sqlx::query!(
        "insert into sandbox_requests (key, fingerprint, created_at) values ($1, $2, $3) on conflict (key) do nothing",
        key,
        fingerprint,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// What a key was taken for, and how that was answered.
pub(crate) async fn find(tx: &mut Tx, key: &str) -> Result<Option<(Vec<u8>, Option<Value>)>, Error> {
    let row = sqlx::query!("select fingerprint, answer from sandbox_requests where key = $1", key)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| (row.fingerprint, row.answer)))
}

/// Keeps the answer to a request.
pub(crate) async fn answer(tx: &mut Tx, key: &str, answer: &Value) -> Result<(), Error> {
    sqlx::query!("update sandbox_requests set answer = $2 where key = $1", key, answer).execute(&mut **tx).await?;
    Ok(())
}

/// Forgets what was answered before an instant, and gives how many there were.
pub(crate) async fn forget(pool: &PgPool, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let gone = sqlx::query!("delete from sandbox_requests where created_at < $1", before).execute(pool).await?;
    Ok(gone.rows_affected())
}
