//! The market: listings of agents, what they cost, licences, reviews, and shares of what they earn.
//!
//! To add a use case: a command that can only be built valid; a function in `service/`; its SQL in `store/`; its errors in
//! `error.rs`, with words for the person; the fact it makes true in `event.rs`; tests in `tests/` through the public function,
//! racing it where it promises to be exact, and with the books reckoned up again afterwards.
//!
//! The model compiles everywhere; what needs a database is native.

pub mod event;
pub mod licence;
pub mod listing;
pub mod review;
pub mod sale;
pub mod split;

#[cfg(not(target_arch = "wasm32"))]
pub mod command;
#[cfg(not(target_arch = "wasm32"))]
mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod job;
#[cfg(not(target_arch = "wasm32"))]
pub mod letter;
#[cfg(not(target_arch = "wasm32"))]
pub mod limits;
#[cfg(not(target_arch = "wasm32"))]
pub mod service;
#[cfg(not(target_arch = "wasm32"))]
mod store;

#[cfg(not(target_arch = "wasm32"))]
pub use error::Error;
pub use licence::{AtEnd, EndReason, LicenceKind, LicenceState, LicenceView, Standing, Way};
pub use listing::{
    Category, Figures, Filter, ListingCard, ListingState, ListingView, OwnListing, PriceKind, Prices, Sort,
};
pub use review::{MyReview, ReviewView};
pub use sale::{RevenueLine, RevenueOf, SaleKind, SaleView, SpentOn};
pub use split::{CoCreator, Party, Role, Rule, Share};
