//! The facts this area appends to the event log. They hold ids and numbers, never what people wrote: the log is never
//! rewritten, while a text may be deleted.

use kernel::{
    AccountId, SourceId,
    event::{EventKind, Fact},
};
use serde::{Deserialize, Serialize};

use crate::knowledge::{SourceKind, SourceState};

macro_rules! facts {
    ($($name:ident, $version:literal;)*) => {$(
        impl Fact for $name {
            const KIND: EventKind = EventKind::$name;
            const VERSION: i16 = $version;
        }
    )*};
}

facts! {
    AgentCreated, 1;
    AgentPublished, 1;
    AgentPaused, 1;
    AgentResumed, 1;
    AgentRetired, 1;
    KnowledgeAdded, 1;
    KnowledgeRead, 1;
    KnowledgeRemoved, 1;
}

/// Somebody made an agent. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCreated {
    /// The agent.
    pub agent: AccountId,
    /// Who made it.
    pub owner: AccountId,
    /// The template it began with.
    pub template: Option<String>,
}

/// A version of an agent was published. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentPublished {
    /// The agent.
    pub agent: AccountId,
    /// Whose it is.
    pub owner: AccountId,
    /// The version that answers from now on.
    pub version: u32,
    /// The version it was made from by going back.
    pub restored_from: Option<u32>,
}

macro_rules! turns {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            /// The agent.
            pub agent: AccountId,
            /// Whose it is.
            pub owner: AccountId,
        }
    )*};
}

turns! {
    /// An agent rests. Stream: the agent.
    AgentPaused;
    /// An agent that rested is at work again. Stream: the agent.
    AgentResumed;
    /// An agent is not used any more. Stream: the agent.
    AgentRetired;
}

/// Something was given to an agent to know. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeAdded {
    /// The agent.
    pub agent: AccountId,
    /// What it shall know.
    pub source: SourceId,
    /// What that is.
    pub kind: SourceKind,
}

/// What was given to an agent to know was read, or could not be. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeRead {
    /// The agent.
    pub agent: AccountId,
    /// What was read.
    pub source: SourceId,
    /// Whether the agent knows it now.
    pub state: SourceState,
    /// How many passages it has.
    pub passages: u32,
}

/// Something was taken from what an agent knows. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeRemoved {
    /// The agent.
    pub agent: AccountId,
    /// What it does not know any more.
    pub source: SourceId,
}
