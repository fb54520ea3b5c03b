//! The area's server functions.

pub mod admin;
#[cfg(not(target_arch = "wasm32"))]
mod describe;
#[cfg(not(target_arch = "wasm32"))]
mod parse;
mod read;
mod sandbox;
mod write;

pub use read::{
    card_page, change_plan, checkout_form, checkout_status, features, invoice, invoices, my_bill_to, my_billing,
    my_card, payout_destination, pricing, subscription, top_up_form,
};
pub use sandbox::{ConfirmCard, SubmitCard, SubmitPayoutAccount, sandbox_page};
pub use write::{
    Buy, Change, ForgetCard, LeaveCard, Manage, PayInvoice, PayOnPage, PayWith, ScheduleChange, SetBillTo,
    SetUpPayouts, TopUp, card_secret,
};
