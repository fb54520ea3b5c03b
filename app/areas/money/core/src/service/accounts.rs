//! The accounts of the ledger come into being when they are first needed.

use std::collections::BTreeMap;

use kernel::{AccountId, Currency, LedgerAccountId};
use platform::{Cx, Tx};
use uuid::Uuid;

use crate::{Error, LedgerKind, store::accounts};

/// The account of a kind that a member has, or (with no owner) the platform; makes it if there is none.
///
/// # Errors
/// When there is no such member.
pub async fn account_of<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    owner: Option<AccountId>,
    kind: LedgerKind,
    currency: Currency,
) -> Result<LedgerAccountId, Error> {
    Accounts::of(tx, cx, currency, [(owner, kind)]).await?.get(owner, kind)
}

/// Holds accounts until the transaction ends, in the order in which everybody takes them; makes those that are missing.
/// A transaction that books more than one transfer begins with this, or it could wait for somebody who waits for it.
///
/// # Errors
/// When there is no such member.
pub async fn hold_accounts<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    currency: Currency,
    wanted: &[(Option<AccountId>, LedgerKind)],
) -> Result<(), Error> {
    let found = Accounts::of(tx, cx, currency, wanted.iter().copied()).await?;
    let ids: Vec<Uuid> = wanted.iter().filter_map(|it| found.0.get(it)).map(|id| id.uuid()).collect();
    accounts::lock_all(tx, &ids).await
}

/// The accounts that a use case needs.
pub(super) struct Accounts(BTreeMap<(Option<AccountId>, LedgerKind), LedgerAccountId>);

impl Accounts {
    /// Finds them, and makes those that are missing.
    pub(super) async fn of<A>(
        tx: &mut Tx,
        cx: &Cx<A>,
        currency: Currency,
        wanted: impl IntoIterator<Item = (Option<AccountId>, LedgerKind)>,
    ) -> Result<Self, Error> {
        let mut wanted: Vec<_> = wanted.into_iter().collect();
        // Made in one order everywhere: two who make the same ones would else wait for each other.
        wanted.sort_unstable();
        wanted.dedup();
        let owners: Vec<Uuid> = wanted.iter().filter_map(|(owner, _)| *owner).map(AccountId::uuid).collect();
        let kinds: Vec<String> = wanted.iter().map(|(_, kind)| kind.as_str().to_owned()).collect();
        let found = Self::find(tx, &owners, &kinds, currency).await?;
        let missing: Vec<_> = wanted.iter().filter(|it| !found.0.contains_key(*it)).collect();
        if missing.is_empty() {
            return Ok(found);
        }
        for (owner, kind) in missing {
            accounts::create(tx, cx.id(), *owner, *kind, currency, cx.now()).await?;
        }
        Self::find(tx, &owners, &kinds, currency).await
    }

    async fn find(tx: &mut Tx, owners: &[Uuid], kinds: &[String], currency: Currency) -> Result<Self, Error> {
        let rows = accounts::find(tx, owners, kinds, currency).await?;
        Ok(Self(rows.into_iter().map(|(owner, kind, id)| ((owner, kind), id)).collect()))
    }

    /// One of them.
    pub(super) fn get(&self, owner: Option<AccountId>, kind: LedgerKind) -> Result<LedgerAccountId, Error> {
        self.0.get(&(owner, kind)).copied().ok_or(Error::BadRow("absence of a ledger account"))
    }
}
