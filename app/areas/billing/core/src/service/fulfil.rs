//! What is paid for is given, and what is given back is taken away.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{InvoiceId, SubscriptionId};
use platform::{Tx, event};

use super::{
    invoicing::{self, Server},
    manage, renew,
};
use crate::{
    AtEnd, Bought, CancelReason, CheckoutState, Error, InvoiceState, Per, PurchaseRevoked, Purpose, Subscribed,
    SubscriptionState, letter, period, proration,
    store::{
        catalogue::{self, Offer},
        checkouts::{self, Held},
        credits, entitlements, invoices,
        invoices::NewLine,
        payments, subscriptions,
    },
};

/// Holds what a payment is for, in the order in which everybody does.
pub(super) async fn hold(tx: &mut Tx, payment: &payments::Held) -> Result<(), Error> {
    let mut invoice = payment.invoice;
    if let Some(id) = payment.checkout
        && let Some(checkout) = checkouts::lock(tx, id).await?
    {
        if let Some(subscription) = checkout.subscription {
            subscriptions::lock(tx, subscription).await?;
        }
        invoice = checkout.invoice;
    }
    if let Some(invoice) = invoice {
        hold_by_id(tx, invoice).await?;
    }
    Ok(())
}

/// Holds the invoice that a payment paid, after its subscription.
pub(super) async fn hold_invoice(tx: &mut Tx, payment: &payments::Held) -> Result<Option<invoices::Held>, Error> {
    let invoice = match (payment.invoice, payment.checkout) {
        (Some(invoice), _) => Some(invoice),
        (None, Some(checkout)) => match checkouts::lock(tx, checkout).await?.and_then(|checkout| checkout.invoice) {
            Some(invoice) => Some(invoice),
            None => invoices::of_checkout(tx, checkout).await?,
        },
        (None, None) => None,
    };
    match invoice {
        Some(invoice) => hold_by_id(tx, invoice).await,
        None => Ok(None),
    }
}

/// Holds an invoice, after its subscription.
pub(super) async fn hold_by_id(tx: &mut Tx, id: InvoiceId) -> Result<Option<invoices::Held>, Error> {
    if let Some(subscription) = invoices::subscription_of(tx, id).await? {
        subscriptions::lock(tx, subscription).await?;
    }
    invoices::lock(tx, id).await
}

/// A card has paid: the money is in the wallet, and what it was for is bought with it. Where that can't be had any more,
/// the money stays there, and the checkout says so.
pub(super) async fn paid(tx: &mut Tx, cx: &Server, payment: &payments::Held) -> Result<(), Error> {
    if let Some(id) = payment.invoice {
        let Some(invoice) = invoices::lock(tx, id).await? else { return Ok(()) };
        if invoice.state == InvoiceState::Open && payment.known.received >= invoice.total.minor {
            invoicing::pay(tx, cx, &invoice).await?;
            renew::collected(tx, cx, &invoice).await?;
        }
        return Ok(());
    }
    let Some(id) = payment.checkout else { return Ok(()) };
    let Some(mut checkout) = checkouts::lock(tx, id).await? else { return Ok(()) };
    if checkout.state == CheckoutState::Paid {
        return Ok(());
    }
    let before = checkout.clone();
    // What is half done when it turns out that it can't be is undone, and the money stays in the wallet.
    sqlx::query("savepoint complete").execute(&mut **tx).await?;
    let done = if payment.known.received < checkout.total.minor {
        Err(Error::NotNow("Less came than was to be paid."))
    } else {
        complete(tx, cx, &mut checkout).await
    };
    match done {
        Ok(()) => Ok(()),
        Err(error) if error.is_passing() => Err(error),
        Err(error) => {
            sqlx::query("rollback to savepoint complete").execute(&mut **tx).await?;
            checkout = before;
            let why = kernel::Problem::from(error).message;
            let words = format!("The money came, but it is in your wallet. {why}");
            let words: String = words.chars().take(300).collect();
            checkouts::end(tx, &checkout, CheckoutState::Failed, Some(&words), cx.now()).await
        }
    }
}

/// Gives what a checkout is for, and pays it from the wallet.
pub(super) async fn complete(tx: &mut Tx, cx: &Server, checkout: &mut Held) -> Result<(), Error> {
    match checkout.purpose {
        Purpose::TopUp => {}
        Purpose::Buy => buy(tx, cx, checkout).await?,
        Purpose::Subscribe => subscribe(tx, cx, checkout).await?,
        Purpose::Change => change(tx, cx, checkout).await?,
        Purpose::Invoice => settle_invoice(tx, cx, checkout).await?,
    }
    checkouts::end(tx, checkout, CheckoutState::Paid, None, cx.now()).await
}

async fn offer(tx: &mut Tx, checkout: &Held) -> Result<Offer, Error> {
    let price = checkout.price.ok_or(Error::BadRow("price of a checkout"))?;
    catalogue::offer(&mut **tx, price).await?.ok_or(Error::NoSuchPrice)
}

fn line(offer: &Offer, total: i64, description: String, period: Option<(DateTime<Utc>, DateTime<Utc>)>) -> NewLine {
    let tax = offer.tax_rate.included_in(total);
    NewLine { description, price: Some(offer.price.id), total, tax_rate: offer.tax_rate, tax, period }
}

/// The line of an invoice for a period of a subscription.
pub(super) fn period_line(offer: &Offer, total: i64, period: (DateTime<Utc>, DateTime<Utc>)) -> NewLine {
    line(offer, total, format!("{} ({})", offer.product_name, per_in_words(offer.price.per)), Some(period))
}

const fn per_in_words(per: Per) -> &'static str {
    match per {
        Per::Once => "once",
        Per::Month => "monthly",
        Per::Year => "yearly",
    }
}

/// Writes an invoice, pays it and has it sent.
async fn sell(
    tx: &mut Tx,
    cx: &Server,
    checkout: &mut Held,
    subscription: Option<SubscriptionId>,
    lines: &[NewLine],
) -> Result<InvoiceId, Error> {
    let of = (subscription, Some(checkout.id));
    let invoice = invoicing::issue(tx, cx, checkout.account, of, lines, checkout.total).await?;
    invoicing::pay(tx, cx, &invoice).await?;
    letter::enqueue(tx, letter::About::Receipt(invoice.id)).await?;
    checkout.invoice = Some(invoice.id);
    Ok(invoice.id)
}

async fn buy(tx: &mut Tx, cx: &Server, checkout: &mut Held) -> Result<(), Error> {
    let offer = offer(tx, checkout).await?;
    let lines = [line(&offer, checkout.total.minor, offer.product_name.clone(), None)];
    let invoice = sell(tx, cx, checkout, None, &lines).await?;
    let (purchase, account, now) = (cx.id(), checkout.account, cx.now());
    entitlements::insert_purchase(tx, purchase, account, offer.product, invoice, now).await?;
    renew::give_credits(tx, cx, account, offer.product, &invoice.to_string(), now + TimeDelta::days(365)).await?;
    let fact = Bought { purchase, account, product: offer.product, invoice };
    event::append(tx, cx, purchase, &fact).await?;
    Ok(())
}

async fn subscribe(tx: &mut Tx, cx: &Server, checkout: &mut Held) -> Result<(), Error> {
    let offer = offer(tx, checkout).await?;
    let (account, now) = (checkout.account, cx.now());
    if subscriptions::has_one(tx, account, offer.product).await? {
        return Err(Error::AlreadySubscribed);
    }
    let is_trial = checkout.total.minor == 0 && offer.price.amount.minor > 0;
    let trial_until = is_trial.then(|| now + TimeDelta::days(i64::from(offer.price.trial_days)));
    let anchor_day = period::anchor_day(trial_until.unwrap_or(now));
    let period_end = trial_until.unwrap_or_else(|| period::end(now, offer.price.per, anchor_day));
    let new = subscriptions::Held {
        id: cx.id(),
        account,
        product: offer.product,
        price: offer.price.id,
        state: if is_trial { SubscriptionState::Trialing } else { SubscriptionState::Active },
        pay_with: checkout.pay_with,
        period_start: now,
        period_end,
        anchor_day,
        at_end: AtEnd::Renew,
        next_price: None,
        due_at: Some(period_end),
        canceled: None,
        created_at: now,
    };
    subscriptions::insert(tx, &new).await?;
    if is_trial {
        subscriptions::insert_trial(tx, account, offer.product).await?;
    }
    checkout.subscription = Some(new.id);
    let fact = Subscribed {
        subscription: new.id,
        account,
        product: offer.product,
        price: offer.price.id,
        monthly: proration::by_the_month(offer.price.amount, offer.price.per),
        trial_until,
    };
    event::append(tx, cx, new.id, &fact).await?;
    let mut key = new.id.to_string();
    if checkout.total.minor > 0 {
        let lines = [period_line(&offer, checkout.total.minor, (now, period_end))];
        // Given back together with the invoice.
        key = sell(tx, cx, checkout, Some(new.id), &lines).await?.to_string();
    }
    renew::give_credits(tx, cx, account, offer.product, &key, period_end).await
}

async fn change(tx: &mut Tx, cx: &Server, checkout: &mut Held) -> Result<(), Error> {
    let next = offer(tx, checkout).await?;
    let id = checkout.subscription.ok_or(Error::BadRow("subscription of a checkout"))?;
    let mut it = subscriptions::lock(tx, id).await?.ok_or(Error::NoSuchSubscription)?;
    manage::is_changeable(&it)?;
    let (change, old) = manage::propose(tx, &it, &next, checkout.reckoned_at).await?;
    let is_trial = it.state == SubscriptionState::Trialing;
    if change.total() != checkout.total || change.timing == crate::ChangeTiming::AtRenewal {
        return Err(Error::PriceChanged { now: change.total() });
    }
    if change.total().minor > 0 || change.credit.minor != 0 {
        let reckoned = checkout.reckoned_at;
        let unused = format!("Unused time of {} ({})", old.product_name, per_in_words(old.price.per));
        let lines = [
            line(&old, change.credit.minor, unused, Some((reckoned, it.period_end))),
            period_line(&next, change.charge.minor, (reckoned.max(change.period_start), change.period_end)),
        ];
        let invoice = sell(tx, cx, checkout, Some(it.id), &lines).await?;
        let new_period = change.period_start != it.period_start;
        let given = renew::Given { product: it.product, start: it.period_start, end: it.period_end, at: reckoned };
        let given = (!new_period).then_some(given);
        let (account, until) = (it.account, change.period_end);
        renew::give_more_credits(tx, cx, account, next.product, given, &invoice.to_string(), until).await?;
    }
    if is_trial {
        subscriptions::insert_trial(tx, it.account, next.product).await?;
    }
    if change.period_start != it.period_start {
        it.anchor_day = period::anchor_day(change.period_start);
    }
    it.price = next.price.id;
    it.product = next.product;
    (it.period_start, it.period_end, it.due_at) = (change.period_start, change.period_end, Some(change.period_end));
    (it.at_end, it.next_price) = (AtEnd::Renew, None);
    subscriptions::update(tx, &it, cx.now()).await?;
    renew::tell_changed(tx, cx, &it, &old, &next).await
}

async fn settle_invoice(tx: &mut Tx, cx: &Server, checkout: &Held) -> Result<(), Error> {
    let id = checkout.invoice.ok_or(Error::BadRow("invoice of a checkout"))?;
    let invoice = hold_by_id(tx, id).await?.ok_or(Error::NoSuchInvoice)?;
    invoicing::pay(tx, cx, &invoice).await?;
    renew::collected(tx, cx, &invoice).await
}

/// Takes away what a paid invoice had given, because the money for it went back.
pub(super) async fn undo(
    tx: &mut Tx,
    cx: &Server,
    invoice: &invoices::Held,
    reason: CancelReason,
) -> Result<(), Error> {
    for purchase in entitlements::revoke_purchases(tx, invoice.id, cx.now()).await? {
        event::append(tx, cx, purchase, &PurchaseRevoked { purchase, account: invoice.account }).await?;
    }
    credits::end_of_invoice(tx, invoice.account, invoice.id, cx.now()).await?;
    let Some(subscription) = invoice.subscription else { return Ok(()) };
    // Money for an earlier period may go back; what is in force was paid by the last one.
    if reason == CancelReason::Refunded && invoices::last_of(tx, subscription).await? != Some(invoice.id) {
        return Ok(());
    }
    let Some(mut it) = subscriptions::lock(tx, subscription).await? else { return Ok(()) };
    renew::end(tx, cx, &mut it, reason).await
}
