//! What goes wrong on the way, and what it means.

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use payments_stripe::{SetupError, Stripe};
use platform::{
    config::Secret,
    payments::{PaymentError, PaymentProvider},
};
use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpListener};
use url::Url;

use crate::{
    ada, begin, charge,
    fake::{Fake, Step},
};

/// Makes a customer with the key `key`.
async fn customer(fake: &Fake) -> Result<String, PaymentError> {
    fake.stripe().create_customer(&ada(), "key").await
}

fn say(status: u16) -> Step {
    Step::Say(status, &[], "<html>Bad gateway</html>".to_owned())
}

/// Each request so far had the same key.
fn one_key(fake: &Fake) {
    for request in fake.seen() {
        assert_eq!(request.key(), Some("key"));
    }
}

fn unknown<T: std::fmt::Debug>(result: &Result<T, PaymentError>) {
    assert!(matches!(result, Err(PaymentError::Unknown(_))), "{result:?}");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let fake = Fake::start().await;
    fake.then([Step::Lose, Step::Lose]);
    assert_eq!(customer(&fake).await, Ok("cus_1".to_owned()));
    assert_eq!((fake.seen().len(), fake.effects()), (3, 1));
    one_key(&fake);
}

#[tokio::test]
async fn a_charge_whose_answers_are_all_lost_happens_once_all_the_same() {
    let fake = Fake::start().await;
    fake.then([Step::Lose, Step::Lose, Step::Lose]);
    let stripe = fake.stripe();
    unknown(&stripe.charge(&charge("cus_1", "pm_1"), "key").await);
    let payment = stripe.charge(&charge("cus_1", "pm_1"), "key").await.expect("a payment");
    assert_eq!((payment.reference.as_str(), fake.seen().len(), fake.effects()), ("pi_1", 4, 1));
    one_key(&fake);
}

#[tokio::test]
async fn a_failure_over_there_is_tried_again() {
    let fake = Fake::start().await;
    fake.then([Step::error(500, json!({"type": "api_error", "message": "Sorry."})), say(503)]);
    assert_eq!(customer(&fake).await, Ok("cus_1".to_owned()));
    assert_eq!((fake.seen().len(), fake.effects()), (3, 1));
    one_key(&fake);
}

#[tokio::test]
async fn pages_of_others_mean_that_nobody_knows() {
    let fake = Fake::start().await;
    fake.then([say(502), say(502), say(502)]);
    unknown(&customer(&fake).await);
    assert_eq!(fake.seen().len(), 3);
    // A proxy's refusal is not Stripe's, and its words are no reason to ask again at once.
    for status in [200, 302, 403] {
        let fake = Fake::start().await;
        fake.then([say(status)]);
        unknown(&customer(&fake).await);
        assert_eq!(fake.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn redirections_are_not_followed() {
    let (fake, other) = (Fake::start().await, Fake::start().await);
    let location = format!("{}v1/customers", other.url).leak();
    let headers = Box::leak(Box::new([("location", &*location)]));
    fake.then([Step::Say(307, headers, String::new())]);
    unknown(&customer(&fake).await);
    assert_eq!(other.seen(), []);
}

#[tokio::test]
async fn a_pause_that_stripe_asks_for_is_made() {
    let fake = Fake::start().await;
    let limited = json!({"error": {"type": "invalid_request_error", "code": "rate_limit"}}).to_string();
    fake.then([Step::Say(429, &[("retry-after", "1")], limited.clone())]);
    let started = Instant::now();
    assert_eq!(customer(&fake).await, Ok("cus_1".to_owned()));
    assert!(started.elapsed() >= Duration::from_secs(1));

    let fake = Fake::start().await;
    fake.then([Step::Say(429, &[("retry-after", "10")], limited)]);
    let started = Instant::now();
    assert_eq!(customer(&fake).await, Err(PaymentError::Busy { retry_after: Some(10) }));
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!((fake.seen().len(), fake.effects()), (1, 0));
}

#[tokio::test]
async fn stripe_can_say_that_trying_again_is_no_use() {
    let fake = Fake::start().await;
    fake.then([Step::Say(500, &[("stripe-should-retry", "false")], String::new())]);
    unknown(&customer(&fake).await);
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test]
async fn two_who_ask_at_once() {
    let error = |code| Step::error(409, json!({"type": "invalid_request_error", "code": code}));
    let fake = Fake::start().await;
    fake.then([error("idempotency_key_in_use"), error("lock_timeout")]);
    assert_eq!(customer(&fake).await, Ok("cus_1".to_owned()));
    // Never let in: nothing happened.
    let fake = Fake::start().await;
    fake.then([error("lock_timeout"), error("lock_timeout"), error("lock_timeout")]);
    assert_eq!(customer(&fake).await, Err(PaymentError::Busy { retry_after: None }));
    // The other one with our key may have got through.
    let fake = Fake::start().await;
    fake.then([error("idempotency_key_in_use"), error("lock_timeout"), error("lock_timeout")]);
    unknown(&customer(&fake).await);
}

#[tokio::test]
async fn a_refusal_is_final() {
    let fake = Fake::start().await;
    let error = json!({"type": "invalid_request_error", "code": "charge_already_refunded", "message": "It is back."});
    fake.then([Step::error(400, error)]);
    let refused =
        PaymentError::Refused { code: Some("charge_already_refunded".to_owned()), message: "It is back.".to_owned() };
    assert_eq!(customer(&fake).await, Err(refused));
    assert_eq!(fake.seen().len(), 1);

    // A charge that is refused without a payment in the answer has not become one.
    let fake = Fake::start().await;
    fake.then([Step::error(402, json!({"type": "card_error", "code": "card_declined", "message": "No."}))]);
    let refused = PaymentError::Refused { code: Some("card_declined".to_owned()), message: "No.".to_owned() };
    assert_eq!(fake.stripe().charge(&charge("cus_1", "pm_1"), "key").await, Err(refused));
}

#[tokio::test]
async fn a_key_for_two_requests_tells_nothing_of_the_first() {
    let fake = Fake::start().await;
    let stripe = fake.stripe();
    stripe.charge(&charge("cus_1", "pm_1"), "key").await.expect("a payment");
    unknown(&stripe.charge(&charge("cus_1", "pm_2"), "key").await);
    assert_eq!(fake.effects(), 1);
}

#[tokio::test]
async fn answers_have_an_end() {
    let fake = Fake::start().await;
    let customer_and_more = format!("{}{}", json!({"id": "cus_1"}), " ".repeat(1 << 20));
    fake.then([Step::Say(200, &[], customer_and_more)]);
    unknown(&customer(&fake).await);
    assert_eq!(fake.seen().len(), 1);
}

#[tokio::test]
async fn what_can_not_be_sent_is_not() {
    let fake = Fake::start().await;
    let stripe = fake.stripe();
    for result in [
        stripe.create_customer(&ada(), "").await.map(drop),
        stripe.create_customer(&ada(), "two\nlines").await.map(drop),
        stripe.create_customer(&ada(), &"k".repeat(256)).await.map(drop),
        stripe.payment("pi_1/cancel").await.map(drop),
        stripe.expire_page("").await,
        stripe.forget_card("../customers").await,
    ] {
        assert!(matches!(result, Err(PaymentError::Refused { code: None, .. })), "{result:?}");
    }
    assert_eq!(fake.seen(), []);
}

#[tokio::test]
async fn without_a_connection_nothing_has_happened() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url: Url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
    // Somebody listens to the first, and is gone before the second.
    let first = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        assert!(connection.read(&mut [0; 1024]).await.expect("a request") > 0);
    });
    let stripe = crate::stripe(&url);
    unknown(&stripe.create_customer(&ada(), "key").await);
    first.await.expect("it was asked");
    let busy = stripe.create_customer(&ada(), "key").await;
    assert_eq!(busy, Err(PaymentError::Busy { retry_after: None }));
}

#[tokio::test]
async fn who_does_not_answer_is_left_alone() {
    let fake = Fake::start().await;
    let stripe = fake.stripe();
    let failing = || Step::Say(500, &[("stripe-should-retry", "false")], String::new());
    // A refusal is an answer.
    fake.then([failing(), failing(), failing(), failing()]);
    fake.then([Step::error(400, json!({"type": "invalid_request_error"}))]);
    fake.then([failing(), failing(), failing(), failing(), failing()]);
    for _ in 0..10 {
        stripe.create_customer(&ada(), "key").await.expect_err("a failure");
    }
    assert_eq!(fake.seen().len(), 10);
    let busy = stripe.create_customer(&ada(), "key").await;
    assert!(matches!(busy, Err(PaymentError::Busy { retry_after: Some(29..=30) })), "{busy:?}");
    assert_eq!(fake.seen().len(), 10);
}

#[tokio::test]
async fn the_key_is_not_given_away() {
    let new = |key: &str, base: &str| Stripe::new(Secret::from(key), vec![], base.parse().expect("a URL"));
    assert!(matches!(new("sk_live_1", "http://stripe.example").err(), Some(SetupError::Plain)));
    assert!(matches!(new("sk_test_\n", "https://stripe.example").err(), Some(SetupError::SecretKey)));
    for (key, base, test) in [
        ("sk_live_1", "https://stripe.example", false),
        ("rk_live_1", "http://127.0.0.1:1", false),
        ("sk_live_1", "http://[::1]:1", false),
        ("rk_test_1", "http://stripe.example", true),
        ("sk_test_1", "http://localhost:1/", true),
    ] {
        assert_eq!(new(key, base).expect("an adapter").is_test(), test, "{key}");
    }
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_tell_what_happened_and_nothing_private() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false);
    // Of all tests that run at the same time: none of them may give anything away.
    subscriber.with_max_level(tracing::Level::TRACE).try_init().expect("no other test logs");
    let fake = Fake::start().await;
    let error = json!({"error": {"type": "card_error", "message": "ada@example.org has no money"}}).to_string();
    fake.then([Step::Lose, Step::Say(402, &[("request-id", "req_1")], error), Step::Say(200, &[], "ada@".to_owned())]);
    let stripe = fake.stripe();
    stripe.create_customer(&ada(), "secret-key-1").await.expect_err("a refusal");
    stripe.create_customer(&ada(), "secret-key-2").await.expect_err("no answer");
    // With the secret of a payment a card can be made to pay it.
    stripe.begin_payment(&begin("cus_1"), "secret-key-3").await.expect("a payment");
    stripe.begun_payment("pi_1").await.expect("a payment");
    let log = String::from_utf8(log.0.lock().expect("nobody panics with it").clone()).expect("text");
    for part in ["Stripe did not answer", "method=POST path=\"/customers\" status=402 request=\"req_1\" milliseconds="]
    {
        assert!(log.contains(part), "{part} in {log}");
    }
    for private in ["sk_test_12345", "secret-key", "ada", "Ada", "hunter2"] {
        assert!(!log.contains(private), "{private} in {log}");
    }
}
