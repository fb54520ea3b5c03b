//! Subscriptions and their states.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ProductId, SubscriptionId};
use serde::{Deserialize, Serialize};

use crate::{Access, PayWith, PriceView};

/// How a subscription is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionState {
    /// In force, and nothing is paid yet.
    Trialing,
    /// In force and paid.
    Active,
    /// In force; a payment failed, and is tried again.
    PastDue,
    /// No more tries: nothing but reading is left, for a while.
    Grace,
    /// It rests: not paid, and not in force.
    Paused,
    /// Over.
    Canceled,
}

impl SubscriptionState {
    /// All there are.
    pub const ALL: [Self; 6] = [Self::Trialing, Self::Active, Self::PastDue, Self::Grace, Self::Paused, Self::Canceled];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Grace => "grace",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// What it lets its owner do; nothing when empty.
    pub const fn access(self) -> Option<Access> {
        match self {
            Self::Trialing | Self::Active | Self::PastDue => Some(Access::Full),
            Self::Grace => Some(Access::ReadOnly),
            Self::Paused | Self::Canceled => None,
        }
    }

    /// Whether its owner owes a period.
    pub const fn owes(self) -> bool {
        matches!(self, Self::PastDue | Self::Grace)
    }

    /// Whether it may become `next`.
    pub const fn may_become(self, next: Self) -> bool {
        use SubscriptionState::{Active, Canceled, Grace, PastDue, Paused, Trialing};
        match (self, next) {
            (Canceled, _) | (_, Trialing) => false,
            (_, Canceled) | (Trialing | Active | PastDue | Grace | Paused, Active) => true,
            (Trialing | Active, PastDue | Paused) | (PastDue, PastDue | Grace) | (Paused, PastDue) => true,
            _ => false,
        }
    }
}

/// What happens when the period ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtEnd {
    /// The next one begins, and is paid.
    Renew,
    /// It is over.
    Cancel,
    /// It rests until its owner wants it to go on.
    Pause,
    /// The next one begins, at another price.
    Change,
}

impl AtEnd {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Renew => "renew",
            Self::Cancel => "cancel",
            Self::Pause => "pause",
            Self::Change => "change",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Renew, Self::Cancel, Self::Pause, Self::Change].into_iter().find(|it| it.as_str() == text)
    }
}

/// Why a subscription is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Its owner wanted it.
    Asked,
    /// It could not be collected.
    Unpaid,
    /// What was paid for it was given back.
    Refunded,
    /// What was paid for it was disputed with the bank.
    Disputed,
}

impl CancelReason {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Unpaid => "unpaid",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Asked, Self::Unpaid, Self::Refunded, Self::Disputed].into_iter().find(|it| it.as_str() == text)
    }
}

/// A subscription, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    /// The subscription.
    pub id: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// To what.
    pub product: ProductId,
    /// What that is called.
    pub product_name: String,
    /// What it costs.
    pub price: PriceView,
    /// How it is doing.
    pub state: SubscriptionState,
    /// What it is paid with.
    pub pay_with: PayWith,
    /// When the period began.
    pub period_start: DateTime<Utc>,
    /// When it ends.
    pub period_end: DateTime<Utc>,
    /// What happens then.
    pub at_end: AtEnd,
    /// What it costs then, if that is something else.
    pub next_price: Option<PriceView>,
    /// When the next thing happens: the period ends, another try is made, or the time to pay is over.
    pub due_at: Option<DateTime<Utc>>,
    /// Why it is over.
    pub cancel_reason: Option<CancelReason>,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// Something that happened to a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// The kind of fact, as the event log names it.
    pub kind: String,
    /// In words.
    pub words: String,
    /// When.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_over() {
        for state in SubscriptionState::ALL {
            assert!(!SubscriptionState::Canceled.may_become(state));
            assert_eq!(SubscriptionState::parse(state.as_str()), Some(state));
            assert_eq!(state.may_become(SubscriptionState::Canceled), state != SubscriptionState::Canceled);
            assert!(!state.may_become(SubscriptionState::Trialing));
        }
        assert!(!SubscriptionState::Active.may_become(SubscriptionState::Grace));
    }
}
