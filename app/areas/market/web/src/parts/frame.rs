//! What stands around pages.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ModeLabel, PageBody, PageHeader, Tab, Tabs};
use web::{MembersOnly, query, use_boot, use_viewer};

use crate::routes;

/// The pages of somebody who trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketTab {
    /// What they bought.
    Purchases,
    /// What they offer.
    Sell,
    /// What it brought them.
    Earnings,
}

impl MarketTab {
    const ALL: [(Self, &str, &str); 3] = [
        (Self::Purchases, routes::PURCHASES, "Purchases"),
        (Self::Sell, routes::SELL, "Selling"),
        (Self::Earnings, routes::EARNINGS, "Earnings"),
    ];
}

/// What stands around the pages of somebody who trades. Whoever isn't signed in is told so, with the way there and back.
#[component]
pub fn Trading(
    /// Which page.
    tab: MarketTab,
    /// What one signs in for.
    sign_in: &'static str,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    let title = MarketTab::ALL.into_iter().find(|(it, ..)| *it == tab).map_or("Market", |(_, _, title)| title);
    let inside = if use_viewer().is_some() {
        let tabs = MarketTab::ALL.map(|(it, href, label)| view! { <Tab href label current=it == tab /> }.into_any());
        view! {
            <Tabs label="Your market">
                <Tab href=routes::MARKET label="Market" current=false />
                {tabs.into_iter().collect_view()}
            </Tabs>
            <PageBody>
                <TestMode />
                {children()}
            </PageBody>
        }
        .into_any()
    } else {
        view! { <MembersOnly title=sign_in /> }.into_any()
    };
    view! {
        <Title text=title />
        <PageHeader title back=routes::MARKET back_label="Market" />
        {inside}
    }
    .into_any()
}

/// A page of its own, for members.
#[component]
pub fn MemberPage(
    /// Its heading, and the title of the window.
    title: &'static str,
    /// Where "Back" leads.
    #[prop(into)]
    back: String,
    /// What one signs in for.
    sign_in: &'static str,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! {
            <PageBody>
                <TestMode />
                {children()}
            </PageBody>
        }
        .into_any()
    } else {
        view! { <MembersOnly title=sign_in /> }.into_any()
    };
    view! {
        <Title text=title />
        <PageHeader title back />
        {inside}
    }
    .into_any()
}

/// Says plainly that no real money moves, where that is so.
#[component]
pub fn TestMode() -> impl IntoView {
    use_boot().test_payments.then(|| view! { <ModeLabel label="Test mode: no real money" /> })
}

/// What changes whenever a form of the page was accepted, so that the page is asked for anew.
pub fn asked() -> Memo<Option<String>> {
    query("at")
}
