//! What payment providers told, and how it compares with what we have.

use chrono::{DateTime, Utc};
use kernel::{PaymentId, ReconciliationId, WebhookId};
use serde::{Deserialize, Serialize};

/// How far something that a provider told is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// To be handled, for the first time or again.
    Waiting,
    /// Handled.
    Done,
    /// Kept, and nothing is made of it.
    Kept,
    /// Given up: somebody has to look.
    Dead,
}

impl WebhookState {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Done, Self::Kept, Self::Dead];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Kept => "kept",
            Self::Dead => "dead",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// Something that a provider told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookView {
    /// Ours.
    pub id: WebhookId,
    /// Who told it.
    pub provider: String,
    /// What they call it.
    pub reference: String,
    /// What kind of news.
    pub kind: String,
    /// What it is about, as they call it.
    pub object: String,
    /// How far it is.
    pub state: WebhookState,
    /// How often it was tried in vain.
    pub attempts: u16,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// A provider's payments of a stretch of time, held against ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconciliationView {
    /// The reconciliation.
    pub id: ReconciliationId,
    /// Whose payments.
    pub provider: String,
    /// From when.
    pub from: DateTime<Utc>,
    /// To when.
    pub to: DateTime<Utc>,
    /// How many were compared.
    pub checked: i32,
    /// Where they differ.
    pub differences: Vec<Difference>,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// How a payment differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The provider has it, and we don't.
    MissingHere,
    /// We have it, and the provider doesn't.
    MissingThere,
    /// In how much it is about, or how much came.
    Amount,
    /// In how far it is.
    Status,
    /// In how much went back.
    Refunded,
    /// The ledger doesn't have what came.
    Ledger,
}

impl DifferenceKind {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingHere => "missing_here",
            Self::MissingThere => "missing_there",
            Self::Amount => "amount",
            Self::Status => "status",
            Self::Refunded => "refunded",
            Self::Ledger => "ledger",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::MissingHere, Self::MissingThere, Self::Amount, Self::Status, Self::Refunded, Self::Ledger]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// Where a payment differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// How.
    pub kind: DifferenceKind,
    /// Ours.
    pub payment: Option<PaymentId>,
    /// What the provider calls it.
    pub reference: Option<String>,
    /// What we have.
    pub ours: String,
    /// What the provider has.
    pub theirs: String,
}
