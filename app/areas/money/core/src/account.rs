//! The accounts of the ledger.

use serde::{Deserialize, Serialize};

/// What an account of the ledger is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// A member's money, to be spent.
    Wallet,
    /// A member's money that is set aside and not yet taken.
    Held,
    /// What a member earned and can't have paid out yet.
    Pending,
    /// What a member earned and can have paid out.
    Earnings,
    /// The platform's: what is outside. Less than nothing, by all that came in and didn't go out again.
    Provider,
    /// The platform's: what it keeps of payments.
    Fees,
    /// The platform's: what nobody else could be made to pay. Less than nothing.
    Losses,
    /// The platform's: earnings on their way to a bank.
    Payouts,
    /// The platform's: what it sold itself came to, without tax.
    Revenue,
    /// The platform's: what it owes the state.
    Tax,
}

impl LedgerKind {
    const ALL: [Self; 10] = [
        Self::Wallet,
        Self::Held,
        Self::Pending,
        Self::Earnings,
        Self::Provider,
        Self::Fees,
        Self::Losses,
        Self::Payouts,
        Self::Revenue,
        Self::Tax,
    ];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Held => "held",
            Self::Pending => "pending",
            Self::Earnings => "earnings",
            Self::Provider => "provider",
            Self::Fees => "fees",
            Self::Losses => "losses",
            Self::Payouts => "payouts",
            Self::Revenue => "revenue",
            Self::Tax => "tax",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether each member has one, rather than the platform.
    pub const fn is_of_members(self) -> bool {
        matches!(self, Self::Wallet | Self::Held | Self::Pending | Self::Earnings)
    }

    /// What its balance may not fall below; `None` when it may go as low as it likes.
    pub const fn floor(self) -> Option<i64> {
        match self {
            Self::Provider | Self::Fees | Self::Losses | Self::Revenue | Self::Tax => None,
            Self::Wallet | Self::Held | Self::Pending | Self::Earnings | Self::Payouts => Some(0),
        }
    }

    /// Whether its balance has to agree with other rows (holds, lines of payments, payouts), so that only the use cases
    /// which keep those may move it.
    pub const fn is_bound(self) -> bool {
        matches!(self, Self::Held | Self::Pending | Self::Payouts)
    }
}
