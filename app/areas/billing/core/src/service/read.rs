//! What owners and administrators look at.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Actor, Cursor, Id, InvoiceId, Page, PageSize, PurchaseId, SubscriptionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use super::{admins_only, may_see};
use crate::{
    Error, InvoiceSummary, InvoiceView, PaymentView, SubscriptionState, SubscriptionView, TimelineEntry,
    store::{entitlements, invoices, payments, subscriptions},
};

/// Something that was bought once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseView {
    /// The purchase.
    pub id: PurchaseId,
    /// What.
    pub product: String,
    /// The invoice.
    pub invoice: InvoiceId,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it was given back.
    pub revoked: bool,
}

/// Somebody's subscriptions, youngest first, for themselves or an administrator.
///
/// # Errors
/// When they are somebody else's.
pub async fn subscriptions(pool: &PgPool, actor: Actor, account: AccountId) -> Result<Vec<SubscriptionView>, Error> {
    if !may_see(pool, actor, account).await? {
        return Err(Error::NotAdmin);
    }
    let mut all = subscriptions::views(pool, None, Some(account), None, Id::from_uuid(Uuid::max()), 50).await?;
    all.sort_by_key(|it| it.state == SubscriptionState::Canceled);
    Ok(all)
}

/// Subscriptions of everybody, in one state or in all, youngest first, for administrators.
///
/// # Errors
/// When the actor is no administrator.
pub async fn subscriptions_in(
    pool: &PgPool,
    actor: Actor,
    state: Option<SubscriptionState>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<SubscriptionView>, Error> {
    admins_only(pool, actor).await?;
    let before = after.map_or(Ok(Id::from_uuid(Uuid::max())), Cursor::id)?;
    let found = subscriptions::views(pool, None, None, state, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |it| it.id))
}

/// One subscription, for its owner or an administrator.
///
/// # Errors
/// When it is somebody else's.
pub async fn subscription(pool: &PgPool, actor: Actor, id: SubscriptionId) -> Result<SubscriptionView, Error> {
    let view = subscriptions::one(pool, id).await?.ok_or(Error::NoSuchSubscription)?;
    if may_see(pool, actor, view.account).await? { Ok(view) } else { Err(Error::NoSuchSubscription) }
}

/// The invoices of a subscription, for its owner or an administrator.
///
/// # Errors
/// When it is somebody else's.
pub async fn subscription_invoices(
    pool: &PgPool,
    actor: Actor,
    id: SubscriptionId,
) -> Result<Vec<InvoiceSummary>, Error> {
    subscription(pool, actor, id).await?;
    invoices::page(pool, None, Some(id), Id::from_uuid(Uuid::max()), 60).await
}

/// What happened to a subscription, youngest first, for its owner or an administrator.
///
/// # Errors
/// When it is somebody else's.
pub async fn timeline(pool: &PgPool, actor: Actor, id: SubscriptionId) -> Result<Vec<TimelineEntry>, Error> {
    subscription(pool, actor, id).await?;
    let events = subscriptions::timeline(pool, id).await?;
    let entry = |(kind, payload, at): (String, Value, DateTime<Utc>)| {
        Some(TimelineEntry { words: in_words(&kind, &payload)?, kind, at })
    };
    Ok(events.into_iter().filter_map(entry).collect())
}

/// A fact in words. `None` for one that says nothing to its owner.
fn in_words(kind: &str, payload: &Value) -> Option<String> {
    let text = |field: &str| payload.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let day = |field: &str| {
        let at = text(field).parse::<DateTime<Utc>>();
        at.map(|at| at.format("%-d %B %Y").to_string()).unwrap_or_default()
    };
    let amount = |field: &str| {
        let money = payload.get(field).cloned().and_then(|money| serde_json::from_value::<kernel::Money>(money).ok());
        money.map(|money| money.to_string()).unwrap_or_default()
    };
    Some(match kind {
        "billing.subscribed" => match payload.get("trial_until").filter(|until| !until.is_null()) {
            Some(_) => format!("Began, free until {}", day("trial_until")),
            None => "Began".to_owned(),
        },
        "billing.subscription_renewed" => format!("A new period began, until {}", day("until")),
        "billing.subscription_changed" => {
            format!("Changed plan: from {} to {} by the month", amount("from_monthly"), amount("to_monthly"))
        }
        "billing.subscription_end_decided" => match text("at_end").as_str() {
            "cancel" => "To be cancelled when the period ends".to_owned(),
            "pause" => "To be paused when the period ends".to_owned(),
            "change" => "To change plan when the period ends".to_owned(),
            _ => "To go on when the period ends".to_owned(),
        },
        "billing.invoice_issued" => format!("Invoice {} over {}", text("number"), amount("total")),
        "billing.invoice_paid" => format!("Paid {}", amount("total")),
        "billing.invoice_given_up" => format!("{} are no longer expected", amount("total")),
        "billing.credit_note_issued" => format!("{} were given back", amount("total")),
        "billing.subscription_past_due" => {
            format!("Payment failed. {} Tried again on {}", text("reason"), day("next_try"))
        }
        "billing.subscription_in_grace" => format!("Not tried any more: read-only until {}", day("until")),
        "billing.subscription_recovered" => "Paid after all: everything is as before".to_owned(),
        "billing.subscription_paused" => "Paused".to_owned(),
        "billing.subscription_resumed" => "Went on".to_owned(),
        "billing.subscription_canceled" => match text("reason").as_str() {
            "unpaid" => "Ended: it was not paid".to_owned(),
            "refunded" => "Ended: what was paid was given back".to_owned(),
            "disputed" => "Ended: the payment was disputed".to_owned(),
            _ => "Ended".to_owned(),
        },
        _ => return None,
    })
}

/// Somebody's invoices and credit notes, youngest first, for themselves or an administrator; everybody's for
/// administrators when nobody is named.
///
/// # Errors
/// When they are somebody else's.
pub async fn invoices(
    pool: &PgPool,
    actor: Actor,
    account: Option<AccountId>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<InvoiceSummary>, Error> {
    match account {
        Some(account) if !may_see(pool, actor, account).await? => return Err(Error::NotAdmin),
        Some(_) => {}
        None => admins_only(pool, actor).await?,
    }
    let before = after.map_or(Ok(Id::from_uuid(Uuid::max())), Cursor::id)?;
    let found = invoices::page(pool, account, None, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |it| it.id))
}

/// One invoice, for who owes it or an administrator.
///
/// # Errors
/// When it is somebody else's.
pub async fn invoice(pool: &PgPool, actor: Actor, id: InvoiceId) -> Result<InvoiceView, Error> {
    let view = invoices::one(pool, id).await?.ok_or(Error::NoSuchInvoice)?;
    if may_see(pool, actor, view.summary.account).await? { Ok(view) } else { Err(Error::NoSuchInvoice) }
}

/// Payments by card of everybody, youngest first, for administrators.
///
/// # Errors
/// When the actor is no administrator.
pub async fn payments(
    pool: &PgPool,
    actor: Actor,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<PaymentView>, Error> {
    admins_only(pool, actor).await?;
    let before = after.map_or(Ok(Id::from_uuid(Uuid::max())), Cursor::id)?;
    let found = payments::page(pool, None, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |it| it.id))
}

/// What the actor bought once, youngest first.
///
/// # Errors
/// When the database fails.
pub async fn purchases(pool: &PgPool, actor: Actor) -> Result<Vec<PurchaseView>, Error> {
    let rows = entitlements::purchases(pool, actor.account).await?;
    let view = |(id, product, invoice, at, revoked)| PurchaseView { id, product, invoice, at, revoked };
    Ok(rows.into_iter().map(view).collect())
}
