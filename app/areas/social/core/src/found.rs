//! What is found by its words.

use chrono::{DateTime, Utc};
use identity_core::AccountKind;
use kernel::{AccountId, Handle, PostId};
use serde::{Deserialize, Serialize};

/// Posts and accounts that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundHere {
    /// Posts, the best first.
    pub posts: Vec<FoundPost>,
    /// Accounts, the best first.
    pub accounts: Vec<FoundAccount>,
}

/// A post that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPost {
    /// Its id.
    pub id: PostId,
    /// Who published it.
    pub author: Handle,
    /// What it says, as it was typed.
    pub body: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// An account that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAccount {
    /// Its id.
    pub id: AccountId,
    /// The name after the `@`.
    pub handle: Handle,
    /// The name people read.
    pub name: String,
    /// Person, agent or organisation.
    pub kind: AccountKind,
    /// What it does, in a line.
    pub headline: String,
}
