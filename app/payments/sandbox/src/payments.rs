//! Payments: what becomes of a try to charge a card, refunds and disputes.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Money, PaymentId};
use platform::{
    Tx,
    payments::{Card, Failure, NewCharge, NewRefund, PaymentError, PaymentSnapshot, PaymentStatus, PaymentsPage},
};

use crate::{
    Later, Sandbox,
    cards::{self, Behaviour, Decline, Outcome, Reason},
    error::Error,
    events, later, store,
};

/// How long those take that take their time.
const A_WHILE: TimeDelta = TimeDelta::seconds(10);
/// How many payments stand on a page of them.
const PAGE_SIZE: usize = 100;

/// How far a payment is, in Stripe's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    RequiresPaymentMethod,
    RequiresAction,
    Processing,
    Succeeded,
    Canceled,
}

impl Status {
    /// The form the database stores, which is Stripe's.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresAction => "requires_action",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }

    /// Reads the form the database stores.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::RequiresPaymentMethod, Self::RequiresAction, Self::Processing, Self::Succeeded, Self::Canceled]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// How far a dispute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dispute {
    NeedsResponse,
    Won,
    Lost,
}

impl Dispute {
    /// The form the database stores, which is Stripe's.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsResponse => "needs_response",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// Reads the form the database stores.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::NeedsResponse, Self::Won, Self::Lost].into_iter().find(|it| it.as_str() == text)
    }
}

/// A card that was used or left.
#[derive(Debug, Clone)]
pub(crate) struct StoredCard {
    pub(crate) reference: String,
    /// Who left it for payments to come, and has not taken it back.
    pub(crate) customer: Option<String>,
    pub(crate) behaviour: Behaviour,
    pub(crate) brand: String,
    pub(crate) last4: String,
    pub(crate) exp_month: u8,
    pub(crate) exp_year: u16,
}

/// A payment.
#[derive(Debug)]
pub(crate) struct Payment {
    pub(crate) reference: String,
    pub(crate) payment: PaymentId,
    pub(crate) customer: String,
    pub(crate) card: Option<StoredCard>,
    pub(crate) description: String,
    pub(crate) amount: Money,
    pub(crate) status: Status,
    pub(crate) failure: Option<Decline>,
    pub(crate) received: i64,
    pub(crate) refunded: i64,
    pub(crate) dispute: Option<(Dispute, DateTime<Utc>)>,
    pub(crate) settles_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
}

/// Money that goes back.
#[derive(Debug)]
pub(crate) struct Refund {
    pub(crate) reference: String,
    pub(crate) payment: String,
    pub(crate) amount: i64,
    pub(crate) failed: bool,
    /// When it comes to nothing, if it will.
    pub(crate) settles_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
}

impl Refund {
    /// The form the database stores, which is Stripe's.
    pub(crate) const fn status(&self) -> &'static str {
        if self.failed { "failed" } else { "succeeded" }
    }
}

/// What somebody is asked to pay.
pub(crate) struct Owed<'a> {
    pub(crate) payment: PaymentId,
    pub(crate) customer: &'a str,
    pub(crate) amount: Money,
    pub(crate) description: &'a str,
}

impl Payment {
    /// The name of its charge, or of its dispute: there is one of each at most.
    pub(crate) fn sibling(&self, prefix: &str) -> String {
        let name = self.reference.strip_prefix("pi").unwrap_or(&self.reference);
        format!("{prefix}{name}")
    }

    /// As the port shows it.
    pub(crate) fn snapshot(&self) -> PaymentSnapshot {
        let status = match (self.status, &self.failure) {
            (Status::RequiresPaymentMethod, None) => PaymentStatus::Waiting,
            (Status::RequiresPaymentMethod, Some(_)) => PaymentStatus::Failed,
            (Status::RequiresAction, _) => PaymentStatus::ActionNeeded,
            (Status::Processing, _) => PaymentStatus::Processing,
            (Status::Succeeded, _) => PaymentStatus::Succeeded,
            (Status::Canceled, _) => PaymentStatus::Canceled,
        };
        PaymentSnapshot {
            reference: self.reference.clone(),
            payment: Some(self.payment),
            status,
            amount: self.amount,
            received: self.received,
            refunded: Some(self.refunded),
            card: self.card.as_ref().filter(|card| card.customer.is_some()).map(|card| Card {
                reference: card.reference.clone(),
                brand: card.brand.clone(),
                last4: card.last4.clone(),
                exp_month: card.exp_month,
                exp_year: card.exp_year,
            }),
            failure: self
                .failure
                .as_ref()
                .map(|failure| Failure { code: failure.exactly().to_owned(), message: failure.message.clone() }),
            created_at: self.created_at,
        }
    }
}

impl Sandbox {
    /// Makes a payment that nobody has tried yet.
    pub(crate) async fn new_payment(&self, tx: &mut Tx, owed: &Owed<'_>) -> Result<Payment, Error> {
        let payment = Payment {
            reference: self.reference("pi"),
            payment: owed.payment,
            customer: owed.customer.to_owned(),
            card: None,
            description: owed.description.to_owned(),
            amount: owed.amount,
            status: Status::RequiresPaymentMethod,
            failure: None,
            received: 0,
            refunded: 0,
            dispute: None,
            settles_at: None,
            created_at: self.world.now(),
        };
        store::payments::insert(tx, &payment).await?;
        self.emit(tx, "payment_intent.created", events::payment_intent(&payment)).await?;
        Ok(payment)
    }

    /// Writes down what came of a try to pay with a card, and tells it.
    pub(crate) async fn conclude(
        &self,
        tx: &mut Tx,
        payment: &mut Payment,
        card: &StoredCard,
        outcome: &Outcome,
    ) -> Result<(), Error> {
        (payment.card, payment.failure, payment.settles_at) = (Some(card.clone()), None, None);
        let kind = match outcome {
            Outcome::Succeeded => {
                (payment.status, payment.received) = (Status::Succeeded, payment.amount.minor);
                "payment_intent.succeeded"
            }
            Outcome::Declined(decline) => return self.decline(tx, payment, decline.clone()).await,
            Outcome::Confirm => {
                payment.status = Status::RequiresAction;
                "payment_intent.requires_action"
            }
            Outcome::Late => {
                let at = self.world.now() + A_WHILE;
                (payment.status, payment.settles_at) = (Status::Processing, Some(at));
                later::schedule(tx, Later::Payment(payment.reference.clone()), at).await?;
                "payment_intent.processing"
            }
        };
        let disputed = *outcome == Outcome::Succeeded && card.behaviour == Behaviour::Disputed;
        payment.dispute = disputed.then(|| (Dispute::NeedsResponse, self.world.now()));
        store::payments::save(tx, payment).await?;
        self.emit(tx, kind, events::payment_intent(payment)).await?;
        if disputed {
            self.emit(tx, "charge.dispute.created", events::dispute(payment)).await?;
        }
        Ok(())
    }

    /// Writes down that a card was declined before anything was kept of it, and tells it.
    pub(crate) async fn decline(&self, tx: &mut Tx, payment: &mut Payment, decline: Decline) -> Result<(), Error> {
        (payment.card, payment.failure) = (None, Some(decline));
        payment.status = Status::RequiresPaymentMethod;
        store::payments::save(tx, payment).await?;
        self.emit(tx, "payment_intent.payment_failed", events::payment_intent(payment)).await
    }

    /// Charges a card that was left, while its owner is away.
    pub(crate) async fn charge_card(&self, tx: &mut Tx, charge: &NewCharge) -> Result<PaymentSnapshot, Error> {
        check_amount(charge.amount)?;
        if !store::is_customer(tx, &charge.customer).await? {
            return Err(Error::missing("customer", &charge.customer));
        }
        let card = store::cards::find(tx, &charge.card)
            .await?
            .filter(|card| card.customer.as_ref() == Some(&charge.customer))
            .ok_or_else(|| Error::missing("payment_method", &charge.card))?;
        let NewCharge { payment, customer, amount, description, .. } = charge;
        let owed = Owed { payment: *payment, customer, amount: *amount, description };
        let mut payment = self.new_payment(tx, &owed).await?;
        let outcome = if cards::has_expired(card.exp_month, card.exp_year, self.world.now()) {
            Outcome::Declined(Reason::ExpiredCard.decline())
        } else {
            card.behaviour.off_session()
        };
        self.conclude(tx, &mut payment, &card, &outcome).await?;
        Ok(payment.snapshot())
    }

    /// Ends a payment that took its time. `None` when there is nothing to end any more, or else when it is due if that
    /// is still to come.
    pub(crate) async fn settle_payment(&self, reference: &str) -> Result<Option<DateTime<Utc>>, Error> {
        let mut tx = self.database.begin().await?;
        let Some(mut payment) = store::payments::lock(&mut tx, reference).await? else { return Ok(None) };
        let Some(due) = payment.settles_at else { return Ok(None) };
        if due > self.world.now() {
            return Ok(Some(due));
        }
        let card = payment.card.clone().ok_or(Error::BadRow("payment under way without a card"))?;
        self.conclude(&mut tx, &mut payment, &card, &card.behaviour.in_the_end()).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// Gives money back, never more than came.
    pub(crate) async fn refund_payment(&self, tx: &mut Tx, refund: &NewRefund) -> Result<String, Error> {
        check_amount(refund.amount)?;
        let mut payment = store::payments::lock(tx, &refund.payment)
            .await?
            .ok_or_else(|| Error::missing("payment_intent", &refund.payment))?;
        check_refund(&payment, refund.amount)?;
        let fails = payment.card.as_ref().is_some_and(|card| card.behaviour == Behaviour::RefundFails);
        let now = self.world.now();
        let made = Refund {
            reference: self.reference("re"),
            payment: payment.reference.clone(),
            amount: refund.amount.minor,
            failed: false,
            settles_at: fails.then_some(now + A_WHILE),
            created_at: now,
        };
        payment.refunded += made.amount;
        store::payments::save(tx, &payment).await?;
        store::payments::insert_refund(tx, &made).await?;
        if let Some(at) = made.settles_at {
            later::schedule(tx, Later::Refund(made.reference.clone()), at).await?;
        }
        self.emit(tx, "refund.created", events::refund(&made, &payment)).await?;
        self.emit(tx, "charge.refunded", events::charge(&payment)).await?;
        Ok(made.reference)
    }

    /// Lets a refund come to nothing: the money is back here. What it gives is as for payments.
    pub(crate) async fn fail_refund(&self, reference: &str) -> Result<Option<DateTime<Utc>>, Error> {
        let mut tx = self.database.begin().await?;
        // The payment first, in the order in which refunding holds them.
        let Some(payment) = store::payments::payment_of_refund(&mut tx, reference).await? else { return Ok(None) };
        let payment = store::payments::lock(&mut tx, &payment).await?;
        let refund = store::payments::lock_refund(&mut tx, reference).await?;
        let Some((mut payment, mut refund)) = payment.zip(refund) else { return Ok(None) };
        let Some(due) = refund.settles_at else { return Ok(None) };
        if due > self.world.now() {
            return Ok(Some(due));
        }
        (refund.failed, refund.settles_at) = (true, None);
        payment.refunded -= refund.amount;
        store::payments::save_refund(&mut tx, &refund).await?;
        store::payments::save(&mut tx, &payment).await?;
        self.emit(&mut tx, "refund.failed", events::refund(&refund, &payment)).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// Ends the dispute of a payment, as its owner's bank would: won, and the money comes back; lost, and it is gone.
    ///
    /// # Errors
    /// [`PaymentError::Refused`] when there is no open dispute.
    pub async fn settle_dispute(&self, payment: &str, won: bool) -> Result<(), PaymentError> {
        self.close_dispute(payment, won).await.map_err(Into::into)
    }

    async fn close_dispute(&self, reference: &str, won: bool) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        let mut payment = store::payments::lock(&mut tx, reference)
            .await?
            .ok_or_else(|| Error::missing("payment_intent", reference))?;
        let Some((Dispute::NeedsResponse, at)) = payment.dispute else {
            return Err(Error::refused("dispute_not_open", "This payment has no open dispute."));
        };
        payment.dispute = Some((if won { Dispute::Won } else { Dispute::Lost }, at));
        store::payments::save(&mut tx, &payment).await?;
        self.emit(&mut tx, "charge.dispute.closed", events::dispute(&payment)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A payment as it is now.
    pub(crate) async fn find_payment(&self, reference: &str) -> Result<PaymentSnapshot, Error> {
        let payment = store::payments::find(self.database.pool(), reference).await?;
        Ok(payment.ok_or_else(|| Error::missing("payment_intent", reference))?.snapshot())
    }

    /// Payments of a time, a page at a time; the next one begins after the last payment of this.
    pub(crate) async fn list_payments(
        &self,
        span: (DateTime<Utc>, DateTime<Utc>),
        after: Option<&str>,
    ) -> Result<PaymentsPage, Error> {
        let pool = self.database.pool();
        let after = match after {
            Some(reference) => {
                let last = store::payments::find(pool, reference).await?;
                (last.ok_or_else(|| Error::missing("payment_intent", reference))?.created_at, reference)
            }
            None => (DateTime::UNIX_EPOCH, ""),
        };
        // One more than are shown tells whether there is another page.
        let most = i64::try_from(PAGE_SIZE + 1).unwrap_or(i64::MAX);
        let mut payments = store::payments::between(pool, span, after, most).await?;
        let more = payments.len() > PAGE_SIZE;
        payments.truncate(PAGE_SIZE);
        let next = payments.last().filter(|_| more).map(|last| last.reference.clone());
        Ok(PaymentsPage { payments: payments.iter().map(Payment::snapshot).collect(), next })
    }
}

/// Refuses an amount of nothing.
pub(crate) fn check_amount(amount: Money) -> Result<(), Error> {
    if amount.is_positive() {
        Ok(())
    } else {
        Err(Error::refused("parameter_invalid_integer", "The amount must be more than zero."))
    }
}

fn check_refund(payment: &Payment, amount: Money) -> Result<(), Error> {
    if payment.status != Status::Succeeded {
        let message = format!("The payment {} has not been paid.", payment.reference);
        return Err(Error::refused("payment_intent_unexpected_state", message));
    }
    if amount.currency != payment.amount.currency {
        let message = format!("The payment {} is in {}.", payment.reference, payment.amount.currency);
        return Err(Error::refused("invalid_currency", message));
    }
    if matches!(payment.dispute, Some((Dispute::NeedsResponse | Dispute::Lost, _))) {
        let message = format!("Charge {} has been charged back; cannot issue a refund.", payment.sibling("ch"));
        return Err(Error::refused("charge_disputed", message));
    }
    let left = payment.received - payment.refunded;
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", payment.sibling("ch"));
        return Err(Error::refused("charge_already_refunded", message));
    }
    if amount.minor > left {
        let left = Money::new(left, amount.currency);
        let message = format!("Refund amount ({amount}) is greater than the unrefunded amount of the charge ({left}).");
        return Err(Error::refused("amount_too_large", message));
    }
    Ok(())
}
