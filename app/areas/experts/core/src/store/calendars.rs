//! Calendars elsewhere in which experts are busy.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{AccountId, CalendarId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::{Error, slots::Span};

/// A calendar.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    pub(crate) id: CalendarId,
    pub(crate) expert: AccountId,
    pub(crate) name: String,
    /// Sealed.
    pub(crate) address: Vec<u8>,
    /// When it was read the last time that this went well.
    pub(crate) read_at: Option<DateTime<Utc>>,
    pub(crate) problem: Option<String>,
    pub(crate) next_at: DateTime<Utc>,
    pub(crate) created_at: DateTime<Utc>,
}

struct Row {
    id: Uuid,
    expert_id: Uuid,
    name: String,
    address: Vec<u8>,
    read_at: Option<DateTime<Utc>>,
    problem: Option<String>,
    next_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

impl From<Row> for Calendar {
    fn from(row: Row) -> Self {
        Self {
            id: CalendarId::from_uuid(row.id),
            expert: AccountId::from_uuid(row.expert_id),
            name: row.name,
            address: row.address,
            read_at: row.read_at,
            problem: row.problem,
            next_at: row.next_at,
            created_at: row.created_at,
        }
    }
}

/// A calendar.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: CalendarId) -> Result<Option<Calendar>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, expert_id, name, address, read_at, problem, next_at, created_at from expert_calendars
         where id = $1",
        id.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(Calendar::from))
}

/// Whether there is a calendar still, whose row is held then until the transaction ends. After the expert's.
pub(crate) async fn lock(tx: &mut Tx, id: CalendarId) -> Result<bool, Error> {
    let row = sqlx::query!("select id from expert_calendars where id = $1 for no key update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.is_some())
}

/// An expert's calendars, the oldest first.
pub(crate) async fn of(executor: impl PgExecutor<'_>, expert: AccountId) -> Result<Vec<Calendar>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "select id, expert_id, name, address, read_at, problem, next_at, created_at from expert_calendars
         where expert_id = $1 order by id",
        expert.uuid()
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Calendar::from).collect())
}

/// How many calendars an expert has.
pub(crate) async fn count(executor: impl PgExecutor<'_>, expert: AccountId) -> Result<i64, Error> {
    let count =
        sqlx::query_scalar!(r#"select count(*) as "count!" from expert_calendars where expert_id = $1"#, expert.uuid())
            .fetch_one(executor)
            .await?;
    Ok(count)
}

/// Writes a calendar down.
pub(crate) async fn insert(tx: &mut Tx, it: &Calendar) -> Result<(), Error> {
    sqlx::query!(
        "insert into expert_calendars (id, expert_id, name, address, next_at, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        it.id.uuid(),
        it.expert.uuid(),
        it.name,
        it.address,
        it.next_at,
        it.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes a calendar, with what it said.
pub(crate) async fn delete(tx: &mut Tx, id: CalendarId) -> Result<(), Error> {
    sqlx::query!("delete from expert_calendars where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// Takes calendars whose turn it is, so that nobody else reads them for a while.
pub(crate) async fn claim(
    pool: &PgPool,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Calendar>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "update expert_calendars set next_at = $2
         where id in (
             select id from expert_calendars where next_at <= $1 order by next_at, id limit $3 for update skip locked
         )
         returning id, expert_id, name, address, read_at, problem, next_at, created_at",
        now,
        until,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Calendar::from).collect())
}

/// Writes down why a calendar could not be read, and when that is tried again.
pub(crate) async fn failed(pool: &PgPool, id: CalendarId, problem: &str, next_at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update expert_calendars set problem = $2, next_at = $3 where id = $1", id.uuid(), problem, next_at)
        .execute(pool)
        .await?;
    Ok(())
}

/// Keeps what a calendar says now, and nothing of what it said before.
pub(crate) async fn read(
    tx: &mut Tx,
    it: &Calendar,
    busy: &[Span],
    now: DateTime<Utc>,
    next_at: DateTime<Utc>,
) -> Result<(), Error> {
    let id = it.id.uuid();
    sqlx::query!(
        "update expert_calendars set read_at = $2, problem = null, next_at = $3 where id = $1",
        id,
        now,
        next_at
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from expert_busy where calendar_id = $1", id).execute(&mut **tx).await?;
    let (starts, ends): (Vec<_>, Vec<_>) = busy.iter().map(|span| (span.start, span.end)).unzip();
    sqlx::query!(
        "insert into expert_busy (calendar_id, expert_id, starts_at, ends_at)
         select $1, $2, it.starts_at, it.ends_at
         from unnest($3::timestamptz[], $4::timestamptz[]) as it (starts_at, ends_at)",
        id,
        it.expert.uuid(),
        &starts,
        &ends,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a calendar said, as far as it is not over, the earliest first.
pub(crate) async fn said(tx: &mut Tx, id: CalendarId, now: DateTime<Utc>) -> Result<Vec<Span>, Error> {
    let rows = sqlx::query!(
        "select starts_at, ends_at from expert_busy where calendar_id = $1 and ends_at > $2 order by starts_at",
        id.uuid(),
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| Span { start: row.starts_at, end: row.ends_at }).collect())
}

/// When an expert is busy between two moments, according to all their calendars, sorted by when it begins.
pub(crate) async fn busy(
    executor: impl PgExecutor<'_>,
    expert: AccountId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Span>, Error> {
    let rows = sqlx::query!(
        "select starts_at, ends_at from expert_busy where expert_id = $1 and starts_at < $3 and ends_at > $2
         order by starts_at",
        expert.uuid(),
        from,
        until,
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| Span { start: row.starts_at, end: row.ends_at }).collect())
}

/// The same for several experts, by expert.
pub(crate) async fn busy_of(
    executor: impl PgExecutor<'_>,
    experts: &[Uuid],
    within: Span,
) -> Result<HashMap<Uuid, Vec<Span>>, Error> {
    let rows = sqlx::query!(
        "select expert_id, starts_at, ends_at from expert_busy
         where expert_id = any($1) and starts_at < $3 and ends_at > $2 order by expert_id, starts_at",
        experts,
        within.start,
        within.end,
    )
    .fetch_all(executor)
    .await?;
    let mut busy: HashMap<Uuid, Vec<Span>> = HashMap::new();
    for row in rows {
        busy.entry(row.expert_id).or_default().push(Span { start: row.starts_at, end: row.ends_at });
    }
    Ok(busy)
}
