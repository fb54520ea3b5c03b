//! Values as people read them.

use experts_core::{BookingState, Party, PolicyKind};
use kernel::Money;
use ui::{Tone, amount};
use web::language;

/// Several of them.
pub fn languages(codes: &[String]) -> String {
    codes.iter().map(|code| language(code)).collect::<Vec<_>>().join(", ")
}

/// The most characters of an input, as HTML counts them.
pub fn most(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX)
}

/// What somebody costs.
pub fn for_ten(price: Money) -> String {
    format!("{} for ten minutes", amount(price))
}

/// How far a booking is: a colour and a word.
pub const fn state_badge(state: BookingState) -> (Tone, &'static str) {
    match state {
        BookingState::Held => (Tone::Warning, "Not paid yet"),
        BookingState::Lapsed => (Tone::Neutral, "Not paid"),
        BookingState::Requested => (Tone::Warning, "Waits for a word"),
        BookingState::Declined => (Tone::Neutral, "Declined"),
        BookingState::Confirmed => (Tone::Success, "Booked"),
        BookingState::Cancelled => (Tone::Neutral, "Cancelled"),
        BookingState::Completed => (Tone::Success, "You met"),
        BookingState::ExpertMissed => (Tone::Danger, "The expert did not come"),
        BookingState::ClientMissed => (Tone::Danger, "The client did not come"),
        BookingState::NobodyCame => (Tone::Neutral, "Nobody came"),
        BookingState::Failed => (Tone::Danger, "It failed"),
    }
}

/// One of both at the beginning of a sentence, as the other or they themselves read it.
pub const fn party_words(who: Party, me: Party) -> &'static str {
    match (who, me) {
        (Party::Expert, Party::Expert) | (Party::Client, Party::Client) => "You",
        (Party::Expert, Party::Client) => "The expert",
        (Party::Client, Party::Expert) => "The client",
    }
}

/// Who came, for those who were not there.
pub const fn came_words(who: Party) -> &'static str {
    match who {
        Party::Expert => "The expert came",
        Party::Client => "The client came",
    }
}

/// What a policy is called.
pub const fn ladder_name(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Flexible => "Flexible",
        PolicyKind::Moderate => "Moderate",
        PolicyKind::Strict => "Strict",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_names() {
        assert_eq!(languages(&["pt".to_owned(), "xx".to_owned()]), "Portuguese, XX");
    }

    #[test]
    fn one_is_spoken_to_and_the_other_spoken_of() {
        assert_eq!(party_words(Party::Expert, Party::Expert), "You");
        assert_eq!(party_words(Party::Expert, Party::Client), "The expert");
    }
}
