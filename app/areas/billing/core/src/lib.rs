//! Products, prices, subscriptions and what they entitle to; invoices; payments by card; credits.
//!
//! To add a use case: a command in `command.rs` that can only be built valid; a function in `service/`; its errors in
//! `error.rs`, with words for the person; the fact it makes true in `event.rs`; tests in `tests/` through the public
//! function, racing it. What a payment provider may tell is read in `news.rs` and merged in `known.rs`, where the order
//! of what it tells must make no difference.
//!
//! The model compiles everywhere; what needs a database is native.

mod catalogue;
mod checkout;
pub mod command;
mod credit;
mod customer;
mod entitlement;
mod event;
mod invoice;
mod payment;
mod period;
mod proration;
mod subscription;
mod tax;
mod webhook;

#[cfg(not(target_arch = "wasm32"))]
mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod job;
#[cfg(not(target_arch = "wasm32"))]
mod known;
#[cfg(not(target_arch = "wasm32"))]
mod letter;
#[cfg(not(target_arch = "wasm32"))]
pub mod news;
#[cfg(not(target_arch = "wasm32"))]
pub mod service;
#[cfg(not(target_arch = "wasm32"))]
mod store;

pub use catalogue::{Feature, Grant, Per, PriceView, ProductCode, ProductView};
pub use checkout::{CheckoutState, CheckoutView, EnteredOn, PayWith, Purpose};
pub use credit::{CreditBalance, ReservationView};
pub use customer::{CardView, CustomerView};
pub use entitlement::{Access, Entitlement, Source};
pub use event::*;
pub use invoice::{InvoiceKind, InvoiceLine, InvoiceState, InvoiceSummary, InvoiceView, number};
pub use payment::{DisputeState, PaymentView};
pub use proration::{Change, ChangeError, ChangeTiming, Paid, reckon};
pub use subscription::{AtEnd, CancelReason, SubscriptionState, SubscriptionView, TimelineEntry};
pub use tax::TaxRate;
pub use webhook::{Difference, DifferenceKind, ReconciliationView, WebhookState, WebhookView};

#[cfg(not(target_arch = "wasm32"))]
pub use error::Error;
