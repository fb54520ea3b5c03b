//! Pictures and files that stand with messages: uploaded first, then sent with one, and shown to the members of its conversation
//! alone.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Actor, AttachmentId, ConversationId, MessageId};
use platform::{
    Cx, Database, Tx,
    files::{Bytes, DeleteFiles, FileKey, Files},
    image::{Encoding, Prepared},
};
use sqlx::PgPool;

use crate::{
    AttachedPassage, AttachedText, Attachment, AttachmentFile, AttachmentKind, Error, NewAttachment,
    attachment::{MAX_ATTACHMENTS, MAX_UNUSED},
    store::attachments::{self, NewRow},
};

/// How long an upload is kept that stands with no message.
const UNUSED_FOR: TimeDelta = TimeDelta::days(1);
/// How many are swept away in one transaction.
const BATCH: i64 = 200;

/// Something to be kept until it is sent.
#[derive(Debug, Clone)]
pub struct Upload {
    /// What its file is called.
    pub name: String,
    /// How long that is, in bytes.
    pub bytes: usize,
    /// What is kept of it.
    pub content: UploadContent,
}

/// What is kept of an upload.
#[derive(Debug, Clone)]
pub enum UploadContent {
    /// A picture, written anew.
    Picture(Prepared),
    /// A file that was read.
    File {
        /// As it came.
        bytes: Bytes,
        /// What it is.
        media_type: &'static str,
        /// What an agent reads of it.
        passages: Vec<AttachedPassage>,
        /// Whether it has more.
        is_cut: bool,
    },
}

impl UploadContent {
    fn kind(&self) -> AttachmentKind {
        match self {
            Self::Picture(prepared) => {
                AttachmentKind::Picture { width: prepared.width, height: prepared.height, alt: String::new() }
            }
            Self::File { media_type, is_cut, .. } => {
                AttachmentKind::File { media_type: (*media_type).to_owned(), is_cut: *is_cut }
            }
        }
    }

    /// What is written to the store.
    fn files(&self) -> Vec<(AttachmentFile, Bytes, &'static str)> {
        match self {
            Self::Picture(prepared) => {
                let sizes = [
                    (AttachmentFile::Small, prepared.variants.first()),
                    (AttachmentFile::Large, prepared.variants.last()),
                ];
                let written = |(file, variant): (_, Option<&platform::image::Variant>)| {
                    variant.map(|variant| (file, variant.bytes.clone(), Encoding::WebP.content_type()))
                };
                sizes.into_iter().filter_map(written).collect()
            }
            Self::File { bytes, .. } => vec![(AttachmentFile::Whole, bytes.clone(), "application/octet-stream")],
        }
    }
}

fn key(id: AttachmentId, file: AttachmentFile) -> Result<FileKey, Error> {
    format!("attachments/{}/{}", id.uuid(), file.as_str()).parse().map_err(|_| Error::BadRow("key of an attachment"))
}

/// The files of an attachment.
fn keys(id: AttachmentId, is_picture: bool) -> Result<Vec<FileKey>, Error> {
    let files: &[AttachmentFile] =
        if is_picture { &[AttachmentFile::Small, AttachmentFile::Large] } else { &[AttachmentFile::Whole] };
    files.iter().map(|file| key(id, *file)).collect()
}

/// Keeps an upload of the actor's. It stands nowhere until they send it with a message.
///
/// # Errors
/// When they have too many that they did not send, or a store fails; what is left behind then is swept away.
pub async fn keep_upload(
    database: &Database,
    files: &Files,
    cx: &Cx<Actor>,
    upload: &Upload,
) -> Result<Attachment, Error> {
    let id: AttachmentId = cx.id();
    let kind = upload.content.kind();
    let passages = match &upload.content {
        UploadContent::Picture(_) => &[][..],
        UploadContent::File { passages, .. } => passages,
    };
    let row = NewRow { id, owner: cx.actor.account, name: &upload.name, bytes: upload.bytes, kind: &kind, passages };
    // The row comes first, so that there is never a file that no row knows of.
    let mut tx = database.begin().await?;
    refuse_too_many(&mut tx, cx.actor.account).await?;
    attachments::insert(&mut tx, &row, cx.now()).await?;
    tx.commit().await?;
    for (file, bytes, media_type) in upload.content.files() {
        files.put(&key(id, file)?, bytes, media_type).await?;
    }
    let bytes = u64::try_from(upload.bytes).unwrap_or(u64::MAX);
    Ok(Attachment { id, message: None, name: upload.name.clone(), bytes, kind })
}

/// Refuses whoever has too many uploads lying about. Two uploads at once count each other.
async fn refuse_too_many(tx: &mut Tx, owner: AccountId) -> Result<(), Error> {
    let unused = attachments::count_unused(tx, owner).await?;
    if usize::try_from(unused).is_ok_and(|it| it >= MAX_UNUSED) { Err(Error::TooManyUploads) } else { Ok(()) }
}

/// Puts uploads of the actor's to a message that they have just sent, in this order.
///
/// # Errors
/// When there are too many, or one isn't there, is somebody else's, stands with a message already, or is named twice.
pub async fn attach(tx: &mut Tx, cx: &Cx<Actor>, message: MessageId, new: &[NewAttachment]) -> Result<(), Error> {
    if new.len() > MAX_ATTACHMENTS {
        return Err(Error::TooManyAttachments);
    }
    for (place, it) in (0..).zip(new) {
        if !attachments::take(tx, it, cx.actor.account, message, place).await? {
            let name = attachments::name_of(tx, it.id, cx.actor.account).await?;
            return Err(Error::AttachmentUnusable { name });
        }
    }
    Ok(())
}

/// What stands with these messages of the actor's conversations, in its order.
///
/// # Errors
/// When the database fails.
pub async fn attachments(pool: &PgPool, cx: &Cx<Actor>, messages: &[MessageId]) -> Result<Vec<Attachment>, Error> {
    attachments::of_messages(pool, cx.actor.account, messages).await
}

/// The same, with what an agent reads of it.
///
/// # Errors
/// When the database fails.
pub async fn attached_texts(pool: &PgPool, cx: &Cx<Actor>, messages: &[MessageId]) -> Result<Vec<AttachedText>, Error> {
    attachments::texts_of_messages(pool, cx.actor.account, messages).await
}

/// A file of an attachment: for the members of its conversation; before it was sent, for whoever uploaded it.
///
/// # Errors
/// When there is none for the actor, or the store fails.
pub async fn attachment_file(
    pool: &PgPool,
    files: &Files,
    cx: &Cx<Actor>,
    id: AttachmentId,
    file: AttachmentFile,
) -> Result<(Attachment, Bytes), Error> {
    let attachment = attachments::find(pool, id, cx.actor.account).await?.ok_or(Error::NoSuchAttachment)?;
    let is_picture = matches!(attachment.kind, AttachmentKind::Picture { .. });
    if is_picture == (file == AttachmentFile::Whole) {
        return Err(Error::NoSuchAttachment);
    }
    let bytes = files.get(&key(id, file)?).await?;
    Ok((attachment, bytes))
}

/// Deletes the files of a conversation that is about to be deleted, after the commit.
pub(super) async fn delete_files(tx: &mut Tx, conversation: ConversationId) -> Result<(), Error> {
    let gone = attachments::of_conversation(tx, conversation).await?;
    delete_all(tx, gone).await
}

async fn delete_all(tx: &mut Tx, gone: Vec<(AttachmentId, bool)>) -> Result<(), Error> {
    let mut all = Vec::new();
    for (id, is_picture) in gone {
        all.extend(keys(id, is_picture)?);
    }
    DeleteFiles::after(tx, all).await?;
    Ok(())
}

/// Deletes uploads that were not sent within a day. Returns how many.
///
/// # Errors
/// When the database fails; batches that were finished stay so.
pub async fn sweep_uploads(database: &Database, now: DateTime<Utc>) -> Result<usize, Error> {
    let mut swept = 0;
    loop {
        let mut tx = database.begin().await?;
        let gone = attachments::delete_unused(&mut tx, now - UNUSED_FOR, BATCH).await?;
        if gone.is_empty() {
            return Ok(swept);
        }
        swept += gone.len();
        delete_all(&mut tx, gone).await?;
        tx.commit().await?;
    }
}
