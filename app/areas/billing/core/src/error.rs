//! What can go wrong, in the words of this area.

use identity_core::gate::Refusal;
use kernel::{AmountError, CursorError, Money, MoneyError, Problem, ProblemKind};
use money_core::KeyError;
use platform::payments::{PaymentError, signature::SignatureError};

use crate::{ChangeError, news::UnreadableEvent};

/// Why something was not sold, paid or shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such product, or none that is on sale.
    #[error("no such product")]
    NoSuchProduct,
    /// No such price.
    #[error("no such price")]
    NoSuchPrice,
    /// No such checkout, or somebody else's.
    #[error("no such checkout")]
    NoSuchCheckout,
    /// No such subscription, or somebody else's.
    #[error("no such subscription")]
    NoSuchSubscription,
    /// No such invoice, or somebody else's.
    #[error("no such invoice")]
    NoSuchInvoice,
    /// No such payment.
    #[error("no such payment")]
    NoSuchPayment,
    /// No such event of a provider.
    #[error("no such webhook event")]
    NoSuchWebhook,
    /// No such reservation.
    #[error("no such reservation")]
    NoSuchReservation,
    /// Only administrators may.
    #[error("not an administrator")]
    NotAdmin,
    /// The code of a product is another's.
    #[error("the code is taken")]
    CodeTaken,
    /// The total is no longer what was shown.
    #[error("the price is now {now}")]
    PriceChanged {
        /// What it is now.
        now: Money,
    },
    /// The price has been replaced by another one.
    #[error("the price is retired")]
    PriceRetired,
    /// There is such a subscription already.
    #[error("already subscribed")]
    AlreadySubscribed,
    /// The checkout is over.
    #[error("the checkout is over")]
    CheckoutOver,
    /// A card has paid a checkout with the form, or is about to, so it is not paid on a page as well.
    #[error("a card has paid this checkout, or is about to")]
    PaidMeanwhile,
    /// The key was used before, for something else.
    #[error("the idempotency key was used for something else")]
    KeyReused,
    /// A subscription can't be changed so.
    #[error("no such change: {0}")]
    Change(#[from] ChangeError),
    /// The reckoning of a change is too old.
    #[error("the reckoning is too old")]
    ReckoningOld,
    /// The subscription is in a state in which this can't be done.
    #[error("not in this state")]
    NotNow(&'static str),
    /// The invoice is paid or given up.
    #[error("the invoice is not open")]
    NotOpen,
    /// More is to be given back than was paid.
    #[error("only {left} are left")]
    OverRefund {
        /// What can still be given back.
        left: Money,
    },
    /// Nothing of the invoice was paid with a card, or not so much.
    #[error("not paid by card")]
    NotByCard,
    /// There is no card to charge.
    #[error("no card")]
    NoCard,
    /// There aren't enough credits.
    #[error("{missing} credits are missing")]
    NotEnoughCredits {
        /// How many more would be needed.
        missing: i64,
    },
    /// More credits were used than were set aside.
    #[error("only {reserved} credits were reserved")]
    OverReservation {
        /// How many were.
        reserved: i64,
    },
    /// The reservation has ended, or expired.
    #[error("the reservation has ended")]
    ReservationEnded,
    /// An amount that can't be moved.
    #[error("not an amount: {0}")]
    Amount(#[from] AmountError),
    /// A key that is none.
    #[error("not a key: {0}")]
    Key(#[from] KeyError),
    /// Amounts that can't be reckoned with each other.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The ledger refused.
    #[error("the ledger refused: {0}")]
    Ledger(#[from] money_core::Error),
    /// The payment provider refused, or did not answer.
    #[error(transparent)]
    Provider(#[from] PaymentError),
    /// The provider was asked so long ago that asking again could make it happen twice.
    #[error("the payment provider gave no answer for too long to be asked again")]
    Forgotten,
    /// A webhook that is not signed as it should be.
    #[error("a webhook's signature: {0}")]
    Signature(#[from] SignatureError),
    /// A webhook that can't be read.
    #[error("a webhook can't be read: {0}")]
    Unreadable(#[from] UnreadableEvent),
    /// A webhook with the id of another one and another body.
    #[error("another body for an event that is there")]
    OtherBody,
    /// A webhook about real money on a test installation, or the other way round.
    #[error("an event of the other mode")]
    OtherMode,
    /// A webhook about something that is not there, or not yet.
    #[error("nothing of ours is {0} to the provider")]
    Unknown(String),
    /// The gate said no.
    #[error("refused by the gate: {0}")]
    Refused(#[from] Refusal),
    /// A page marker that we did not make.
    #[error("not one of our cursors")]
    Cursor(#[from] CursorError),
    /// A row that should not be possible.
    #[error("the database holds an impossible {0}")]
    BadRow(&'static str),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// Looking up an account failed.
    #[error("an account failed: {0}")]
    Identity(#[from] identity_core::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match platform::database::violated_constraint(&error) {
            Some("products_code") => Self::CodeTaken,
            Some("subscriptions_one_of_each") => Self::AlreadySubscribed,
            Some("credits_never_below_zero") => Self::NotEnoughCredits { missing: 1 },
            _ => Self::Database(error),
        }
    }
}

impl Error {
    /// Whether the same again may go well: others were in the way, or somebody did not answer.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Ledger(money_core::Error::Busy | money_core::Error::Database(_))
                | Self::Provider(PaymentError::Unknown(_) | PaymentError::Busy { .. })
                | Self::Database(_)
        )
    }
}

fn conflict(message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Conflict, message)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchProduct => Self::not_found("product"),
            Error::NoSuchPrice => Self::not_found("price"),
            Error::NoSuchCheckout => Self::not_found("checkout"),
            Error::NoSuchSubscription => Self::not_found("subscription"),
            Error::NoSuchInvoice => Self::not_found("invoice"),
            Error::NoSuchPayment => Self::not_found("payment"),
            Error::NoSuchWebhook => Self::not_found("event"),
            Error::NoSuchReservation => Self::not_found("reservation"),
            Error::NotAdmin => Self::new(ProblemKind::Forbidden, "Only those who administer this server can do this."),
            Error::CodeTaken => Self::field("code", "Another product has this code. Choose one of its own."),
            Error::PriceChanged { now } => conflict(format!(
                "The price has changed: it is {now} now. Nothing was paid; look at it again before you go on."
            )),
            Error::PriceRetired => {
                conflict("This price is no longer offered. Nothing was paid; the page of prices has the one that is.")
            }
            Error::AlreadySubscribed => conflict("You have this subscription already. You find it under Billing."),
            Error::CheckoutOver => conflict("This has been paid, or has expired. Begin again from the page of prices."),
            Error::PaidMeanwhile => conflict("A card has paid this, or is about to. Look at how far it is."),
            Error::KeyReused => conflict(
                "This was sent before with other contents. Nothing was changed: look at what happened then, and start anew.",
            ),
            Error::Change(error) => Self::field("to", error.to_string()),
            Error::ReckoningOld => {
                conflict("What you saw was reckoned a while ago. Nothing was paid; look at it again before you go on.")
            }
            Error::NotNow(why) => conflict(why),
            Error::NotOpen => conflict("This invoice is paid, or nobody expects it to be paid any more."),
            Error::OverRefund { left } => {
                Self::field("amount", format!("This is more than was paid. {left} can still be given back."))
            }
            Error::NotByCard => {
                Self::field("to", "This was not paid by card, or less of it than that. It can go into the wallet.")
            }
            Error::NoCard => Self::field("pay_with", "There is no card yet. Leave one first, or pay from the wallet."),
            Error::NotEnoughCredits { missing } => {
                Self::field("amount", format!("There are not enough credits: {missing} are missing."))
            }
            Error::OverReservation { reserved } => {
                Self::field("used", format!("Only {reserved} were set aside for this."))
            }
            Error::ReservationEnded => conflict("What was set aside has been used, or has expired."),
            Error::Amount(error) => Self::field("amount", error.to_string()),
            Error::Key(error) => Self::field("key", error.to_string()),
            Error::Money(MoneyError::OtherCurrency { left, .. }) => {
                Self::field("currency", format!("This is in another currency: it has to be {left}."))
            }
            Error::Money(MoneyError::Overflow) => Self::field("amount", "This is more than can be counted."),
            Error::Ledger(error) => error.into(),
            Error::Provider(error) => provider(error),
            Error::Signature(error) => Self::new(ProblemKind::BadRequest, error.to_string()),
            Error::Unreadable(error) => Self::new(ProblemKind::BadRequest, format!("This is no event: {error}.")),
            Error::OtherBody => conflict("An event with this id has come before, with another body. It was not taken."),
            Error::OtherMode => Self::new(
                ProblemKind::BadRequest,
                "This event is of the other mode: live and test events are not mixed.",
            ),
            Error::Refused(refusal) => refusal.about("invoice"),
            Error::Cursor(error) => error.into(),
            Error::Identity(error) => error.into(),
            Error::Forgotten | Error::Unknown(_) | Error::BadRow(_) | Error::Database(_) => platform::internal(&error),
        }
    }
}

fn provider(error: PaymentError) -> Problem {
    match error {
        PaymentError::Refused { message, .. } => conflict(format!("The payment provider refused: {message}")),
        PaymentError::Unknown(_) => Problem {
            retry_after: Some(10),
            ..Problem::new(
                ProblemKind::Unavailable,
                "The payment provider does not answer. Nothing is paid twice: please try again in a moment.",
            )
        },
        PaymentError::Busy { retry_after } => Problem {
            retry_after: retry_after.or(Some(10)),
            ..Problem::new(ProblemKind::Unavailable, "The payment provider is busy. Please try again in a moment.")
        },
    }
}
