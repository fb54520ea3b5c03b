//! The SQL of the sandbox, checked at compile time. Its tables are nobody else's. No rules.

pub(crate) mod cards;
pub(crate) mod events;
pub(crate) mod later;
pub(crate) mod pages;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod requests;

use kernel::{AccountId, Money};
use platform::Tx;
use url::Url;

use crate::error::Error;

/// Reads an amount that the database stores.
fn money(minor: i64, currency: &str) -> Result<Money, Error> {
    Ok(Money::new(minor, currency.parse().map_err(|_| Error::BadRow("currency"))?))
}

/// Reads an address that the database stores.
fn address(text: &str) -> Result<Url, Error> {
    Url::parse(text).map_err(|_| Error::BadRow("address"))
}

/// Writes a customer down.
pub(crate) async fn insert_customer(tx: &mut Tx, reference: &str, account: AccountId) -> Result<(), Error> {
    sqlx::query!("insert into sandbox_customers (reference, account_id) values ($1, $2)", reference, account.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether there is such a customer.
pub(crate) async fn is_customer(tx: &mut Tx, reference: &str) -> Result<bool, Error> {
    let there = sqlx::query_scalar!(
        r#"select exists (select from sandbox_customers where reference = $1) as "there!""#,
        reference
    );
    Ok(there.fetch_one(&mut **tx).await?)
}
