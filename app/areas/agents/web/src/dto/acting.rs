//! What agents do by themselves, what waits for a decision, and what it costs. Moments, money and HTML are made by the server.

use agents_core::{
    AgentState, Purpose, RunState,
    acting::{ActState, Acting, CatchUp},
    review::ReviewState,
};
use kernel::{ProposalId, RunId, ScheduleId};
use serde::{Deserialize, Serialize};
use social_core::diff::Change;
use ui::Portrait;
use web::Moment;

/// An agent at the head of what is its.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentHead {
    /// Its id, as addresses have it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its handle, without `@`.
    pub handle: String,
    /// Its portrait.
    pub portrait: Option<Portrait>,
}

/// A page of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Youngest first.
    pub items: Vec<ReviewLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The reader's agents, for the filter.
    pub agents: Vec<AgentHead>,
}

/// An item of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLine {
    /// Its id.
    pub id: ProposalId,
    /// Who proposes it.
    pub agent: AgentHead,
    /// What it wants to do: "Post", "Answer @ana".
    pub title: String,
    /// What it wants to say, as sanitised HTML.
    pub html: String,
    /// Why it waits.
    pub waits_for: String,
    /// How sure it is, in percent.
    pub confidence: Option<u8>,
    /// How far it is.
    pub state: ReviewState,
    /// When it was proposed.
    pub at: Moment,
    /// Until when it waits: "7 June 2026, 12:00 UTC".
    pub until: String,
    /// Where what was published stands.
    pub result: Option<String>,
}

/// An item with all there is to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewFull {
    /// As in the list.
    pub line: ReviewLine,
    /// What it wants to say, as it was typed.
    pub body: String,
    /// What it answers.
    pub answers: Option<Answered>,
    /// What whoever approved it changed.
    pub changes: Option<Vec<(Change, String)>>,
    /// Why it was rejected.
    pub note: String,
    /// When it was decided.
    pub decided: Option<Moment>,
    /// Where the run stands that wrote it.
    pub run: Option<String>,
    /// Whether it is a text that is published here, and not another area's affair.
    pub is_text: bool,
}

/// What a comment answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Whose it is, without `@`.
    pub handle: String,
    /// Its text, as sanitised HTML.
    pub html: String,
    /// Where it stands.
    pub href: String,
}

/// What an agent may do by itself, with what it did of late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingPage {
    /// What it may.
    pub acting: Acting,
    /// From when on: `09:00`; empty for all day.
    pub from: String,
    /// Up to when.
    pub until: String,
    /// Time zones to choose from: names, and what is read.
    pub zones: Vec<(String, String)>,
    /// When it posts.
    pub schedules: Vec<ScheduleLine>,
    /// How many posts and drafts it has made today.
    pub today: u8,
    /// What it did of late.
    pub acts: Vec<ActLine>,
    /// Whether it is published and at work.
    pub state: AgentState,
}

/// When an agent posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleLine {
    /// Its id.
    pub id: ScheduleId,
    /// What it posts about.
    pub instructions: String,
    /// `09:00, 17:30`.
    pub times: String,
    /// Of `mon` to `sun`.
    pub weekdays: Vec<String>,
    /// The same in words: "Mon, Wed", "Every day".
    pub days: String,
    /// What becomes of missed times.
    pub catch_up: CatchUp,
    /// Whether it is at work.
    pub active: bool,
    /// The next times, as the agent's clock shows them.
    pub next: Vec<String>,
}

/// Something an agent did by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActLine {
    /// What called it: "Mention", "Schedule".
    pub what: String,
    /// When.
    pub at: Moment,
    /// How far it is.
    pub state: ActState,
    /// What came of it, in words.
    pub words: String,
    /// Where to look at it.
    pub href: Option<String>,
}

/// The agents of somebody with their figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Each of them.
    pub agents: Vec<AgentFigures>,
    /// The days that the lines go over, the oldest first: "12 May".
    pub days: Vec<String>,
}

/// An agent with its figures, written for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentFigures {
    /// Which.
    pub agent: AgentHead,
    /// What it is doing.
    pub state: AgentState,
    /// Today.
    pub today: SpanFigures,
    /// This month.
    pub month: SpanFigures,
    /// What it cost on each day, in millionths of a cent.
    pub costs: Vec<u64>,
    /// The same in words.
    pub cost_words: Vec<String>,
    /// What it earned this month.
    pub revenue: String,
    /// Drafts that wait.
    pub waiting: u32,
    /// Drafts approved as they were, changed, rejected, and taken over this month.
    pub decided: [u32; 4],
    /// Answers rated well and badly this month.
    pub rated: (u32, u32),
}

/// What an agent did in a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanFigures {
    /// How often it answered.
    pub runs: u32,
    /// Tokens read and written.
    pub tokens: u64,
    /// What was spent: "0.42 EUR".
    pub spent: String,
    /// What of the cap is used, and the cap, in millionths of a cent.
    pub used: (u64, u64),
    /// "0.42 of 2.00 EUR, 1.58 left".
    pub cap: String,
}

/// A page of an agent's runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// Youngest first.
    pub runs: Vec<RunLine>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A run in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLine {
    /// Its id.
    pub id: RunId,
    /// Why it answered.
    pub purpose: Purpose,
    /// How far it is.
    pub state: RunState,
    /// What went wrong, in words.
    pub problem: Option<String>,
    /// Who wrote it.
    pub model: Option<String>,
    /// The version that answered.
    pub version: Option<u32>,
    /// Tokens read and written.
    pub tokens: (u64, u64),
    /// What it cost: "0.0021 EUR".
    pub cost: String,
    /// When.
    pub at: Moment,
    /// How long the first word took, and all: "0.3 s".
    pub times: (Option<String>, Option<String>),
}

/// A run with what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFull {
    /// As in the list.
    pub line: RunLine,
    /// What was said; nothing, when that is not for the reader.
    pub words: Option<RunWords>,
}

/// What was said in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunWords {
    /// What was asked, as sanitised HTML.
    pub question: Option<String>,
    /// What was answered, as sanitised HTML.
    pub answer: Option<String>,
    /// What it refers to: number, title with place, words.
    pub citations: Vec<(u32, String, String)>,
    /// The tools that were called: name, state, arguments, result.
    pub tools: Vec<(String, String, String, Option<String>)>,
}
