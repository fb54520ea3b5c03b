//! What an agent remembers of somebody.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ConversationId, FieldError, MemoryId, MessageId};
use serde::{Deserialize, Serialize};

/// The most characters a memory has.
pub const MEMORY_LIMIT: usize = 500;
/// How many things an agent remembers of one account.
pub const MAX_MEMORIES: usize = 200;

/// Something that is remembered, in a sentence or two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryText(String);

impl MemoryText {
    /// Takes what was typed, or found in a message.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
        match line.chars().count() {
            0 => Err(FieldError::new("body", "Say what is to be remembered.")),
            length if length > MEMORY_LIMIT => {
                Err(FieldError::new("body", format!("This has {length} characters. {MEMORY_LIMIT} is the most.")))
            }
            _ => Ok(Self(line)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A memory, as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryView {
    /// Its id.
    pub id: MemoryId,
    /// Whose agent remembers it.
    pub agent: AccountId,
    /// What is remembered.
    pub body: String,
    /// The message it came from.
    pub message: Option<MessageId>,
    /// Where that was said.
    pub conversation: Option<ConversationId>,
    /// When it is forgotten by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last changed by hand.
    pub edited_at: Option<DateTime<Utc>>,
}

/// How sentences begin in which somebody says something of themselves that is worth remembering, in small letters.
const TELLING: &[&str] = &[
    "my name is ",
    "call me ",
    "i am called ",
    "i live in ",
    "i work as ",
    "i work at ",
    "i work for ",
    "i play ",
    "i prefer ",
    "i don't like ",
    "i do not like ",
    "my favourite ",
    "my favorite ",
    "my birthday is ",
    "i'm allergic to ",
    "i am allergic to ",
    "i speak ",
];

/// How sentences begin that ask for something to be remembered, in small letters.
const ASKING: &[&str] =
    &["remember that ", "please remember that ", "remember: ", "keep in mind that ", "don't forget that "];

/// What of a message is to be remembered: sentences that ask for it, and those in which somebody says plainly something of
/// themselves. Nothing is guessed, and questions are left out.
pub fn worth_remembering(message: &str) -> Vec<MemoryText> {
    sentences(message).filter_map(remembered).filter_map(|text| MemoryText::parse(&text).ok()).take(5).collect()
}

fn remembered(sentence: &str) -> Option<String> {
    let begins = |start: &str| sentence.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    if let Some(asked) = ASKING.iter().find(|start| begins(start)) {
        return sentence.get(asked.len()..).map(str::trim).filter(|rest| !rest.is_empty()).map(str::to_owned);
    }
    TELLING.iter().any(|start| begins(start)).then(|| sentence.to_owned())
}

/// Sentences that end in a full stop, an exclamation mark or a line; those that end in a question mark are left out.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', '\n'])
        .filter(|sentence| !sentence.ends_with('?'))
        .map(|sentence| sentence.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '!')))
        .filter(|sentence| !sentence.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str) -> Vec<String> {
        worth_remembering(message).into_iter().map(|it| it.0).collect()
    }

    #[test]
    fn what_somebody_says_of_themselves_is_remembered() {
        assert_eq!(found("Hi! My name is Ana. What can you do?"), ["My name is Ana"]);
        assert_eq!(found("Please remember that the deadline is Friday!"), ["the deadline is Friday"]);
        assert_eq!(found("i live in Lisbon\nI play the bass."), ["i live in Lisbon", "I play the bass"]);
    }

    #[test]
    fn questions_and_the_rest_are_not() {
        assert!(found("Is my name is Ana a sentence? Do I live in Lisbon?").is_empty());
        assert!(found("My name is what?").is_empty());
        assert!(found("The invoice is late. Remember that ").is_empty());
        assert!(found(&format!("Remember that {}", "x".repeat(MEMORY_LIMIT + 1))).is_empty());
    }
}
