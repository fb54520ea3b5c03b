//! What stands around pages.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ModeLabel, PageBody, PageHeader, Tab, Tabs};
use web::{MembersOnly, use_boot, use_viewer};

use crate::routes;

/// The pages about what somebody has and pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingTab {
    /// All of it.
    Overview,
    /// What was asked for it.
    Invoices,
    /// What may be used, and why.
    Features,
}

impl BillingTab {
    const ALL: [(Self, &str, &str); 3] = [
        (Self::Overview, routes::BILLING, "Overview"),
        (Self::Invoices, routes::INVOICES, "Invoices"),
        (Self::Features, routes::FEATURES, "Features"),
    ];
}

/// What stands around the pages about what somebody has and pays for. Whoever isn't signed in is told so, with the way
/// there and back.
#[component]
pub fn BillingFrame(
    /// Which page.
    tab: BillingTab,
    /// The title of the window.
    title: &'static str,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    let tabs = BillingTab::ALL.map(|(it, href, label)| view! { <Tab href label current=it == tab /> }.into_any());
    let inside = if use_viewer().is_some() {
        view! {
            <Tabs label="Billing">{tabs.into_iter().collect_view()}</Tabs>
            <PageBody>
                <TestMode />
                {children()}
            </PageBody>
        }
        .into_any()
    } else {
        view! { <MembersOnly title="Sign in to see what you have and pay for" /> }.into_any()
    };
    view! {
        <Title text=title />
        <PageHeader title="Billing" back=money_web::routes::WALLET back_label="Wallet" />
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
    back: &'static str,
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
