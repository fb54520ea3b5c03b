//! The area's pages, one file each.

pub mod admin;
mod billing;
mod card;
mod change_plan;
mod checkout;
mod checkout_status;
mod features;
mod invoice;
mod invoices;
mod payout_destination;
mod pricing;
mod sandbox;
mod subscription;
mod top_up;

pub use billing::Billing;
pub use card::CardPage;
pub use change_plan::ChangePlan;
pub use checkout::CheckoutPage;
pub use checkout_status::CheckoutStatus;
pub use features::Features;
pub use invoice::InvoicePage;
pub use invoices::Invoices;
pub use payout_destination::PayoutDestinationPage;
pub use pricing::Pricing;
pub use sandbox::SandboxPage;
pub use subscription::SubscriptionPage;
pub use top_up::TopUp;
