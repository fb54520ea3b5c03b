//! What can go wrong, in the words of this area.

use identity_core::gate::Refusal;
use kernel::{CursorError, Problem, ProblemKind};
use platform::{files::FilesError, media::MediaError};

use crate::{
    ContentError, Draft,
    attachment::{MAX_ATTACHMENTS, MAX_UNUSED},
};

/// Why something about posts, likes, follows or feeds did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such post.
    #[error("no such post")]
    NoSuchPost,
    /// No such account.
    #[error("no such account")]
    NoSuchAccount,
    /// The gate said no.
    #[error("refused by the gate: {0}")]
    Refused(#[from] Refusal),
    /// What somebody wants to answer, or the post above it, was deleted.
    #[error("the thread was deleted")]
    ThreadGone,
    /// The text or the pictures are not valid.
    #[error("not a valid content: {0}")]
    Content(#[from] ContentError),
    /// An upload that isn't there, is somebody else's, or shows something else already.
    #[error("the picture cannot be used")]
    PictureUnusable,
    /// The post was edited since its author opened it. Their text is not lost: it goes back to them, next to this one.
    #[error("edited in the meantime")]
    EditedMeanwhile {
        /// What it says now.
        current: Box<Draft>,
    },
    /// Deleted too long ago to be brought back.
    #[error("deleted too long ago")]
    TooLateToRestore,
    /// Somebody wants to follow themselves.
    #[error("nobody follows themselves")]
    Yourself,
    /// No such conversation for the actor.
    #[error("no such conversation")]
    NoSuchConversation,
    /// No such message in the conversation.
    #[error("no such message")]
    NoSuchMessage,
    /// A message without a word.
    #[error("nothing was said")]
    NothingSaid,
    /// What somebody wants to go on from is still being written.
    #[error("still being written")]
    StillWriting,
    /// A conversation with more members than there may be.
    #[error("too many members")]
    TooManyMembers,
    /// A conversation with as many messages as there may be.
    #[error("the conversation is full")]
    ConversationFull,
    /// No such attachment for the actor.
    #[error("no such attachment")]
    NoSuchAttachment,
    /// What somebody wants to attach isn't there, is somebody else's, or stands with a message already.
    #[error("an attachment cannot be used")]
    AttachmentUnusable {
        /// What its file was called; unknown, unless it is theirs.
        name: Option<String>,
    },
    /// More attachments than a message has.
    #[error("too many attachments")]
    TooManyAttachments,
    /// Too many uploads that stand with no message yet.
    #[error("too many uploads that were not used")]
    TooManyUploads,
    /// The file store failed.
    #[error("the file store failed: {0}")]
    Files(#[from] FilesError),
    /// A page marker that we did not make.
    #[error("not one of our cursors")]
    Cursor(#[from] CursorError),
    /// A row that should not be possible.
    #[error("the database holds an impossible {0}")]
    BadRow(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// Looking after a picture failed.
    #[error("a picture failed")]
    Media(#[source] MediaError),
    /// Looking up an account failed.
    #[error("an account failed")]
    Identity(#[from] identity_core::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match platform::database::violated_constraint(&error) {
            Some("nobody_follows_themselves") => Self::Yourself,
            Some("follows_followee_id_fkey" | "social_counters_account_id_fkey") => Self::NoSuchAccount,
            Some("likes_post_id_fkey" | "posts_parent_id_fkey" | "posts_root_id_fkey") => Self::NoSuchPost,
            Some("post_media_used_once" | "post_media_media_id_fkey") => Self::PictureUnusable,
            _ => Self::Database(error),
        }
    }
}

impl From<MediaError> for Error {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::NotFound(_) => Self::PictureUnusable,
            other => Self::Media(other),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchPost => Self::not_found("post"),
            Error::NoSuchAccount => Self::not_found("account"),
            Error::Refused(refusal) => refusal.about("post"),
            Error::ThreadGone => Self::new(
                ProblemKind::Gone,
                "What you are answering was deleted in the meantime. Your text is still here: you can publish it as a post of its own.",
            ),
            Error::Content(error) => error.into(),
            Error::PictureUnusable => {
                Self::field("pictures", "This picture can't be used any more. Remove it and upload it again.")
            }
            Error::EditedMeanwhile { .. } => Self::new(
                ProblemKind::Conflict,
                "This was edited somewhere else since you opened it. Your text is kept: compare it with what stands there now, and save again.",
            ),
            Error::TooLateToRestore => {
                Self::new(ProblemKind::Gone, "This was deleted more than 30 days ago and has been erased for good.")
            }
            Error::Yourself => Self::field("account", "You can't follow yourself."),
            Error::NoSuchConversation => Self::not_found("conversation"),
            Error::NoSuchMessage => Self::not_found("message"),
            Error::NothingSaid => Self::field("body", "Write something first."),
            Error::StillWriting => Self::new(
                ProblemKind::Conflict,
                "The answer is still being written. Wait for its end, or stop it, and send again.",
            ),
            Error::TooManyMembers => Self::field("with", "A conversation has at most 50 members."),
            Error::ConversationFull => Self::new(
                ProblemKind::Conflict,
                "This conversation has as many messages as one can have. Begin another one.",
            ),
            Error::NoSuchAttachment => Self::not_found("file"),
            Error::AttachmentUnusable { name: Some(name) } => {
                Self::field("attachments", format!("{name} was sent before. Remove it, and attach it again."))
            }
            Error::AttachmentUnusable { name: None } => Self::field(
                "attachments",
                "One of the attached files is no longer there. Remove it, and attach it again.",
            ),
            Error::TooManyAttachments => Self::field(
                "attachments",
                format!("A message has at most {MAX_ATTACHMENTS} files. Remove some, and send it again."),
            ),
            Error::TooManyUploads => Self::new(
                ProblemKind::TooMany,
                format!(
                    "You have uploaded {MAX_UNUSED} files without sending them. Send some, or wait a day and they are gone."
                ),
            ),
            Error::Files(error) => error.into(),
            Error::Cursor(error) => error.into(),
            Error::Media(error) => error.into(),
            Error::Identity(error) => error.into(),
            Error::BadRow(_) | Error::Database(_) => platform::internal(&error),
        }
    }
}
