//! Licences: the right to use an agent that was paid for. And how somebody stands to an agent they want to ask.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, LicenceId, ListingId, Money};
use serde::{Deserialize, Serialize};

use crate::listing::named;

named! {
    /// How an agent was paid for.
    LicenceKind {
        /// Once, and for good.
        Once, "once", "Bought once";
        /// Each month.
        Monthly, "monthly", "Each month";
        /// Each year.
        Yearly, "yearly", "Each year";
    }
}

impl LicenceKind {
    /// So many months has a period; none, when it is for good.
    pub const fn months(self) -> Option<u32> {
        match self {
            Self::Once => None,
            Self::Monthly => Some(1),
            Self::Yearly => Some(12),
        }
    }
}

named! {
    /// How a licence is doing.
    LicenceState {
        /// In force.
        Active, "active", "Active";
        /// In force; a payment failed and is tried again.
        PastDue, "past_due", "Payment due";
        /// No more tries: it rests until it is paid, and ends after a while.
        Grace, "grace", "Unpaid";
        /// Over.
        Ended, "ended", "Ended";
    }
}

impl LicenceState {
    /// Whether whoever has it may ask.
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::Active | Self::PastDue)
    }

    /// Whether a period is owed.
    pub const fn owes(self) -> bool {
        matches!(self, Self::PastDue | Self::Grace)
    }
}

named! {
    /// What happens when a period ends.
    AtEnd {
        /// The next one begins, and is paid.
        Renew, "renew", "Renews";
        /// It is over.
        Cancel, "cancel", "Ends";
    }
}

named! {
    /// Why a licence is over.
    EndReason {
        /// Whoever had it wanted so.
        Asked, "asked", "Cancelled";
        /// It was not paid.
        Unpaid, "unpaid", "Not paid";
        /// What was paid was given back.
        Refunded, "refunded", "Refunded";
        /// The agent was taken off the market.
        Withdrawn, "withdrawn", "Taken off the market";
    }
}

/// A licence, as whoever has it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceView {
    /// The licence.
    pub id: LicenceId,
    /// For what.
    pub listing: ListingId,
    /// What that is called.
    pub title: String,
    /// The agent.
    pub agent: AccountSummary,
    /// Whose it is.
    pub account: AccountId,
    /// How it was paid for.
    pub kind: LicenceKind,
    /// How it is doing.
    pub state: LicenceState,
    /// What it cost, or costs by the period.
    pub price: Money,
    /// When the period began.
    pub period_start: DateTime<Utc>,
    /// When it ends; nothing when it is for good.
    pub period_end: Option<DateTime<Utc>>,
    /// What happens then.
    pub at_end: Option<AtEnd>,
    /// When a payment is tried again, or the time to pay is over.
    pub due_at: Option<DateTime<Utc>>,
    /// Answers since the last payment.
    pub answers: u64,
    /// Until when whoever has it can give it back themselves; nothing when they can't any more.
    pub refundable_until: Option<DateTime<Utc>>,
    /// Why it is over.
    pub end_reason: Option<EndReason>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

named! {
    /// On what ground somebody may ask.
    Way {
        /// It is theirs, or they share in it.
        Own, "own", "Yours";
        /// It costs nothing.
        Free, "free", "Free";
        /// The first messages are free.
        Trial, "trial", "Free message";
        /// They have a licence.
        Licence, "licence", "Licence";
        /// They pay for each message.
        Paid, "paid", "Per message";
    }
}

/// How somebody stands to an agent: on what ground they may ask it now, or what to do first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The listing, if the agent has one that was ever offered.
    pub listing: Option<ListingId>,
    /// On what ground they may ask; nothing, when they may not.
    pub way: Option<Way>,
    /// What the next message costs.
    pub next_costs: Option<Money>,
    /// Free messages that are left.
    pub free_left: u32,
    /// The price of a message they have to agree to first.
    pub to_agree: Option<Money>,
    /// Their licence.
    pub licence: Option<LicenceId>,
    /// Why they may not ask, or what to do first, in words.
    pub problem: Option<String>,
}
