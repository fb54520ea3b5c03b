//! Agents: what they are made of, what they know and remember, what they answer, and what that costs.
//!
//! To add a use case: a command that can only be built valid; a function in `service/`; its SQL in `store/`; its errors in
//! `error.rs`, with words for the person; the fact it makes true in `event.rs`; tests in `tests/` through the public function.
//!
//! The model compiles everywhere; what needs a database is native.

pub mod acting;
pub mod agent;
pub mod budget;
pub mod check;
#[cfg(not(target_arch = "wasm32"))]
pub mod clock;
#[cfg(not(target_arch = "wasm32"))]
pub mod command;
#[cfg(not(target_arch = "wasm32"))]
mod decline;
pub mod event;
pub mod figures;
pub mod knowledge;
mod language;
#[cfg(not(target_arch = "wasm32"))]
pub mod limits;
pub mod mcp;
pub mod memory;
pub mod offer;
pub mod rating;
pub mod review;
pub mod run;
pub mod spec;
pub mod template;
pub mod tool;

#[cfg(not(target_arch = "wasm32"))]
mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod job;
#[cfg(not(target_arch = "wasm32"))]
pub mod service;
#[cfg(not(target_arch = "wasm32"))]
mod store;
#[cfg(not(target_arch = "wasm32"))]
pub mod terms;

pub use acting::Left;
pub use agent::{AgentEntry, AgentState, Caps, Face, FieldChange, OwnAgent, Point, VersionEntry};
pub use check::{Answered, Check, CheckResult, CheckRun, CheckRunState, NewCheck, Rule, Verdict};
#[cfg(not(target_arch = "wasm32"))]
pub use error::{Cap, Error};
pub use knowledge::{Extent, Found, Source, SourceKind, SourceState};
pub use language::Language;
pub use mcp::{McpServer, ServerTool};
pub use memory::{MemoryText, MemoryView};
pub use offer::ModelOffer;
pub use rating::{Judgement, Rating, RatingNote};
pub use review::{ReviewItem, ReviewState};
pub use run::{Citation, Purpose, RunProblem, RunState, RunView};
pub use spec::{Length, Spec, ToolMode};
pub use template::Template;
pub use tool::{BuiltIn, CallState, CallView, Effect, ToolChoice, ToolGroup, ToolSource};
