//! Balances and statements. The cost of a page depends on the page, not on how many postings its account has.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Currency, LedgerAccountId, Money, PageSize, TransferId};
use sqlx::PgPool;
use uuid::Uuid;

use super::{currency, ledger_kind, subject, transfer_kind};
use crate::{Counterparty, Error, LedgerKind, StatementLine};

/// What is on an account.
pub(crate) struct OnAccount {
    pub(crate) id: LedgerAccountId,
    pub(crate) kind: LedgerKind,
    pub(crate) balance: Money,
}

/// What is on somebody's accounts, by currency.
pub(crate) async fn balances(pool: &PgPool, owner: AccountId) -> Result<Vec<OnAccount>, Error> {
    sqlx::query!(
        "select id, kind, currency, balance from ledger_accounts where owner_id = $1 order by currency, kind",
        owner.uuid()
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| {
        Ok(OnAccount {
            id: LedgerAccountId::from_uuid(row.id),
            kind: ledger_kind(&row.kind)?,
            balance: Money::new(row.balance, currency(&row.currency)?),
        })
    })
    .collect()
}

struct LineRow {
    seq: i64,
    amount: i64,
    balance: i64,
    transfer: Uuid,
    kind: String,
    memo: String,
    subject_kind: Option<String>,
    subject_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    other_owner: Option<Uuid>,
    other_kind: Option<String>,
}

impl LineRow {
    fn line(self, owner: Option<AccountId>, of: Currency) -> Result<StatementLine, Error> {
        let other_kind = ledger_kind(&self.other_kind.ok_or(Error::BadRow("transfer with one side"))?)?;
        let counterparty = match self.other_owner.map(AccountId::from_uuid) {
            Some(other) if Some(other) != owner => Counterparty::Member(other),
            _ => Counterparty::Account(other_kind),
        };
        Ok(StatementLine {
            seq: self.seq,
            transfer: TransferId::from_uuid(self.transfer),
            kind: transfer_kind(&self.kind)?,
            memo: self.memo.into(),
            subject: subject(self.subject_kind, self.subject_id),
            counterparty,
            amount: Money::new(self.amount, of),
            balance: Money::new(self.balance, of),
            created_at: self.created_at,
        })
    }
}

/// Selects lines of a statement. `$page` gives their postings; `$1` in it is the account, `$2` its owner.
///
/// On the other side stands, before all, somebody for whom the sign is the other one; of those another member; of those
/// the one with the largest part.
macro_rules! select_lines {
    ($page:literal, $order:literal, $account:expr, $owner:expr $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            LineRow,
            r#"select p.seq as "seq!", p.amount as "amount!", p.balance_after as "balance!", t.id as "transfer!",
                   t.kind as "kind!", t.memo as "memo!", t.subject_kind as "subject_kind?", t.subject_id as "subject_id?",
                   t.created_at as "created_at!", other.owner_id as "other_owner?", other.kind as "other_kind?"
               from ("# + $page + r#") p
               join transfers t on t.id = p.transfer_id
               left join lateral (
                   select a.owner_id, a.kind
                   from postings o join ledger_accounts a on a.id = o.ledger_account_id
                   where o.transfer_id = p.transfer_id and o.ledger_account_id <> $1
                   order by ((o.amount > 0) = (p.amount > 0)), (a.owner_id is null or a.owner_id is not distinct from $2),
                       abs(o.amount) desc, o.place
                   limit 1
               ) other on true
               order by "# + $order,
            $account,
            $owner $(, $arg)*
        )
    };
}

/// Lines of a statement from before a number, youngest first. The inner limit is the most there can be: Postgres plans
/// the statement once for all arguments, and needs a number to plan with.
pub(crate) async fn page(
    pool: &PgPool,
    account: LedgerAccountId,
    owner: Option<AccountId>,
    of: Currency,
    before: i64,
    size: PageSize,
) -> Result<Vec<StatementLine>, Error> {
    select_lines!(
        "select * from (
             select transfer_id, seq, amount, balance_after from postings
             where ledger_account_id = $1 and seq < $3 order by seq desc limit 101
         ) most limit $4",
        "p.seq desc",
        account.uuid(),
        owner.map(AccountId::uuid),
        before,
        size.overfull()
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| row.line(owner, of))
    .collect()
}

/// Lines of a statement between two numbers, the second of them included, oldest first.
pub(crate) async fn stretch(
    pool: &PgPool,
    account: LedgerAccountId,
    owner: Option<AccountId>,
    of: Currency,
    after: i64,
    to: i64,
) -> Result<Vec<StatementLine>, Error> {
    select_lines!(
        "select transfer_id, seq, amount, balance_after from postings
         where ledger_account_id = $1 and seq > $3 and seq <= $4 order by seq limit 500",
        "p.seq",
        account.uuid(),
        owner.map(AccountId::uuid),
        after,
        to
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| row.line(owner, of))
    .collect()
}
