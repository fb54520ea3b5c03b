//! The ledger: wallets, holds, payments, refunds, earnings and payouts. Everything that is sold in Magentic is paid
//! through it.
//!
//! To add a use case: a command in `command.rs` that can only be built valid; a function in `service/` that books one
//! transfer through `service::ledger`; its errors in `error.rs`, with words for the person; the fact it makes true in
//! `event.rs`; what must hold afterwards in `service/verify.rs`; tests in `tests/` through the public function, racing
//! it.
//!
//! The model compiles everywhere; what needs a database is native.

mod account;
mod amount;
pub mod command;
mod event;
mod key;
mod memo;
mod payout;
#[cfg(not(target_arch = "wasm32"))]
mod refund;
mod subject;
mod transfer;
mod wallet;

#[cfg(not(target_arch = "wasm32"))]
mod error;
#[cfg(not(target_arch = "wasm32"))]
mod fingerprint;
#[cfg(not(target_arch = "wasm32"))]
pub mod job;
#[cfg(not(target_arch = "wasm32"))]
pub mod service;
#[cfg(not(target_arch = "wasm32"))]
mod store;

pub use account::LedgerKind;
pub use amount::Amount;
pub use command::{
    Capture, Draft, Fee, Line, Lines, LinesError, MarkPayout, Pay, PlaceHold, Refund, RequestPayout, ReverseTopUp,
    TopUp,
};
pub use event::{
    Captured, EarningsFreed, Held, Paid, PayoutFailed, PayoutPaid, PayoutRequested, PayoutSent, Refunded, Released,
    TopUpReversed, ToppedUp,
};
pub use key::{Key, KeyError};
pub use memo::Memo;
pub use payout::{PayoutNews, PayoutState, PayoutView, Settled};
pub use subject::Subject;
pub use transfer::{Counterparty, PostingView, StatementLine, Transfer, TransferKind, TransferView};
pub use wallet::{Balance, Wallet};

#[cfg(not(target_arch = "wasm32"))]
pub use error::Error;
