//! What can go wrong in this area, in its own words, and what each case says to the person.

use std::time::Duration;

use kernel::{Problem, ProblemKind};
use platform::{database::violated_constraint, media::MediaError};

use crate::{
    gate::Refusal,
    link::{LinkFault, LinkPurpose},
    password::PasswordError,
};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody has this handle, or one that looks like it.
    #[error("the handle is taken or too similar to one that exists")]
    HandleTaken,
    /// An account has this address already. Said only to those who may know: sign-up answers all the same.
    #[error("the e-mail address has an account")]
    EmailTaken,
    /// No such account, or none that may be seen.
    #[error("no such account")]
    NoSuchAccount,
    /// No such device, or somebody else's.
    #[error("no such session")]
    NoSuchSession,
    /// Handle or e-mail and password don't belong together. Does not say which is wrong.
    #[error("wrong handle, e-mail or password")]
    WrongCredentials,
    /// The password is right, but the address is not confirmed yet.
    #[error("the e-mail address is not confirmed")]
    EmailNotConfirmed,
    /// Too many failed sign-ins.
    #[error("locked out for {} more seconds", wait.as_secs())]
    Locked {
        /// How much longer.
        wait: Duration,
    },
    /// Too many passwords wait to be checked.
    #[error("too many passwords wait to be checked")]
    Busy,
    /// A link from a letter no longer works, or never did.
    #[error("the {purpose:?} link is {fault:?}")]
    Link {
        /// What the link is for.
        purpose: LinkPurpose,
        /// What is wrong with it.
        fault: LinkFault,
    },
    /// The new password is not good enough.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The picture is not there, not this account's, or in use elsewhere.
    #[error("no such picture")]
    NoSuchPicture,
    /// Only a person may do this.
    #[error("only a person may do this")]
    NotAPerson,
    /// The account was suspended, or whoever runs it.
    #[error("the account is suspended")]
    Suspended,
    /// The gate said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A row that the rules of this area don't allow.
    #[error("the row of {0} is damaged")]
    Damaged(String),
    /// Hashing a password failed.
    #[error("hashing failed: {0}")]
    Hashing(String),
    /// The store of pictures failed.
    #[error(transparent)]
    Media(MediaError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match &error {
            Error::HandleTaken => {
                conflict("handle", "This handle is taken, or too similar to one that exists. Choose another one.")
            }
            Error::EmailTaken => conflict("email", "There is an account with this e-mail address already."),
            Error::NoSuchAccount => Self::not_found("account"),
            Error::NoSuchSession => Self::not_found("device"),
            Error::WrongCredentials => Self::field(
                "password",
                "This handle or e-mail and this password don't belong together. Check both and try again, or reset your password.",
            ),
            Error::EmailNotConfirmed => Self::new(
                ProblemKind::Forbidden,
                "Confirm your e-mail first: open the link in the letter we sent you when you signed up, or ask for a new one.",
            ),
            Error::Locked { wait } => locked(*wait),
            Error::Busy => Self {
                retry_after: Some(5),
                ..Self::new(
                    ProblemKind::Unavailable,
                    "Many people are signing in right now. Please try again in a few seconds.",
                )
            },
            Error::Link { purpose, fault } => link(*purpose, *fault),
            Error::Password(password) => Self::field("password", password.to_string()),
            Error::NoSuchPicture => Self::field("portrait", "This picture is no longer there. Choose it again."),
            Error::NotAPerson => Self::new(ProblemKind::Forbidden, "Only a person can do this."),
            Error::Suspended => Self::new(
                ProblemKind::Forbidden,
                "This account is suspended, so nobody can sign in to it. Whoever runs this server can tell you why.",
            ),
            Error::Refused(refusal) => (*refusal).into(),
            Error::Database(database) => match violated_constraint(database) {
                Some("accounts_handle_unique" | "accounts_handle_skeleton_unique") => Error::HandleTaken.into(),
                Some("logins_email_unique") => Error::EmailTaken.into(),
                _ => platform::internal(&error),
            },
            Error::Media(_) | Error::Damaged(_) | Error::Hashing(_) => platform::internal(&error),
        }
    }
}

/// A field whose value somebody else has.
fn conflict(field: &str, message: &str) -> Problem {
    Problem { kind: ProblemKind::Conflict, ..Problem::field(field, message) }
}

fn locked(wait: Duration) -> Problem {
    let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1);
    let when = match seconds {
        1..=90 => format!("in {seconds} seconds"),
        _ => format!("in {} minutes", seconds.div_ceil(60)),
    };
    Problem {
        retry_after: Some(seconds),
        ..Problem::new(
            ProblemKind::TooMany,
            format!("There were too many failed sign-ins. Try again {when}, or reset your password now."),
        )
    }
}

fn link(purpose: LinkPurpose, fault: LinkFault) -> Problem {
    let (kind, message) = match (purpose, fault) {
        (_, LinkFault::Unknown) => (
            ProblemKind::NotFound,
            "This link is not one of ours. Copy the whole link from the letter, or ask for a new one.",
        ),
        (LinkPurpose::Confirm, LinkFault::Expired) => (
            ProblemKind::Gone,
            "This link has expired: it was good for 24 hours. Ask for a new one, and we send it at once.",
        ),
        (LinkPurpose::Confirm, LinkFault::Used) => {
            (ProblemKind::Gone, "This link has been used, so your e-mail is confirmed. Sign in with your password.")
        }
        (LinkPurpose::Reset, LinkFault::Expired) => (
            ProblemKind::Gone,
            "This link has expired: it was good for one hour. Ask for a new one, and we send it at once.",
        ),
        (LinkPurpose::Reset, LinkFault::Used) => (
            ProblemKind::Gone,
            "This link has been used to choose a password. Sign in with that one, or ask for a new link.",
        ),
    };
    Problem::new(kind, message)
}
