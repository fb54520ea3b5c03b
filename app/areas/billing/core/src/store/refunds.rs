//! Money on its way back to who paid.

use chrono::{DateTime, Utc};
use kernel::{InvoiceId, Money, PaymentId, ReturnId};
use platform::Tx;

use super::money;
use crate::Error;

/// Money to be given back.
pub(crate) struct New<'a> {
    pub(crate) id: ReturnId,
    pub(crate) invoice: InvoiceId,
    pub(crate) credit_note: InvoiceId,
    /// The card payment it goes back to; into the wallet when empty.
    pub(crate) payment: Option<PaymentId>,
    pub(crate) amount: Money,
    pub(crate) reason: &'a str,
    pub(crate) key: &'a str,
    pub(crate) now: DateTime<Utc>,
}

/// Writes down that money is given back. Into the wallet it is there at once.
pub(crate) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<(), Error> {
    sqlx::query!(
        "insert into refunds (id, invoice_id, credit_note_id, payment_id, currency, amount, reason, state, key, created_at,
             changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        new.id.uuid(),
        new.invoice.uuid(),
        new.credit_note.uuid(),
        new.payment.map(PaymentId::uuid),
        new.amount.currency.as_str(),
        new.amount.minor,
        new.reason,
        if new.payment.is_some() { "under_way" } else { "done" },
        new.key,
        new.now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What was given back with a key: the credit note, how much it was, and whether it went to a card.
pub(crate) async fn by_key(
    tx: &mut Tx,
    invoice: InvoiceId,
    key: &str,
) -> Result<Option<(InvoiceId, Money, bool)>, Error> {
    let row = sqlx::query!(
        r#"select credit_note_id, currency, amount, payment_id is not null as "to_card!" from refunds where invoice_id = $1 and key = $2"#,
        invoice.uuid(),
        key
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok((InvoiceId::from_uuid(row.credit_note_id), money(row.amount, &row.currency)?, row.to_card)))
        .transpose()
}

/// Money on its way to a card.
pub(crate) struct UnderWay {
    pub(crate) payment: PaymentId,
    pub(crate) amount: Money,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) waits: bool,
}

/// Reads what goes back to a card and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: ReturnId) -> Result<Option<UnderWay>, Error> {
    let row = sqlx::query!(
        r#"select payment_id as "payment_id!", currency, amount, state, created_at from refunds
           where id = $1 and payment_id is not null for no key update"#,
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(UnderWay {
            payment: PaymentId::from_uuid(row.payment_id),
            amount: money(row.amount, &row.currency)?,
            created_at: row.created_at,
            waits: row.state == "under_way",
        })
    })
    .transpose()
}

/// What the provider calls something that goes back, if it is ours.
pub(crate) async fn by_reference(tx: &mut Tx, reference: &str) -> Result<Option<ReturnId>, Error> {
    let id =
        sqlx::query_scalar!("select id from refunds where reference = $1", reference).fetch_optional(&mut **tx).await?;
    Ok(id.map(ReturnId::from_uuid))
}

/// Writes down how giving back ended.
pub(crate) async fn end(
    tx: &mut Tx,
    id: ReturnId,
    reference: Option<&str>,
    failure: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update refunds set state = $2, reference = coalesce($3, reference), failure = left($4, 300), changed_at = $5
         where id = $1",
        id.uuid(),
        if failure.is_some() { "failed" } else { "done" },
        reference,
        failure,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What of an invoice was asked to be given back, whatever came of it, in minor units.
pub(crate) async fn sum_of(tx: &mut Tx, invoice: InvoiceId) -> Result<i64, Error> {
    let sum = sqlx::query_scalar!(
        r#"select coalesce(sum(amount), 0)::bigint as "sum!" from refunds where invoice_id = $1"#,
        invoice.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(sum)
}
