//! The accounts of the ledger.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Currency, LedgerAccountId};
use platform::Tx;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::{currency, ledger_kind};
use crate::{Error, LedgerKind};

/// An account of the ledger whose row is held.
pub(crate) struct Held {
    pub(crate) id: LedgerAccountId,
    pub(crate) kind: LedgerKind,
    pub(crate) currency: Currency,
    pub(crate) floor: Option<i64>,
    pub(crate) balance: i64,
}

/// An account of the ledger, without what changes.
pub(crate) struct Head {
    pub(crate) owner: Option<AccountId>,
    pub(crate) currency: Currency,
    pub(crate) balance: i64,
    pub(crate) last_seq: i64,
}

/// The accounts of these kinds, of these members and of the platform, as far as there are any.
pub(crate) async fn find(
    tx: &mut Tx,
    owners: &[Uuid],
    kinds: &[String],
    of: Currency,
) -> Result<Vec<(Option<AccountId>, LedgerKind, LedgerAccountId)>, Error> {
    sqlx::query!(
        r#"select id as "id!", owner_id as "owner_id?", kind as "kind!" from ledger_accounts
           where owner_id = any($1) and kind = any($2) and currency = $3
           union all
           select id, owner_id, kind from ledger_accounts where owner_id is null and kind = any($2) and currency = $3"#,
        owners,
        kinds,
        of.as_str(),
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(|row| {
        let owner = row.owner_id.map(AccountId::from_uuid);
        Ok((owner, ledger_kind(&row.kind)?, LedgerAccountId::from_uuid(row.id)))
    })
    .collect()
}

/// Makes an account, unless there is one already; waits for whoever is making it at this moment.
pub(crate) async fn create(
    tx: &mut Tx,
    id: LedgerAccountId,
    owner: Option<AccountId>,
    kind: LedgerKind,
    of: Currency,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into ledger_accounts (id, kind, owner_id, currency, floor, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        id.uuid(),
        kind.as_str(),
        owner.map(AccountId::uuid),
        of.as_str(),
        kind.floor(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Reads accounts, and holds the rows of those that have a floor until the transaction ends. Always in the same order,
/// so that whoever needs several of them can't be waiting for one another. Those without a floor, where everybody
/// meets, need not be held to be judged: they come last, and are held from when they change.
pub(crate) async fn lock(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Held>, Error> {
    sqlx::query!(
        r#"with held as (
               select id, kind, currency, floor, balance from ledger_accounts
               where id = any($1) and floor is not null order by id for no key update
           )
           select id as "id!", kind as "kind!", currency as "currency!", floor, balance as "balance!" from held
           union all
           select id, kind, currency, floor, balance from ledger_accounts where id = any($1) and floor is null
           order by floor nulls last, 1"#,
        ids
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(|row| {
        Ok(Held {
            id: LedgerAccountId::from_uuid(row.id),
            kind: ledger_kind(&row.kind)?,
            currency: currency(&row.currency)?,
            floor: row.floor,
            balance: row.balance,
        })
    })
    .collect()
}

/// Holds the rows of accounts until the transaction ends, also of those without a floor, in the order in which everybody
/// takes them.
pub(crate) async fn lock_all(tx: &mut Tx, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!("select from ledger_accounts where id = any($1) order by (floor is null), id for no key update", ids)
        .fetch_all(&mut **tx)
        .await?;
    Ok(())
}

/// What an account is, and how far it is.
pub(crate) async fn head(executor: impl PgExecutor<'_>, id: LedgerAccountId) -> Result<Option<Head>, Error> {
    sqlx::query!("select owner_id, currency, balance, last_seq from ledger_accounts where id = $1", id.uuid())
        .fetch_optional(executor)
        .await?
        .map(|row| {
            Ok(Head {
                owner: row.owner_id.map(AccountId::from_uuid),
                currency: currency(&row.currency)?,
                balance: row.balance,
                last_seq: row.last_seq,
            })
        })
        .transpose()
}
