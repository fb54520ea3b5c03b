//! Money comes into wallets from outside, and is sometimes taken back.

use kernel::{AccountId, Money, MoneyError};
use platform::{Cx, Tx, event};

use super::{
    Who,
    accounts::Accounts,
    ledger::{self, Entry, Locked, Moves},
};
use crate::{
    Error, LedgerKind, ReverseTopUp, TopUp, TopUpReversed, ToppedUp, Transfer, TransferKind, fingerprint::Fingerprint,
    store::transfers,
};

/// Puts money that came from outside into a wallet. Whoever calls it knows that it came. With the key of a payment that
/// came in before, gives the transfer of that time, and nothing moves.
///
/// # Errors
/// When there is no such account, or the key was used for something else.
pub async fn top_up<A: Who>(tx: &mut Tx, cx: &Cx<A>, top_up: &TopUp) -> Result<Transfer, Error> {
    let TopUp { account, amount, key, memo, subject } = top_up;
    let entry = Entry {
        kind: TransferKind::TopUp,
        key: format!("top_up:{key}"),
        fingerprint: Fingerprint::of("top_up").with(account).with(amount).about(memo, subject.as_ref()).finish(),
        memo,
        subject: subject.as_ref(),
        reverses: None,
        hold: None,
    };
    let owner = Some(*account);
    let wanted = [(None, LedgerKind::Provider), (owner, LedgerKind::Wallet)];
    let accounts = Accounts::of(tx, cx, amount.currency(), wanted).await?;
    let (provider, wallet) = (accounts.get(None, LedgerKind::Provider)?, accounts.get(owner, LedgerKind::Wallet)?);
    let locked = Locked::lock(tx, &[provider, wallet]).await?;
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        return Ok(Transfer { id: earlier.id, repeated: true });
    }
    let mut moves = Moves::default();
    moves.add(provider, -amount.minor())?;
    moves.add(wallet, amount.minor())?;
    let transfer = ledger::book(tx, cx, &entry, &locked, &moves).await?;
    if !transfer.repeated {
        let fact = ToppedUp { transfer: transfer.id, account: *account, amount: amount.money() };
        event::append(tx, cx, transfer.id, &fact).await?;
    }
    Ok(transfer)
}

/// Takes back what came from outside: out of the wallet as far as it goes, and the rest out of the platform's own
/// pocket, where it is on record. Never more than came in.
///
/// # Errors
/// When there is no such top-up, or less of it is left, or the key was used for something else.
pub async fn reverse_top_up<A: Who>(tx: &mut Tx, cx: &Cx<A>, reverse: &ReverseTopUp) -> Result<Transfer, Error> {
    let moved = adjust(tx, cx, reverse, Direction::Back).await?;
    if let Some(Moved { account, by_platform }) = moved.now {
        let (transfer, top_up, amount) = (moved.transfer.id, reverse.top_up, reverse.amount.money());
        let lost = Money::new(by_platform, amount.currency);
        event::append(tx, cx, top_up, &TopUpReversed { transfer, top_up, account, amount, lost }).await?;
    }
    Ok(moved.transfer)
}

/// Gives back what had been taken back of a top-up: a dispute was won, or money did not get back to its card. First the
/// platform gets what it had lost by it, and the rest goes into the wallet. Never more than was taken back.
///
/// # Errors
/// When there is no such top-up, or less of it was taken back, or the key was used for something else.
pub async fn restore_top_up<A: Who>(tx: &mut Tx, cx: &Cx<A>, restore: &ReverseTopUp) -> Result<Transfer, Error> {
    let moved = adjust(tx, cx, restore, Direction::Again).await?;
    if let Some(Moved { account, by_platform }) = moved.now {
        let (transfer, amount) = (moved.transfer.id, restore.amount);
        let amount = Money::new(amount.minor() - by_platform, amount.currency());
        event::append(tx, cx, transfer, &ToppedUp { transfer, account, amount }).await?;
    }
    Ok(moved.transfer)
}

/// Where the money of a top-up goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// To where it came from.
    Back,
    /// To where it had been.
    Again,
}

/// A top-up of which something was taken back or given again, now or before.
struct Adjusted {
    transfer: Transfer,
    now: Option<Moved>,
}

/// What moved: whose money, and what of it the platform bore, or got back.
struct Moved {
    account: AccountId,
    by_platform: i64,
}

/// Moves money of a top-up between outside, the wallet it came into, and the platform, which bears what the wallet lacks.
async fn adjust<A: Who>(tx: &mut Tx, cx: &Cx<A>, wish: &ReverseTopUp, direction: Direction) -> Result<Adjusted, Error> {
    let ReverseTopUp { top_up, amount, key, memo } = wish;
    let head = transfers::lock(tx, *top_up).await?.ok_or(Error::NoSuchTransfer)?;
    if head.kind != TransferKind::TopUp {
        return Err(Error::NoSuchTransfer);
    }
    let came = transfers::posting(tx, *top_up, LedgerKind::Wallet).await?.ok_or(Error::NoSuchTransfer)?;
    let account = came.owner.ok_or(Error::BadRow("owner of a wallet"))?;
    let what = match direction {
        Direction::Back => "top_up_reversal",
        Direction::Again => "top_up_restored",
    };
    let entry = Entry {
        kind: TransferKind::TopUpReversal,
        key: format!("{what}:{top_up}:{key}"),
        fingerprint: Fingerprint::of(what).with(amount).about(memo, None).finish(),
        memo,
        subject: head.subject.as_ref(),
        reverses: Some(*top_up),
        hold: None,
    };
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        return Ok(Adjusted { transfer: Transfer { id: earlier.id, repeated: true }, now: None });
    }
    let gone = transfers::reversed(tx, *top_up, LedgerKind::Provider).await?;
    let most = match direction {
        Direction::Back => came.amount - gone,
        Direction::Again => gone,
    };
    if amount.currency() != came.currency {
        return Err(MoneyError::OtherCurrency { left: came.currency, right: amount.currency() }.into());
    }
    if amount.minor() > most {
        return Err(Error::OverReversal { left: Money::new(most, came.currency) });
    }
    let owner = Some(account);
    let wanted = [(None, LedgerKind::Provider), (None, LedgerKind::Losses), (owner, LedgerKind::Wallet)];
    let accounts = Accounts::of(tx, cx, came.currency, wanted).await?;
    let provider = accounts.get(None, LedgerKind::Provider)?;
    let losses = accounts.get(None, LedgerKind::Losses)?;
    let wallet = accounts.get(owner, LedgerKind::Wallet)?;
    let locked = Locked::lock(tx, &[provider, losses, wallet]).await?;
    let (by_platform, sign) = match direction {
        Direction::Back => (amount.minor() - locked.balance(wallet).clamp(0, amount.minor()), -1),
        Direction::Again => {
            let lost = -transfers::reversed(tx, *top_up, LedgerKind::Losses).await?;
            (lost.clamp(0, amount.minor()), 1)
        }
    };
    let mut moves = Moves::default();
    moves.add(wallet, sign * (amount.minor() - by_platform))?;
    moves.add(losses, sign * by_platform)?;
    moves.add(provider, -sign * amount.minor())?;
    let transfer = ledger::book(tx, cx, &entry, &locked, &moves).await?;
    let now = (!transfer.repeated).then_some(Moved { account, by_platform });
    Ok(Adjusted { transfer, now })
}
