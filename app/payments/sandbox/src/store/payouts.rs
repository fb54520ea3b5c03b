//! Accounts that payouts go to, and payouts.

use chrono::{DateTime, Utc};
use kernel::{AccountId, PayoutId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use super::money;
use crate::{
    accounts::Arrival,
    error::Error,
    payouts::{BankAccount, Payout, PayoutStatus},
};

struct AccountRow {
    account_id: Uuid,
    behaviour: Option<String>,
    created_at: DateTime<Utc>,
}

impl AccountRow {
    fn read(self, reference: &str) -> Result<BankAccount, Error> {
        let arrival = match self.behaviour {
            Some(text) => Some(Arrival::parse(&text).ok_or(Error::BadRow("behaviour of a payout account"))?),
            None => None,
        };
        Ok(BankAccount {
            reference: reference.to_owned(),
            owner: AccountId::from_uuid(self.account_id),
            arrival,
            created_at: self.created_at,
        })
    }
}

/// Writes an account down that nobody knows yet where it leads.
pub(crate) async fn insert_account(tx: &mut Tx, account: &BankAccount) -> Result<(), Error> {
    sqlx::query!(
        "insert into sandbox_payout_accounts (reference, account_id, created_at) values ($1, $2, $3)",
        account.reference,
        account.owner.uuid(),
        account.created_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An account that payouts go to.
pub(crate) async fn find_account(pool: &PgPool, reference: &str) -> Result<Option<BankAccount>, Error> {
    sqlx::query_as!(
        AccountRow,
        "select account_id, behaviour, created_at from sandbox_payout_accounts where reference = $1",
        reference
    )
    .fetch_optional(pool)
    .await?
    .map(|row| row.read(reference))
    .transpose()
}

/// Reads an account and holds its row until the transaction ends.
pub(crate) async fn lock_account(tx: &mut Tx, reference: &str) -> Result<Option<BankAccount>, Error> {
    sqlx::query_as!(
        AccountRow,
        "select account_id, behaviour, created_at from sandbox_payout_accounts where reference = $1 for no key update",
        reference
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(|row| row.read(reference))
    .transpose()
}

/// Writes down where an account leads.
pub(crate) async fn set_bank(tx: &mut Tx, reference: &str, arrival: Arrival, last4: &str) -> Result<(), Error> {
    sqlx::query!(
        "update sandbox_payout_accounts set behaviour = $2, last4 = $3 where reference = $1",
        reference,
        arrival.as_str(),
        last4
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a payout down.
pub(crate) async fn insert(tx: &mut Tx, payout: &Payout) -> Result<(), Error> {
    sqlx::query!(
        "insert into sandbox_payouts
             (reference, payout_id, account, currency, amount, status, settles_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        payout.reference,
        payout.payout.uuid(),
        payout.account,
        payout.amount.currency.as_str(),
        payout.amount.minor,
        payout.status.as_str(),
        payout.settles_at,
        payout.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reads a payout, and what becomes of payouts to its account, and holds its row until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, reference: &str) -> Result<Option<(Payout, Arrival)>, Error> {
    let row = sqlx::query!(
        "select p.payout_id, p.account, p.currency, p.amount, p.status, p.settles_at, p.created_at, a.behaviour
         from sandbox_payouts p join sandbox_payout_accounts a on a.reference = p.account
         where p.reference = $1 for no key update of p",
        reference
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let arrival = row.behaviour.as_deref().and_then(Arrival::parse);
    let payout = Payout {
        reference: reference.to_owned(),
        payout: PayoutId::from_uuid(row.payout_id),
        account: row.account,
        amount: money(row.amount, &row.currency)?,
        status: PayoutStatus::parse(&row.status).ok_or(Error::BadRow("status of a payout"))?,
        settles_at: row.settles_at,
        created_at: row.created_at,
    };
    Ok(Some((payout, arrival.ok_or(Error::BadRow("behaviour of a payout account"))?)))
}

/// Writes down what has become of a payout.
pub(crate) async fn save(tx: &mut Tx, payout: &Payout) -> Result<(), Error> {
    sqlx::query!(
        "update sandbox_payouts set status = $2, settles_at = $3 where reference = $1",
        payout.reference,
        payout.status.as_str(),
        payout.settles_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
