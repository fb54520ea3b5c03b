//! Pictures and files that stand with messages.

use chrono::{DateTime, Utc};
use kernel::{AccountId, AttachmentId, ConversationId, MessageId};
use platform::Tx;
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

use crate::{AttachedPassage, AttachedText, Attachment, AttachmentKind, Error, NewAttachment};

/// An upload that is written down.
pub(crate) struct NewRow<'a> {
    pub(crate) id: AttachmentId,
    pub(crate) owner: AccountId,
    pub(crate) name: &'a str,
    pub(crate) bytes: usize,
    pub(crate) kind: &'a AttachmentKind,
    pub(crate) passages: &'a [AttachedPassage],
}

/// Writes an upload down.
pub(crate) async fn insert(tx: &mut Tx, new: &NewRow<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    let pixels = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let (kind, media_type, shape, is_cut) = match new.kind {
        AttachmentKind::Picture { width, height, .. } => {
            ("picture", "image/webp", Some((pixels(*width), pixels(*height))), false)
        }
        AttachmentKind::File { media_type, is_cut } => ("file", media_type.as_str(), None, *is_cut),
    };
    sqlx::query!(
        "insert into message_attachments (id, owner_id, kind, name, media_type, bytes, width, height, passages, is_cut, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        new.id.uuid(),
        new.owner.uuid(),
        kind,
        new.name,
        media_type,
        i64::try_from(new.bytes).unwrap_or(i64::MAX),
        shape.map(|(width, _)| width),
        shape.map(|(_, height)| height),
        Json(new.passages) as _,
        is_cut,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many uploads of somebody's stand with no message. Until the transaction ends, nobody else counts them.
pub(crate) async fn count_unused(tx: &mut Tx, owner: AccountId) -> Result<i64, Error> {
    let lock = format!("attachments:{owner}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock).execute(&mut **tx).await?;
    let unused = sqlx::query_scalar!(
        r#"select count(*) as "count!" from message_attachments where owner_id = $1 and message_id is null"#,
        owner.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(unused)
}

/// Puts an upload of somebody's to a message. Whether it was there, and stood with none.
pub(crate) async fn take(
    tx: &mut Tx,
    new: &NewAttachment,
    owner: AccountId,
    message: MessageId,
    place: i16,
) -> Result<bool, Error> {
    let taken = sqlx::query!(
        "update message_attachments
         set message_id = $3, place = $4, alt = case kind when 'picture' then $5 else '' end
         where id = $1 and owner_id = $2 and message_id is null",
        new.id.uuid(),
        owner.uuid(),
        message.uuid(),
        place,
        new.alt.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// What an upload of somebody's is called.
pub(crate) async fn name_of(tx: &mut Tx, id: AttachmentId, owner: AccountId) -> Result<Option<String>, Error> {
    let name = sqlx::query_scalar!(
        "select name from message_attachments where id = $1 and owner_id = $2",
        id.uuid(),
        owner.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(name)
}

struct Row {
    id: Uuid,
    message_id: Option<Uuid>,
    kind: String,
    name: String,
    media_type: String,
    bytes: i64,
    width: Option<i32>,
    height: Option<i32>,
    alt: String,
    is_cut: bool,
}

impl TryFrom<Row> for Attachment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let bad = || Error::BadRow("attachment");
        let pixels = |stored: Option<i32>| stored.and_then(|it| u32::try_from(it).ok()).ok_or_else(bad);
        let kind = match row.kind.as_str() {
            "picture" => {
                AttachmentKind::Picture { width: pixels(row.width)?, height: pixels(row.height)?, alt: row.alt }
            }
            "file" => AttachmentKind::File { media_type: row.media_type, is_cut: row.is_cut },
            _ => return Err(bad()),
        };
        Ok(Self {
            id: AttachmentId::from_uuid(row.id),
            message: row.message_id.map(MessageId::from_uuid),
            name: row.name,
            bytes: u64::try_from(row.bytes).map_err(|_| bad())?,
            kind,
        })
    }
}

/// An attachment of a conversation that this account takes part in, or an upload of its own.
pub(crate) async fn find(pool: &PgPool, id: AttachmentId, account: AccountId) -> Result<Option<Attachment>, Error> {
    sqlx::query_as!(
        Row,
        "select a.id, a.message_id, a.kind, a.name, a.media_type, a.bytes, a.width, a.height, a.alt, a.is_cut
         from message_attachments a
         where a.id = $1 and case when a.message_id is null then a.owner_id = $2 else exists (
             select from messages m join conversation_members c on c.conversation_id = m.conversation_id
             where m.id = a.message_id and c.account_id = $2) end",
        id.uuid(),
        account.uuid(),
    )
    .fetch_optional(pool)
    .await?
    .map(Attachment::try_from)
    .transpose()
}

/// What stands with messages of conversations that this account takes part in.
pub(crate) async fn of_messages(
    pool: &PgPool,
    account: AccountId,
    messages: &[MessageId],
) -> Result<Vec<Attachment>, Error> {
    sqlx::query_as!(
        Row,
        "select a.id, a.message_id, a.kind, a.name, a.media_type, a.bytes, a.width, a.height, a.alt, a.is_cut
         from message_attachments a join messages m on m.id = a.message_id
             join conversation_members c on c.conversation_id = m.conversation_id and c.account_id = $2
         where a.message_id = any($1) order by a.message_id, a.place",
        &uuids(messages),
        account.uuid(),
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(Attachment::try_from)
    .collect()
}

/// The same, with what an agent reads of it.
pub(crate) async fn texts_of_messages(
    pool: &PgPool,
    account: AccountId,
    messages: &[MessageId],
) -> Result<Vec<AttachedText>, Error> {
    let attachments = of_messages(pool, account, messages).await?;
    let ids: Vec<Uuid> = attachments.iter().map(|it| it.id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select id, passages as "passages: Json<Vec<AttachedPassage>>" from message_attachments where id = any($1)"#,
        &ids
    )
    .fetch_all(pool)
    .await?;
    let mut passages: std::collections::HashMap<Uuid, Vec<AttachedPassage>> =
        rows.into_iter().map(|row| (row.id, row.passages.0)).collect();
    let text = |attachment: Attachment| {
        let passages = passages.remove(&attachment.id.uuid()).unwrap_or_default();
        AttachedText { attachment, passages }
    };
    Ok(attachments.into_iter().map(text).collect())
}

/// What stands with all messages of a conversation, and whether it is a picture.
pub(crate) async fn of_conversation(
    tx: &mut Tx,
    conversation: ConversationId,
) -> Result<Vec<(AttachmentId, bool)>, Error> {
    let rows = sqlx::query!(
        r#"select a.id, a.kind = 'picture' as "is_picture!" from message_attachments a join messages m on m.id = a.message_id
           where m.conversation_id = $1"#,
        conversation.uuid()
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (AttachmentId::from_uuid(row.id), row.is_picture)).collect())
}

/// Deletes uploads of before `before` that stand with no message, and says which, and whether they were pictures.
pub(crate) async fn delete_unused(
    tx: &mut Tx,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(AttachmentId, bool)>, Error> {
    let rows = sqlx::query!(
        r#"delete from message_attachments where id in (
               select id from message_attachments where message_id is null and created_at < $1
               limit $2 for update skip locked)
           returning id, kind = 'picture' as "is_picture!""#,
        before,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (AttachmentId::from_uuid(row.id), row.is_picture)).collect())
}

fn uuids(ids: &[MessageId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}
