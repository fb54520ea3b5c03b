//! Accounts, and the ways to prove whose they are: passwords, links by mail, sessions. And the gate, which decides what
//! somebody may see or do. Everything else in Magentic asks this area who acts.
//!
//! To add a use case: a command in `command.rs` that can only be built valid; a function in `service/`; its SQL in
//! `store/`; its errors in `error.rs`, with words for the person; the fact it makes true in `event.rs`; tests in `tests/`
//! through the public function, racing it where it promises to be exact.
//!
//! The model compiles everywhere; what needs a database or a processor is native.

mod account;
pub mod event;
pub mod gate;
mod link;
mod password;
mod session;
mod text;

#[cfg(not(target_arch = "wasm32"))]
pub mod command;
#[cfg(not(target_arch = "wasm32"))]
mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod job;
#[cfg(not(target_arch = "wasm32"))]
mod letter;
#[cfg(not(target_arch = "wasm32"))]
pub mod limits;
#[cfg(not(target_arch = "wasm32"))]
mod passwords;
#[cfg(not(target_arch = "wasm32"))]
pub mod service;
#[cfg(not(target_arch = "wasm32"))]
mod store;

pub use account::{Account, AccountKind, AccountSummary, PortraitFormat, PortraitRef};
pub use link::{LinkFault, LinkPurpose};
pub use password::{Password, PasswordError};
pub use session::{Device, LIFETIME as SESSION_LIFETIME, SessionSummary};
pub use text::{Bio, DisplayName, Headline, TextError};

#[cfg(not(target_arch = "wasm32"))]
pub use error::Error;
#[cfg(not(target_arch = "wasm32"))]
pub use passwords::{PasswordHash, Passwords, Verdict};
#[cfg(not(target_arch = "wasm32"))]
pub use service::{Authenticated, SignedIn};
