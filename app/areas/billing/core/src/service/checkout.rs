//! Somebody pays for something.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, CheckoutId, InvoiceId, Money, PriceId, SubscriptionId};
use platform::{
    Cx, Database, Tx, World,
    payments::{HostedPayment, PaymentProvider, ProviderName, PublishedPrice, PublishedProduct},
};
use sqlx::PgPool;
use url::Url;

use super::{card_form, fulfil, is_own, manage, provider, renew};
use crate::{
    CheckoutState, CheckoutView, Error, InvoiceState, PayWith, Per, Purpose,
    command::{StartCheckout, What},
    store::{
        catalogue,
        checkouts::{self, Held},
        customers,
        payments::{self, New},
        subscriptions,
    },
};

/// How long a page for a card can be used, and how long a price is kept for whoever pays with one.
const LASTS: TimeDelta = TimeDelta::minutes(60);

/// Begins to pay. From the wallet it is paid when this returns; with a card that was left, a job charges it; with
/// another one, [`open_page`] makes the page for it, or [`super::card_form`] what a form for it needs. With a key that was used before for the same, gives the checkout of
/// that time.
///
/// # Errors
/// When it can't be bought, the total is not what was shown, the wallet has too little, or the key was used for
/// something else.
pub async fn start(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    provider: ProviderName,
    start: &StartCheckout,
) -> Result<CheckoutId, Error> {
    let account = cx.actor.account;
    checkouts::queue(tx, account).await?;
    if let Some(id) = checkouts::by_key(tx, account, start.key.as_str()).await? {
        return repeated(tx, id, start).await;
    }
    let quote = quote(tx, cx, &start.what).await?;
    if start.seen.is_some_and(|seen| seen != quote.total) {
        return Err(Error::PriceChanged { now: quote.total });
    }
    let mut checkout = Held {
        id: cx.id(),
        account,
        purpose: quote.purpose,
        price: quote.price,
        subscription: quote.subscription,
        invoice: quote.invoice,
        total: quote.total,
        reckoned_at: quote.reckoned_at,
        pay_with: start.pay_with,
        state: CheckoutState::Open,
    };
    let now = cx.now();
    checkouts::insert(tx, &checkout, start.key.as_str(), now + LASTS, now).await?;
    let server = renew::server(cx);
    if checkout.total.minor == 0 || (start.pay_with == PayWith::Wallet && checkout.purpose != Purpose::TopUp) {
        fulfil::complete(tx, &server, &mut checkout).await?;
        return Ok(checkout.id);
    }
    let card = match start.saved_card {
        true => Some(customers::of(&mut **tx, account, provider.as_str()).await?.card.ok_or(Error::NoCard)?),
        false => None,
    };
    let new = New {
        id: cx.id(),
        account,
        checkout: Some(checkout.id),
        invoice: None,
        provider: provider.as_str(),
        card: card.as_ref().map(|card| card.reference.as_str()),
        entered_on: None,
        description: &quote.description,
        amount: checkout.total,
        now,
    };
    payments::insert(tx, &new).await?;
    if card.is_some() {
        provider::enqueue_charge(tx, new.id).await?;
    }
    Ok(checkout.id)
}

/// The checkout that was begun with this key before, if it was for the same.
async fn repeated(tx: &mut Tx, id: CheckoutId, start: &StartCheckout) -> Result<CheckoutId, Error> {
    let earlier = checkouts::lock(tx, id).await?.ok_or(Error::NoSuchCheckout)?;
    let same = match start.what {
        What::TopUp(amount) => earlier.purpose == Purpose::TopUp && earlier.total == amount.money(),
        What::Price(price) => earlier.price == Some(price) && earlier.purpose != Purpose::Change,
        What::Change { subscription, to, .. } => {
            earlier.purpose == Purpose::Change
                && (earlier.subscription, earlier.price) == (Some(subscription), Some(to))
        }
        What::Invoice(invoice) => earlier.purpose == Purpose::Invoice && earlier.invoice == Some(invoice),
    };
    if same && earlier.pay_with == start.pay_with { Ok(id) } else { Err(Error::KeyReused) }
}

/// What something comes to.
struct Quote {
    purpose: Purpose,
    price: Option<PriceId>,
    subscription: Option<SubscriptionId>,
    invoice: Option<InvoiceId>,
    total: Money,
    reckoned_at: DateTime<Utc>,
    description: String,
}

async fn quote(tx: &mut Tx, cx: &Cx<Actor>, what: &What) -> Result<Quote, Error> {
    let (account, now) = (cx.actor.account, cx.now());
    let quote = |purpose, total, description: String| Quote {
        purpose,
        price: None,
        subscription: None,
        invoice: None,
        total,
        reckoned_at: now,
        description,
    };
    match *what {
        What::TopUp(amount) => Ok(quote(Purpose::TopUp, amount.money(), "Top-up by card".to_owned())),
        What::Price(price) => {
            let offer = catalogue::offer(&mut **tx, price).await?.ok_or(Error::NoSuchPrice)?;
            if offer.price.retired || !offer.on_sale {
                return Err(Error::PriceRetired);
            }
            let (purpose, total) = match offer.price.per {
                Per::Once => (Purpose::Buy, offer.price.amount),
                Per::Month | Per::Year => {
                    if subscriptions::has_one(tx, account, offer.product).await? {
                        return Err(Error::AlreadySubscribed);
                    }
                    let trial =
                        offer.price.trial_days > 0 && !subscriptions::had_one(tx, account, offer.product).await?;
                    let total = if trial { Money::zero(offer.price.amount.currency) } else { offer.price.amount };
                    (Purpose::Subscribe, total)
                }
            };
            Ok(Quote { price: Some(price), ..quote(purpose, total, offer.product_name) })
        }
        What::Change { subscription, to, reckoned_at } => {
            let (change, offer) = manage::reckoned(tx, cx, subscription, to, reckoned_at).await?;
            if change.timing == crate::ChangeTiming::AtRenewal {
                return Err(Error::NotNow("This change happens with the next period, and nothing is paid for it now."));
            }
            let description = format!("Change to {}", offer.product_name);
            let (price, subscription) = (Some(to), Some(subscription));
            Ok(Quote { price, subscription, reckoned_at, ..quote(Purpose::Change, change.total(), description) })
        }
        What::Invoice(id) => {
            let invoice = fulfil::hold_by_id(tx, id).await?.ok_or(Error::NoSuchInvoice)?;
            if !is_own(cx.actor, invoice.account) {
                return Err(Error::NoSuchInvoice);
            }
            if invoice.state != InvoiceState::Open {
                return Err(Error::NotOpen);
            }
            if payments::under_way(tx, id).await? {
                return Err(Error::NotNow("A card is being charged for this invoice. Look again in a moment."));
            }
            let (invoice, total, number) = (Some(id), invoice.total, invoice.number);
            Ok(Quote { invoice, ..quote(Purpose::Invoice, total, format!("Invoice {number}")) })
        }
    }
}

/// A checkout, for whoever pays.
///
/// # Errors
/// When it is somebody else's.
pub async fn checkout(pool: &PgPool, actor: Actor, id: CheckoutId) -> Result<CheckoutView, Error> {
    let (owner, view) = checkouts::one(pool, id).await?.ok_or(Error::NoSuchCheckout)?;
    if is_own(actor, owner) { Ok(view) } else { Err(Error::NoSuchCheckout) }
}

/// The page on which a card can pay an open checkout; made when there is none yet. A form for it on our own page is taken
/// back first.
///
/// # Errors
/// When it is somebody else's or over, a card has paid it with the form, or the provider refuses or doesn't answer. Asked
/// again, it is the same page.
pub async fn open_page(
    database: &Database,
    cx: &Cx<Actor>,
    payments: &dyn PaymentProvider,
    public_url: &Url,
    id: CheckoutId,
) -> Result<String, Error> {
    let view = checkout(database.pool(), cx.actor, id).await?;
    if view.state != CheckoutState::Open {
        return Err(Error::CheckoutOver);
    }
    if let Some(url) = view.page_url {
        return Ok(url);
    }
    let payment = card_form::on_page(database, cx, payments, id).await?;
    let back = |query: &str| -> Result<Url, Error> {
        let path = format!("/checkout/status/{id}{query}");
        public_url.join(&path).map_err(|_| Error::BadRow("public address"))
    };
    let account = cx.actor.account;
    let hosted = HostedPayment {
        payment,
        customer: provider::customer(database, &cx.world, payments, account).await?,
        amount: view.total,
        description: view.description.clone(),
        price: published(database, payments, &view).await?,
        keep_card: true,
        success_url: back("?back=yes")?,
        cancel_url: back("")?,
        expires_at: view.expires_at,
    };
    let page = payments.host_payment(&hosted, &format!("page:{payment}")).await?;
    payments::set_page(database.pool(), payment, &page).await?;
    Ok(page.url.into())
}

/// Fails unless what a checkout is for can still be had for the total that was shown. A price that was retired meanwhile is
/// kept for whoever is about to pay it.
pub(super) async fn still_holds(tx: &mut Tx, cx: &Cx<Actor>, it: &Held) -> Result<(), Error> {
    let what = match (it.purpose, it.price, it.subscription, it.invoice) {
        (Purpose::TopUp, ..) => return Ok(()),
        (Purpose::Buy | Purpose::Subscribe, Some(price), ..) => What::Price(price),
        (Purpose::Change, Some(to), Some(subscription), _) => {
            What::Change { subscription, to, reckoned_at: it.reckoned_at }
        }
        (Purpose::Invoice, .., Some(invoice)) => What::Invoice(invoice),
        _ => return Err(Error::BadRow("purpose of a checkout")),
    };
    match quote(tx, cx, &what).await {
        Err(Error::PriceRetired) => Ok(()),
        Ok(quote) if quote.total == it.total => Ok(()),
        Ok(quote) => Err(Error::PriceChanged { now: quote.total }),
        Err(error) => Err(error),
    }
}

/// What the provider calls the price that is paid in full, which is made known to it when it isn't yet. A change of plan
/// or an amount for the wallet is none.
async fn published(
    database: &Database,
    payments: &dyn PaymentProvider,
    view: &CheckoutView,
) -> Result<Option<String>, Error> {
    let (pool, provider) = (database.pool(), payments.name().as_str());
    let Some(id) = view.price.filter(|_| view.purpose == Purpose::Buy) else { return Ok(None) };
    if let Some(reference) = catalogue::published(pool, provider, id.uuid()).await? {
        return Ok(Some(reference));
    }
    let offer = catalogue::offer(pool, id).await?.ok_or(Error::NoSuchPrice)?;
    let product = match catalogue::published(pool, provider, offer.product.uuid()).await? {
        Some(reference) => reference,
        None => {
            let code = offer.product.to_string();
            let product = PublishedProduct { code, name: offer.product_name };
            let reference = payments.publish_product(&product, &format!("product:{}", offer.product)).await?;
            catalogue::remember_published(pool, provider, offer.product.uuid(), &reference).await?;
            reference
        }
    };
    // A subscription's periods are collected by ourselves, one payment each: to the provider every price is paid once.
    let price = PublishedPrice { product, amount: offer.price.amount, every_months: None };
    let reference = payments.publish_price(&price, &format!("price:{id}")).await?;
    catalogue::remember_published(pool, provider, id.uuid(), &reference).await?;
    Ok(Some(reference))
}

/// Ends checkouts that nobody has paid in time. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn expire_checkouts(database: &Database, world: &World) -> Result<u64, Error> {
    let mut tx = database.begin().await?;
    let expired = checkouts::expire(&mut tx, world.now()).await?;
    tx.commit().await?;
    Ok(expired)
}
