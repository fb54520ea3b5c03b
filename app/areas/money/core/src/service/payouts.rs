//! Earnings are paid out.

use identity_core::gate::{self, Action, Guarded};
use kernel::{AccountId, Actor, Cursor, Id, Page, PageSize, PayoutId};
use platform::{Cx, Tx, event};
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    Who,
    accounts::Accounts,
    ledger::{self, Entry, Locked, Moves},
    read::is_admin,
};
use crate::{
    Error, LedgerKind, MarkPayout, Memo, PayoutFailed, PayoutNews, PayoutPaid, PayoutRequested, PayoutSent,
    PayoutState, PayoutView, RequestPayout, Settled, Subject, Transfer, TransferKind, fingerprint::Fingerprint,
    store::payouts as rows,
};

/// A payout that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedPayout {
    /// The payout.
    pub id: PayoutId,
    /// What took it off the earnings.
    pub transfer: Transfer,
}

/// Takes some of the actor's earnings to be paid out. With a key that was used before for the same, gives the payout of
/// that time, and nothing moves.
///
/// # Errors
/// When less than that is free, or the key was used for something else.
pub async fn request_payout(tx: &mut Tx, cx: &Cx<Actor>, request: &RequestPayout) -> Result<RequestedPayout, Error> {
    let RequestPayout { amount, key } = request;
    let account = cx.actor.account;
    let id: PayoutId = cx.id();
    let (memo, subject) = (Memo::default(), Subject::of(id));
    let entry = Entry {
        kind: TransferKind::Payout,
        key: format!("payout:{account}:{key}"),
        fingerprint: Fingerprint::of("payout").with(amount).finish(),
        memo: &memo,
        subject: Some(&subject),
        reverses: None,
        hold: None,
    };
    let owner = Some(account);
    let wanted = [(owner, LedgerKind::Earnings), (None, LedgerKind::Payouts)];
    let accounts = Accounts::of(tx, cx, amount.currency(), wanted).await?;
    let (earnings, out) = (accounts.get(owner, LedgerKind::Earnings)?, accounts.get(None, LedgerKind::Payouts)?);
    let locked = Locked::lock(tx, &[earnings, out]).await?;
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        let id = rows::by_transfer(tx, earlier.id).await?.ok_or(Error::BadRow("payout of a transfer"))?;
        return Ok(RequestedPayout { id, transfer: Transfer { id: earlier.id, repeated: true } });
    }
    let mut moves = Moves::default();
    moves.add(earnings, -amount.minor())?;
    moves.add(out, amount.minor())?;
    let transfer = ledger::book(tx, cx, &entry, &locked, &moves).await?;
    if transfer.repeated {
        // Not reached while the accounts are held; and which payout it was is not known here.
        return Err(Error::Busy);
    }
    rows::insert(tx, id, account, *amount, transfer.id, cx.now()).await?;
    event::append(tx, cx, id, &PayoutRequested { payout: id, account, amount: amount.money() }).await?;
    Ok(RequestedPayout { id, transfer })
}

/// Takes note of what was heard of a payout, and says how far it is now. News may come late, twice and in any order.
///
/// # Errors
/// When there is no such payout.
pub async fn mark_payout<A: Who>(tx: &mut Tx, cx: &Cx<A>, mark: &MarkPayout) -> Result<PayoutState, Error> {
    let payout = rows::lock(tx, mark.payout).await?.ok_or(Error::NoSuchPayout)?;
    let state = payout.state.after(&mark.news);
    if state == payout.state {
        return Ok(state);
    }
    let reason = match &mark.news {
        PayoutNews::Failed { reason } => Memo::new(reason),
        PayoutNews::Sent | PayoutNews::Paid => Memo::default(),
    };
    let owner = (Some(payout.account), LedgerKind::Earnings);
    let (out, provider) = ((None, LedgerKind::Payouts), (None, LedgerKind::Provider));
    let movement = match (payout.state.settled(), state.settled()) {
        (Settled::No, Settled::Outside) => Some((TransferKind::PayoutPaid, out, provider)),
        (Settled::No, Settled::Back) => Some((TransferKind::PayoutFailed, out, owner)),
        (Settled::Outside, Settled::Back) => Some((TransferKind::PayoutFailed, provider, owner)),
        _ => None,
    };
    if let Some((kind, from, to)) = movement {
        let subject = Subject::of(payout.id);
        let entry = Entry {
            kind,
            key: format!("{}:{}", kind.as_str(), payout.id),
            fingerprint: Fingerprint::of(kind.as_str()).finish(),
            memo: &reason,
            subject: Some(&subject),
            reverses: None,
            hold: None,
        };
        let accounts = Accounts::of(tx, cx, payout.amount.currency, [from, to]).await?;
        let (from, to) = (accounts.get(from.0, from.1)?, accounts.get(to.0, to.1)?);
        let locked = Locked::lock(tx, &[from, to]).await?;
        let mut moves = Moves::default();
        moves.add(from, -payout.amount.minor)?;
        moves.add(to, payout.amount.minor)?;
        ledger::book(tx, cx, &entry, &locked, &moves).await?;
    }
    let failure = (state == PayoutState::Failed).then_some(reason.as_str());
    rows::set_state(tx, payout.id, state, failure, cx.now()).await?;
    let (id, account, amount) = (payout.id, payout.account, payout.amount);
    match state {
        PayoutState::Requested => {}
        PayoutState::Sent => event::append(tx, cx, id, &PayoutSent { payout: id, account, amount }).await?,
        PayoutState::Paid => event::append(tx, cx, id, &PayoutPaid { payout: id, account, amount }).await?,
        PayoutState::Failed => event::append(tx, cx, id, &PayoutFailed { payout: id, account, amount }).await?,
    }
    Ok(state)
}

/// Somebody's payouts, youngest first, for themselves or an administrator.
///
/// # Errors
/// When they are somebody else's, or the cursor isn't one of ours.
pub async fn payouts(
    pool: &PgPool,
    actor: Actor,
    account: AccountId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<PayoutView>, Error> {
    if gate::decide(Some(&actor), Action::See, &Guarded::private(account)).is_err() && !is_admin(pool, actor).await? {
        return Err(Error::NoSuchAccount);
    }
    let before = after.map_or(Ok(Id::from_uuid(Uuid::max())), Cursor::id)?;
    let rows = rows::page(pool, account, before, size).await?;
    Ok(Page::from_overfull(rows, size, |payout| payout.id))
}

/// Payouts that no bank has yet, oldest first, from after one on: for whoever hands them over.
///
/// # Errors
/// When the database fails.
pub async fn payouts_to_send(pool: &PgPool, after: PayoutId, limit: i64) -> Result<Vec<PayoutView>, Error> {
    rows::requested(pool, after, limit).await
}
