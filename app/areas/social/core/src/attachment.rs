//! Pictures and files that stand with messages.

use kernel::{AttachmentId, MessageId};
use serde::{Deserialize, Serialize};

/// The most attachments of one message.
pub const MAX_ATTACHMENTS: usize = 4;
/// How many uploads somebody may have that stand with no message yet.
pub const MAX_UNUSED: usize = 40;
/// The most characters a file's name has.
pub const NAME_LIMIT: usize = 200;
/// So many characters of a file an agent can read.
pub const TEXT_LIMIT: usize = 200_000;

/// A picture or a file that stands with a message, or is going to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// The message; nothing, while it was only uploaded.
    pub message: Option<MessageId>,
    /// What its file was called.
    pub name: String,
    /// How long the file that was uploaded is, in bytes.
    pub bytes: u64,
    /// What it is.
    pub kind: AttachmentKind,
}

/// What an attachment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A picture, written anew by us.
    Picture {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// What it shows, in words; may be empty.
        alt: String,
    },
    /// A file with text in it, as it was uploaded.
    File {
        /// What it is, by its content.
        media_type: String,
        /// Whether it has more text than an agent can read.
        is_cut: bool,
    },
}

/// A piece of a file, as an agent reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedPassage {
    /// Where it stands: headings, a page.
    pub place: String,
    /// Its words.
    pub text: String,
}

/// What an agent reads of what stands with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedText {
    /// The attachment.
    pub attachment: Attachment,
    /// Its pieces, in order; none, of a picture.
    pub passages: Vec<AttachedPassage>,
}

/// Which file of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttachmentFile {
    /// A picture, small.
    Small,
    /// A picture, large.
    Large,
    /// The file, as it was uploaded.
    Whole,
}

impl AttachmentFile {
    const ALL: [Self; 3] = [Self::Small, Self::Large, Self::Whole];

    /// Its name in addresses and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small.webp",
            Self::Large => "large.webp",
            Self::Whole => "file",
        }
    }

    /// Reads the name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// Where it stands.
    pub fn path(self, id: AttachmentId) -> String {
        format!("/attachments/{id}/{}", self.as_str())
    }
}
