//! What can go wrong, in the words of this area.

use chrono::{DateTime, Utc};
use identity_core::gate::Refusal;
use kernel::{CursorError, FieldError, Money, Problem, ProblemKind};

use crate::{
    booking::{DISPUTE_HOURS, MOST_HOLDS},
    expert::MOST_SERVICES,
    slots::SlotError,
};

/// Why something with an expert did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody of this name can be booked.
    #[error("no such expert")]
    NoSuchExpert,
    /// No such service of this expert.
    #[error("no such service")]
    NoSuchService,
    /// No such booking for the actor.
    #[error("no such booking")]
    NoSuchBooking,
    /// No such proposal, or none of its times.
    #[error("no such proposal")]
    NoSuchProposal,
    /// No such calendar of the actor's.
    #[error("no such calendar")]
    NoSuchCalendar,
    /// No calendar at this address.
    #[error("no such feed")]
    NoSuchFeed,
    /// No such review.
    #[error("no such review")]
    NoSuchReview,
    /// The gate said no.
    #[error("refused by the gate: {0}")]
    Refused(#[from] Refusal),
    /// Only administrators may.
    #[error("not an administrator")]
    NotAdmin,
    /// Only people can be experts.
    #[error("not a person")]
    NotAPerson,
    /// What was typed is not valid.
    #[error("not valid: {0:?}")]
    Invalid(Vec<FieldError>),
    /// Something is missing before they can be booked.
    #[error("not ready: {0:?}")]
    NotReady(Vec<&'static str>),
    /// As many services as there may be.
    #[error("too many services")]
    ManyServices,
    /// As many calendars as there may be.
    #[error("too many calendars")]
    ManyCalendars,
    /// The expert takes nothing new, or doesn't offer this.
    #[error("not offered")]
    NotOffered,
    /// It is the actor's own.
    #[error("their own")]
    Yours,
    /// It costs something else than what was seen.
    #[error("the price is {now}")]
    OtherPrice {
        /// What it costs now.
        now: Money,
    },
    /// Something else goes back than what was seen.
    #[error("{now} goes back")]
    OtherRefund {
        /// What would go back now.
        now: Money,
    },
    /// The time can't be had.
    #[error("{0}")]
    Slot(#[from] SlotError),
    /// Somebody else has it, or will have; these are free.
    #[error("taken")]
    Taken {
        /// The nearest that are free.
        nearest: Vec<DateTime<Utc>>,
    },
    /// Another time of the same expert's is kept for them.
    #[error("another one is held")]
    HoldsAnother {
        /// Which.
        starts_at: DateTime<Utc>,
    },
    /// They had times kept too often without paying.
    #[error("too many holds")]
    ManyHolds,
    /// Its time was not kept any longer.
    #[error("the hold has ended")]
    HoldEnded,
    /// The key was used for something else.
    #[error("the key was used for something else")]
    KeyReused,
    /// It is too late, too early, or done already.
    #[error("not now: {0}")]
    NotNow(&'static str),
    /// The room is not open.
    #[error("the room opens at {opens}")]
    RoomClosed {
        /// When it opens.
        opens: DateTime<Utc>,
    },
    /// They have reviewed it already.
    #[error("reviewed before")]
    ReviewedBefore,
    /// They were not there.
    #[error("not there")]
    NotThere,
    /// They wait already.
    #[error("waits already")]
    WaitsAlready,
    /// There is something free: nobody has to wait.
    #[error("not full")]
    NotFull {
        /// When.
        next: DateTime<Utc>,
    },
    /// A calendar elsewhere can't be read.
    #[error("a calendar can't be read: {0}")]
    Calendar(String),
    /// A page marker that we did not make.
    #[error("not one of our cursors")]
    Cursor(#[from] CursorError),
    /// The ledger refused.
    #[error("the ledger refused: {0}")]
    Ledger(#[from] money_core::Error),
    /// Something with what somebody lets themselves spend.
    #[error("a cap refused")]
    Agents(#[from] agents_core::Error),
    /// Something with an account.
    #[error("an account failed")]
    Identity(#[from] identity_core::Error),
    /// A row that should not be possible.
    #[error("the database holds an impossible {0}")]
    BadRow(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match platform::database::violated_constraint(&error) {
            // Whoever knows more about what is free says so: see `service::hold`.
            Some("slices_do_not_overlap") => Self::Taken { nearest: Vec::new() },
            Some("four_hours_a_day") => Self::Slot(SlotError::DayFull),
            Some("bookings_key") => Self::KeyReused,
            Some("reschedules_one_each") => {
                Self::NotNow("Another time was proposed already. Answer that first, or take it back.")
            }
            Some("expert_reviews_pkey") => Self::ReviewedBefore,
            Some("waitlist_pkey") => Self::WaitsAlready,
            _ => Self::Database(error),
        }
    }
}

impl From<kernel::AmountError> for Error {
    fn from(error: kernel::AmountError) -> Self {
        Self::Ledger(error.into())
    }
}

/// An instant as a sentence names it where nobody's zone is known.
fn utc(at: DateTime<Utc>) -> String {
    at.format("%-d %B, %H:%M UTC").to_string()
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let conflict = |words: &str| Self::new(ProblemKind::Conflict, words);
        match error {
            Error::NoSuchExpert => Self::not_found("expert"),
            Error::NoSuchService => Self::not_found("service"),
            Error::NoSuchBooking => Self::not_found("booking"),
            Error::NoSuchProposal => Self::not_found("proposal"),
            Error::NoSuchCalendar | Error::NoSuchFeed => Self::not_found("calendar"),
            Error::NoSuchReview => Self::not_found("review"),
            Error::Refused(refusal) => refusal.about("booking"),
            Error::NotAdmin => Self::new(ProblemKind::Forbidden, "Only administrators can do this."),
            Error::NotAPerson => Self::new(ProblemKind::Forbidden, "Only people can be booked as experts."),
            Error::Invalid(fields) => Self::invalid(fields),
            Error::NotReady(missing) => {
                conflict(&format!("Before you can be booked, this is missing: {}.", missing.join(", ")))
            }
            Error::ManyServices => conflict(&format!(
                "You offer {MOST_SERVICES} services, which is the most. Take one back that nobody asks for."
            )),
            Error::ManyCalendars => conflict("Five calendars are the most. Remove one first."),
            Error::NotOffered => conflict("This can't be booked at the moment. Look at what else the expert offers."),
            Error::Yours => conflict("These are your own hours: others book them."),
            Error::OtherPrice { now } => Self::field(
                "price",
                format!("The price has changed: it is {now} now. Nothing was paid; look at it again."),
            ),
            Error::OtherRefund { now } => Self::field(
                "back",
                format!("Time has passed: {now} would go back now. Nothing was changed; look at it again."),
            ),
            Error::Slot(error) => slot(&error),
            Error::Taken { nearest } => taken(&nearest),
            Error::HoldsAnother { starts_at } => conflict(&format!(
                "Another time of this expert's is kept for you: {}. Pay for that, or let it go first.",
                utc(starts_at)
            )),
            Error::ManyHolds => Self::new(
                ProblemKind::TooMany,
                format!(
                    "You had {MOST_HOLDS} times of this expert's kept today without paying. Times can be kept for you again tomorrow."
                ),
            ),
            Error::HoldEnded => conflict(
                "The five minutes are over, and this time is not kept for you any more. Nothing was paid; choose a time again.",
            ),
            Error::KeyReused => conflict(
                "This was sent before with other contents. Nothing was changed: look at what happened then, and start anew.",
            ),
            Error::NotNow(words) => conflict(words),
            Error::RoomClosed { opens } => {
                conflict(&format!("The room opens ten minutes before the call: {}.", utc(opens)))
            }
            Error::ReviewedBefore => conflict("You have reviewed this call. What you said then stands."),
            Error::NotThere => Self::new(ProblemKind::Forbidden, "Only whoever came to the call can review it."),
            Error::WaitsAlready => conflict("You are on the waiting list already."),
            Error::NotFull { next } => {
                conflict(&format!("There is something free: {}. Nobody has to wait for this expert.", utc(next)))
            }
            Error::Calendar(words) => Self::field("address", words),
            Error::Cursor(error) => error.into(),
            Error::Ledger(error) => error.into(),
            Error::Agents(error) => error.into(),
            Error::Identity(error) => error.into(),
            Error::BadRow(_) | Error::Database(_) => platform::internal(&error),
        }
    }
}

fn slot(error: &SlotError) -> Problem {
    match error {
        SlotError::Taken => taken(&[]),
        SlotError::DayFull => Problem::new(ProblemKind::Conflict, format!("{error} Choose another day.")),
        other => Problem::field("start", other.to_string()),
    }
}

fn taken(nearest: &[DateTime<Utc>]) -> Problem {
    let words = match nearest {
        [] => "Somebody else has this time now. Nothing was paid; choose another one.".to_owned(),
        nearest => format!(
            "Somebody else has this time now. Nothing was paid. The nearest that are free: {}.",
            nearest.iter().map(|at| utc(*at)).collect::<Vec<_>>().join(" · ")
        ),
    };
    let fields = nearest.iter().map(|at| FieldError::new("nearest", at.to_rfc3339())).collect();
    Problem { fields, ..Problem::new(ProblemKind::Conflict, words) }
}

/// For how long a client can dispute a call, for sentences.
pub(crate) const TOO_LATE_TO_DISPUTE: &str = "A call can be disputed for a day after it ended. That is over.";
const _: () = assert!(DISPUTE_HOURS == 24, "the sentence above says a day");
