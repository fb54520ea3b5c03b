//! Payments by card.

use serde::{Deserialize, Serialize};

/// How far a payment is. The names are Stripe's, without those that say how to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Nobody has tried yet.
    Waiting,
    /// Whoever pays has to confirm it with their bank.
    ActionNeeded,
    /// Under way: some take days.
    Processing,
    /// The last try failed; another can be made.
    Failed,
    /// Given up.
    Canceled,
    /// The money is there.
    Succeeded,
}

impl PaymentStatus {
    const ALL: [Self; 6] =
        [Self::Waiting, Self::ActionNeeded, Self::Processing, Self::Failed, Self::Canceled, Self::Succeeded];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::ActionNeeded => "action_needed",
            Self::Processing => "processing",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Succeeded => "succeeded",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}
