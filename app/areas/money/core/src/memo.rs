//! What stands next to an amount.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most characters of a memo.
const LIMIT: usize = 200;

/// What a transfer is for, in a line of up to 200 characters. Whatever is given becomes one: what can't be seen is left
/// out, and what is too long is cut.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Memo(String);

impl Memo {
    /// Makes a memo of a text.
    pub fn new(text: &str) -> Self {
        let mut memo = String::new();
        let (mut length, mut space) = (0, 0);
        for c in text.chars().filter(|c| !turns_direction(*c)) {
            if c.is_whitespace() || c.is_control() {
                space = usize::from(length > 0);
                continue;
            }
            if length + space >= LIMIT {
                break;
            }
            memo.extend((space == 1).then_some(' '));
            memo.push(c);
            length += space + 1;
            space = 0;
        }
        Self(memo)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that reorder what stands around them: with them, an amount could be made to look like another.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

impl From<String> for Memo {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<&str> for Memo {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<Memo> for String {
    fn from(memo: Memo) -> Self {
        memo.0
    }
}

impl fmt::Display for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn memos_are_one_visible_line() {
        assert_eq!(Memo::new(" A call\n\twith\0 Ana  ").as_str(), "A call with Ana");
        assert_eq!(Memo::new("safe\u{202E}gpj").as_str(), "safegpj");
        assert_eq!(Memo::new(&"ü".repeat(300)).as_str().chars().count(), 200);
        assert_eq!(Memo::new("\n"), Memo::default());
    }

    proptest! {
        #[test]
        fn making_a_memo_of_a_memo_changes_nothing(text in any::<String>()) {
            let memo = Memo::new(&text);
            prop_assert!(memo.as_str().chars().count() <= LIMIT);
            prop_assert_eq!(Memo::new(memo.as_str()), memo);
        }
    }
}
