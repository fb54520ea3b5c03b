//! What payment providers tell, read from Stripe's form (<https://docs.stripe.com/api/events/types>). Only what is needed
//! is read, and what else an event holds makes no difference.

use chrono::{DateTime, Utc};
use kernel::{PaymentId, PaymentStatus, PayoutId};
use platform::payments::{Card, Failure};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::DisputeState;

/// An event, but for what it says.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    /// What the provider calls it. The same one again is the same news.
    pub id: String,
    /// What kind of news.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, in seconds since 1970, by the provider's clock.
    pub created: i64,
    /// Whether real money is behind it.
    #[serde(default)]
    pub livemode: bool,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Debug, Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

/// Why an event could not be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// It is not of the form.
    #[error("the body is not an event: {0}")]
    Json(#[from] serde_json::Error),
    /// It is, but a field holds what it can't.
    #[error("the event's {0} is not valid")]
    Field(&'static str),
}

/// News that something is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// How far a payment is.
    Payment {
        /// Which.
        of: Of,
        /// How far.
        status: PaymentStatus,
        /// How much came, in minor units.
        received: i64,
        /// The card, if all of it is told.
        card: Option<Card>,
        /// Why it failed.
        failure: Option<Failure>,
    },
    /// A page was used: the payment made on it came in whole, or is under way.
    PageCompleted {
        /// Which payment.
        of: Of,
        /// Whether it came in whole.
        paid: bool,
    },
    /// A page can't be used any more.
    PageExpired {
        /// Which payment was to be made on it.
        of: Of,
    },
    /// How much of a payment went back in all.
    Refunded {
        /// Which payment.
        of: Of,
        /// How much, in minor units.
        refunded: i64,
    },
    /// Money did not get back to its card.
    RefundFailed {
        /// What the provider calls the refund.
        refund: String,
        /// Why.
        reason: String,
    },
    /// A payment is disputed.
    Dispute {
        /// Which payment.
        of: Of,
        /// How much of it, in minor units.
        amount: i64,
        /// How it stands.
        state: DisputeState,
    },
    /// A customer left a card.
    CardLeft {
        /// Who, as the provider calls them.
        customer: String,
        /// The card.
        card: Card,
    },
    /// A card can't be charged any more.
    CardGone {
        /// The card, as the provider calls it.
        card: String,
    },
    /// Whether payouts can go to an account.
    PayoutAccount {
        /// The account, as the provider calls it.
        account: String,
        /// Whether its owner has said all that is needed.
        complete: bool,
        /// Whether payouts can go there.
        enabled: bool,
    },
    /// A payout arrived, or came back.
    Payout {
        /// Which.
        payout: PayoutId,
        /// Why it came back, if it did.
        failure: Option<String>,
    },
    /// Nothing is made of it.
    Other,
}

/// Which payment news are about, by what the provider says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Of {
    /// What the provider calls it.
    pub reference: Option<String>,
    /// Ours.
    pub payment: Option<PaymentId>,
}

impl<'a> Envelope<'a> {
    /// Reads an event.
    ///
    /// # Errors
    /// When it is not one.
    pub fn read(body: &'a [u8]) -> Result<Self, UnreadableEvent> {
        let envelope: Self = serde_json::from_slice(body)?;
        let visible = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if !visible(&envelope.id, 255) {
            return Err(UnreadableEvent::Field("id"));
        }
        if !visible(&envelope.kind, 120) {
            return Err(UnreadableEvent::Field("type"));
        }
        envelope.occurred_at()?;
        Ok(envelope)
    }

    /// When it happened, by the provider's clock.
    ///
    /// # Errors
    /// When that is no instant.
    pub fn occurred_at(&self) -> Result<DateTime<Utc>, UnreadableEvent> {
        DateTime::from_timestamp(self.created, 0).ok_or(UnreadableEvent::Field("created"))
    }

    /// What it is about, as the provider calls it: the payment, if there is one behind it. News of one thing are
    /// handled one after the other.
    pub fn object(&self) -> String {
        let named = self.parse::<Named>().unwrap_or_default();
        let payment = named.payment_intent.map(Reference::into_id);
        payment.or(named.id).unwrap_or_default().chars().take(255).collect()
    }

    /// What it says.
    ///
    /// # Errors
    /// When it is of a kind we know and doesn't have what belongs to it.
    pub fn news(&self) -> Result<News, UnreadableEvent> {
        match self.kind.as_str() {
            kind if kind.starts_with("payment_intent.") => self.parse::<Intent>()?.news(kind),
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
                Ok(self.parse::<Session>()?.completed())
            }
            "checkout.session.expired" => Ok(News::PageExpired { of: self.parse::<Session>()?.of() }),
            "charge.refunded" | "charge.refund.updated" => Ok(self.parse::<Charge>()?.news()),
            "refund.failed" => Ok(self.parse::<Refund>()?.news()),
            kind if kind.starts_with("charge.dispute.") => Ok(self.parse::<Dispute>()?.news()),
            "payment_method.attached" | "payment_method.updated" | "payment_method.automatically_updated" => {
                Ok(self.parse::<Method>()?.attached())
            }
            "payment_method.detached" => Ok(News::CardGone { card: self.parse::<Method>()?.id }),
            "account.updated" => {
                let account = self.parse::<Account>()?;
                let (complete, enabled) = (account.details_submitted, account.payouts_enabled);
                Ok(News::PayoutAccount { account: account.id, complete, enabled })
            }
            "payout.paid" => Ok(self.parse::<Payout>()?.news(false)),
            "payout.failed" | "payout.canceled" => Ok(self.parse::<Payout>()?.news(true)),
            _ => Ok(News::Other),
        }
    }

    fn parse<T: Deserialize<'a>>(&self) -> Result<T, UnreadableEvent> {
        Ok(serde_json::from_str(self.data.object.get())?)
    }
}

/// A thing, or what it is called: the provider writes either.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Thing { id: String },
}

impl Reference {
    fn into_id(self) -> String {
        match self {
            Self::Id(id) | Self::Thing { id } => id,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Named {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    payment_intent: Option<Reference>,
}

/// What we wrote on things over there, to know them again.
#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    magentic_payment: Option<String>,
    #[serde(default)]
    magentic_payout: Option<String>,
}

impl Metadata {
    fn payment(&self) -> Option<PaymentId> {
        self.magentic_payment.as_deref().and_then(|id| id.parse().ok())
    }
}

#[derive(Debug, Deserialize)]
struct Intent {
    id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    amount: i64,
    #[serde(default)]
    amount_received: Option<i64>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(default)]
    payment_method: Option<MethodOrId>,
    #[serde(default)]
    last_payment_error: Option<LastError>,
}

#[derive(Debug, Deserialize)]
struct LastError {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

impl LastError {
    fn into_failure(self) -> Failure {
        Failure {
            code: self.decline_code.or(self.code).unwrap_or_else(|| "card_declined".to_owned()),
            message: self.message.unwrap_or_else(|| "The card was declined.".to_owned()),
        }
    }
}

impl Intent {
    fn news(self, kind: &str) -> Result<News, UnreadableEvent> {
        let status = match (kind, self.status.as_deref()) {
            ("payment_intent.succeeded", _) | (_, Some("succeeded")) => PaymentStatus::Succeeded,
            ("payment_intent.payment_failed", _) => PaymentStatus::Failed,
            ("payment_intent.canceled", _) | (_, Some("canceled")) => PaymentStatus::Canceled,
            ("payment_intent.processing", _) | (_, Some("processing")) => PaymentStatus::Processing,
            (_, Some("requires_action")) => PaymentStatus::ActionNeeded,
            _ => PaymentStatus::Waiting,
        };
        let come = if status == PaymentStatus::Succeeded { self.amount_received.unwrap_or(self.amount) } else { 0 };
        if come < 0 {
            return Err(UnreadableEvent::Field("amount"));
        }
        Ok(News::Payment {
            of: Of { reference: Some(self.id), payment: self.metadata.and_then(|it| it.payment()) },
            status,
            received: come,
            card: self.payment_method.and_then(MethodOrId::card),
            failure: (status == PaymentStatus::Failed)
                .then(|| self.last_payment_error.map(LastError::into_failure))
                .flatten(),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum MethodOrId {
    Method(Method),
    Other(serde::de::IgnoredAny),
}

impl MethodOrId {
    fn card(self) -> Option<Card> {
        match self {
            Self::Method(method) => method.card(),
            Self::Other(_) => None,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Method {
    id: String,
    #[serde(default)]
    customer: Option<Reference>,
    #[serde(default)]
    card: Option<MethodCard>,
}

#[derive(Debug, Deserialize)]
struct MethodCard {
    brand: String,
    last4: String,
    exp_month: u8,
    exp_year: u16,
}

impl Method {
    fn card(self) -> Option<Card> {
        let MethodCard { brand, last4, exp_month, exp_year } = self.card?;
        Some(Card { reference: self.id, brand, last4, exp_month, exp_year })
    }

    fn attached(mut self) -> News {
        let customer = self.customer.take().map(Reference::into_id);
        customer.zip(self.card()).map_or(News::Other, |(customer, card)| News::CardLeft { customer, card })
    }
}

#[derive(Debug, Deserialize)]
struct Session {
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    payment_status: Option<String>,
    #[serde(default)]
    payment_intent: Option<Reference>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Session {
    fn of(self) -> Of {
        Of {
            reference: self.payment_intent.map(Reference::into_id),
            payment: self.metadata.and_then(|metadata| metadata.payment()),
        }
    }

    fn completed(self) -> News {
        if self.mode.as_deref() != Some("payment") {
            return News::Other;
        }
        let paid = self.payment_status.as_deref() == Some("paid");
        News::PageCompleted { of: self.of(), paid }
    }
}

#[derive(Debug, Deserialize)]
struct Charge {
    #[serde(default)]
    payment_intent: Option<Reference>,
    #[serde(default)]
    amount_refunded: Option<i64>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Charge {
    fn news(self) -> News {
        // `charge.refund.updated` holds a refund, which doesn't say how much went back in all.
        let Some(refunded) = self.amount_refunded else { return News::Other };
        let payment = self.metadata.and_then(|metadata| metadata.payment());
        News::Refunded { of: Of { reference: self.payment_intent.map(Reference::into_id), payment }, refunded }
    }
}

#[derive(Debug, Deserialize)]
struct Refund {
    id: String,
    #[serde(default)]
    failure_reason: Option<String>,
}

impl Refund {
    fn news(self) -> News {
        let reason = self.failure_reason.unwrap_or_else(|| "unknown".to_owned());
        News::RefundFailed { refund: self.id, reason }
    }
}

#[derive(Debug, Deserialize)]
struct Dispute {
    amount: i64,
    #[serde(default)]
    payment_intent: Option<Reference>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Dispute {
    fn news(self) -> News {
        let state = match self.status.as_deref() {
            Some("won") => DisputeState::Won,
            Some("lost") => DisputeState::Lost,
            // An inquiry: the money has not moved.
            Some("warning_needs_response" | "warning_under_review" | "warning_closed" | "prevented") => {
                return News::Other;
            }
            _ => DisputeState::Open,
        };
        let payment = self.metadata.and_then(|metadata| metadata.payment());
        let of = Of { reference: self.payment_intent.map(Reference::into_id), payment };
        News::Dispute { of, amount: self.amount.max(0), state }
    }
}

#[derive(Debug, Deserialize)]
struct Account {
    id: String,
    #[serde(default)]
    details_submitted: bool,
    #[serde(default)]
    payouts_enabled: bool,
}

#[derive(Debug, Deserialize)]
struct Payout {
    #[serde(default)]
    failure_message: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Payout {
    /// A payout that isn't one of ours is nothing to us.
    fn news(self, failed: bool) -> News {
        let Some(payout) = self.metadata.and_then(|it| it.magentic_payout).and_then(|id| id.parse().ok()) else {
            return News::Other;
        };
        let reason = || self.failure_message.unwrap_or_else(|| "The bank sent it back.".to_owned());
        News::Payout { payout, failure: failed.then(reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, object: &str) -> String {
        format!(
            r#"{{"id":"evt_1","object":"event","type":"{kind}","created":1780000000,"livemode":false,"data":{{"object":{object}}}}}"#
        )
    }

    fn news(kind: &str, object: &str) -> News {
        let body = event(kind, object);
        Envelope::read(body.as_bytes()).expect("an event").news().expect("news")
    }

    const OURS: &str = "pay_0198c5aa111170008000000000000000";

    #[test]
    fn payments_are_read() {
        let intent = format!(
            r#"{{"id":"pi_1","status":"requires_payment_method","amount":500,"amount_received":0,
            "metadata":{{"magentic_payment":"{OURS}"}},"payment_method":"pm_1",
            "last_payment_error":{{"code":"card_declined","decline_code":"insufficient_funds","message":"Not enough."}}}}"#
        );
        let News::Payment { of, status, received, failure, .. } = news("payment_intent.payment_failed", &intent) else {
            unreachable!("not a payment")
        };
        assert_eq!(of.payment, Some(OURS.parse().expect("an id")));
        assert_eq!((status, received), (PaymentStatus::Failed, 0));
        assert_eq!(failure.map(|it| it.code), Some("insufficient_funds".to_owned()));
    }

    #[test]
    fn what_is_about_one_payment_has_one_object() {
        for (kind, object) in [
            ("payment_intent.succeeded", r#"{"id":"pi_1","amount":1}"#),
            ("charge.refunded", r#"{"id":"ch_1","payment_intent":"pi_1","amount_refunded":5}"#),
            ("charge.dispute.created", r#"{"id":"dp_1","payment_intent":{"id":"pi_1"},"amount":5}"#),
        ] {
            let body = event(kind, object);
            let envelope = Envelope::read(body.as_bytes()).expect("an event");
            assert_eq!(envelope.object(), "pi_1", "{kind}");
            assert_ne!(envelope.news().expect("news"), News::Other);
        }
        assert_eq!(news("customer.tax_id.created", "{}"), News::Other);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        let wrong = [
            "",
            "[]",
            "{}",
            r#"{"id":"","type":"x","created":1,"data":{"object":{}}}"#,
            r#"{"id":"evt 1","type":"x","created":1,"data":{"object":{}}}"#,
            r#"{"id":"evt_1","type":"x","created":99999999999999999,"data":{"object":{}}}"#,
        ];
        for body in wrong {
            assert!(Envelope::read(body.as_bytes()).is_err(), "{body}");
        }
        let body = event("charge.dispute.created", r#"{"id":"dp_1"}"#);
        assert!(Envelope::read(body.as_bytes()).expect("an event").news().is_err());
    }
}
