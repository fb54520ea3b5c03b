//! Keys that make a wish one wish, however often it is sent.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A key that comes with a wish: the same key again is the same wish, and happens once. 1 to 120 visible ASCII
/// characters. Keys of one account can't meet those of another, nor those of one use case those of another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("An idempotency key has 1 to 120 letters, digits and signs, and no spaces.")]
pub struct KeyError;

impl Key {
    /// The key as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if (1..=120).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(KeyError)
        }
    }
}

impl TryFrom<String> for Key {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_visible() {
        for good in ["1", "0198c5aa-1111-7000-8000-000000000000", &"k".repeat(120)] {
            assert!(good.parse::<Key>().is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", "a\n", "ü", &"k".repeat(121)] {
            assert_eq!(bad.parse::<Key>(), Err(KeyError), "{bad:?}");
        }
    }
}
