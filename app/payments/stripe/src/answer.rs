//! What Stripe answers, as far as it concerns us. Read leniently: a field that we don't need can't make an answer
//! unreadable after money has moved, and a stand-in for Stripe may leave it out.

use chrono::{DateTime, Utc};
use kernel::{Currency, Money, PaymentId};
use platform::{
    config::Secret,
    payments::{
        BegunPayment, Card, Failure, HostedPage, NewCharge, PaymentError, PaymentSnapshot, PaymentStatus, PaymentsPage,
        RefundSnapshot,
    },
};
use serde::{Deserialize, de::IgnoredAny};
use url::Url;

/// Anything that has been made.
#[derive(Deserialize)]
pub struct Made {
    /// What Stripe calls it.
    pub id: String,
}

/// A page of Stripe's. One that is no longer open has no address.
#[derive(Deserialize)]
pub struct Session {
    id: String,
    url: Option<String>,
    status: Option<String>,
}

impl Session {
    /// Whether nobody can pay on it any more, and nobody has.
    pub fn is_expired(&self) -> bool {
        self.status.as_deref() == Some("expired")
    }

    /// Where it is.
    pub fn page(self) -> Result<HostedPage, PaymentError> {
        page(self.id, self.url.as_deref())
    }
}

/// A link to a page of Stripe's that has no name.
#[derive(Deserialize)]
pub struct Link {
    url: Option<String>,
}

impl Link {
    /// Where it leads, named after what it is about.
    pub fn page(self, reference: &str) -> Result<HostedPage, PaymentError> {
        page(reference.to_owned(), self.url.as_deref())
    }
}

fn page(reference: String, url: Option<&str>) -> Result<HostedPage, PaymentError> {
    let url = url.and_then(|url| Url::parse(url).ok()).filter(|url| matches!(url.scheme(), "https" | "http"));
    let url = url.ok_or_else(|| PaymentError::Unknown("a page without an address".to_owned()))?;
    Ok(HostedPage { reference, url })
}

/// A field that holds either the name of a thing or, when that was asked for, the thing itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expandable<T> {
    Whole(T),
    Name(IgnoredAny),
}

impl<T> Expandable<T> {
    fn whole(self) -> Option<T> {
        match self {
            Self::Whole(whole) => Some(whole),
            Self::Name(_) => None,
        }
    }
}

/// What was written on a payment when it was made.
#[derive(Deserialize)]
struct Metadata {
    magentic_payment: Option<String>,
}

impl Metadata {
    /// Which of ours it is.
    fn payment(self) -> Option<PaymentId> {
        self.magentic_payment?.parse().ok()
    }
}

/// A payment (<https://docs.stripe.com/api/payment_intents/object>).
#[derive(Deserialize)]
pub struct Intent {
    id: String,
    status: String,
    amount: i64,
    amount_received: Option<i64>,
    currency: String,
    created: i64,
    metadata: Option<Metadata>,
    payment_method: Option<Expandable<Method>>,
    latest_charge: Option<Expandable<Charge>>,
    last_payment_error: Option<Error>,
    client_secret: Option<String>,
}

impl Intent {
    /// The payment as it is now, and what a card is made to pay it with.
    pub fn begun(mut self) -> Result<BegunPayment, PaymentError> {
        let secret = self.client_secret.take().filter(|secret| !secret.is_empty());
        let secret = secret.ok_or_else(|| PaymentError::Unknown("a payment without its secret".to_owned()))?;
        Ok(BegunPayment { client_secret: Secret::from(secret.as_str()), payment: self.snapshot()? })
    }

    /// The payment as it is now.
    pub fn snapshot(self) -> Result<PaymentSnapshot, PaymentError> {
        let status = self.status();
        let currency = currency(&self.currency)
            .ok_or_else(|| PaymentError::Unknown(format!("a payment in {}, which we don't know", self.currency)))?;
        let received = if status == PaymentStatus::Succeeded { self.amount } else { 0 };
        let charge = self.latest_charge.and_then(Expandable::whole);
        Ok(PaymentSnapshot {
            reference: self.id,
            payment: self.metadata.and_then(Metadata::payment),
            status,
            amount: Money::new(self.amount, currency),
            received: self.amount_received.unwrap_or(received),
            refunded: charge.and_then(|charge| charge.amount_refunded),
            card: self.payment_method.and_then(Expandable::whole).and_then(Method::kept),
            failure: self.last_payment_error.as_ref().map(Error::failure),
            created_at: instant(self.created)?,
        })
    }

    fn status(&self) -> PaymentStatus {
        match self.status.as_str() {
            // It returns here whenever a card was refused, so that another can be tried.
            "requires_payment_method" if self.last_payment_error.is_some() => PaymentStatus::Failed,
            "requires_payment_method" | "requires_confirmation" => PaymentStatus::Waiting,
            "requires_action" => PaymentStatus::ActionNeeded,
            "canceled" => PaymentStatus::Canceled,
            "succeeded" => PaymentStatus::Succeeded,
            "processing" | "requires_capture" => PaymentStatus::Processing,
            other => {
                // Nothing is decided by it, and it will be asked for again.
                tracing::warn!(payment = self.id, status = other, "Stripe tells a status that we don't know");
                PaymentStatus::Processing
            }
        }
    }
}

/// Some payments, the newest first (<https://docs.stripe.com/api/pagination>).
#[derive(Deserialize)]
pub struct Intents {
    data: Vec<Intent>,
    has_more: bool,
}

impl Intents {
    /// Them, without those in a currency that we don't know: they can't be ours.
    pub fn page(self) -> Result<PaymentsPage, PaymentError> {
        let next = if self.has_more { self.data.last().map(|last| last.id.clone()) } else { None };
        let known = self.data.into_iter().filter(|intent| currency(&intent.currency).is_some());
        Ok(PaymentsPage { payments: known.map(Intent::snapshot).collect::<Result<_, _>>()?, next })
    }
}

/// A try to take the money (<https://docs.stripe.com/api/charges/object>).
#[derive(Deserialize)]
struct Charge {
    amount_refunded: Option<i64>,
}

/// A card, mostly (<https://docs.stripe.com/api/payment_methods/object>).
#[derive(Deserialize)]
pub struct Method {
    id: String,
    customer: Option<IgnoredAny>,
    card: Option<CardDetails>,
}

#[derive(Deserialize)]
struct CardDetails {
    brand: String,
    last4: String,
    exp_month: u8,
    exp_year: u16,
}

impl Method {
    /// Whether it belongs to a customer: only then can it be charged again.
    pub const fn is_attached(&self) -> bool {
        self.customer.is_some()
    }

    fn kept(self) -> Option<Card> {
        let attached = self.is_attached();
        let CardDetails { brand, last4, exp_month, exp_year } = self.card.filter(|_| attached)?;
        Some(Card { reference: self.id, brand, last4, exp_month, exp_year })
    }
}

/// Money on its way back (<https://docs.stripe.com/api/refunds/object>).
#[derive(Deserialize)]
pub struct Refund {
    id: String,
    status: Option<String>,
}

impl From<Refund> for RefundSnapshot {
    fn from(refund: Refund) -> Self {
        let failed = matches!(refund.status.as_deref(), Some("failed" | "canceled"));
        Self { reference: refund.id, failed }
    }
}

/// An account that payouts go to (<https://docs.stripe.com/api/accounts/object>).
#[derive(Deserialize)]
pub struct Account {
    /// Whether its owner has said all that is needed.
    pub details_submitted: Option<bool>,
    /// Whether payouts can go there.
    pub payouts_enabled: Option<bool>,
}

/// Money that went to such an account (<https://docs.stripe.com/api/transfers/object>).
#[derive(Deserialize)]
pub struct Transfer {
    /// What Stripe calls it.
    pub id: String,
    /// Whether it was taken back, all of it.
    pub reversed: Option<bool>,
}

/// Some of them.
#[derive(Deserialize)]
pub struct Transfers {
    /// Them.
    pub data: Vec<Transfer>,
}

/// An answer that says why not.
#[derive(Deserialize)]
pub struct ErrorAnswer {
    /// Why not.
    pub error: Error,
}

/// Why not (<https://docs.stripe.com/api/errors>).
#[derive(Debug, Deserialize)]
pub struct Error {
    /// The kind, such as `card_error`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What exactly, such as `card_declined`.
    pub code: Option<String>,
    /// What the bank said, such as `insufficient_funds`.
    pub decline_code: Option<String>,
    /// In words.
    pub message: Option<String>,
    /// The payment that failed. Whole, but read apart from the rest, which must not be lost for its sake.
    payment_intent: Option<serde_json::Value>,
}

/// What has to be known of a payment that is found in an error.
#[derive(Deserialize)]
struct Declined {
    id: String,
    created: i64,
    metadata: Option<Metadata>,
}

impl Error {
    /// One that Stripe was not asked for.
    pub fn local(message: &str) -> Self {
        Self { kind: None, code: None, decline_code: None, message: Some(message.to_owned()), payment_intent: None }
    }

    /// The payment that a card refused; `None` when this is about something else.
    pub fn declined(&self, charge: &NewCharge) -> Option<PaymentSnapshot> {
        let intent: Declined = serde_json::from_value(self.payment_intent.clone()?).ok()?;
        let payment = intent.metadata.and_then(Metadata::payment);
        Some(PaymentSnapshot {
            reference: intent.id,
            payment: payment.or(Some(charge.payment)),
            status: PaymentStatus::Failed,
            amount: charge.amount,
            received: 0,
            refunded: None,
            card: None,
            failure: Some(self.failure()),
            created_at: instant(intent.created).ok()?,
        })
    }

    fn failure(&self) -> Failure {
        let code = self.decline_code.as_ref().or(self.code.as_ref()).or(self.kind.as_ref());
        Failure {
            code: code.cloned().unwrap_or_else(|| "unknown".to_owned()),
            message: self.message.clone().unwrap_or_default(),
        }
    }
}

fn currency(text: &str) -> Option<Currency> {
    text.to_ascii_uppercase().parse().ok()
}

fn instant(seconds: i64) -> Result<DateTime<Utc>, PaymentError> {
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| PaymentError::Unknown("a time that can't be".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: serde_json::Value) -> PaymentSnapshot {
        serde_json::from_value::<Intent>(value).expect("a payment").snapshot().expect("a snapshot")
    }

    #[test]
    fn the_least_there_can_be_is_enough() {
        let least = json!({"id": "pi_1", "status": "succeeded", "amount": 500, "currency": "jpy", "created": 1});
        let snapshot = read(least);
        assert_eq!(snapshot.amount, Money::new(500, Currency::Jpy));
        assert_eq!((snapshot.received, snapshot.refunded, snapshot.payment), (500, None, None));
        assert_eq!((snapshot.card, snapshot.failure), (None, None));
    }

    #[test]
    fn a_status_means_what_stripe_means() {
        for (status, failed, meaning) in [
            ("requires_payment_method", false, PaymentStatus::Waiting),
            ("requires_payment_method", true, PaymentStatus::Failed),
            ("requires_confirmation", false, PaymentStatus::Waiting),
            ("requires_action", false, PaymentStatus::ActionNeeded),
            ("processing", false, PaymentStatus::Processing),
            ("canceled", true, PaymentStatus::Canceled),
            ("succeeded", false, PaymentStatus::Succeeded),
            ("requires_imagination", false, PaymentStatus::Processing),
        ] {
            let error = failed.then(|| json!({"type": "card_error", "code": "expired_card", "message": "Expired."}));
            let snapshot = read(json!({"id": "pi_1", "status": status, "amount": 5, "currency": "eur", "created": 1,
                "last_payment_error": error}));
            assert_eq!(snapshot.status, meaning, "{status}");
            let failure = Failure { code: "expired_card".to_owned(), message: "Expired.".to_owned() };
            assert_eq!(snapshot.failure, failed.then_some(failure), "{status}");
        }
    }

    #[test]
    fn a_card_is_kept_when_it_has_an_owner() {
        let card = json!({"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030});
        for (owner, method, kept) in [
            (json!("cus_1"), json!({"card": card}), true),
            (json!({"id": "cus_1"}), json!({"card": card}), true),
            (json!(null), json!({"card": card}), false),
            (json!("cus_1"), json!({"sepa_debit": {}}), false),
        ] {
            let mut method = method;
            (method["id"], method["customer"]) = (json!("pm_1"), owner);
            let snapshot = read(json!({"id": "pi_1", "status": "succeeded", "amount": 5, "currency": "eur",
                "created": 1, "payment_method": method}));
            assert_eq!(snapshot.card.is_some(), kept, "{method}");
        }
        let unexpanded =
            read(json!({"id": "pi_1", "status": "succeeded", "amount": 5, "currency": "eur", "created": 1,
            "payment_method": "pm_1", "latest_charge": "ch_1"}));
        assert_eq!((unexpanded.card, unexpanded.refunded), (None, None));
    }

    #[test]
    fn payments_in_other_currencies_are_left_out_of_lists_but_not_skipped_over() {
        let intent = |id: &str, currency: &str| json!({"id": id, "status": "succeeded", "amount": 5, "currency": currency, "created": 1});
        let list = json!({"data": [intent("pi_2", "eur"), intent("pi_1", "sek")], "has_more": true});
        let page = serde_json::from_value::<Intents>(list).expect("a list").page().expect("a page");
        assert_eq!(page.payments.iter().map(|payment| payment.reference.as_str()).collect::<Vec<_>>(), ["pi_2"]);
        assert_eq!(page.next.as_deref(), Some("pi_1"));
    }
}
