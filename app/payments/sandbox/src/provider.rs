//! The sandbox as the port of payments sees it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{Money, PaymentId, PayoutId};
use platform::{
    config::Secret,
    payments::{
        BegunPayment, Card, CardFormSetup, Failure, HostedPage, HostedPayment, NewCharge, NewCustomer, NewPayment,
        NewPayout, NewRefund, PaymentError, PaymentProvider, PaymentSnapshot, PaymentStatus, PaymentsPage,
        PayoutAccount, ProviderName, PublishedPrice, PublishedProduct, RefundSnapshot,
    },
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Sandbox,
    error::Error,
    request::{Asked, Fingerprint},
    store,
};

/// A payment as it stands in an answer that is kept.
#[derive(Serialize, Deserialize)]
#[serde(remote = "PaymentSnapshot")]
struct KeptSnapshot {
    reference: String,
    payment: Option<PaymentId>,
    status: PaymentStatus,
    amount: Money,
    received: i64,
    refunded: Option<i64>,
    card: Option<Card>,
    failure: Option<Failure>,
    created_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Charged(#[serde(with = "KeptSnapshot")] PaymentSnapshot);

/// Gives the answer that was given before, or the request to work on.
macro_rules! once {
    ($asked:expr, $before:expr) => {
        match $asked {
            Asked::Before(answer) => return answer.map($before),
            Asked::Now(request) => request,
        }
    };
    ($asked:expr) => {
        once!($asked, std::convert::identity)
    };
}

#[async_trait]
impl PaymentProvider for Sandbox {
    fn name(&self) -> ProviderName {
        ProviderName::Sandbox
    }

    fn is_test(&self) -> bool {
        true
    }

    fn webhook_secrets(&self) -> Vec<Secret> {
        vec![self.secret.clone()]
    }

    async fn create_customer(&self, customer: &NewCustomer, key: &str) -> Result<String, PaymentError> {
        let mut request = once!(self.ask(key, about("create_customer", customer)).await?);
        let reference = self.reference("cus");
        let made = store::insert_customer(&mut request.tx, &reference, customer.account).await;
        request.answer(made.map(|()| reference)).await
    }

    async fn host_payment(&self, payment: &HostedPayment, key: &str) -> Result<HostedPage, PaymentError> {
        let what = Fingerprint::of("host_payment")
            .with(payment.payment)
            .with(&payment.customer)
            .money(payment.amount)
            .with(&payment.description)
            .with(payment.price.as_deref().unwrap_or_default())
            .with(payment.keep_card)
            .with(&payment.success_url)
            .with(&payment.cancel_url)
            .with(payment.expires_at.timestamp());
        let mut request = once!(self.ask(key, what).await?, |reference| self.hosted(reference));
        let page = self.new_payment_page(&mut request.tx, payment).await;
        request.answer(page).await.map(|reference| self.hosted(reference))
    }

    async fn expire_page(&self, page: &str) -> Result<(), PaymentError> {
        Ok(self.take_page_back(page).await?)
    }

    /// Test cards are entered on the sandbox's own pages.
    fn card_form(&self) -> Option<CardFormSetup> {
        None
    }

    async fn begin_payment(&self, _payment: &NewPayment, _key: &str) -> Result<BegunPayment, PaymentError> {
        Err(no_card_form())
    }

    async fn begun_payment(&self, _reference: &str) -> Result<BegunPayment, PaymentError> {
        Err(no_card_form())
    }

    async fn cancel_payment(&self, _reference: &str) -> Result<PaymentSnapshot, PaymentError> {
        Err(no_card_form())
    }

    async fn host_card(&self, customer: &str, return_url: &Url, key: &str) -> Result<HostedPage, PaymentError> {
        let what = Fingerprint::of("host_card").with(customer).with(return_url);
        let mut request = once!(self.ask(key, what).await?, |reference| self.hosted(reference));
        let page = self.new_card_page(&mut request.tx, customer, return_url).await;
        request.answer(page).await.map(|reference| self.hosted(reference))
    }

    async fn charge(&self, charge: &NewCharge, key: &str) -> Result<PaymentSnapshot, PaymentError> {
        let what = Fingerprint::of("charge")
            .with(charge.payment)
            .with(&charge.customer)
            .with(&charge.card)
            .money(charge.amount)
            .with(&charge.description);
        let mut request = once!(self.ask(key, what).await?, |Charged(snapshot)| snapshot);
        let charged = self.charge_card(&mut request.tx, charge).await.map(Charged);
        request.answer(charged).await.map(|Charged(snapshot)| snapshot)
    }

    async fn payment(&self, reference: &str) -> Result<PaymentSnapshot, PaymentError> {
        Ok(self.find_payment(reference).await?)
    }

    async fn refund(&self, refund: &NewRefund, key: &str) -> Result<RefundSnapshot, PaymentError> {
        let what = Fingerprint::of("refund").with(&refund.payment).money(refund.amount);
        // When it is made no refund has failed yet.
        let made = |reference| RefundSnapshot { reference, failed: false };
        let mut request = once!(self.ask(key, what).await?, made);
        let refunded = self.refund_payment(&mut request.tx, refund).await;
        request.answer(refunded).await.map(made)
    }

    async fn forget_card(&self, card: &str) -> Result<(), PaymentError> {
        Ok(self.detach_card(card).await?)
    }

    async fn create_payout_account(&self, owner: &NewCustomer, key: &str) -> Result<String, PaymentError> {
        let mut request = once!(self.ask(key, about("create_payout_account", owner)).await?);
        let account = self.new_payout_account(&mut request.tx, owner.account).await;
        request.answer(account).await
    }

    async fn host_payout_account(&self, account: &str, return_url: &Url) -> Result<HostedPage, PaymentError> {
        let mut tx = self.database.begin().await.map_err(Error::Database)?;
        let page = self.new_account_page(&mut tx, account, return_url).await?;
        tx.commit().await.map_err(Error::Database)?;
        Ok(self.hosted(page))
    }

    async fn payout_account(&self, account: &str) -> Result<PayoutAccount, PaymentError> {
        Ok(self.find_payout_account(account).await?)
    }

    async fn pay_out(&self, payout: &NewPayout, key: &str) -> Result<String, PaymentError> {
        let what = Fingerprint::of("pay_out").with(payout.payout).with(&payout.account).money(payout.amount);
        let mut request = once!(self.ask(key, what).await?);
        let sent = self.send_payout(&mut request.tx, payout).await;
        request.answer(sent).await
    }

    /// Nothing lies anywhere: what comes back to the sandbox is back.
    async fn take_back_payout(&self, _payout: PayoutId) -> Result<(), PaymentError> {
        Ok(())
    }

    async fn publish_product(&self, product: &PublishedProduct, key: &str) -> Result<String, PaymentError> {
        let what = Fingerprint::of("publish_product").with(&product.code).with(&product.name);
        let request = once!(self.ask(key, what).await?);
        request.answer(Ok(self.reference("prod"))).await
    }

    async fn publish_price(&self, price: &PublishedPrice, key: &str) -> Result<String, PaymentError> {
        let what = Fingerprint::of("publish_price")
            .with(&price.product)
            .money(price.amount)
            .with(price.every_months.unwrap_or_default());
        let request = once!(self.ask(key, what).await?);
        request.answer(check_price(price).map(|()| self.reference("price"))).await
    }

    async fn payments_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<PaymentsPage, PaymentError> {
        Ok(self.list_payments((from, to), after).await?)
    }
}

impl Sandbox {
    fn hosted(&self, reference: String) -> HostedPage {
        HostedPage { url: self.page_url(&reference), reference }
    }

    /// Forgets a card. That it is forgotten already is no reason to refuse.
    async fn detach_card(&self, card: &str) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        if !store::cards::detach(&mut tx, card, self.world.now()).await? {
            return Err(Error::missing("payment_method", card));
        }
        tx.commit().await?;
        Ok(())
    }
}

/// What tells one wish about somebody from another.
fn about(what: &str, customer: &NewCustomer) -> Fingerprint {
    Fingerprint::of(what).with(customer.account).with(&customer.email).with(&customer.name)
}

fn no_card_form() -> PaymentError {
    Error::refused("no_card_form", "The sandbox has pages for cards, and no form for other pages.").into()
}

/// A price may be nothing, but not less.
fn check_price(price: &PublishedPrice) -> Result<(), Error> {
    if price.amount.minor < 0 {
        return Err(Error::refused("parameter_invalid_integer", "A price can't be negative."));
    }
    Ok(())
}
