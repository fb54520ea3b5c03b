//! Sales: money that came in for an agent, with how it was divided.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, LicenceId, ListingId, Money, SaleId, TransferId};
use serde::{Deserialize, Serialize};

use crate::{Role, listing::named};

named! {
    /// What was sold.
    SaleKind {
        /// The agent, for good.
        Once, "once", "Bought once";
        /// A period of a subscription.
        Period, "period", "Subscription";
        /// A message.
        Message, "message", "Message";
    }
}

/// What somebody got of a sale: a line of their revenue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevenueLine {
    /// The sale.
    pub sale: SaleId,
    /// Which of its lines.
    pub place: u16,
    /// Of which listing.
    pub listing: ListingId,
    /// What that is called.
    pub title: String,
    /// What was sold.
    pub kind: SaleKind,
    /// What was paid in all.
    pub paid: Money,
    /// As whom they got it.
    pub role: Role,
    /// What they got.
    pub amount: Money,
    /// What of it was taken back.
    pub returned: Money,
    /// The rule that divided it.
    pub rule_version: u32,
    /// The transfer behind it.
    pub transfer: TransferId,
    /// The one that gave it back.
    pub refund: Option<TransferId>,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was given back.
    pub refunded_at: Option<DateTime<Utc>>,
}

/// What a listing brought somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevenueOf {
    /// The listing.
    pub listing: ListingId,
    /// The agent.
    pub agent: AccountId,
    /// What it is called.
    pub title: String,
    /// How many sales.
    pub sales: u64,
    /// What was paid in all, without what was given back.
    pub paid: Money,
    /// What they got of it, without what was taken back.
    pub earned: Money,
}

/// A sale, as the owner of the listing sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleView {
    /// The sale.
    pub id: SaleId,
    /// Who bought.
    pub buyer: AccountSummary,
    /// What.
    pub kind: SaleKind,
    /// For how much.
    pub amount: Money,
    /// The licence it was for.
    pub licence: Option<LicenceId>,
    /// The rule that divided it.
    pub rule_version: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was given back.
    pub refunded_at: Option<DateTime<Utc>>,
}

/// What somebody paid for an agent in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpentOn {
    /// The listing.
    pub listing: ListingId,
    /// What it is called.
    pub title: String,
    /// How many payments.
    pub sales: u64,
    /// What they come to, without what was given back.
    pub paid: Money,
    /// What was given back.
    pub returned: Money,
}
