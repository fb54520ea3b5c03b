//! What people write about themselves: short texts that can only be built within their bounds.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text was refused, in words for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing was given where something is needed.
    #[error("Enter a {what}.")]
    Empty {
        /// What the text is: "name".
        what: &'static str,
    },
    /// More characters than there is room for.
    #[error("A {what} has at most {most} characters.")]
    TooLong {
        /// What the text is.
        what: &'static str,
        /// How many characters it may have.
        most: usize,
    },
    /// A character that is not seen but changes what is.
    #[error("This {what} contains a control character that people can't see. Type it again without copying it.")]
    Invisible {
        /// What the text is.
        what: &'static str,
    },
}

/// Whether a character steers how text is shown instead of being shown: control characters, line and paragraph
/// separators, and everything that overrides, embeds or isolates a direction of writing (UAX #9 §2). Plain direction
/// marks stay: people who write from right to left need them.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character leaves no mark at all, so that a name made of nothing else would look empty.
fn blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Reads a text of one line.
fn line(what: &'static str, most: usize, text: &str) -> Result<String, TextError> {
    let text = text.trim();
    // The length comes first: the text may be a megabyte long.
    if text.chars().nth(most).is_some() {
        return Err(TextError::TooLong { what, most });
    }
    if text.chars().any(steers) {
        return Err(TextError::Invisible { what });
    }
    Ok(text.to_owned())
}

macro_rules! texts {
    ($($(#[$attribute:meta])* $name:ident($parse:expr);)*) => {$(
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                let parse: fn(&str) -> Result<String, TextError> = $parse;
                parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                text.parse()
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

texts! {
    /// The name people read: 1 to 60 characters.
    DisplayName(|text| {
        let name = line("name", 60, text)?;
        if name.chars().all(blank) { Err(TextError::Empty { what: "name" }) } else { Ok(name) }
    });
    /// What somebody does, in a line of up to 100 characters; may be empty.
    #[derive(Default)]
    Headline(|text| line("headline", 100, text));
    /// What somebody says of themselves, in up to 500 characters of several lines; may be empty.
    #[derive(Default)]
    Bio(|text| {
        let (what, most) = ("bio", 500);
        let text = text.trim();
        // Browsers send a line break as two characters. A text that is too long even so is not copied.
        if text.chars().nth(2 * most).is_some() {
            return Err(TextError::TooLong { what, most });
        }
        let text = text.replace("\r\n", "\n");
        if text.chars().nth(most).is_some() {
            return Err(TextError::TooLong { what, most });
        }
        if text.chars().any(|c| steers(c) && c != '\n') {
            return Err(TextError::Invisible { what });
        }
        Ok(text)
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!("  Ana Costa ".parse::<DisplayName>().map(String::from), Ok("Ana Costa".to_owned()));
        assert!("🎹".repeat(60).parse::<DisplayName>().is_ok());
        assert_eq!("a".repeat(61).parse::<DisplayName>(), Err(TextError::TooLong { what: "name", most: 60 }));
        assert_eq!("a".repeat(1_000_000).parse::<DisplayName>(), Err(TextError::TooLong { what: "name", most: 60 }));
    }

    #[test]
    fn names_are_seen() {
        for empty in ["", "   ", "\u{200b}", "\u{3164}\u{3164}", "\u{00a0}"] {
            assert_eq!(empty.parse::<DisplayName>(), Err(TextError::Empty { what: "name" }), "{empty:?}");
        }
        for steering in ["Ana\u{202e}atsoC", "Ana\nCosta", "Ana\0", "\u{2066}Ana", "Ana\u{1b}[31m", "a\u{2028}b"] {
            assert_eq!(steering.parse::<DisplayName>(), Err(TextError::Invisible { what: "name" }), "{steering:?}");
        }
        // Joiners are part of how people write, and of many emoji.
        for fine in ["👩‍🔬 Ana", "می‌خواهم", "Łukasz O’Neil", "明美"] {
            assert!(fine.parse::<DisplayName>().is_ok(), "{fine:?}");
        }
    }

    #[test]
    fn a_bio_has_lines() {
        let bio: Bio = "One\r\n\r\nTwo".parse().expect("valid");
        assert_eq!(bio.as_str(), "One\n\nTwo");
        assert!("a\r\n".repeat(250).parse::<Bio>().is_ok());
        assert!("a".repeat(501).parse::<Bio>().is_err());
        assert!("a\u{202e}b".parse::<Bio>().is_err());
        assert!("".parse::<Bio>().is_ok());
    }

    proptest! {
        #[test]
        fn what_was_read_reads_the_same_again(text in ".{0,80}") {
            if let Ok(name) = text.parse::<DisplayName>() {
                prop_assert_eq!(name.as_str().parse::<DisplayName>(), Ok(name.clone()));
                prop_assert!((1..=60).contains(&name.as_str().chars().count()));
            }
        }
    }
}
