//! Checkouts.

use chrono::{DateTime, Utc};
use kernel::{AccountId, CheckoutId, InvoiceId, Money, PaymentStatus, PriceId, SubscriptionId};
use platform::Tx;
use sqlx::PgPool;

use super::{money, word};
use crate::{CheckoutState, CheckoutView, EnteredOn, Error, PayWith, Purpose};

/// A checkout whose row is held, or one to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) id: CheckoutId,
    pub(crate) account: AccountId,
    pub(crate) purpose: Purpose,
    pub(crate) price: Option<PriceId>,
    pub(crate) subscription: Option<SubscriptionId>,
    pub(crate) invoice: Option<InvoiceId>,
    pub(crate) total: Money,
    pub(crate) reckoned_at: DateTime<Utc>,
    pub(crate) pay_with: PayWith,
    pub(crate) state: CheckoutState,
}

/// Lets somebody begin one checkout at a time, until the transaction ends: of two with one key the second sees the first.
pub(crate) async fn queue(tx: &mut Tx, account: AccountId) -> Result<(), Error> {
    let lock = format!("checkout:{account}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock).fetch_one(&mut **tx).await?;
    Ok(())
}

/// Writes a checkout down.
pub(crate) async fn insert(
    tx: &mut Tx,
    new: &Held,
    key: &str,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into checkouts (id, account_id, purpose, price_id, subscription_id, invoice_id, currency, total,
             reckoned_at, pay_with, state, key, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, $12, $13)",
        new.id.uuid(),
        new.account.uuid(),
        new.purpose.as_str(),
        new.price.map(PriceId::uuid),
        new.subscription.map(SubscriptionId::uuid),
        new.invoice.map(InvoiceId::uuid),
        new.total.currency.as_str(),
        new.total.minor,
        new.reckoned_at,
        new.pay_with.as_str(),
        key,
        expires_at,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The checkout that was begun with a key.
pub(crate) async fn by_key(tx: &mut Tx, account: AccountId, key: &str) -> Result<Option<CheckoutId>, Error> {
    let id = sqlx::query_scalar!("select id from checkouts where account_id = $1 and key = $2", account.uuid(), key)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(id.map(CheckoutId::from_uuid))
}

/// Reads a checkout and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: CheckoutId) -> Result<Option<Held>, Error> {
    let row = sqlx::query!(
        "select account_id, purpose, price_id, subscription_id, invoice_id, currency, total, reckoned_at, pay_with, state
         from checkouts where id = $1 for no key update",
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Held {
        id,
        account: AccountId::from_uuid(row.account_id),
        purpose: word(Purpose::parse(&row.purpose), "purpose of a checkout")?,
        price: row.price_id.map(PriceId::from_uuid),
        subscription: row.subscription_id.map(SubscriptionId::from_uuid),
        invoice: row.invoice_id.map(InvoiceId::from_uuid),
        total: money(row.total, &row.currency)?,
        reckoned_at: row.reckoned_at,
        pay_with: word(PayWith::parse(&row.pay_with), "means of a checkout")?,
        state: word(CheckoutState::parse(&row.state), "state of a checkout")?,
    }))
}

/// Writes down how a checkout ended, and what came of it.
pub(crate) async fn end(
    tx: &mut Tx,
    it: &Held,
    state: CheckoutState,
    failure: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update checkouts set state = $2, failure = $3, subscription_id = $4, invoice_id = $5, done_at = $6 where id = $1",
        it.id.uuid(),
        state.as_str(),
        failure,
        it.subscription.map(SubscriptionId::uuid),
        it.invoice.map(InvoiceId::uuid),
        (state != CheckoutState::Open).then_some(now)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends the checkouts that nobody has paid in time and for which no card is being charged.
pub(crate) async fn expire(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, Error> {
    let expired = sqlx::query!(
        "update checkouts c set state = 'expired', done_at = $1
         where c.id in (
             select o.id from checkouts o where o.state = 'open' and o.expires_at <= $1 and not exists (
                 select from payments p where p.checkout_id = o.id and (
                     p.status in ('processing', 'succeeded') or p.status = 'waiting' and p.card_reference is not null
                 )
             )
             order by o.expires_at limit 200 for no key update skip locked
         )",
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(expired.rows_affected())
}

/// One checkout.
pub(crate) async fn one(pool: &PgPool, id: CheckoutId) -> Result<Option<(AccountId, CheckoutView)>, Error> {
    let row = sqlx::query!(
        r#"select c.account_id, c.purpose, c.price_id, c.subscription_id, c.invoice_id, c.currency, c.total, c.pay_with,
             c.state, c.failure, c.expires_at, o.name as "product?", p.status as "status?", p.failure as "card_failure?",
             p.way as "way?", p.withdrawn_at as "withdrawn_at?", p.page_url as "page_url?",
             p.card_reference as "card_reference?"
           from checkouts c
           left join prices on prices.id = c.price_id
           left join products o on o.id = prices.product_id
           left join payments p on p.checkout_id = c.id
           where c.id = $1 order by p.withdrawn_at nulls first limit 1"#,
        id.uuid()
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let purpose = word(Purpose::parse(&row.purpose), "purpose of a checkout")?;
    let status = row.status.as_deref().and_then(PaymentStatus::parse);
    let description = match (purpose, row.product) {
        (Purpose::TopUp, _) => "Top-up of the wallet".to_owned(),
        (Purpose::Invoice, _) => "An open invoice".to_owned(),
        (Purpose::Change, Some(product)) => format!("Change to {product}"),
        (_, product) => product.unwrap_or_default(),
    };
    let view = CheckoutView {
        id,
        purpose,
        description,
        price: row.price_id.map(PriceId::from_uuid),
        subscription: row.subscription_id.map(SubscriptionId::from_uuid),
        invoice: row.invoice_id.map(InvoiceId::from_uuid),
        total: money(row.total, &row.currency)?,
        pay_with: word(PayWith::parse(&row.pay_with), "means of a checkout")?,
        state: word(CheckoutState::parse(&row.state), "state of a checkout")?,
        failure: row.failure.or(row.card_failure),
        entered_on: match (row.way, row.withdrawn_at) {
            (Some(way), None) => Some(word(EnteredOn::parse(&way), "way of a payment")?),
            // It goes on on a page, which may not be there yet.
            (Some(_), Some(_)) => Some(EnteredOn::Page),
            (None, _) => None,
        },
        page_url: row.page_url,
        saved_card: row.card_reference.is_some(),
        under_way: matches!(status, Some(PaymentStatus::Processing)),
        expires_at: row.expires_at,
    };
    Ok(Some((AccountId::from_uuid(row.account_id), view)))
}
