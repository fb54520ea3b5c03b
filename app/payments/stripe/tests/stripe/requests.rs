//! Each call of the port: what it sends, and what it makes of the answer.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Currency, Money};
use platform::payments::{
    Card, CardFormSetup, Failure, NewPayment, NewRefund, PaymentError, PaymentProvider, PaymentStatus, PayoutAccount,
    ProviderName, PublishedPrice, PublishedProduct,
};
use serde_json::json;

use crate::{
    ada, begin, charge, euros,
    fake::{Fake, Seen, Step, intent, not_paid},
    hosted, payout, url,
};

fn made() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("an instant")
}

/// The only request so far: method and path, and its parameters, sorted, as `name=value`.
fn only(fake: &Fake) -> (String, Vec<String>) {
    let [seen] = fake.seen().try_into().expect("a single request");
    (seen.what(), sorted(&seen))
}

fn sorted(seen: &Seen) -> Vec<String> {
    let mut params: Vec<_> = seen.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    params.sort();
    params
}

#[tokio::test]
async fn customer() {
    let fake = Fake::start().await;
    assert_eq!(fake.stripe().create_customer(&ada(), "key").await, Ok("cus_1".to_owned()));
    let (what, params) = only(&fake);
    assert_eq!(what, "POST /v1/customers");
    let account = format!("metadata[magentic_account]={}", crate::account());
    assert_eq!(params, ["email=ada@example.org", account.as_str(), "name=Ada & Søn"]);
}

#[tokio::test]
async fn page_for_an_amount() {
    let fake = Fake::start().await;
    let payment = hosted("cus_1", made());
    let page = fake.stripe().host_payment(&payment, "key").await.expect("a page");
    assert_eq!(page.reference, "cs_test_1");
    assert_eq!(page.url.as_str(), "https://checkout.stripe.com/c/pay/cs_test_1#x");
    let (what, params) = only(&fake);
    assert_eq!(what, "POST /v1/checkout/sessions");
    let id = payment.payment;
    let expected = [
        "cancel_url=https://magentic.example/wallet".to_owned(),
        format!("client_reference_id={id}"),
        "customer=cus_1".to_owned(),
        "expires_at=1800003600".to_owned(),
        "line_items[0][price_data][currency]=eur".to_owned(),
        "line_items[0][price_data][product_data][name]=Top-up".to_owned(),
        "line_items[0][price_data][unit_amount]=500".to_owned(),
        "line_items[0][quantity]=1".to_owned(),
        format!("metadata[magentic_payment]={id}"),
        "mode=payment".to_owned(),
        "payment_intent_data[description]=Top-up".to_owned(),
        format!("payment_intent_data[metadata][magentic_payment]={id}"),
        "success_url=https://magentic.example/wallet?paid=1".to_owned(),
    ];
    assert_eq!(params, expected);
}

#[tokio::test]
async fn page_for_a_price_that_keeps_the_card() {
    let fake = Fake::start().await;
    let mut payment = hosted("cus_1", made());
    (payment.price, payment.keep_card) = (Some("price_1".to_owned()), true);
    payment.expires_at = made() + TimeDelta::minutes(5);
    fake.stripe().host_payment(&payment, "key").await.expect("a page");
    let (_, params) = only(&fake);
    for part in [
        "line_items[0][price]=price_1",
        "payment_intent_data[setup_future_usage]=off_session",
        // Not five minutes: Stripe takes no less than thirty.
        "expires_at=1800002100",
    ] {
        assert!(params.iter().any(|param| param == part), "{part} in {params:?}");
    }
    assert!(!params.iter().any(|param| param.contains("price_data")), "{params:?}");
}

#[tokio::test]
async fn page_that_is_taken_back() {
    let fake = Fake::start().await;
    assert_eq!(fake.stripe().expire_page("cs_test_1").await, Ok(()));
    assert_eq!(only(&fake), ("POST /v1/checkout/sessions/cs_test_1/expire".to_owned(), vec![]));

    // The page is not open any more. Has somebody paid on it, or have we asked before?
    for (status, fine) in [("expired", true), ("complete", false)] {
        let fake = Fake::start().await;
        let closed = json!({"type": "invalid_request_error", "message": "Only open Checkout Sessions can be expired."});
        fake.then([Step::error(400, closed), Step::Do(json!({"id": "cs_test_1", "status": status}))]);
        assert_eq!(fake.stripe().expire_page("cs_test_1").await.is_ok(), fine, "{status}");
        assert_eq!(fake.seen()[1].what(), "GET /v1/checkout/sessions/cs_test_1");
    }
}

#[tokio::test]
async fn page_for_another_card() {
    let fake = Fake::start().await;
    let page = fake.stripe().host_card("cus_1", &url("/settings"), "key").await.expect("a page");
    assert_eq!(page.reference, "bps_1");
    let (what, params) = only(&fake);
    assert_eq!(what, "POST /v1/billing_portal/sessions");
    let expected = [
        "customer=cus_1",
        "flow_data[after_completion][redirect][return_url]=https://magentic.example/settings",
        "flow_data[after_completion][type]=redirect",
        "flow_data[type]=payment_method_update",
        "return_url=https://magentic.example/settings",
    ];
    assert_eq!(params, expected);
}

#[tokio::test]
async fn charging_a_card() {
    let fake = Fake::start().await;
    let charge = charge("cus_1", "pm_1");
    let payment = fake.stripe().charge(&charge, "key").await.expect("a payment");
    assert_eq!(payment.reference, "pi_1");
    assert_eq!((payment.payment, payment.status), (Some(charge.payment), PaymentStatus::Succeeded));
    assert_eq!((payment.amount, payment.received, payment.refunded), (euros(1250), 1250, Some(250)));
    assert_eq!((payment.failure, payment.created_at), (None, made()));
    let card = Card {
        reference: "pm_1".to_owned(),
        brand: "visa".to_owned(),
        last4: "4242".to_owned(),
        exp_month: 8,
        exp_year: 2031,
    };
    assert_eq!(payment.card, Some(card));
    let (what, params) = only(&fake);
    assert_eq!(what, "POST /v1/payment_intents");
    let id = format!("metadata[magentic_payment]={}", charge.payment);
    let expected = [
        "amount=1250",
        "confirm=true",
        "currency=eur",
        "customer=cus_1",
        "description=Plus, 100 % yours",
        "expand[0]=payment_method",
        "expand[1]=latest_charge",
        id.as_str(),
        "off_session=true",
        "payment_method=pm_1",
    ];
    assert_eq!(params, expected);
}

#[tokio::test]
async fn a_card_that_refuses_is_a_payment_that_failed() {
    let fake = Fake::start().await;
    let declined = |decline: Option<&str>| {
        let mut intent = intent("pi_2");
        (intent["status"], intent["payment_method"]) = (json!("requires_payment_method"), json!(null));
        let error = json!({"type": "card_error", "code": "card_declined", "decline_code": decline,
            "message": "Your card has insufficient funds.", "payment_intent": intent});
        Step::error(402, error)
    };
    fake.then([declined(Some("insufficient_funds")), declined(None)]);
    let stripe = fake.stripe();
    for (key, code) in [("key-1", "insufficient_funds"), ("key-2", "card_declined")] {
        let payment = stripe.charge(&charge("cus_1", "pm_1"), key).await.expect("a payment");
        assert_eq!((payment.reference.as_str(), payment.status), ("pi_2", PaymentStatus::Failed));
        assert_eq!(payment.payment, Some(charge("", "").payment));
        assert_eq!((payment.amount, payment.received, payment.card), (euros(1250), 0, None));
        let message = "Your card has insufficient funds.".to_owned();
        assert_eq!(payment.failure, Some(Failure { code: code.to_owned(), message }));
    }
    assert_eq!(fake.seen().len(), 2, "a card is not asked again");
}

#[tokio::test]
async fn a_form_for_cards_is_there_when_it_has_a_key() {
    let fake = Fake::start().await;
    assert_eq!(fake.stripe().card_form(), None);
    let setup = CardFormSetup { script: url("/v3/"), key: "pk_test_1".to_owned() };
    assert_eq!(fake.stripe().with_card_form(Some(setup.clone())).card_form(), Some(setup));
}

#[tokio::test]
async fn beginning_a_payment_for_a_form() {
    let fake = Fake::start().await;
    fake.then([Step::Do(not_paid("pi_1", "requires_payment_method"))]);
    let begun = fake.stripe().begin_payment(&begin("cus_1"), "key").await.expect("a payment");
    assert_eq!((begun.payment.reference.as_str(), begun.payment.status), ("pi_1", PaymentStatus::Waiting));
    assert_eq!((begun.payment.payment, begun.payment.received), (Some(begin("").payment), 0));
    assert_eq!(begun.client_secret.reveal(), "pi_1_secret_hunter2");
    assert!(!format!("{begun:?}").contains("hunter2"));
    let (what, params) = only(&fake);
    assert_eq!(what, "POST /v1/payment_intents");
    assert_eq!(fake.seen()[0].key(), Some("key"));
    let id = format!("metadata[magentic_payment]={}", begin("").payment);
    // As the hosted page does: the same customer, and the card is kept for when they are away.
    let expected = [
        "allowed_payment_method_types[0]=card",
        "amount=1250",
        "currency=eur",
        "customer=cus_1",
        "description=Plus, 100 % yours",
        id.as_str(),
        "setup_future_usage=off_session",
    ];
    assert_eq!(params, expected);

    let once = NewPayment { keep_card: false, ..begin("cus_1") };
    fake.stripe().begin_payment(&once, "key-2").await.expect("another");
    assert!(!sorted(&fake.seen()[1]).iter().any(|param| param.starts_with("setup_future_usage")));
}

#[tokio::test]
async fn a_payment_that_was_begun_is_read_with_its_secret() {
    let fake = Fake::start().await;
    let begun = fake.stripe().begun_payment("pi_1").await.expect("a payment");
    assert_eq!(begun.payment, fake.stripe().payment("pi_1").await.expect("the same"));
    assert_eq!(begun.client_secret.reveal(), "pi_1_secret_hunter2");
    let expand = ["expand[0]=payment_method", "expand[1]=latest_charge"];
    assert_eq!(
        (fake.seen()[0].what().as_str(), sorted(&fake.seen()[0])),
        ("GET /v1/payment_intents/pi_1", expand.map(str::to_owned).to_vec())
    );

    // Without it no card can pay: that is no payment which has been begun.
    let mut secretless = intent("pi_2");
    secretless["client_secret"] = json!(null);
    fake.then([Step::Do(secretless)]);
    assert!(matches!(fake.stripe().begun_payment("pi_2").await, Err(PaymentError::Unknown(_))));
}

#[tokio::test]
async fn a_payment_is_cancelled_unless_it_is_too_late() {
    let fake = Fake::start().await;
    let canceled = fake.stripe().cancel_payment("pi_1").await.expect("an answer");
    assert_eq!((canceled.status, canceled.received), (PaymentStatus::Canceled, 0));
    let (what, params) = only(&fake);
    assert_eq!(what, "POST /v1/payment_intents/pi_1/cancel");
    assert_eq!(params, ["expand[0]=payment_method", "expand[1]=latest_charge"]);
    assert!(fake.seen()[0].key().is_some());

    // Refused: what is it then?
    for (is, then) in [
        ("succeeded", Some(PaymentStatus::Succeeded)),
        ("processing", Some(PaymentStatus::Processing)),
        ("canceled", Some(PaymentStatus::Canceled)),
        ("requires_action", None),
    ] {
        let fake = Fake::start().await;
        let late = json!({"type": "invalid_request_error", "code": "payment_intent_unexpected_state",
            "message": "You cannot cancel this PaymentIntent."});
        fake.then([Step::error(400, late), Step::Do(not_paid("pi_1", is))]);
        let answer = fake.stripe().cancel_payment("pi_1").await;
        assert_eq!(answer.as_ref().ok().map(|payment| payment.status), then, "{is}: {answer:?}");
        assert_eq!(fake.seen()[1].what(), "GET /v1/payment_intents/pi_1");
    }
    let nonsense = fake.stripe().cancel_payment("pi_1/confirm").await;
    assert!(matches!(nonsense, Err(PaymentError::Refused { .. })), "{nonsense:?}");
}

#[tokio::test]
async fn reading_a_payment() {
    let fake = Fake::start().await;
    let payment = fake.stripe().payment("pi_1").await.expect("a payment");
    assert_eq!(payment.refunded, Some(250));
    let expand = vec!["expand[0]=payment_method".to_owned(), "expand[1]=latest_charge".to_owned()];
    assert_eq!(only(&fake), ("GET /v1/payment_intents/pi_1".to_owned(), expand));
}

#[tokio::test]
async fn refunds() {
    let fake = Fake::start().await;
    let refund = NewRefund { payment: "pi_1".to_owned(), amount: euros(300) };
    let stripe = fake.stripe();
    let made = stripe.refund(&refund, "key").await.expect("a refund");
    assert_eq!((made.reference.as_str(), made.failed), ("re_1", false));
    let params = vec!["amount=300".to_owned(), "payment_intent=pi_1".to_owned()];
    assert_eq!(only(&fake), ("POST /v1/refunds".to_owned(), params));
    fake.then([Step::Do(json!({"id": "re_2", "status": "failed"}))]);
    assert!(stripe.refund(&refund, "key-2").await.expect("a refund").failed);
}

#[tokio::test]
async fn forgetting_a_card() {
    let fake = Fake::start().await;
    assert_eq!(fake.stripe().forget_card("pm_1").await, Ok(()));
    assert_eq!(only(&fake), ("POST /v1/payment_methods/pm_1/detach".to_owned(), vec![]));

    for (customer, fine) in [(json!(null), true), (json!("cus_1"), false)] {
        let fake = Fake::start().await;
        let error = json!({"type": "invalid_request_error", "message": "The payment method is not attached."});
        fake.then([Step::error(400, error), Step::Do(json!({"id": "pm_1", "customer": customer}))]);
        assert_eq!(fake.stripe().forget_card("pm_1").await.is_ok(), fine, "{customer}");
        assert_eq!(fake.seen()[1].what(), "GET /v1/payment_methods/pm_1");
    }
}

#[tokio::test]
async fn payout_accounts() {
    let fake = Fake::start().await;
    let stripe = fake.stripe();
    assert_eq!(stripe.create_payout_account(&ada(), "key").await, Ok("acct_1".to_owned()));
    let page = stripe.host_payout_account("acct_1", &url("/payouts")).await.expect("a page");
    assert_eq!((page.reference.as_str(), page.url.as_str()), ("acct_1", "https://connect.stripe.com/setup/e/acct_1/x"));
    assert_eq!(stripe.payout_account("acct_1").await, Ok(PayoutAccount { complete: true, enabled: false }));
    let [account, link, read] = fake.seen().try_into().expect("three requests");
    assert_eq!(account.what(), "POST /v1/accounts");
    let id = format!("metadata[magentic_account]={}", crate::account());
    let expected = [
        "capabilities[transfers][requested]=true",
        "controller[fees][payer]=application",
        "controller[losses][payments]=application",
        "controller[stripe_dashboard][type]=express",
        "email=ada@example.org",
        id.as_str(),
        "settings[payouts][schedule][interval]=manual",
    ];
    assert_eq!(sorted(&account), expected);
    assert_eq!(link.what(), "POST /v1/account_links");
    let expected = [
        "account=acct_1",
        "refresh_url=https://magentic.example/payouts",
        "return_url=https://magentic.example/payouts",
        "type=account_onboarding",
    ];
    assert_eq!(sorted(&link), expected);
    assert_eq!(read.what(), "GET /v1/accounts/acct_1");

    // Such a link works once, so each is another.
    stripe.host_payout_account("acct_1", &url("/payouts")).await.expect("another page");
    assert_ne!(fake.seen()[3].key(), link.key());
}

#[tokio::test]
async fn payouts() {
    let fake = Fake::start().await;
    assert_eq!(fake.stripe().pay_out(&payout(), "key").await, Ok("po_1".to_owned()));
    let [transfer, read, sent] = fake.seen().try_into().expect("three requests");
    let id = payout().payout;
    assert_eq!((transfer.what().as_str(), transfer.key()), ("POST /v1/transfers", Some("key-transfer")));
    let expected = [
        "amount=900".to_owned(),
        "currency=eur".to_owned(),
        "destination=acct_1".to_owned(),
        format!("metadata[magentic_payout]={id}"),
        format!("transfer_group={id}"),
    ];
    assert_eq!(sorted(&transfer), expected);
    assert_eq!(read.what(), "GET /v1/transfers/tr_1");
    assert_eq!((sent.what().as_str(), sent.key()), ("POST /v1/payouts", Some("key-payout")));
    assert_eq!(sent.header("stripe-account"), Some("acct_1"));
    let id = format!("metadata[magentic_payout]={id}");
    assert_eq!(sorted(&sent), ["amount=900", "currency=eur", id.as_str()]);
}

#[tokio::test]
async fn publishing() {
    let fake = Fake::start().await;
    let stripe = fake.stripe();
    let product = PublishedProduct { code: "plus".to_owned(), name: "Plus".to_owned() };
    assert_eq!(stripe.publish_product(&product, "key").await, Ok("prod_1".to_owned()));
    let once =
        PublishedPrice { product: "prod_1".to_owned(), amount: Money::new(1200, Currency::Jpy), every_months: None };
    let quarterly = PublishedPrice { every_months: Some(3), ..once.clone() };
    let yearly = PublishedPrice { every_months: Some(12), ..once.clone() };
    for (price, key) in [(once, "key-1"), (quarterly, "key-2"), (yearly, "key-3")] {
        assert_eq!(stripe.publish_price(&price, key).await, Ok("price_1".to_owned()));
    }
    let [product, once, quarterly, yearly] = fake.seen().try_into().expect("four requests");
    assert_eq!((product.what().as_str(), once.what().as_str()), ("POST /v1/products", "POST /v1/prices"));
    assert_eq!(sorted(&product), ["metadata[magentic_product]=plus", "name=Plus"]);
    // Yen have no minor unit, there as here.
    assert_eq!(sorted(&once), ["currency=jpy", "product=prod_1", "unit_amount=1200"]);
    assert_eq!(sorted(&quarterly)[2..4], ["recurring[interval]=month", "recurring[interval_count]=3"]);
    assert_eq!(sorted(&yearly)[2..4], ["recurring[interval]=year", "recurring[interval_count]=1"]);
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let fake = Fake::start().await;
    fake.then([
        Step::Do(json!({"data": [intent("pi_3"), intent("pi_2")], "has_more": true})),
        Step::Do(json!({"data": [intent("pi_1")], "has_more": false})),
    ]);
    let stripe = fake.stripe();
    let (from, to, mut after, mut all) = (made(), made() + TimeDelta::days(1), None, Vec::new());
    loop {
        let page = stripe.payments_between(from, to, after.as_deref()).await.expect("a page");
        all.extend(page.payments.into_iter().map(|payment| payment.reference));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(all, ["pi_3", "pi_2", "pi_1"]);
    let [first, second] = fake.seen().try_into().expect("two requests");
    assert_eq!(first.what(), "GET /v1/payment_intents");
    assert_eq!(sorted(&first), ["created[gte]=1800000000", "created[lt]=1800086400", "limit=100"]);
    let expected = ["created[gte]=1800000000", "created[lt]=1800086400", "limit=100", "starting_after=pi_2"];
    assert_eq!(sorted(&second), expected);
}

#[tokio::test]
async fn every_request_says_who_asks_and_in_which_version() {
    let fake = Fake::start().await;
    let stripe = fake.stripe();
    assert_eq!((stripe.name(), stripe.is_test()), (ProviderName::Stripe, true));
    stripe.create_customer(&ada(), "key-1").await.expect("a customer");
    stripe.host_payment(&hosted("cus_1", made()), "key-2").await.expect("a page");
    stripe.expire_page("cs_test_1").await.expect("no page");
    stripe.host_card("cus_1", &url("/"), "key-3").await.expect("a page");
    stripe.charge(&charge("cus_1", "pm_1"), "key-4").await.expect("a payment");
    stripe.payment("pi_1").await.expect("a payment");
    stripe.begin_payment(&begin("cus_1"), "key-10").await.expect("a payment");
    stripe.begun_payment("pi_1").await.expect("a payment");
    stripe.cancel_payment("pi_1").await.expect("no payment");
    stripe.refund(&NewRefund { payment: "pi_1".to_owned(), amount: euros(1) }, "key-5").await.expect("a refund");
    stripe.forget_card("pm_1").await.expect("no card");
    stripe.create_payout_account(&ada(), "key-6").await.expect("an account");
    stripe.host_payout_account("acct_1", &url("/")).await.expect("a page");
    stripe.payout_account("acct_1").await.expect("an account");
    stripe.pay_out(&payout(), "key-7").await.expect("a payout");
    stripe.payments_between(made(), made(), None).await.expect("a page");
    let product = PublishedProduct { code: "plus".to_owned(), name: "Plus".to_owned() };
    stripe.publish_product(&product, "key-8").await.expect("a product");
    let price = PublishedPrice { product: "prod_1".to_owned(), amount: euros(1), every_months: None };
    stripe.publish_price(&price, "key-9").await.expect("a price");

    let seen = fake.seen();
    assert_eq!(seen.len(), 20);
    for request in &seen {
        let what = request.what();
        assert_eq!(request.header("authorization"), Some("Bearer sk_test_12345"), "{what}");
        assert_eq!(request.header("stripe-version"), Some("2026-09-30.endive"), "{what}");
        assert_eq!(request.key().is_some(), request.method == "POST", "{what}");
        assert_eq!(request.header("stripe-account").is_some(), what == "POST /v1/payouts", "{what}");
    }
    let mut keys: Vec<_> = seen.iter().filter_map(Seen::key).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all, "no two requests share a key");
}
