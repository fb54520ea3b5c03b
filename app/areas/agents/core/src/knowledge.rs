//! What an agent knows: texts, files and pages, and the passages that are found in them.

use chrono::{DateTime, Utc};
use kernel::{PassageId, SourceId};
use serde::{Deserialize, Serialize};

use crate::Language;

/// The most sources an agent has.
pub const MAX_SOURCES: usize = 200;
/// The most passages an agent has, over all sources.
pub const MAX_PASSAGES: usize = 100_000;
/// The most characters an agent knows, over all sources.
pub const MAX_CHARACTERS: u64 = 20_000_000;
/// The most bytes a file has.
pub const FILE_LIMIT: usize = 20 * 1024 * 1024;
/// The most characters a pasted text has.
pub const TEXT_LIMIT: usize = 200_000;
/// The most characters a title has.
pub const TITLE_LIMIT: usize = 200;
/// The most characters the address of a page has.
pub const ADDRESS_LIMIT: usize = 2_000;

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Pasted.
    Text,
    /// Uploaded.
    File,
    /// A public page.
    Page,
}

impl SourceKind {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::File => "file",
            Self::Page => "page",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Text, Self::File, Self::Page].into_iter().find(|it| it.as_str() == text)
    }
}

/// How far a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// It waits to be read, or is being read.
    Reading,
    /// The agent knows it.
    Ready,
    /// It can't be read.
    Failed,
}

impl SourceState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Reading, Self::Ready, Self::Failed].into_iter().find(|it| it.as_str() == text)
    }
}

/// Something that was given to an agent to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// What it is.
    pub kind: SourceKind,
    /// What it is called.
    pub title: String,
    /// Of a page.
    pub address: Option<String>,
    /// How large it is.
    pub bytes: u64,
    /// How far it is.
    pub state: SourceState,
    /// Why it can't be read; of what is ready, why it couldn't be read again.
    pub problem: Option<String>,
    /// How many passages were made of it.
    pub passages: u32,
    /// How many characters they have.
    pub characters: u64,
    /// The language it is in; empty before it was read.
    pub language: Option<Language>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last read.
    pub read_at: Option<DateTime<Utc>>,
}

/// What the server says of a file that was uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// What it has become.
    pub source: SourceId,
}

/// How much an agent knows, in sum, and how much it can.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// Sources, of [`MAX_SOURCES`].
    pub sources: u32,
    /// Passages, of [`MAX_PASSAGES`].
    pub passages: u32,
    /// Characters, of [`MAX_CHARACTERS`].
    pub characters: u64,
}

/// A passage that may answer a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The passage.
    pub passage: PassageId,
    /// What it is of.
    pub source: SourceId,
    /// What that is called.
    pub title: String,
    /// Where that is, of a page.
    pub address: Option<String>,
    /// The headings above the passage.
    pub heading: String,
    /// Where in the source it stands, such as `page 4`.
    pub locator: String,
    /// What it says.
    pub text: String,
    /// How well it fits: higher is better, to be compared within one search only.
    pub score: f32,
}
