//! Choosing what to pay with.

use kernel::{Money, Problem};
use leptos::prelude::*;
use ui::{Choice, ChoiceGroup, amount};

use crate::{dto::Ways, routes};

/// The least that can be put into a wallet at once, in minor units.
const LEAST_TOP_UP: i64 = 500;

/// What is wrong with what was chosen to pay with: also that there is too little of it.
pub fn pay_error(problem: RwSignal<Option<Problem>>) -> Signal<Option<String>> {
    Signal::derive(move || {
        problem.with(|it| {
            let of = |field| it.as_ref().and_then(|it| it.for_field(field)).map(str::to_owned);
            of("pay_with").or_else(|| of("amount"))
        })
    })
}

/// The wallet, the card that was left, or another one.
#[component]
pub fn PayChoice(
    /// What there is.
    ways: Ways,
    /// What was chosen before, if anything.
    #[prop(into)]
    chosen: String,
    /// Money is what is bought, so it is not paid from the wallet.
    #[prop(optional)]
    cards_only: bool,
    /// What is wrong with the choice.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let Ways { balance, missing, card, .. } = ways;
    let has_card = card.is_some();
    let first = match (&card, missing) {
        // An empty wallet is enough for a trial, and not for what comes after it.
        (_, None) if !cards_only && balance.is_positive() => "wallet",
        (Some(card), _) if !card.expired => "card",
        _ => "other",
    };
    let start = if ["wallet", "card", "other"].contains(&chosen.as_str()) { chosen } else { first.to_owned() };
    let wallet = (!cards_only).then(|| {
        let hint = match missing {
            None => format!("{} are in it.", amount(balance)),
            Some(missing) => format!("{} are in it: {} are missing.", amount(balance), amount(missing)),
        };
        let checked = start == "wallet" && missing.is_none();
        view! { <Choice name="pay_with" value="wallet" label="Wallet" hint=Some(hint) checked disabled=missing.is_some() /> }
    });
    let saved = card.map(|card| {
        let hint = if card.expired { "It has expired.".to_owned() } else { format!("Good until {}.", card.until) };
        let checked = start == "card" && !card.expired;
        view! { <Choice name="pay_with" value="card" label=card.name hint=Some(hint) checked disabled=card.expired /> }
    });
    let other = if has_card { "Another card" } else { "Card" };
    view! {
        <ChoiceGroup id="pay-with" legend="Pay with" error>
            {wallet}
            {saved}
            <Choice
                name="pay_with"
                value="other"
                label=other
                hint=Some("You enter it on the next page.".to_owned())
                checked=start == "other"
            />
        </ChoiceGroup>
        {missing
            .filter(|_| !cards_only)
            .map(|missing| {
                let least = Money::new(missing.minor.max(LEAST_TOP_UP), missing.currency);
                view! { <p><a href=routes::top_up(least)>"Top up the wallet"</a></p> }
            })}
    }
    .into_any()
}
