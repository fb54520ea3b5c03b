//! What agents cost and bring, for their owners. Costs are in millionths of a minor unit.

use chrono::{DateTime, NaiveDate, Utc};
use identity_core::AccountSummary;
use kernel::{Money, RunId, ToolCallId};
use serde::{Deserialize, Serialize};

use crate::{AgentState, Caps, Citation, Purpose, RunProblem, RunState};

/// How many days the line of costs goes back, today included.
pub const DAYS: u16 = 30;

/// An agent with its figures. Days and months are those of UTC, as its caps are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Its name, handle and portrait.
    pub account: AccountSummary,
    /// What it is doing.
    pub state: AgentState,
    /// What it may cost.
    pub caps: Caps,
    /// Today.
    pub today: Span,
    /// Since the first of this month.
    pub month: Span,
    /// What it cost on each of the last days, the oldest first.
    pub days: Vec<(NaiveDate, i64)>,
    /// What it earned this month, by currency, fees taken off.
    pub revenue: Vec<Money>,
    /// What became of its drafts this month.
    pub drafts: Drafts,
    /// Answers that somebody found good this month, and those that somebody found bad.
    pub rated: (u32, u32),
}

/// What an agent did in a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// How often it answered, or tried to.
    pub runs: u32,
    /// Tokens read and written.
    pub tokens: i64,
    /// What was spent.
    pub spent: i64,
    /// What is set aside for what runs.
    pub reserved: i64,
}

/// What became of drafts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafts {
    /// They wait, whenever they were made.
    pub waiting: u32,
    /// Approved as they were.
    pub approved: u32,
    /// Changed and approved.
    pub edited: u32,
    /// Rejected.
    pub rejected: u32,
    /// Said by the owner in their own name.
    pub taken_over: u32,
}

/// A run in the list of an agent's owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLine {
    /// Its id.
    pub id: RunId,
    /// Why it answered.
    pub purpose: Purpose,
    /// How far it is.
    pub state: RunState,
    /// Why it came to nothing.
    pub problem: Option<RunProblem>,
    /// `provider/model` that wrote it.
    pub model: Option<String>,
    /// The version that answered; none for the draft.
    pub version: Option<u32>,
    /// Tokens that were read.
    pub input_tokens: i64,
    /// Tokens that were written.
    pub output_tokens: i64,
    /// What it cost.
    pub cost_micro: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// How long it took to the first word, in milliseconds.
    pub first_word: Option<i64>,
    /// How long it took, in milliseconds.
    pub took: Option<i64>,
}

/// A run with what was asked and answered, as far as that is for the agent's owner to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// What the list shows.
    pub line: RunLine,
    /// What was said; nothing, when it was between the agent and somebody else.
    pub words: Option<RunWords>,
}

/// What was said in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunWords {
    /// What was asked; nothing, when it was deleted.
    pub question: Option<String>,
    /// What was answered.
    pub answer: Option<String>,
    /// What the answer refers to.
    pub citations: Vec<Citation>,
    /// The tools that were called, in order.
    pub tools: Vec<ToolCallRecord>,
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCallRecord {
    /// Its id.
    pub id: ToolCallId,
    /// Which tool.
    pub tool: String,
    /// What it was given, as JSON.
    pub arguments: String,
    /// `waiting`, `allowed`, `refused`, `done` or `failed`.
    pub state: String,
    /// What it answered.
    pub result: Option<String>,
}
