//! Money is set aside, and taken or let go later.

use kernel::{HoldId, MoneyError};
use platform::{Cx, Tx, event};

use super::{
    Who,
    accounts::Accounts,
    later,
    ledger::{self, Entry, Locked, Moves},
    may_spend,
    pay::{Division, payees},
};
use crate::{
    Capture, Captured, Error, Held, LedgerKind, Memo, PlaceHold, Released, Transfer, TransferKind,
    fingerprint::Fingerprint,
    store::{holds, lines},
};

/// A hold that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedHold {
    /// The hold.
    pub id: HoldId,
    /// What set the money aside.
    pub transfer: Transfer,
}

/// Sets money of a wallet aside. With a key that was used before for the same, gives the hold of that time, and nothing
/// moves.
///
/// # Errors
/// When the actor may not spend it, there isn't enough, or the key was used for something else.
pub async fn hold<A: Who>(tx: &mut Tx, cx: &Cx<A>, place: &PlaceHold) -> Result<PlacedHold, Error> {
    let PlaceHold { payer, amount, lasts, key, memo, subject } = place;
    may_spend(cx, *payer)?;
    let id = cx.id();
    let entry = Entry {
        kind: TransferKind::Hold,
        key: format!("hold:{payer}:{key}"),
        fingerprint: Fingerprint::of("hold")
            .with(amount)
            .with(lasts.num_seconds())
            .about(memo, subject.as_ref())
            .finish(),
        memo,
        subject: subject.as_ref(),
        reverses: None,
        hold: Some(id),
    };
    let owner = Some(*payer);
    let wanted = [(owner, LedgerKind::Wallet), (owner, LedgerKind::Held)];
    let accounts = Accounts::of(tx, cx, amount.currency(), wanted).await?;
    let (wallet, held) = (accounts.get(owner, LedgerKind::Wallet)?, accounts.get(owner, LedgerKind::Held)?);
    let locked = Locked::lock(tx, &[wallet, held]).await?;
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        let id = earlier.hold.ok_or(Error::BadRow("hold of a transfer"))?;
        return Ok(PlacedHold { id, transfer: Transfer { id: earlier.id, repeated: true } });
    }
    let mut moves = Moves::default();
    moves.add(wallet, -amount.minor())?;
    moves.add(held, amount.minor())?;
    let transfer = ledger::book(tx, cx, &entry, &locked, &moves).await?;
    if transfer.repeated {
        // Not reached while the accounts are held; and which hold it was is not known here.
        return Err(Error::Busy);
    }
    let now = cx.now();
    holds::insert(tx, id, *payer, *amount, subject.as_ref(), later(now, *lasts), now).await?;
    event::append(tx, cx, id, &Held { hold: id, payer: *payer, amount: amount.money() }).await?;
    Ok(PlacedHold { id, transfer })
}

/// Takes what was set aside, in whole or in part; the rest stays set aside. Whether it is due is for the area to judge
/// that had it set aside. With a key that was used before for the same, gives the transfer of that time, and nothing
/// moves.
///
/// # Errors
/// When the hold is closed or has expired, less of it is left, somebody would pay themselves, or the key was used for
/// something else.
pub async fn capture<A: Who>(tx: &mut Tx, cx: &Cx<A>, capture: &Capture) -> Result<Transfer, Error> {
    let Capture { hold, lines, frees_after, key, memo } = capture;
    let held = holds::lock(tx, *hold).await?.ok_or(Error::NoSuchHold)?;
    let entry = Entry {
        kind: TransferKind::Capture,
        key: format!("capture:{hold}:{key}"),
        fingerprint: Fingerprint::of("capture").lines(lines).with(frees_after.num_seconds()).about(memo, None).finish(),
        memo,
        subject: held.subject.as_ref(),
        reverses: None,
        hold: Some(*hold),
    };
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        return Ok(Transfer { id: earlier.id, repeated: true });
    }
    let now = cx.now();
    if held.left == 0 || now >= held.expires_at {
        return Err(Error::HoldClosed);
    }
    if lines.currency() != held.currency {
        return Err(MoneyError::OtherCurrency { left: held.currency, right: lines.currency() }.into());
    }
    let amount = lines.total().minor();
    if amount > held.left {
        return Err(Error::OverHold { left: held.left() });
    }
    let division = Division::of(tx, cx, held.payer, LedgerKind::Held, lines).await?;
    let locked = Locked::lock(tx, &division.accounts).await?;
    let transfer = ledger::book(tx, cx, &entry, &locked, &division.moves).await?;
    if !transfer.repeated {
        holds::take(tx, *hold, amount, 0, now).await?;
        lines::insert(tx, transfer.id, held.payer, lines, later(now, *frees_after)).await?;
        let fact = Captured {
            hold: *hold,
            transfer: transfer.id,
            payer: held.payer,
            payees: payees(lines),
            amount: lines.total().money(),
            fee: lines.fee(),
        };
        event::append(tx, cx, *hold, &fact).await?;
    }
    Ok(transfer)
}

/// Lets go what is left of a hold: it goes back to the wallet. Nothing happens (and there is no transfer) when nothing
/// is left.
///
/// # Errors
/// When there is no such hold.
pub async fn release<A: Who>(tx: &mut Tx, cx: &Cx<A>, hold: HoldId, memo: &Memo) -> Result<Option<Transfer>, Error> {
    let held = holds::lock(tx, hold).await?.ok_or(Error::NoSuchHold)?;
    if held.left == 0 {
        return Ok(None);
    }
    let entry = Entry {
        kind: TransferKind::Release,
        // A hold is let go once: nothing is left of it then.
        key: format!("release:{hold}"),
        fingerprint: Fingerprint::of("release").finish(),
        memo,
        subject: held.subject.as_ref(),
        reverses: None,
        hold: Some(hold),
    };
    let owner = Some(held.payer);
    let wanted = [(owner, LedgerKind::Wallet), (owner, LedgerKind::Held)];
    let accounts = Accounts::of(tx, cx, held.currency, wanted).await?;
    let (from, wallet) = (accounts.get(owner, LedgerKind::Held)?, accounts.get(owner, LedgerKind::Wallet)?);
    let locked = Locked::lock(tx, &[from, wallet]).await?;
    let mut moves = Moves::default();
    moves.add(from, -held.left)?;
    moves.add(wallet, held.left)?;
    let transfer = ledger::book(tx, cx, &entry, &locked, &moves).await?;
    holds::take(tx, held.id, 0, held.left, cx.now()).await?;
    let fact = Released { hold, transfer: transfer.id, payer: held.payer, amount: held.left() };
    event::append(tx, cx, hold, &fact).await?;
    Ok(Some(transfer))
}
