//! Money comes into wallets from outside, and is sometimes taken back.

use kernel::{Money, MoneyError};
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
    let ReverseTopUp { top_up, amount, key, memo } = reverse;
    let head = transfers::lock(tx, *top_up).await?.ok_or(Error::NoSuchTransfer)?;
    if head.kind != TransferKind::TopUp {
        return Err(Error::NoSuchTransfer);
    }
    let came = transfers::posting(tx, *top_up, LedgerKind::Wallet).await?.ok_or(Error::NoSuchTransfer)?;
    let account = came.owner.ok_or(Error::BadRow("owner of a wallet"))?;
    let entry = Entry {
        kind: TransferKind::TopUpReversal,
        key: format!("top_up_reversal:{top_up}:{key}"),
        fingerprint: Fingerprint::of("top_up_reversal").with(amount).about(memo, None).finish(),
        memo,
        subject: head.subject.as_ref(),
        reverses: Some(*top_up),
        hold: None,
    };
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        return Ok(Transfer { id: earlier.id, repeated: true });
    }
    let left = Money::new(came.amount - transfers::reversed(tx, *top_up, LedgerKind::Provider).await?, came.currency);
    if amount.currency() != came.currency {
        return Err(MoneyError::OtherCurrency { left: came.currency, right: amount.currency() }.into());
    }
    if amount.minor() > left.minor {
        return Err(Error::OverReversal { left });
    }
    let owner = Some(account);
    let wanted = [(None, LedgerKind::Provider), (None, LedgerKind::Losses), (owner, LedgerKind::Wallet)];
    let accounts = Accounts::of(tx, cx, came.currency, wanted).await?;
    let provider = accounts.get(None, LedgerKind::Provider)?;
    let losses = accounts.get(None, LedgerKind::Losses)?;
    let wallet = accounts.get(owner, LedgerKind::Wallet)?;
    let locked = Locked::lock(tx, &[provider, losses, wallet]).await?;
    let there = locked.balance(wallet).clamp(0, amount.minor());
    let lost = amount.minor() - there;
    let mut moves = Moves::default();
    moves.add(wallet, -there)?;
    moves.add(losses, -lost)?;
    moves.add(provider, amount.minor())?;
    let transfer = ledger::book(tx, cx, &entry, &locked, &moves).await?;
    if !transfer.repeated {
        let fact = TopUpReversed {
            transfer: transfer.id,
            top_up: *top_up,
            account,
            amount: amount.money(),
            lost: Money::new(lost, came.currency),
        };
        event::append(tx, cx, *top_up, &fact).await?;
    }
    Ok(transfer)
}

/// Gives back what had been taken back of a top-up: a dispute was won, or money did not get back to its card. First the
/// platform gets what it had lost by it, and the rest goes into the wallet. Never more than was taken back.
///
/// # Errors
/// When there is no such top-up, or less of it was taken back, or the key was used for something else.
pub async fn restore_top_up<A: Who>(tx: &mut Tx, cx: &Cx<A>, restore: &ReverseTopUp) -> Result<Transfer, Error> {
    let ReverseTopUp { top_up, amount, key, memo } = restore;
    let head = transfers::lock(tx, *top_up).await?.ok_or(Error::NoSuchTransfer)?;
    if head.kind != TransferKind::TopUp {
        return Err(Error::NoSuchTransfer);
    }
    let came = transfers::posting(tx, *top_up, LedgerKind::Wallet).await?.ok_or(Error::NoSuchTransfer)?;
    let account = came.owner.ok_or(Error::BadRow("owner of a wallet"))?;
    let entry = Entry {
        kind: TransferKind::TopUpReversal,
        key: format!("top_up_restored:{top_up}:{key}"),
        fingerprint: Fingerprint::of("top_up_restored").with(amount).about(memo, None).finish(),
        memo,
        subject: head.subject.as_ref(),
        reverses: Some(*top_up),
        hold: None,
    };
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        return Ok(Transfer { id: earlier.id, repeated: true });
    }
    let gone = Money::new(transfers::reversed(tx, *top_up, LedgerKind::Provider).await?, came.currency);
    if amount.currency() != came.currency {
        return Err(MoneyError::OtherCurrency { left: came.currency, right: amount.currency() }.into());
    }
    if amount.minor() > gone.minor {
        return Err(Error::OverReversal { left: gone });
    }
    let owner = Some(account);
    let wanted = [(None, LedgerKind::Provider), (None, LedgerKind::Losses), (owner, LedgerKind::Wallet)];
    let accounts = Accounts::of(tx, cx, came.currency, wanted).await?;
    let provider = accounts.get(None, LedgerKind::Provider)?;
    let losses = accounts.get(None, LedgerKind::Losses)?;
    let wallet = accounts.get(owner, LedgerKind::Wallet)?;
    let locked = Locked::lock(tx, &[provider, losses, wallet]).await?;
    let lost = -transfers::reversed(tx, *top_up, LedgerKind::Losses).await?;
    let recovered = lost.clamp(0, amount.minor());
    let mut moves = Moves::default();
    moves.add(provider, -amount.minor())?;
    moves.add(losses, recovered)?;
    moves.add(wallet, amount.minor() - recovered)?;
    let transfer = ledger::book(tx, cx, &entry, &locked, &moves).await?;
    if !transfer.repeated {
        let back = Money::new(amount.minor() - recovered, came.currency);
        event::append(tx, cx, transfer.id, &ToppedUp { transfer: transfer.id, account, amount: back }).await?;
    }
    Ok(transfer)
}
