//! Reviews of calls.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, BookingId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{Error, ReviewView};

/// A review that is written down.
pub(crate) struct NewRow<'a> {
    pub(crate) booking: BookingId,
    pub(crate) expert: AccountId,
    pub(crate) author: AccountId,
    pub(crate) rating: u8,
    pub(crate) body: &'a str,
}

/// Writes a review down. A second one of the same call is an error.
pub(crate) async fn insert(tx: &mut Tx, it: &NewRow<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into expert_reviews (booking_id, expert_id, author_id, rating, body, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        it.booking.uuid(),
        it.expert.uuid(),
        it.author.uuid(),
        i16::from(it.rating),
        it.body,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose call a review is of, if there is one. Held until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, booking: BookingId) -> Result<Option<AccountId>, Error> {
    let expert = sqlx::query_scalar!(
        "select expert_id from expert_reviews where booking_id = $1 for no key update",
        booking.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(expert.map(AccountId::from_uuid))
}

/// Keeps what the expert says to a review.
pub(crate) async fn reply(tx: &mut Tx, booking: BookingId, reply: &str, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update expert_reviews set reply = $2, replied_at = $3 where booking_id = $1",
        booking.uuid(),
        reply,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    booking_id: Uuid,
    author_id: Uuid,
    rating: i16,
    body: String,
    reply: Option<String>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn view(self, authors: &HashMap<AccountId, AccountSummary>) -> Result<ReviewView, Error> {
        let author = authors.get(&AccountId::from_uuid(self.author_id)).cloned();
        Ok(ReviewView {
            booking: BookingId::from_uuid(self.booking_id),
            author: author.ok_or(Error::BadRow("review without an author"))?,
            rating: u8::try_from(self.rating).map_err(|_| Error::BadRow("rating"))?,
            body: self.body,
            reply: self.reply,
            created_at: self.created_at,
        })
    }
}

async fn views(pool: &PgPool, rows: Vec<Row>) -> Result<Vec<ReviewView>, Error> {
    let authors: Vec<AccountId> = rows.iter().map(|row| AccountId::from_uuid(row.author_id)).collect();
    let authors = identity_core::service::summaries(pool, &authors).await?;
    rows.into_iter().map(|row| row.view(&authors)).collect()
}

/// Reviews of an expert's calls, those of the youngest booking first.
pub(crate) async fn of_expert(
    pool: &PgPool,
    expert: AccountId,
    before: Option<BookingId>,
    limit: i64,
) -> Result<Vec<ReviewView>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select booking_id, author_id, rating, body, reply, created_at from expert_reviews
         where expert_id = $1 and ($2::uuid is null or booking_id < $2) order by booking_id desc limit $3",
        expert.uuid(),
        before.map(BookingId::uuid),
        limit,
    )
    .fetch_all(pool)
    .await?;
    views(pool, rows).await
}

/// The review of a call, if there is one.
pub(crate) async fn of_booking(pool: &PgPool, booking: BookingId) -> Result<Option<ReviewView>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select booking_id, author_id, rating, body, reply, created_at from expert_reviews where booking_id = $1",
        booking.uuid()
    )
    .fetch_optional(pool)
    .await?;
    Ok(views(pool, row.into_iter().collect()).await?.pop())
}
