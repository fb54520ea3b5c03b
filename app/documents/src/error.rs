//! What can be wrong with a file, in words for the person who uploaded it.

/// Why a file couldn't be read, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// There is nothing in it.
    #[error("This file is empty. Choose one with text in it.")]
    Empty,
    /// More bytes than [`crate::Limits::bytes`].
    #[error("This file has more than {limit} MB. Split it, or upload the text without its pictures.")]
    TooLarge {
        /// In MB.
        limit: usize,
    },
    /// More pages than [`crate::Limits::pages`].
    #[error("This PDF has {pages} pages, and at most {limit} are read. Split it into parts and upload each.")]
    TooManyPages {
        /// How many it has.
        pages: usize,
        /// How many it may have.
        limit: usize,
    },
    /// More characters than [`crate::Limits::chars`].
    #[error("This file has more than {limit} characters of text. Split it into parts and upload each.")]
    TooMuchText {
        /// How many it may have.
        limit: usize,
    },
    /// It unfolds to far more than it seems, or is nested without end.
    #[error("This file is built in a way that would take too much work to read. Save it anew as PDF or as plain text.")]
    TooComplex,
    /// A PDF that asks for a password.
    #[error("This PDF is protected with a password. Save a copy without the password and upload that.")]
    Encrypted,
    /// A PDF with pages and no text on any.
    #[error(
        "This PDF has no text, only pictures of pages. Run text recognition (OCR) over it, or upload what it says as text."
    )]
    Scanned,
    /// A PDF whose text can't be told from its glyphs.
    #[error(
        "The text of this PDF can't be read, because its fonts don't say which letters they show. Export it anew, or upload it as text."
    )]
    UnreadableFonts,
    /// It begins like what it says it is and goes on differently.
    #[error("This {what} is damaged and can't be read. Open it in the program it comes from and save it anew.")]
    Broken {
        /// Such as `PDF`.
        what: &'static str,
    },
    /// A file of a kind that isn't read.
    #[error("This is {what}, which can't be read here. {advice}")]
    Foreign {
        /// Such as `a Word document`.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// Bytes that are no text in any encoding we know.
    #[error("This file is neither text nor a PDF. Upload text, Markdown, CSV, HTML or PDF.")]
    NotText,
    /// It took longer than [`crate::Limits::millis`].
    #[error("Reading this file took too long, so it was given up. Save it anew as PDF or as plain text.")]
    TookTooLong,
    /// Files that are still being given up keep all places.
    #[error("Too many files are being read just now. Try again in a minute.")]
    Busy,
}
