//! The area's routes.

use kernel::{AccountId, LicenceId, ListingId, Money};
use leptos::prelude::*;
use leptos_router::{ChooseView, SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};
use market_core::LicenceKind;

use crate::pages::{
    BuyPage, CreatorPage, EarningsPage, ForkPage, ListingPage, Market, PurchasePage, Purchases, SalesPage, SellForm,
    SellPage,
};

/// What is offered.
pub const MARKET: &str = "/market";
/// What somebody offers.
pub const SELL: &str = "/market/sell";
/// What it brought them.
pub const EARNINGS: &str = "/market/earnings";
/// What somebody bought.
pub const PURCHASES: &str = "/market/purchases";
/// Somebody's agents. The page is the agents area's.
pub const AGENTS: &str = "/agents";

/// A listing.
pub fn listing(id: ListingId) -> String {
    format!("{MARKET}/{id}")
}

/// Buying an agent in one of the ways it is offered.
pub fn buy(id: ListingId, kind: LicenceKind) -> String {
    format!("{MARKET}/{id}/buy?kind={}", kind.as_str())
}

/// Making an agent of another one.
pub fn fork(id: ListingId) -> String {
    format!("{MARKET}/{id}/fork")
}

/// What somebody offers, for everybody to see.
pub fn by(handle: &str) -> String {
    format!("{MARKET}/by/{handle}")
}

/// The form of the listing of an agent.
pub fn sell(agent: AccountId) -> String {
    format!("{SELL}/{agent}")
}

/// What was sold of an agent.
pub fn sales(agent: AccountId) -> String {
    format!("{SELL}/{agent}/sales")
}

/// What somebody earned with one listing.
pub fn earnings_of(listing: ListingId) -> String {
    format!("{EARNINGS}?of={listing}")
}

/// What somebody earned, as a table for spreadsheets. A file, not a page.
pub fn earnings_csv(listing: Option<ListingId>) -> String {
    let of = listing.map(|id| format!("?of={id}")).unwrap_or_default();
    format!("{EARNINGS}.csv{of}")
}

/// Something that was bought.
pub fn purchase(id: LicenceId) -> String {
    format!("{PURCHASES}/{id}")
}

/// A new conversation with an agent. The page is the agents area's.
pub fn chat(handle: &str) -> String {
    format!("/chats/new?with={handle}")
}

/// Where an agent is built. The page is the agents area's.
pub fn build(agent: AccountId) -> String {
    format!("{AGENTS}/{agent}")
}

/// Money for the wallet, so much of it, and back to a page.
pub fn top_up(missing: Money, next: &str) -> String {
    billing_web::routes::top_up_for(missing, next)
}

/// The area's pages. The browser loads the code of all of them when somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    Market,
    Sell,
    SellForm,
    Sales,
    Earnings,
    Purchases,
    Purchase,
    Creator,
    Listing,
    Buy,
    Fork,
}

#[lazy]
fn market_page(page: Page) -> AnyView {
    match page {
        Page::Market => view! { <Market /> }.into_any(),
        Page::Sell => view! { <SellPage /> }.into_any(),
        Page::SellForm => view! { <SellForm /> }.into_any(),
        Page::Sales => view! { <SalesPage /> }.into_any(),
        Page::Earnings => view! { <EarningsPage /> }.into_any(),
        Page::Purchases => view! { <Purchases /> }.into_any(),
        Page::Purchase => view! { <PurchasePage /> }.into_any(),
        Page::Creator => view! { <CreatorPage /> }.into_any(),
        Page::Listing => view! { <ListingPage /> }.into_any(),
        Page::Buy => view! { <BuyPage /> }.into_any(),
        Page::Fork => view! { <ForkPage /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("market_page");
        market_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_market_page().await;
    }
}

/// The area's routes. Those with a word of ours in them stand before those with an id in its place.
#[component(transparent)]
pub fn MarketRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/market") view=Page::Market ssr=SsrMode::Async />
        <Route path=path!("/market/sell") view=Page::Sell ssr=SsrMode::Async />
        <Route path=path!("/market/sell/:agent") view=Page::SellForm ssr=SsrMode::Async />
        <Route path=path!("/market/sell/:agent/sales") view=Page::Sales ssr=SsrMode::Async />
        <Route path=path!("/market/earnings") view=Page::Earnings ssr=SsrMode::Async />
        <Route path=path!("/market/purchases") view=Page::Purchases ssr=SsrMode::Async />
        <Route path=path!("/market/purchases/:id") view=Page::Purchase ssr=SsrMode::Async />
        <Route path=path!("/market/by/:handle") view=Page::Creator ssr=SsrMode::Async />
        <Route path=path!("/market/:listing") view=Page::Listing ssr=SsrMode::Async />
        <Route path=path!("/market/:listing/buy") view=Page::Buy ssr=SsrMode::Async />
        <Route path=path!("/market/:listing/fork") view=Page::Fork ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
