//! Other times that somebody would rather have.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId, RescheduleId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::Error;

/// A proposal that nobody has answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reschedule {
    pub(crate) id: RescheduleId,
    pub(crate) booking: BookingId,
    pub(crate) by: AccountId,
    pub(crate) until: DateTime<Utc>,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    Declined,
    Withdrawn,
    Lapsed,
}

impl Answer {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }
}

/// Writes down a proposal.
pub(crate) async fn insert(tx: &mut Tx, it: &Reschedule, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into reschedules (id, booking_id, by_id, state, until, created_at) values ($1, $2, $3, 'open', $4, $5)",
        it.id.uuid(),
        it.booking.uuid(),
        it.by.uuid(),
        it.until,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    id: Uuid,
    booking_id: Uuid,
    by_id: Uuid,
    until: DateTime<Utc>,
}

impl From<Row> for Reschedule {
    fn from(row: Row) -> Self {
        Self {
            id: RescheduleId::from_uuid(row.id),
            booking: BookingId::from_uuid(row.booking_id),
            by: AccountId::from_uuid(row.by_id),
            until: row.until,
        }
    }
}

/// A proposal that nobody has answered.
pub(crate) async fn open(executor: impl PgExecutor<'_>, id: RescheduleId) -> Result<Option<Reschedule>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, booking_id, by_id, until from reschedules where id = $1 and state = 'open'",
        id.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(Reschedule::from))
}

/// The proposals for bookings that nobody has answered.
pub(crate) async fn open_of(executor: impl PgExecutor<'_>, bookings: &[BookingId]) -> Result<Vec<Reschedule>, Error> {
    let ids: Vec<Uuid> = bookings.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query_as!(
        Row,
        "select id, booking_id, by_id, until from reschedules where booking_id = any($1) and state = 'open'",
        &ids
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Reschedule::from).collect())
}

/// Writes down what became of the proposal for a booking, if there is one that nobody has answered. Which that was.
pub(crate) async fn answer(
    tx: &mut Tx,
    booking: BookingId,
    answer: Answer,
    now: DateTime<Utc>,
) -> Result<Option<RescheduleId>, Error> {
    let id = sqlx::query_scalar!(
        "update reschedules set state = $2, answered_at = $3 where booking_id = $1 and state = 'open' returning id",
        booking.uuid(),
        answer.as_str(),
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(RescheduleId::from_uuid))
}

/// Bookings with a proposal that nobody answered in time.
pub(crate) async fn due(pool: &PgPool, now: DateTime<Utc>, limit: i64) -> Result<Vec<BookingId>, Error> {
    let ids = sqlx::query_scalar!(
        "select booking_id from reschedules where state = 'open' and until <= $1 order by until, id limit $2",
        now,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(BookingId::from_uuid).collect())
}
