//! What clients say went wrong with calls.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};

use super::euros;
use crate::{Dispute, Error};

/// Writes down a dispute.
pub(crate) async fn open(tx: &mut Tx, booking: BookingId, reason: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into booking_disputes (booking_id, reason, opened_at) values ($1, $2, $3)",
        booking.uuid(),
        reason,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The dispute of a booking, if there is one.
pub(crate) async fn of(executor: impl PgExecutor<'_>, booking: BookingId) -> Result<Option<Dispute>, Error> {
    let row = sqlx::query!(
        "select reason, opened_at, decided_at, returned_minor, answer from booking_disputes where booking_id = $1",
        booking.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Dispute {
        reason: row.reason,
        opened_at: row.opened_at,
        decided: match (row.returned_minor, row.answer, row.decided_at) {
            (Some(minor), Some(answer), Some(at)) => Some((euros(minor), answer, at)),
            _ => None,
        },
    }))
}

/// Writes down what an administrator decided. Whether nobody had before.
pub(crate) async fn decide(
    tx: &mut Tx,
    booking: BookingId,
    by: AccountId,
    returned: i64,
    answer: &str,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update booking_disputes set decided_at = $5, decided_by = $2, returned_minor = $3, answer = $4
         where booking_id = $1 and decided_at is null",
        booking.uuid(),
        by.uuid(),
        returned,
        answer,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Disputes that nobody has decided, the oldest first.
pub(crate) async fn undecided(pool: &PgPool, limit: i64) -> Result<Vec<(BookingId, Dispute)>, Error> {
    let rows = sqlx::query!(
        "select booking_id, reason, opened_at from booking_disputes
         where decided_at is null order by opened_at, booking_id limit $1",
        limit
    )
    .fetch_all(pool)
    .await?;
    let disputes = rows.into_iter().map(|row| {
        let dispute = Dispute { reason: row.reason, opened_at: row.opened_at, decided: None };
        (BookingId::from_uuid(row.booking_id), dispute)
    });
    Ok(disputes.collect())
}
