//! Reviews: what those say of an agent who used it.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::ReviewId;
use serde::{Deserialize, Serialize};

/// The most characters a review has, and a reply.
pub const REVIEW_LIMIT: usize = 2_000;

/// A review on the page of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// The review.
    pub id: ReviewId,
    /// Who says so.
    pub author: AccountSummary,
    /// One to five stars.
    pub rating: u8,
    /// Why; may be empty.
    pub body: String,
    /// What the owner replied.
    pub reply: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub edited_at: Option<DateTime<Utc>>,
    /// Whether it is the viewer's.
    pub mine: bool,
}

/// Where a viewer stands who may want to review.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyReview {
    /// Whether they may: they had an answer, and it is not theirs.
    pub may: bool,
    /// What they wrote.
    pub review: Option<ReviewView>,
}
