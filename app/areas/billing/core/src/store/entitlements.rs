//! What somebody may use. It is not stored: it follows from subscriptions and purchases, so it changes with them in the
//! same transaction.

use kernel::{AccountId, InvoiceId, PurchaseId, SubscriptionId, TransferId};
use platform::Tx;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::word;
use crate::{Access, Error, Feature, Source, SubscriptionState, number};

/// Everything that gives somebody something; or of one feature.
pub(crate) async fn sources(
    db: impl PgExecutor<'_>,
    account: AccountId,
    feature: Option<&Feature>,
) -> Result<Vec<(Feature, Source)>, Error> {
    let rows = sqlx::query!(
        r#"select g.feature as "feature!", g.amount, o.name as "product!", s.id as "subscription?", s.state as "state?",
             s.period_end as "until?", null::uuid as "purchase?", i.id as "invoice?", i.series as "series?",
             i.number as "number?", i.transfer_id as "transfer?"
           from subscriptions s
           join products o on o.id = s.product_id
           join product_grants g on g.product_id = s.product_id and not g.as_credits
           left join lateral (
               select id, series, number, transfer_id from invoices
               where subscription_id = s.id and kind = 'invoice' order by id desc limit 1
           ) i on true
           where s.account_id = $1 and s.state in ('trialing', 'active', 'past_due', 'grace')
               and ($2::text is null or g.feature = $2)
           union all
           select g.feature, g.amount, o.name, null, null, null, b.id, i.id, i.series, i.number, i.transfer_id
           from purchases b
           join products o on o.id = b.product_id
           join product_grants g on g.product_id = b.product_id and not g.as_credits
           join invoices i on i.id = b.invoice_id
           where b.account_id = $1 and b.revoked_at is null and ($2::text is null or g.feature = $2)"#,
        account.uuid(),
        feature.map(Feature::as_str)
    )
    .fetch_all(db)
    .await?;
    let mut sources = Vec::with_capacity(rows.len());
    for row in rows {
        let state = row.state.map(|state| word(SubscriptionState::parse(&state), "state of a subscription"));
        let state = state.transpose()?;
        let access = match state {
            Some(state) => state.access().ok_or(Error::BadRow("access of a subscription"))?,
            None => Access::Full,
        };
        let source = Source {
            product: row.product,
            amount: row.amount,
            access,
            subscription: row.subscription.map(SubscriptionId::from_uuid).zip(state),
            purchase: row.purchase.map(PurchaseId::from_uuid),
            until: row.until,
            invoice: row.invoice.map(InvoiceId::from_uuid),
            invoice_number: row.series.zip(row.number).map(|(series, it)| number(&series, it)),
            transfer: row.transfer.map(TransferId::from_uuid),
        };
        sources.push((row.feature.parse().map_err(|_| Error::BadRow("feature"))?, source));
    }
    Ok(sources)
}

/// Writes down that somebody bought something once.
pub(crate) async fn insert_purchase(
    tx: &mut Tx,
    id: PurchaseId,
    account: AccountId,
    product: kernel::ProductId,
    invoice: InvoiceId,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into purchases (id, account_id, product_id, invoice_id, created_at) values ($1, $2, $3, $4, $5)",
        id.uuid(),
        account.uuid(),
        product.uuid(),
        invoice.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes back what was bought once with an invoice.
pub(crate) async fn revoke_purchases(
    tx: &mut Tx,
    invoice: InvoiceId,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<PurchaseId>, Error> {
    let ids: Vec<Uuid> = sqlx::query_scalar!(
        "update purchases set revoked_at = $2 where invoice_id = $1 and revoked_at is null returning id",
        invoice.uuid(),
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(PurchaseId::from_uuid).collect())
}

/// What somebody bought once, and when.
pub(crate) async fn purchases(
    db: impl PgExecutor<'_>,
    account: AccountId,
) -> Result<Vec<(PurchaseId, String, InvoiceId, chrono::DateTime<chrono::Utc>, bool)>, Error> {
    let rows = sqlx::query!(
        "select b.id, o.name, b.invoice_id, b.created_at, b.revoked_at from purchases b
         join products o on o.id = b.product_id where b.account_id = $1 order by b.id desc limit 100",
        account.uuid()
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (id, invoice) = (PurchaseId::from_uuid(row.id), InvoiceId::from_uuid(row.invoice_id));
            (id, row.name, invoice, row.created_at, row.revoked_at.is_some())
        })
        .collect())
}
