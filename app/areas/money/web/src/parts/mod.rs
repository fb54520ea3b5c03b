//! What several pages share.

use kernel::Money;
use leptos::prelude::*;
use money_core::{LedgerKind, TransferKind};
use ui::{PageBody, PageHeader, Tab, Tabs};
use web::{MembersOnly, use_viewer};

use crate::routes;

/// The words for why money moved.
pub const fn reason(kind: TransferKind) -> &'static str {
    match kind {
        TransferKind::TopUp => "Top-up",
        TransferKind::TopUpReversal => "Top-up taken back",
        TransferKind::Payment => "Payment",
        TransferKind::Refund => "Refund",
        TransferKind::Hold => "Set aside",
        TransferKind::Capture => "Taken from what was set aside",
        TransferKind::Release => "Let go",
        TransferKind::EarningsFreed => "Earnings became free",
        TransferKind::Payout => "Payout",
        TransferKind::PayoutPaid => "Payout arrived",
        TransferKind::PayoutFailed => "Payout came back",
        TransferKind::Adjustment => "Adjustment",
    }
}

/// The words for what an account of the ledger is for.
pub const fn purpose(kind: LedgerKind) -> &'static str {
    match kind {
        LedgerKind::Wallet => "To spend",
        LedgerKind::Held => "Set aside",
        LedgerKind::Pending => "Earned, not free yet",
        LedgerKind::Earnings => "Earned, free to be paid out",
        LedgerKind::Provider => "Outside Magentic",
        LedgerKind::Fees => "Magentic's fee",
        LedgerKind::Losses => "Magentic",
        LedgerKind::Payouts => "On its way to a bank",
    }
}

/// An amount with its digits in groups and a real minus sign: `−1,234.50 EUR`.
pub fn amount(money: Money) -> String {
    let decimal = Money::new(money.minor.saturating_abs(), money.currency).to_decimal();
    let (whole, decimals) =
        decimal.split_once('.').map_or((decimal.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), ui::grouped);
    let sign = if money.minor < 0 { "\u{2212}" } else { "" };
    let decimals = decimals.map(|decimals| format!(".{decimals}")).unwrap_or_default();
    format!("{sign}{whole}{decimals} {}", money.currency)
}

/// The same with its sign always, for what came in and what went out.
pub fn change(money: Money) -> String {
    if money.is_positive() { format!("+{}", amount(money)) } else { amount(money) }
}

/// What stands around the pages of the wallet. Whoever isn't signed in is told so, with the way there and back.
#[component]
pub fn WalletFrame(
    /// Whether it is the page of payouts.
    #[prop(optional)]
    payouts: bool,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! {
            <Tabs label="Wallet">
                <Tab href=routes::WALLET label="Balances" current=!payouts />
                <Tab href=routes::PAYOUTS label="Payouts" current=payouts />
            </Tabs>
            <PageBody>{children()}</PageBody>
        }
        .into_any()
    } else {
        view! { <MembersOnly title="Sign in to see your wallet" /> }.into_any()
    };
    view! {
        <PageHeader title="Wallet" />
        {inside}
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
