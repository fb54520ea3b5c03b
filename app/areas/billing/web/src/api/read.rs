//! What pages show.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{
        describe::{self, Owned, day, local, ways},
        parse,
    },
    crate::routes,
    billing_core::{
        Access, ChangeTiming, CheckoutState, CheckoutView, EnteredOn, Entitlement, Error, InvoiceState, InvoiceView,
        PayWith, Per, PriceView, ProductView, Purpose, Source, SubscriptionState, SubscriptionView, TaxRate,
        TimelineEntry, service,
    },
    chrono::{DateTime, Months, SecondsFormat, SubsecRound, TimeDelta, Utc},
    kernel::{Currency, Money, PageSize, Problem},
    web::{Moment, server::Server},
};

/// What is on sale, for everybody.
#[server(prefix = "/api", endpoint = "billing/pricing", input = GetUrl, output = Json)]
pub async fn pricing(
    /// `month` or `year`.
    #[server(default)]
    per: Option<String>,
    /// A currency there are prices in.
    #[server(default)]
    currency: Option<String>,
) -> Result<dto::Pricing, Failure> {
    let server = Server::current()?;
    let products = service::products(server.database.pool()).await.map_err(Failure::from)?;
    let owned = Owned::of(&server).await?;
    let prices = || products.iter().flat_map(|product| &product.prices);
    let currencies: Vec<Currency> =
        Currency::ALL.into_iter().filter(|it| prices().any(|price| price.amount.currency == *it)).collect();
    let asked = currency.and_then(|text| text.parse().ok()).filter(|asked| currencies.contains(asked));
    let currency = asked.or_else(|| currencies.first().copied()).unwrap_or(Currency::Eur);
    let there_is = |per| prices().any(|price| price.per == per && price.amount.currency == currency);
    let both = there_is(Per::Month) && there_is(Per::Year);
    let yearly = per.as_deref() == Some(Per::Year.as_str()) || !there_is(Per::Month);
    let per = if yearly && there_is(Per::Year) { Per::Year } else { Per::Month };
    let offers = products.iter().flat_map(|product| {
        let shown = shown_prices(product, per, currency);
        shown.map(|price| owned.offer(product, price)).collect::<Vec<_>>()
    });
    Ok(dto::Pricing { offers: offers.collect(), per, both, currency, currencies })
}

/// The prices of a product to be shown: how it is paid again and again, if it is, and what it costs once, if it can be had
/// so.
#[cfg(not(target_arch = "wasm32"))]
fn shown_prices(product: &ProductView, per: Per, currency: Currency) -> impl Iterator<Item = &PriceView> {
    let find = move |per| product.prices.iter().find(move |it| it.per == per && it.amount.currency == currency);
    let again = find(per).or_else(|| find(Per::Month)).or_else(|| find(Per::Year));
    again.into_iter().chain(find(Per::Once))
}

/// What the reader is about to buy.
#[server(prefix = "/api", endpoint = "billing/checkout_form", input = GetUrl, output = Json)]
pub async fn checkout_form(
    /// A price's id.
    price: String,
) -> Result<dto::Checkout, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let (pool, actor, id) = (server.database.pool(), cx.actor, parse::price(&price)?);
    let products = service::products(pool).await.map_err(Failure::from)?;
    let found = products.iter().find_map(|it| Some((it, it.prices.iter().find(|price| price.id == id)?)));
    let (product, price) = found.ok_or_else(|| Failure::from(Error::NoSuchPrice))?;
    let offer = Owned::of(&server).await?.offer(product, price);
    let today = if offer.trial_days > 0 { Money::zero(price.amount.currency) } else { price.amount };
    let customer =
        service::customer(pool, actor, server.payments.name(), actor.account).await.map_err(Failure::from)?;
    let bill_to = [customer.bill_name, customer.bill_address, customer.bill_tax_id];
    Ok(dto::Checkout {
        today,
        tax: included(product.tax_rate, today),
        next: next_payment(&offer, cx.now()),
        bill_to: bill_to.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"),
        ways: ways(&server, today).await?,
        key: server.submission_key(),
        offer,
    })
}

#[cfg(not(target_arch = "wasm32"))]
fn included(rate: TaxRate, total: Money) -> Money {
    Money::new(rate.included_in(total.minor), total.currency)
}

/// When the next payment is due of something that is bought now.
#[cfg(not(target_arch = "wasm32"))]
fn next_payment(offer: &dto::Offer, now: DateTime<Utc>) -> Option<Moment> {
    let months = offer.per.months()?;
    match offer.trial_days {
        0 => now.checked_add_months(Months::new(months.into())).map(day),
        days => Some(day(now + TimeDelta::days(days.into()))),
    }
}

/// How far a checkout is.
#[server(prefix = "/api", endpoint = "billing/checkout_status", input = GetUrl, output = Json)]
pub async fn checkout_status(
    /// Its id.
    id: String,
) -> Result<dto::CheckoutStatus, Failure> {
    let server = Server::current()?;
    let actor = server.cx()?.actor;
    let it = service::checkout(server.database.pool(), actor, parse::checkout(&id)?).await.map_err(Failure::from)?;
    let otherwise = match (it.purpose, it.price, it.subscription, it.invoice) {
        (Purpose::Change, to, Some(subscription), _) => routes::change_plan(subscription, to),
        (Purpose::Invoice, .., Some(invoice)) => routes::invoice(invoice),
        (Purpose::TopUp, ..) => routes::TOP_UP.to_owned(),
        (_, Some(price), ..) => routes::checkout(price),
        _ => routes::PRICING.to_owned(),
    };
    let by_card = it.pay_with == PayWith::Card && it.state == CheckoutState::Open;
    let page = card_page_of(&server, &it).filter(|_| by_card);
    Ok(dto::CheckoutStatus {
        purpose: it.purpose,
        description: it.description,
        total: it.total,
        pay_with: it.pay_with,
        state: it.state,
        failure: it.failure,
        waiting: by_card && (it.under_way || page.is_none()),
        page,
        expires: day(it.expires_at),
        subscription: it.subscription,
        invoice: it.invoice,
        otherwise,
        next: server.return_path().filter(|_| it.purpose == Purpose::TopUp),
    })
}

/// Where a card is entered that pays a checkout: on the provider's page once there is one, or else on ours, which also leads
/// to the provider's.
#[cfg(not(target_arch = "wasm32"))]
fn card_page_of(server: &Server, it: &CheckoutView) -> Option<String> {
    let ours = !it.saved_card && (it.entered_on.is_some() || server.payments.card_form().is_some());
    let theirs = it.page_url.as_deref().map(|url| local(server, url));
    theirs.or_else(|| ours.then(|| routes::card_form(it.id)))
}

/// A checkout whose card is entered on our own page. Nothing is asked of the provider for it yet.
#[server(prefix = "/api", endpoint = "billing/card_page", input = GetUrl, output = Json)]
pub async fn card_page(
    /// The checkout's id.
    id: String,
) -> Result<dto::CardPage, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let it = service::checkout(server.database.pool(), cx.actor, parse::checkout(&id)?).await.map_err(Failure::from)?;
    let open = it.state == CheckoutState::Open && !it.under_way && !it.saved_card && it.expires_at > cx.now();
    let form = server.payments.card_form().filter(|_| open && it.entered_on != Some(EnteredOn::Page));
    Ok(dto::CardPage {
        id: it.id,
        description: it.description,
        total: it.total,
        open: open && it.pay_with == PayWith::Card,
        expires: Moment::describe(it.expires_at, cx.now()),
        form: form.map(|form| dto::CardForm { script: form.script.into(), key: form.key }),
    })
}

/// What the reader has and pays for.
#[server(prefix = "/api", endpoint = "billing/my_billing", input = GetUrl, output = Json)]
pub async fn my_billing() -> Result<dto::Billing, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let (pool, actor) = (server.database.pool(), cx.actor);
    let mut all = service::subscriptions(pool, actor, actor.account).await.map_err(Failure::from)?;
    all.sort_by_key(|it| (it.state == SubscriptionState::Canceled, !it.state.owes()));
    let mut subscriptions = Vec::with_capacity(all.len());
    for it in &all {
        subscriptions.push(describe::subscription(&server, it).await?);
    }
    let purchases = service::purchases(pool, actor).await.map_err(Failure::from)?;
    let purchase = |it: service::PurchaseView| dto::Purchase {
        product: it.product,
        invoice: it.invoice,
        at: day(it.at),
        revoked: it.revoked,
    };
    let credits = service::balances(pool, &cx, actor.account).await.map_err(Failure::from)?;
    Ok(dto::Billing {
        subscriptions,
        purchases: purchases.into_iter().map(purchase).collect(),
        credits: credits.iter().map(describe::credit).collect(),
    })
}

/// The card that the reader left.
#[server(prefix = "/api", endpoint = "billing/my_card", input = GetUrl, output = Json)]
pub async fn my_card() -> Result<dto::OwnCard, Failure> {
    let server = Server::current()?;
    let actor = server.cx()?.actor;
    let all = service::subscriptions(server.database.pool(), actor, actor.account).await.map_err(Failure::from)?;
    let pays = all.iter().filter(|it| it.pay_with == PayWith::Card && it.state != SubscriptionState::Canceled).count();
    Ok(dto::OwnCard { card: describe::card(&server).await?, pays: u32::try_from(pays).unwrap_or(u32::MAX) })
}

/// What stands on the reader's invoices.
#[server(prefix = "/api", endpoint = "billing/my_bill_to", input = GetUrl, output = Json)]
pub async fn my_bill_to() -> Result<dto::BillTo, Failure> {
    let server = Server::current()?;
    let (pool, actor, provider) = (server.database.pool(), server.cx()?.actor, server.payments.name());
    let customer = service::customer(pool, actor, provider, actor.account).await.map_err(Failure::from)?;
    Ok(dto::BillTo { name: customer.bill_name, address: customer.bill_address, tax_id: customer.bill_tax_id })
}

/// One subscription.
#[server(prefix = "/api", endpoint = "billing/subscription", input = GetUrl, output = Json)]
pub async fn subscription(
    /// Its id.
    id: String,
) -> Result<dto::SubscriptionPage, Failure> {
    let server = Server::current()?;
    let (pool, actor, now) = (server.database.pool(), server.cx()?.actor, server.world.now());
    let id = parse::subscription(&id)?;
    let it = service::subscription(pool, actor, id).await.map_err(Failure::from)?;
    let timeline = service::timeline(pool, actor, id).await.map_err(Failure::from)?;
    let invoices = service::subscription_invoices(pool, actor, id).await.map_err(Failure::from)?;
    let entitlements = service::entitlements(pool, actor, it.account).await.map_err(Failure::from)?;
    let happened = |it: TimelineEntry| dto::Happened { words: it.words, at: Moment::describe(it.at, now) };
    Ok(dto::SubscriptionPage {
        subscription: describe::subscription(&server, &it).await?,
        began: day(it.created_at),
        period_start: day(it.period_start),
        period_end: day(it.period_end),
        pay_with: it.pay_with,
        ways: ways(&server, it.price.amount).await?,
        at_end: it.at_end,
        own: it.account == actor.account,
        gives: describe::lost_with(&it, &entitlements),
        timeline: timeline.into_iter().map(happened).collect(),
        invoices: invoices.iter().map(|it| describe::invoice(it, now)).collect(),
    })
}

/// Other plans for a subscription; with `to`, what that one comes to.
#[server(prefix = "/api", endpoint = "billing/change_plan", input = GetUrl, output = Json)]
pub async fn change_plan(
    /// The subscription's id.
    id: String,
    /// A price's id.
    #[server(default)]
    to: Option<String>,
) -> Result<dto::ChangePlan, Failure> {
    let server = Server::current()?;
    let (pool, actor) = (server.database.pool(), server.cx()?.actor);
    let it = service::subscription(pool, actor, parse::subscription(&id)?).await.map_err(Failure::from)?;
    let can_change = matches!(it.state, SubscriptionState::Trialing | SubscriptionState::Active);
    let products = service::products(pool).await.map_err(Failure::from)?;
    let owned = Owned::of(&server).await?;
    let fits = |price: &&PriceView| {
        price.per != Per::Once && price.id != it.price.id && price.amount.currency == it.price.amount.currency
    };
    let free = products.iter().filter(|product| !owned.has_another(product, it.id));
    let offers: Vec<dto::Offer> =
        free.flat_map(|product| product.prices.iter().filter(fits).map(|price| owned.offer(product, price))).collect();
    let preview = match to.filter(|to| !to.is_empty() && can_change) {
        Some(to) => Some(preview(&server, &it, &offers, &to).await?),
        None => None,
    };
    Ok(dto::ChangePlan { subscription: describe::subscription(&server, &it).await?, can_change, offers, preview })
}

/// What a change of plan comes to at this moment.
#[cfg(not(target_arch = "wasm32"))]
async fn preview(
    server: &Server,
    it: &SubscriptionView,
    offers: &[dto::Offer],
    to: &str,
) -> Result<dto::Preview, Failure> {
    let cx = server.cx()?;
    let offer = offers.iter().find(|offer| offer.price.to_string() == to).cloned();
    let Some(offer) = offer else {
        let words = if to == it.price.id.to_string() { "This is the plan you have." } else { NOT_OFFERED };
        return Ok(dto::Preview::Refused(words.to_owned()));
    };
    // As exact as the form can say it again.
    let at = cx.now().trunc_subsecs(6);
    let mut tx = server.begin().await?;
    let change = match service::change_preview(&mut tx, &cx, it.id, offer.price, at).await {
        Ok(change) => change,
        Err(error) => return Ok(dto::Preview::Refused(Problem::from(error).message)),
    };
    drop(tx);
    if change.timing == ChangeTiming::AtRenewal {
        return Ok(dto::Preview::Later { offer: Box::new(offer), at: day(change.period_start) });
    }
    Ok(dto::Preview::Now(Box::new(dto::Reckoned {
        offer,
        credit: change.credit,
        charge: change.charge,
        period_end: day(change.period_end),
        at: at.to_rfc3339_opts(SecondsFormat::Micros, true),
        pay_with: it.pay_with,
        ways: ways(server, change.total()).await?,
        key: server.submission_key(),
    })))
}

#[cfg(not(target_arch = "wasm32"))]
const NOT_OFFERED: &str = "This plan is not offered for this subscription. Choose one of those below.";

/// The reader's invoices and credit notes.
#[server(prefix = "/api", endpoint = "billing/invoices", input = GetUrl, output = Json)]
pub async fn invoices(
    /// Where the list begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Invoices, Failure> {
    let server = Server::current()?;
    let (pool, actor, now) = (server.database.pool(), server.cx()?.actor, server.world.now());
    let after = Server::cursor(after.as_deref())?;
    let page = service::invoices(pool, actor, Some(actor.account), after.as_ref(), PageSize::DEFAULT).await;
    let page = page.map_err(Failure::from)?;
    Ok(dto::Invoices { invoices: page.items.iter().map(|it| describe::invoice(it, now)).collect(), next: page.next })
}

/// One invoice, or credit note.
#[server(prefix = "/api", endpoint = "billing/invoice", input = GetUrl, output = Json)]
pub async fn invoice(
    /// Its id.
    id: String,
) -> Result<dto::InvoicePage, Failure> {
    let server = Server::current()?;
    let (pool, actor, now) = (server.database.pool(), server.cx()?.actor, server.world.now());
    let it = service::invoice(pool, actor, parse::invoice(&id)?).await.map_err(Failure::from)?;
    let due = due(&server, &it).await?;
    let period = |(from, to): (DateTime<Utc>, DateTime<Utc>)| format!("{} to {}", day(from).short, day(to).short);
    let lines = it.lines.iter().map(|line| dto::Line {
        description: line.description.clone(),
        period: line.period.map(period),
        tax_rate: line.tax_rate.to_string(),
        total: line.total,
    });
    Ok(dto::InvoicePage {
        invoice: describe::invoice(&it.summary, now),
        from: format!("Magentic\n{}", server.config.public_url.host_str().unwrap_or_default()),
        lines: lines.collect(),
        net: it.net,
        taxes: taxes(&it),
        paid: it.paid_at.map(day),
        transfer: it.transfer,
        subscription: it.subscription,
        due,
        bill_to: it.bill_to,
        corrects: it.corrects,
        corrected_by: it.corrected_by,
    })
}

/// The tax of each rate.
#[cfg(not(target_arch = "wasm32"))]
fn taxes(it: &InvoiceView) -> Vec<dto::Tax> {
    let mut sums: Vec<(TaxRate, i64, i64)> = Vec::new();
    for line in &it.lines {
        let (tax, net) = (line.tax.minor, line.total.minor - line.tax.minor);
        match sums.iter_mut().find(|(rate, ..)| *rate == line.tax_rate) {
            Some(sum) => (sum.1, sum.2) = (sum.1 + net, sum.2 + tax),
            None => sums.push((line.tax_rate, net, tax)),
        }
    }
    let money = |minor| Money::new(minor, it.net.currency);
    sums.into_iter()
        .map(|(rate, net, tax)| dto::Tax { rate: rate.to_string(), net: money(net), tax: money(tax) })
        .collect()
}

/// How the reader can pay an invoice of theirs that is to be paid.
#[cfg(not(target_arch = "wasm32"))]
async fn due(server: &Server, it: &InvoiceView) -> Result<Option<dto::Due>, Failure> {
    let actor = server.cx()?.actor;
    if it.summary.state != InvoiceState::Open || it.summary.account != actor.account {
        return Ok(None);
    }
    let timeline = match it.subscription {
        Some(subscription) => service::timeline(server.database.pool(), actor, subscription).await,
        None => Ok(Vec::new()),
    };
    let tells = |it: &TimelineEntry| {
        matches!(it.kind.as_str(), "billing.subscription_past_due" | "billing.subscription_in_grace")
    };
    let failed = timeline.map_err(Failure::from)?.into_iter().find(tells).map(|it| it.words);
    Ok(Some(dto::Due { failed, ways: ways(server, it.summary.total).await?, key: server.submission_key() }))
}

/// What the reader may use, and why.
#[server(prefix = "/api", endpoint = "billing/features", input = GetUrl, output = Json)]
pub async fn features() -> Result<dto::Features, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let (pool, actor) = (server.database.pool(), cx.actor);
    let entitlements = service::entitlements(pool, actor, actor.account).await.map_err(Failure::from)?;
    let credits = service::balances(pool, &cx, actor.account).await.map_err(Failure::from)?;
    let source = |it: Source| dto::Source {
        product: it.product,
        amount: it.amount,
        read_only: it.access == Access::ReadOnly,
        subscription: it.subscription,
        until: it.until.map(day),
        invoice: it.invoice.zip(it.invoice_number),
        transfer: it.transfer,
    };
    let feature = |it: Entitlement| dto::Feature {
        name: it.feature.in_words(),
        amount: it.amount,
        read_only: it.access == Access::ReadOnly,
        because: it.because.into_iter().map(source).collect(),
    };
    Ok(dto::Features {
        features: entitlements.into_iter().map(feature).collect(),
        credits: credits.iter().map(describe::credit).collect(),
    })
}

/// What somebody sees who puts money into their wallet.
#[server(prefix = "/api", endpoint = "billing/top_up_form", input = GetUrl, output = Json)]
pub async fn top_up_form() -> Result<dto::TopUp, Failure> {
    let server = Server::current()?;
    let actor = server.cx()?.actor;
    let wallet = money_core::service::wallet(server.database.pool(), actor, actor.account).await;
    let wallet = wallet.map_err(Failure::from)?;
    Ok(dto::TopUp {
        card: describe::card(&server).await?,
        balances: wallet.balances.iter().map(|balance| balance.available).collect(),
        key: server.submission_key(),
    })
}

/// Whether the reader's payouts have somewhere to go.
#[server(prefix = "/api", endpoint = "billing/payout_destination", input = GetUrl, output = Json)]
pub async fn payout_destination() -> Result<dto::PayoutDestination, Failure> {
    let server = Server::current()?;
    let actor = server.cx()?.actor;
    let to = service::payout_destination(server.database.pool(), actor, server.payments.as_ref()).await;
    Ok(match to.map_err(Failure::from)? {
        service::PayoutDestination::Missing => dto::PayoutDestination::Missing,
        service::PayoutDestination::Incomplete => dto::PayoutDestination::Incomplete,
        service::PayoutDestination::Ready => dto::PayoutDestination::Ready,
    })
}
