//! What several pages share.

use leptos::prelude::*;
use money_core::{LedgerKind, TransferKind};
use ui::{ButtonLink, ButtonSize, IconName, ModeLabel, PageBody, PageHeader, Tab, Tabs};
pub use ui::{amount, change};
use web::{MembersOnly, use_boot, use_viewer};

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
        LedgerKind::Revenue => "Magentic",
        LedgerKind::Tax => "Tax",
    }
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
    let is_member = use_viewer().is_some();
    let test_mode = use_boot().test_payments;
    let inside = if is_member {
        view! {
            <Tabs label="Wallet">
                <Tab href=routes::WALLET label="Balances" current=!payouts />
                <Tab href=routes::PAYOUTS label="Payouts" current=payouts />
                <Tab href=routes::BILLING label="Billing" current=false />
            </Tabs>
            <PageBody>
                {test_mode.then(|| view! { <ModeLabel label="Test mode: no real money" /> })}
                {children()}
            </PageBody>
        }
        .into_any()
    } else {
        view! { <MembersOnly title="Sign in to see your wallet" /> }.into_any()
    };
    let top_up = move || {
        is_member.then(|| {
            view! {
                <ButtonLink href=routes::TOP_UP size=ButtonSize::Small icon=IconName::Plus>"Top up"</ButtonLink>
            }
        })
    };
    view! {
        <PageHeader title="Wallet" actions=top_up />
        {inside}
    }
    .into_any()
}
