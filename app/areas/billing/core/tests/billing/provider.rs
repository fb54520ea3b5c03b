//! A provider that is slow, fails, repeats itself and loses answers never charges twice.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use billing_core::{CheckoutState, Error, InvoiceState, PayWith, SubscriptionState, command::*, service};
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{PaymentId, PaymentStatus, ReturnId};
use payments_sandbox::Sandbox;
use platform::{config::Secret, payments::*};
use testkit::TestApp;
use url::Url;
use uuid::Uuid;

use crate::{GOOD, Shop, buying, euros, in_transaction, key};

/// The sandbox behind a bad line, with forms for cards, which it does not have itself.
pub(crate) struct Faulty {
    inner: Sandbox,
    /// How many calls went over the line; `None` when it is a good one.
    calls: Option<AtomicUsize>,
    forms: Mutex<Forms>,
}

/// What was begun for forms.
#[derive(Default)]
struct Forms {
    begun: Vec<BegunPayment>,
    by_key: HashMap<String, String>,
}

impl Faulty {
    /// A line that is bad from its `nth` call on.
    pub(crate) fn new(app: &TestApp, nth: usize) -> Self {
        Self { calls: Some(AtomicUsize::new(nth)), ..Self::reliable(app) }
    }

    /// A good line.
    pub(crate) fn reliable(app: &TestApp) -> Self {
        Self { inner: app.sandbox.clone(), calls: None, forms: Mutex::default() }
    }

    fn forms(&self) -> MutexGuard<'_, Forms> {
        self.forms.lock().expect("nobody panics with it")
    }

    /// What was begun for forms, and how far it is.
    pub(crate) fn begun(&self) -> Vec<(String, PaymentStatus)> {
        self.forms().begun.iter().map(|it| (it.payment.reference.clone(), it.payment.status)).collect()
    }

    /// What becomes of a payment that was begun for a form, when somebody enters a card.
    pub(crate) fn becomes(&self, reference: &str, status: PaymentStatus) {
        let mut forms = self.forms();
        let it = forms.begun.iter_mut().find(|it| it.payment.reference == reference).expect("it was begun");
        assert_ne!(it.payment.status, PaymentStatus::Canceled, "no card can pay what was cancelled");
        it.payment.status = status;
        it.payment.received = if status == PaymentStatus::Succeeded { it.payment.amount.minor } else { 0 };
    }

    fn begin(&self, new: &NewPayment, key: &str) -> BegunPayment {
        let mut forms = self.forms();
        if let Some(reference) = forms.by_key.get(key) {
            return forms.begun.iter().find(|it| it.payment.reference == *reference).expect("it was begun").clone();
        }
        let reference = format!("pi_{}", new.payment);
        let payment = PaymentSnapshot {
            reference: reference.clone(),
            payment: Some(new.payment),
            status: PaymentStatus::Waiting,
            amount: new.amount,
            received: 0,
            refunded: None,
            card: None,
            failure: None,
            created_at: DateTime::UNIX_EPOCH,
        };
        let client_secret = Secret::from(format!("{reference}_secret_{}", forms.begun.len()).as_str());
        let begun = BegunPayment { payment, client_secret };
        forms.begun.push(begun.clone());
        forms.by_key.insert(key.to_owned(), reference);
        begun
    }

    fn find(&self, reference: &str) -> Result<BegunPayment, PaymentError> {
        let missing = || PaymentError::Refused { code: None, message: format!("No such payment_intent: {reference}") };
        self.forms().begun.iter().find(|it| it.payment.reference == reference).cloned().ok_or_else(missing)
    }

    fn cancel(&self, reference: &str) -> Result<PaymentSnapshot, PaymentError> {
        self.find(reference)?;
        let mut forms = self.forms();
        let it = forms.begun.iter_mut().find(|it| it.payment.reference == reference).expect("it was begun");
        if !matches!(it.payment.status, PaymentStatus::Succeeded | PaymentStatus::Processing) {
            it.payment.status = PaymentStatus::Canceled;
        }
        Ok(it.payment.clone())
    }

    /// What happens to the next call: lost on its way, its answer lost, refused for now, done twice, or all is well.
    async fn through<T, F, Fut>(&self, call: F) -> Result<T, PaymentError>
    where
        F: Fn() -> Fut + Send,
        Fut: Future<Output = Result<T, PaymentError>> + Send,
        T: Send,
    {
        let Some(calls) = &self.calls else { return call().await };
        match calls.fetch_add(1, Ordering::Relaxed) % 5 {
            0 => Err(PaymentError::Unknown("timed out on its way".to_owned())),
            1 => {
                call().await?;
                Err(PaymentError::Unknown("the answer was lost".to_owned()))
            }
            2 => Err(PaymentError::Busy { retry_after: Some(1) }),
            3 => {
                call().await?;
                call().await
            }
            _ => call().await,
        }
    }
}

#[async_trait]
impl PaymentProvider for Faulty {
    fn name(&self) -> ProviderName {
        self.inner.name()
    }
    fn is_test(&self) -> bool {
        true
    }
    fn webhook_secrets(&self) -> Vec<Secret> {
        self.inner.webhook_secrets()
    }
    async fn create_customer(&self, customer: &NewCustomer, key: &str) -> Result<String, PaymentError> {
        self.through(|| self.inner.create_customer(customer, key)).await
    }
    async fn host_payment(&self, payment: &HostedPayment, key: &str) -> Result<HostedPage, PaymentError> {
        self.through(|| self.inner.host_payment(payment, key)).await
    }
    async fn expire_page(&self, page: &str) -> Result<(), PaymentError> {
        self.inner.expire_page(page).await
    }
    fn card_form(&self) -> Option<CardFormSetup> {
        let script = "https://js.example/".parse().expect("a URL");
        Some(CardFormSetup { script, key: "pk_test_1".to_owned() })
    }
    async fn begin_payment(&self, payment: &NewPayment, key: &str) -> Result<BegunPayment, PaymentError> {
        self.through(|| async { Ok(self.begin(payment, key)) }).await
    }
    async fn begun_payment(&self, reference: &str) -> Result<BegunPayment, PaymentError> {
        self.through(|| async { self.find(reference) }).await
    }
    async fn cancel_payment(&self, reference: &str) -> Result<PaymentSnapshot, PaymentError> {
        self.through(|| async { self.cancel(reference) }).await
    }
    async fn host_card(&self, customer: &str, return_url: &Url, key: &str) -> Result<HostedPage, PaymentError> {
        self.inner.host_card(customer, return_url, key).await
    }
    async fn charge(&self, charge: &NewCharge, key: &str) -> Result<PaymentSnapshot, PaymentError> {
        self.through(|| self.inner.charge(charge, key)).await
    }
    async fn payment(&self, reference: &str) -> Result<PaymentSnapshot, PaymentError> {
        self.inner.payment(reference).await
    }
    async fn refund(&self, refund: &NewRefund, key: &str) -> Result<RefundSnapshot, PaymentError> {
        self.through(|| self.inner.refund(refund, key)).await
    }
    async fn forget_card(&self, card: &str) -> Result<(), PaymentError> {
        self.inner.forget_card(card).await
    }
    async fn create_payout_account(&self, owner: &NewCustomer, key: &str) -> Result<String, PaymentError> {
        self.through(|| self.inner.create_payout_account(owner, key)).await
    }
    async fn host_payout_account(&self, account: &str, return_url: &Url) -> Result<HostedPage, PaymentError> {
        self.inner.host_payout_account(account, return_url).await
    }
    async fn payout_account(&self, account: &str) -> Result<PayoutAccount, PaymentError> {
        self.inner.payout_account(account).await
    }
    async fn pay_out(&self, payout: &NewPayout, key: &str) -> Result<String, PaymentError> {
        self.through(|| self.inner.pay_out(payout, key)).await
    }
    async fn take_back_payout(&self, payout: kernel::PayoutId) -> Result<(), PaymentError> {
        self.through(|| self.inner.take_back_payout(payout)).await
    }
    async fn publish_product(&self, product: &PublishedProduct, key: &str) -> Result<String, PaymentError> {
        self.inner.publish_product(product, key).await
    }
    async fn publish_price(&self, price: &PublishedPrice, key: &str) -> Result<String, PaymentError> {
        self.inner.publish_price(price, key).await
    }
    async fn payments_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<PaymentsPage, PaymentError> {
        let mut page = self.inner.payments_between(from, to, after).await?;
        if page.next.is_none() {
            page.payments.extend(self.forms().begun.iter().map(|it| it.payment.clone()));
        }
        Ok(page)
    }
}

/// Asks again until there is an answer, as the queue would.
macro_rules! insist {
    ($call:expr) => {{
        let mut tries = 0;
        loop {
            match $call.await {
                Ok(done) => break done,
                Err(error) => assert!(matches!(error, Error::Provider(_)), "{error:?}"),
            }
            tries += 1;
            assert!(tries < 10, "it never goes through");
        }
    }};
}

pub(crate) use insist;

/// Charges what waits to be charged, as the queue would.
async fn charge_all(app: &TestApp, faulty: &Faulty) {
    let waiting: Vec<Uuid> =
        sqlx::query_scalar("select id from payments where status = 'waiting' and card_reference is not null")
            .fetch_all(app.database.pool())
            .await
            .expect("payments");
    for id in waiting {
        insist!(service::charge_card(&app.database, &app.world, faulty, PaymentId::from_uuid(id)));
    }
}

#[tokio::test]
async fn nothing_is_charged_twice() {
    let app = TestApp::new().await;
    let faulty = Faulty::new(&app, 0);
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    // A page, asked for until it is there: it is one page.
    let id = app.start(&ana, &buying(price, PayWith::Card, "1")).await.expect("a checkout");
    let first = insist!(service::open_page(&app.database, &ana, &faulty, &app.public_url, id));
    let again = insist!(service::open_page(&app.database, &ana, &faulty, &app.public_url, id));
    assert_eq!(first, again);
    assert_eq!(app.count("select count(*) from sandbox_pages").await, 1);
    assert_eq!(app.pay_by_card(&ana, id, GOOD).await.state, CheckoutState::Paid);
    // Six renewals.
    for _ in 0..6 {
        let end = app.subscription(&ana).await.period_end;
        app.clock.set(end);
        service::run_due(&app.database, &app.world, ProviderName::Sandbox).await.expect("runs");
        charge_all(&app, &faulty).await;
        app.run_jobs().await;
    }
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Active);
    let invoices = app.invoices(&ana).await;
    assert!(invoices.len() == 7 && invoices.iter().all(|it| it.state == InvoiceState::Paid), "{invoices:?}");
    let taken = "select coalesce(sum(received), 0)::bigint from sandbox_payments";
    assert_eq!(app.count(taken).await, 7 * 1190);
    assert_eq!((app.wallet(&ana).await, app.platform(money_core::LedgerKind::Provider).await), (0, -7 * 1190));

    // Given back once.
    let admin = app.admin_again().await;
    let give = GiveBack {
        invoice: invoices[0].id,
        amount: euros(500),
        to_card: true,
        reason: "Kindness".to_owned(),
        key: key("r"),
    };
    in_transaction!(app, |tx| service::give_back(&app.database, &mut tx, &admin, ProviderName::Sandbox, &give))
        .expect("given back");
    let id: Uuid = sqlx::query_scalar("select id from refunds").fetch_one(app.database.pool()).await.expect("one");
    insist!(service::send_refund(&app.database, &app.world, &faulty, ReturnId::from_uuid(id)));
    app.run_jobs().await;
    assert_eq!(app.count("select coalesce(sum(amount), 0)::bigint from sandbox_refunds").await, 500);
    assert_eq!(app.platform(money_core::LedgerKind::Provider).await, -7 * 1190 + 500);
    assert_eq!(app.wallet(&ana).await, 0);
    app.adds_up().await;
    // And what the provider has is what we have.
    app.clock.advance(TimeDelta::hours(2));
    let compared = service::reconcile(&app.database, &app.world, &faulty).await.expect("compared");
    assert!(compared.differences.is_empty(), "{compared:#?}");
}

#[tokio::test]
async fn what_got_no_answer_for_a_day_is_not_asked_again() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    app.leave_card(&ana, GOOD).await;
    let start = StartCheckout { saved_card: true, ..buying(price, PayWith::Card, "1") };
    app.start(&ana, &start).await.expect("a checkout");
    let faulty = Faulty::new(&app, 1);
    let id: Uuid = sqlx::query_scalar("select id from payments").fetch_one(app.database.pool()).await.expect("one");
    let id = PaymentId::from_uuid(id);
    // It was charged, and the answer was lost.
    assert!(service::charge_card(&app.database, &app.world, &faulty, id).await.is_err());
    app.clock.advance(TimeDelta::days(2));
    // It is looked for, not asked for again.
    service::charge_card(&app.database, &app.world, app.payments.as_ref(), id).await.expect("found");
    assert_eq!(app.count("select count(*) from sandbox_payments").await, 1);
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Active);

    // And what the provider never heard of was not charged.
    let ben = app.person("ben").await;
    app.leave_card(&ben, GOOD).await;
    let id = app.start(&ben, &start).await.expect("a checkout");
    app.clock.advance(TimeDelta::days(2));
    app.run_jobs().await;
    assert_eq!(app.status(&ben, id).await.state, CheckoutState::Failed);
    assert_eq!(app.count("select count(*) from sandbox_payments").await, 1);
    app.adds_up().await;
}

#[tokio::test]
async fn payouts_go_out_once_and_arrive_or_come_back() {
    let app = TestApp::new().await;
    let faulty: Arc<dyn PaymentProvider> = Arc::new(Faulty::new(&app, 0));
    let (ana, ben) = (app.rich("ana", 10_000).await, app.person("ben").await);
    let pay = money_core::Pay {
        payer: ana.actor.account,
        lines: money_core::Lines::one(ben.actor.account, euros(10_000), kernel::BasisPoints::ZERO),
        frees_after: TimeDelta::zero(),
        key: key("1"),
        memo: "A call".into(),
        subject: None,
    };
    in_transaction!(app, |tx| money_core::service::pay(&mut tx, &ana, &pay)).expect("paid");
    money_core::service::free_earnings(&app.database, &app.world).await.expect("freed");
    let ask = |minor, with: &str| money_core::RequestPayout { amount: euros(minor), key: key(with) };
    let first = in_transaction!(app, |tx| money_core::service::request_payout(&mut tx, &ben, &ask(6000, "1")));
    first.expect("requested");
    // Nowhere to go yet.
    assert_eq!(service::send_payouts(&app.database, &app.world, faulty.as_ref()).await.expect("runs"), 0);
    let mut page = None;
    for _ in 0..4 {
        page = service::set_up_payouts(&app.database, &ben, faulty.as_ref(), &app.public_url).await.ok().or(page);
    }
    let page = page.expect("a page").reference;
    app.sandbox.submit_payout_account(&page, "DE89370400440532013000").await.expect("taken");
    app.run_jobs().await;
    for _ in 0..6 {
        service::send_payouts(&app.database, &app.world, faulty.as_ref()).await.expect("runs");
    }
    app.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    assert_eq!(app.count("select coalesce(sum(amount), 0)::bigint from sandbox_payouts").await, 6000);
    assert_eq!(app.count("select count(*) from payouts where state = 'paid'").await, 1);
    app.adds_up().await;
}
