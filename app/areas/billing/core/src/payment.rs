//! Payments by card.

use chrono::{DateTime, Utc};
use kernel::{AccountId, InvoiceId, Money, PaymentId, PaymentStatus};
use serde::{Deserialize, Serialize};

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// The money is gone until it is decided.
    Open,
    /// The money is gone.
    Lost,
    /// The money is back.
    Won,
}

impl DisputeState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Lost => "lost",
            Self::Won => "won",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Lost, Self::Won].into_iter().find(|it| it.as_str() == text)
    }
}

/// A payment by card, as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentView {
    /// The payment.
    pub id: PaymentId,
    /// Who paid.
    pub account: AccountId,
    /// What for.
    pub description: String,
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub status: PaymentStatus,
    /// Why it failed.
    pub failure: Option<String>,
    /// What went back to the card.
    pub refunded: Money,
    /// How a dispute stands, if there was one.
    pub dispute: Option<DisputeState>,
    /// Who took it.
    pub provider: String,
    /// What they call it.
    pub reference: Option<String>,
    /// The invoice it paid.
    pub invoice: Option<InvoiceId>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
}
