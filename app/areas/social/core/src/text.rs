//! The texts people write: cleaned of what cannot be seen and could deceive, and measured.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest post, in characters.
pub const BODY_LIMIT: usize = 5000;
/// The longest description of a picture, in characters.
pub const ALT_LIMIT: usize = 1000;

/// The text of a post or a comment, in our subset of Markdown: up to 5000 characters, without control characters and
/// without the marks that turn the direction of writing. Empty only where a picture speaks for itself, which is for the
/// command to judge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostBody(String);

/// What a picture shows, for those who can't see it: up to 1000 characters, on one line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AltText(String);

/// The longest message, in characters.
pub const MESSAGE_LIMIT: usize = 32_000;

/// What somebody says in a conversation, in our subset of Markdown: up to 32,000 characters, cleaned as [`PostBody`] is.
/// Empty only where an attachment speaks for itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageBody(String);

/// A text with more characters than its kind may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is {over} characters too long. {limit} is the most.")]
pub struct TooLong {
    /// How many characters there may be.
    pub limit: usize,
    /// How many there are beyond that.
    pub over: usize,
}

impl PostBody {
    /// Cleans and measures what somebody typed. Lines end in `\n` afterwards; space at the end and empty lines at the
    /// beginning are gone.
    ///
    /// # Errors
    /// When more than 5000 characters are left.
    pub fn parse(text: &str) -> Result<Self, TooLong> {
        lines(text, BODY_LIMIT).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl MessageBody {
    /// Cleans and measures what somebody typed, as [`PostBody::parse`] does.
    ///
    /// # Errors
    /// When more than 32,000 characters are left.
    pub fn parse(text: &str) -> Result<Self, TooLong> {
        lines(text, MESSAGE_LIMIT).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl AltText {
    /// Cleans and measures what somebody typed.
    ///
    /// # Errors
    /// When more than 1000 characters are left.
    pub fn parse(text: &str) -> Result<Self, TooLong> {
        let clean = clean(text, ALT_LIMIT, |c| matches!(c, '\n' | '\t'))?;
        let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        measured(&line, ALT_LIMIT).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text of several lines: cleaned, without empty lines before it and without space after it, and measured.
fn lines(text: &str, limit: usize) -> Result<String, TooLong> {
    let clean = clean(text, limit, |c| matches!(c, '\n' | '\t'))?;
    if clean.chars().all(is_invisible) {
        return Ok(String::new());
    }
    let first_line = clean.find(|c: char| !c.is_whitespace()).unwrap_or(0);
    let start = clean[..first_line].rfind('\n').map_or(0, |newline| newline + 1);
    measured(clean[start..].trim_end(), limit)
}

/// Drops control characters, all but those to `keep`, and direction marks. Of a text that is far beyond the limit,
/// nothing is copied.
fn clean(text: &str, limit: usize, keep: fn(char) -> bool) -> Result<String, TooLong> {
    // What is dropped or trimmed may lie within the limit's fourfold; a megabyte may not.
    if text.chars().nth(limit * 4).is_some() {
        return Err(TooLong { limit, over: text.chars().count() - limit });
    }
    let lines = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    Ok(lines.chars().filter(|&c| keep(c) || !(c.is_control() || turns_direction(c))).collect())
}

fn measured(text: &str, limit: usize) -> Result<String, TooLong> {
    let length = text.chars().count();
    if length > limit { Err(TooLong { limit, over: length - limit }) } else { Ok(text.to_owned()) }
}

/// Embeddings, overrides and isolates (Unicode UAX #9 §2) make text read otherwise than it is stored: a known way to
/// deceive. Right-to-left scripts read well without them.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Space, and what takes none: a post of nothing else is empty.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

macro_rules! text_like {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = TooLong;

            fn try_from(text: String) -> Result<Self, TooLong> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_like!(PostBody MessageBody AltText);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(text: &str) -> String {
        PostBody::parse(text).expect("short enough").as_str().to_owned()
    }

    #[test]
    fn bodies_are_cleaned() {
        assert_eq!(body("\r\n\n  Hello\r\n\r\nyou \n\n"), "  Hello\n\nyou");
        assert_eq!(body("a\0b\u{1b}[31mc\u{7}\td"), "ab[31mc\td");
        assert_eq!(body("safe\u{202E}gpj.exe\u{2066}"), "safegpj.exe");
        assert_eq!(body("👩\u{200D}🚀 שלום"), "👩\u{200D}🚀 שלום");
        for nothing in ["", "   ", "\n\t\r\n", "\u{200B}\u{FEFF}", "\u{3164}", "\0"] {
            assert!(PostBody::parse(nothing).expect("short enough").is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn length_is_counted_in_characters_after_trimming() {
        assert_eq!(body(&"ü".repeat(5000)).chars().count(), 5000);
        assert_eq!(body(&format!("{}   \n", "a".repeat(5000))).len(), 5000);
        assert_eq!(PostBody::parse(&"a".repeat(5003)), Err(TooLong { limit: 5000, over: 3 }));
        assert_eq!(PostBody::parse(&"\0".repeat(1_000_000)), Err(TooLong { limit: 5000, over: 995_000 }));
        assert_eq!(AltText::parse(&"a".repeat(1001)), Err(TooLong { limit: 1000, over: 1 }));
        assert_eq!(AltText::parse(" a\n  cat\t").expect("short").as_str(), "a cat");
    }

    proptest! {
        #[test]
        fn parsing_is_stable_and_leaves_nothing_hidden(text in any::<String>()) {
            if let Ok(body) = PostBody::parse(&text) {
                prop_assert_eq!(PostBody::parse(body.as_str()), Ok(body.clone()));
                prop_assert!(!body.as_str().chars().any(|c| turns_direction(c) || (c.is_control() && c != '\n' && c != '\t')));
            }
        }
    }
}
