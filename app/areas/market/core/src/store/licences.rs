//! Licences.

use chrono::{DateTime, Utc};
use kernel::{AccountId, LicenceId, ListingId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::euros;
use crate::{AtEnd, EndReason, Error, LicenceKind, LicenceState};

/// A licence.
#[derive(Debug, Clone)]
pub(crate) struct Licence {
    pub(crate) id: LicenceId,
    pub(crate) listing: ListingId,
    pub(crate) agent: AccountId,
    pub(crate) account: AccountId,
    pub(crate) kind: LicenceKind,
    pub(crate) state: LicenceState,
    pub(crate) price: kernel::Money,
    pub(crate) period_start: DateTime<Utc>,
    pub(crate) period_end: Option<DateTime<Utc>>,
    pub(crate) anchor_day: u8,
    pub(crate) at_end: Option<AtEnd>,
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) tries: u16,
    pub(crate) answers: u64,
    pub(crate) ended: Option<(DateTime<Utc>, EndReason)>,
    pub(crate) created_at: DateTime<Utc>,
}

struct Row {
    id: Uuid,
    listing_id: Uuid,
    agent_id: Uuid,
    account_id: Uuid,
    kind: String,
    state: String,
    price_minor: i64,
    period_start: DateTime<Utc>,
    period_end: Option<DateTime<Utc>>,
    anchor_day: Option<i16>,
    at_end: Option<String>,
    due_at: Option<DateTime<Utc>>,
    tries: i16,
    answers: i64,
    ended_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
    created_at: DateTime<Utc>,
}

impl TryFrom<Row> for Licence {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let at_end = row.at_end.map(|it| AtEnd::parse(&it).ok_or(Error::BadRow("end of a period"))).transpose()?;
        let reason = row.end_reason.map(|it| EndReason::parse(&it).ok_or(Error::BadRow("end of a licence")));
        Ok(Self {
            id: LicenceId::from_uuid(row.id),
            listing: ListingId::from_uuid(row.listing_id),
            agent: AccountId::from_uuid(row.agent_id),
            account: AccountId::from_uuid(row.account_id),
            kind: LicenceKind::parse(&row.kind).ok_or(Error::BadRow("kind of a licence"))?,
            state: LicenceState::parse(&row.state).ok_or(Error::BadRow("state of a licence"))?,
            price: euros(row.price_minor),
            period_start: row.period_start,
            period_end: row.period_end,
            anchor_day: row.anchor_day.and_then(|it| u8::try_from(it).ok()).unwrap_or(1),
            at_end,
            due_at: row.due_at,
            tries: row.tries.unsigned_abs(),
            answers: row.answers.unsigned_abs(),
            ended: row.ended_at.zip(reason.transpose()?),
            created_at: row.created_at,
        })
    }
}

macro_rules! select_licences {
    ($rest:literal $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            "select id, listing_id, agent_id, account_id, kind, state, price_minor, period_start, period_end, anchor_day, at_end,
                 due_at, tries, answers, ended_at, end_reason, created_at
             from licences " + $rest
            $(, $arg)*
        )
    };
}

/// A licence.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: LicenceId) -> Result<Option<Licence>, Error> {
    select_licences!("where id = $1", id.uuid()).fetch_optional(executor).await?.map(Licence::try_from).transpose()
}

/// A licence whose row is held until the transaction ends. After the user's row, before meters and the ledger.
pub(crate) async fn lock(tx: &mut Tx, id: LicenceId) -> Result<Option<Licence>, Error> {
    select_licences!("where id = $1 for no key update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?
        .map(Licence::try_from)
        .transpose()
}

/// The licence somebody has of a listing that is not over.
pub(crate) async fn had(
    executor: impl PgExecutor<'_>,
    listing: ListingId,
    account: AccountId,
) -> Result<Option<Licence>, Error> {
    select_licences!("where listing_id = $1 and account_id = $2 and state <> 'ended'", listing.uuid(), account.uuid())
        .fetch_optional(executor)
        .await?
        .map(Licence::try_from)
        .transpose()
}

/// The licence that was bought with a key.
pub(crate) async fn by_key(tx: &mut Tx, account: AccountId, key: &str) -> Result<Option<Licence>, Error> {
    select_licences!("where account_id = $1 and key = $2", account.uuid(), key)
        .fetch_optional(&mut **tx)
        .await?
        .map(Licence::try_from)
        .transpose()
}

/// Somebody's licences, youngest first.
pub(crate) async fn of_account(
    pool: &PgPool,
    account: AccountId,
    before: Option<LicenceId>,
    limit: i64,
) -> Result<Vec<Licence>, Error> {
    select_licences!(
        "where account_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
        account.uuid(),
        before.map(LicenceId::uuid),
        limit,
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(Licence::try_from)
    .collect()
}

/// The next one that something is due for, if nobody else is at work on it: who has it, and of what. Not held yet: their row
/// among the users comes before it.
pub(crate) async fn next_due(
    pool: &PgPool,
    now: DateTime<Utc>,
    not: &[Uuid],
) -> Result<Option<(LicenceId, ListingId, AccountId)>, Error> {
    let row = sqlx::query!(
        "select id, listing_id, account_id from licences where due_at <= $1 and id <> all($2) order by due_at, id limit 1",
        now,
        not
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| {
        (LicenceId::from_uuid(row.id), ListingId::from_uuid(row.listing_id), AccountId::from_uuid(row.account_id))
    }))
}

/// Writes a licence down.
pub(crate) async fn insert(tx: &mut Tx, it: &Licence, key: &str) -> Result<(), Error> {
    sqlx::query!(
        "insert into licences (id, listing_id, agent_id, account_id, kind, state, price_minor, key, period_start, period_end,
             anchor_day, at_end, due_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        it.id.uuid(),
        it.listing.uuid(),
        it.agent.uuid(),
        it.account.uuid(),
        it.kind.as_str(),
        it.state.as_str(),
        it.price.minor,
        key,
        it.period_start,
        it.period_end,
        it.period_end.map(|_| i16::from(it.anchor_day)),
        it.at_end.map(AtEnd::as_str),
        it.due_at,
        it.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what changes of a licence.
pub(crate) async fn update(tx: &mut Tx, it: &Licence) -> Result<(), Error> {
    sqlx::query!(
        "update licences set state = $2, period_start = $3, period_end = $4, at_end = $5, due_at = $6, tries = $7, answers = $8,
             ended_at = $9, end_reason = $10
         where id = $1",
        it.id.uuid(),
        it.state.as_str(),
        it.period_start,
        it.period_end,
        it.at_end.map(AtEnd::as_str),
        it.due_at,
        i16::try_from(it.tries).unwrap_or(i16::MAX),
        i64::try_from(it.answers).unwrap_or(i64::MAX),
        it.ended.map(|(at, _)| at),
        it.ended.map(|(_, reason)| reason.as_str()),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Counts an answer to the licence somebody has.
pub(crate) async fn count_answer(tx: &mut Tx, listing: ListingId, account: AccountId) -> Result<(), Error> {
    sqlx::query!(
        "update licences set answers = answers + 1 where listing_id = $1 and account_id = $2 and state <> 'ended'",
        listing.uuid(),
        account.uuid(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets all subscriptions to a listing end with their period.
pub(crate) async fn let_end(tx: &mut Tx, listing: ListingId) -> Result<(), Error> {
    sqlx::query!(
        "update licences set at_end = 'cancel' where listing_id = $1 and kind <> 'once' and state <> 'ended'",
        listing.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
