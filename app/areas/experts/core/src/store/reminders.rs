//! What is to be said of a booking and when, each once.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use crate::Error;

/// What a reminder says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReminderKind {
    /// The call is tomorrow.
    DayBefore,
    /// The room is open.
    Soon,
    /// How was it?
    Review,
}

impl ReminderKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::DayBefore => "day_before",
            Self::Soon => "soon",
            Self::Review => "review",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::DayBefore, Self::Soon, Self::Review].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A reminder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reminder {
    pub(crate) booking: BookingId,
    pub(crate) account: AccountId,
    pub(crate) kind: ReminderKind,
}

/// Has something said at a time, or at another one than before; what was said already is not said again.
pub(crate) async fn put(tx: &mut Tx, it: Reminder, due_at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into booking_reminders (booking_id, account_id, kind, due_at) values ($1, $2, $3, $4)
         on conflict (booking_id, account_id, kind) do update set due_at = excluded.due_at
         where booking_reminders.sent_at is null",
        it.booking.uuid(),
        it.account.uuid(),
        it.kind.as_str(),
        due_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets what was not said yet be.
pub(crate) async fn forget(tx: &mut Tx, booking: BookingId) -> Result<(), Error> {
    sqlx::query!("delete from booking_reminders where booking_id = $1 and sent_at is null", booking.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Has nothing said of a booking, and forgets what was: it is at another time now.
pub(crate) async fn clear(tx: &mut Tx, booking: BookingId) -> Result<(), Error> {
    sqlx::query!("delete from booking_reminders where booking_id = $1", booking.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// What is to be said by now.
pub(crate) async fn due(pool: &PgPool, now: DateTime<Utc>, limit: i64) -> Result<Vec<Reminder>, Error> {
    let rows = sqlx::query!(
        "select booking_id, account_id, kind from booking_reminders
         where sent_at is null and due_at <= $1 order by due_at, booking_id limit $2",
        now,
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(|row| read(row.booking_id, row.account_id, &row.kind)).collect()
}

fn read(booking: Uuid, account: Uuid, kind: &str) -> Result<Reminder, Error> {
    Ok(Reminder {
        booking: BookingId::from_uuid(booking),
        account: AccountId::from_uuid(account),
        kind: ReminderKind::parse(kind).ok_or(Error::BadRow("kind of a reminder"))?,
    })
}

/// Writes down that something was said. Whether it was not before.
pub(crate) async fn set_sent(tx: &mut Tx, it: Reminder, now: DateTime<Utc>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update booking_reminders set sent_at = $4
         where booking_id = $1 and account_id = $2 and kind = $3 and sent_at is null and due_at <= $4",
        it.booking.uuid(),
        it.account.uuid(),
        it.kind.as_str(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
