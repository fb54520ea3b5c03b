//! Conversations and their messages.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Actor, ConversationId, MessageId, Page, PageSize, Provenance};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::{ConversationEntry, Error, Message, MessageState, NewConversation, Title};

/// What the rules need to know of a conversation.
pub(crate) struct ConversationState {
    pub(crate) id: ConversationId,
    pub(crate) creator: AccountId,
    pub(crate) title: String,
    pub(crate) head: Option<MessageId>,
    pub(crate) members: Vec<AccountId>,
    pub(crate) created_at: DateTime<Utc>,
}

struct StateRow {
    id: Uuid,
    creator_id: Uuid,
    title: String,
    head_id: Option<Uuid>,
    members: Vec<Uuid>,
    created_at: DateTime<Utc>,
}

impl From<StateRow> for ConversationState {
    fn from(row: StateRow) -> Self {
        Self {
            id: ConversationId::from_uuid(row.id),
            creator: AccountId::from_uuid(row.creator_id),
            title: row.title,
            head: row.head_id.map(MessageId::from_uuid),
            members: row.members.into_iter().map(AccountId::from_uuid).collect(),
            created_at: row.created_at,
        }
    }
}

/// A conversation, unless it was deleted.
pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    id: ConversationId,
) -> Result<Option<ConversationState>, Error> {
    let row = sqlx::query_as!(
        StateRow,
        r#"select c.id, c.creator_id, c.title, c.head_id, c.created_at,
               array(select m.account_id from conversation_members m where m.conversation_id = c.id order by m.joined_at, m.account_id)
                   as "members!"
           from conversations c where c.id = $1 and c.deleted_at is null"#,
        id.uuid()
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(ConversationState::from))
}

/// Holds a conversation's row until the transaction ends: whoever says something in it does so one after the other.
pub(crate) async fn lock(tx: &mut Tx, id: ConversationId) -> Result<(), Error> {
    sqlx::query!("select id from conversations where id = $1 for no key update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(())
}

/// Writes a conversation with its members down.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: ConversationId,
    creator: AccountId,
    members: &[AccountId],
    new: &NewConversation,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into conversations (id, creator_id, title, listed, created_at) values ($1, $2, $3, $4, $5)",
        id.uuid(),
        creator.uuid(),
        new.title.as_str(),
        new.listed,
        now,
    )
    .execute(&mut **tx)
    .await?;
    let members: Vec<Uuid> = members.iter().map(|member| member.uuid()).collect();
    sqlx::query!(
        "insert into conversation_members (conversation_id, account_id, joined_at, active_at)
         select $1, account_id, $3, $3 from unnest($2::uuid[]) as member (account_id)",
        id.uuid(),
        &members,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A message that is written down.
pub(crate) struct NewRow<'a> {
    pub(crate) id: MessageId,
    pub(crate) conversation: ConversationId,
    pub(crate) parent: Option<MessageId>,
    pub(crate) body: &'a str,
    pub(crate) body_html: &'a str,
    pub(crate) state: MessageState,
}

/// Writes a message down and makes it the end of the branch that is shown.
pub(crate) async fn insert_message(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewRow<'_>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into messages (id, conversation_id, parent_id, author_id, provenance, approved_by, body, body_html, state,
             created_at, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.id.uuid(),
        new.conversation.uuid(),
        new.parent.map(MessageId::uuid),
        actor.account.uuid(),
        actor.provenance.as_str(),
        actor.approved_by.map(AccountId::uuid),
        new.body,
        new.body_html,
        new.state.as_str(),
        now,
        (new.state != MessageState::Writing).then_some(now),
    )
    .execute(&mut **tx)
    .await?;
    show(tx, new.conversation, new.id).await?;
    sqlx::query!(
        "update conversation_members set active_at = $2 where conversation_id = $1",
        new.conversation.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Makes a message the end of the branch that is shown.
pub(crate) async fn show(tx: &mut Tx, conversation: ConversationId, head: MessageId) -> Result<(), Error> {
    sqlx::query!("update conversations set head_id = $2 where id = $1", conversation.uuid(), head.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The end of the youngest branch that goes through a message: of those that follow one, always the youngest.
pub(crate) async fn youngest_end(tx: &mut Tx, message: MessageId) -> Result<MessageId, Error> {
    let end = sqlx::query_scalar!(
        r#"with recursive down as (
               select $1::uuid as id, 0 as step
               union all
               select (select m.id from messages m where m.parent_id = down.id order by m.id desc limit 1), step + 1
               from down where down.id is not null and step < 10000
           )
           select id as "id!" from down where id is not null order by step desc limit 1"#,
        message.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(MessageId::from_uuid(end))
}

/// Claims a submission key for a message that is about to be written, as for posts.
pub(crate) async fn claim_submission(
    tx: &mut Tx,
    author: AccountId,
    key: Uuid,
    message: MessageId,
    now: DateTime<Utc>,
) -> Result<Option<MessageId>, Error> {
    let claimed = sqlx::query!(
        "insert into message_submissions (author_id, key, message_id, created_at) values ($1, $2, $3, $4)
         on conflict (author_id, key) do nothing",
        author.uuid(),
        key,
        message.uuid(),
        now,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if claimed == 1 {
        return Ok(None);
    }
    let earlier = sqlx::query_scalar!(
        "select message_id from message_submissions where author_id = $1 and key = $2",
        author.uuid(),
        key
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Some(MessageId::from_uuid(earlier)))
}

/// Forgets submission keys of before `before`.
pub(crate) async fn forget_submissions(pool: &PgPool, before: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("delete from message_submissions where created_at < $1", before).execute(pool).await?;
    Ok(())
}

/// How many messages a conversation has.
pub(crate) async fn count(tx: &mut Tx, conversation: ConversationId) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from messages where conversation_id = $1"#,
        conversation.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(count)
}

/// What the rules need to know of a message.
pub(crate) struct MessageInfo {
    pub(crate) conversation: ConversationId,
    pub(crate) author: AccountId,
    pub(crate) state: MessageState,
}

/// A message.
pub(crate) async fn message(executor: impl PgExecutor<'_>, id: MessageId) -> Result<Option<MessageInfo>, Error> {
    let row = sqlx::query!("select conversation_id, author_id, state from messages where id = $1", id.uuid())
        .fetch_optional(executor)
        .await?;
    row.map(|row| {
        Ok(MessageInfo {
            conversation: ConversationId::from_uuid(row.conversation_id),
            author: AccountId::from_uuid(row.author_id),
            state: state(&row.state)?,
        })
    })
    .transpose()
}

/// Takes over what has been written of an answer. Whether it is still being written.
pub(crate) async fn write_on(
    executor: impl PgExecutor<'_>,
    id: MessageId,
    body: &str,
    body_html: &str,
) -> Result<bool, Error> {
    let written = sqlx::query!(
        "update messages set body = $2, body_html = $3 where id = $1 and state = 'writing'",
        id.uuid(),
        body,
        body_html
    )
    .execute(executor)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Ends an answer. Whether it was being written until now.
pub(crate) async fn end(tx: &mut Tx, id: MessageId, state: MessageState, now: DateTime<Utc>) -> Result<bool, Error> {
    let ended = sqlx::query!(
        "update messages set state = $2, finished_at = $3 where id = $1 and state = 'writing'",
        id.uuid(),
        state.as_str(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Gives a conversation another title.
pub(crate) async fn rename(tx: &mut Tx, id: ConversationId, title: &Title) -> Result<(), Error> {
    sqlx::query!("update conversations set title = $2 where id = $1", id.uuid(), title.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes a conversation, with all that was said in it. Whether it was there.
pub(crate) async fn delete(tx: &mut Tx, id: ConversationId) -> Result<bool, Error> {
    let deleted = sqlx::query!("delete from conversations where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(deleted.rows_affected() == 1)
}

/// The conversations of a member in which something was said last come first; with `words`, those alone whose title or
/// messages hold them all. Begins after the conversation `after`.
pub(crate) async fn list(
    pool: &PgPool,
    member: AccountId,
    words: Option<&str>,
    with: Option<AccountId>,
    after: Option<ConversationId>,
    size: PageSize,
) -> Result<Page<ConversationEntry>, Error> {
    let rows = sqlx::query!(
        r#"select c.id, c.title, me.active_at,
               coalesce((select left(m.body, 300) from messages m where m.conversation_id = c.id and m.id = c.head_id), '')
                   as "last!",
               array(select o.account_id from conversation_members o
                     where o.conversation_id = c.id and o.account_id <> $1 order by o.joined_at, o.account_id) as "others!"
           from conversation_members me join conversations c on c.id = me.conversation_id
           where me.account_id = $1 and c.deleted_at is null and c.listed
             and ($2::uuid is null or (me.active_at, me.conversation_id) < (
                 select cursor.active_at, cursor.conversation_id from conversation_members cursor
                 where cursor.conversation_id = $2 and cursor.account_id = $1))
             and ($3::text is null
                 or to_tsvector('simple', c.title) @@ plainto_tsquery('simple', $3)
                 or exists (select from messages m where m.conversation_id = c.id
                     and to_tsvector('simple', m.body) @@ plainto_tsquery('simple', $3)))
             and ($5::uuid is null or exists (select from conversation_members w
                 where w.conversation_id = c.id and w.account_id = $5))
           order by me.active_at desc, me.conversation_id desc limit $4"#,
        member.uuid(),
        after.map(ConversationId::uuid),
        words,
        size.overfull(),
        with.map(AccountId::uuid),
    )
    .fetch_all(pool)
    .await?;
    let entries = rows
        .into_iter()
        .map(|row| ConversationEntry {
            id: ConversationId::from_uuid(row.id),
            title: row.title,
            others: row.others.into_iter().map(AccountId::from_uuid).collect(),
            last: row.last,
            active_at: row.active_at,
        })
        .collect();
    Ok(Page::from_overfull(entries, size, |entry: &ConversationEntry| entry.id))
}

struct MessageRow {
    id: Uuid,
    parent_id: Option<Uuid>,
    author_id: Uuid,
    provenance: String,
    body: String,
    body_html: String,
    state: String,
    siblings: Vec<Uuid>,
    created_at: DateTime<Utc>,
}

impl TryFrom<MessageRow> for Message {
    type Error = Error;

    fn try_from(row: MessageRow) -> Result<Self, Error> {
        Ok(Self {
            id: MessageId::from_uuid(row.id),
            parent: row.parent_id.map(MessageId::from_uuid),
            author: AccountId::from_uuid(row.author_id),
            provenance: Provenance::parse(&row.provenance).ok_or(Error::BadRow("provenance of a message"))?,
            body: row.body,
            body_html: row.body_html,
            state: state(&row.state)?,
            siblings: row.siblings.into_iter().map(MessageId::from_uuid).collect(),
            created_at: row.created_at,
        })
    }
}

fn state(text: &str) -> Result<MessageState, Error> {
    MessageState::parse(text).ok_or(Error::BadRow("state of a message"))
}

/// The last `most` messages of the branch that ends with `end`, youngest first.
pub(crate) async fn branch(
    executor: impl PgExecutor<'_>,
    conversation: ConversationId,
    end: MessageId,
    most: i32,
) -> Result<Vec<Message>, Error> {
    sqlx::query_as!(
        MessageRow,
        r#"with recursive branch as (
               select m.*, 1 as step from messages m where m.conversation_id = $1 and m.id = $2
               union all
               select p.*, b.step + 1 from branch b join messages p on p.id = b.parent_id where b.step < $3
           )
           select b.id as "id!", b.parent_id as "parent_id?", b.author_id as "author_id!", b.provenance as "provenance!",
               b.body as "body!", b.body_html as "body_html!", b.state as "state!", b.created_at as "created_at!",
               case when b.parent_id is null
                   then array(select s.id from messages s where s.conversation_id = $1 and s.parent_id is null order by s.id)
                   else array(select s.id from messages s where s.parent_id = b.parent_id order by s.id)
               end as "siblings!"
           from branch b order by b.step"#,
        conversation.uuid(),
        end.uuid(),
        most,
    )
    .fetch_all(executor)
    .await?
    .into_iter()
    .map(Message::try_from)
    .collect()
}
