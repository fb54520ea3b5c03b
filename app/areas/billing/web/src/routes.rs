//! The area's routes.

use billing_core::Per;
use kernel::{CheckoutId, Currency, InvoiceId, Money, PriceId, ProductId, SubscriptionId};
use leptos::prelude::*;
use leptos_router::{ChooseView, SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

use crate::pages::{
    Billing, CardPage, ChangePlan, CheckoutPage, CheckoutStatus, Features, InvoicePage, Invoices,
    PayoutDestinationPage, Pricing, SandboxPage, SubscriptionPage, TopUp,
    admin::{
        AdminInvoice, AdminInvoices, AdminOverview, AdminPayments, AdminProduct, AdminProducts, AdminReconciliation,
        AdminSubscriptions, AdminWebhooks,
    },
};

/// What is on sale.
pub const PRICING: &str = "/pricing";
/// What somebody has and pays for.
pub const BILLING: &str = "/billing";
/// Somebody's invoices.
pub const INVOICES: &str = "/billing/invoices";
/// What somebody may use, and why.
pub const FEATURES: &str = "/billing/features";
/// Money for the wallet.
pub const TOP_UP: &str = "/wallet/top-up";
/// Where earnings are paid out to.
pub const PAYOUT_DESTINATION: &str = "/billing/payouts";
/// How the business is doing, for those who administer this server.
pub const ADMIN: &str = "/admin/billing";
/// What is sold.
pub const ADMIN_PRODUCTS: &str = "/admin/billing/products";
/// Who subscribes.
pub const ADMIN_SUBSCRIPTIONS: &str = "/admin/billing/subscriptions";
/// Everybody's invoices.
pub const ADMIN_INVOICES: &str = "/admin/billing/invoices";
/// Payments by card.
pub const ADMIN_PAYMENTS: &str = "/admin/billing/payments";
/// What the payment provider told.
pub const ADMIN_WEBHOOKS: &str = "/admin/billing/webhooks";
/// The provider's payments against ours.
pub const ADMIN_RECONCILIATION: &str = "/admin/billing/reconciliation";

/// What is on sale, paid so often and in this currency.
pub fn pricing(per: Per, currency: Currency) -> String {
    format!("{PRICING}?per={}&currency={currency}", per.as_str())
}

/// Money for the wallet, so much of it.
pub fn top_up(amount: Money) -> String {
    format!("{TOP_UP}?amount={}&currency={}", amount.to_decimal(), amount.currency)
}

/// Money for the wallet, so much of it, and back to a page of ours.
pub fn top_up_for(amount: Money, next: &str) -> String {
    let next = next.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B");
    format!("{}&next={next}", top_up(amount))
}

/// A page of the sandbox, after a step on it.
pub fn sandbox(reference: &str, step: Option<&str>) -> String {
    let step = step.map(|step| format!("?step={step}")).unwrap_or_default();
    format!("/sandbox/{reference}{step}")
}

/// Buying at a price.
pub fn checkout(price: PriceId) -> String {
    format!("/checkout/{price}")
}

/// How far a checkout is.
pub fn checkout_status(id: CheckoutId) -> String {
    format!("/checkout/status/{id}")
}

/// Where cards are entered on our own pages. The server lets these load the payment provider's script, and no others: so
/// they are always loaded from the server, as no page keeps what another may.
pub const CARD_FORMS: &str = "/checkout/card/";

/// The form for a card that pays a checkout.
pub fn card_form(id: CheckoutId) -> String {
    format!("{CARD_FORMS}{id}")
}

/// One subscription.
pub fn subscription(id: SubscriptionId) -> String {
    format!("/billing/subscriptions/{id}")
}

/// Another plan for a subscription; with `to`, what it comes to.
pub fn change_plan(id: SubscriptionId, to: Option<PriceId>) -> String {
    let to = to.map(|to| format!("?to={to}")).unwrap_or_default();
    format!("/billing/subscriptions/{id}/change{to}")
}

/// One invoice.
pub fn invoice(id: InvoiceId) -> String {
    format!("{INVOICES}/{id}")
}

/// The same as a file. Not a page.
pub fn invoice_pdf(id: InvoiceId) -> String {
    format!("{INVOICES}/{id}/pdf")
}

/// One product, for those who sell it.
pub fn admin_product(id: ProductId) -> String {
    format!("{ADMIN_PRODUCTS}/{id}")
}

/// One invoice, for those who give money back.
pub fn admin_invoice(id: InvoiceId) -> String {
    format!("{ADMIN_INVOICES}/{id}")
}

/// The pages of those who buy. The browser loads the code of all of them when somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    Pricing,
    Checkout,
    CheckoutStatus,
    CardForm,
    Sandbox,
    Billing,
    Subscription,
    ChangePlan,
    Invoices,
    Invoice,
    Features,
    TopUp,
    PayoutDestination,
}

#[lazy]
fn billing_page(page: Page) -> AnyView {
    match page {
        Page::Pricing => view! { <Pricing /> }.into_any(),
        Page::Checkout => view! { <CheckoutPage /> }.into_any(),
        Page::CheckoutStatus => view! { <CheckoutStatus /> }.into_any(),
        Page::CardForm => view! { <CardPage /> }.into_any(),
        Page::Sandbox => view! { <SandboxPage /> }.into_any(),
        Page::Billing => view! { <Billing /> }.into_any(),
        Page::Subscription => view! { <SubscriptionPage /> }.into_any(),
        Page::ChangePlan => view! { <ChangePlan /> }.into_any(),
        Page::Invoices => view! { <Invoices /> }.into_any(),
        Page::Invoice => view! { <InvoicePage /> }.into_any(),
        Page::Features => view! { <Features /> }.into_any(),
        Page::TopUp => view! { <TopUp /> }.into_any(),
        Page::PayoutDestination => view! { <PayoutDestinationPage /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("billing_page");
        billing_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_billing_page().await;
    }
}

/// The pages of those who sell: their code is loaded by nobody else.
#[derive(Debug, Clone, Copy)]
enum AdminPage {
    Overview,
    Products,
    Product,
    Subscriptions,
    Invoices,
    Invoice,
    Payments,
    Webhooks,
    Reconciliation,
}

#[lazy]
fn billing_admin_page(page: AdminPage) -> AnyView {
    match page {
        AdminPage::Overview => view! { <AdminOverview /> }.into_any(),
        AdminPage::Products => view! { <AdminProducts /> }.into_any(),
        AdminPage::Product => view! { <AdminProduct /> }.into_any(),
        AdminPage::Subscriptions => view! { <AdminSubscriptions /> }.into_any(),
        AdminPage::Invoices => view! { <AdminInvoices /> }.into_any(),
        AdminPage::Invoice => view! { <AdminInvoice /> }.into_any(),
        AdminPage::Payments => view! { <AdminPayments /> }.into_any(),
        AdminPage::Webhooks => view! { <AdminWebhooks /> }.into_any(),
        AdminPage::Reconciliation => view! { <AdminReconciliation /> }.into_any(),
    }
}

impl ChooseView for AdminPage {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("billing_admin_page");
        billing_admin_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_billing_admin_page().await;
    }
}

/// The area's routes.
#[component(transparent)]
pub fn BillingRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/pricing") view=Page::Pricing ssr=SsrMode::Async />
        <Route path=path!("/checkout/status/:id") view=Page::CheckoutStatus ssr=SsrMode::Async />
        <Route path=path!("/checkout/card/:id") view=Page::CardForm ssr=SsrMode::Async />
        <Route path=path!("/checkout/:price") view=Page::Checkout ssr=SsrMode::Async />
        <Route path=path!("/sandbox/:reference") view=Page::Sandbox ssr=SsrMode::Async />
        <Route path=path!("/billing") view=Page::Billing ssr=SsrMode::Async />
        <Route path=path!("/billing/subscriptions/:id") view=Page::Subscription ssr=SsrMode::Async />
        <Route path=path!("/billing/subscriptions/:id/change") view=Page::ChangePlan ssr=SsrMode::Async />
        <Route path=path!("/billing/invoices") view=Page::Invoices ssr=SsrMode::Async />
        <Route path=path!("/billing/invoices/:id") view=Page::Invoice ssr=SsrMode::Async />
        <Route path=path!("/billing/features") view=Page::Features ssr=SsrMode::Async />
        <Route path=path!("/billing/payouts") view=Page::PayoutDestination ssr=SsrMode::Async />
        <Route path=path!("/wallet/top-up") view=Page::TopUp ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

/// The area's routes for those who administer this server.
#[component(transparent)]
pub fn BillingAdminRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/admin/billing") view=AdminPage::Overview ssr=SsrMode::Async />
        <Route path=path!("/admin/billing/products") view=AdminPage::Products ssr=SsrMode::Async />
        <Route path=path!("/admin/billing/products/:id") view=AdminPage::Product ssr=SsrMode::Async />
        <Route path=path!("/admin/billing/subscriptions") view=AdminPage::Subscriptions ssr=SsrMode::Async />
        <Route path=path!("/admin/billing/invoices") view=AdminPage::Invoices ssr=SsrMode::Async />
        <Route path=path!("/admin/billing/invoices/:id") view=AdminPage::Invoice ssr=SsrMode::Async />
        <Route path=path!("/admin/billing/payments") view=AdminPage::Payments ssr=SsrMode::Async />
        <Route path=path!("/admin/billing/webhooks") view=AdminPage::Webhooks ssr=SsrMode::Async />
        <Route path=path!("/admin/billing/reconciliation") view=AdminPage::Reconciliation ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
