//! The one place that writes transfers.

use std::collections::BTreeMap;

use kernel::{Actor, Currency, HoldId, LedgerAccountId, Money, MoneyError, TransferId};
use platform::{Cx, Tx};
use uuid::Uuid;

use super::Who;
use crate::{
    Draft, Error, Memo, Subject, Transfer, TransferKind,
    fingerprint::Fingerprint,
    store::{
        accounts::{self, Held},
        transfers::{self, Earlier, New, NewPosting},
    },
};

/// Books a transfer that another area put together. With a key that was used before for the same, gives the transfer of
/// that time, and nothing moves.
///
/// # Errors
/// When there isn't enough, the key was used for something else, the postings don't sum to zero, or they touch what
/// only its own use cases move.
pub async fn post<A: Who>(tx: &mut Tx, cx: &Cx<A>, draft: &Draft) -> Result<Transfer, Error> {
    let mut moves = Moves::default();
    for (account, amount) in &draft.postings {
        moves.add(*account, *amount)?;
    }
    let fingerprint = moves
        .iter()
        .fold(Fingerprint::of("post").with(draft.kind.as_str()), |it, (account, amount)| it.with(account).with(amount))
        .about(&draft.memo, draft.subject.as_ref())
        .finish();
    let entry = Entry {
        kind: draft.kind,
        key: format!("post:{}", draft.key),
        fingerprint,
        memo: &draft.memo,
        subject: draft.subject.as_ref(),
        reverses: None,
        hold: None,
    };
    let locked = Locked::lock(tx, &moves.accounts()).await?;
    if let Some(bound) = locked.0.iter().find(|account| account.kind.is_bound()) {
        return Err(Error::Bound(bound.kind));
    }
    if let Some(earlier) = earlier(tx, &entry).await? {
        return Ok(Transfer { id: earlier.id, repeated: true });
    }
    book(tx, cx, &entry, &locked, &moves).await
}

/// A transfer, but for its postings.
pub(super) struct Entry<'a> {
    pub(super) kind: TransferKind,
    pub(super) key: String,
    pub(super) fingerprint: [u8; 32],
    pub(super) memo: &'a Memo,
    pub(super) subject: Option<&'a Subject>,
    pub(super) reverses: Option<TransferId>,
    pub(super) hold: Option<HoldId>,
}

/// What comes into which account, or less than nothing: what goes out. Each account once.
#[derive(Default)]
pub(super) struct Moves(BTreeMap<LedgerAccountId, i64>);

impl Moves {
    /// Adds to what comes into an account.
    pub(super) fn add(&mut self, account: LedgerAccountId, amount: i64) -> Result<(), Error> {
        let sum = self.0.entry(account).or_default();
        *sum = sum.checked_add(amount).ok_or(MoneyError::Overflow)?;
        Ok(())
    }

    /// Those that are moved at all.
    fn iter(&self) -> impl Iterator<Item = (&LedgerAccountId, &i64)> {
        self.0.iter().filter(|(_, amount)| **amount != 0)
    }

    fn accounts(&self) -> Vec<LedgerAccountId> {
        self.iter().map(|(account, _)| *account).collect()
    }
}

/// Accounts whose rows are held, in the order in which everybody takes them.
pub(super) struct Locked(Vec<Held>);

impl Locked {
    /// Holds the rows of accounts until the transaction ends.
    pub(super) async fn lock(tx: &mut Tx, ids: &[LedgerAccountId]) -> Result<Self, Error> {
        let mut uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        uuids.sort_unstable();
        uuids.dedup();
        let locked = accounts::lock(tx, &uuids).await?;
        if locked.len() < uuids.len() {
            return Err(Error::NoSuchLedgerAccount);
        }
        Ok(Self(locked))
    }

    /// What is on one of them.
    pub(super) fn balance(&self, id: LedgerAccountId) -> i64 {
        self.0.iter().find(|account| account.id == id).map_or(0, |account| account.balance)
    }
}

/// The transfer that was asked for before with the same key, if there is one. To be asked while what the entry is about
/// is held: of two at once, the second then sees the first.
pub(super) async fn earlier(tx: &mut Tx, entry: &Entry<'_>) -> Result<Option<Earlier>, Error> {
    let earlier = transfers::by_key(tx, &entry.key).await?;
    match earlier {
        Some(earlier) if earlier.fingerprint != entry.fingerprint => Err(Error::KeyReused),
        other => Ok(other),
    }
}

/// Writes a transfer. The accounts it moves are held, and its key was looked for.
pub(super) async fn book<A: Who>(
    tx: &mut Tx,
    cx: &Cx<A>,
    entry: &Entry<'_>,
    locked: &Locked,
    moves: &Moves,
) -> Result<Transfer, Error> {
    let postings = judge(locked, moves)?;
    let id = cx.id();
    let actor: Option<Actor> = cx.actor.into();
    let new = New {
        id,
        kind: entry.kind,
        key: &entry.key,
        fingerprint: &entry.fingerprint,
        memo: entry.memo,
        subject: entry.subject,
        reverses: entry.reverses,
        hold: entry.hold,
        actor: actor.map(|actor| actor.account),
        at: cx.now(),
    };
    if transfers::insert(tx, &new, &postings).await? {
        return Ok(Transfer { id, repeated: false });
    }
    // Somebody took the key since it was looked for. With the same accounts held that can only be for something else,
    // unless they are all of those that are not held.
    match earlier(tx, entry).await? {
        Some(earlier) => Ok(Transfer { id: earlier.id, repeated: true }),
        None => Err(Error::Busy),
    }
}

/// Judges what the database would judge as well, but before it has to, and in better words: that the sums are zero, and
/// that no balance falls below its floor. Gives the postings in the order of the accounts.
fn judge(locked: &Locked, moves: &Moves) -> Result<Vec<NewPosting>, Error> {
    let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
    let mut postings = Vec::new();
    for account in &locked.0 {
        let amount = moves.0.get(&account.id).copied().unwrap_or(0);
        if amount == 0 {
            continue;
        }
        let after = account.balance.checked_add(amount).ok_or(MoneyError::Overflow)?;
        if let Some(floor) = account.floor.filter(|floor| after < *floor) {
            let missing = floor.checked_sub(after).ok_or(MoneyError::Overflow)?;
            return Err(Error::NotEnough { of: account.kind, missing: Money::new(missing, account.currency) });
        }
        *sums.entry(account.currency).or_default() += i128::from(amount);
        postings.push(NewPosting { account: account.id, currency: account.currency, amount });
    }
    if postings.len() < 2 || postings.len() != moves.iter().count() || sums.values().any(|sum| *sum != 0) {
        return Err(Error::Unbalanced);
    }
    Ok(postings)
}
