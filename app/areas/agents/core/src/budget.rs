//! What is spent in a day and in a month, and what stands in its way.

use serde::{Deserialize, Serialize};

use crate::Caps;

/// So many parts has a minor unit.
pub const MICROS: i64 = 1_000_000;

/// Whose spending it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What an agent costs to run, which its owner caps.
    Agent,
    /// What an account pays by use, which it caps itself.
    Account,
}

impl Side {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Account => "account",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Agent, Self::Account].into_iter().find(|it| it.as_str() == text)
    }
}

/// How long a cap counts for. Days and months are those of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// From midnight to midnight.
    Day,
    /// From the first to the last.
    Month,
}

impl Span {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Day, Self::Month].into_iter().find(|it| it.as_str() == text)
    }
}

impl Caps {
    /// The cap of a span, in millionths of a minor unit.
    pub const fn micros(self, span: Span) -> i64 {
        match span {
            Span::Day => self.daily.minor.saturating_mul(MICROS),
            Span::Month => self.monthly.minor.saturating_mul(MICROS),
        }
    }
}

/// What was spent in a span, in millionths of a minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Which span.
    pub span: Span,
    /// What was spent.
    pub spent: i64,
    /// What is set aside for what runs.
    pub reserved: i64,
}
