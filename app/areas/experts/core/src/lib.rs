//! Experts: when they work, what they offer, ten-minute slices of their time that are held, paid, met and settled.
//!
//! To add a use case: a command that can only be built valid; a function in `service/`; its SQL in `store/`; its errors in
//! `error.rs`, with words for the person; the fact it makes true in `event.rs`; tests in `tests/` through the public function,
//! racing it where it promises to be exact, and with the books reckoned up again afterwards.
//!
//! The model compiles everywhere; what needs a database or the zones of the world is native.

pub mod booking;
pub mod event;
pub mod expert;
pub mod policy;
pub mod publication;
pub mod review;
pub mod talk;
pub mod window;

#[cfg(not(target_arch = "wasm32"))]
pub mod command;
#[cfg(not(target_arch = "wasm32"))]
mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod ics;
#[cfg(not(target_arch = "wasm32"))]
pub mod job;
#[cfg(not(target_arch = "wasm32"))]
pub mod letter;
#[cfg(not(target_arch = "wasm32"))]
pub mod live;
#[cfg(not(target_arch = "wasm32"))]
pub mod service;
#[cfg(not(target_arch = "wasm32"))]
pub mod slots;
#[cfg(not(target_arch = "wasm32"))]
mod store;
#[cfg(not(target_arch = "wasm32"))]
pub mod zone;

pub use booking::{BookingState, BookingView, CancelQuote, Dispute, Party, ProposalView};
#[cfg(not(target_arch = "wasm32"))]
pub use error::Error;
pub use expert::{ExpertCard, ExpertState, ExpertView, Filter, ServiceView, Sort};
pub use policy::{Policy, PolicyKind};
pub use publication::PublicationView;
pub use review::ReviewView;
