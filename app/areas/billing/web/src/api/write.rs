//! What forms send.

use leptos::prelude::*;
use web::{Failure, Json, Outcome};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{
        describe::local,
        parse::{self, Way},
    },
    crate::routes,
    billing_core::{
        CheckoutState, EnteredOn, Error, PayWith as With,
        command::{self, BillTo, StartCheckout, What},
        service::{self, CardForm},
    },
    kernel::{Actor, Currency, Problem},
    money_core::Amount,
    platform::{Cx, payments::HostedPage, rate_limit::Limit},
    url::Url,
    web::{local_path, server::Server},
};

/// What one account may begin to pay for.
#[cfg(not(target_arch = "wasm32"))]
const PAY: Limit = Limit::per("billing.pay", 60, 600);
/// Changes of one account's subscriptions, and of what stands on its invoices.
#[cfg(not(target_arch = "wasm32"))]
const MANAGE: Limit = Limit::per("billing.manage", 60, 600);
/// Pages of the payment provider's that one account may ask for, and cards it may have forgotten.
#[cfg(not(target_arch = "wasm32"))]
const PAGES: Limit = Limit::per("billing.page", 30, 600);

/// Begins to buy something. `pay_with` is `wallet`, `card` for the one that was left, or `other` for another one; what was
/// seen is the total in minor units.
#[server(prefix = "/api", endpoint = "billing/buy")]
pub async fn buy(
    #[server(default)] price: String,
    #[server(default)] pay_with: String,
    #[server(default)] seen_minor: i64,
    #[server(default)] seen_currency: String,
    #[server(default)] key: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAY).await?;
    let (what, seen) = (What::Price(parse::price(&price)?), parse::seen(seen_minor, &seen_currency)?);
    let start = Way::parse(&pay_with)?.start(what, Some(seen), &key)?;
    pay(&server, &cx, &start).await
}

/// Lets a subscription go over to another price at once, as it was reckoned for an instant.
#[server(prefix = "/api", endpoint = "billing/change")]
pub async fn change(
    #[server(default)] subscription: String,
    #[server(default)] to: String,
    #[server(default)] reckoned_at: String,
    #[server(default)] pay_with: String,
    #[server(default)] seen_minor: i64,
    #[server(default)] seen_currency: String,
    #[server(default)] key: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAY).await?;
    let what = What::Change {
        subscription: parse::subscription(&subscription)?,
        to: parse::price(&to)?,
        reckoned_at: parse::instant(&reckoned_at)?,
    };
    let start = Way::parse(&pay_with)?.start(what, Some(parse::seen(seen_minor, &seen_currency)?), &key)?;
    pay(&server, &cx, &start).await
}

/// Lets a subscription go over to another price with the next period.
#[server(prefix = "/api", endpoint = "billing/schedule_change")]
pub async fn schedule_change(
    #[server(default)] subscription: String,
    #[server(default)] to: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(MANAGE).await?;
    let (id, to) = (parse::subscription(&subscription)?, parse::price(&to)?);
    let mut tx = server.begin().await?;
    service::schedule_change(&mut tx, &cx, id, to).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=change", routes::subscription(id))))
}

/// Begins to pay an invoice that could not be collected.
#[server(prefix = "/api", endpoint = "billing/pay_invoice")]
pub async fn pay_invoice(
    #[server(default)] invoice: String,
    #[server(default)] pay_with: String,
    #[server(default)] key: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAY).await?;
    let start = Way::parse(&pay_with)?.start(What::Invoice(parse::invoice(&invoice)?), None, &key)?;
    pay(&server, &cx, &start).await
}

/// Begins to put money into the wallet. `pay_with` is `card` or `other`; `next` is the page of ours that asked for it.
#[server(prefix = "/api", endpoint = "billing/top_up")]
pub async fn top_up(
    #[server(default)] amount: String,
    #[server(default)] currency: String,
    #[server(default)] pay_with: String,
    #[server(default)] key: String,
    #[server(default)] next: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAY).await?;
    let unknown = |error: kernel::UnknownCurrency| Failure::from(Problem::field("currency", error.to_string()));
    let currency: Currency = currency.parse().map_err(unknown)?;
    let amount = Amount::parse(&amount, currency).map_err(|error| Failure::from(Error::Amount(error)))?;
    let what = command::top_up(amount).map_err(Failure::from)?;
    server.set_return(local_path(&next));
    pay(&server, &cx, &Way::parse_card(&pay_with)?.start(what, None, &key)?).await
}

/// Begins a checkout and says where it goes on: where one sees how far it is, or where another card is entered, which is on
/// our own page where the provider has a form for it, and on the provider's otherwise.
#[cfg(not(target_arch = "wasm32"))]
async fn pay(server: &Server, cx: &Cx<Actor>, start: &StartCheckout) -> Result<Outcome, Failure> {
    let payments = server.payments.as_ref();
    let mut tx = server.begin().await?;
    let id = service::start(&mut tx, cx, payments.name(), start).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    let status = routes::checkout_status(id);
    if start.pay_with == With::Wallet || start.saved_card {
        return Ok(Outcome::Go(status));
    }
    let view = service::checkout(server.database.pool(), cx.actor, id).await.map_err(Failure::from)?;
    match view.state {
        CheckoutState::Open if payments.card_form().is_some() && view.entered_on != Some(EnteredOn::Page) => {
            Ok(Outcome::Reload(routes::card_form(id)))
        }
        CheckoutState::Open => {
            let page = service::open_page(&server.database, cx, payments, &server.config.public_url, id).await;
            Ok(Outcome::Go(local(server, &page.map_err(Failure::from)?)))
        }
        // Nothing is to be paid yet: the card is left for when something is.
        CheckoutState::Paid if view.total.minor == 0 && matches!(start.what, What::Price(_)) => {
            let back = ours(server, &format!("{status}?card=left"))?;
            let page = service::leave_card(&server.database, cx, payments, &back, start.key.as_str()).await;
            leave_for(server, page)
        }
        _ => Ok(Outcome::Go(status)),
    }
}

/// What the card that is being entered pays a checkout with. Asked when the button is pressed, and as often as it is; it is
/// always the same payment.
#[server(prefix = "/api", endpoint = "billing/card_secret", output = Json)]
pub async fn card_secret(#[server(default)] checkout: String) -> Result<dto::CardStep, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAGES).await?;
    let id = parse::checkout(&checkout)?;
    let form = service::card_form(&server.database, &cx, server.payments.as_ref(), id).await;
    Ok(match form.map_err(Failure::from)? {
        CardForm::Ready(secret) => dto::CardStep::Pay(secret.reveal().to_owned()),
        CardForm::Elsewhere => dto::CardStep::Go(routes::checkout_status(id)),
    })
}

/// Goes to the provider's page to pay a checkout there, and leaves the form for a card.
#[server(prefix = "/api", endpoint = "billing/pay_on_page")]
pub async fn pay_on_page(#[server(default)] checkout: String) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAGES).await?;
    let id = parse::checkout(&checkout)?;
    let payments = server.payments.as_ref();
    match service::open_page(&server.database, &cx, payments, &server.config.public_url, id).await {
        Ok(page) => Ok(Outcome::Go(local(&server, &page))),
        // The card was quicker, or it is over: there one sees which.
        Err(Error::PaidMeanwhile | Error::CheckoutOver) => Ok(Outcome::Reload(routes::checkout_status(id))),
        Err(error) => Err(Failure::from(error)),
    }
}

/// The whole address of one of our pages.
#[cfg(not(target_arch = "wasm32"))]
fn ours(server: &Server, path: &str) -> Result<Url, Failure> {
    server.config.public_url.join(path).map_err(|error| Failure::from(platform::internal(&error)))
}

/// Goes to a page of the provider's.
#[cfg(not(target_arch = "wasm32"))]
fn leave_for(server: &Server, page: Result<HostedPage, Error>) -> Result<Outcome, Failure> {
    Ok(Outcome::Go(local(server, page.map_err(Failure::from)?.url.as_str())))
}

/// Does what the owner of a subscription wishes: `cancel` or `pause` it at the end of the period, or `resume` it.
#[server(prefix = "/api", endpoint = "billing/manage")]
pub async fn manage(
    #[server(default)] subscription: String,
    #[server(default)] wish: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(MANAGE).await?;
    let id = parse::subscription(&subscription)?;
    let manage = match wish.as_str() {
        "cancel" => command::Manage::CancelAtEnd,
        "pause" => command::Manage::PauseAtEnd,
        "resume" => command::Manage::Resume,
        _ => return Err(parse::unreadable()),
    };
    let mut tx = server.begin().await?;
    service::manage(&mut tx, &cx, server.payments.name(), id, manage).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done={wish}", routes::subscription(id))))
}

/// Has a subscription paid with something else from now on: `wallet` or `card`.
#[server(prefix = "/api", endpoint = "billing/pay_with")]
pub async fn pay_with(
    #[server(default)] subscription: String,
    #[server(default)] pay_with: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(MANAGE).await?;
    let id = parse::subscription(&subscription)?;
    let with = With::parse(&pay_with);
    let with = with.ok_or_else(|| Failure::from(Problem::field("pay_with", "Choose what to pay with.")))?;
    let mut tx = server.begin().await?;
    let manage = command::Manage::PayWith(with);
    service::manage(&mut tx, &cx, server.payments.name(), id, manage).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?done=pay-with", routes::subscription(id))))
}

/// Writes down what stands on invoices from now on.
#[server(prefix = "/api", endpoint = "billing/set_bill_to")]
pub async fn set_bill_to(
    #[server(default)] name: String,
    #[server(default)] address: String,
    #[server(default)] tax_id: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(MANAGE).await?;
    let bill = BillTo::parse(&name, &address, &tax_id).map_err(Failure::from)?;
    let mut tx = server.begin().await?;
    service::set_bill_to(&mut tx, &cx, &bill).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(format!("{}?saved=bill-to", routes::BILLING)))
}

/// Goes to a page on which another card is left.
#[server(prefix = "/api", endpoint = "billing/leave_card")]
pub async fn leave_card() -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAGES).await?;
    let back = ours(&server, &format!("{}?card=left", routes::BILLING))?;
    let key = server.submission_key();
    let page = service::leave_card(&server.database, &cx, server.payments.as_ref(), &back, &key).await;
    leave_for(&server, page)
}

/// Forgets the card that was left.
#[server(prefix = "/api", endpoint = "billing/forget_card")]
pub async fn forget_card() -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAGES).await?;
    service::forget_card(&server.database, &cx, server.payments.as_ref()).await.map_err(Failure::from)?;
    Ok(Outcome::Go(format!("{}?card=forgotten", routes::BILLING)))
}

/// Goes to a page on which one says where payouts go.
#[server(prefix = "/api", endpoint = "billing/set_up_payouts")]
pub async fn set_up_payouts() -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(PAGES).await?;
    let back = ours(&server, &format!("{}?back=yes", routes::PAYOUT_DESTINATION))?;
    let page = service::set_up_payouts(&server.database, &cx, server.payments.as_ref(), &back).await;
    leave_for(&server, page)
}
