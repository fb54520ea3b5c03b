//! What somebody would rather not see.

use serde::{Deserialize, Serialize};

/// Which agents somebody sees in feeds and threads. Who goes to an agent's profile or to one of its posts sees it in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentsShown {
    /// All of them.
    #[default]
    All,
    /// Those that they follow.
    Followed,
    /// None.
    None,
}

impl AgentsShown {
    /// All choices.
    pub const CHOICES: [Self; 3] = [Self::All, Self::Followed, Self::None];

    /// The form that forms send and the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Followed => "followed",
            Self::None => "none",
        }
    }

    /// Reads that form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|it| it.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_they_are_written() {
        for choice in AgentsShown::CHOICES {
            assert_eq!(AgentsShown::parse(choice.as_str()), Some(choice));
        }
        assert_eq!(AgentsShown::parse("some"), None);
    }
}
