//! The model's things, as pages show them.

use billing_core::{
    AtEnd, CancelReason, CardView, CreditBalance, Entitlement, InvoiceState, InvoiceSummary, Per, PriceView,
    ProductView, SubscriptionState, SubscriptionView, service,
};
use chrono::{DateTime, Datelike, Utc};
use kernel::{InvoiceId, Money, SubscriptionId};
use ui::{amount, grouped};
use url::{Position, Url};
use web::{Failure, Moment, server::Server};

use crate::dto;

/// A day, in words. Needs an instant in UTC.
pub fn day(at: DateTime<Utc>) -> Moment {
    Moment { short: in_words(at), ..Moment::describe(at, at) }
}

fn in_words(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}

/// The address of a page: the path, when it is one of ours, so that the running application goes there.
pub fn local(server: &Server, url: &str) -> String {
    match Url::parse(url) {
        Ok(parsed) if parsed.origin() == server.config.public_url.origin() => parsed[Position::BeforePath..].to_owned(),
        _ => url.to_owned(),
    }
}

/// What a price costs by which time: `10.00 EUR a month`.
fn costs(price: &PriceView) -> String {
    let per = match price.per {
        Per::Once => "once",
        Per::Month => "a month",
        Per::Year => "a year",
    };
    format!("{} {per}", amount(price.amount))
}

/// What a product gives at a price, each in words.
pub fn gives(product: &ProductView, per: Per) -> Vec<String> {
    let when = match per {
        Per::Once => "",
        Per::Month => " each month",
        Per::Year => " each year",
    };
    let words = |grant: &billing_core::Grant| {
        let name = so_many(&grant.feature.in_words(), grant.amount);
        if grant.as_credits { format!("{name}{when} as credits") } else { name }
    };
    product.grants.iter().map(words).collect()
}

/// So much of something; as much as one likes when empty.
fn so_many(name: &str, of: Option<i64>) -> String {
    of.map_or_else(|| name.to_owned(), |of| format!("{} {name}", grouped(u64::try_from(of).unwrap_or(0))))
}

/// What somebody has, to be held against what is for sale.
#[derive(Default)]
pub struct Owned {
    subscriptions: Vec<SubscriptionView>,
    bought: Vec<String>,
}

impl Owned {
    /// What the reader has; a visitor has nothing.
    pub async fn of(server: &Server) -> Result<Self, Failure> {
        let Some(signed_in) = &server.visit.signed_in else { return Ok(Self::default()) };
        let (pool, actor) = (server.database.pool(), signed_in.actor);
        let subscriptions = service::subscriptions(pool, actor, actor.account).await.map_err(Failure::from)?;
        let purchases = service::purchases(pool, actor).await.map_err(Failure::from)?;
        let bought = purchases.into_iter().filter(|it| !it.revoked).map(|it| it.product).collect();
        Ok(Self { subscriptions, bought })
    }

    fn running(&self) -> impl Iterator<Item = &SubscriptionView> {
        self.subscriptions.iter().filter(|it| it.state != SubscriptionState::Canceled)
    }

    /// Whether there is a subscription to a product, other than this one.
    pub fn has_another(&self, product: &ProductView, but: SubscriptionId) -> bool {
        self.running().any(|it| it.product == product.id && it.id != but)
    }

    fn has(&self, product: &ProductView, price: &PriceView) -> dto::Has {
        if price.per == Per::Once {
            return if self.bought.contains(&product.name) { dto::Has::Bought } else { dto::Has::Nothing };
        }
        let can_change = |it: &&SubscriptionView| {
            matches!(it.state, SubscriptionState::Trialing | SubscriptionState::Active)
                && it.price.amount.currency == price.amount.currency
        };
        match self.running().find(|it| it.product == product.id) {
            Some(it) if it.price.id == price.id => dto::Has::This(it.id),
            Some(it) => dto::Has::OtherPrice(it.id),
            None => match self.running().find(can_change) {
                Some(it) => dto::Has::Another(it.id, it.product_name.clone()),
                None => dto::Has::Nothing,
            },
        }
    }

    /// A product at one of its prices, as it is offered to whoever has all this.
    pub fn offer(&self, product: &ProductView, price: &PriceView) -> dto::Offer {
        let had_one = self.subscriptions.iter().any(|it| it.product == product.id);
        let month = product
            .prices
            .iter()
            .find(|it| it.per == Per::Month && price.per == Per::Year && it.amount.currency == price.amount.currency);
        let saves = month.map(|month| Money::new(month.amount.minor * 12 - price.amount.minor, price.amount.currency));
        dto::Offer {
            price: price.id,
            name: product.name.clone(),
            summary: product.summary.clone(),
            amount: price.amount,
            per: price.per,
            tax_rate: (product.tax_rate.get() > 0).then(|| product.tax_rate.to_string()),
            trial_days: if had_one { 0 } else { price.trial_days },
            saves: saves.filter(|saves| saves.is_positive()),
            gives: gives(product, price.per),
            has: self.has(product, price),
        }
    }
}

/// What something can be paid with.
pub async fn ways(server: &Server, total: Money) -> Result<dto::Ways, Failure> {
    let actor = server.cx()?.actor;
    let wallet = money_core::service::wallet(server.database.pool(), actor, actor.account).await;
    let wallet = wallet.map_err(Failure::from)?;
    let balance = wallet.of(total.currency).map_or(Money::zero(total.currency), |balance| balance.available);
    let missing = Money::new(total.minor - balance.minor, total.currency);
    Ok(dto::Ways { total, balance, missing: Some(missing).filter(|it| it.is_positive()), card: card(server).await? })
}

/// The card that the reader left.
pub async fn card(server: &Server) -> Result<Option<dto::Card>, Failure> {
    let (pool, actor, provider) = (server.database.pool(), server.cx()?.actor, server.payments.name());
    let customer = service::customer(pool, actor, provider, actor.account).await.map_err(Failure::from)?;
    Ok(customer.card.as_ref().map(|card| describe_card(card, server.world.now())))
}

fn describe_card(card: &CardView, now: DateTime<Utc>) -> dto::Card {
    let brand = match card.brand.as_str() {
        "amex" => "American Express".to_owned(),
        brand => {
            let mut letters = brand.chars();
            letters.next().map(|first| format!("{}{}", first.to_uppercase(), letters.as_str())).unwrap_or_default()
        }
    };
    let (CardView { last4, exp_month, exp_year, .. }, month) = (card, (now.year(), now.month()));
    dto::Card {
        name: format!("{brand} •••• {last4}"),
        until: format!("{exp_month:02}/{exp_year}"),
        expired: (i32::from(*exp_year), u32::from(*exp_month)) < month,
    }
}

/// A subscription in a list, with the invoice that is to be paid if one is.
pub async fn subscription(server: &Server, it: &SubscriptionView) -> Result<dto::Subscription, Failure> {
    let owes = if it.state.owes() { open_invoice(server, it).await? } else { None };
    Ok(dto::Subscription {
        id: it.id,
        product: it.product_name.clone(),
        amount: it.price.amount,
        per: it.price.per,
        state: it.state,
        ending: matches!(it.at_end, AtEnd::Cancel | AtEnd::Pause),
        next: next(it),
        owes,
    })
}

async fn open_invoice(server: &Server, it: &SubscriptionView) -> Result<Option<InvoiceId>, Failure> {
    let (pool, actor) = (server.database.pool(), server.cx()?.actor);
    let all = service::subscription_invoices(pool, actor, it.id).await.map_err(Failure::from)?;
    Ok(all.into_iter().find(|invoice| invoice.state == InvoiceState::Open).map(|invoice| invoice.id))
}

/// What happens next with a subscription.
fn next(it: &SubscriptionView) -> String {
    let end = in_words(it.period_end);
    let due = it.due_at.map_or_else(|| end.clone(), in_words);
    match (it.state, it.at_end) {
        (SubscriptionState::Trialing | SubscriptionState::Active, AtEnd::Cancel) => format!("Ends on {end}."),
        (SubscriptionState::Trialing | SubscriptionState::Active, AtEnd::Pause) => format!("Paused from {end} on."),
        (SubscriptionState::Trialing | SubscriptionState::Active, AtEnd::Change) => {
            let next = it.next_price.as_ref().unwrap_or(&it.price);
            format!("Changes on {end}, to {}.", costs(next))
        }
        (SubscriptionState::Trialing, AtEnd::Renew) => format!("Free until {end}, then {}.", costs(&it.price)),
        (SubscriptionState::Active, AtEnd::Renew) => format!("Renews on {end}."),
        (SubscriptionState::PastDue, _) => format!("The last payment failed. It is tried again on {due}."),
        (SubscriptionState::Grace, _) => {
            format!("It was not paid, so only reading is left. It ends on {due} unless it is paid.")
        }
        (SubscriptionState::Paused, _) => "Paused. Nothing is paid until it goes on.".to_owned(),
        (SubscriptionState::Canceled, _) => match it.cancel_reason {
            Some(CancelReason::Unpaid) => "Ended, because it was not paid.",
            Some(CancelReason::Refunded) => "Ended, because what was paid was given back.",
            Some(CancelReason::Disputed) => "Ended, because the payment was disputed.",
            Some(CancelReason::Asked) | None => "Ended, as you wanted.",
        }
        .to_owned(),
    }
}

/// An invoice in a list.
pub fn invoice(it: &InvoiceSummary, now: DateTime<Utc>) -> dto::Invoice {
    dto::Invoice {
        id: it.id,
        kind: it.kind,
        number: it.number.clone(),
        total: it.total,
        credited: it.credited,
        state: it.state,
        issued: Moment { short: in_words(it.issued_at), ..Moment::describe(it.issued_at, now) },
    }
}

/// What is left of what is used up.
pub fn credit(it: &CreditBalance) -> dto::Credit {
    dto::Credit {
        name: it.meter.in_words(),
        available: it.available,
        reserved: it.reserved,
        expires: it.next_expiry.map(day),
    }
}

/// What a subscription gives that would be lost with it, in words.
pub fn lost_with(it: &SubscriptionView, entitlements: &[Entitlement]) -> Vec<String> {
    let of = |entitlement: &Entitlement| {
        let mut sources = entitlement.because.iter();
        let source = sources.find(|source| source.subscription.is_some_and(|(id, _)| id == it.id))?;
        Some(so_many(&entitlement.feature.in_words(), source.amount))
    };
    entitlements.iter().filter_map(of).collect()
}
