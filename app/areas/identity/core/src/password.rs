//! Passwords as people type them: never shown, never logged.

use std::fmt;

/// A password of 10 to 200 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a password was refused, in words for the person who chose it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing was given.
    #[error("Enter a password.")]
    Empty,
    /// Too few characters.
    #[error("A password has at least 10 characters. A few unusual words are easy to remember and hard to guess.")]
    TooShort,
    /// Too many characters.
    #[error("A password has at most 200 characters.")]
    TooLong,
    /// Too easy to guess, and why.
    #[error("This password is too easy to guess. {0}")]
    Weak(String),
}

impl Password {
    /// The fewest characters a new password has.
    pub const LEAST: usize = 10;
    /// The most characters a password has.
    pub const MOST: usize = 200;

    /// Takes a new password; its length is right, its strength is another matter.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn chosen(text: &str) -> Result<Self, PasswordError> {
        // In bytes, before anything looks at the characters: the text may be a megabyte long.
        if text.is_empty() {
            return Err(PasswordError::Empty);
        }
        if text.len() > 4 * Self::MOST || text.chars().count() > Self::MOST {
            return Err(PasswordError::TooLong);
        }
        if text.chars().count() < Self::LEAST {
            return Err(PasswordError::TooShort);
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes a password that somebody signs in with. `None` when it cannot be anybody's.
    pub fn presented(text: &str) -> Option<Self> {
        Self::chosen(text).ok()
    }

    /// The password itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(Password::chosen(""), Err(PasswordError::Empty));
        assert_eq!(Password::chosen("ninechars"), Err(PasswordError::TooShort));
        assert!(Password::chosen("zehnzeiché").is_ok());
        assert!(Password::chosen(&"🎹".repeat(200)).is_ok());
        assert_eq!(Password::chosen(&"a".repeat(201)), Err(PasswordError::TooLong));
        assert_eq!(Password::chosen(&"a".repeat(1_000_000)), Err(PasswordError::TooLong));
    }

    #[test]
    fn is_never_shown() {
        let password = Password::chosen("correct horse battery").expect("valid");
        assert_eq!(format!("{password:?}"), "Password(…)");
    }
}
