//! Values as people read them.

use agents_core::AgentState;
use kernel::Money;
use market_core::{AtEnd, EndReason, Figures, LicenceKind, LicenceState, ListingState, Prices, Way, listing::CURRENCY};
use ui::{Tone, amount, grouped};

use crate::dto::Licence;

/// How often something is paid: `once`, `a month`.
pub const fn per(kind: Option<LicenceKind>) -> &'static str {
    match kind {
        Some(LicenceKind::Once) => "once",
        Some(LicenceKind::Monthly) => "a month",
        Some(LicenceKind::Yearly) => "a year",
        None => "a message",
    }
}

/// What an agent costs: at most two ways, and how many more there are.
pub fn prices(prices: &Prices) -> String {
    if prices.free {
        return "Free".to_owned();
    }
    let ways = [
        (None, prices.message),
        (Some(LicenceKind::Monthly), prices.monthly),
        (Some(LicenceKind::Yearly), prices.yearly),
        (Some(LicenceKind::Once), prices.once),
    ];
    let ways: Vec<String> =
        ways.into_iter().filter_map(|(kind, price)| Some(format!("{} {}", amount(price?), per(kind)))).collect();
    match ways.as_slice() {
        [] => "No price yet".to_owned(),
        [one] => one.clone(),
        [one, other] => format!("{one} or {other}"),
        [one, rest @ ..] => format!("{one}, and {} more ways", rest.len()),
    }
}

/// How many messages are free at first; nothing where all are, or none.
pub fn free_messages(prices: &Prices, free: u32) -> Option<String> {
    match free {
        _ if prices.free => None,
        0 => None,
        1 => Some("1 message free".to_owned()),
        more => Some(format!("{more} messages free")),
    }
}

/// An amount in millionths of a minor unit, as exactly as it says something: `0.12 EUR`, `0.0031 EUR`.
pub fn micro(micro: i64) -> String {
    const MINOR: i64 = 1_000_000;
    if micro >= MINOR || micro <= 0 {
        return amount(Money::new((micro + MINOR / 2).div_euclid(MINOR).max(0), CURRENCY));
    }
    // Below a cent: ten-thousandths of a euro.
    let parts = (micro + 5_000).div_euclid(10_000);
    if parts == 0 { format!("less than 0.0001 {CURRENCY}") } else { format!("0.{parts:04} {CURRENCY}") }
}

/// What a conversation came to, for the grid.
pub fn used(prices: &Prices, figures: &Figures) -> String {
    let users = match figures.users {
        0 => return "Nobody has used it yet".to_owned(),
        1 => "1 user".to_owned(),
        more => format!("{} users", grouped(more.into())),
    };
    let charged = figures.charged_per_conversation_micro.filter(|_| prices.message.is_some());
    let cost = match (charged, figures.cost_per_conversation_micro) {
        (Some(charged), _) => format!("{} a conversation on average", micro(charged)),
        (None, Some(cost)) => format!("{} to run a conversation", micro(cost)),
        (None, None) => "no conversation measured yet".to_owned(),
    };
    format!("{cost} · {users}")
}

/// The colour of a listing's state.
pub const fn state_tone(state: ListingState) -> Tone {
    match state {
        ListingState::Draft => Tone::Neutral,
        ListingState::Listed => Tone::Success,
        ListingState::Paused => Tone::Warning,
        ListingState::Withdrawn => Tone::Danger,
    }
}

/// What an agent is doing.
pub const fn agent_state(state: AgentState) -> &'static str {
    match state {
        AgentState::Draft => "Not published",
        AgentState::Published => "Published",
        AgentState::Paused => "Rests",
        AgentState::Retired => "Retired",
    }
}

/// The colour of that.
pub const fn agent_tone(state: AgentState) -> Tone {
    match state {
        AgentState::Published => Tone::Success,
        AgentState::Paused => Tone::Warning,
        AgentState::Draft | AgentState::Retired => Tone::Neutral,
    }
}

/// How something that was bought is doing: a colour and a word.
pub const fn licence_badge(licence: &Licence) -> (Tone, &'static str) {
    match (licence.state, licence.at_end, licence.ended) {
        (LicenceState::Active, Some(AtEnd::Cancel), _) => (Tone::Warning, "Cancelled"),
        (LicenceState::Active, ..) => (Tone::Success, "Active"),
        (LicenceState::PastDue, ..) => (Tone::Warning, "Payment due"),
        (LicenceState::Grace, ..) => (Tone::Danger, "Unpaid"),
        (LicenceState::Ended, _, Some(EndReason::Refunded)) => (Tone::Neutral, "Refunded"),
        (LicenceState::Ended, ..) => (Tone::Neutral, "Ended"),
    }
}

/// What happens next with something that was bought.
pub fn end_words(licence: &Licence) -> String {
    let price = amount(licence.price);
    let until = licence.until.as_ref().map(|it| it.short.clone()).unwrap_or_default();
    let due = licence.due.as_ref().map(|it| it.short.clone()).unwrap_or_default();
    match (licence.state, licence.kind, licence.at_end) {
        (LicenceState::Ended, ..) => match licence.ended {
            Some(EndReason::Refunded) => "What was paid was given back.".to_owned(),
            Some(EndReason::Unpaid) => "It ended because it was not paid.".to_owned(),
            Some(EndReason::Withdrawn) => "It ended because the agent was taken off the market.".to_owned(),
            _ => "It ended because you cancelled it.".to_owned(),
        },
        (_, LicenceKind::Once, _) => "It is yours for good.".to_owned(),
        (LicenceState::PastDue, ..) => format!("{price} could not be paid. It is tried again on {due}."),
        (LicenceState::Grace, ..) => format!("{price} were not paid. It rests, and ends on {due} unless you pay."),
        (_, _, Some(AtEnd::Cancel)) => format!("It lasts until {until}. Nothing is paid after that."),
        _ => format!("It goes on with {price} on {until}."),
    }
}

/// On what ground the reader may ask, in a word.
pub const fn way(way: Way) -> &'static str {
    match way {
        Way::Own => "It is yours: you ask it without paying.",
        Way::Free => "It costs nothing.",
        Way::Trial => "Your first messages are free.",
        Way::Licence => "You have it: messages cost you nothing more.",
        Way::Paid => "You pay for each message that is answered.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(minor: i64) -> Option<Money> {
        Some(Money::new(minor, CURRENCY))
    }

    #[test]
    fn prices_are_told_in_a_line() {
        let none = Prices::default();
        assert_eq!(prices(&none), "No price yet");
        assert_eq!(prices(&Prices { free: true, ..none }), "Free");
        assert_eq!(prices(&Prices { once: euros(500), ..none }), "5.00 EUR once");
        let both = Prices { message: euros(5), monthly: euros(490), ..none };
        assert_eq!(prices(&both), "0.05 EUR a message or 4.90 EUR a month");
        assert_eq!(prices(&Prices { once: euros(500), ..both }), "0.05 EUR a message, and 2 more ways");
    }

    #[test]
    fn small_costs_keep_their_digits() {
        let told = [0, 1_000, 31_000, 999_000, 1_000_000, 12_400_000].map(micro);
        assert_eq!(told, ["0.00 EUR", "less than 0.0001 EUR", "0.0003 EUR", "0.0100 EUR", "0.01 EUR", "0.12 EUR"]);
    }
}
