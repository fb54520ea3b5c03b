//! One file per page.

mod payouts;
mod transfer;
mod wallet;

pub use payouts::Payouts;
pub use transfer::TransferPage;
pub use wallet::WalletPage;
