//! Reads what people give an agent to know: plain text, Markdown, CSV, HTML and PDF. [`extract`] makes one [`Document`] of any
//! of them, with its headings, paragraphs, lists and tables; [`chunk`] cuts it into passages that can be found and cited.
//! Native only. There is no database, no network and no clock in here except the deadline of [`extract_guarded`].
//!
//! What somebody uploads may be anything, so everything has a limit ([`Limits`]): bytes, pages, characters, what compressed
//! parts may unfold to, how deep things may stand in each other, and how long it may take. Whatever is wrong with a file is
//! said in words for the person who uploaded it ([`DocumentError`]).

mod chunk;
mod csv_file;
mod encoding;
mod error;
mod guard;
mod html;
mod kind;
mod markdown;
mod pdf;
mod plain;
pub mod sentence;

use serde::{Deserialize, Serialize};

pub use chunk::{Chunk, chunk};
pub use error::DocumentError;
pub use guard::extract_guarded;

/// How much is read of a file at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of the file as it was uploaded.
    pub bytes: usize,
    /// Pages of a PDF.
    pub pages: usize,
    /// Characters of text that may come out.
    pub chars: usize,
    /// What the compressed parts of a PDF may unfold to in sum, in bytes.
    pub unfolded: usize,
    /// How deep elements of a page may stand in each other; browsers go to 512 as well.
    pub depth: usize,
    /// Elements of a page, cells of a table, drawing commands of a PDF divided by a hundred: what is counted while working.
    pub parts: usize,
    /// How long [`extract_guarded`] waits.
    pub millis: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 20 * 1024 * 1024,
            pages: 2_000,
            chars: 2_000_000,
            unfolded: 64 * 1024 * 1024,
            depth: 512,
            parts: 300_000,
            millis: 30_000,
        }
    }
}

/// What is known of a file besides its bytes. It decides only between formats that look the same, such as text and Markdown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hint<'a> {
    /// The name it was uploaded with.
    pub file_name: Option<&'a str>,
    /// The media type that its sender gave it, such as `text/html; charset=utf-8`.
    pub content_type: Option<&'a str>,
}

impl<'a> Hint<'a> {
    /// A file that has a name and nothing else.
    pub const fn named(file_name: &'a str) -> Self {
        Self { file_name: Some(file_name), content_type: None }
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text without markup.
    Plain,
    /// Markdown.
    Markdown,
    /// Values separated by commas, semicolons, tabs or bars.
    Csv,
    /// A web page.
    Html,
    /// A PDF with text in it.
    Pdf,
}

/// Where in its document something stands, as a person would look for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Locator {
    /// Pages of a PDF, counted from 1.
    Pages {
        /// The first.
        first: u32,
        /// The last; the same for most passages.
        last: u32,
    },
    /// Lines of a text, counted from 1.
    Lines {
        /// The first.
        first: u32,
        /// The last.
        last: u32,
    },
    /// Rows of a CSV file, counted from 1 without its header.
    Rows {
        /// The first.
        first: u32,
        /// The last.
        last: u32,
    },
    /// Part of a web page.
    Section {
        /// The `id` of its heading, which an address can end in (`#refunds`).
        anchor: Option<String>,
    },
}

impl Locator {
    /// From the beginning of this one to the end of another.
    #[must_use]
    fn to(&self, end: &Self) -> Self {
        match (self, end) {
            (Self::Pages { first, .. }, Self::Pages { last, .. }) => Self::Pages { first: *first, last: *last },
            (Self::Lines { first, .. }, Self::Lines { last, .. }) => Self::Lines { first: *first, last: *last },
            (Self::Rows { first, .. }, Self::Rows { last, .. }) => Self::Rows { first: *first, last: *last },
            _ => self.clone(),
        }
    }
}

impl std::fmt::Display for Locator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut range = |one: &str, first: u32, last: u32| {
            if first == last { write!(f, "{one} {first}") } else { write!(f, "{one}s {first}–{last}") }
        };
        match self {
            Self::Pages { first, last } => range("page", *first, *last),
            Self::Lines { first, last } => range("line", *first, *last),
            Self::Rows { first, last } => range("row", *first, *last),
            Self::Section { anchor: Some(anchor) } => write!(f, "#{anchor}"),
            Self::Section { anchor: None } => Ok(()),
        }
    }
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading; 1 is the highest level.
    Heading {
        /// From 1 to 6.
        level: u8,
        /// On one line.
        text: String,
    },
    /// A paragraph, on one line unless its line breaks were meant.
    Paragraph(String),
    /// An item of a list with the mark it had, `-` or `3.`.
    Item {
        /// What stands before it.
        mark: String,
        /// Its text.
        text: String,
    },
    /// Code or anything else whose lines are kept as they are.
    Code(String),
    /// One row of a table.
    Row {
        /// The names of the columns; empty where the table has none.
        header: Vec<String>,
        /// One for each column.
        cells: Vec<String>,
    },
}

/// A part of a document, and where it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// What it is.
    pub block: Block,
    /// Where it is.
    pub locator: Locator,
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What the file turned out to be.
    pub format: Format,
    /// Its title, where it says so itself.
    pub title: Option<String>,
    /// Its parts, in order.
    pub blocks: Vec<Located>,
    /// How many pages had no text, of how many; pictures of text mostly. Zero for everything but PDFs.
    pub silent_pages: u32,
}

/// Reads a file. Its content decides what it is, not its name. Panics of the parsers become [`DocumentError::Broken`]; what
/// runs in a server should call [`extract_guarded`], which has a deadline as well.
///
/// # Errors
/// Whatever is wrong with the file, in words for the person who uploaded it.
pub fn extract(bytes: &[u8], hint: Hint<'_>, limits: &Limits) -> Result<Document, DocumentError> {
    if bytes.len() > limits.bytes {
        return Err(DocumentError::TooLarge { limit: limits.bytes / (1024 * 1024) });
    }
    guard::catching(|| read(bytes, hint, limits))
}

fn read(bytes: &[u8], hint: Hint<'_>, limits: &Limits) -> Result<Document, DocumentError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(DocumentError::Empty);
    }
    kind::refuse_foreign(bytes)?;
    if let Some(start) = kind::pdf_start(bytes) {
        return finished(pdf::read(&bytes[start..], limits)?, limits);
    }
    let text = encoding::decode(bytes, hint)?;
    let document = match kind::of_text(&text, hint) {
        Format::Html => html::read(&text, limits)?,
        Format::Csv => csv_file::read(&text, limits)?,
        Format::Markdown => markdown::read(&text, limits)?,
        Format::Plain | Format::Pdf => plain::read(&text),
    };
    finished(document, limits)
}

fn finished(document: Document, limits: &Limits) -> Result<Document, DocumentError> {
    let chars: usize = document.blocks.iter().map(|it| it.block.chars()).sum();
    match chars {
        0 => Err(DocumentError::Empty),
        _ if chars > limits.chars => Err(DocumentError::TooMuchText { limit: limits.chars }),
        _ => Ok(document),
    }
}

impl Block {
    fn chars(&self) -> usize {
        match self {
            Self::Heading { text, .. } | Self::Paragraph(text) | Self::Item { text, .. } | Self::Code(text) => {
                text.chars().count()
            }
            Self::Row { cells, .. } => cells.iter().map(|cell| cell.chars().count()).sum(),
        }
    }
}

/// Text on one line, with single spaces, without characters that can't be seen or that turn the direction of text.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let before = tidy.len();
        if before > 0 {
            tidy.push(' ');
        }
        let start = tidy.len();
        tidy.extend(word.chars().filter(|c| !hidden(*c)));
        if tidy.len() == start {
            tidy.truncate(before);
        }
    }
    tidy
}

/// Control characters, soft hyphens, zero-width characters and those that change the direction of text.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}
