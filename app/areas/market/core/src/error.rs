//! What can go wrong, in the words of this area.

use identity_core::gate::Refusal;
use kernel::{BasisPoints, CursorError, FieldError, Money, Problem, ProblemKind};

use crate::split::{MAX_CO_CREATORS, MAX_DEPTH};

/// Why something on the market did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such listing for the actor.
    #[error("no such listing")]
    NoSuchListing,
    /// No such licence of the actor's.
    #[error("no such licence")]
    NoSuchLicence,
    /// No such sale for the actor.
    #[error("no such sale")]
    NoSuchSale,
    /// No such review.
    #[error("no such review")]
    NoSuchReview,
    /// No such share for the actor.
    #[error("no such share")]
    NoSuchShare,
    /// No such account to share with.
    #[error("no such account")]
    NoSuchAccount,
    /// The gate said no.
    #[error("refused by the gate: {0}")]
    Refused(#[from] Refusal),
    /// Only administrators may.
    #[error("not an administrator")]
    NotAdmin,
    /// What was typed is not valid.
    #[error("not valid: {0:?}")]
    Invalid(Vec<FieldError>),
    /// The agent has no version that could answer.
    #[error("the agent was never published")]
    AgentNotPublished,
    /// Nothing says what it costs.
    #[error("no offer")]
    NoOffer,
    /// An administrator took it off the market.
    #[error("withdrawn")]
    Withdrawn,
    /// It is not offered at the moment, or not in this way.
    #[error("not offered")]
    NotOffered,
    /// It costs something else than what was seen.
    #[error("the price is {now}")]
    OtherPrice {
        /// What it costs now.
        now: Money,
    },
    /// It is the actor's own.
    #[error("their own")]
    Yours,
    /// They have a licence already.
    #[error("had already")]
    HadAlready,
    /// The key was used for something else.
    #[error("the key was used for something else")]
    KeyReused,
    /// The licence is no subscription that goes on.
    #[error("not a subscription that goes on")]
    NothingToDecide,
    /// Nothing is owed.
    #[error("nothing is owed")]
    NothingOwed,
    /// It can't be given back by whoever bought it any more.
    #[error("too late to give it back")]
    TooLateToReturn,
    /// It was given back before.
    #[error("given back before")]
    RefundedBefore,
    /// They had no answer of the agent.
    #[error("not used")]
    NotUsed,
    /// More would be given away than there is.
    #[error("{over} over the whole")]
    OverWhole {
        /// By how much.
        over: BasisPoints,
    },
    /// As many co-creators as there may be.
    #[error("too many co-creators")]
    ManyCoCreators,
    /// There may be no forks of it.
    #[error("no forks")]
    NoForks,
    /// Too many forks of forks.
    #[error("too deep")]
    TooDeep,
    /// Whoever forks it has to have it.
    #[error("not theirs to fork")]
    BuyFirst,
    /// A page marker that we did not make.
    #[error("not one of our cursors")]
    Cursor(#[from] CursorError),
    /// The ledger refused.
    #[error("the ledger refused: {0}")]
    Ledger(#[from] money_core::Error),
    /// Something with an agent.
    #[error("an agent failed")]
    Agents(#[from] agents_core::Error),
    /// Something with an account.
    #[error("an account failed")]
    Identity(#[from] identity_core::Error),
    /// Something with a follower.
    #[error("something social failed")]
    Social(#[from] social_core::Error),
    /// Whoever reads a statement is gone.
    #[error("a statement could not be written: {0}")]
    Write(#[from] std::io::Error),
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
            Some("licences_once_each") => Self::HadAlready,
            Some("licences_key") => Self::KeyReused,
            _ => Self::Database(error),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let conflict = |words: &str| Self::new(ProblemKind::Conflict, words);
        match error {
            Error::NoSuchListing => Self::not_found("listing"),
            Error::NoSuchLicence => Self::not_found("licence"),
            Error::NoSuchSale => Self::not_found("sale"),
            Error::NoSuchReview => Self::not_found("review"),
            Error::NoSuchShare => Self::not_found("share"),
            Error::NoSuchAccount => Self::field("account", "There is nobody with this handle who could have a share."),
            Error::Refused(refusal) => refusal.about("listing"),
            Error::NotAdmin => Self::new(ProblemKind::Forbidden, "Only administrators can do this."),
            Error::Invalid(fields) => Self::invalid(fields),
            Error::AgentNotPublished => conflict(
                "This agent does not answer yet, or not at the moment. Publish a version of it, or put it back to work, and list it then.",
            ),
            Error::NoOffer => Self::field("prices", "Say what it costs: choose free, or enter at least one price."),
            Error::Withdrawn => {
                conflict("This was taken off the market by an administrator. The reason stands on the listing.")
            }
            Error::NotOffered => conflict("This is not offered at the moment. Look at the listing for what is."),
            Error::OtherPrice { now } => Self::field(
                "price",
                format!("The price has changed: it is {now} now. Nothing was paid; look at it again."),
            ),
            Error::Yours => conflict("This agent is yours: you can use it without paying."),
            Error::HadAlready => conflict("You have this agent already. Nothing was paid."),
            Error::KeyReused => conflict(
                "This was sent before with other contents. Nothing was changed: look at what happened then, and start anew.",
            ),
            Error::NothingToDecide => {
                conflict("Only a subscription that is paid and goes on can be cancelled or resumed.")
            }
            Error::NothingOwed => conflict("Nothing is owed for this."),
            Error::TooLateToReturn => conflict(
                "This can't be given back any more: too much time has passed, or it was used too much. You can ask whoever sold it.",
            ),
            Error::RefundedBefore => conflict("This was given back before. Nothing was moved."),
            Error::NotUsed => conflict("Only those can review an agent who had an answer of it."),
            Error::OverWhole { over } => Self::field(
                "share",
                format!(
                    "This is {over} more than there is: co-creators and royalties can have 100 % in sum, and no more."
                ),
            ),
            Error::ManyCoCreators => conflict(&format!("There are {MAX_CO_CREATORS} co-creators, which is the most.")),
            Error::NoForks => conflict("Its owner allows no forks of this agent."),
            Error::TooDeep => conflict(&format!(
                "This is a fork of a fork already, {MAX_DEPTH} deep, which is the most. Fork one of those above it.",
            )),
            Error::BuyFirst => conflict("Whoever forks this agent has to have it. Buy it or subscribe to it first."),
            Error::Cursor(error) => error.into(),
            Error::Ledger(error) => error.into(),
            Error::Agents(error) => error.into(),
            Error::Identity(error) => error.into(),
            Error::Social(error) => error.into(),
            Error::Write(_) | Error::BadRow(_) | Error::Database(_) => platform::internal(&error),
        }
    }
}
