//! Payments and refunds.

use chrono::{DateTime, Utc};
use kernel::PaymentId;
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::{cards::CardRow, money};
use crate::{
    cards::Decline,
    error::Error,
    payments::{Dispute, Payment, Refund, Status, StoredCard},
};

struct PaymentRow {
    reference: String,
    payment_id: Uuid,
    customer: String,
    description: String,
    currency: String,
    amount: i64,
    status: String,
    failure_code: Option<String>,
    decline_code: Option<String>,
    failure: Option<String>,
    received: i64,
    refunded: i64,
    dispute: Option<String>,
    disputed_at: Option<DateTime<Utc>>,
    settles_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    card: Option<String>,
    card_customer: Option<String>,
    behaviour: Option<String>,
    brand: Option<String>,
    last4: Option<String>,
    exp_month: Option<i16>,
    exp_year: Option<i16>,
    detached_at: Option<DateTime<Utc>>,
}

/// Payments with their cards.
macro_rules! payments {
    ($rest:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            PaymentRow,
            r#"select p.reference, p.payment_id, p.customer, p.description, p.currency, p.amount, p.status, p.failure_code,
                p.decline_code, p.failure, p.received, p.refunded, p.dispute, p.disputed_at, p.settles_at, p.created_at,
                p.card, c.customer as card_customer, c.behaviour as "behaviour?", c.brand as "brand?",
                c.last4 as "last4?", c.exp_month as "exp_month?", c.exp_year as "exp_year?", c.detached_at
             from sandbox_payments p left join sandbox_cards c on c.reference = p.card "# + $rest,
            $($argument),*
        )
    };
}

impl TryFrom<PaymentRow> for Payment {
    type Error = Error;

    fn try_from(row: PaymentRow) -> Result<Self, Error> {
        let card = match (row.card, row.behaviour, row.brand, row.last4, row.exp_month, row.exp_year) {
            (Some(reference), Some(behaviour), Some(brand), Some(last4), Some(exp_month), Some(exp_year)) => {
                let (customer, detached_at) = (row.card_customer, row.detached_at);
                let row = CardRow { reference, customer, behaviour, brand, last4, exp_month, exp_year, detached_at };
                Some(StoredCard::try_from(row)?)
            }
            _ => None,
        };
        let failure = row.failure_code.zip(row.failure).map(|(code, message)| Decline {
            code,
            decline_code: row.decline_code,
            message,
        });
        let dispute = match row.dispute.zip(row.disputed_at) {
            Some((state, at)) => Some((Dispute::parse(&state).ok_or(Error::BadRow("state of a dispute"))?, at)),
            None => None,
        };
        Ok(Self {
            reference: row.reference,
            payment: PaymentId::from_uuid(row.payment_id),
            customer: row.customer,
            card,
            description: row.description,
            amount: money(row.amount, &row.currency)?,
            status: Status::parse(&row.status).ok_or(Error::BadRow("status of a payment"))?,
            failure,
            received: row.received,
            refunded: row.refunded,
            dispute,
            settles_at: row.settles_at,
            created_at: row.created_at,
        })
    }
}

/// Writes a new payment down.
pub(crate) async fn insert(tx: &mut Tx, payment: &Payment) -> Result<(), Error> {
    sqlx::query!(
        "insert into sandbox_payments
             (reference, payment_id, customer, description, currency, amount, status, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        payment.reference,
        payment.payment.uuid(),
        payment.customer,
        payment.description,
        payment.amount.currency.as_str(),
        payment.amount.minor,
        payment.status.as_str(),
        payment.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes down what has become of a payment.
pub(crate) async fn save(tx: &mut Tx, payment: &Payment) -> Result<(), Error> {
    let failure = payment.failure.as_ref();
    sqlx::query!(
        "update sandbox_payments
         set card = $2, status = $3, failure_code = $4, decline_code = $5, failure = $6, received = $7, refunded = $8,
             dispute = $9, disputed_at = $10, settles_at = $11
         where reference = $1",
        payment.reference,
        payment.card.as_ref().map(|card| card.reference.as_str()),
        payment.status.as_str(),
        failure.map(|failure| failure.code.as_str()),
        failure.and_then(|failure| failure.decline_code.as_deref()),
        failure.map(|failure| failure.message.as_str()),
        payment.received,
        payment.refunded,
        payment.dispute.map(|(state, _)| state.as_str()),
        payment.dispute.map(|(_, at)| at),
        payment.settles_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reads a payment and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, reference: &str) -> Result<Option<Payment>, Error> {
    payments!("where p.reference = $1 for no key update of p", reference)
        .fetch_optional(&mut **tx)
        .await?
        .map(Payment::try_from)
        .transpose()
}

/// A payment.
pub(crate) async fn find(pool: &PgPool, reference: &str) -> Result<Option<Payment>, Error> {
    payments!("where p.reference = $1", reference).fetch_optional(pool).await?.map(Payment::try_from).transpose()
}

/// Payments in the order in which they were made, after a certain one.
pub(crate) async fn between(
    pool: &PgPool,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    after: (DateTime<Utc>, &str),
    most: i64,
) -> Result<Vec<Payment>, Error> {
    payments!(
        "where p.created_at >= $1 and p.created_at < $2 and (p.created_at, p.reference) > ($3, $4)
         order by p.created_at, p.reference limit $5",
        from,
        to,
        after.0,
        after.1,
        most
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(Payment::try_from)
    .collect()
}

/// Writes a refund down.
pub(crate) async fn insert_refund(tx: &mut Tx, refund: &Refund) -> Result<(), Error> {
    sqlx::query!(
        "insert into sandbox_refunds (reference, payment, amount, status, settles_at, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        refund.reference,
        refund.payment,
        refund.amount,
        refund.status(),
        refund.settles_at,
        refund.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which payment a refund is of.
pub(crate) async fn payment_of_refund(tx: &mut Tx, reference: &str) -> Result<Option<String>, Error> {
    let payment = sqlx::query_scalar!("select payment from sandbox_refunds where reference = $1", reference);
    Ok(payment.fetch_optional(&mut **tx).await?)
}

/// Reads a refund and holds its row until the transaction ends.
pub(crate) async fn lock_refund(tx: &mut Tx, reference: &str) -> Result<Option<Refund>, Error> {
    let row = sqlx::query!(
        "select payment, amount, status, settles_at, created_at from sandbox_refunds where reference = $1
         for no key update",
        reference
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Refund {
        reference: reference.to_owned(),
        payment: row.payment,
        amount: row.amount,
        failed: row.status == "failed",
        settles_at: row.settles_at,
        created_at: row.created_at,
    }))
}

/// Writes down what has become of a refund.
pub(crate) async fn save_refund(tx: &mut Tx, refund: &Refund) -> Result<(), Error> {
    sqlx::query!(
        "update sandbox_refunds set status = $2, settles_at = $3 where reference = $1",
        refund.reference,
        refund.status(),
        refund.settles_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
