//! Reviews.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, ListingId, ReviewId};
use platform::Tx;
use sqlx::PgPool;
use std::collections::HashMap;
use uuid::Uuid;

use crate::{Error, ReviewView};

/// A review, as the rules need it.
pub(crate) struct Review {
    pub(crate) id: ReviewId,
    pub(crate) listing: ListingId,
    pub(crate) author: AccountId,
    pub(crate) rating: i16,
}

/// A review, by who wrote it, or by its id. Held until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, by: Result<ReviewId, (ListingId, AccountId)>) -> Result<Option<Review>, Error> {
    let (id, of) = (by.ok(), by.err());
    let row = sqlx::query!(
        "select id, listing_id, author_id, rating from reviews
         where id = $1 or (listing_id = $2 and author_id = $3) for no key update",
        id.map(ReviewId::uuid),
        of.map(|it| it.0.uuid()),
        of.map(|it| it.1.uuid()),
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Review {
        id: ReviewId::from_uuid(row.id),
        listing: ListingId::from_uuid(row.listing_id),
        author: AccountId::from_uuid(row.author_id),
        rating: row.rating,
    }))
}

/// Writes a review down, or keeps what changed of the one that is there.
pub(crate) async fn put(tx: &mut Tx, it: &Review, body: &str, now: DateTime<Utc>) -> Result<ReviewId, Error> {
    let id = sqlx::query_scalar!(
        "insert into reviews (id, listing_id, author_id, rating, body, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (listing_id, author_id) do update
             set rating = excluded.rating, body = excluded.body, edited_at = excluded.created_at
         returning id",
        it.id.uuid(),
        it.listing.uuid(),
        it.author.uuid(),
        it.rating,
        body,
        now,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(ReviewId::from_uuid(id))
}

/// Deletes a review.
pub(crate) async fn delete(tx: &mut Tx, id: ReviewId) -> Result<(), Error> {
    sqlx::query!("delete from reviews where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// Changes what the listing counts.
pub(crate) async fn count(tx: &mut Tx, listing: ListingId, ratings: i32, sum: i32) -> Result<(), Error> {
    sqlx::query!(
        "update listings set ratings = ratings + $2, rating_sum = rating_sum + $3 where id = $1",
        listing.uuid(),
        ratings,
        sum,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what the owner replied, or nothing.
pub(crate) async fn reply(tx: &mut Tx, id: ReviewId, reply: Option<&str>, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update reviews set reply = $2, replied_at = case when $2::text is null then null else $3::timestamptz end where id = $1",
        id.uuid(),
        reply,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    id: Uuid,
    author_id: Uuid,
    rating: i16,
    body: String,
    reply: Option<String>,
    created_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
}

/// Reviews of a listing, youngest first; or only one author's.
pub(crate) async fn of_listing(
    pool: &PgPool,
    listing: ListingId,
    author: Option<AccountId>,
    viewer: Option<AccountId>,
    before: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<ReviewView>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, author_id, rating, body, reply, created_at, edited_at from reviews
         where listing_id = $1 and ($2::uuid is null or author_id = $2) and ($3::uuid is null or id < $3)
         order by id desc limit $4",
        listing.uuid(),
        author.map(AccountId::uuid),
        before.map(ReviewId::uuid),
        limit,
    )
    .fetch_all(pool)
    .await?;
    let authors: Vec<AccountId> = rows.iter().map(|row| AccountId::from_uuid(row.author_id)).collect();
    let authors: HashMap<AccountId, AccountSummary> = identity_core::service::summaries(pool, &authors).await?;
    rows.into_iter()
        .map(|row| {
            let author = AccountId::from_uuid(row.author_id);
            Ok(ReviewView {
                id: ReviewId::from_uuid(row.id),
                author: authors.get(&author).cloned().ok_or(Error::BadRow("review without an author"))?,
                rating: u8::try_from(row.rating).map_err(|_| Error::BadRow("rating"))?,
                body: row.body,
                reply: row.reply,
                created_at: row.created_at,
                edited_at: row.edited_at,
                mine: viewer == Some(author),
            })
        })
        .collect()
}
