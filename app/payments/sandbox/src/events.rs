//! News, in Stripe's form (<https://docs.stripe.com/api/events/object>), and how they are delivered: each is written down
//! in the transaction that makes it true, and a job signs it and hands it over, again and again until it is taken.

use std::{pin::Pin, sync::Arc};

use kernel::{AccountId, Money};
use platform::{
    Tx,
    job::{self, JobError},
    payments::{lowercase, signature},
};
use serde_json::{Value, json};

use crate::{
    DeliverWebhook, Sandbox,
    cards::Decline,
    error::Error,
    page::{Hosted, PageKind, PageState},
    payments::{Dispute, Payment, Refund, Status, StoredCard},
    payouts::{BankAccount, Payout, PayoutStatus},
    store,
};

/// The version of Stripe's interface whose form this is.
const API_VERSION: &str = "2026-09-30.endive";

/// Takes a webhook: the signature's header, and the body. An error, in words, asks for the webhook to be sent again.
type Receiver = Arc<dyn Fn(String, Vec<u8>) -> Receiving + Send + Sync>;

/// A webhook that is being taken.
type Receiving = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Where webhooks go; the job that delivers them finds it in its context.
#[derive(Clone)]
pub struct Inbox {
    /// What the endpoint for webhooks does.
    pub(crate) receive: Receiver,
}

impl Inbox {
    /// An inbox that does this with the signature and the body of each webhook.
    pub fn new<F, R>(receive: F) -> Self
    where
        F: Fn(String, Vec<u8>) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self { receive: Arc::new(move |header, body| Box::pin(receive(header, body))) }
    }
}

impl Sandbox {
    /// Tells something: writes an event down, and has it delivered after the commit.
    pub(crate) async fn emit(&self, tx: &mut Tx, kind: &str, object: Value) -> Result<(), Error> {
        self.emit_about(tx, None, kind, object).await
    }

    /// Tells something of an account that payouts go to.
    pub(crate) async fn emit_about(
        &self,
        tx: &mut Tx,
        account: Option<&str>,
        kind: &str,
        object: Value,
    ) -> Result<(), Error> {
        let (reference, now) = (self.reference("evt"), self.world.now());
        let mut event = json!({
            "id": reference,
            "object": "event",
            "api_version": API_VERSION,
            "created": now.timestamp(),
            "data": { "object": object },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null },
            "type": kind,
        });
        if let Some(account) = account {
            event["account"] = json!(account);
        }
        store::events::insert(tx, &reference, event.to_string().as_bytes(), now).await?;
        let when = job::When { key: Some(reference.clone()), ..job::When::default() };
        job::enqueue(tx, &DeliverWebhook { event: reference }, when).await?;
        Ok(())
    }

    /// Delivers an event, unless that has been done. When the note of it is lost, it is delivered twice, as outside
    /// parties do.
    pub(crate) async fn deliver(&self, event: &str, inbox: &Inbox) -> Result<(), JobError> {
        let pool = self.database.pool();
        let Some(body) = store::events::to_deliver(pool, event).await? else { return Ok(()) };
        let header = signature::sign(&self.secret, &body, self.world.now());
        (inbox.receive)(header, body).await.map_err(JobError::Other)?;
        store::events::delivered(pool, event, self.world.now()).await?;
        Ok(())
    }
}

/// A payment.
pub(crate) fn payment_intent(payment: &Payment) -> Value {
    let canceled = payment.status == Status::Canceled;
    json!({
        "id": payment.reference,
        "object": "payment_intent",
        "amount": payment.amount.minor,
        "amount_received": payment.received,
        "cancellation_reason": canceled.then_some("expired"),
        "created": payment.created_at.timestamp(),
        "currency": lowercase(payment.amount.currency),
        "customer": payment.customer,
        "description": payment.description,
        "last_payment_error": payment.failure.as_ref().map(last_payment_error),
        "latest_charge": (payment.status == Status::Succeeded).then(|| payment.sibling("ch")),
        "livemode": false,
        "metadata": { "magentic_payment": payment.payment },
        "payment_method": payment.card.as_ref().map(|card| &card.reference),
        "status": payment.status.as_str(),
    })
}

fn last_payment_error(decline: &Decline) -> Value {
    json!({
        "type": "card_error",
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": decline.message,
    })
}

/// What was taken from a card for a payment.
pub(crate) fn charge(payment: &Payment) -> Value {
    json!({
        "id": payment.sibling("ch"),
        "object": "charge",
        "amount": payment.amount.minor,
        "amount_captured": payment.received,
        "amount_refunded": payment.refunded,
        "captured": true,
        "created": payment.created_at.timestamp(),
        "currency": lowercase(payment.amount.currency),
        "customer": payment.customer,
        "description": payment.description,
        "disputed": payment.dispute.is_some(),
        "livemode": false,
        "metadata": { "magentic_payment": payment.payment },
        "paid": true,
        "payment_intent": payment.reference,
        "payment_method": payment.card.as_ref().map(|card| &card.reference),
        "refunded": payment.refunded == payment.received,
        "status": "succeeded",
    })
}

/// Money that goes back.
pub(crate) fn refund(refund: &Refund, payment: &Payment) -> Value {
    json!({
        "id": refund.reference,
        "object": "refund",
        "amount": refund.amount,
        "charge": payment.sibling("ch"),
        "created": refund.created_at.timestamp(),
        "currency": lowercase(payment.amount.currency),
        "failure_reason": refund.failed.then_some("expired_or_canceled_card"),
        "metadata": { "magentic_payment": payment.payment },
        "payment_intent": payment.reference,
        "reason": null,
        "status": refund.status(),
    })
}

/// What becomes of a payment that its card's owner disputes.
pub(crate) fn dispute(payment: &Payment) -> Value {
    let (state, at) = payment.dispute.unwrap_or((Dispute::NeedsResponse, payment.created_at));
    json!({
        "id": payment.sibling("dp"),
        "object": "dispute",
        "amount": payment.received,
        "charge": payment.sibling("ch"),
        "created": at.timestamp(),
        "currency": lowercase(payment.amount.currency),
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "payment_intent": payment.reference,
        "reason": "fraudulent",
        "status": state.as_str(),
    })
}

/// A card that was kept for a customer.
pub(crate) fn payment_method(card: &StoredCard, customer: &str) -> Value {
    json!({
        "id": card.reference,
        "object": "payment_method",
        "type": "card",
        "card": {
            "brand": card.brand,
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
        },
        "customer": customer,
        "livemode": false,
        "metadata": {},
    })
}

/// A page on which something is paid, or a card is left. `paid` is whether the money is there.
pub(crate) fn session(page: &Hosted, paid: bool) -> Value {
    let (mode, payment_status) = match (page.kind, paid) {
        (PageKind::Payment, true) => ("payment", "paid"),
        (PageKind::Payment, false) => ("payment", "unpaid"),
        (PageKind::Card | PageKind::PayoutAccount, _) => ("setup", "no_payment_required"),
    };
    let status = match page.state {
        PageState::Open => "open",
        PageState::Done => "complete",
        PageState::Expired => "expired",
    };
    let amount = page.due.map(|due| due.amount);
    json!({
        "id": page.reference,
        "object": "checkout.session",
        "amount_total": amount.map(|amount| amount.minor),
        "cancel_url": page.cancel_url.as_str(),
        "created": page.created_at.timestamp(),
        "currency": amount.map(|amount: Money| lowercase(amount.currency)),
        "customer": page.customer,
        "expires_at": page.expires_at.timestamp(),
        "livemode": false,
        "metadata": match page.due {
            Some(due) => json!({ "magentic_payment": due.payment }),
            None => json!({}),
        },
        "mode": mode,
        "payment_intent": page.payment,
        "payment_status": payment_status,
        "status": status,
        "success_url": page.success_url.as_str(),
    })
}

/// An account that payouts go to.
pub(crate) fn account(account: &BankAccount) -> Value {
    let (owner, complete): (AccountId, bool) = (account.owner, account.arrival.is_some());
    json!({
        "id": account.reference,
        "object": "account",
        "charges_enabled": false,
        "created": account.created_at.timestamp(),
        "details_submitted": complete,
        "metadata": { "magentic_account": owner },
        "payouts_enabled": complete,
        "type": "express",
    })
}

/// Earnings that were handed to the account they are paid out of.
pub(crate) fn transfer(payout: &Payout) -> Value {
    json!({
        "id": payout.sibling("tr"),
        "object": "transfer",
        "amount": payout.amount.minor,
        "amount_reversed": 0,
        "created": payout.created_at.timestamp(),
        "currency": lowercase(payout.amount.currency),
        "destination": payout.account,
        "livemode": false,
        "metadata": { "magentic_payout": payout.payout },
        "reversed": false,
    })
}

/// Earnings on their way to a bank.
pub(crate) fn payout(payout: &Payout) -> Value {
    let failed = payout.status == PayoutStatus::Failed;
    json!({
        "id": payout.reference,
        "object": "payout",
        "amount": payout.amount.minor,
        "created": payout.created_at.timestamp(),
        "currency": lowercase(payout.amount.currency),
        "failure_code": failed.then_some("no_account"),
        "failure_message": failed.then_some("The bank account could not be found."),
        "livemode": false,
        "metadata": { "magentic_payout": payout.payout },
        "method": "standard",
        "status": payout.status.as_str(),
        "type": "bank_account",
    })
}
