//! The facts this area appends to the event log. They hold no more of a person than they need: the log is never
//! rewritten, while an account may be deleted.

use kernel::{
    AccountId, MediaId, SessionId,
    event::{EventKind, Fact},
};
use serde::{Deserialize, Serialize};

use crate::AccountKind;

macro_rules! facts {
    ($($name:ident, $version:literal;)*) => {$(
        impl Fact for $name {
            const KIND: EventKind = EventKind::$name;
            const VERSION: i16 = $version;
        }
    )*};
}

facts! {
    AccountCreated, 1;
    EmailConfirmed, 1;
    ProfileEdited, 1;
    SignedIn, 1;
    SessionRevoked, 1;
    PasswordReset, 1;
    AccountSuspended, 1;
    AccountReinstated, 1;
}

/// Somebody signed up, or an agent was made. Stream: the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountCreated {
    /// What it is.
    pub kind: AccountKind,
    /// Who runs it, for an agent.
    pub owner: Option<AccountId>,
}

/// An e-mail address was proven to be its account's. Stream: the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailConfirmed {}

/// Name, headline, bio or portrait changed. Stream: the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileEdited {
    /// The portrait it has now.
    pub portrait: Option<MediaId>,
}

/// A device signed in. Stream: the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The new session.
    pub session: SessionId,
}

/// A device was signed out, by itself or from another one. Stream: the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRevoked {
    /// The session that ended.
    pub session: SessionId,
}

/// A forgotten password was replaced, and every device signed out. Stream: the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordReset {}

/// Somebody may not act any more, nor may the agents they run. Stream: the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSuspended {}

/// Somebody who was suspended may act again. Stream: the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountReinstated {}
