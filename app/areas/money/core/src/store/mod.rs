//! The SQL of this area, checked at compile time. Rows are private to it and become types of the model; no rules.

pub(crate) mod accounts;
pub(crate) mod check;
pub(crate) mod holds;
pub(crate) mod lines;
pub(crate) mod payouts;
pub(crate) mod statements;
pub(crate) mod transfers;

use kernel::Currency;
use uuid::Uuid;

use crate::{Error, LedgerKind, Subject, TransferKind};

/// Reads a currency that the database stores.
pub(crate) fn currency(text: &str) -> Result<Currency, Error> {
    text.parse().map_err(|_| Error::BadRow("currency"))
}

/// Reads the kind of an account that the database stores.
pub(crate) fn ledger_kind(text: &str) -> Result<LedgerKind, Error> {
    LedgerKind::parse(text).ok_or(Error::BadRow("kind of ledger account"))
}

/// Reads the kind of a transfer that the database stores.
pub(crate) fn transfer_kind(text: &str) -> Result<TransferKind, Error> {
    TransferKind::parse(text).ok_or(Error::BadRow("kind of transfer"))
}

/// Reads a subject that the database stores.
pub(crate) fn subject(kind: Option<String>, id: Option<Uuid>) -> Option<Subject> {
    kind.zip(id).map(|(kind, id)| Subject { kind, id })
}
