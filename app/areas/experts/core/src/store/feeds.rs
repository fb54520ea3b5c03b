//! The addresses under which calendars are read by other programs, and what such a calendar shows.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId};
use platform::{Tx, secret::TokenHash};
use sqlx::{PgExecutor, PgPool};

use crate::{BookingState, Error, slots::Span};

/// The token of somebody's feed, sealed, if they have one.
pub(crate) async fn sealed(executor: impl PgExecutor<'_>, account: AccountId) -> Result<Option<Vec<u8>>, Error> {
    let sealed = sqlx::query_scalar!("select token_sealed from calendar_feeds where account_id = $1", account.uuid())
        .fetch_optional(executor)
        .await?;
    Ok(sealed)
}

/// Writes a token down for whoever has none.
pub(crate) async fn insert(
    tx: &mut Tx,
    account: AccountId,
    hash: &TokenHash,
    sealed: &[u8],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into calendar_feeds (account_id, token_hash, token_sealed, created_at) values ($1, $2, $3, $4)
         on conflict (account_id) do nothing",
        account.uuid(),
        hash.as_bytes(),
        sealed,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a token down, in the place of one that is there.
pub(crate) async fn replace(
    tx: &mut Tx,
    account: AccountId,
    hash: &TokenHash,
    sealed: &[u8],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into calendar_feeds (account_id, token_hash, token_sealed, created_at) values ($1, $2, $3, $4)
         on conflict (account_id) do update set token_hash = excluded.token_hash, token_sealed = excluded.token_sealed,
             created_at = excluded.created_at",
        account.uuid(),
        hash.as_bytes(),
        sealed,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose feed has a token.
pub(crate) async fn find(executor: impl PgExecutor<'_>, hash: &TokenHash) -> Result<Option<AccountId>, Error> {
    let account = sqlx::query_scalar!("select account_id from calendar_feeds where token_hash = $1", hash.as_bytes())
        .fetch_optional(executor)
        .await?;
    Ok(account.map(AccountId::from_uuid))
}

/// A booking, as a calendar shows it.
pub(crate) struct Shown {
    pub(crate) id: BookingId,
    /// The service.
    pub(crate) title: String,
    /// The other one.
    pub(crate) with: AccountId,
    pub(crate) span: Span,
    pub(crate) brief: String,
    pub(crate) state: BookingState,
    pub(crate) sequence: u32,
    /// When it was changed the last time, as far as is known.
    pub(crate) changed_at: DateTime<Utc>,
}

/// What somebody booked, and what was booked with them, from a time on, the latest first, so that what is to come is there: what is
/// asked for, what will happen or has, and what was cancelled.
pub(crate) async fn shown(
    pool: &PgPool,
    account: AccountId,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Shown>, Error> {
    let rows = sqlx::query!(
        r#"select b.id as "id!", s.title as "title!", b.other as "other!", b.starts_at as "starts_at!",
               b.ends_at as "ends_at!", b.brief as "brief!", b.state as "state!", b.sequence as "sequence!",
               greatest(b.created_at, b.confirmed_at, b.closed_at,
                   (select max(answered_at) from reschedules where booking_id = b.id and state = 'accepted')) as "changed_at!"
           from (
               select *, client_id as other from bookings where expert_id = $1 and starts_at >= $2
               union all
               select *, expert_id as other from bookings where client_id = $1 and starts_at >= $2
           ) b
           join expert_services s on s.id = b.service_id
           where b.state in ('requested', 'confirmed', 'cancelled', 'completed', 'expert_missed', 'client_missed',
               'nobody_came', 'failed')
           order by b.starts_at desc, b.id desc limit $3"#,
        account.uuid(),
        since,
        limit,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Shown {
                id: BookingId::from_uuid(row.id),
                title: row.title,
                with: AccountId::from_uuid(row.other),
                span: Span { start: row.starts_at, end: row.ends_at },
                brief: row.brief,
                state: BookingState::parse(&row.state).ok_or(Error::BadRow("state of a booking"))?,
                sequence: super::count(row.sequence),
                changed_at: row.changed_at,
            })
        })
        .collect()
}
