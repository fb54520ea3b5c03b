//! The area's server functions.

mod read;
mod write;

pub use read::{payouts, transfer, wallet};
pub use write::RequestPayout;
