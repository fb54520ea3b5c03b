//! The facts this area appends to the event log. They hold ids and numbers, never what people wrote: the log is never
//! rewritten, while a text may be deleted.

use kernel::{
    AccountId, ActId, ConversationId, McpServerId, MessageId, PostId, ProposalId, RunId, SourceId, ToolCallId,
    event::{EventKind, Fact},
};
use serde::{Deserialize, Serialize};

use crate::{
    knowledge::{SourceKind, SourceState},
    rating::Judgement,
    review::ReviewState,
};

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
    ToolAsked, 1;
    ToolDecided, 1;
    McpServerAdded, 1;
    McpServerRemoved, 1;
    ActingChanged, 1;
    ReviewProposed, 1;
    ReviewDecided, 1;
    Acted, 1;
    AnswerRated, 1;
    TrainingChosen, 1;
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
    /// What an agent may do by itself was changed. Stream: the agent.
    ActingChanged;
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

/// An agent wants to use a tool, and waits for the yes or no of whoever asked it. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolAsked {
    /// The agent.
    pub agent: AccountId,
    /// The answer that waits.
    pub run: RunId,
    /// Who decides.
    pub asker: AccountId,
    /// How many calls wait.
    pub calls: u32,
}

/// Somebody said yes or no to the use of a tool. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolDecided {
    /// The agent.
    pub agent: AccountId,
    /// The answer that waited.
    pub run: RunId,
    /// Which call.
    pub call: ToolCallId,
    /// Whether it may be made.
    pub allowed: bool,
}

/// A server that offers tools was added. Stream: its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct McpServerAdded {
    /// The server.
    pub server: McpServerId,
    /// Whose agents may use it.
    pub owner: AccountId,
}

/// A server that offers tools was removed. Stream: its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct McpServerRemoved {
    /// The server.
    pub server: McpServerId,
    /// Whose agents could use it.
    pub owner: AccountId,
}

/// Something waits for a person to decide. Stream: the agent that proposes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewProposed {
    /// What waits.
    pub item: ProposalId,
    /// Who proposes it.
    pub agent: AccountId,
    /// Who decides.
    pub assignee: AccountId,
    /// Of which kind it is.
    pub kind: String,
}

/// What waited was decided, or nobody did in time. Stream: the agent that proposed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewDecided {
    /// What waited.
    pub item: ProposalId,
    /// Who proposed it.
    pub agent: AccountId,
    /// Whose it was to decide.
    pub assignee: AccountId,
    /// Of which kind it is.
    pub kind: String,
    /// How it was decided.
    pub state: ReviewState,
    /// What was published.
    pub result: Option<PostId>,
}

/// An agent published something by itself. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acted {
    /// The agent.
    pub agent: AccountId,
    /// What it was called to do.
    pub act: ActId,
    /// What it published.
    pub post: PostId,
}

/// Whoever asked said whether an answer was any good, or took that back. Stream: the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRated {
    /// The agent.
    pub agent: AccountId,
    /// The answer.
    pub message: MessageId,
    /// Who says so.
    pub by: AccountId,
    /// What they say; nothing any more, when empty.
    pub judgement: Option<Judgement>,
}

/// Somebody chose whether what they say may be learnt from. Stream: their account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingChosen {
    /// Who.
    pub account: AccountId,
    /// Where; everywhere, when empty.
    pub conversation: Option<ConversationId>,
    /// Whether it may.
    pub allowed: bool,
}
