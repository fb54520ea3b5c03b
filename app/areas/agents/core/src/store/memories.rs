//! Memories.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ConversationId, MemoryId, MessageId, Page, PageSize};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    Error,
    memory::{MemoryText, MemoryView},
};

/// A memory that is written down.
pub(crate) struct NewRow<'a> {
    pub(crate) id: MemoryId,
    pub(crate) agent: AccountId,
    pub(crate) account: AccountId,
    pub(crate) body: &'a MemoryText,
    pub(crate) message: Option<MessageId>,
}

/// Writes a memory down, unless the same is remembered already. Whether it is new.
pub(crate) async fn insert(tx: &mut Tx, new: &NewRow<'_>, now: DateTime<Utc>) -> Result<bool, Error> {
    let written = sqlx::query!(
        "insert into memories (id, agent_id, account_id, body, message_id, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (agent_id, account_id, md5(body)) do nothing",
        new.id.uuid(),
        new.agent.uuid(),
        new.account.uuid(),
        new.body.as_str(),
        new.message.map(MessageId::uuid),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// How many things an agent remembers of somebody.
pub(crate) async fn count(tx: &mut Tx, agent: AccountId, account: AccountId) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from memories where agent_id = $1 and account_id = $2"#,
        agent.uuid(),
        account.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(count)
}

/// What is remembered of somebody, by one agent or by all, youngest first.
pub(crate) async fn list(
    pool: &PgPool,
    account: AccountId,
    agent: Option<AccountId>,
    before: MemoryId,
    now: DateTime<Utc>,
    size: PageSize,
) -> Result<Page<MemoryView>, Error> {
    let rows = sqlx::query!(
        r#"select r.id, r.agent_id, r.body, r.message_id, m.conversation_id as "conversation_id?", r.expires_at, r.created_at,
               r.edited_at
           from memories r left join messages m on m.id = r.message_id
           where r.account_id = $1 and ($2::uuid is null or r.agent_id = $2) and r.id < $3
             and (r.expires_at is null or r.expires_at > $4)
           order by r.id desc limit $5"#,
        account.uuid(),
        agent.map(AccountId::uuid),
        before.uuid(),
        now,
        size.overfull(),
    )
    .fetch_all(pool)
    .await?;
    let memories = rows.into_iter().map(|row| MemoryView {
        id: MemoryId::from_uuid(row.id),
        agent: AccountId::from_uuid(row.agent_id),
        body: row.body,
        message: row.message_id.map(MessageId::from_uuid),
        conversation: row.conversation_id.map(ConversationId::from_uuid),
        expires_at: row.expires_at,
        created_at: row.created_at,
        edited_at: row.edited_at,
    });
    Ok(Page::from_overfull(memories.collect(), size, |memory: &MemoryView| memory.id))
}

/// Changes what is remembered of somebody. Whether it was theirs.
pub(crate) async fn edit(
    tx: &mut Tx,
    account: AccountId,
    id: MemoryId,
    body: &MemoryText,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let edited = sqlx::query!(
        "update memories set body = $3, edited_at = $4 where id = $1 and account_id = $2",
        id.uuid(),
        account.uuid(),
        body.as_str(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(edited.rows_affected() == 1)
}

/// Forgets. Whether it was theirs.
pub(crate) async fn delete(tx: &mut Tx, account: AccountId, id: MemoryId) -> Result<bool, Error> {
    let deleted = sqlx::query!("delete from memories where id = $1 and account_id = $2", id.uuid(), account.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Forgets everything that an agent remembers of somebody. Returns how much.
pub(crate) async fn delete_all(tx: &mut Tx, account: AccountId, agent: AccountId) -> Result<u64, Error> {
    let deleted =
        sqlx::query!("delete from memories where account_id = $1 and agent_id = $2", account.uuid(), agent.uuid())
            .execute(&mut **tx)
            .await?;
    Ok(deleted.rows_affected())
}

/// The id after which everything comes.
pub(crate) fn beginning() -> MemoryId {
    MemoryId::from_uuid(Uuid::max())
}

/// Which agents remember something of somebody, and how much.
pub(crate) async fn remembering(
    pool: &PgPool,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<(AccountId, u32)>, Error> {
    let rows = sqlx::query!(
        r#"select agent_id, count(*) as "count!" from memories
           where account_id = $1 and (expires_at is null or expires_at > $2) group by agent_id order by agent_id"#,
        account.uuid(),
        now
    )
    .fetch_all(pool)
    .await?;
    let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(rows.into_iter().map(|row| (AccountId::from_uuid(row.agent_id), count(row.count))).collect())
}
