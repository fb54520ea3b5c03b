//! The event log: facts appended in the transaction that makes them true, numbered once they are committed, and read by
//! whatever reacts to them.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Actor, EventId, Id, Kind, event::EventKind, event::Fact};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{Cx, Tx};

/// The channel on which the database says that something was appended.
pub const APPENDED: &str = "events_appended";
/// The channel on which the database says that new positions can be read.
pub const SEQUENCED: &str = "events_sequenced";

/// A place in the log. Whoever has seen this position has seen everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub i64);

/// A fact as it stands in the log.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its id.
    pub id: EventId,
    /// Its place.
    pub position: Position,
    /// What kind of fact it is.
    pub kind: EventKind,
    /// The version of the payload's shape.
    pub version: i16,
    /// The thing it is about.
    pub stream: Uuid,
    /// Who did it.
    pub actor: Option<AccountId>,
    /// The facts themselves.
    pub payload: Value,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

impl Recorded {
    /// Reads the payload as the fact it is. `None` when it is another kind of fact, or of a version this build can't read.
    pub fn read<F: Fact>(&self) -> Option<F> {
        if self.kind != F::KIND || self.version > F::VERSION {
            return None;
        }
        F::deserialize(&self.payload).ok()
    }
}

/// Appends a fact about the thing `stream`, in the caller's transaction.
///
/// # Errors
/// When the database fails.
pub async fn append<K: Kind, F: Fact>(
    tx: &mut Tx,
    cx: &Cx<impl Into<Option<Actor>> + Copy>,
    stream: Id<K>,
    fact: &F,
) -> Result<(), sqlx::Error> {
    let actor: Option<Actor> = cx.actor.into();
    let id: EventId = cx.id();
    let payload = serde_json::to_value(fact).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "insert into events (id, kind, version, stream, actor_id, provenance, payload, occurred_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.uuid(),
        F::KIND.as_str(),
        F::VERSION,
        stream.uuid(),
        actor.map(|actor| actor.account.uuid()),
        actor.map(|actor| actor.provenance.as_str()),
        payload,
        cx.now(),
    )
    .execute(&mut **tx)
    .await?;
    // Many notices of one transaction arrive as one.
    sqlx::query!("select pg_notify($1, '')", APPENDED).execute(&mut **tx).await?;
    Ok(())
}

/// Numbers what has been committed since the last time. Any process may call it at any time: a lock lets one work,
/// and the others return at once. Returns how many facts were numbered.
///
/// # Errors
/// When the database fails.
pub async fn sequence(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let mine = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(hashtext('event_sequencer')) as "mine!""#)
        .fetch_one(&mut *tx)
        .await?;
    if !mine {
        return Ok(0);
    }
    // The subquery orders first; nextval is then called in that order.
    let numbered = sqlx::query!(
        "with next as materialized (
             select occurred_at, id, nextval('event_position') as position
             from (select occurred_at, id from events where position is null order by seq limit 1000) as waiting
         )
         update events set position = next.position
         from next
         where events.occurred_at = next.occurred_at and events.id = next.id"
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if numbered > 0 {
        sqlx::query!("select pg_notify($1, '')", SEQUENCED).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(numbered)
}

/// Reads up to `limit` facts after `after`, in order. Kinds this build doesn't know are passed over.
///
/// # Errors
/// When the database fails.
pub async fn read_after(pool: &PgPool, after: Position, limit: i64) -> Result<Vec<Recorded>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, position as "position!", kind, version, stream, actor_id, payload, occurred_at
           from events where position > $1 order by position limit $2"#,
        after.0,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Recorded {
                id: EventId::from_uuid(row.id),
                position: Position(row.position),
                kind: EventKind::parse(&row.kind)?,
                version: row.version,
                stream: row.stream,
                actor: row.actor_id.map(AccountId::from_uuid),
                payload: row.payload,
                occurred_at: row.occurred_at,
            })
        })
        .collect())
}

/// Reads up to `limit` facts that the reader of this name has not read yet, and notes that it has, in the caller's transaction:
/// what follows from them is committed with that or not at all. `None` when there are none, or somebody else is reading under
/// this name at the moment. Kinds this build doesn't know are passed over. Who reads for the first time begins with what happened since `since`.
///
/// # Errors
/// When the database fails.
pub async fn take(
    tx: &mut Tx,
    reader: &str,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Option<Vec<Recorded>>, sqlx::Error> {
    sqlx::query!(
        "insert into event_readers (name, position)
         select $1, coalesce(
             (select min(position) - 1 from events where position is not null and occurred_at >= $2),
             (select max(position) from events where position is not null), 0
         )
         where not exists (select from event_readers where name = $1)
         on conflict do nothing",
        reader,
        since,
    )
    .execute(&mut **tx)
    .await?;
    let position =
        sqlx::query_scalar!("select position from event_readers where name = $1 for update skip locked", reader)
            .fetch_optional(&mut **tx)
            .await?;
    let Some(position) = position else { return Ok(None) };
    let rows = sqlx::query!(
        r#"select id, position as "position!", kind, version, stream, actor_id, payload, occurred_at
           from events where position > $1 order by position limit $2"#,
        position,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    let Some(last) = rows.last() else { return Ok(None) };
    sqlx::query!("update event_readers set position = $2 where name = $1", reader, last.position)
        .execute(&mut **tx)
        .await?;
    let recorded = rows.into_iter().filter_map(|row| {
        Some(Recorded {
            id: EventId::from_uuid(row.id),
            position: Position(row.position),
            kind: EventKind::parse(&row.kind)?,
            version: row.version,
            stream: row.stream,
            actor: row.actor_id.map(AccountId::from_uuid),
            payload: row.payload,
            occurred_at: row.occurred_at,
        })
    });
    Ok(Some(recorded.collect()))
}

/// The last position that has been given.
///
/// # Errors
/// When the database fails.
pub async fn last_position(pool: &PgPool) -> Result<Position, sqlx::Error> {
    let last =
        sqlx::query_scalar!("select max(position) from events where position is not null").fetch_one(pool).await?;
    Ok(Position(last.unwrap_or(0)))
}

/// Makes sure that this month and the next have a partition to go to.
///
/// # Errors
/// When the database fails.
pub async fn ensure_partitions(pool: &PgPool, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    for moment in [now, now + chrono::Months::new(1)] {
        sqlx::query!("select ensure_event_partition($1)", moment).execute(pool).await?;
    }
    Ok(())
}
