//! What can go wrong, in the words of this area.

use identity_core::gate::Refusal;
use kernel::{AmountError, CursorError, Money, MoneyError, Problem, ProblemKind};

use crate::{KeyError, LedgerKind, LinesError};

/// Why money did not move, or was not shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There isn't enough.
    #[error("{missing} missing on a {of:?} account")]
    NotEnough {
        /// Where.
        of: LedgerKind,
        /// How much more would be needed.
        missing: Money,
    },
    /// The database found that there isn't enough, after all.
    #[error("a balance would fall below its floor")]
    BelowFloor,
    /// The key was used before, for something else.
    #[error("the idempotency key was used for something else")]
    KeyReused,
    /// A transfer whose postings don't sum to zero, or are not at least two.
    #[error("the postings do not sum to zero")]
    Unbalanced,
    /// A transfer on an account that only its own use cases move.
    #[error("{0:?} accounts are not moved by drafts")]
    Bound(LedgerKind),
    /// An amount that can't be moved.
    #[error("not an amount: {0}")]
    Amount(#[from] AmountError),
    /// A payment that is divided wrongly.
    #[error("not a payment: {0}")]
    Lines(#[from] LinesError),
    /// A key that is none.
    #[error("not a key: {0}")]
    Key(#[from] KeyError),
    /// Amounts that can't be reckoned with each other.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Somebody wants to pay themselves.
    #[error("nobody pays themselves")]
    Yourself,
    /// No such account.
    #[error("no such account")]
    NoSuchAccount,
    /// No such account of the ledger, or none that may be seen.
    #[error("no such ledger account")]
    NoSuchLedgerAccount,
    /// No such transfer, or none that may be seen, or not of the kind that is needed.
    #[error("no such transfer")]
    NoSuchTransfer,
    /// No such hold.
    #[error("no such hold")]
    NoSuchHold,
    /// No such payout.
    #[error("no such payout")]
    NoSuchPayout,
    /// All of the hold has been taken or let go, or it has expired.
    #[error("the hold is closed")]
    HoldClosed,
    /// More is to be taken than was set aside.
    #[error("only {left} of the hold are left")]
    OverHold {
        /// What can still be taken.
        left: Money,
    },
    /// More is to be given back than was paid.
    #[error("only {left} of the payment are left")]
    OverRefund {
        /// What can still be given back.
        left: Money,
    },
    /// More is to be taken back than came in.
    #[error("only {left} of the top-up are left")]
    OverReversal {
        /// What can still be taken back.
        left: Money,
    },
    /// The gate said no.
    #[error("refused by the gate: {0}")]
    Refused(#[from] Refusal),
    /// A page marker that we did not make.
    #[error("not one of our cursors")]
    Cursor(#[from] CursorError),
    /// Others move the same money, crosswise; the database let them go first.
    #[error("others move the same money")]
    Busy,
    /// A row that should not be possible.
    #[error("the database holds an impossible {0}")]
    BadRow(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// Whoever reads a statement is gone.
    #[error("a statement could not be written")]
    Write(#[from] csv::Error),
    /// Looking up an account failed.
    #[error("an account failed")]
    Identity(#[from] identity_core::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // 40P01 and 40001: deadlock_detected and serialization_failure.
        if error.as_database_error().is_some_and(|it| matches!(it.code().as_deref(), Some("40P01" | "40001"))) {
            return Self::Busy;
        }
        match platform::database::violated_constraint(&error) {
            Some("ledger_accounts_floor") => Self::BelowFloor,
            Some("nobody_pays_themselves") => Self::Yourself,
            Some("ledger_accounts_owner_id_fkey") => Self::NoSuchAccount,
            Some("transfers_reverses") => Self::NoSuchTransfer,
            _ => Self::Database(error),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotEnough { of: LedgerKind::Wallet, missing } => {
                Self::field("amount", format!("There is not enough in the wallet: {missing} are missing."))
            }
            Error::NotEnough { of: LedgerKind::Earnings, missing } => Self::field(
                "amount",
                format!("This is {missing} more than is free to be paid out. What is pending becomes free by and by."),
            ),
            Error::NotEnough { missing, .. } => {
                Self::field("amount", format!("There is not enough: {missing} are missing."))
            }
            Error::BelowFloor => Self::field("amount", "There is not enough left for this."),
            Error::KeyReused => Self::new(
                ProblemKind::Conflict,
                "This was sent before with other contents. Nothing was changed: look at what happened then, and start anew.",
            ),
            Error::Amount(error) => Self::field("amount", error.to_string()),
            Error::Lines(error) => error.into(),
            Error::Key(error) => Self::field("key", error.to_string()),
            Error::Money(MoneyError::OtherCurrency { left, .. }) => {
                Self::field("currency", format!("This is in another currency: it has to be {left}."))
            }
            Error::Money(MoneyError::Overflow) => Self::field("amount", "This is more than can be counted."),
            Error::Yourself => Self::field("account", "You can't pay yourself."),
            Error::NoSuchAccount => Self::not_found("account"),
            Error::NoSuchLedgerAccount => Self::not_found("statement"),
            Error::NoSuchTransfer => Self::not_found("transfer"),
            Error::NoSuchHold => Self::not_found("hold"),
            Error::NoSuchPayout => Self::not_found("payout"),
            Error::HoldClosed => {
                Self::new(ProblemKind::Conflict, "Nothing is set aside any more: it was taken, let go, or has expired.")
            }
            Error::OverHold { left } => {
                Self::field("amount", format!("This is more than was set aside. {left} can still be taken."))
            }
            Error::OverRefund { left } => {
                Self::field("amount", format!("This is more than was paid. {left} can still be given back."))
            }
            Error::OverReversal { left } => {
                Self::field("amount", format!("This is more than came in. {left} can still be taken back."))
            }
            Error::Refused(refusal) => refusal.about("account"),
            Error::Cursor(error) => error.into(),
            Error::Busy => Self {
                retry_after: Some(1),
                ..Self::new(
                    ProblemKind::Unavailable,
                    "A lot is moving at this moment. Nothing was changed; please try again.",
                )
            },
            Error::Identity(error) => error.into(),
            Error::Unbalanced | Error::Bound(_) | Error::BadRow(_) | Error::Database(_) | Error::Write(_) => {
                platform::internal(&error)
            }
        }
    }
}
