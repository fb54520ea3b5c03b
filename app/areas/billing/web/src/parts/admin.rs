//! What the pages of those who administer this server share.

use billing_core::{Grant, InvoiceKind, InvoiceState, Per, PriceView, SubscriptionState, WebhookState};
use kernel::{Cursor, Handle};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::{Serialize, de::DeserializeOwned};
use ui::{ButtonLink, PageBody, PageHeader, Pagination, Tab, Tabs, Tone, When, amount};
pub use web::Done;
use web::{Failure, MembersOnly, Moment, Outcome, query, use_viewer};

use crate::routes;

/// The pages that the tabs lead to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdminTab {
    /// How the business is doing.
    Overview,
    /// What is sold.
    Products,
    /// Who subscribes.
    Subscriptions,
    /// Everybody's invoices.
    Invoices,
    /// Payments by card.
    Payments,
    /// What the payment provider told.
    Webhooks,
    /// The provider's payments against ours.
    Reconciliation,
}

/// The tabs, in their order.
const TABS: [(AdminTab, &str, &str); 7] = [
    (AdminTab::Overview, routes::ADMIN, "Overview"),
    (AdminTab::Products, routes::ADMIN_PRODUCTS, "Products"),
    (AdminTab::Subscriptions, routes::ADMIN_SUBSCRIPTIONS, "Subscriptions"),
    (AdminTab::Invoices, routes::ADMIN_INVOICES, "Invoices"),
    (AdminTab::Payments, routes::ADMIN_PAYMENTS, "Payments"),
    (AdminTab::Webhooks, routes::ADMIN_WEBHOOKS, "Webhooks"),
    (AdminTab::Reconciliation, routes::ADMIN_RECONCILIATION, "Reconciliation"),
];

/// What stands around the pages. Whoever isn't signed in is told so, with the way there and back; whoever doesn't
/// administer this server is told so by what the page asks for, and sees nothing else.
#[component]
pub fn AdminFrame(
    /// Which page it is, or belongs to.
    tab: AdminTab,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    let tabs = TABS.map(|(it, href, label)| view! { <Tab href label current=it == tab /> }.into_any());
    let inside = if use_viewer().is_some() {
        view! {
            {is_admin().then(|| view! { <Tabs label="Billing">{tabs.into_iter().collect_view()}</Tabs> })}
            <PageBody>{children()}</PageBody>
        }
        .into_any()
    } else {
        view! { <MembersOnly title="Sign in to administer billing" /> }.into_any()
    };
    view! {
        <PageHeader title="Billing" />
        {inside}
    }
    .into_any()
}

/// Whether the reader administers this server. What they may do is decided by the services: this only leaves out what
/// would lead others nowhere.
fn is_admin() -> bool {
    use_viewer().is_some_and(|viewer| viewer.is_admin)
}

/// Narrows a list to those in one state.
#[component]
pub fn StateFilter(
    /// Where the list is.
    path: &'static str,
    /// The states: the word in the address, and the one people read.
    states: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let chosen = query("state");
    let tab = move |word: Option<&'static str>, label: &'static str| {
        let current = Signal::derive(move || chosen.get().as_deref() == word);
        view! { <Tab href=list(path, word, None) label current /> }.into_any()
    };
    let states = states.into_iter().map(|(word, label)| tab(Some(word), label)).collect_view();
    is_admin().then(|| {
        view! {
            <Tabs label="State">
                {tab(None, "All")}
                {states}
            </Tabs>
        }
    })
}

/// The foot of a list that goes on, in the state it is narrowed to.
#[component]
pub fn Older(
    /// Where the list is.
    path: &'static str,
    /// What the link says.
    label: &'static str,
    /// Where the next page begins.
    next: Option<Cursor>,
) -> impl IntoView {
    let state = query("state").get_untracked();
    next.map(|next| {
        view! {
            <Pagination>
                <ButtonLink href=list(path, state.as_deref(), Some(&next))>{label}</ButtonLink>
            </Pagination>
        }
    })
}

/// The address of a list in one state, from a place on.
fn list(path: &str, state: Option<&str>, after: Option<&Cursor>) -> String {
    let state = state.map(|state| format!("state={state}"));
    let after = after.map(|after| format!("after={after}"));
    let words: Vec<String> = state.into_iter().chain(after).collect();
    if words.is_empty() { path.to_owned() } else { format!("{path}?{}", words.join("&")) }
}

/// What a page does when a form was accepted: it goes where that leads, and shows anew what has changed.
pub fn after<T>(changed: Resource<Result<T, Failure>>) -> Callback<Outcome>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let navigate = use_navigate();
    Callback::new(move |outcome| {
        if let Outcome::Go(path) = outcome {
            navigate(&path, NavigateOptions::default());
        }
        changed.refetch();
    })
}

/// What went wrong with a form that is one button in a row.
#[component]
pub fn RowError(
    /// What happened.
    message: Signal<Option<String>>,
) -> impl IntoView {
    move || message.get().map(|message| view! { <p role="alert">{message}</p> })
}

/// An account by its handle.
pub fn who(handle: Option<Handle>) -> AnyView {
    match handle {
        Some(handle) => view! { <a href=format!("/@{handle}")>{format!("@{handle}")}</a> }.into_any(),
        None => view! { <span>"Unknown"</span> }.into_any(),
    }
}

/// A moment in full: for those to come, of which "3 h" would say nothing.
pub fn in_full(moment: Moment) -> When {
    When { datetime: moment.iso, text: moment.full.clone(), full: moment.full }
}

/// The words for how often something is paid.
pub const fn per(per: Per) -> &'static str {
    match per {
        Per::Once => "once",
        Per::Month => "each month",
        Per::Year => "each year",
    }
}

/// A price in words: `9.90 EUR each month`.
pub fn price(price: &PriceView) -> String {
    format!("{} {}", amount(price.amount), per(price.per))
}

/// A trial in words.
pub fn trial(days: u16) -> String {
    match days {
        0 => "No trial".to_owned(),
        1 => "1 day free".to_owned(),
        days => format!("{days} days free"),
    }
}

/// What a product gives, as it is typed: one feature per line.
pub fn grants(grants: &[Grant]) -> String {
    let line = |grant: &Grant| {
        let amount = grant.amount.map(|amount| format!(" {amount}")).unwrap_or_default();
        format!("{}{amount}{}", grant.feature, if grant.as_credits { " credits" } else { "" })
    };
    grants.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The words for how a subscription is doing.
pub const fn subscription_state(state: SubscriptionState) -> (Tone, &'static str) {
    match state {
        SubscriptionState::Trialing => (Tone::Accent, "Trial"),
        SubscriptionState::Active => (Tone::Success, "Active"),
        SubscriptionState::PastDue => (Tone::Warning, "Past due"),
        SubscriptionState::Grace => (Tone::Danger, "Read-only"),
        SubscriptionState::Paused => (Tone::Neutral, "Paused"),
        SubscriptionState::Canceled => (Tone::Neutral, "Ended"),
    }
}

/// The words for how far an invoice is, or for what has become of it.
pub fn invoice_state(kind: InvoiceKind, state: InvoiceState) -> (Tone, &'static str) {
    match (kind, state) {
        (InvoiceKind::CreditNote, _) => (Tone::Neutral, "Credit note"),
        (InvoiceKind::Invoice, InvoiceState::Open) => (Tone::Accent, "To be paid"),
        (InvoiceKind::Invoice, InvoiceState::Paid) => (Tone::Success, "Paid"),
        (InvoiceKind::Invoice, InvoiceState::Uncollectible) => (Tone::Danger, "Given up"),
    }
}

/// The words for how far something is that the provider told.
pub const fn webhook_state(state: WebhookState) -> (Tone, &'static str) {
    match state {
        WebhookState::Waiting => (Tone::Accent, "Waiting"),
        WebhookState::Done => (Tone::Success, "Handled"),
        WebhookState::Kept => (Tone::Neutral, "Only kept"),
        WebhookState::Dead => (Tone::Danger, "Given up"),
    }
}

#[cfg(test)]
mod tests {
    use billing_core::command::SaveProduct;

    use super::*;

    #[test]
    fn features_are_shown_as_they_are_typed() {
        let typed = "agents_at_work 5\npriority_support\napi_calls 10000 credits";
        let product = SaveProduct::parse(None, "pro", "Pro", "", "19", true, typed).expect("a product");
        assert_eq!(grants(&product.grants), typed);
    }

    #[test]
    fn lists_keep_their_state_from_page_to_page() {
        let after = "0198c5aa1111700080000000000000aa".parse().expect("a cursor");
        assert_eq!(list("/a", None, None), "/a");
        assert_eq!(list("/a", Some("dead"), None), "/a?state=dead");
        assert_eq!(list("/a", Some("dead"), Some(&after)), "/a?state=dead&after=0198c5aa1111700080000000000000aa");
    }
}
