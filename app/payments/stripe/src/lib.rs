//! Stripe as payment provider: the port [`PaymentProvider`] over Stripe's API (<https://docs.stripe.com/api>).
//!
//! Amounts are in minor units on both sides. What is ours is written into the metadata of what is Stripe's
//! (`magentic_account`, `magentic_payment`, `magentic_payout`, `magentic_product`), and comes back with the news of it.

mod answer;
mod breaker;
mod http;
mod request;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::PayoutId;
use platform::{
    config::Secret,
    payments::{
        BegunPayment, CardFormSetup, HostedPage, HostedPayment, NewCharge, NewCustomer, NewPayment, NewPayout,
        NewRefund, PaymentError, PaymentProvider, PaymentSnapshot, PaymentStatus, PaymentsPage, PayoutAccount,
        ProviderName, PublishedPrice, PublishedProduct, RefundSnapshot,
    },
};
use serde::de::IgnoredAny;
use url::{Host, Url};

use crate::{
    answer::{Account, Intent, Intents, Link, Made, Method, Refund, Session, Transfer, Transfers},
    http::{Failure, Http},
};

/// Stripe, asked with the secret key of an account there.
///
/// Each request to Stripe is repeated a little by itself, with the same key, and takes 25 seconds at most. When five in a
/// row have come to nothing, those of the next half minute are answered with [`PaymentError::Busy`] at once. Stripe forgets
/// keys after a day: what has to happen once must not be asked again later than that.
pub struct Stripe {
    http: Http,
    webhook_secrets: Vec<Secret>,
    is_test: bool,
    card_form: Option<CardFormSetup>,
}

/// Why Stripe can't be asked with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The key has characters in it that no key has.
    #[error("the secret key has characters that can't be sent")]
    SecretKey,
    /// The key of an account with real money would travel in plain text.
    #[error("a live secret key is sent over https only")]
    Plain,
    /// Connections can't be made at all, for want of certificates for example.
    #[error("connections to Stripe can't be made")]
    Client(#[source] reqwest::Error),
}

impl Stripe {
    /// Prepares to ask Stripe at `api_base` (`https://api.stripe.com`, or a stand-in for it). Nothing is sent yet.
    ///
    /// # Errors
    /// When the settings can't work, or would give the key away.
    pub fn new(secret_key: Secret, webhook_secrets: Vec<Secret>, api_base: Url) -> Result<Self, SetupError> {
        let is_test = ["sk_test_", "rk_test_"].iter().any(|prefix| secret_key.reveal().starts_with(prefix));
        if !is_test && api_base.scheme() != "https" && !is_here(&api_base) {
            return Err(SetupError::Plain);
        }
        Ok(Self { http: Http::new(&secret_key, &api_base)?, webhook_secrets, is_test, card_form: None })
    }

    /// The same, with a form for cards on our own page.
    #[must_use]
    pub fn with_card_form(self, card_form: Option<CardFormSetup>) -> Self {
        Self { card_form, ..self }
    }

    /// Takes money back that was transferred for a payout which Stripe then refused. Otherwise it would stay in the other
    /// account although the payout is said not to have happened, and be sent again with the next.
    async fn take_back(&self, transfer: &str, key: &str) -> Result<(), PaymentError> {
        let taken = self.http.write::<Made>(request::take_back(transfer)?, &format!("{key}-reversal")).await;
        taken.map(drop).map_err(|failure| {
            let error = PaymentError::from(failure);
            tracing::error!(transfer, %error, "a transfer whose payout was refused could not be taken back");
            PaymentError::Unknown("the payout was refused, and its transfer not taken back yet".to_owned())
        })
    }
}

/// A failure on a later step of a payout. Whatever it was: the first step stands, so it is not true that nothing happened.
fn half_done(failure: Failure) -> PaymentError {
    PaymentError::Unknown(format!("transferred, but not paid out yet: {}", PaymentError::from(failure)))
}

/// Whether an address is on this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[async_trait]
impl PaymentProvider for Stripe {
    fn name(&self) -> ProviderName {
        ProviderName::Stripe
    }

    /// Whether the key is one of a test mode or sandbox (<https://docs.stripe.com/keys>).
    fn is_test(&self) -> bool {
        self.is_test
    }

    fn webhook_secrets(&self) -> Vec<Secret> {
        self.webhook_secrets.clone()
    }

    /// A customer (<https://docs.stripe.com/api/customers/create>).
    async fn create_customer(&self, customer: &NewCustomer, key: &str) -> Result<String, PaymentError> {
        let made: Made = self.http.write(request::customer(customer), key).await?;
        Ok(made.id)
    }

    /// A page of Checkout (<https://docs.stripe.com/api/checkout/sessions/create>). It is open for 35 minutes at least and
    /// 24 hours at most from when the payment was made: Stripe takes no less and no more. A price that recurs is refused
    /// here: Stripe sells those as its own subscriptions only.
    async fn host_payment(&self, payment: &HostedPayment, key: &str) -> Result<HostedPage, PaymentError> {
        let session: Session = self.http.write(request::payment_page(payment), key).await?;
        session.page()
    }

    /// Closes a page of Checkout (<https://docs.stripe.com/api/checkout/sessions/expire>). One that is closed already is
    /// no error: perhaps it was we, and the answer was lost.
    async fn expire_page(&self, page: &str) -> Result<(), PaymentError> {
        match self.http.write_anew::<IgnoredAny>(request::expire_page(page)?).await {
            Err(refused @ Failure::Refused { .. }) => {
                let session: Session = self.http.read(request::page(page)?).await?;
                if session.is_expired() { Ok(()) } else { Err(refused.into()) }
            }
            other => Ok(other.map(drop)?),
        }
    }

    fn card_form(&self) -> Option<CardFormSetup> {
        self.card_form.clone()
    }

    /// A PaymentIntent that Stripe.js confirms in the browser (<https://docs.stripe.com/api/payment_intents/create>).
    async fn begin_payment(&self, payment: &NewPayment, key: &str) -> Result<BegunPayment, PaymentError> {
        let intent: Intent = self.http.write(request::begin(payment), key).await?;
        intent.begun()
    }

    async fn begun_payment(&self, reference: &str) -> Result<BegunPayment, PaymentError> {
        let intent: Intent = self.http.read(request::payment(reference)?).await?;
        intent.begun()
    }

    /// Cancels a PaymentIntent (<https://docs.stripe.com/api/payment_intents/cancel>). One that is cancelled already, has
    /// been paid or is on its way is refused there: it is looked at, and what it is is the answer.
    async fn cancel_payment(&self, reference: &str) -> Result<PaymentSnapshot, PaymentError> {
        match self.http.write_anew::<Intent>(request::cancel(reference)?).await {
            Err(refused @ Failure::Refused { .. }) => {
                let is = self.payment(reference).await?;
                let is_over =
                    matches!(is.status, PaymentStatus::Canceled | PaymentStatus::Succeeded | PaymentStatus::Processing);
                if is_over { Ok(is) } else { Err(refused.into()) }
            }
            other => other?.snapshot(),
        }
    }

    /// A page of the customer portal, for this only (<https://docs.stripe.com/customer-management/portal-deep-links>). The
    /// portal has to be set up once, at <https://dashboard.stripe.com/settings/billing/portal>.
    async fn host_card(&self, customer: &str, return_url: &Url, key: &str) -> Result<HostedPage, PaymentError> {
        let session: Session = self.http.write(request::card_page(customer, return_url), key).await?;
        session.page()
    }

    /// A PaymentIntent that is confirmed at once, off session (<https://docs.stripe.com/api/payment_intents/create>).
    async fn charge(&self, charge: &NewCharge, key: &str) -> Result<PaymentSnapshot, PaymentError> {
        match self.http.write::<Intent>(request::charge(charge), key).await {
            Ok(intent) => intent.snapshot(),
            Err(failure) => failure.declined(charge).ok_or_else(|| failure.into()),
        }
    }

    /// A PaymentIntent (<https://docs.stripe.com/api/payment_intents/retrieve>).
    async fn payment(&self, reference: &str) -> Result<PaymentSnapshot, PaymentError> {
        let intent: Intent = self.http.read(request::payment(reference)?).await?;
        intent.snapshot()
    }

    /// A refund (<https://docs.stripe.com/api/refunds/create>). It may still fail later, which the news then tell.
    async fn refund(&self, refund: &NewRefund, key: &str) -> Result<RefundSnapshot, PaymentError> {
        let made: Refund = self.http.write(request::refund(refund), key).await?;
        Ok(made.into())
    }

    /// Detaches the card from its customer (<https://docs.stripe.com/api/payment_methods/detach>). One that has no
    /// customer any more is no error.
    async fn forget_card(&self, card: &str) -> Result<(), PaymentError> {
        match self.http.write_anew::<IgnoredAny>(request::forget_card(card)?).await {
            Err(refused @ Failure::Refused { .. }) => {
                let method: Method = self.http.read(request::card(card)?).await?;
                if method.is_attached() { Err(refused.into()) } else { Ok(()) }
            }
            other => Ok(other.map(drop)?),
        }
    }

    /// A connected account with the Express dashboard, which is paid out only when we say so
    /// (<https://docs.stripe.com/api/accounts/create>).
    async fn create_payout_account(&self, owner: &NewCustomer, key: &str) -> Result<String, PaymentError> {
        let made: Made = self.http.write(request::payout_account(owner), key).await?;
        Ok(made.id)
    }

    /// A link to Connect's onboarding (<https://docs.stripe.com/api/account_links/create>). It has no name of its own, so
    /// its reference is the account's.
    async fn host_payout_account(&self, account: &str, return_url: &Url) -> Result<HostedPage, PaymentError> {
        let link: Link = self.http.write_anew(request::payout_account_page(account, return_url)).await?;
        link.page(account)
    }

    /// How far the onboarding is (<https://docs.stripe.com/api/accounts/retrieve>).
    async fn payout_account(&self, account: &str) -> Result<PayoutAccount, PaymentError> {
        let account: Account = self.http.read(request::account(account)?).await?;
        Ok(PayoutAccount {
            complete: account.details_submitted.unwrap_or(false),
            enabled: account.payouts_enabled.unwrap_or(false),
        })
    }

    /// Money goes to the connected account (<https://docs.stripe.com/api/transfers/create>) and from there to the bank
    /// (<https://docs.stripe.com/api/payouts/create>). When the second step is refused the first is taken back, so that
    /// [`PaymentError::Refused`] means that nothing moved.
    async fn pay_out(&self, payout: &NewPayout, key: &str) -> Result<String, PaymentError> {
        let account = request::reference(&payout.account)?;
        let transfer: Transfer = self.http.write(request::transfer(payout), &format!("{key}-transfer")).await?;
        // The answer above may be that of an earlier call with the same key. What became of it since?
        let transfer = self.http.read(request::transferred(&transfer.id)?).await;
        let transfer: Transfer = transfer.map_err(half_done)?;
        if transfer.reversed == Some(true) {
            return Err(Failure::refused("the payout was refused before, and its transfer taken back").into());
        }
        match self.http.write_as::<Made>(account, request::payout(payout), &format!("{key}-payout")).await {
            Ok(made) => Ok(made.id),
            Err(refused @ Failure::Refused { .. }) => {
                self.take_back(&transfer.id, key).await?;
                Err(refused.into())
            }
            Err(failure) => Err(half_done(failure)),
        }
    }

    /// The transfers of a payout (<https://docs.stripe.com/api/transfers/list>) are reversed
    /// (<https://docs.stripe.com/api/transfer_reversals/create>), or their money would be sent again with the next one.
    async fn take_back_payout(&self, payout: PayoutId) -> Result<(), PaymentError> {
        let transfers: Transfers = self.http.read(request::transfers_of(payout)).await?;
        for transfer in transfers.data.iter().filter(|transfer| transfer.reversed != Some(true)) {
            let taken = request::take_back(&transfer.id)?;
            self.http.write::<IgnoredAny>(taken, &format!("{payout}-{}-reversal", transfer.id)).await?;
        }
        Ok(())
    }

    /// A product (<https://docs.stripe.com/api/products/create>).
    async fn publish_product(&self, product: &PublishedProduct, key: &str) -> Result<String, PaymentError> {
        let made: Made = self.http.write(request::product(product), key).await?;
        Ok(made.id)
    }

    /// A price (<https://docs.stripe.com/api/prices/create>). Stripe takes three years at most.
    async fn publish_price(&self, price: &PublishedPrice, key: &str) -> Result<String, PaymentError> {
        let made: Made = self.http.write(request::price(price), key).await?;
        Ok(made.id)
    }

    /// PaymentIntents by when they were made, the newest first, a hundred on a page
    /// (<https://docs.stripe.com/api/payment_intents/list>). Lists say nothing of cards and of what went back.
    async fn payments_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<PaymentsPage, PaymentError> {
        let intents: Intents = self.http.read(request::payments(from, to, after)?).await?;
        intents.page()
    }
}
