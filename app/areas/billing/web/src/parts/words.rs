//! Words for the model's.

use billing_core::{Per, SubscriptionState};
use ui::{Tone, grouped};

/// How often something is paid.
pub const fn per(per: Per) -> &'static str {
    match per {
        Per::Once => "once",
        Per::Month => "a month",
        Per::Year => "a year",
    }
}

/// How a subscription is doing.
pub const fn state(state: SubscriptionState, ending: bool) -> (Tone, &'static str) {
    match state {
        SubscriptionState::Trialing | SubscriptionState::Active if ending => (Tone::Warning, "Ending"),
        SubscriptionState::Trialing => (Tone::Accent, "Free trial"),
        SubscriptionState::Active => (Tone::Success, "Active"),
        SubscriptionState::PastDue => (Tone::Danger, "Payment failed"),
        SubscriptionState::Grace => (Tone::Danger, "Read-only"),
        SubscriptionState::Paused => (Tone::Neutral, "Paused"),
        SubscriptionState::Canceled => (Tone::Neutral, "Ended"),
    }
}

/// How much of something; as much as one likes when empty.
pub fn so_many(amount: Option<i64>) -> String {
    amount.map_or_else(|| "As much as you like".to_owned(), |it| grouped(u64::try_from(it).unwrap_or(0)))
}
