//! Wallets, statements and transfers, for those whose they are.

use std::collections::BTreeMap;

use identity_core::gate::{self, Action, Guarded};
use kernel::{
    AccountId, Actor, Currency, Cursor, Id, LedgerAccount, LedgerAccountId, Money, Page, PageSize, TransferId,
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    Balance, Error, LedgerKind, PostingView, StatementLine, TransferView, Wallet,
    store::{accounts, lines, statements, transfers},
};

/// What somebody has, for themselves or an administrator.
///
/// # Errors
/// When it is somebody else's.
pub async fn wallet(pool: &PgPool, actor: Actor, owner: AccountId) -> Result<Wallet, Error> {
    if !may_see(pool, actor, [owner]).await? {
        return Err(Error::NoSuchAccount);
    }
    let mut balances: BTreeMap<Currency, Balance> = BTreeMap::new();
    for on in statements::balances(pool, owner).await? {
        let currency = on.balance.currency;
        let balance = balances.entry(currency).or_insert_with(|| Balance::empty(currency));
        match on.kind {
            LedgerKind::Wallet => balance.available = on.balance,
            LedgerKind::Held => balance.held = on.balance,
            LedgerKind::Earnings => balance.earnings = on.balance,
            LedgerKind::Pending => balance.pending = on.balance,
            LedgerKind::Provider
            | LedgerKind::Fees
            | LedgerKind::Losses
            | LedgerKind::Payouts
            | LedgerKind::Revenue
            | LedgerKind::Tax => return Err(Error::BadRow("owner of a platform's account")),
        }
        balance.accounts.push((on.kind, on.id));
    }
    for (currency, at) in lines::next_freed(pool, owner).await? {
        if let Some(balance) = balances.get_mut(&currency) {
            balance.next_freed_at = Some(at);
        }
    }
    Ok(Wallet { balances: balances.into_values().collect() })
}

/// The statement of an account of the ledger, youngest first, for its owner or an administrator.
///
/// # Errors
/// When it is somebody else's, or the cursor isn't one of ours.
pub async fn statement(
    pool: &PgPool,
    actor: Actor,
    account: LedgerAccountId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<StatementLine>, Error> {
    let head = visible(pool, actor, account).await?;
    let before = match after {
        Some(cursor) => seq_of(cursor.id()?),
        None => i64::MAX,
    };
    let lines = statements::page(pool, account, head.owner, head.currency, before, size).await?;
    Ok(Page::from_overfull(lines, size, |line| mark_of(line.seq)))
}

/// Cursors hold ids; a statement's lines have numbers, which fit into one.
fn mark_of(seq: i64) -> Id<LedgerAccount> {
    Id::from_uuid(Uuid::from_u128(u128::from(seq.unsigned_abs())))
}

/// The number in a cursor. One that we didn't make leads to some page or none.
fn seq_of(mark: Id<LedgerAccount>) -> i64 {
    i64::try_from(mark.uuid().as_u128()).unwrap_or(i64::MAX)
}

/// An account of the ledger that the actor may see.
pub(super) async fn visible(pool: &PgPool, actor: Actor, account: LedgerAccountId) -> Result<accounts::Head, Error> {
    let head = accounts::head(pool, account).await?.ok_or(Error::NoSuchLedgerAccount)?;
    if may_see(pool, actor, head.owner).await? { Ok(head) } else { Err(Error::NoSuchLedgerAccount) }
}

/// A transfer with all its postings, for whoever owns one of its accounts, or an administrator.
///
/// # Errors
/// When it is between others.
pub async fn transfer(pool: &PgPool, actor: Actor, id: TransferId) -> Result<TransferView, Error> {
    let row = transfers::one(pool, id).await?.ok_or(Error::NoSuchTransfer)?;
    let postings = transfers::postings(pool, id).await?;
    if !may_see(pool, actor, postings.iter().filter_map(|posting| posting.owner)).await? {
        return Err(Error::NoSuchTransfer);
    }
    let postings = postings.into_iter().map(|posting| PostingView {
        account: posting.account,
        kind: posting.kind,
        owner: posting.owner,
        amount: Money::new(posting.amount, posting.currency),
    });
    Ok(TransferView {
        id,
        kind: row.kind,
        memo: row.memo,
        subject: row.subject,
        reverses: row.reverses,
        reversed_by: row.reversed_by,
        hold: row.hold,
        created_at: row.created_at,
        postings: postings.collect(),
    })
}

/// Whether the actor is one of the owners, or an administrator.
async fn may_see(pool: &PgPool, actor: Actor, owners: impl IntoIterator<Item = AccountId>) -> Result<bool, Error> {
    let owns =
        owners.into_iter().any(|owner| gate::decide(Some(&actor), Action::See, &Guarded::private(owner)).is_ok());
    Ok(owns || is_admin(pool, actor).await?)
}

/// Whether the actor administers this server.
pub(super) async fn is_admin(pool: &PgPool, actor: Actor) -> Result<bool, Error> {
    Ok(identity_core::service::is_admin(pool, actor.account).await?)
}
