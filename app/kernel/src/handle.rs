//! Handles: the name after the `@`.

use std::{collections::HashSet, fmt, str::FromStr, sync::LazyLock};

use serde::{Deserialize, Serialize};

/// A handle: 3 to 30 of `a`–`z`, `0`–`9` and `_`, beginning with a letter. Capitals are read as small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(String);

/// Why a handle was refused, in words for the person who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// Nothing was given.
    #[error("Choose a handle.")]
    Empty,
    /// Shorter than three characters.
    #[error("A handle has at least 3 characters.")]
    TooShort,
    /// Longer than thirty characters.
    #[error("A handle has at most 30 characters.")]
    TooLong,
    /// A character outside the alphabet of handles.
    #[error("A handle has only the letters a to z, digits and underscores.")]
    Character,
    /// Begins with a digit or an underscore.
    #[error("A handle begins with a letter.")]
    Start,
    /// Kept back for Magentic itself or for a page's address.
    #[error("This handle is reserved. Choose another one.")]
    Reserved,
}

/// Handles that would be mistaken for the house itself or for one of its pages.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "administrator",
    "agent",
    "agents",
    "api",
    "billing",
    "contact",
    "dev",
    "everyone",
    "help",
    "home",
    "login",
    "logout",
    "magentic",
    "media",
    "moderator",
    "new",
    "notifications",
    "official",
    "post",
    "posts",
    "privacy",
    "public",
    "root",
    "search",
    "security",
    "settings",
    "signin",
    "signup",
    "staff",
    "support",
    "system",
    "team",
    "terms",
    "undefined",
    "null",
];

impl Handle {
    /// The handle without the `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is left when the characters people mix up are made one: two handles with the same skeleton are too alike
    /// to belong to two accounts (`ana_l` and `anal1`; `rnagentic` and `magentic`). After Unicode TS #39 §4, for our alphabet.
    pub fn skeleton(&self) -> String {
        skeleton(&self.0)
    }
}

fn skeleton(handle: &str) -> String {
    let single: String = handle
        .chars()
        .filter(|c| *c != '_')
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' => 'l',
            '5' => 's',
            '8' => 'b',
            '2' => 'z',
            other => other,
        })
        .collect();
    single.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

impl FromStr for Handle {
    type Err = HandleError;

    /// Reads what somebody chose or typed.
    fn from_str(text: &str) -> Result<Self, HandleError> {
        static RESERVED_SKELETONS: LazyLock<HashSet<String>> =
            LazyLock::new(|| RESERVED.iter().map(|reserved| skeleton(reserved)).collect());
        let handle = parse(text)?;
        if RESERVED_SKELETONS.contains(&handle.skeleton()) {
            return Err(HandleError::Reserved);
        }
        Ok(handle)
    }
}

/// The syntax alone.
fn parse(text: &str) -> Result<Handle, HandleError> {
    let trimmed = text.trim();
    let name = trimmed.strip_prefix('@').unwrap_or(trimmed);
    if name.is_empty() {
        return Err(HandleError::Empty);
    }
    // Checked before anything is copied: the text may be a megabyte long.
    if name.chars().nth(30).is_some() {
        return Err(HandleError::TooLong);
    }
    let name = name.to_ascii_lowercase();
    if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return Err(HandleError::Character);
    }
    if name.len() < 3 {
        return Err(HandleError::TooShort);
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(HandleError::Start);
    }
    Ok(Handle(name))
}

impl TryFrom<String> for Handle {
    type Error = HandleError;

    /// Takes a handle that an account has already, from the database or the server: a name that was reserved later stays
    /// its holder's.
    fn try_from(text: String) -> Result<Self, HandleError> {
        parse(&text)
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> Self {
        handle.0
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refusals_say_what_is_wrong() {
        for (text, error) in [
            ("", HandleError::Empty),
            ("@", HandleError::Empty),
            ("ab", HandleError::TooShort),
            ("1abc", HandleError::Start),
            ("_abc", HandleError::Start),
            ("ana costa", HandleError::Character),
            ("аna", HandleError::Character), // the first letter is Cyrillic
            ("admin", HandleError::Reserved),
            ("Adm1n", HandleError::Reserved),
            ("rnagentic", HandleError::Reserved),
        ] {
            assert_eq!(text.parse::<Handle>(), Err(error), "{text:?}");
        }
        assert_eq!("a".repeat(1_000_000).parse::<Handle>(), Err(HandleError::TooLong));
    }

    #[test]
    fn lookalikes_share_a_skeleton() {
        let skeleton = |text: &str| text.parse::<Handle>().expect("valid").skeleton();
        assert_eq!(skeleton("paul_1"), skeleton("PauLl"));
        assert_eq!(skeleton("modern"), skeleton("modem"));
        assert_ne!(skeleton("ana"), skeleton("anna"));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in ".{0,40}") {
            if let Ok(handle) = text.parse::<Handle>() {
                prop_assert_eq!(handle.as_str().parse::<Handle>(), Ok(handle.clone()));
                prop_assert!((3..=30).contains(&handle.as_str().len()));
            }
        }
    }
}
