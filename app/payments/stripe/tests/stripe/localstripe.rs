//! Against localstripe (PyPI), which keeps customers, cards, charges and refunds.
//!
//! It refuses parameters that it does not know, some of which Stripe has. Those are taken out on the way, by a relay here
//! and not by the adapter; all others it checks.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header::AUTHORIZATION},
};
use chrono::{DateTime, TimeDelta};
use platform::payments::{NewRefund, PaymentError, PaymentProvider, PaymentStatus};
use serde_json::Value;
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

use crate::{ada, begin, browser, charge, euros, stand_in};

/// What Stripe knows and localstripe doesn't.
const UNKNOWN_THERE: [&str; 5] =
    ["description", "created[gte]", "created[lt]", "allowed_payment_method_types[0]", "setup_future_usage"];

struct LocalStripe {
    http: reqwest::Client,
    url: Url,
}

impl LocalStripe {
    /// `None` when it does not run.
    fn find(test: &str) -> Option<Self> {
        let url = stand_in("LOCALSTRIPE_URL", test)?;
        Some(Self { http: browser(), url })
    }

    /// Asks it for something that only a browser or Stripe's own pages would.
    async fn ask(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Value {
        let url = self.url.join(path).expect("a URL");
        let answer = self.http.request(method, url).bearer_auth("sk_test_12345").form(form).send().await;
        answer.expect("an answer").error_for_status().expect("a good answer").json().await.expect("JSON")
    }

    /// Leaves a test card with a customer.
    async fn leave_card(&self, customer: &str, number: &str) -> String {
        let card = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "8"),
            ("card[exp_year]", "2031"),
            ("card[cvc]", "123"),
        ];
        let method = self.ask(Method::POST, "/v1/payment_methods", &card).await;
        let id = method["id"].as_str().expect("an id").to_owned();
        self.ask(Method::POST, &format!("/v1/payment_methods/{id}/attach"), &[("customer", customer)]).await;
        id
    }

    /// The address of a relay that leaves out what it would refuse. Lists come with two on a page, to see another one.
    async fn relay(&self) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
        let router = Router::new().fallback(relay).with_state((self.http.clone(), self.url.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }
}

async fn relay(
    State((http, url)): State<(reqwest::Client, Url)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Bytes) {
    let leave_out = |text: &str| {
        let pairs = form_urlencoded::parse(text.as_bytes()).filter(|(name, _)| !UNKNOWN_THERE.contains(&name.as_ref()));
        let pairs = pairs.map(|(name, value)| if name == "limit" { (name, "2".into()) } else { (name, value) });
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    let mut url = url.join(uri.path()).expect("a URL");
    url.set_query(uri.query().map(&leave_out).as_deref());
    let request = http.request(method, url).header(AUTHORIZATION, &headers[AUTHORIZATION]);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(leave_out(&body));
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.bytes().await.expect("a body"))
}

#[tokio::test]
async fn a_card_is_charged_refunded_and_forgotten() {
    let Some(local) = LocalStripe::find("a card is charged, refunded and forgotten at localstripe") else { return };
    let stripe = crate::stripe(&local.relay().await);
    let customer = stripe.create_customer(&ada(), "customer").await.expect("a customer");
    let known = local.ask(Method::GET, &format!("/v1/customers/{customer}"), &[]).await;
    assert_eq!((known["email"].as_str(), known["name"].as_str()), (Some("ada@example.org"), Some("Ada & Søn")));
    let account = crate::account().to_string();
    assert_eq!(known["metadata"]["magentic_account"].as_str(), Some(account.as_str()));

    // Stripe's own test card; each time that it is read it is another.
    let visa = local.ask(Method::GET, "/v1/payment_methods/pm_card_visa", &[]).await;
    let visa = visa["id"].as_str().expect("an id");
    local.ask(Method::POST, &format!("/v1/payment_methods/{visa}/attach"), &[("customer", &customer)]).await;

    let charge = charge(&customer, visa);
    let payment = stripe.charge(&charge, "charge").await.expect("a payment");
    assert_eq!((payment.payment, payment.status), (Some(charge.payment), PaymentStatus::Succeeded));
    assert_eq!((payment.amount, payment.received, payment.refunded), (euros(1250), 1250, Some(0)));
    let card = payment.card.as_ref().expect("a card that was kept");
    assert_eq!((card.reference.as_str(), card.brand.as_str(), card.last4.as_str()), (visa, "visa", "4242"));
    assert_eq!(stripe.payment(&payment.reference).await.as_ref(), Ok(&payment));

    let refund = NewRefund { payment: payment.reference.clone(), amount: euros(300) };
    let made = stripe.refund(&refund, "refund").await.expect("a refund");
    assert!(!made.failed && made.reference.starts_with("re_"), "{made:?}");
    let payment = stripe.payment(&payment.reference).await.expect("the payment");
    assert_eq!((payment.status, payment.refunded), (PaymentStatus::Succeeded, Some(300)));

    stripe.forget_card(visa).await.expect("it is forgotten");
    let method = local.ask(Method::GET, &format!("/v1/payment_methods/{visa}"), &[]).await;
    assert!(method["customer"].is_null(), "{method}");
    stripe.forget_card(visa).await.expect("it still is");
}

#[tokio::test]
async fn a_card_refuses() {
    let Some(local) = LocalStripe::find("a card refuses at localstripe") else { return };
    let stripe = crate::stripe(&local.relay().await);
    let customer = stripe.create_customer(&ada(), "customer").await.expect("a customer");
    let card = local.leave_card(&customer, "4000000000000341").await;
    // Stripe's answer would have the payment in it, and this would be one that failed.
    match stripe.charge(&charge(&customer, &card), "charge").await {
        Err(PaymentError::Refused { code, .. }) => assert_eq!(code.as_deref(), Some("card_declined")),
        other => unreachable!("{other:?}"),
    }
    let unknown = stripe.charge(&charge("cus_nobody", &card), "charge-2").await;
    assert!(matches!(unknown, Err(PaymentError::Refused { .. })), "{unknown:?}");
    let unknown = stripe.payment("pi_nothing").await;
    assert!(matches!(unknown, Err(PaymentError::Refused { .. })), "{unknown:?}");
}

#[tokio::test]
async fn a_payment_is_begun_for_a_form_and_taken_back() {
    let Some(local) = LocalStripe::find("a payment is begun for a form and taken back at localstripe") else { return };
    let stripe = crate::stripe(&local.relay().await);
    let customer = stripe.create_customer(&ada(), "customer").await.expect("a customer");
    let begun = stripe.begin_payment(&begin(&customer), "form").await.expect("a payment");
    assert_eq!((begun.payment.status, begun.payment.amount), (PaymentStatus::Waiting, euros(1250)));
    assert_eq!(begun.payment.payment, Some(begin("").payment));
    // What Stripe.js, and its stand-in there, find the payment by.
    let secret = begun.client_secret.reveal();
    assert!(secret.starts_with(&format!("{}_secret_", begun.payment.reference)), "not of this payment");
    assert_eq!(stripe.begun_payment(&begun.payment.reference).await.as_ref(), Ok(&begun));
    let canceled = stripe.cancel_payment(&begun.payment.reference).await.expect("an answer");
    assert_eq!((canceled.status, canceled.received), (PaymentStatus::Canceled, 0));
    // Once more: it is refused there, and is what it is.
    assert_eq!(stripe.cancel_payment(&begun.payment.reference).await.as_ref(), Ok(&canceled));
    let unknown = stripe.cancel_payment("pi_nothing").await;
    assert!(matches!(unknown, Err(PaymentError::Refused { .. })), "{unknown:?}");

    // What a card has paid can't be taken back.
    let visa = local.leave_card(&customer, "4242424242424242").await;
    let paid = stripe.charge(&charge(&customer, &visa), "charge").await.expect("a payment");
    let late = stripe.cancel_payment(&paid.reference).await.expect("an answer");
    assert_eq!((late.status, late.received), (PaymentStatus::Succeeded, 1250));
}

#[tokio::test]
async fn payments_are_listed() {
    let Some(local) = LocalStripe::find("payments are listed by localstripe") else { return };
    let stripe = crate::stripe(&local.relay().await);
    let customer = stripe.create_customer(&ada(), "customer").await.expect("a customer");
    let (visa, declined) =
        (local.leave_card(&customer, "4242424242424242").await, local.leave_card(&customer, "4000000000000341").await);
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(stripe.charge(&charge(&customer, &visa), "charge").await.expect("a payment").reference);
    }
    stripe.charge(&charge(&customer, &declined), "charge").await.expect_err("a refusal");

    let (from, to) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(40_000));
    let (mut after, mut all, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = stripe.payments_between(from, to, after.as_deref()).await.expect("a page");
        all.extend(page.payments);
        (after, pages) = (page.next, pages + 1);
        if after.is_none() {
            break;
        }
    }
    assert!(pages >= 2, "four payments, two on a page");
    for reference in made {
        assert_eq!(all.iter().filter(|payment| payment.reference == reference).count(), 1, "{reference}");
    }
    let failed = all.iter().find(|payment| payment.status == PaymentStatus::Failed).expect("the one that failed");
    let failure = failed.failure.as_ref().expect("a reason");
    assert_eq!((failure.code.as_str(), failed.received), ("card_declined", 0));
}
