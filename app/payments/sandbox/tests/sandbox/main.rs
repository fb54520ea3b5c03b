//! The sandbox against a real PostgreSQL, through the port, its pages and its webhooks.

#![expect(clippy::expect_used, clippy::panic, reason = "a test can't go on without; also in what tests share")]

mod cards;
mod listing;
mod pages;
mod payouts;
mod refunds;
mod requests;
mod webhooks;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Currency, Money, PaymentId};
use payments_sandbox::{
    Inbox, Sandbox,
    page::{CardForm, Next},
};
use platform::{
    job::{self, Shared, WorkerOptions},
    payments::{
        HostedPage, HostedPayment, NewCharge, NewCustomer, PaymentError, PaymentProvider, PaymentSnapshot, signature,
    },
};
use serde_json::Value;
use testkit::TestApp;
use url::Url;

const GOOD: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";
const CONFIRM_ONCE: &str = "4000002500003155";
const CONFIRM_ALWAYS: &str = "4000002760003184";
const DECLINES_LATER: &str = "4000000000000341";
const DISPUTED: &str = "4000000000000259";
const REFUND_FAILS: &str = "4000000000005126";
const SUCCEEDS_LATE: &str = "4000000000022220";
const FAILS_LATE: &str = "4000000000033334";

/// A signature's header, and a body.
type Webhook = (String, Vec<u8>);

/// The sandbox, and somebody who hears its webhooks.
struct Bench {
    app: TestApp,
    sandbox: Sandbox,
    heard: Arc<Mutex<Vec<Webhook>>>,
    /// Whether webhooks are taken.
    listens: Arc<AtomicBool>,
}

impl Bench {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let sandbox = app.sandbox.clone();
        Self { app, sandbox, heard: Arc::default(), listens: Arc::new(AtomicBool::new(true)) }
    }

    fn now(&self) -> DateTime<Utc> {
        self.app.world.now()
    }

    fn key(&self) -> String {
        self.app.world.id::<kernel::Event>().to_string()
    }

    fn somebody(&self) -> NewCustomer {
        let account: AccountId = self.app.world.id();
        NewCustomer { account, email: "ada@example.org".to_owned(), name: "Ada".to_owned() }
    }

    async fn customer(&self) -> String {
        self.sandbox.create_customer(&self.somebody(), &self.key()).await.expect("a customer")
    }

    fn wanted(&self, customer: &str, keep_card: bool) -> HostedPayment {
        HostedPayment {
            payment: self.app.world.id(),
            customer: customer.to_owned(),
            amount: euros(1000),
            description: "A hundred credits".to_owned(),
            price: None,
            keep_card,
            success_url: address("https://magentic.test/paid"),
            cancel_url: address("https://magentic.test/not-paid"),
            expires_at: self.now() + TimeDelta::hours(1),
        }
    }

    /// A page for 10 EUR.
    async fn page(&self, keep_card: bool) -> HostedPage {
        let wanted = self.wanted(&self.customer().await, keep_card);
        self.sandbox.host_payment(&wanted, &self.key()).await.expect("a page")
    }

    async fn submit(&self, page: &HostedPage, number: &str) -> Next {
        self.sandbox.submit_card(&page.reference, &form(number)).await.expect("a card that is a test card")
    }

    /// Pays 10 EUR on a page.
    async fn pay(&self, number: &str) -> PaymentSnapshot {
        let page = self.page(false).await;
        self.submit(&page, number).await;
        self.only_payment().await
    }

    /// A customer, and the card they left.
    async fn left(&self, number: &str) -> (String, String) {
        let customer = self.customer().await;
        let back = address("https://magentic.test/cards");
        let page = self.sandbox.host_card(&customer, &back, &self.key()).await.expect("a page");
        if self.submit(&page, number).await == Next::Confirm {
            self.sandbox.confirm(&page.reference, true).await.expect("confirmed");
        }
        let attached = self.news().await.into_iter().find(|event| event["type"] == "payment_method.attached");
        let card = attached.expect("a card")["data"]["object"]["id"].as_str().expect("a reference").to_owned();
        (customer, card)
    }

    fn charging(&self, (customer, card): &(String, String), amount: Money) -> NewCharge {
        let payment: PaymentId = self.app.world.id();
        let (customer, card) = (customer.clone(), card.clone());
        NewCharge { payment, customer, card, amount, description: "A month".to_owned() }
    }

    /// The one payment there is.
    async fn only_payment(&self) -> PaymentSnapshot {
        let (from, to) = (DateTime::UNIX_EPOCH, self.now() + TimeDelta::days(1));
        let mut page = self.sandbox.payments_between(from, to, None).await.expect("payments");
        assert_eq!(page.payments.len(), 1, "{page:?}");
        page.payments.remove(0)
    }

    async fn payment(&self, reference: &str) -> PaymentSnapshot {
        self.sandbox.payment(reference).await.expect("a payment")
    }

    /// Runs the jobs that are due, and those that they enqueue.
    async fn run_jobs(&self) {
        let (heard, listens) = (Arc::clone(&self.heard), Arc::clone(&self.listens));
        let inbox = Inbox::new(move |header, body| {
            let (heard, listens) = (Arc::clone(&heard), Arc::clone(&listens));
            async move {
                if !listens.load(Ordering::SeqCst) {
                    return Err("nobody listens".to_owned());
                }
                heard.lock().expect("a list").push((header, body));
                Ok(())
            }
        });
        let (pool, sandbox) = (self.app.database.pool(), self.sandbox.clone());
        let give =
            |options: WorkerOptions| options.add_extension(Shared::new(sandbox)).add_extension(Shared::new(inbox));
        let worker = job::runner(pool, payments_sandbox::jobs(), "", give, std::future::pending());
        let worker = worker.await.expect("a job runner");
        // What a job enqueues may come after the last look for more.
        while self.jobs_are_due().await {
            worker.run_once().await.expect("jobs run");
        }
    }

    async fn jobs_are_due(&self) -> bool {
        sqlx::query_scalar("select exists (select from graphile_worker._private_jobs where run_at <= now())")
            .fetch_one(self.app.database.pool())
            .await
            .expect("an answer")
    }

    /// What the sandbox told since it was asked last, each checked as a receiver would. It is told in no certain order.
    async fn news(&self) -> Vec<Value> {
        self.run_jobs().await;
        let heard = std::mem::take(&mut *self.heard.lock().expect("a list"));
        let check = |(header, body): Webhook| {
            signature::verify(&self.sandbox.webhook_secrets(), &header, &body, self.now()).expect("a good signature");
            let event: Value = serde_json::from_slice(&body).expect("JSON");
            assert!(event["id"].as_str().expect("an id").starts_with("evt_sandbox_"), "{event}");
            assert_eq!(event["object"], "event");
            assert_eq!(event["livemode"], false);
            assert!(event["created"].as_i64().expect("a time") <= self.now().timestamp());
            assert!(event["type"].is_string() && event["api_version"].is_string(), "{event}");
            assert!(event["data"]["object"]["id"].is_string(), "{event}");
            event
        };
        heard.into_iter().map(check).collect()
    }

    /// The kinds of what the sandbox told since it was asked last, sorted.
    async fn told(&self) -> Vec<String> {
        kinds(&self.news().await)
    }

    async fn settle(&self, seconds: i64) -> u64 {
        self.app.clock.advance(TimeDelta::seconds(seconds));
        self.sandbox.settle_due().await.expect("settled")
    }
}

fn kinds(news: &[Value]) -> Vec<String> {
    let mut kinds: Vec<_> = news.iter().map(|event| event["type"].as_str().expect("a type").to_owned()).collect();
    kinds.sort();
    kinds
}

/// What the one event of a kind is about.
fn object(news: &[Value], kind: &str) -> Value {
    let mut found = news.iter().filter(|event| event["type"] == kind).map(|event| event["data"]["object"].clone());
    match (found.next(), found.next()) {
        (Some(object), None) => object,
        other => panic!("{kind}: {other:?}"),
    }
}

fn form(number: &str) -> CardForm {
    let cvc = if number.len() == 15 { "1234" } else { "123" };
    CardForm { number: number.to_owned(), expiry: "12/34".to_owned(), cvc: cvc.to_owned(), name: "Ada".to_owned() }
}

const fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn address(text: &str) -> Url {
    Url::parse(text).expect("an address")
}

/// The code of a refusal.
fn refusal<T: std::fmt::Debug>(result: Result<T, PaymentError>) -> String {
    match result {
        Err(PaymentError::Refused { code, .. }) => code.unwrap_or_default(),
        other => panic!("not refused: {other:?}"),
    }
}
