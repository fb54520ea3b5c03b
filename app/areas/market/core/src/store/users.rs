//! Who has to do with a listing, and what using it came to.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ConversationId, ListingId};
use platform::Tx;
use sqlx::PgExecutor;

use super::count;
use crate::Error;

/// How somebody stands to a listing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct User {
    pub(crate) free_used: u32,
    pub(crate) answers: i64,
    /// The most a message may cost without asking them again, in minor units.
    pub(crate) agreed: Option<i64>,
}

/// How somebody stands to a listing.
pub(crate) async fn find(executor: impl PgExecutor<'_>, listing: ListingId, account: AccountId) -> Result<User, Error> {
    let row = sqlx::query!(
        "select free_used, answers, agreed_minor from listing_users where listing_id = $1 and account_id = $2",
        listing.uuid(),
        account.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map_or_else(User::default, |row| User {
        free_used: count(row.free_used),
        answers: row.answers,
        agreed: row.agreed_minor,
    }))
}

/// The same, held until the transaction ends: what they do with the listing happens one after the other. Before meters and
/// the ledger, everywhere.
pub(crate) async fn lock(tx: &mut Tx, listing: ListingId, account: AccountId) -> Result<User, Error> {
    sqlx::query!(
        "insert into listing_users (listing_id, account_id) values ($1, $2) on conflict do nothing",
        listing.uuid(),
        account.uuid()
    )
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query!(
        "select free_used, answers, agreed_minor from listing_users where listing_id = $1 and account_id = $2
         for no key update",
        listing.uuid(),
        account.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(User { free_used: count(row.free_used), answers: row.answers, agreed: row.agreed_minor })
}

/// Uses so many free messages, or gives them back.
pub(crate) async fn use_free(tx: &mut Tx, listing: ListingId, account: AccountId, by: i32) -> Result<(), Error> {
    sqlx::query!(
        "update listing_users set free_used = greatest(free_used + $3, 0) where listing_id = $1 and account_id = $2",
        listing.uuid(),
        account.uuid(),
        by,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what they agreed to.
pub(crate) async fn agree(tx: &mut Tx, listing: ListingId, account: AccountId, minor: i64) -> Result<(), Error> {
    sqlx::query!(
        "update listing_users set agreed_minor = $3 where listing_id = $1 and account_id = $2",
        listing.uuid(),
        account.uuid(),
        minor,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An answer that somebody got.
pub(crate) struct Used {
    pub(crate) listing: ListingId,
    pub(crate) account: AccountId,
    pub(crate) conversation: Option<ConversationId>,
    /// What they paid for it, in minor units, and what it cost, in millionths.
    pub(crate) charged: i64,
    pub(crate) cost: i64,
}

/// Counts an answer: for who got it, in the figures, and among the users, if it was their first. The listing's row comes
/// last: it is held by whoever waits for nothing else.
pub(crate) async fn count_answer(tx: &mut Tx, used: &Used, now: DateTime<Utc>) -> Result<(), Error> {
    let answers = sqlx::query_scalar!(
        "update listing_users set answers = answers + 1, paid_answers = paid_answers + $3,
             first_answer_at = coalesce(first_answer_at, $4)
         where listing_id = $1 and account_id = $2 returning answers",
        used.listing.uuid(),
        used.account.uuid(),
        i64::from(used.charged > 0),
        now,
    )
    .fetch_one(&mut **tx)
    .await?;
    let begun = match used.conversation {
        Some(conversation) => sqlx::query!(
            "insert into listing_conversations (listing_id, conversation_id) values ($1, $2) on conflict do nothing",
            used.listing.uuid(),
            conversation.uuid(),
        )
        .execute(&mut **tx)
        .await?
        .rows_affected(),
        None => 0,
    };
    sqlx::query!(
        "update listing_figures set answers = answers + 1, conversations = conversations + $2,
             charged_minor = charged_minor + $3, cost_micro = cost_micro + $4
         where listing_id = $1",
        used.listing.uuid(),
        i64::try_from(begun).unwrap_or(0),
        used.charged,
        used.cost,
    )
    .execute(&mut **tx)
    .await?;
    if answers == 1 {
        sqlx::query!("update listings set users = users + 1 where id = $1", used.listing.uuid())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
