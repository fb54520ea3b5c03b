//! What is said in rooms, and what browsers tell each other there.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId, RoomMessageId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::Error;

/// Something that was said in a room.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: RoomMessageId,
    pub(crate) author: AccountId,
    pub(crate) body: String,
    pub(crate) at: DateTime<Utc>,
}

/// When something was said last in the room of a booking.
pub(crate) async fn last_said_at(tx: &mut Tx, booking: BookingId) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(sqlx::query_scalar!(
        "select created_at from room_messages where booking_id = $1 order by id desc limit 1",
        booking.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Writes down what somebody says.
pub(crate) async fn say(tx: &mut Tx, booking: BookingId, message: &Message) -> Result<(), Error> {
    sqlx::query!(
        "insert into room_messages (id, booking_id, author_id, body, created_at) values ($1, $2, $3, $4, $5)",
        message.id.uuid(),
        booking.uuid(),
        message.author.uuid(),
        message.body,
        message.at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was said after a message, or from the beginning on; the oldest first.
pub(crate) async fn said_after(
    pool: &PgPool,
    booking: BookingId,
    after: Option<RoomMessageId>,
    limit: i64,
) -> Result<Vec<Message>, Error> {
    let rows = sqlx::query!(
        "select id, author_id, body, created_at from room_messages
         where booking_id = $1 and ($2::uuid is null or id > $2) order by id limit $3",
        booking.uuid(),
        after.map(RoomMessageId::uuid),
        limit
    )
    .fetch_all(pool)
    .await?;
    let messages = rows.into_iter().map(|row| Message {
        id: RoomMessageId::from_uuid(row.id),
        author: AccountId::from_uuid(row.author_id),
        body: row.body,
        at: row.created_at,
    });
    Ok(messages.collect())
}

/// What was said last, the youngest first.
pub(crate) async fn said_last(pool: &PgPool, booking: BookingId, limit: i64) -> Result<Vec<Message>, Error> {
    let rows = sqlx::query!(
        "select id, author_id, body, created_at from room_messages where booking_id = $1 order by id desc limit $2",
        booking.uuid(),
        limit
    )
    .fetch_all(pool)
    .await?;
    let messages = rows.into_iter().map(|row| Message {
        id: RoomMessageId::from_uuid(row.id),
        author: AccountId::from_uuid(row.author_id),
        body: row.body,
        at: row.created_at,
    });
    Ok(messages.collect())
}

/// Writes down what somebody's browser tells. Whoever holds the booking's row is the only one to: numbers grow in the
/// order in which they are committed.
pub(crate) async fn signal(
    tx: &mut Tx,
    booking: BookingId,
    from: AccountId,
    body: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into room_signals (booking_id, from_id, body, created_at) values ($1, $2, $3, $4)",
        booking.uuid(),
        from.uuid(),
        body,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What other browsers than somebody's own told after a signal, in order.
pub(crate) async fn signals_after(
    pool: &PgPool,
    booking: BookingId,
    reader: AccountId,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>, Error> {
    let rows = sqlx::query!(
        "select id, body from room_signals where booking_id = $1 and from_id <> $2 and id > $3 order by id limit $4",
        booking.uuid(),
        reader.uuid(),
        after,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.body)).collect())
}

/// The number of the last signal in a room; 0 without one.
pub(crate) async fn last_signal(pool: &PgPool, booking: BookingId) -> Result<i64, Error> {
    let last = sqlx::query_scalar!(
        "select id from room_signals where booking_id = $1 order by id desc limit 1",
        booking.uuid()
    )
    .fetch_optional(pool)
    .await?;
    Ok(last.unwrap_or(0))
}

/// Deletes what browsers told each other before then, and what they did for calls that are settled. How much that was.
pub(crate) async fn forget_signals(executor: impl PgExecutor<'_>, before: DateTime<Utc>) -> Result<u64, Error> {
    let done = sqlx::query!(
        "delete from room_signals s using bookings b
         where b.id = s.booking_id and (s.created_at < $1 or b.state <> 'confirmed')",
        before
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}

/// Those of the bookings in which somebody is one of both.
pub(crate) async fn of_party(
    pool: &PgPool,
    account: AccountId,
    bookings: &[BookingId],
) -> Result<Vec<BookingId>, Error> {
    let ids: Vec<Uuid> = bookings.iter().map(|id| id.uuid()).collect();
    let found = sqlx::query_scalar!(
        "select id from bookings where id = any($1) and (expert_id = $2 or client_id = $2)",
        &ids,
        account.uuid()
    )
    .fetch_all(pool)
    .await?;
    Ok(found.into_iter().map(BookingId::from_uuid).collect())
}
