//! Links that prove that somebody reads the mail of an address.

use chrono::TimeDelta;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// To confirm an e-mail address.
    Confirm,
    /// To choose a new password.
    Reset,
}

/// Why a link does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// We never sent it, or so long ago that it is forgotten.
    Unknown,
    /// It is too old.
    Expired,
    /// It works once, and has.
    Used,
}

impl LinkPurpose {
    /// How long a link works.
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::Confirm => TimeDelta::hours(24),
            Self::Reset => TimeDelta::hours(1),
        }
    }

    /// The page a link leads to.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Confirm => "/confirm-email",
            Self::Reset => "/reset-password",
        }
    }

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
        }
    }
}
