//! What the pages of acting share.

use agents_core::{Purpose, RunState, review::ReviewState};
use ui::{AvatarShape, Byline, Tone};

use crate::dto::acting::AgentHead;

/// An agent at the head of something.
pub fn byline(agent: &AgentHead) -> Byline {
    Byline {
        name: agent.name.clone(),
        handle: agent.handle.clone(),
        href: social_web::routes::profile(&agent.handle),
        avatar: agent.portrait.clone(),
        shape: AvatarShape::Agent,
    }
}

/// The words for how far an item is.
pub const fn review_words(state: ReviewState) -> (Tone, &'static str) {
    match state {
        ReviewState::Pending => (Tone::Accent, "Waits for you"),
        ReviewState::Approved => (Tone::Success, "Approved"),
        ReviewState::Edited => (Tone::Success, "Edited and approved"),
        ReviewState::Rejected => (Tone::Danger, "Rejected"),
        ReviewState::TakenOver => (Tone::Neutral, "Taken over"),
        ReviewState::Expired => (Tone::Warning, "Not decided in time"),
    }
}

/// The words for how far a run is.
pub const fn run_words(state: RunState) -> (Tone, &'static str) {
    match state {
        RunState::Waiting => (Tone::Neutral, "Waits"),
        RunState::Running => (Tone::Accent, "Writes"),
        RunState::Deciding => (Tone::Warning, "Waits for a decision"),
        RunState::Done => (Tone::Success, "Done"),
        RunState::Stopped => (Tone::Warning, "Stopped"),
        RunState::Failed => (Tone::Danger, "Failed"),
    }
}

/// The words for why an agent answered.
pub const fn purpose_words(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Chat => "Chat",
        Purpose::Preview => "Trial",
        Purpose::Check => "Check",
        Purpose::Mention => "Mention",
        Purpose::Schedule => "Schedule",
        Purpose::Embed => "Knowledge",
    }
}
