//! The facts this area appends to the event log. They hold ids and amounts only: the log is never rewritten.

use kernel::{
    AccountId, HoldId, Money, PayoutId, TransferId,
    event::{EventKind, Fact},
};
use serde::{Deserialize, Serialize};

macro_rules! facts {
    ($($name:ident, $version:literal;)*) => {$(
        impl Fact for $name {
            const KIND: EventKind = EventKind::$name;
            const VERSION: i16 = $version;
        }
    )*};
}

facts! {
    ToppedUp, 1;
    TopUpReversed, 1;
    Paid, 1;
    Refunded, 1;
    Held, 1;
    Captured, 1;
    Released, 1;
    EarningsFreed, 1;
    PayoutRequested, 1;
    PayoutSent, 1;
    PayoutPaid, 1;
    PayoutFailed, 1;
}

/// Money came into a wallet from outside. Stream: the transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToppedUp {
    /// The transfer.
    pub transfer: TransferId,
    /// Whose wallet.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
}

/// Money that had come into a wallet was taken back from outside. Stream: the transfer that had brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUpReversed {
    /// The transfer that took it back.
    pub transfer: TransferId,
    /// The transfer that had brought it.
    pub top_up: TransferId,
    /// Whose wallet.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
    /// What of that the wallet no longer had, so that the platform lost it.
    pub lost: Money,
}

/// Somebody paid from their wallet. Stream: the transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// The transfer.
    pub transfer: TransferId,
    /// Who paid.
    pub payer: AccountId,
    /// Whom, each once.
    pub payees: Vec<AccountId>,
    /// How much, in all.
    pub amount: Money,
    /// What of that the platform kept.
    pub fee: Money,
}

/// A payment was given back, in whole or in part. Stream: the transfer of the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// The transfer that gave it back.
    pub transfer: TransferId,
    /// The payment, or the capture of a hold.
    pub payment: TransferId,
    /// Who got it back.
    pub payer: AccountId,
    /// How much, in all.
    pub amount: Money,
    /// What of that the payees no longer had, so that the platform lost it.
    pub lost: Money,
}

/// Money was set aside. Stream: the hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The hold.
    pub hold: HoldId,
    /// Whose money.
    pub payer: AccountId,
    /// How much.
    pub amount: Money,
}

/// Money that was set aside was taken, in whole or in part. Stream: the hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// The hold.
    pub hold: HoldId,
    /// The transfer.
    pub transfer: TransferId,
    /// Whose money it was.
    pub payer: AccountId,
    /// Who got it, each once.
    pub payees: Vec<AccountId>,
    /// How much, this time.
    pub amount: Money,
    /// What of that the platform kept.
    pub fee: Money,
}

/// What was left of a hold was let go. Stream: the hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// The hold.
    pub hold: HoldId,
    /// The transfer.
    pub transfer: TransferId,
    /// Whose money.
    pub payer: AccountId,
    /// How much.
    pub amount: Money,
}

/// What somebody earned by a payment became free to be paid out. Stream: the transfer of the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarningsFreed {
    /// The transfer.
    pub transfer: TransferId,
    /// Who earned it.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
}

/// Somebody asked for their earnings. Stream: the payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutRequested {
    /// The payout.
    pub payout: PayoutId,
    /// Whose.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
}

/// A payout was handed to a bank. Stream: the payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutSent {
    /// The payout.
    pub payout: PayoutId,
    /// Whose.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
}

/// A payout arrived. Stream: the payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutPaid {
    /// The payout.
    pub payout: PayoutId,
    /// Whose.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
}

/// A payout came back, and is among the earnings again. Stream: the payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutFailed {
    /// The payout.
    pub payout: PayoutId,
    /// Whose.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
}
