//! What crosses the wire for those who administer this server.

use billing_core::{
    AtEnd, CancelReason, Difference, DisputeState, InvoiceKind, InvoiceState, PriceView, ProductView,
    SubscriptionState, TaxRate, WebhookState,
};
use kernel::{Handle, InvoiceId, Money, PaymentId, PaymentStatus, SubscriptionId, TransferId, WebhookId};
use serde::{Deserialize, Serialize};
use web::Moment;

/// How the business of subscriptions is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// What comes in by the month, for each currency.
    pub monthly: Vec<Money>,
    /// The subscriptions by how they are doing, for each currency.
    pub states: Vec<StateCount>,
    /// The provider's events that are to be handled.
    pub waiting_webhooks: i64,
    /// Those that were given up.
    pub dead_webhooks: i64,
    /// When the provider's payments were last held against ours.
    pub compared: Option<Compared>,
}

/// The subscriptions in one state and one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCount {
    /// Which state.
    pub state: SubscriptionState,
    /// How many.
    pub count: i64,
    /// What they come to by the month.
    pub monthly: Money,
}

/// A comparison with the provider, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// When it was made.
    pub at: Moment,
    /// In how many ways payments differed.
    pub differences: u32,
}

/// A product with all that it ever cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// What it is, and what it costs today.
    pub product: ProductView,
    /// Each version of its prices, youngest first.
    pub history: Vec<PriceView>,
}

/// Somebody's subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The subscription.
    pub id: SubscriptionId,
    /// Whose.
    pub who: Option<Handle>,
    /// To what.
    pub product: String,
    /// What it costs.
    pub price: PriceView,
    /// How it is doing.
    pub state: SubscriptionState,
    /// What happens when the period ends.
    pub at_end: AtEnd,
    /// When the next thing happens.
    pub due: Option<Moment>,
    /// Why it is over.
    pub cancel_reason: Option<CancelReason>,
}

/// An invoice or credit note in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceRow {
    /// The document.
    pub id: InvoiceId,
    /// Which of the two.
    pub kind: InvoiceKind,
    /// Its number, as it is written.
    pub number: String,
    /// Who it was made out to.
    pub who: Option<Handle>,
    /// How much, tax included.
    pub total: Money,
    /// What of that was given back.
    pub credited: Money,
    /// How far it is.
    pub state: InvoiceState,
    /// When it was written.
    pub issued: Moment,
}

/// An invoice or credit note with all that stands on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// What the list shows of it.
    pub row: InvoiceRow,
    /// The subscription it is for.
    pub subscription: Option<SubscriptionId>,
    /// Who it was made out to, in lines.
    pub bill_to: String,
    /// What it is for.
    pub lines: Vec<Line>,
    /// Without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// When it was paid.
    pub paid: Option<Moment>,
    /// The money that paid it.
    pub transfer: Option<TransferId>,
    /// How often it was tried in vain to have it paid.
    pub tries: u16,
    /// The invoice that a credit note takes back, and its number.
    pub corrects: Option<(InvoiceId, String)>,
    /// The credit notes that take it back, and their numbers.
    pub corrected_by: Vec<(InvoiceId, String)>,
    /// What can still be given back; nothing when it was not paid.
    pub left: Option<Money>,
    /// The key of giving back: sent again, it is given back once.
    pub key: String,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What for.
    pub description: String,
    /// The days it is for.
    pub period: Option<String>,
    /// Which tax.
    pub tax_rate: TaxRate,
    /// What of it is tax.
    pub tax: Money,
    /// How much, tax included.
    pub total: Money,
}

/// A payment by card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The payment.
    pub id: PaymentId,
    /// Who paid.
    pub who: Option<Handle>,
    /// What for.
    pub description: String,
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub status: PaymentStatus,
    /// Why it failed.
    pub failure: Option<String>,
    /// What went back to the card.
    pub refunded: Money,
    /// How a dispute stands.
    pub dispute: Option<DisputeState>,
    /// Who took it.
    pub provider: String,
    /// What they call it.
    pub reference: Option<String>,
    /// The invoice it paid.
    pub invoice: Option<InvoiceId>,
    /// When it was begun.
    pub at: Moment,
    /// Whether its dispute can be decided here: with the sandbox, where there is no bank.
    pub to_decide: bool,
}

/// Something that the payment provider told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Ours.
    pub id: WebhookId,
    /// Who told it.
    pub provider: String,
    /// What they call it.
    pub reference: String,
    /// What kind of news.
    pub kind: String,
    /// What it is about, as they call it.
    pub object: String,
    /// How far it is.
    pub state: WebhookState,
    /// How often it was tried in vain.
    pub attempts: u16,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it came.
    pub at: Moment,
}

/// The provider's payments of a stretch of time, held against ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// Whose payments.
    pub provider: String,
    /// From when.
    pub from: Moment,
    /// To when.
    pub to: Moment,
    /// How many were compared.
    pub checked: i32,
    /// Where they differ.
    pub differences: Vec<Difference>,
    /// When it was made.
    pub at: Moment,
}
