//! What an expert makes public of what was noted of a call.

use chrono::{DateTime, Utc};
use kernel::{BookingId, PublicationId};
use serde::{Deserialize, Serialize};

/// The most characters of its title.
pub const PUBLICATION_TITLE_LIMIT: usize = 120;
/// The most characters of its text.
pub const PUBLICATION_LIMIT: usize = 10_000;

/// What was made public of a call. There are no names with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationView {
    /// It is another one each time it is put onto the page.
    pub id: PublicationId,
    /// Of which call. Only both who met are told: the call's review has a name.
    pub booking: BookingId,
    /// What it is called.
    pub title: String,
    /// The text, in Markdown.
    pub body: String,
    /// Whether it stands on the expert's page.
    pub is_shown: bool,
    /// Since when, or when it did the last time.
    pub published_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}
