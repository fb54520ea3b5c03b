//! The builder. Moments, money and HTML are made by the server, so that both sides show the same.

use agents_core::{
    AgentState, Caps, Check, CheckResult, CheckRunState, Extent, FieldChange, ModelOffer, SourceKind, SourceState,
    Spec, ToolMode,
};
use kernel::{AccountId, CheckId, McpServerId, SourceId};
use serde::{Deserialize, Serialize};
use ui::Portrait;
use web::Moment;

/// A page of somebody's agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agents {
    /// Newest first.
    pub agents: Vec<AgentLine>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// An agent in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentLine {
    /// Its account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its handle.
    pub handle: String,
    /// Its portrait.
    pub portrait: Option<Portrait>,
    /// What it is doing.
    pub state: AgentState,
    /// The version that answers.
    pub version: Option<u32>,
    /// Whether the draft is other than that version.
    pub changed: bool,
    /// When anything about it was last saved.
    pub saved: Moment,
}

/// What an agent can begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateLine {
    /// Names it in the form.
    pub key: String,
    /// What people read.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// Whether it does a part of a business; else it is somebody to talk with.
    pub is_role: bool,
}

/// The head of each page of the builder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Who it is, and how it is doing.
    pub agent: AgentLine,
    /// How many checks it has.
    pub checks: u32,
    /// How many sources it knows.
    pub sources: u32,
}

/// The form in which an agent is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildForm {
    /// Its name, handle and portrait.
    pub agent: AgentLine,
    /// What it does, in a line.
    pub headline: String,
    /// What it says of itself.
    pub bio: String,
    /// What it is made of.
    pub draft: Spec,
    /// Counts the saves.
    pub number: u32,
    /// The models that are offered here, in the order in which they are asked.
    pub models: Vec<ModelOffer>,
}

/// What an agent may do with each tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolsForm {
    /// The tools there are, by where they come from.
    pub groups: Vec<ToolGroup>,
    /// Counts the saves.
    pub number: u32,
    /// Whether it can be changed.
    pub is_open: bool,
}

/// Tools that come from the same place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolGroup {
    /// What the place is called.
    pub title: String,
    /// What there is to know about all of them.
    pub note: String,
    /// Why none of them can be used at the moment.
    pub problem: Option<String>,
    /// The tools.
    pub tools: Vec<ToolLine>,
}

/// A tool in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolLine {
    /// Its name, as a draft has it.
    pub name: String,
    /// What people read.
    pub label: String,
    /// What it does.
    pub summary: String,
    /// What it does to the world, when that is more than reading.
    pub effect: Option<String>,
    /// Whether it asks each time, so that it can't be allowed once and for all.
    pub asks: bool,
    /// What the agent may do with it.
    pub mode: ToolMode,
}

/// Somebody's servers of tools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servers {
    /// By name.
    pub servers: Vec<ServerLine>,
    /// Whether there may be another one.
    pub is_full: bool,
}

/// A server of tools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLine {
    /// Its id.
    pub id: McpServerId,
    /// Its name.
    pub name: String,
    /// Where it is; empty for a program of the operator's.
    pub address: String,
    /// The name of the header that a secret is sent in.
    pub header: Option<String>,
    /// Whether the operator of this site put it there.
    pub operators: bool,
    /// What it offers: the name of each tool, and what the server says of it.
    pub tools: Vec<(String, String)>,
    /// Why it could not be used the last time.
    pub problem: Option<String>,
    /// When it last answered.
    pub answered: Option<Moment>,
    /// When it was last asked.
    pub asked: Option<Moment>,
}

/// What an agent knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knowledge {
    /// Newest first.
    pub sources: Vec<SourceLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How much it is in sum.
    pub extent: Extent,
    /// Whether it can be changed.
    pub is_open: bool,
}

/// Something an agent knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Its id.
    pub id: SourceId,
    /// What it is.
    pub kind: SourceKind,
    /// What it is called.
    pub title: String,
    /// Of a page.
    pub address: Option<String>,
    /// How large it is, in words.
    pub size: String,
    /// How far it is.
    pub state: SourceState,
    /// Why it can't be read, or couldn't be read again.
    pub problem: Option<String>,
    /// How many passages were made of it.
    pub passages: u32,
    /// The language it is in, in words.
    pub language: Option<String>,
    /// When it was last read, or else when it was added.
    pub at: Moment,
}

/// An agent's checks, and how they went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// In order.
    pub checks: Vec<CheckLine>,
    /// The newest run.
    pub run: Option<CheckRunView>,
    /// Whether it can be changed.
    pub is_open: bool,
}

/// A check in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    /// Its id.
    pub id: CheckId,
    /// What is asked.
    pub question: String,
    /// What must be true of the answer, in words.
    pub rules: Vec<String>,
    /// How it went in the newest run, if it was in it as it is now.
    pub result: Option<CheckResult>,
}

/// A run of checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRunView {
    /// How far it is.
    pub state: CheckRunState,
    /// Whether it is about everything as it is now.
    pub current: bool,
    /// How many checks it has.
    pub all: u32,
    /// How many were asked.
    pub asked: u32,
    /// How many of those passed.
    pub passed: u32,
    /// When it began.
    pub begun: Moment,
}

/// The form of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckForm {
    /// The one to be changed; a new one, when empty.
    pub check: Option<Check>,
    /// What a rule can ask to be cited.
    pub sources: Vec<(SourceId, String)>,
}

/// An agent's versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Newest first.
    pub versions: Vec<VersionLine>,
    /// Whether the draft is other than the version that answers.
    pub changed: bool,
    /// What stands in the way of publishing.
    pub hurdle: Option<Hurdle>,
    /// Whether it can be changed.
    pub is_open: bool,
}

/// What has to be done before a draft can be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hurdle {
    /// It has no checks.
    NoChecks,
    /// They were not run for what is there now.
    NotRun,
    /// They are being run.
    Running,
    /// Some have failed.
    Failed,
}

/// A version in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionLine {
    /// Its number.
    pub number: u32,
    /// What its publisher said of it.
    pub note: String,
    /// The version it was made from by going back.
    pub restored_from: Option<u32>,
    /// When it was published.
    pub at: Moment,
    /// Whether it is the one that answers.
    pub answers: bool,
}

/// Two points compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// What there is to compare: what the form sends, and what is read.
    pub points: Vec<(String, String)>,
    /// The earlier one.
    pub from: String,
    /// The later one.
    pub to: String,
    /// What became of each field that is not the same.
    pub changes: Vec<FieldChange>,
}

/// What an agent may cost, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// What it may cost.
    pub caps: Caps,
    /// What it has cost today, and what it may, in minor units of the caps' currency, begun ones counted whole.
    pub today: i64,
    /// The same in this month.
    pub this_month: i64,
    /// What it is doing.
    pub state: AgentState,
}
