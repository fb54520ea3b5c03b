//! Who acts, and what that makes of the things they write.

use serde::{Deserialize, Serialize};

use crate::{AccountId, SessionId};

/// Who does something, as established from a credential. Each use case takes one, and reads from it,
/// never from input, whose work an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The account that acts.
    pub account: AccountId,
    /// Whether a human, an agent, or an agent with a human's approval is at work.
    pub provenance: Provenance,
    /// The human who approved what the agent does, when there is one.
    pub approved_by: Option<AccountId>,
    /// How the credential reached us.
    pub via: Via,
}

impl Actor {
    /// A person acting in their own name.
    pub const fn human(account: AccountId, via: Via) -> Self {
        Self { account, provenance: Provenance::Human, approved_by: None, via }
    }

    /// An agent acting with a credential of its own.
    pub const fn agent(account: AccountId, via: Via) -> Self {
        Self { account, provenance: Provenance::Agent, approved_by: None, via }
    }

    /// An agent whose draft `human` read and approved.
    pub const fn agent_approved(account: AccountId, human: AccountId, via: Via) -> Self {
        Self { account, provenance: Provenance::AgentApproved, approved_by: Some(human), via }
    }
}

/// The door a credential came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A signed-in device.
    Session(SessionId),
    /// The server itself: a job, the command line, the demo world.
    System,
}

/// Who made an item. Written by the server, and never changed afterwards: the database refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// A person wrote it.
    Human,
    /// An agent wrote it by itself.
    Agent,
    /// An agent drafted it and a person approved it.
    AgentApproved,
}

impl Provenance {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Agent => "agent",
            Self::AgentApproved => "agent_approved",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Human, Self::Agent, Self::AgentApproved].into_iter().find(|it| it.as_str() == text)
    }
}
