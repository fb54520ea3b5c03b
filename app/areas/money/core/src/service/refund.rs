//! Payments are given back, in whole or in part.

use std::collections::BTreeMap;

use kernel::{AccountId, Money, MoneyError, allocate};
use platform::{Cx, Tx, event};

use super::{
    Who,
    accounts::Accounts,
    ledger::{self, Entry, Locked, Moves},
};
use crate::{
    Error, LedgerKind, Refund, Refunded, Transfer, TransferKind,
    fingerprint::Fingerprint,
    refund::fee_given_back,
    store::{lines, transfers},
};

/// Gives a payment, or the capture of a hold, back to who paid, in whole or in part, and never more than was paid. Each
/// payee gives back in proportion to what they got: out of what is pending for this payment, or, when that is free
/// already, out of their earnings as far as they go; the platform gives back its part of the fee, and bears what nobody
/// has any more. Whether it is due is for the area to judge that had it paid. With a key that was used before for the
/// same, gives the transfer of that time, and nothing moves.
///
/// # Errors
/// When there is no such payment, or less of it is left, or the key was used for something else.
pub async fn refund<A: Who>(tx: &mut Tx, cx: &Cx<A>, refund: &Refund) -> Result<Transfer, Error> {
    let Refund { payment, amount, key, memo } = refund;
    let lines = lines::lock(tx, *payment).await?;
    let (payer, currency) = lines.first().map(|line| (line.payer, line.currency)).ok_or(Error::NoSuchTransfer)?;
    let head = transfers::lock(tx, *payment).await?.ok_or(Error::NoSuchTransfer)?;
    let entry = Entry {
        kind: TransferKind::Refund,
        key: format!("refund:{payment}:{key}"),
        fingerprint: Fingerprint::of("refund").with(amount).about(memo, None).finish(),
        memo,
        subject: head.subject.as_ref(),
        reverses: Some(*payment),
        hold: None,
    };
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        return Ok(Transfer { id: earlier.id, repeated: true });
    }
    if amount.currency() != currency {
        return Err(MoneyError::OtherCurrency { left: currency, right: amount.currency() }.into());
    }
    let left = Money::new(lines.iter().map(|line| line.amount - line.refunded).sum(), currency);
    if amount.minor() > left.minor {
        return Err(Error::OverRefund { left });
    }

    let payees = lines.iter().map(|line| (Some(line.payee), source_of(line)));
    let ours = [(Some(payer), LedgerKind::Wallet), (None, LedgerKind::Fees), (None, LedgerKind::Losses)];
    let accounts = Accounts::of(tx, cx, currency, ours.into_iter().chain(payees.clone())).await?;
    let wallet = accounts.get(Some(payer), LedgerKind::Wallet)?;
    let (fees, losses) = (accounts.get(None, LedgerKind::Fees)?, accounts.get(None, LedgerKind::Losses)?);
    let mut held = vec![wallet, fees, losses];
    for (payee, kind) in payees {
        held.push(accounts.get(payee, kind)?);
    }
    let locked = Locked::lock(tx, &held).await?;

    let mut moves = Moves::default();
    moves.add(wallet, amount.minor())?;
    // What each payee has left of free earnings, while their lines are gone through.
    let mut earnings: BTreeMap<AccountId, i64> = BTreeMap::new();
    let mut backs = Vec::new();
    let mut lost = 0;
    let weights: Vec<u64> = lines.iter().map(|line| (line.amount - line.refunded).unsigned_abs()).collect();
    for (line, back) in lines.iter().zip(allocate(amount.minor(), &weights)) {
        let fee = fee_given_back(line.amount, line.fee, line.refunded, line.refunded + back);
        let net = back - fee;
        let account = accounts.get(Some(line.payee), source_of(line))?;
        let given = if line.freed {
            let there = earnings.entry(line.payee).or_insert_with(|| locked.balance(account));
            let given = net.min((*there).max(0));
            *there -= given;
            given
        } else {
            // All of it is there: what is pending for a line is touched by nothing else.
            net
        };
        moves.add(account, -given)?;
        moves.add(fees, -fee)?;
        moves.add(losses, given - net)?;
        lost += net - given;
        backs.push((line.place, back, fee));
    }
    let transfer = ledger::book(tx, cx, &entry, &locked, &moves).await?;
    if !transfer.repeated {
        lines::refund(tx, *payment, &backs).await?;
        let fact = Refunded {
            transfer: transfer.id,
            payment: *payment,
            payer,
            amount: amount.money(),
            lost: Money::new(lost, currency),
        };
        event::append(tx, cx, *payment, &fact).await?;
    }
    Ok(transfer)
}

/// Where a payee has what a line gave them.
const fn source_of(line: &lines::Line) -> LedgerKind {
    if line.freed { LedgerKind::Earnings } else { LedgerKind::Pending }
}
