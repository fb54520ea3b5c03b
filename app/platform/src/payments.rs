//! Payments: the port to whoever takes money from cards and brings earnings to banks. There are two adapters, Stripe and
//! the built-in sandbox; both are asked through [`PaymentProvider`], and both tell their news by signed webhooks in the
//! form that Stripe gave them (<https://docs.stripe.com/api/events/object>).
//!
//! A request may be lost on its way, or its answer on the way back. So each that changes something has a key: sent again
//! with the same key it is the same request, and the answer is the same.

pub mod signature;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
pub use kernel::PaymentStatus;
use kernel::{AccountId, Currency, Money, PaymentId, PayoutId};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::Secret;

/// The payment provider in use.
pub type Payments = Arc<dyn PaymentProvider>;

/// Which adapter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderName {
    /// Built in: test cards only, no real money.
    Sandbox,
    /// Stripe.
    Stripe,
}

impl ProviderName {
    /// The form the database stores, and the last part of the webhooks' address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Stripe => "stripe",
        }
    }
}

/// Whoever takes money from cards and brings earnings to banks.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Which adapter it is.
    fn name(&self) -> ProviderName;

    /// Whether no real money moves. Pages then say so.
    fn is_test(&self) -> bool;

    /// The secrets that webhooks may be signed with; several while one is being replaced.
    fn webhook_secrets(&self) -> Vec<Secret>;

    /// Makes a customer there.
    ///
    /// # Errors
    /// As every request; see [`PaymentError`].
    async fn create_customer(&self, customer: &NewCustomer, key: &str) -> Result<String, PaymentError>;

    /// Makes a page on which somebody pays once with a card.
    ///
    /// # Errors
    /// As every request.
    async fn host_payment(&self, payment: &HostedPayment, key: &str) -> Result<HostedPage, PaymentError>;

    /// Takes a page back that was not used, so that nobody can pay on it any more.
    ///
    /// # Errors
    /// As every request; [`PaymentError::Refused`] also when it has been used.
    async fn expire_page(&self, page: &str) -> Result<(), PaymentError>;

    /// How a form for cards is shown on our own pages; `None` where cards are entered on the provider's only.
    fn card_form(&self) -> Option<CardFormSetup>;

    /// Begins a payment whose card is entered into a form on our own page.
    ///
    /// # Errors
    /// As every request; [`PaymentError::Refused`] also where there is no such form.
    async fn begin_payment(&self, payment: &NewPayment, key: &str) -> Result<BegunPayment, PaymentError>;

    /// A payment that was begun so, as it is now.
    ///
    /// # Errors
    /// As every request.
    async fn begun_payment(&self, reference: &str) -> Result<BegunPayment, PaymentError>;

    /// Takes a payment back that was begun so, and gives what it is then: cancelled, or, when it was too late for that,
    /// what the card has made of it.
    ///
    /// # Errors
    /// As every request.
    async fn cancel_payment(&self, reference: &str) -> Result<PaymentSnapshot, PaymentError>;

    /// Makes a page on which a customer leaves another card for payments to come.
    ///
    /// # Errors
    /// As every request.
    async fn host_card(&self, customer: &str, return_url: &Url, key: &str) -> Result<HostedPage, PaymentError>;

    /// Takes money from a card that was left, while its owner is away.
    ///
    /// # Errors
    /// As every request. A card that refuses is no error: the payment then has failed.
    async fn charge(&self, charge: &NewCharge, key: &str) -> Result<PaymentSnapshot, PaymentError>;

    /// A payment as it is now.
    ///
    /// # Errors
    /// As every request.
    async fn payment(&self, reference: &str) -> Result<PaymentSnapshot, PaymentError>;

    /// Gives money of a payment back to its card.
    ///
    /// # Errors
    /// As every request.
    async fn refund(&self, refund: &NewRefund, key: &str) -> Result<RefundSnapshot, PaymentError>;

    /// Forgets a card that was left.
    ///
    /// # Errors
    /// As every request.
    async fn forget_card(&self, card: &str) -> Result<(), PaymentError>;

    /// Makes an account there that payouts can go to.
    ///
    /// # Errors
    /// As every request.
    async fn create_payout_account(&self, owner: &NewCustomer, key: &str) -> Result<String, PaymentError>;

    /// A page on which its owner says where payouts go. It works once.
    ///
    /// # Errors
    /// As every request.
    async fn host_payout_account(&self, account: &str, return_url: &Url) -> Result<HostedPage, PaymentError>;

    /// Whether payouts can go to an account.
    ///
    /// # Errors
    /// As every request.
    async fn payout_account(&self, account: &str) -> Result<PayoutAccount, PaymentError>;

    /// Sends earnings to a bank.
    ///
    /// # Errors
    /// As every request.
    async fn pay_out(&self, payout: &NewPayout, key: &str) -> Result<String, PaymentError>;

    /// Takes earnings back that were sent to a bank and came back from it: they may lie where payouts go. Taken back before,
    /// nothing happens.
    ///
    /// # Errors
    /// As every request.
    async fn take_back_payout(&self, payout: PayoutId) -> Result<(), PaymentError>;

    /// Makes a product known there, and gives its reference.
    ///
    /// # Errors
    /// As every request.
    async fn publish_product(&self, product: &PublishedProduct, key: &str) -> Result<String, PaymentError>;

    /// Makes the price of a product known there, and gives its reference.
    ///
    /// # Errors
    /// As every request.
    async fn publish_price(&self, price: &PublishedPrice, key: &str) -> Result<String, PaymentError>;

    /// Payments that were made from `from` on and before `to`, a page at a time, to hold against our own.
    ///
    /// # Errors
    /// As every request.
    async fn payments_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<PaymentsPage, PaymentError>;
}

/// Why a request came to nothing, or may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// It was understood and refused; asking again the same way is refused again.
    #[error("the payment provider refused: {message}")]
    Refused {
        /// The provider's name for it, such as `charge_already_refunded`.
        code: Option<String>,
        /// What it says.
        message: String,
    },
    /// Nobody knows whether it happened: no answer in time, or a failure over there. Ask again with the same key.
    #[error("the payment provider did not answer: {0}")]
    Unknown(String),
    /// It did not happen, and can be asked again later.
    #[error("the payment provider is busy")]
    Busy {
        /// In how many seconds, if it says so.
        retry_after: Option<u32>,
    },
}

/// Somebody who pays, or is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    /// Who it is here.
    pub account: AccountId,
    /// Where receipts go.
    pub email: String,
    /// The name.
    pub name: String,
}

/// A payment to be made on a page of the provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedPayment {
    /// Ours. Comes back with the news of it.
    pub payment: PaymentId,
    /// Who pays, as the provider knows them.
    pub customer: String,
    /// How much.
    pub amount: Money,
    /// What for, in words for who pays.
    pub description: String,
    /// The published price of it, when it is one of something and not an amount of its own.
    pub price: Option<String>,
    /// Whether the card is kept for payments to come.
    pub keep_card: bool,
    /// Where they come back to.
    pub success_url: Url,
    /// Where they come back to without having paid.
    pub cancel_url: Url,
    /// Until when the page can be used.
    pub expires_at: DateTime<Utc>,
}

/// A page of the provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedPage {
    /// What the provider calls it.
    pub reference: String,
    /// Where it is.
    pub url: Url,
}

/// What a form for cards on our own page needs to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFormSetup {
    /// The address of the provider's script.
    pub script: Url,
    /// The key that the script is used with. Everybody may know it.
    pub key: String,
}

/// A payment whose card is entered into a form on our own page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// Ours. Comes back with the news of it.
    pub payment: PaymentId,
    /// Who pays, as the provider knows them.
    pub customer: String,
    /// How much.
    pub amount: Money,
    /// What for.
    pub description: String,
    /// Whether the card is kept for payments to come.
    pub keep_card: bool,
}

/// A payment that has been begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunPayment {
    /// How far it is.
    pub payment: PaymentSnapshot,
    /// With it a card can be made to pay, so nobody but who pays is given it.
    pub client_secret: Secret,
}

/// Money to be taken from a card that was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCharge {
    /// Ours. Comes back with the news of it.
    pub payment: PaymentId,
    /// Whose card.
    pub customer: String,
    /// The card.
    pub card: String,
    /// How much.
    pub amount: Money,
    /// What for.
    pub description: String,
}

/// Money to be given back to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// The provider's name of the payment.
    pub payment: String,
    /// How much of it.
    pub amount: Money,
}

/// How far the giving back is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundSnapshot {
    /// What the provider calls it.
    pub reference: String,
    /// Whether it came to nothing.
    pub failed: bool,
}

/// Earnings to be sent to a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayout {
    /// Ours. Comes back with the news of it.
    pub payout: PayoutId,
    /// Where it goes, as the provider knows it.
    pub account: String,
    /// How much.
    pub amount: Money,
}

/// An account that payouts go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutAccount {
    /// Whether its owner has said all that is needed.
    pub complete: bool,
    /// Whether payouts can go there.
    pub enabled: bool,
}

/// A product as it is made known to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedProduct {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A price as it is made known to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPrice {
    /// The provider's name of the product.
    pub product: String,
    /// How much.
    pub amount: Money,
    /// `None` once, or else each so many months.
    pub every_months: Option<u8>,
}

/// A payment as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentSnapshot {
    /// What the provider calls it.
    pub reference: String,
    /// Which of ours it is.
    pub payment: Option<PaymentId>,
    /// How far it is.
    pub status: PaymentStatus,
    /// How much it is about.
    pub amount: Money,
    /// How much has come, in minor units.
    pub received: i64,
    /// How much of that went back, in minor units, if it says so.
    pub refunded: Option<i64>,
    /// The card, if it was kept.
    pub card: Option<Card>,
    /// Why the last try failed.
    pub failure: Option<Failure>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A card that can be charged again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What the provider calls it.
    pub reference: String,
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The month it is good until, 1 to 12.
    pub exp_month: u8,
    /// The year it is good until.
    pub exp_year: u16,
}

/// Why a payment failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Such as `card_declined`, or more exactly `insufficient_funds` (<https://docs.stripe.com/declines/codes>).
    pub code: String,
    /// What the provider says of it.
    pub message: String,
}

/// Some of the payments there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentsPage {
    /// Them.
    pub payments: Vec<PaymentSnapshot>,
    /// Where the next ones begin, if there are more.
    pub next: Option<String>,
}

/// A currency in the small letters that Stripe's form has.
pub fn lowercase(currency: Currency) -> String {
    currency.as_str().to_ascii_lowercase()
}
