//! What the payment provider tells, in every order and as often as it likes.

use billing_core::{Error, PayWith, SubscriptionState, WebhookState, service};
use kernel::{Actor, PaymentId, WebhookId};
use platform::{Cx, payments::ProviderName, payments::signature};
use testkit::TestApp;
use uuid::Uuid;

use crate::{GOOD, Shop, buying, in_transaction, problem};

/// An event about a payment.
pub(crate) fn event(id: &str, kind: &str, second: i64, object: &str) -> String {
    format!(
        r#"{{"id":"{id}","object":"event","type":"{kind}","created":{},"livemode":false,"data":{{"object":{object}}}}}"#,
        1_780_000_000 + second
    )
}

async fn receive(app: &TestApp, body: &str) -> Result<(), Error> {
    let header = signature::sign(&app.payments.webhook_secrets()[0], body.as_bytes(), app.world.now());
    service::receive(&app.database, &app.world, app.payments.as_ref(), &header, body.as_bytes()).await
}

/// Takes an event and handles it at once, as far as it can be.
pub(crate) async fn tell(app: &TestApp, body: &str) {
    receive(app, body).await.expect("taken");
    let id = body.split('"').nth(3).expect("an id");
    let id: Uuid = sqlx::query_scalar("select id from webhook_events where reference = $1")
        .bind(id)
        .fetch_one(app.database.pool())
        .await
        .expect("stored");
    // What comes before what it is about is tried again later.
    _ = service::handle(&app.database, &app.world, ProviderName::Sandbox, WebhookId::from_uuid(id)).await;
}

/// Somebody who is about to pay with a card, and the payment.
async fn about_to_pay(app: &TestApp, handle: &str, price: kernel::PriceId) -> (Cx<Actor>, PaymentId) {
    let ana = app.person(handle).await;
    app.start(&ana, &buying(price, PayWith::Card, "1")).await.expect("a checkout");
    let id: Uuid = sqlx::query_scalar("select id from payments where account_id = $1")
        .bind(ana.actor.account.uuid())
        .fetch_one(app.database.pool())
        .await
        .expect("a payment");
    (ana, PaymentId::from_uuid(id))
}

/// All orders of the numbers below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let all = orders(n - 1).into_iter().flat_map(|order| {
        (0..n).map(move |place| {
            let mut order = order.clone();
            order.insert(place, n - 1);
            order
        })
    });
    all.collect()
}

/// What can be seen of somebody's subscription and money.
async fn state(app: &TestApp, ana: &Cx<Actor>) -> String {
    let subscription = app.subscriptions(ana).await.pop().map(|it| (it.state, it.cancel_reason));
    let invoices = app.invoices(ana).await;
    let invoice = invoices.into_iter().find(|it| it.kind == billing_core::InvoiceKind::Invoice);
    let invoice = invoice.map(|it| (it.state, it.total, it.credited));
    let payment: (String, i64, i64, i64, Option<String>, i64) = sqlx::query_as(
        "select status, received, refunded, disputed, dispute, booked_back from payments where account_id = $1",
    )
    .bind(ana.actor.account.uuid())
    .fetch_one(app.database.pool())
    .await
    .expect("a payment");
    format!("{subscription:?} {invoice:?} wallet {} {payment:?}", app.wallet(ana).await)
}

/// Tells the same in every order, everything twice, and gives what it comes to.
async fn comes_to(said: &[(&str, i64, &str)]) -> String {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let mut ends = std::collections::BTreeMap::new();
    for (n, order) in orders(said.len()).into_iter().enumerate() {
        let (ana, payment) = about_to_pay(&app, &format!("ana_{n}"), price).await;
        let bodies: Vec<String> = said
            .iter()
            .enumerate()
            .map(|(k, (kind, second, object))| {
                let object = object.replace("$pi", &format!("pi_{n}")).replace("$pay", &payment.to_string());
                event(&format!("evt_{n}_{k}"), kind, *second, &object)
            })
            .collect();
        let created = format!(r#"{{"id":"pi_{n}","amount":1190,"metadata":{{"magentic_payment":"{payment}"}}}}"#);
        tell(&app, &event(&format!("evt_{n}"), "payment_intent.created", 0, &created)).await;
        for k in &order {
            tell(&app, &bodies[*k]).await;
            // And again, with what came first.
            tell(&app, &bodies[order[0]]).await;
            tell(&app, &bodies[*k]).await;
        }
        ends.entry(state(&app, &ana).await).or_insert(order);
    }
    assert_eq!(ends.len(), 1, "{ends:#?}");
    assert_eq!(app.count("select count(*) from webhook_events where state <> 'done'").await, 0);
    let report = money_core::service::verify(app.database.pool()).await.expect("a report");
    assert!(report.is_clean(), "{report}");
    ends.into_keys().next().expect("one end")
}

const FAILED: (&str, i64, &str) = (
    "payment_intent.payment_failed",
    1,
    r#"{"id":"$pi","amount":1190,"metadata":{"magentic_payment":"$pay"},"last_payment_error":{"code":"card_declined"}}"#,
);
const SUCCEEDED: (&str, i64, &str) = (
    "payment_intent.succeeded",
    2,
    r#"{"id":"$pi","status":"succeeded","amount":1190,"amount_received":1190,"metadata":{"magentic_payment":"$pay"}}"#,
);
const PAGE: (&str, i64, &str) = (
    "checkout.session.completed",
    2,
    r#"{"id":"cs_1","mode":"payment","payment_status":"paid","payment_intent":"$pi","metadata":{"magentic_payment":"$pay"}}"#,
);
const REFUNDED: (&str, i64, &str) =
    ("charge.refunded", 3, r#"{"id":"ch_1","payment_intent":"$pi","amount_refunded":300}"#);
const REFUNDED_MORE: (&str, i64, &str) =
    ("charge.refunded", 4, r#"{"id":"ch_1","payment_intent":"$pi","amount_refunded":1190}"#);
const DISPUTED: (&str, i64, &str) =
    ("charge.dispute.created", 4, r#"{"id":"dp_1","payment_intent":"$pi","amount":890,"status":"needs_response"}"#);
const WON: (&str, i64, &str) =
    ("charge.dispute.closed", 5, r#"{"id":"dp_1","payment_intent":"$pi","amount":890,"status":"won"}"#);
const LOST: (&str, i64, &str) =
    ("charge.dispute.closed", 5, r#"{"id":"dp_1","payment_intent":"$pi","amount":890,"status":"lost"}"#);

#[tokio::test]
async fn every_order_of_a_payment_that_succeeds_and_is_given_back() {
    let end = comes_to(&[FAILED, SUCCEEDED, PAGE, REFUNDED, REFUNDED_MORE]).await;
    assert!(end.starts_with("Some((Canceled, Some(Refunded)))"), "{end}");
    assert!(end.contains("wallet 0 ") && end.contains("1190, 1190, 0, None, 1190"), "{end}");
}

#[tokio::test]
async fn every_order_of_a_dispute_that_is_won() {
    let end = comes_to(&[FAILED, SUCCEEDED, REFUNDED, DISPUTED, WON]).await;
    assert!(end.starts_with("Some((Canceled, Some(Disputed)))"), "{end}");
    assert!(end.contains("wallet 890 "), "{end}");
}

#[tokio::test]
async fn every_order_of_a_dispute_that_is_lost() {
    let end = comes_to(&[SUCCEEDED, PAGE, DISPUTED, LOST]).await;
    assert!(end.contains("wallet 0 ") && end.contains("Disputed"), "{end}");
}

#[tokio::test]
async fn only_what_is_signed_and_fresh_is_taken_and_once() {
    let app = TestApp::new().await;
    let (secret, now) = (app.payments.webhook_secrets().remove(0), app.world.now());
    let body = event("evt_1", "customer.tax_id.created", 0, r#"{"id":"txi_1"}"#);
    let take = |header: String, body: String| {
        let app = &app;
        async move { service::receive(&app.database, &app.world, app.payments.as_ref(), &header, body.as_bytes()).await }
    };
    let sign = |body: &str, at| signature::sign(&secret, body.as_bytes(), at);
    for (header, status) in [
        (String::new(), 400),
        ("t=1,v1=00".to_owned(), 400),
        (sign(&body, now - chrono::TimeDelta::seconds(301)), 400),
        (signature::sign(&platform::config::Secret::from("whsec_other"), body.as_bytes(), now), 400),
    ] {
        assert_eq!(problem(take(header, body.clone()).await.expect_err("refused")).status(), status);
    }
    assert_eq!(app.count("select count(*) from webhook_events").await, 0);
    take(sign(&body, now), body.clone()).await.expect("taken");
    take(sign(&body, now), body.clone()).await.expect("taken again");
    let other = body.replace("txi_1", "txi_2");
    assert_eq!(problem(take(sign(&other, now), other.clone()).await.expect_err("another body")).status(), 409);
    let live = body.replace("\"livemode\":false", "\"livemode\":true");
    assert_eq!(problem(take(sign(&live, now), live.clone()).await.expect_err("real money")).status(), 400);
    let nonsense = "{}".to_owned();
    assert_eq!(problem(take(sign(&nonsense, now), nonsense.clone()).await.expect_err("no event")).status(), 400);
    app.run_jobs().await;
    assert_eq!(app.count("select count(*) from webhook_events where state = 'kept'").await, 1);
    assert_eq!(app.count("select count(*) from webhook_events").await, 1);
}

#[tokio::test]
async fn what_can_not_be_handled_waits_then_is_given_up_and_can_be_replayed() {
    let app = TestApp::new().await;
    let (admin, price) = (app.admin().await, app.plan("pro", 1190, 0).await);
    let (ana, payment) = about_to_pay(&app, "ana", price).await;
    // About a payment that is not known yet.
    let (kind, second, object) = REFUNDED_MORE;
    receive(&app, &event("evt_1", kind, second, &object.replace("$pi", "pi_1"))).await.expect("taken");
    let id: Uuid =
        sqlx::query_scalar("select id from webhook_events").fetch_one(app.database.pool()).await.expect("one");
    let id = WebhookId::from_uuid(id);
    for _ in 0..service::MOST_TRIES {
        assert!(service::handle(&app.database, &app.world, ProviderName::Sandbox, id).await.is_err());
    }
    let dead =
        service::webhooks(app.database.pool(), admin.actor, Some(WebhookState::Dead), None, kernel::PageSize::DEFAULT);
    let dead = dead.await.expect("a list").items.remove(0);
    assert_eq!((dead.id, dead.attempts), (id, 9));
    assert!(dead.last_error.expect("why").contains("pi_1"));
    // Given up, it is left alone until somebody wants it tried again.
    service::handle(&app.database, &app.world, ProviderName::Sandbox, id).await.expect("left alone");
    let replay = in_transaction!(app, |tx| service::replay(&app.database, &mut tx, &ana, id));
    assert_eq!(problem(replay.expect_err("no administrator")).status(), 403);
    let (kind, second, object) = SUCCEEDED;
    let object = object.replace("$pi", "pi_1").replace("$pay", &payment.to_string());
    tell(&app, &event("evt_0", kind, second, &object)).await;
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Active);
    in_transaction!(app, |tx| service::replay(&app.database, &mut tx, &admin, id)).expect("replayed");
    service::handle(&app.database, &app.world, ProviderName::Sandbox, id).await.expect("handled");
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Canceled);
}

#[tokio::test]
async fn what_is_somebody_elses_is_kept_and_nothing_is_made_of_it() {
    let app = TestApp::new().await;
    let foreign = r#"{"id":"pi_9","status":"succeeded","amount":500,"metadata":{}}"#;
    tell(&app, &event("evt_1", "payment_intent.succeeded", 1, foreign)).await;
    let card =
        r#"{"id":"pm_9","customer":"cus_9","card":{"brand":"visa","last4":"4242","exp_month":1,"exp_year":2040}}"#;
    tell(&app, &event("evt_2", "payment_method.attached", 1, card)).await;
    tell(&app, &event("evt_3", "customer.subscription.updated", 1, r#"{"id":"sub_9"}"#)).await;
    assert_eq!(app.count("select count(*) from webhook_events where state = 'kept'").await, 3);
    assert_eq!(app.count("select count(*) from transfers").await, 0);
}

#[tokio::test]
async fn one_event_handled_twenty_times_at_once_is_handled_once() {
    let app = crate::shared().await;
    let price = app.plan("pro", 1190, 0).await;
    let (ana, payment) = about_to_pay(&app, "ana", price).await;
    let (kind, second, object) = SUCCEEDED;
    let object = object.replace("$pi", "pi_1").replace("$pay", &payment.to_string());
    receive(&app, &event("evt_1", kind, second, &object)).await.expect("taken");
    let id: Uuid =
        sqlx::query_scalar("select id from webhook_events").fetch_one(app.database.pool()).await.expect("one");
    let id = WebhookId::from_uuid(id);
    let handled = testkit::at_once((0..20).map(|_| {
        let app = std::sync::Arc::clone(&app);
        async move { service::handle(&app.database, &app.world, ProviderName::Sandbox, id).await }
    }));
    assert!(handled.await.iter().all(Result::is_ok));
    assert_eq!((app.subscription(&ana).await.state, app.invoices(&ana).await.len()), (SubscriptionState::Active, 1));
    app.adds_up().await;
}

#[tokio::test]
async fn disputes_in_the_sandbox_take_back_what_was_sold() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    let id = app.start(&ana, &buying(price, PayWith::Card, "1")).await.expect("a checkout");
    app.pay_by_card(&ana, id, "4000000000000259").await;
    let it = app.subscription(&ana).await;
    assert_eq!((it.state, app.wallet(&ana).await), (SubscriptionState::Canceled, 0));
    let reference: String = sqlx::query_scalar("select reference from payments where dispute = 'open'")
        .fetch_one(app.database.pool())
        .await
        .expect("a dispute");
    app.sandbox.settle_dispute(&reference, true).await.expect("decided");
    app.run_jobs().await;
    assert_eq!(app.wallet(&ana).await, 1190);
    let ben = app.person("ben").await;
    app.subscribe_by_card(&ben, price, GOOD).await;
    app.adds_up().await;
}
