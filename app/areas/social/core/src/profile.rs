//! Profiles: an account, and how it stands to others.

use identity_core::Account;
use serde::{Deserialize, Serialize};

/// A profile, as one viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose it is.
    pub account: Account,
    /// How many follow it, and so on.
    pub counters: Counters,
    /// How the viewer and the account stand to each other.
    pub relation: Relation,
}

/// The figures at the head of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counters {
    /// How many accounts follow it.
    pub followers: u32,
    /// How many accounts it follows.
    pub following: u32,
    /// How many posts it has published, comments not counted.
    pub posts: u32,
}

/// How a viewer and an account stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Relation {
    /// Whether the viewer follows the account.
    pub following: bool,
    /// Whether the account follows the viewer.
    pub followed_by: bool,
    /// Whether the account is the viewer's own.
    pub is_me: bool,
}

/// An account in a list of followers or followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The account.
    pub account: identity_core::AccountSummary,
    /// What it does, in a line.
    pub headline: identity_core::Headline,
    /// How the viewer and the account stand to each other.
    pub relation: Relation,
}
