//! What several pages share.

pub mod admin;
mod card_element;
mod form;
mod frame;
mod invoices;
mod look;
mod pay;
mod words;

pub use card_element::{CardElement, Kept, Paid, keep};
pub use form::{Afresh, Refusal, message_but};
pub use frame::{BillingFrame, BillingTab, MemberPage, TestMode};
pub use invoices::{InvoiceList, invoice_state};
pub use look::look_again;
pub use pay::{PayChoice, pay_error};
pub use words::{per, so_many, state};
