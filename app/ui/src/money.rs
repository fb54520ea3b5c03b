//! Money, written for people.

use kernel::Money;
use leptos::prelude::*;

use crate::grouped;

/// An amount with its digits in groups and a real minus sign: `−1,234.50 EUR`.
pub fn amount(money: Money) -> String {
    let decimal = Money::new(money.minor.saturating_abs(), money.currency).to_decimal();
    let (whole, decimals) =
        decimal.split_once('.').map_or((decimal.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    let sign = if money.minor < 0 { "\u{2212}" } else { "" };
    let decimals = decimals.map(|decimals| format!(".{decimals}")).unwrap_or_default();
    format!("{sign}{whole}{decimals} {}", money.currency)
}

/// The same with its sign always, for what came in and what went out.
pub fn change(money: Money) -> String {
    if money.is_positive() { format!("+{}", amount(money)) } else { amount(money) }
}

/// What amounts come to, below each other, as at the foot of an invoice.
#[component]
pub fn Totals(
    /// `Total`s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="totals">{children()}</dl> }
}

/// An amount and what it is.
#[component]
pub fn Total(
    /// What it is.
    #[prop(into)]
    label: String,
    /// How much.
    amount: Money,
    /// A quiet line under what it is.
    #[prop(optional_no_strip)]
    note: Option<String>,
    /// It is what the others come to.
    #[prop(optional)]
    strong: bool,
) -> impl IntoView {
    view! {
        <div data-strong=strong>
            <dt>{label} {note.map(|note| view! { <span class="total-note">{note}</span> })}</dt>
            <dd>{self::amount(amount)}</dd>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn amounts_are_written_for_people() {
        let euros = |minor| amount(Money::new(minor, Currency::Eur));
        assert_eq!(euros(123_450), "1,234.50 EUR");
        assert_eq!(euros(-5), "\u{2212}0.05 EUR");
        assert_eq!(amount(Money::new(1_234_567, Currency::Jpy)), "1,234,567 JPY");
        assert_eq!(change(Money::new(100, Currency::Usd)), "+1.00 USD");
        assert_eq!(change(Money::zero(Currency::Usd)), "0.00 USD");
    }
}
