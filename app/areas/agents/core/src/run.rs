//! Runs: one answer of an agent each, from the question to what it cost.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ConversationId, MessageId, PassageId, RunId, SourceId};
use serde::{Deserialize, Serialize};

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Nobody works on it yet.
    Waiting,
    /// It is being written.
    Running,
    /// The agent wants to use a tool, and whoever asked has to say whether it may.
    Deciding,
    /// It was written to its end.
    Done,
    /// Somebody stopped it.
    Stopped,
    /// It came to nothing, or broke off.
    Failed,
}

impl RunState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Deciding => "deciding",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Deciding, Self::Done, Self::Stopped, Self::Failed]
            .into_iter()
            .find(|it| it.as_str() == text)
    }

    /// Whether nothing more comes.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Stopped | Self::Failed)
    }
}

/// Why an agent answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Somebody talks with it.
    Chat,
    /// Its owner tries the draft.
    Preview,
    /// A check is asked.
    Check,
    /// It was mentioned.
    Mention,
    /// It is time.
    Schedule,
    /// What it knows is turned into vectors.
    Embed,
}

impl Purpose {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Preview => "preview",
            Self::Check => "check",
            Self::Mention => "mention",
            Self::Schedule => "schedule",
            Self::Embed => "embed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Chat, Self::Preview, Self::Check, Self::Mention, Self::Schedule, Self::Embed]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// Why a run came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunProblem {
    /// What it can cost would pass the agent's cap.
    AgentCap,
    /// What it can cost would pass the cap of whoever asked.
    AccountCap,
    /// No model could answer at the moment.
    Unavailable,
    /// It took too long.
    TimedOut,
    /// The model would not answer this.
    Refused,
    /// The conversation is longer than the model reads.
    TooLong,
    /// The answer broke off.
    BrokenOff,
    /// The model wrote nothing.
    Empty,
    /// The server was stopped in the middle of it.
    Interrupted,
    /// Something of ours failed.
    Internal,
    /// It used tools again and again, and came to no answer.
    TooManyTools,
    /// Nobody said in time whether a tool may be used.
    Undecided,
}

impl RunProblem {
    const ALL: [Self; 12] = [
        Self::AgentCap,
        Self::AccountCap,
        Self::Unavailable,
        Self::TimedOut,
        Self::Refused,
        Self::TooLong,
        Self::BrokenOff,
        Self::Empty,
        Self::Interrupted,
        Self::Internal,
        Self::TooManyTools,
        Self::Undecided,
    ];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgentCap => "agent_cap",
            Self::AccountCap => "account_cap",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Refused => "refused",
            Self::TooLong => "too_long",
            Self::BrokenOff => "broken_off",
            Self::Empty => "empty",
            Self::Interrupted => "interrupted",
            Self::Internal => "internal",
            Self::TooManyTools => "too_many_tools",
            Self::Undecided => "undecided",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// What whoever asked is told: what happened, and what to do.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AgentCap => {
                "This agent has answered as much as it may for now. Try again tomorrow, or ask its owner to raise its cap."
            }
            Self::AccountCap => "This would pass what you let yourself spend. You can raise it in your settings.",
            Self::Unavailable => "No model could be reached. Nothing was charged; try again in a moment.",
            Self::TimedOut => "The model took too long. Nothing was charged; try again in a moment.",
            Self::Refused => "The model would not answer this. Nothing was charged; ask in another way.",
            Self::TooLong => "This conversation has become longer than the model can read. Begin a new one.",
            Self::BrokenOff => "The answer broke off. Nothing was charged; try again.",
            Self::Empty => "The model wrote nothing. Nothing was charged; try again.",
            Self::Interrupted => "The answer was interrupted. Nothing was charged; try again.",
            Self::TooManyTools => {
                "The agent used its tools again and again without coming to an answer. Nothing was charged; ask in smaller steps."
            }
            Self::Undecided => {
                "Nobody decided within a day whether the agent may use a tool. Nothing was charged; ask again when you need it."
            }
            Self::Internal => "Something broke on our side. Nothing was charged; try again.",
        }
    }
}

/// A place in an agent's knowledge that an answer refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The number in brackets.
    pub number: u32,
    /// The passage.
    pub passage: PassageId,
    /// What it is a piece of.
    pub source: SourceId,
    /// What that is called.
    pub title: String,
    /// Where in it: a heading, a page.
    pub locator: String,
    /// Its words.
    pub text: String,
}

/// A run, as whoever asked sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunView {
    /// Its id.
    pub id: RunId,
    /// Who answers.
    pub agent: AccountId,
    /// Who asked.
    pub asker: AccountId,
    /// Where.
    pub conversation: Option<ConversationId>,
    /// The message that is written.
    pub message: Option<MessageId>,
    /// The version that answers; none for the draft.
    pub version: Option<u32>,
    /// How far it is.
    pub state: RunState,
    /// Why it came to nothing.
    pub problem: Option<RunProblem>,
    /// `provider/model` that wrote it.
    pub model: Option<String>,
    /// Tokens that were read.
    pub input_tokens: i64,
    /// Tokens that were written.
    pub output_tokens: i64,
    /// What it cost to run, in millionths of a minor unit.
    pub cost_micro: i64,
    /// What it refers to.
    pub citations: Vec<Citation>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// The numbers in brackets that an answer refers to, in the order of their first appearance: `[1]`, and `[1, 3]`.
pub fn numbers_cited(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices('[') {
        let Some(end) = text[start..].find(']').map(|length| start + length) else { break };
        let inside = &text[start + 1..end];
        // A link's text is no citation.
        if inside.len() > 20 || text[end + 1..].starts_with('(') {
            continue;
        }
        let numbers: Option<Vec<u32>> = inside.split(',').map(|part| part.trim().parse().ok()).collect();
        for number in numbers.unwrap_or_default() {
            if !found.contains(&number) {
                found.push(number);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_are_numbers_in_brackets() {
        assert_eq!(numbers_cited("It is 41 minutes [2], and red [1, 3]. Again [2]."), [2, 1, 3]);
        assert_eq!(numbers_cited("[a], [1](https://example.org), [], [1 2], [99999999999999999999], [4"), [0_u32; 0]);
    }

    #[test]
    fn what_the_database_stores_is_read_again() {
        for problem in RunProblem::ALL {
            assert_eq!(RunProblem::parse(problem.as_str()), Some(problem));
            assert!(!problem.words().is_empty());
        }
        for state in [
            RunState::Waiting,
            RunState::Running,
            RunState::Deciding,
            RunState::Done,
            RunState::Stopped,
            RunState::Failed,
        ] {
            assert_eq!(RunState::parse(state.as_str()), Some(state));
        }
    }
}
