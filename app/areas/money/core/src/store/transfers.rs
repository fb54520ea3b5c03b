//! Transfers and their postings.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Currency, HoldId, LedgerAccountId, TransferId};
use platform::Tx;
use uuid::Uuid;

use super::{currency, ledger_kind, subject, transfer_kind};
use crate::{Error, LedgerKind, Memo, Subject, TransferKind};

/// A transfer to be written.
pub(crate) struct New<'a> {
    pub(crate) id: TransferId,
    pub(crate) kind: TransferKind,
    pub(crate) key: &'a str,
    pub(crate) fingerprint: &'a [u8; 32],
    pub(crate) memo: &'a Memo,
    pub(crate) subject: Option<&'a Subject>,
    pub(crate) reverses: Option<TransferId>,
    pub(crate) hold: Option<HoldId>,
    pub(crate) actor: Option<AccountId>,
    pub(crate) at: DateTime<Utc>,
}

/// A posting to be written.
pub(crate) struct NewPosting {
    pub(crate) account: LedgerAccountId,
    pub(crate) currency: Currency,
    pub(crate) amount: i64,
}

/// Writes a transfer with its postings, in their order. False when another one has its key; waits for whoever is
/// writing that one at this moment.
pub(crate) async fn insert(tx: &mut Tx, new: &New<'_>, postings: &[NewPosting]) -> Result<bool, Error> {
    let accounts: Vec<Uuid> = postings.iter().map(|posting| posting.account.uuid()).collect();
    let currencies: Vec<String> = postings.iter().map(|posting| posting.currency.as_str().to_owned()).collect();
    let amounts: Vec<i64> = postings.iter().map(|posting| posting.amount).collect();
    let written = sqlx::query!(
        "with transfer as (
             insert into transfers (id, kind, key, fingerprint, memo, subject_kind, subject_id, reverses, hold_id, actor_id,
                 created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict (key) do nothing
             returning id
         )
         insert into postings (transfer_id, place, ledger_account_id, currency, amount)
         select transfer.id, posting.place - 1, posting.account, posting.currency, posting.amount
         from transfer
         cross join unnest($12::uuid[], $13::text[], $14::bigint[]) with ordinality
             as posting (account, currency, amount, place)
         order by posting.place",
        new.id.uuid(),
        new.kind.as_str(),
        new.key,
        &new.fingerprint[..],
        new.memo.as_str(),
        new.subject.map(|subject| subject.kind.as_str()),
        new.subject.map(|subject| subject.id),
        new.reverses.map(TransferId::uuid),
        new.hold.map(HoldId::uuid),
        new.actor.map(AccountId::uuid),
        new.at,
        &accounts,
        &currencies,
        &amounts,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(written > 0)
}

/// The transfer that was asked for with a key.
pub(crate) struct Earlier {
    pub(crate) id: TransferId,
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) hold: Option<HoldId>,
}

/// The transfer that was asked for with this key, if there is one.
pub(crate) async fn by_key(tx: &mut Tx, key: &str) -> Result<Option<Earlier>, Error> {
    let row = sqlx::query!("select id, fingerprint, hold_id from transfers where key = $1", key)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| Earlier {
        id: TransferId::from_uuid(row.id),
        fingerprint: row.fingerprint,
        hold: row.hold_id.map(HoldId::from_uuid),
    }))
}

/// What a later transfer needs to know of the one it takes back.
pub(crate) struct Head {
    pub(crate) kind: TransferKind,
    pub(crate) subject: Option<Subject>,
}

/// Reads a transfer and holds its row until the transaction ends, so that those who take it back come one after the
/// other.
pub(crate) async fn lock(tx: &mut Tx, id: TransferId) -> Result<Option<Head>, Error> {
    sqlx::query!("select kind, subject_kind, subject_id from transfers where id = $1 for no key update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?
        .map(|row| Ok(Head { kind: transfer_kind(&row.kind)?, subject: subject(row.subject_kind, row.subject_id) }))
        .transpose()
}

/// A posting on an account of a kind.
pub(crate) struct Posted {
    pub(crate) owner: Option<AccountId>,
    pub(crate) currency: Currency,
    pub(crate) amount: i64,
}

/// What a transfer did to the account of a kind, of which it moves one.
pub(crate) async fn posting(tx: &mut Tx, id: TransferId, kind: LedgerKind) -> Result<Option<Posted>, Error> {
    sqlx::query!(
        "select a.owner_id, a.currency, p.amount
         from postings p join ledger_accounts a on a.id = p.ledger_account_id
         where p.transfer_id = $1 and a.kind = $2 order by p.place limit 1",
        id.uuid(),
        kind.as_str()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(|row| {
        Ok(Posted {
            owner: row.owner_id.map(AccountId::from_uuid),
            currency: currency(&row.currency)?,
            amount: row.amount,
        })
    })
    .transpose()
}

/// How much has come to the accounts of a kind by the transfers that take `id` back.
pub(crate) async fn reversed(tx: &mut Tx, id: TransferId, to: LedgerKind) -> Result<i64, Error> {
    let sum = sqlx::query_scalar!(
        r#"select coalesce(sum(p.amount), 0)::bigint as "sum!"
           from transfers t
           join postings p on p.transfer_id = t.id
           join ledger_accounts a on a.id = p.ledger_account_id
           where t.reverses = $1 and a.kind = $2"#,
        id.uuid(),
        to.as_str()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(sum)
}

/// A posting, as it is read.
pub(crate) struct Row {
    pub(crate) account: LedgerAccountId,
    pub(crate) kind: LedgerKind,
    pub(crate) owner: Option<AccountId>,
    pub(crate) currency: Currency,
    pub(crate) amount: i64,
}

/// All postings of a transfer: what went out first, then what came in.
pub(crate) async fn postings(pool: &sqlx::PgPool, id: TransferId) -> Result<Vec<Row>, Error> {
    sqlx::query!(
        "select p.ledger_account_id, p.amount, p.currency, a.kind, a.owner_id
         from postings p join ledger_accounts a on a.id = p.ledger_account_id
         where p.transfer_id = $1 order by (p.amount > 0), abs(p.amount) desc, p.place",
        id.uuid()
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| {
        Ok(Row {
            account: LedgerAccountId::from_uuid(row.ledger_account_id),
            kind: ledger_kind(&row.kind)?,
            owner: row.owner_id.map(AccountId::from_uuid),
            currency: currency(&row.currency)?,
            amount: row.amount,
        })
    })
    .collect()
}

/// A transfer, as it is read.
pub(crate) struct Full {
    pub(crate) kind: TransferKind,
    pub(crate) memo: Memo,
    pub(crate) subject: Option<Subject>,
    pub(crate) reverses: Option<TransferId>,
    pub(crate) reversed_by: Vec<TransferId>,
    pub(crate) hold: Option<HoldId>,
    pub(crate) created_at: DateTime<Utc>,
}

/// One transfer.
pub(crate) async fn one(pool: &sqlx::PgPool, id: TransferId) -> Result<Option<Full>, Error> {
    sqlx::query!(
        r#"select kind, memo, subject_kind, subject_id, reverses, hold_id, created_at,
               array(select later.id from transfers later where later.reverses = t.id order by later.id) as "reversed_by!"
           from transfers t where id = $1"#,
        id.uuid()
    )
    .fetch_optional(pool)
    .await?
    .map(|row| {
        Ok(Full {
            kind: transfer_kind(&row.kind)?,
            memo: row.memo.into(),
            subject: subject(row.subject_kind, row.subject_id),
            reverses: row.reverses.map(TransferId::from_uuid),
            reversed_by: row.reversed_by.into_iter().map(TransferId::from_uuid).collect(),
            hold: row.hold_id.map(HoldId::from_uuid),
            created_at: row.created_at,
        })
    })
    .transpose()
}
