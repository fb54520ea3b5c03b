//! Transfers, as they are read.

use chrono::{DateTime, Utc};
use kernel::{AccountId, HoldId, LedgerAccountId, Money, TransferId};
use serde::{Deserialize, Serialize};

use crate::{LedgerKind, Memo, Subject};

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// From outside into a wallet.
    TopUp,
    /// A top-up was taken back from outside: a dispute, or a payment that failed late.
    TopUpReversal,
    /// From a wallet to those who earned it.
    Payment,
    /// Of a payment, back to who paid.
    Refund,
    /// From a wallet to what is set aside.
    Hold,
    /// From what was set aside to those who earned it.
    Capture,
    /// From what was set aside back to the wallet.
    Release,
    /// What was earned can be paid out from now on.
    EarningsFreed,
    /// From earnings on the way to a bank.
    Payout,
    /// A payout arrived.
    PayoutPaid,
    /// A payout came back.
    PayoutFailed,
    /// What another area or an administrator books.
    Adjustment,
}

impl TransferKind {
    const ALL: [Self; 12] = [
        Self::TopUp,
        Self::TopUpReversal,
        Self::Payment,
        Self::Refund,
        Self::Hold,
        Self::Capture,
        Self::Release,
        Self::EarningsFreed,
        Self::Payout,
        Self::PayoutPaid,
        Self::PayoutFailed,
        Self::Adjustment,
    ];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top_up",
            Self::TopUpReversal => "top_up_reversal",
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Hold => "hold",
            Self::Capture => "capture",
            Self::Release => "release",
            Self::EarningsFreed => "earnings_freed",
            Self::Payout => "payout",
            Self::PayoutPaid => "payout_paid",
            Self::PayoutFailed => "payout_failed",
            Self::Adjustment => "adjustment",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A transfer that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// The transfer.
    pub id: TransferId,
    /// Whether it had been asked for before, with the same key: then nothing moved this time.
    pub repeated: bool,
}

/// A transfer with all its postings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferView {
    /// The transfer.
    pub id: TransferId,
    /// Why money moved.
    pub kind: TransferKind,
    /// What it was for, in words.
    pub memo: Memo,
    /// What it was for.
    pub subject: Option<Subject>,
    /// The transfer it takes back, in whole or in part.
    pub reverses: Option<TransferId>,
    /// Those that take it back, in whole or in part, oldest first.
    pub reversed_by: Vec<TransferId>,
    /// The hold it makes, takes from or lets go.
    pub hold: Option<HoldId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// From where to where.
    pub postings: Vec<PostingView>,
}

/// What a transfer did to one account of the ledger. Says nothing of what was on it before or after: that is its
/// owner's alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostingView {
    /// The account.
    pub account: LedgerAccountId,
    /// What it is for.
    pub kind: LedgerKind,
    /// Whose it is; nobody's when it is the platform's.
    pub owner: Option<AccountId>,
    /// What came in, or less than nothing: what went out.
    pub amount: Money,
}

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    /// Which line of its account it is, from 1.
    pub seq: i64,
    /// The transfer behind it.
    pub transfer: TransferId,
    /// Why money moved.
    pub kind: TransferKind,
    /// What it was for, in words.
    pub memo: Memo,
    /// What it was for.
    pub subject: Option<Subject>,
    /// Who was on the other side.
    pub counterparty: Counterparty,
    /// What came in, or less than nothing: what went out.
    pub amount: Money,
    /// What was on the account afterwards.
    pub balance: Money,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Who was on the other side of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counterparty {
    /// Another member; of several, the one with the largest part.
    Member(AccountId),
    /// Another account of the same member, or the platform's.
    Account(LedgerKind),
}
