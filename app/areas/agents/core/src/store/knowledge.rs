//! Sources: what an agent was given to know.

use chrono::{DateTime, Utc};
use kernel::{AccountId, PageSize, SourceId};
use platform::{Tx, files::FileKey};
use sqlx::PgExecutor;
use uuid::Uuid;

use super::agents::number;
use crate::{
    Error, Language,
    knowledge::{Extent, Source, SourceKind, SourceState},
};

/// What the rules need to know of a source.
pub(crate) struct SourceRow {
    pub(crate) id: SourceId,
    pub(crate) agent: AccountId,
    pub(crate) kind: SourceKind,
    pub(crate) title: String,
    pub(crate) address: Option<String>,
    pub(crate) file_key: Option<FileKey>,
    pub(crate) state: SourceState,
}

/// A source that is written down.
pub(crate) struct NewRow<'a> {
    pub(crate) id: SourceId,
    pub(crate) agent: AccountId,
    pub(crate) kind: SourceKind,
    pub(crate) title: &'a str,
    pub(crate) address: Option<&'a str>,
    pub(crate) body: Option<&'a str>,
    pub(crate) file_key: Option<&'a FileKey>,
    pub(crate) bytes: usize,
    pub(crate) digest: Option<&'a [u8]>,
    pub(crate) now: DateTime<Utc>,
}

/// What was read of a source.
pub(crate) struct ReadRow<'a> {
    pub(crate) title: &'a str,
    pub(crate) bytes: usize,
    pub(crate) digest: &'a [u8],
    pub(crate) passages: usize,
    pub(crate) characters: u64,
    pub(crate) language: Language,
}

fn big(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A source.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: SourceId) -> Result<Option<SourceRow>, Error> {
    let row = sqlx::query!(
        "select agent_id, kind, title, address, file_key, state from knowledge_sources where id = $1",
        id.uuid()
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(SourceRow {
        id,
        agent: AccountId::from_uuid(row.agent_id),
        kind: SourceKind::parse(&row.kind).ok_or(Error::BadRow("kind of a source"))?,
        title: row.title,
        address: row.address,
        file_key: row.file_key.map(|key| key.parse()).transpose().map_err(|_| Error::BadRow("file of a source"))?,
        state: SourceState::parse(&row.state).ok_or(Error::BadRow("state of a source"))?,
    }))
}

/// A source whose row is held until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: SourceId) -> Result<Option<SourceRow>, Error> {
    sqlx::query!("select id from knowledge_sources where id = $1 for update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    find(&mut **tx, id).await
}

/// Lets whoever writes down what an agent knows do so one after the other, so that together they pass no limit. The agent
/// itself can be changed meanwhile.
pub(crate) async fn line_up(tx: &mut Tx, agent: AccountId) -> Result<(), Error> {
    let lock = format!("knowledge:{agent}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock).execute(&mut **tx).await?;
    Ok(())
}

/// What was pasted.
pub(crate) async fn body(executor: impl PgExecutor<'_>, id: SourceId) -> Result<Option<String>, Error> {
    let body = sqlx::query_scalar!("select body from knowledge_sources where id = $1", id.uuid());
    Ok(body.fetch_optional(executor).await?.flatten())
}

/// How much an agent knows; one source can be left out.
pub(crate) async fn extent(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    without: Option<SourceId>,
) -> Result<Extent, Error> {
    let row = sqlx::query!(
        r#"select count(*)::integer as "sources!", coalesce(sum(passages), 0)::integer as "passages!",
               coalesce(sum(characters), 0)::bigint as "characters!"
           from knowledge_sources where agent_id = $1 and ($2::uuid is null or id <> $2)"#,
        agent.uuid(),
        without.map(SourceId::uuid)
    )
    .fetch_one(executor)
    .await?;
    let characters = u64::try_from(row.characters).map_err(|_| Error::BadRow("count of characters"))?;
    Ok(Extent { sources: number(row.sources)?, passages: number(row.passages)?, characters })
}

/// The titles of what an agent knows and can answer from, the newest first, and how many there are in all.
pub(crate) async fn titles(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    most: i64,
) -> Result<(Vec<String>, u64), Error> {
    let rows = sqlx::query!(
        r#"select title, count(*) over () as "all!" from knowledge_sources
           where agent_id = $1 and state = 'ready' order by id desc limit $2"#,
        agent.uuid(),
        most,
    )
    .fetch_all(executor)
    .await?;
    let all = rows.first().map_or(0, |row| row.all.unsigned_abs());
    Ok((rows.into_iter().map(|row| row.title).collect(), all))
}

/// Some sources of an agent, newest first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    before: Option<SourceId>,
    size: PageSize,
) -> Result<Vec<Source>, Error> {
    let rows = sqlx::query!(
        r#"select id, kind, title, address, bytes, state, problem, passages, characters, language::text as language,
               created_at, read_at
           from knowledge_sources where agent_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3"#,
        agent.uuid(),
        before.map(SourceId::uuid),
        size.overfull()
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Source {
                id: SourceId::from_uuid(row.id),
                kind: SourceKind::parse(&row.kind).ok_or(Error::BadRow("kind of a source"))?,
                title: row.title,
                address: row.address,
                bytes: u64::try_from(row.bytes).unwrap_or(0),
                state: SourceState::parse(&row.state).ok_or(Error::BadRow("state of a source"))?,
                problem: row.problem,
                passages: number(row.passages)?,
                characters: u64::try_from(row.characters).unwrap_or(0),
                language: row.language.as_deref().map(Language::of_config),
                created_at: row.created_at,
                read_at: row.read_at,
            })
        })
        .collect()
}

/// Digests of all that an agent knows, in an order of their own: what is known counts, not when it was added.
pub(crate) async fn digests(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Vec<Vec<u8>>, Error> {
    let digests = sqlx::query_scalar!(
        r#"select digest as "digest!" from knowledge_sources where agent_id = $1 and state = 'ready' order by digest"#,
        agent.uuid()
    )
    .fetch_all(executor)
    .await?;
    Ok(digests)
}

/// Writes a source down, to be read.
pub(crate) async fn insert(tx: &mut Tx, new: &NewRow<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into knowledge_sources (id, agent_id, kind, title, address, body, file_key, bytes, digest, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'reading', $10)",
        new.id.uuid(),
        new.agent.uuid(),
        new.kind.as_str(),
        new.title,
        new.address,
        new.body,
        new.file_key.map(FileKey::as_str),
        big(new.bytes),
        new.digest,
        new.now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The agent knows it from now on.
pub(crate) async fn ready(tx: &mut Tx, id: SourceId, read: &ReadRow<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update knowledge_sources set state = 'ready', problem = null, file_key = null, title = $2, bytes = $3, digest = $4,
             passages = $5, characters = $6, language = $7::text::regconfig, read_at = $8
         where id = $1",
        id.uuid(),
        read.title,
        big(read.bytes),
        read.digest,
        i32::try_from(read.passages).unwrap_or(i32::MAX),
        i64::try_from(read.characters).unwrap_or(i64::MAX),
        read.language.config(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down why it can't be read. What was known of it before stays known.
pub(crate) async fn fail(tx: &mut Tx, id: SourceId, problem: &str) -> Result<(), Error> {
    sqlx::query!(
        "update knowledge_sources
         set state = case when state = 'ready' then 'ready' else 'failed' end, problem = $2, file_key = null
         where id = $1",
        id.uuid(),
        problem,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A page that couldn't be read is to be read again; one that is known stays known meanwhile.
pub(crate) async fn read_again(tx: &mut Tx, id: SourceId) -> Result<(), Error> {
    sqlx::query!(
        "update knowledge_sources set state = case when state = 'ready' then 'ready' else 'reading' end, problem = null
         where id = $1",
        id.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes a source with its passages.
pub(crate) async fn delete(tx: &mut Tx, id: SourceId) -> Result<(), Error> {
    sqlx::query!("delete from knowledge_sources where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// The ids of sources as the database has them.
pub(crate) fn uuids<K>(ids: &[kernel::Id<K>]) -> Vec<Uuid>
where
    K: kernel::Kind,
{
    ids.iter().map(|id| id.uuid()).collect()
}
