//! What crosses the wire. Moments are made by the server, so that both sides show the same.

use kernel::{Currency, Cursor, Handle, LedgerAccountId, Money, TransferId};
use money_core::{LedgerKind, PayoutState, TransferKind};
use serde::{Deserialize, Serialize};
use web::Moment;

/// What somebody has, and the statement of one of the accounts behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// One for each currency.
    pub balances: Vec<Balance>,
    /// Nothing, while no money has ever moved.
    pub statement: Option<Statement>,
}

/// What somebody has of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Which.
    pub currency: Currency,
    /// What there is for each purpose, with its statement if there is one.
    pub purposes: Vec<Purpose>,
    /// When the next of what is pending becomes free.
    pub next_freed: Option<Moment>,
}

/// What there is for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// Which.
    pub kind: LedgerKind,
    /// How much.
    pub amount: Money,
    /// The account behind it.
    pub account: Option<LedgerAccountId>,
}

/// A stretch of the statement of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The account.
    pub account: LedgerAccountId,
    /// What it is for.
    pub kind: LedgerKind,
    /// In which currency.
    pub currency: Currency,
    /// Youngest first.
    pub lines: Vec<Line>,
    /// Where the older ones begin.
    pub next: Option<Cursor>,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The transfer behind it.
    pub transfer: TransferId,
    /// Why money moved.
    pub kind: TransferKind,
    /// What for.
    pub memo: String,
    /// Who was on the other side.
    pub with: Other,
    /// What came in, or, below zero, what went out.
    pub amount: Money,
    /// What was there afterwards.
    pub balance: Money,
    /// When.
    pub at: Moment,
}

/// Whose an account of the ledger is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Other {
    /// A member's.
    Member(Handle),
    /// The reader's own, or the platform's.
    Account(LedgerKind),
}

/// A transfer with all it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The transfer.
    pub id: TransferId,
    /// Why money moved.
    pub kind: TransferKind,
    /// What for.
    pub memo: String,
    /// The id of what it was for.
    pub subject: Option<String>,
    /// When.
    pub at: Moment,
    /// What it takes back.
    pub reverses: Option<TransferId>,
    /// What takes it back.
    pub reversed_by: Vec<TransferId>,
    /// From where to where.
    pub postings: Vec<Posting>,
}

/// What a transfer did to one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// What the account is for.
    pub kind: LedgerKind,
    /// Whose it is; the platform's when nobody's.
    pub owner: Option<Handle>,
    /// What came in, or, below zero, what went out.
    pub amount: Money,
}

/// What can be paid out, and what was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payouts {
    /// What is free in each currency.
    pub free: Vec<Money>,
    /// The key of a request: sent again, it is one request.
    pub key: String,
    /// Youngest first.
    pub payouts: Vec<Payout>,
    /// Where the older ones begin.
    pub next: Option<Cursor>,
}

/// A payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub state: PayoutState,
    /// Why it came back.
    pub failure: Option<String>,
    /// When it was asked for.
    pub asked: Moment,
}
