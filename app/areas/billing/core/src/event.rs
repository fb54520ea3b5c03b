//! The facts this area appends to the event log. They hold ids, amounts and states only: the log is never rewritten.

use chrono::{DateTime, Utc};
use kernel::{
    AccountId, CheckoutId, InvoiceId, Money, PaymentId, PriceId, ProductId, PurchaseId, SubscriptionId,
    event::{EventKind, Fact},
};
use serde::{Deserialize, Serialize};

use crate::{AtEnd, CancelReason};

macro_rules! facts {
    ($($name:ident, $version:literal;)*) => {$(
        impl Fact for $name {
            const KIND: EventKind = EventKind::$name;
            const VERSION: i16 = $version;
        }
    )*};
}

facts! {
    CardPaid, 1;
    CardFailed, 1;
    CardDisputed, 1;
    InvoiceIssued, 1;
    InvoicePaid, 1;
    InvoiceGivenUp, 1;
    CreditNoteIssued, 1;
    Bought, 1;
    PurchaseRevoked, 1;
    Subscribed, 1;
    SubscriptionRenewed, 1;
    SubscriptionChanged, 1;
    SubscriptionEndDecided, 1;
    SubscriptionPastDue, 1;
    SubscriptionInGrace, 1;
    SubscriptionRecovered, 1;
    SubscriptionPaused, 1;
    SubscriptionResumed, 1;
    SubscriptionCanceled, 1;
}

/// A card paid. Stream: the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPaid {
    /// The payment.
    pub payment: PaymentId,
    /// Whose card.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
    /// What was to be paid.
    pub checkout: Option<CheckoutId>,
}

/// A card did not pay. Stream: the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFailed {
    /// The payment.
    pub payment: PaymentId,
    /// Whose card.
    pub account: AccountId,
    /// How much it was about.
    pub amount: Money,
    /// Such as `insufficient_funds`.
    pub code: Option<String>,
}

/// Whoever paid with a card disputes it with their bank. Stream: the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardDisputed {
    /// The payment.
    pub payment: PaymentId,
    /// Whose card.
    pub account: AccountId,
    /// How much of it.
    pub amount: Money,
}

/// An invoice was written. Stream: the subscription it is for, or else the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceIssued {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Its number, as it is written.
    pub number: String,
    /// Who owes it.
    pub account: AccountId,
    /// How much, tax included.
    pub total: Money,
    /// What of that is tax.
    pub tax: Money,
}

/// An invoice was paid. Stream: the subscription it is for, or else the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicePaid {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who paid it.
    pub account: AccountId,
    /// How much.
    pub total: Money,
}

/// Nobody expects an invoice to be paid any more. Stream: the subscription it is for, or else the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceGivenUp {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who owed it.
    pub account: AccountId,
    /// How much.
    pub total: Money,
}

/// An invoice was taken back, in whole or in part. Stream: the subscription it is for, or else the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteIssued {
    /// The credit note.
    pub credit_note: InvoiceId,
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who gets it back.
    pub account: AccountId,
    /// How much, tax included.
    pub total: Money,
}

/// Somebody bought something once. Stream: the purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bought {
    /// The purchase.
    pub purchase: PurchaseId,
    /// Who.
    pub account: AccountId,
    /// What.
    pub product: ProductId,
    /// The invoice.
    pub invoice: InvoiceId,
}

/// What somebody bought once was given back. Stream: the purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseRevoked {
    /// The purchase.
    pub purchase: PurchaseId,
    /// Who had bought it.
    pub account: AccountId,
}

/// Somebody subscribed. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribed {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Who.
    pub account: AccountId,
    /// To what.
    pub product: ProductId,
    /// At which price.
    pub price: PriceId,
    /// What that is by the month.
    pub monthly: Money,
    /// Until when nothing is paid, in a trial.
    pub trial_until: Option<DateTime<Utc>>,
}

/// The next period of a subscription began. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRenewed {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// When the period ends.
    pub until: DateTime<Utc>,
}

/// A subscription went over to another price. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionChanged {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// The price it had.
    pub from: PriceId,
    /// What that was by the month.
    pub from_monthly: Money,
    /// The price it has.
    pub to: PriceId,
    /// What that is by the month.
    pub to_monthly: Money,
}

/// Its owner decided what happens when the period of a subscription ends. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionEndDecided {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// What happens.
    pub at_end: AtEnd,
    /// At which price it goes on, when at another one.
    pub next_price: Option<PriceId>,
}

/// A subscription could not be collected, and will be tried again. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionPastDue {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// What could not be collected.
    pub invoice: InvoiceId,
    /// How often it was tried.
    pub tries: u16,
    /// Why not, in words.
    pub reason: String,
    /// When it is tried again.
    pub next_try: DateTime<Utc>,
}

/// A subscription could not be collected, and nothing but reading is left of it. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionInGrace {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// What could not be collected.
    pub invoice: InvoiceId,
    /// When it ends, unless it is paid.
    pub until: DateTime<Utc>,
}

/// A subscription that could not be collected was paid after all. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRecovered {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
}

/// A subscription rests. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionPaused {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// What is no longer paid by the month.
    pub monthly: Money,
}

/// A subscription that rested goes on. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionResumed {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// What is paid by the month again.
    pub monthly: Money,
}

/// A subscription is over. Stream: the subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionCanceled {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Whose.
    pub account: AccountId,
    /// Why.
    pub reason: CancelReason,
    /// What is no longer paid by the month.
    pub monthly: Money,
}
