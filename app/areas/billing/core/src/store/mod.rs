//! The SQL of this area, checked at compile time. Rows are private to it and become types of the model; no rules.

pub(crate) mod catalogue;
pub(crate) mod checkouts;
pub(crate) mod credits;
pub(crate) mod customers;
pub(crate) mod entitlements;
pub(crate) mod invoices;
pub(crate) mod overview;
pub(crate) mod payments;
pub(crate) mod payout_accounts;
pub(crate) mod reconciliations;
pub(crate) mod refunds;
pub(crate) mod subscriptions;
pub(crate) mod webhooks;

use kernel::Money;

use crate::Error;

/// Reads an amount that the database stores.
pub(crate) fn money(minor: i64, currency: &str) -> Result<Money, Error> {
    Ok(Money::new(minor, currency.parse().map_err(|_| Error::BadRow("currency"))?))
}

/// Reads a word that the database stores.
pub(crate) fn word<T>(parsed: Option<T>, what: &'static str) -> Result<T, Error> {
    parsed.ok_or(Error::BadRow(what))
}
