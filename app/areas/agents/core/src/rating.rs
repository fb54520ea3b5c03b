//! What those who asked say of an answer.

use kernel::{FieldError, MessageId};
use serde::{Deserialize, Serialize};

/// The most characters the note of a rating has.
pub const RATING_NOTE_LIMIT: usize = 1_000;

/// Whether an answer was any good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// It helped.
    Good,
    /// It did not.
    Bad,
}

impl Judgement {
    /// The form the database stores.
    pub const fn value(self) -> i16 {
        match self {
            Self::Good => 1,
            Self::Bad => -1,
        }
    }

    /// Reads the form the database stores.
    pub const fn of(value: i16) -> Option<Self> {
        match value {
            1 => Some(Self::Good),
            -1 => Some(Self::Bad),
            _ => None,
        }
    }
}

/// What somebody says of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The answer.
    pub message: MessageId,
    /// Whether it was any good.
    pub judgement: Judgement,
    /// Why, in their words; may be empty.
    pub note: String,
}

/// Why an answer was good or not. May be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RatingNote(String);

impl RatingNote {
    /// Cleans and measures what was typed.
    ///
    /// # Errors
    /// When it is too long.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text: String =
            text.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
        let text = text.trim().to_owned();
        if text.chars().count() > RATING_NOTE_LIMIT {
            return Err(FieldError::new("note", format!("A note has at most {RATING_NOTE_LIMIT} characters.")));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
