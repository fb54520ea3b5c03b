//! What those who met noted of it.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId};
use platform::Tx;
use sqlx::PgPool;

use crate::{Error, expert::Note};

/// Keeps somebody's notes of a call, in the place of those they had. Without a word on what they agree to that stays.
pub(crate) async fn save(
    tx: &mut Tx,
    booking: BookingId,
    author: AccountId,
    body: &str,
    consents: Option<bool>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into booking_notes (booking_id, author_id, body, consents, updated_at)
         values ($1, $2, $3, coalesce($4, false), $5)
         on conflict (booking_id, author_id) do update
             set body = excluded.body, consents = coalesce($4, booking_notes.consents), updated_at = excluded.updated_at",
        booking.uuid(),
        author.uuid(),
        body,
        consents,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether somebody agrees that something public is made of what was noted of a call.
pub(crate) async fn consents(tx: &mut Tx, booking: BookingId, author: AccountId) -> Result<bool, Error> {
    let consents = sqlx::query_scalar!(
        "select consents from booking_notes where booking_id = $1 and author_id = $2",
        booking.uuid(),
        author.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(consents.unwrap_or(false))
}

/// The notes of a call, by who wrote them.
pub(crate) async fn of(pool: &PgPool, booking: BookingId) -> Result<Vec<(AccountId, Note)>, Error> {
    let rows = sqlx::query!(
        "select author_id, body, consents, updated_at from booking_notes where booking_id = $1",
        booking.uuid()
    )
    .fetch_all(pool)
    .await?;
    let notes = rows.into_iter().map(|row| {
        let note = Note { body: row.body, consents: row.consents, updated_at: Some(row.updated_at) };
        (AccountId::from_uuid(row.author_id), note)
    });
    Ok(notes.collect())
}
