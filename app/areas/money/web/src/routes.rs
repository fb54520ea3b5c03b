//! The area's routes.

use kernel::{LedgerAccountId, TransferId};
use leptos::prelude::*;
use leptos_router::{ChooseView, SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

use crate::pages::{Payouts, TransferPage, WalletPage};

/// What somebody has, with its statements.
pub const WALLET: &str = "/wallet";
/// What was earned, on its way to a bank.
pub const PAYOUTS: &str = "/wallet/payouts";
/// Money for the wallet. The page is the billing area's.
pub const TOP_UP: &str = "/wallet/top-up";
/// What somebody has and pays for. The page is the billing area's.
pub const BILLING: &str = "/billing";
/// Where payouts go. The page is the billing area's.
pub const PAYOUT_DESTINATION: &str = "/billing/payouts";

/// The statement of one account of the ledger.
pub fn statement(account: LedgerAccountId) -> String {
    format!("{WALLET}?of={account}")
}

/// The same as a table for spreadsheets. A file, not a page.
pub fn statement_csv(account: LedgerAccountId) -> String {
    format!("{WALLET}/statement.csv?of={account}")
}

/// One transfer.
pub fn transfer(id: TransferId) -> String {
    format!("{WALLET}/transfers/{id}")
}

/// The area's pages. The browser loads the code of all of them when somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    Wallet,
    Transfer,
    Payouts,
}

#[lazy]
fn money_page(page: Page) -> AnyView {
    match page {
        Page::Wallet => view! { <WalletPage /> }.into_any(),
        Page::Transfer => view! { <TransferPage /> }.into_any(),
        Page::Payouts => view! { <Payouts /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("money_page");
        money_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_money_page().await;
    }
}

/// The area's routes.
#[component(transparent)]
pub fn MoneyRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/wallet") view=Page::Wallet ssr=SsrMode::Async />
        <Route path=path!("/wallet/payouts") view=Page::Payouts ssr=SsrMode::Async />
        <Route path=path!("/wallet/transfers/:id") view=Page::Transfer ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
