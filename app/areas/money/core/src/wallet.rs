//! A wallet, as its owner sees it.

use chrono::{DateTime, Utc};
use kernel::{Currency, LedgerAccountId, Money};
use serde::{Deserialize, Serialize};

use crate::LedgerKind;

/// What somebody has, in each currency they have anything to do with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// One for each currency, in the order of their codes.
    pub balances: Vec<Balance>,
}

/// What somebody has of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Which currency.
    pub currency: Currency,
    /// To be spent.
    pub available: Money,
    /// Set aside and not yet taken.
    pub held: Money,
    /// Earned, and free to be paid out.
    pub earnings: Money,
    /// Earned, and not free yet.
    pub pending: Money,
    /// When the next of what is pending becomes free.
    pub next_freed_at: Option<DateTime<Utc>>,
    /// The accounts behind it: each has a statement.
    pub accounts: Vec<(LedgerKind, LedgerAccountId)>,
}

impl Wallet {
    /// What there is of one currency, if there ever was any.
    pub fn of(&self, currency: Currency) -> Option<&Balance> {
        self.balances.iter().find(|balance| balance.currency == currency)
    }
}

impl Balance {
    /// Nothing of a currency.
    pub const fn empty(currency: Currency) -> Self {
        let nothing = Money::zero(currency);
        Self {
            currency,
            available: nothing,
            held: nothing,
            earnings: nothing,
            pending: nothing,
            next_freed_at: None,
            accounts: Vec::new(),
        }
    }

    /// The account of a kind, if there is one.
    pub fn account(&self, kind: LedgerKind) -> Option<LedgerAccountId> {
        self.accounts.iter().find(|(of, _)| *of == kind).map(|(_, account)| *account)
    }
}
