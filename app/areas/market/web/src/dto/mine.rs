//! What somebody bought.

use kernel::{Cursor, LicenceId, ListingId, Money};
use market_core::{AtEnd, EndReason, LicenceKind, LicenceState, SpentOn};
use serde::{Deserialize, Serialize};
use web::Moment;

use super::{Card, Who};

/// Something that was bought: the right to use an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// The licence.
    pub id: LicenceId,
    /// For what.
    pub listing: ListingId,
    /// What that is called.
    pub title: String,
    /// The agent.
    pub agent: Who,
    /// How it was paid for.
    pub kind: LicenceKind,
    /// How it is doing.
    pub state: LicenceState,
    /// What it cost, or costs by the period.
    pub price: Money,
    /// Since when.
    pub since: Moment,
    /// When the period began.
    pub began: Moment,
    /// When it ends; nothing when it is for good.
    pub until: Option<Moment>,
    /// What happens then.
    pub at_end: Option<AtEnd>,
    /// When a payment is tried again, or the time to pay is over.
    pub due: Option<Moment>,
    /// Answers since the last payment.
    pub answers: u64,
    /// Until when the reader can give it back themselves.
    pub returnable_until: Option<Moment>,
    /// Why it is over.
    pub ended: Option<EndReason>,
}

/// What somebody bought, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bought {
    /// Youngest first.
    pub licences: Vec<Licence>,
    /// Where the older ones begin.
    pub next: Option<Cursor>,
    /// What was paid, by agent, with what was paid by the message.
    pub spent: Vec<SpentOn>,
}

/// What somebody sees before they buy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buy {
    /// What.
    pub card: Card,
    /// In which way.
    pub kind: LicenceKind,
    /// What it costs.
    pub price: Money,
    /// What the platform keeps of that.
    pub platform: Money,
    /// What is in the wallet.
    pub balance: Money,
    /// How much is missing there.
    pub missing: Option<Money>,
    /// What the reader has of it already.
    pub has: Option<LicenceId>,
    /// The key of the purchase: sent again, it is one purchase.
    pub key: String,
}
