//! Who pays.

use chrono::{DateTime, Utc};
use kernel::AccountId;
use platform::{Tx, payments::Card};
use sqlx::{PgExecutor, PgPool};

use crate::{CardView, CustomerView, Error, command::BillTo};

/// What is known of who pays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Customer {
    pub(crate) bill_name: String,
    pub(crate) bill_address: String,
    pub(crate) bill_tax_id: String,
    /// What the provider calls them.
    pub(crate) reference: Option<String>,
    pub(crate) card: Option<Card>,
}

impl From<Customer> for CustomerView {
    fn from(it: Customer) -> Self {
        let view = |card: Card| CardView {
            brand: card.brand,
            last4: card.last4,
            exp_month: card.exp_month,
            exp_year: card.exp_year,
        };
        Self {
            bill_name: it.bill_name,
            bill_address: it.bill_address,
            bill_tax_id: it.bill_tax_id,
            card: it.card.map(view),
        }
    }
}

/// Somebody as a customer of a provider. A card they left with another one is none.
pub(crate) async fn of(db: impl PgExecutor<'_>, account: AccountId, provider: &str) -> Result<Customer, Error> {
    let row = sqlx::query!(
        "select bill_name, bill_address, bill_tax_id, provider, reference, card from customers where account_id = $1",
        account.uuid()
    )
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(Customer::default()) };
    let here = row.provider.as_deref() == Some(provider);
    let card = row.card.filter(|_| here).map(serde_json::from_value).transpose();
    Ok(Customer {
        bill_name: row.bill_name,
        bill_address: row.bill_address,
        bill_tax_id: row.bill_tax_id,
        reference: row.reference.filter(|_| here),
        card: card.map_err(|_| Error::BadRow("card"))?,
    })
}

/// Remembers what a provider calls somebody; what another one called them, and the card they left there, is forgotten.
pub(crate) async fn set_reference(
    pool: &PgPool,
    account: AccountId,
    provider: &str,
    reference: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let mut tx = pool.begin().await?;
    // Two at once are to wait for one another on the account's row. With its reference in it, the second would be refused
    // for having the reference of the first.
    sqlx::query!(
        "insert into customers (account_id, changed_at) values ($1, $2) on conflict (account_id) do nothing",
        account.uuid(),
        now
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update customers set card = case when provider = $2 then card end, provider = $2, reference = $3, changed_at = $4
         where account_id = $1",
        account.uuid(),
        provider,
        reference,
        now
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Writes down what stands on somebody's invoices.
pub(crate) async fn set_bill_to(
    tx: &mut Tx,
    account: AccountId,
    bill: &BillTo,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into customers (account_id, bill_name, bill_address, bill_tax_id, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (account_id) do update set bill_name = $2, bill_address = $3, bill_tax_id = $4, changed_at = $5",
        account.uuid(),
        bill.name,
        bill.address,
        bill.tax_id,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Remembers the card that a customer of a provider left, unless something later was heard: by the provider's clock, and of
/// two cards left in the same second the one whose name comes later, so that the order of the news makes no difference. With
/// `known_only`, when it is the card they have. Whether they are a customer.
pub(crate) async fn set_card(
    tx: &mut Tx,
    (provider, customer): (&str, &str),
    card: &Card,
    at: DateTime<Utc>,
    known_only: bool,
) -> Result<bool, Error> {
    let value = serde_json::to_value(card).map_err(|_| Error::BadRow("card"))?;
    sqlx::query!(
        "update customers set card = $3, card_at = $4
         where provider = $1 and reference = $2
             and (card_at is null or (card_at, coalesce(card->>'reference', '')) <= ($4, $5))
             and (not $6 or card->>'reference' = $5)",
        provider,
        customer,
        value,
        at,
        card.reference,
        known_only
    )
    .execute(&mut **tx)
    .await?;
    let known = sqlx::query_scalar!(
        r#"select exists (select from customers where provider = $1 and reference = $2) as "known!""#,
        provider,
        customer
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(known)
}

/// Forgets a card that can't be charged any more, whosoever it was.
pub(crate) async fn forget_card(tx: &mut Tx, provider: &str, card: &str, at: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update customers set card = null, card_at = greatest(card_at, $3)
         where provider = $1 and card->>'reference' = $2",
        provider,
        card,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
