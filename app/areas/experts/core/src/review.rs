//! What those who were there say of an expert.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::BookingId;
use serde::{Deserialize, Serialize};

/// The most characters of a review or of a reply to one.
pub const REVIEW_LIMIT: usize = 2_000;

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// Of which call. It is by its client, who was there.
    pub booking: BookingId,
    /// By whom.
    pub author: AccountSummary,
    /// From one to five.
    pub rating: u8,
    /// In words.
    pub body: String,
    /// What the expert says to it.
    pub reply: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}
