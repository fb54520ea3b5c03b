//! What experts made public of what was noted of their calls.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId, PublicationId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::bookings::Booking;
use crate::{Error, PublicationView, command::NewPublication};

/// Shows it from now on: for the first time, or again.
pub(crate) async fn show(
    tx: &mut Tx,
    id: PublicationId,
    it: &Booking,
    new: &NewPublication,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into published_notes (booking_id, id, expert_id, client_id, title, body, agreed, published_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, true, $7, $7)
         on conflict (booking_id) do update
             set id = excluded.id, title = excluded.title, body = excluded.body, agreed = true,
                 published_at = excluded.published_at, updated_at = excluded.updated_at",
        it.id.uuid(),
        id.uuid(),
        it.expert.uuid(),
        it.client.uuid(),
        new.title,
        new.body,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Changes what is shown of a call.
pub(crate) async fn change(
    tx: &mut Tx,
    booking: BookingId,
    new: &NewPublication,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update published_notes set title = $2, body = $3, updated_at = $4 where booking_id = $1",
        booking.uuid(),
        new.title,
        new.body,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Shows it no longer. Whether it was shown.
pub(crate) async fn hide(tx: &mut Tx, booking: BookingId) -> Result<bool, Error> {
    let done =
        sqlx::query!("update published_notes set agreed = null where booking_id = $1 and agreed", booking.uuid())
            .execute(&mut **tx)
            .await?;
    Ok(done.rows_affected() > 0)
}

struct Row {
    id: Uuid,
    booking_id: Uuid,
    title: String,
    body: String,
    agreed: Option<bool>,
    published_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for PublicationView {
    fn from(row: Row) -> Self {
        Self {
            id: PublicationId::from_uuid(row.id),
            booking: BookingId::from_uuid(row.booking_id),
            title: row.title,
            body: row.body,
            is_shown: row.agreed == Some(true),
            published_at: row.published_at,
            updated_at: row.updated_at,
        }
    }
}

/// What was made public of a call, whether it is shown or not.
pub(crate) async fn of_booking(
    executor: impl PgExecutor<'_>,
    booking: BookingId,
) -> Result<Option<PublicationView>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, booking_id, title, body, agreed, published_at, updated_at from published_notes where booking_id = $1",
        booking.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(PublicationView::from))
}

/// What is shown of an expert's calls, the youngest first.
pub(crate) async fn of_expert(
    pool: &PgPool,
    expert: AccountId,
    before: Option<PublicationId>,
    limit: i64,
) -> Result<Vec<PublicationView>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, booking_id, title, body, agreed, published_at, updated_at from published_notes
         where expert_id = $1 and agreed and ($2::uuid is null or id < $2) order by id desc limit $3",
        expert.uuid(),
        before.map(PublicationId::uuid),
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(PublicationView::from).collect())
}
