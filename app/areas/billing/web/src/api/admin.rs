//! Server functions of those who administer this server.

use billing_core::ProductView;
use kernel::Page;
use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto::admin as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    crate::routes,
    billing_core::{
        DisputeState, Error, InvoiceKind, InvoiceState, InvoiceSummary, PaymentView, SubscriptionState,
        SubscriptionView, WebhookState, WebhookView, command, service,
    },
    chrono::{DateTime, Utc},
    identity_core::AccountSummary,
    kernel::{AccountId, Currency, Handle, Money, PageSize, Problem, ProblemKind, ProductId},
    money_core::Amount,
    platform::{payments::ProviderName, rate_limit::Limit},
    std::collections::HashMap,
    web::{Moment, server::Server},
};

/// What one administrator changes.
#[cfg(not(target_arch = "wasm32"))]
const CHANGES: Limit = Limit::per("billing_admin", 120, 3600);
/// Comparisons with the provider, which are work for both sides.
#[cfg(not(target_arch = "wasm32"))]
const COMPARISONS: Limit = Limit::per("billing_compare", 6, 3600);
/// The most characters of a reason: it stands on the credit note, behind the number of the invoice.
#[cfg(not(target_arch = "wasm32"))]
const REASON: usize = 160;

/// How the business is doing.
#[server(prefix = "/api", endpoint = "billing/admin_overview", input = GetUrl, output = Json)]
pub async fn overview() -> Result<dto::Overview, Failure> {
    let server = Server::current()?;
    let (pool, actor, now) = (server.database.pool(), server.cx()?.actor, server.world.now());
    let overview = service::overview(pool, actor).await.map_err(Failure::from)?;
    let compared = service::reconciliations(pool, actor).await.map_err(Failure::from)?;
    let compared = compared.first().map(|it| dto::Compared {
        at: Moment::describe(it.at, now),
        differences: u32::try_from(it.differences.len()).unwrap_or(u32::MAX),
    });
    let state = |&(state, count, monthly): &(_, _, _)| dto::StateCount { state, count, monthly };
    Ok(dto::Overview {
        monthly: overview.monthly(),
        states: overview.states.iter().map(state).collect(),
        waiting_webhooks: overview.waiting_webhooks,
        dead_webhooks: overview.dead_webhooks,
        compared,
    })
}

/// Every product, on sale or not.
#[server(prefix = "/api", endpoint = "billing/admin_products", input = GetUrl, output = Json)]
pub async fn products() -> Result<Vec<ProductView>, Failure> {
    let server = Server::current()?;
    service::product(server.database.pool(), server.cx()?.actor, None).await.map_err(Failure::from)
}

/// One product.
#[server(prefix = "/api", endpoint = "billing/admin_product", input = GetUrl, output = Json)]
pub async fn product(
    /// Its id.
    id: String,
) -> Result<dto::Product, Failure> {
    let server = Server::current()?;
    let (pool, actor) = (server.database.pool(), server.cx()?.actor);
    let id = id.parse().map_err(|_| Failure::from(Error::NoSuchProduct))?;
    let found = service::product(pool, actor, Some(id)).await.map_err(Failure::from)?;
    let product = found.into_iter().next().ok_or_else(|| Failure::from(Error::NoSuchProduct))?;
    let history = service::price_history(pool, actor, id).await.map_err(Failure::from)?;
    Ok(dto::Product { product, history })
}

/// Everybody's subscriptions, in one state or in all.
#[server(prefix = "/api", endpoint = "billing/admin_subscriptions", input = GetUrl, output = Json)]
pub async fn subscriptions(
    /// Which state.
    #[server(default)]
    state: Option<String>,
    /// Where the list begins.
    #[server(default)]
    after: Option<String>,
) -> Result<Page<dto::Subscription>, Failure> {
    let server = Server::current()?;
    let (pool, actor, after) = (server.database.pool(), server.cx()?.actor, Server::cursor(after.as_deref())?);
    let state = word(state.as_deref(), SubscriptionState::parse)?;
    let page = service::subscriptions_in(pool, actor, state, after.as_ref(), PageSize::clamped(30)).await;
    let page = page.map_err(Failure::from)?;
    let accounts = accounts(&server, page.items.iter().map(|it| it.account)).await?;
    Ok(page.map(|it| describe_subscription(it, &accounts, server.world.now())))
}

/// Everybody's invoices and credit notes.
#[server(prefix = "/api", endpoint = "billing/admin_invoices", input = GetUrl, output = Json)]
pub async fn invoices(
    /// Where the list begins.
    #[server(default)]
    after: Option<String>,
) -> Result<Page<dto::InvoiceRow>, Failure> {
    let server = Server::current()?;
    let (pool, actor, after) = (server.database.pool(), server.cx()?.actor, Server::cursor(after.as_deref())?);
    let page = service::invoices(pool, actor, None, after.as_ref(), PageSize::clamped(30)).await;
    let page = page.map_err(Failure::from)?;
    let accounts = accounts(&server, page.items.iter().map(|it| it.account)).await?;
    Ok(page.map(|it| describe_invoice(it, &accounts, server.world.now())))
}

/// One invoice or credit note. Its owner has another page for it.
#[server(prefix = "/api", endpoint = "billing/admin_invoice", input = GetUrl, output = Json)]
pub async fn invoice(
    /// Its id.
    id: String,
) -> Result<dto::Invoice, Failure> {
    let server = Server::current()?;
    let (actor, now) = (server.cx()?.actor, server.world.now());
    admins_only(&server)?;
    let id = id.parse().map_err(|_| Failure::from(Error::NoSuchInvoice))?;
    let view = service::invoice(server.database.pool(), actor, id).await.map_err(Failure::from)?;
    let accounts = accounts(&server, [view.summary.account].into_iter()).await?;
    let lines = view.lines.into_iter().map(|line| dto::Line {
        description: line.description,
        period: line.period.map(|(from, to)| format!("{} to {}", day(from), day(to))),
        tax_rate: line.tax_rate,
        tax: line.tax,
        total: line.total,
    });
    let left = left(&view.summary);
    Ok(dto::Invoice {
        row: describe_invoice(view.summary, &accounts, now),
        subscription: view.subscription,
        bill_to: view.bill_to,
        lines: lines.collect(),
        net: view.net,
        tax: view.tax,
        paid: view.paid_at.map(|at| Moment::describe(at, now)),
        transfer: view.transfer,
        tries: view.tries,
        corrects: view.corrects,
        corrected_by: view.corrected_by,
        left,
        key: server.submission_key(),
    })
}

/// Everybody's payments by card.
#[server(prefix = "/api", endpoint = "billing/admin_payments", input = GetUrl, output = Json)]
pub async fn payments(
    /// Where the list begins.
    #[server(default)]
    after: Option<String>,
) -> Result<Page<dto::Payment>, Failure> {
    let server = Server::current()?;
    let (pool, actor, after) = (server.database.pool(), server.cx()?.actor, Server::cursor(after.as_deref())?);
    let page = service::payments(pool, actor, after.as_ref(), PageSize::clamped(30)).await.map_err(Failure::from)?;
    let accounts = accounts(&server, page.items.iter().map(|it| it.account)).await?;
    Ok(page.map(|it| describe_payment(it, &accounts, &server)))
}

/// What the payment provider told, in one state or in all.
#[server(prefix = "/api", endpoint = "billing/admin_webhooks", input = GetUrl, output = Json)]
pub async fn webhooks(
    /// Which state.
    #[server(default)]
    state: Option<String>,
    /// Where the list begins.
    #[server(default)]
    after: Option<String>,
) -> Result<Page<dto::Webhook>, Failure> {
    let server = Server::current()?;
    let (pool, actor, after) = (server.database.pool(), server.cx()?.actor, Server::cursor(after.as_deref())?);
    let state = word(state.as_deref(), WebhookState::parse)?;
    let page = service::webhooks(pool, actor, state, after.as_ref(), PageSize::clamped(30)).await;
    let now = server.world.now();
    Ok(page.map_err(Failure::from)?.map(|it: WebhookView| dto::Webhook {
        id: it.id,
        provider: it.provider,
        reference: it.reference,
        kind: it.kind,
        object: it.object,
        state: it.state,
        attempts: it.attempts,
        last_error: it.last_error,
        at: Moment::describe(it.received_at, now),
    }))
}

/// The last comparisons with the provider, youngest first.
#[server(prefix = "/api", endpoint = "billing/admin_reconciliations", input = GetUrl, output = Json)]
pub async fn reconciliations() -> Result<Vec<dto::Reconciliation>, Failure> {
    let server = Server::current()?;
    let (actor, now) = (server.cx()?.actor, server.world.now());
    let found = service::reconciliations(server.database.pool(), actor).await.map_err(Failure::from)?;
    let found = found.into_iter().map(|it| dto::Reconciliation {
        provider: it.provider,
        from: Moment::describe(it.from, now),
        to: Moment::describe(it.to, now),
        checked: it.checked,
        differences: it.differences,
        at: Moment::describe(it.at, now),
    });
    Ok(found.collect())
}

/// Makes a product, or changes the one with this id.
#[server(prefix = "/api", endpoint = "billing/admin_save_product")]
pub async fn save_product(
    #[server(default)] id: String,
    #[server(default)] code: String,
    #[server(default)] name: String,
    #[server(default)] summary: String,
    #[server(default)] tax_rate: String,
    #[server(default)] on_sale: bool,
    #[server(default)] grants: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(CHANGES).await?;
    let id = Some(id).filter(|id| !id.is_empty()).map(|id| id.parse());
    let id: Option<ProductId> = id.transpose().map_err(|_| Failure::from(Error::NoSuchProduct))?;
    let save = command::SaveProduct::parse(id, &code, &name, &summary, &tax_rate, on_sale, &grants);
    let save = save.map_err(Failure::from)?;
    let mut tx = server.begin().await?;
    let id = service::save_product(&server.database, &mut tx, &cx, &save).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=saved", routes::admin_product(id))))
}

/// Gives a product a price, instead of the one it has for that currency and way of paying.
#[server(prefix = "/api", endpoint = "billing/admin_set_price")]
pub async fn set_price(
    #[server(default)] product: String,
    #[server(default)] amount: String,
    #[server(default)] currency: String,
    #[server(default)] per: String,
    #[server(default)] trial_days: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(CHANGES).await?;
    let product = product.parse().map_err(|_| Failure::from(Error::NoSuchProduct))?;
    let price = command::SetPrice::parse(product, &amount, &currency, &per, &trial_days).map_err(Failure::from)?;
    let mut tx = server.begin().await?;
    service::set_price(&server.database, &mut tx, &cx, &price).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=priced", routes::admin_product(product))))
}

/// Stops offering a price.
#[server(prefix = "/api", endpoint = "billing/admin_retire_price")]
pub async fn retire_price(
    #[server(default)] product: String,
    #[server(default)] price: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(CHANGES).await?;
    let product = product.parse().map_err(|_| Failure::from(Error::NoSuchProduct))?;
    let price = price.parse().map_err(|_| Failure::from(Error::NoSuchPrice))?;
    let mut tx = server.begin().await?;
    service::retire_price(&server.database, &mut tx, &cx, price).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=retired", routes::admin_product(product))))
}

/// Gives money of a paid invoice back.
#[server(prefix = "/api", endpoint = "billing/admin_give_back")]
pub async fn give_back(
    #[server(default)] invoice: String,
    #[server(default)] amount: String,
    #[server(default)] currency: String,
    #[server(default)] to: String,
    #[server(default)] reason: String,
    #[server(default)] key: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let (cx, provider) = (server.cx()?, server.payments.name());
    server.limit(CHANGES).await?;
    let unknown = |error: kernel::UnknownCurrency| Failure::from(Problem::field("currency", error.to_string()));
    let currency: Currency = currency.parse().map_err(unknown)?;
    let give = command::GiveBack {
        invoice: invoice.parse().map_err(|_| Failure::from(Error::NoSuchInvoice))?,
        amount: Amount::parse(&amount, currency).map_err(|error| Failure::from(Error::Amount(error)))?,
        to_card: to_card(&to)?,
        reason: one_line(&reason)?,
        key: key.parse().map_err(|error| Failure::from(Error::Key(error)))?,
    };
    let mut tx = server.begin().await?;
    service::give_back(&server.database, &mut tx, &cx, provider, &give).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=given_back", routes::admin_invoice(give.invoice))))
}

/// Has something that the provider told handled again.
#[server(prefix = "/api", endpoint = "billing/admin_replay_webhook")]
pub async fn replay_webhook(#[server(default)] event: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(CHANGES).await?;
    let event = event.parse().map_err(|_| Failure::from(Error::NoSuchWebhook))?;
    let mut tx = server.begin().await?;
    service::replay(&server.database, &mut tx, &cx, event).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=replayed", routes::ADMIN_WEBHOOKS)))
}

/// Holds the provider's payments against ours.
#[server(prefix = "/api", endpoint = "billing/admin_reconcile")]
pub async fn reconcile() -> Result<Outcome, Failure> {
    let server = Server::current()?;
    admins_only(&server)?;
    server.limit(COMPARISONS).await?;
    let compared = service::reconcile(&server.database, &server.world, server.payments.as_ref()).await;
    compared.map_err(Failure::from)?;
    Ok(Outcome::Go(format!("{}?done=compared", routes::ADMIN_RECONCILIATION)))
}

/// Decides a dispute in place of the bank. Only the sandbox has none.
#[server(prefix = "/api", endpoint = "billing/admin_settle_dispute")]
pub async fn settle_dispute(
    #[server(default)] payment: String,
    #[server(default)] decision: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    admins_only(&server)?;
    server.limit(CHANGES).await?;
    let won = match decision.as_str() {
        "us" => true,
        "them" => false,
        _ => return Err(Failure::from(Problem::new(ProblemKind::Invalid, "Choose for whom it is decided."))),
    };
    let sandbox = server.sandbox.as_ref().ok_or_else(|| Failure::from(Error::NoSuchPayment))?;
    sandbox.settle_dispute(&payment, won).await.map_err(|error| Failure::from(Error::Provider(error)))?;
    Ok(Outcome::Go(format!("{}?done=decided", routes::ADMIN_PAYMENTS)))
}

/// Lets nobody but administrators go on, where no service asks.
#[cfg(not(target_arch = "wasm32"))]
fn admins_only(server: &Server) -> Result<(), Failure> {
    let signed_in = server.visit.signed_in.as_ref().ok_or_else(|| Failure::from(Problem::unauthenticated()))?;
    if signed_in.is_admin { Ok(()) } else { Err(Failure::from(Error::NotAdmin)) }
}

/// Reads a state that a list is narrowed to.
#[cfg(not(target_arch = "wasm32"))]
fn word<T>(asked: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    let unknown =
        || Failure::from(Problem::new(ProblemKind::BadRequest, "There is no such state. Go back to the whole list."));
    asked.filter(|word| !word.is_empty()).map(|word| parse(word).ok_or_else(unknown)).transpose()
}

/// Reads whether money goes back to the card rather than into the wallet.
#[cfg(not(target_arch = "wasm32"))]
fn to_card(to: &str) -> Result<bool, Failure> {
    match to {
        "wallet" => Ok(false),
        "card" => Ok(true),
        _ => Err(Failure::from(Problem::field("to", "Choose where the money goes."))),
    }
}

/// Reads the reason on a credit note.
#[cfg(not(target_arch = "wasm32"))]
fn one_line(reason: &str) -> Result<String, Failure> {
    let plain: String = reason.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > REASON {
        let message = format!("This is too long: {REASON} characters are the most.");
        return Err(Failure::from(Problem::field("reason", message)));
    }
    Ok(line)
}

/// What of a paid invoice can still be given back.
#[cfg(not(target_arch = "wasm32"))]
fn left(invoice: &InvoiceSummary) -> Option<Money> {
    let paid = invoice.kind == InvoiceKind::Invoice && invoice.state == InvoiceState::Paid;
    invoice.total.checked_sub(invoice.credited).ok().filter(|left| paid && left.is_positive())
}

#[cfg(not(target_arch = "wasm32"))]
fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}

#[cfg(not(target_arch = "wasm32"))]
type Accounts = HashMap<AccountId, AccountSummary>;

#[cfg(not(target_arch = "wasm32"))]
async fn accounts(server: &Server, ids: impl Iterator<Item = AccountId>) -> Result<Accounts, Failure> {
    let ids: Vec<_> = ids.collect();
    identity_core::service::summaries(server.database.pool(), &ids).await.map_err(Failure::from)
}

#[cfg(not(target_arch = "wasm32"))]
fn handle(of: &Accounts, id: AccountId) -> Option<Handle> {
    of.get(&id).map(|summary| summary.handle.clone())
}

#[cfg(not(target_arch = "wasm32"))]
fn describe_subscription(it: SubscriptionView, accounts: &Accounts, now: DateTime<Utc>) -> dto::Subscription {
    dto::Subscription {
        id: it.id,
        who: handle(accounts, it.account),
        product: it.product_name,
        price: it.price,
        state: it.state,
        at_end: it.at_end,
        due: it.due_at.map(|at| Moment::describe(at, now)),
        cancel_reason: it.cancel_reason,
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn describe_invoice(it: InvoiceSummary, accounts: &Accounts, now: DateTime<Utc>) -> dto::InvoiceRow {
    dto::InvoiceRow {
        id: it.id,
        kind: it.kind,
        who: handle(accounts, it.account),
        number: it.number,
        total: it.total,
        credited: it.credited,
        state: it.state,
        issued: Moment::describe(it.issued_at, now),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn describe_payment(it: PaymentView, accounts: &Accounts, server: &Server) -> dto::Payment {
    let of_sandbox = server.sandbox.is_some() && it.provider == ProviderName::Sandbox.as_str();
    dto::Payment {
        id: it.id,
        who: handle(accounts, it.account),
        description: it.description,
        amount: it.amount,
        status: it.status,
        failure: it.failure,
        refunded: it.refunded,
        to_decide: of_sandbox && it.reference.is_some() && it.dispute == Some(DisputeState::Open),
        dispute: it.dispute,
        provider: it.provider,
        reference: it.reference,
        invoice: it.invoice,
        at: Moment::describe(it.created_at, server.world.now()),
    }
}
