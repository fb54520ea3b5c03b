//! What came over the wire, read. What can't be an id is the id of nothing.

use agents_core::Error;
use kernel::{AccountId, ProposalId, RunId, ScheduleId};
use web::Failure;

/// An agent's id.
pub fn agent(text: &str) -> Result<AccountId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchAgent))
}

/// An item's id.
pub fn review(text: &str) -> Result<ProposalId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchReview))
}

/// A schedule's id; nothing for a new one.
pub fn schedule(text: &str) -> Result<Option<ScheduleId>, Failure> {
    (!text.is_empty()).then(|| text.parse().map_err(|_| Failure::from(Error::NoSuchSchedule))).transpose()
}

/// A run's id.
pub fn run(text: &str) -> Result<RunId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchRun))
}

/// A number that was typed. What is none is too large for every field.
pub fn number(text: &str) -> u32 {
    text.trim().parse().unwrap_or(u32::MAX)
}
