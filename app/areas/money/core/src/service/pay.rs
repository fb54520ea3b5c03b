//! Payments from wallets.

use kernel::{AccountId, LedgerAccountId};
use platform::{Cx, Tx, event};

use super::{
    Who,
    accounts::Accounts,
    later,
    ledger::{self, Entry, Locked, Moves},
    may_spend,
};
use crate::{Error, LedgerKind, Lines, Paid, Pay, Transfer, TransferKind, fingerprint::Fingerprint, store::lines};

/// Pays from a wallet. What the payees earn is pending until it becomes free. With a key that was used before for the
/// same payment, gives the transfer of that time, and nothing moves.
///
/// # Errors
/// When the actor may not spend it, there isn't enough, somebody would pay themselves, or the key was used for
/// something else.
pub async fn pay<A: Who>(tx: &mut Tx, cx: &Cx<A>, pay: &Pay) -> Result<Transfer, Error> {
    let Pay { payer, lines, frees_after, key, memo, subject } = pay;
    may_spend(cx, *payer)?;
    let entry = Entry {
        kind: TransferKind::Payment,
        key: format!("payment:{payer}:{key}"),
        fingerprint: Fingerprint::of("payment")
            .lines(lines)
            .with(frees_after.num_seconds())
            .about(memo, subject.as_ref())
            .finish(),
        memo,
        subject: subject.as_ref(),
        reverses: None,
        hold: None,
    };
    let division = Division::of(tx, cx, *payer, LedgerKind::Wallet, lines).await?;
    let locked = Locked::lock(tx, &division.accounts).await?;
    if let Some(earlier) = ledger::earlier(tx, &entry).await? {
        return Ok(Transfer { id: earlier.id, repeated: true });
    }
    let transfer = ledger::book(tx, cx, &entry, &locked, &division.moves).await?;
    if !transfer.repeated {
        lines::insert(tx, transfer.id, *payer, lines, later(cx.now(), *frees_after)).await?;
        let fact = Paid {
            transfer: transfer.id,
            payer: *payer,
            payees: payees(lines),
            amount: lines.total().money(),
            fee: lines.fee(),
        };
        event::append(tx, cx, transfer.id, &fact).await?;
    }
    Ok(transfer)
}

/// Who is paid, each once.
pub(super) fn payees(lines: &Lines) -> Vec<AccountId> {
    let mut payees: Vec<AccountId> = lines.iter().map(|line| line.to).collect();
    payees.sort_unstable();
    payees.dedup();
    payees
}

/// How money goes from a payer to payees and the platform.
pub(super) struct Division {
    /// What it moves, and what it could.
    pub(super) accounts: Vec<LedgerAccountId>,
    pub(super) moves: Moves,
}

impl Division {
    /// Divides what comes from an account of the payer.
    pub(super) async fn of<A>(
        tx: &mut Tx,
        cx: &Cx<A>,
        payer: AccountId,
        from: LedgerKind,
        lines: &Lines,
    ) -> Result<Self, Error> {
        if lines.iter().any(|line| line.to == payer) {
            return Err(Error::Yourself);
        }
        let payees = lines.iter().map(|line| (Some(line.to), LedgerKind::Pending));
        let wanted = [(Some(payer), from), (None, LedgerKind::Fees)].into_iter().chain(payees);
        let found = Accounts::of(tx, cx, lines.currency(), wanted).await?;
        let (source, fees) = (found.get(Some(payer), from)?, found.get(None, LedgerKind::Fees)?);
        let mut moves = Moves::default();
        let mut accounts = vec![source];
        moves.add(source, -lines.total().minor())?;
        for line in lines.iter() {
            let (pending, fee) = (found.get(Some(line.to), LedgerKind::Pending)?, line.fee_minor());
            moves.add(pending, line.amount.minor() - fee)?;
            moves.add(fees, fee)?;
            accounts.push(pending);
        }
        // Where everybody meets is held only by those who need it.
        if lines.fee().is_positive() {
            accounts.push(fees);
        }
        Ok(Self { accounts, moves })
    }
}
