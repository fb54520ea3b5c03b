//! Time passes for subscriptions: periods end and begin, payments are tried again, and what is never paid ends.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Actor, InvoiceId, ProductId, SubscriptionId};
use platform::{Cx, Database, Tx, World, event, payments::ProviderName};

use super::{
    credits,
    fulfil::{self, period_line},
    invoicing::{self, Server},
    provider,
};
use crate::{
    AtEnd, CancelReason, Error, InvoiceGivenUp, InvoiceState, PayWith, SubscriptionCanceled, SubscriptionChanged,
    SubscriptionInGrace, SubscriptionPastDue, SubscriptionPaused, SubscriptionRecovered, SubscriptionRenewed,
    SubscriptionState,
    command::GiveCredits,
    letter::{self, About},
    period, proration,
    store::{
        catalogue::{self, Offer},
        invoices,
        subscriptions::{self, Held},
    },
};

/// After how many days a payment that failed is tried again, each after the one before.
const RETRIES: [i64; 3] = [1, 3, 5];
/// How many days nothing but reading is left, before a subscription that is not paid ends.
const GRACE_DAYS: i64 = 7;

/// Does what is due for subscriptions, one after the other, each in a transaction of its own. What fails is logged and
/// left for the next time. Returns how many were done.
///
/// # Errors
/// When the database fails.
pub async fn run_due(database: &Database, world: &World, provider: ProviderName) -> Result<u64, Error> {
    let cx = world.cx(None::<Actor>);
    let (mut done, mut failures) = (0, 0);
    loop {
        let mut tx = database.begin().await?;
        let Some(mut it) = subscriptions::lock_due(&mut tx, cx.now()).await? else { return Ok(done) };
        let (id, was_due) = (it.id, it.due_at);
        match advance(&mut tx, &cx, provider, &mut it).await {
            Ok(()) => {
                tx.commit().await?;
                done += 1;
            }
            Err(error) => {
                tracing::error!(subscription = %id, ?error, "a subscription could not be advanced");
                drop(tx);
                postpone(database, &cx, id, was_due).await?;
                failures += 1;
                if failures > 100 {
                    return Ok(done);
                }
            }
        }
    }
}

/// Lets one that fails not keep the others waiting.
async fn postpone(
    database: &Database,
    cx: &Server,
    id: SubscriptionId,
    was_due: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let mut tx = database.begin().await?;
    if let Some(mut held) = subscriptions::lock(&mut tx, id).await?
        && held.due_at == was_due
        && held.due_at.is_some()
    {
        held.due_at = Some(cx.now() + TimeDelta::minutes(15));
        subscriptions::update(&mut tx, &held, cx.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// Does the next thing that is due for a subscription.
async fn advance(tx: &mut Tx, cx: &Server, provider: ProviderName, it: &mut Held) -> Result<(), Error> {
    match it.state {
        SubscriptionState::Trialing | SubscriptionState::Active => match it.at_end {
            AtEnd::Cancel => end(tx, cx, it, CancelReason::Asked).await,
            AtEnd::Pause => pause(tx, cx, it).await,
            AtEnd::Renew | AtEnd::Change => renew(tx, cx, provider, it).await,
        },
        SubscriptionState::PastDue => {
            let invoice = invoices::open_of(tx, it.id).await?.ok_or(Error::BadRow("invoice of a debt"))?;
            collect(tx, cx, provider, it, invoice).await
        }
        SubscriptionState::Grace => {
            give_up(tx, cx, it).await?;
            end(tx, cx, it, CancelReason::Unpaid).await
        }
        SubscriptionState::Paused | SubscriptionState::Canceled => Ok(()),
    }
}

async fn offer_of(tx: &mut Tx, it: &Held) -> Result<Offer, Error> {
    catalogue::offer(&mut **tx, it.price).await?.ok_or(Error::NoSuchPrice)
}

/// Begins the next period, at another price if that was decided, and collects it.
async fn renew(tx: &mut Tx, cx: &Server, provider: ProviderName, it: &mut Held) -> Result<(), Error> {
    let old = offer_of(tx, it).await?;
    if let Some(next) = it.next_price.take() {
        it.price = next;
        let offer = offer_of(tx, it).await?;
        if offer.product != old.product && subscriptions::has_one(tx, it.account, offer.product).await? {
            // They subscribed to it in the meantime, and have it: so this one ends.
            (it.price, it.at_end) = (old.price.id, AtEnd::Renew);
            return end(tx, cx, it, CancelReason::Asked).await;
        }
        it.product = offer.product;
        tell_changed(tx, cx, it, &old, &offer).await?;
    }
    it.at_end = AtEnd::Renew;
    let start = it.period_end;
    begin_period(tx, cx, provider, it, start).await
}

/// Appends the fact that a subscription went over to another price.
pub(super) async fn tell_changed(tx: &mut Tx, cx: &Server, it: &Held, from: &Offer, to: &Offer) -> Result<(), Error> {
    let fact = SubscriptionChanged {
        subscription: it.id,
        account: it.account,
        from: from.price.id,
        from_monthly: proration::by_the_month(from.price.amount, from.price.per),
        to: to.price.id,
        to_monthly: proration::by_the_month(to.price.amount, to.price.per),
    };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(())
}

/// Begins a period at an instant, and collects it.
pub(super) async fn begin_period(
    tx: &mut Tx,
    cx: &Server,
    provider: ProviderName,
    it: &mut Held,
    start: DateTime<Utc>,
) -> Result<(), Error> {
    let offer = offer_of(tx, it).await?;
    it.period_start = start;
    it.period_end = period::end(start, offer.price.per, it.anchor_day);
    it.state = SubscriptionState::Active;
    it.due_at = Some(it.period_end);
    subscriptions::update(tx, it, cx.now()).await?;
    let fact = SubscriptionRenewed { subscription: it.id, account: it.account, until: it.period_end };
    event::append(tx, cx, it.id, &fact).await?;
    if offer.price.amount.minor == 0 {
        let key = format!("{}:{}", it.id, start.timestamp());
        return give_credits(tx, cx, it.account, it.product, &key, it.period_end).await;
    }
    let lines = [period_line(&offer, offer.price.amount.minor, (it.period_start, it.period_end))];
    let invoice = invoicing::issue(tx, cx, it.account, (Some(it.id), None), &lines, offer.price.amount).await?;
    collect(tx, cx, provider, it, invoice.id).await
}

/// Tries to have an invoice of a subscription paid: from the wallet at once, or by a card, which a job asks for.
async fn collect(
    tx: &mut Tx,
    cx: &Server,
    provider: ProviderName,
    it: &mut Held,
    invoice: InvoiceId,
) -> Result<(), Error> {
    let held = invoices::lock(tx, invoice).await?.ok_or(Error::NoSuchInvoice)?;
    match it.pay_with {
        PayWith::Wallet => match invoicing::pay(tx, cx, &held).await {
            Ok(()) => collected(tx, cx, &held).await,
            Err(Error::Ledger(money_core::Error::NotEnough { missing, .. })) => {
                let words = format!("There is not enough in the wallet: {missing} are missing.");
                not_collected(tx, cx, invoice, &words).await
            }
            Err(error) => Err(error),
        },
        PayWith::Card => match provider::charge_invoice(tx, cx, provider, &held).await {
            // Tried again tomorrow if nothing is heard until then.
            Ok(()) if it.state == SubscriptionState::PastDue => {
                it.due_at = Some(cx.now() + TimeDelta::days(1));
                subscriptions::update(tx, it, cx.now()).await
            }
            Ok(()) => Ok(()),
            Err(Error::NoCard) => {
                not_collected(tx, cx, invoice, "There is no card to charge. Leave one, or pay from the wallet.").await
            }
            Err(error) => Err(error),
        },
    }
}

/// An invoice was paid: what it is for is in force, and what was given is given.
pub(super) async fn collected(tx: &mut Tx, cx: &Server, invoice: &invoices::Held) -> Result<(), Error> {
    letter::enqueue(tx, About::Receipt(invoice.id)).await?;
    let Some(id) = invoice.subscription else { return Ok(()) };
    let Some(mut it) = subscriptions::lock(tx, id).await? else { return Ok(()) };
    if it.state.owes() {
        it.state = SubscriptionState::Active;
        it.due_at = Some(it.period_end);
        subscriptions::update(tx, &it, cx.now()).await?;
        event::append(tx, cx, id, &SubscriptionRecovered { subscription: id, account: it.account }).await?;
    }
    if it.state == SubscriptionState::Canceled {
        return Ok(());
    }
    give_credits(tx, cx, it.account, it.product, &invoice.id.to_string(), it.period_end).await
}

/// An invoice could not be collected: it is tried again after a while, then only reading is left, and then it ends.
pub(super) async fn not_collected(tx: &mut Tx, cx: &Server, invoice: InvoiceId, reason: &str) -> Result<(), Error> {
    let Some(held) = fulfil::hold_by_id(tx, invoice).await? else { return Ok(()) };
    let Some(id) = held.subscription.filter(|_| held.state == InvoiceState::Open) else { return Ok(()) };
    let Some(mut it) = subscriptions::lock(tx, id).await? else { return Ok(()) };
    if !matches!(it.state, SubscriptionState::Active | SubscriptionState::PastDue) {
        return Ok(());
    }
    let (tries, now) = (invoices::count_try(tx, invoice).await?, cx.now());
    let account = it.account;
    match RETRIES.get(usize::from(tries).saturating_sub(1)) {
        Some(days) => {
            let next_try = now + TimeDelta::days(*days);
            it.state = SubscriptionState::PastDue;
            it.due_at = Some(next_try);
            let reason = reason.to_owned();
            let about = About::PastDue { subscription: id, invoice, reason: reason.clone() };
            let fact = SubscriptionPastDue { subscription: id, account, invoice, tries, reason, next_try };
            event::append(tx, cx, id, &fact).await?;
            letter::enqueue(tx, about).await?;
        }
        None => {
            let until = now + TimeDelta::days(GRACE_DAYS);
            it.state = SubscriptionState::Grace;
            it.due_at = Some(until);
            event::append(tx, cx, id, &SubscriptionInGrace { subscription: id, account, invoice, until }).await?;
            letter::enqueue(tx, About::Grace { subscription: id, invoice }).await?;
        }
    }
    subscriptions::update(tx, &it, now).await
}

/// Nobody expects what a subscription owes to be paid any more.
async fn give_up(tx: &mut Tx, cx: &Server, it: &Held) -> Result<(), Error> {
    let Some(invoice) = invoices::open_of(tx, it.id).await? else { return Ok(()) };
    let Some(held) = invoices::lock(tx, invoice).await? else { return Ok(()) };
    invoices::give_up(tx, invoice).await?;
    let fact = InvoiceGivenUp { invoice, account: it.account, total: held.total };
    invoicing::tell(tx, cx, invoice, Some(it.id), &fact).await
}

async fn pause(tx: &mut Tx, cx: &Server, it: &mut Held) -> Result<(), Error> {
    let offer = offer_of(tx, it).await?;
    it.state = SubscriptionState::Paused;
    it.at_end = AtEnd::Renew;
    it.due_at = None;
    subscriptions::update(tx, it, cx.now()).await?;
    let monthly = proration::by_the_month(offer.price.amount, offer.price.per);
    let fact = SubscriptionPaused { subscription: it.id, account: it.account, monthly };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(())
}

/// Ends a subscription, unless it is over. What it owes is given up.
pub(super) async fn end(tx: &mut Tx, cx: &Server, it: &mut Held, reason: CancelReason) -> Result<(), Error> {
    if it.state == SubscriptionState::Canceled {
        return Ok(());
    }
    give_up(tx, cx, it).await?;
    let offer = offer_of(tx, it).await?;
    it.state = SubscriptionState::Canceled;
    it.canceled = Some((cx.now(), reason));
    (it.at_end, it.next_price, it.due_at) = (AtEnd::Renew, None, None);
    subscriptions::update(tx, it, cx.now()).await?;
    let monthly = proration::by_the_month(offer.price.amount, offer.price.per);
    let fact = SubscriptionCanceled { subscription: it.id, account: it.account, reason, monthly };
    event::append(tx, cx, it.id, &fact).await?;
    letter::enqueue(tx, About::Ended(it.id)).await
}

/// Gives what a product gives to be used up, once for each `key`.
pub(super) async fn give_credits(
    tx: &mut Tx,
    cx: &Server,
    account: AccountId,
    product: ProductId,
    key: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    for (meter, amount) in catalogue::credit_grants(tx, product).await? {
        let key = format!("{key}:{meter}").parse()?;
        let reason = "Part of what was bought".to_owned();
        credits::give_credits(tx, cx, &GiveCredits { account, meter, amount, expires_at, reason, key }).await?;
    }
    Ok(())
}

/// What was given for the period that somebody is in, who changes plan at an instant of it.
pub(super) struct Given {
    pub(super) product: ProductId,
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    pub(super) at: DateTime<Utc>,
}

/// Gives what a change of plan gives more to be used up, once for each `key`: all of it for a new period; for the rest of
/// the same period, what the new product gives more than the old one, for that time.
pub(super) async fn give_more_credits(
    tx: &mut Tx,
    cx: &Server,
    account: AccountId,
    product: ProductId,
    given: Option<Given>,
    key: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    let Some(Given { product: old, start, end, at }) = given else {
        return give_credits(tx, cx, account, product, key, expires_at).await;
    };
    let had = catalogue::credit_grants(tx, old).await?;
    for (meter, amount) in catalogue::credit_grants(tx, product).await? {
        let had = had.iter().find(|(it, _)| *it == meter).map_or(0, |(_, amount)| *amount);
        let amount = proration::share(amount - had, start, end, at);
        if amount > 0 {
            let key = format!("{key}:{meter}").parse()?;
            let reason = "Part of a change of plan".to_owned();
            credits::give_credits(tx, cx, &GiveCredits { account, meter, amount, expires_at, reason, key }).await?;
        }
    }
    Ok(())
}

/// The context of what the server itself does, at the same time and with the same randomness.
pub(super) fn server(cx: &Cx<Actor>) -> Server {
    cx.world.cx(Some(cx.actor))
}
