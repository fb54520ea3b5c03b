//! What somebody may use, and why.

use chrono::{DateTime, Utc};
use kernel::{InvoiceId, PurchaseId, SubscriptionId, TransferId};
use serde::{Deserialize, Serialize};

use crate::{Feature, SubscriptionState};

/// How far something may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// What is there can be looked at, and nothing new made.
    ReadOnly,
    /// As it was sold.
    Full,
}

/// Something that somebody may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlement {
    /// What.
    pub feature: Feature,
    /// How much of it; as much as one likes when empty.
    pub amount: Option<i64>,
    /// How far.
    pub access: Access,
    /// Why: each thing that gives some of it, the one that gives most first.
    pub because: Vec<Source>,
}

/// Why somebody may use something: from what it gives to the money that paid for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The product that gives it.
    pub product: String,
    /// How much of it.
    pub amount: Option<i64>,
    /// How far.
    pub access: Access,
    /// Through a subscription, which is so.
    pub subscription: Option<(SubscriptionId, SubscriptionState)>,
    /// Through something bought once.
    pub purchase: Option<PurchaseId>,
    /// Until when, if that is known.
    pub until: Option<DateTime<Utc>>,
    /// The last invoice of it, if there was one.
    pub invoice: Option<InvoiceId>,
    /// What that invoice is called.
    pub invoice_number: Option<String>,
    /// The money that paid it.
    pub transfer: Option<TransferId>,
}

impl Entitlement {
    /// Whether `used` of it leave room for one more.
    pub fn allows(&self, used: i64) -> bool {
        self.access == Access::Full && self.amount.is_none_or(|most| used < most)
    }

    /// Puts the things that give a feature together: what counts is the one that gives most.
    pub fn of(feature: Feature, mut because: Vec<Source>) -> Option<Self> {
        because.sort_by_key(|source| std::cmp::Reverse((source.access, source.amount.unwrap_or(i64::MAX))));
        let first = because.first()?;
        Some(Self { feature, amount: first.amount, access: first.access, because })
    }
}
