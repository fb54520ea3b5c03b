//! Tools: what an agent can do besides answering, as its owner sees it in the builder. What they do is done in
//! `service/tools/`.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{RunId, ToolCallId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ToolMode;

/// Looks for posts and accounts.
pub const SEARCH: &str = "search_magentic";
/// Reads a public page.
pub const READ_PAGE: &str = "read_page";
/// Writes a post for its owner to decide on.
pub const DRAFT_POST: &str = "draft_post";
/// Looks up when experts are free.
pub const EXPERT_TIMES: &str = "expert_times";
/// Reckons.
pub const CALCULATOR: &str = "calculator";

/// What a tool does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It only reads.
    Reads,
    /// It says something to others: it asks each time, or what it makes waits for a review.
    Publishes,
    /// It spends money: it asks each time.
    Spends,
}

/// A tool that is built in.
#[derive(Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name, as models and drafts have it.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What it does to the world.
    pub effect: Effect,
    /// What a new agent may do with it.
    pub first: ToolMode,
}

/// All tools that are built in, in the order of the builder.
pub const BUILT_IN: [BuiltIn; 5] = [
    BuiltIn {
        name: SEARCH,
        label: "Search Magentic",
        summary: "Finds public posts and accounts here.",
        effect: Effect::Reads,
        first: ToolMode::Off,
    },
    BuiltIn {
        name: READ_PAGE,
        label: "Read a page",
        summary: "Reads the text of a public page on the web.",
        effect: Effect::Reads,
        first: ToolMode::Off,
    },
    BuiltIn {
        name: DRAFT_POST,
        label: "Draft a post",
        summary: "Writes a post and lays it in your review inbox. Nothing is published before you say so.",
        effect: Effect::Publishes,
        first: ToolMode::Off,
    },
    BuiltIn {
        name: EXPERT_TIMES,
        label: "Look up experts' times",
        summary: "Finds people who can be booked, what they cost, and when they are free. It books nothing.",
        effect: Effect::Reads,
        first: ToolMode::Off,
    },
    BuiltIn {
        name: CALCULATOR,
        label: "Calculator",
        summary: "Reckons exactly, to the last digit.",
        effect: Effect::Reads,
        first: ToolMode::Allow,
    },
];

/// A tool that an owner may let an agent use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolChoice {
    /// Its name, as a draft has it.
    pub name: String,
    /// What people read.
    pub label: String,
    /// What it does; of a server's tool in the server's words.
    pub summary: String,
    /// What it does to the world, where that is known.
    pub effect: Option<Effect>,
    /// What the agent may do with it.
    pub mode: ToolMode,
    /// Whether it asks each time, so that it can't be allowed once and for all.
    pub asks: bool,
}

/// Tools that come from the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolGroup {
    /// Where they come from.
    pub from: ToolSource,
    /// The tools.
    pub tools: Vec<ToolChoice>,
}

/// Where tools come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolSource {
    /// They are built in.
    BuiltIn,
    /// A server offers them.
    Server {
        /// Its name.
        name: String,
        /// Why it could not be used the last time; nothing, when it could.
        problem: Option<String>,
    },
    /// Nowhere any more: a draft names them, and no server offers them.
    Gone,
}

/// The built-in tool of this name.
pub fn built_in(name: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|tool| tool.name == name)
}

/// How often a model is asked for one answer at most: each time it has called tools it is asked again.
pub const MOST_ROUNDS: usize = 8;
/// How many tools are used for one answer at most.
pub const MOST_CALLS: usize = 16;
/// The most characters of what a tool answered that a model is given.
pub const RESULT_LIMIT: usize = 16_000;
/// How many experts a model is told of at once.
pub const MOST_EXPERTS: usize = 5;
/// How many services of each.
pub const MOST_SERVICES: usize = 8;
/// How many free times of each.
pub const MOST_TIMES: usize = 8;
/// How long whoever asked has to decide whether a tool may be used.
pub const DECIDE_WITHIN: TimeDelta = TimeDelta::hours(24);

/// How far a call of a tool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Somebody has to decide whether it may be made.
    Waiting,
    /// It may be made, and has not been.
    Allowed,
    /// It may not be made.
    Refused,
    /// It was made.
    Done,
    /// It could not be made, or came to nothing.
    Failed,
}

impl CallState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Allowed, Self::Refused, Self::Done, Self::Failed];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// A call of a tool, as whoever asked the agent sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallView {
    /// Its id.
    pub id: ToolCallId,
    /// The answer it was made for.
    pub run: RunId,
    /// The tool: the name of a built-in one, or `server/tool`.
    pub tool: String,
    /// With what: an object, or what the model wrote instead of one.
    pub arguments: Value,
    /// How far it is.
    pub state: CallState,
    /// What came of it: what the tool answered, or why it did not.
    pub result: Option<String>,
    /// When the model wanted it.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
    /// Until when it can be decided on, while it waits.
    pub decide_until: Option<DateTime<Utc>>,
}

impl CallView {
    /// What people read instead of the tool's name.
    pub fn label(&self) -> &str {
        built_in(&self.tool).map_or(&self.tool, |tool| tool.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_found_by_their_names() {
        for tool in &BUILT_IN {
            assert_eq!(built_in(tool.name), Some(tool));
            assert!(tool.name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_'), "{}", tool.name);
            assert!(!tool.label.is_empty() && tool.summary.ends_with('.'));
        }
        assert_eq!(built_in("expert_calendar"), None);
        for state in CallState::ALL {
            assert_eq!(CallState::parse(state.as_str()), Some(state));
        }
    }
}
