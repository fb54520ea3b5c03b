//! Units of something, paid or given in advance.

use chrono::{DateTime, Utc};
use kernel::ReservationId;
use serde::{Deserialize, Serialize};

use crate::Feature;

/// What somebody has left of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditBalance {
    /// Of what.
    pub meter: Feature,
    /// What can be used.
    pub available: i64,
    /// What is set aside while something runs.
    pub reserved: i64,
    /// When the next of it expires.
    pub next_expiry: Option<DateTime<Utc>>,
}

/// Credits that are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationView {
    /// The reservation.
    pub id: ReservationId,
    /// How much.
    pub amount: i64,
    /// What was used of it, once that is known.
    pub used: Option<i64>,
}
