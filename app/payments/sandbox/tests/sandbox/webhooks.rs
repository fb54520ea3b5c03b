//! What the sandbox tells, and how.

use std::collections::BTreeSet;

use platform::payments::{NewPayout, NewRefund};

use super::*;

async fn jobs_left(bench: &Bench) -> Vec<(i16, Option<String>)> {
    sqlx::query_as(
        "select j.attempts, j.last_error from graphile_worker._private_jobs j
         join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'sandbox_webhook'",
    )
    .fetch_all(bench.app.database.pool())
    .await
    .expect("jobs")
}

#[tokio::test]
async fn what_is_not_taken_is_delivered_again() {
    let bench = Bench::new().await;
    let account = bench.sandbox.create_payout_account(&bench.somebody(), "a").await.expect("an account");
    let page = bench.sandbox.host_payout_account(&account, &address("https://magentic.test/")).await.expect("a page");
    bench.sandbox.submit_payout_account(&page.reference, "DE89370400440532013000").await.expect("a bank");

    bench.listens.store(false, Ordering::SeqCst);
    assert_eq!(bench.told().await, [""; 0]);
    let left = jobs_left(&bench).await;
    assert!(matches!(&left[..], [(1, Some(error))] if error.contains("nobody listens")), "{left:?}");

    // Later somebody listens; the signature is a new one.
    bench.listens.store(true, Ordering::SeqCst);
    bench.app.clock.advance(TimeDelta::hours(5));
    sqlx::query("update graphile_worker._private_jobs set run_at = now()")
        .execute(bench.app.database.pool())
        .await
        .expect("the job is due");
    let news = bench.news().await;
    assert_eq!(kinds(&news), ["account.updated"]);
    assert_eq!(news[0]["created"], (bench.now() - TimeDelta::hours(5)).timestamp());
    assert!(jobs_left(&bench).await.is_empty());

    // Whoever asks for it a second time gets nothing: it has been taken.
    let mut tx = bench.app.database.begin().await.expect("a transaction");
    let event = news[0]["id"].as_str().expect("an id").to_owned();
    let again = payments_sandbox::DeliverWebhook { event };
    job::enqueue(&mut tx, &again, job::When::default()).await.expect("a job");
    tx.commit().await.expect("a commit");
    assert_eq!(bench.told().await, [""; 0]);
}

#[tokio::test]
async fn nothing_is_told_of_what_did_not_happen() {
    let bench = Bench::new().await;
    let payment = bench.pay(GOOD).await;
    bench.news().await;
    let refund = NewRefund { payment: payment.reference, amount: euros(5000) };
    refusal(bench.sandbox.refund(&refund, "r").await);
    assert_eq!(bench.told().await, [""; 0]);
}

#[tokio::test]
async fn events_are_swept_with_the_keys() {
    let bench = Bench::new().await;
    bench.pay(GOOD).await;
    bench.news().await;
    bench.app.clock.advance(TimeDelta::days(31));
    // A customer, a page; a payment that was made and paid, and the page that was used.
    assert_eq!(bench.sandbox.sweep().await.expect("swept"), 5);
}

/// Lets everything happen that there is to tell of.
async fn everything(bench: &Bench) -> Vec<Value> {
    let mut news = Vec::new();
    for number in [CONFIRM_ONCE, FAILS_LATE, DISPUTED, REFUND_FAILS] {
        let page = bench.page(true).await;
        if bench.submit(&page, number).await == Next::Confirm {
            bench.sandbox.confirm(&page.reference, true).await.expect("confirmed");
        }
    }
    let abandoned = bench.page(false).await;
    bench.submit(&abandoned, DECLINED).await;
    bench.sandbox.expire_page(&abandoned.reference).await.expect("expired");
    news.extend(bench.news().await);
    for (kind, number) in [("charge.dispute.created", DISPUTED), ("payment_intent.succeeded", REFUND_FAILS)] {
        let last4 = &number[12..];
        let card = news.iter().find(|event| event["data"]["object"]["card"]["last4"] == last4).expect("a card");
        let card = card["data"]["object"]["id"].clone();
        let paid = news.iter().find(|event| {
            event["type"] == "payment_intent.succeeded" && event["data"]["object"]["payment_method"] == card
        });
        let payment = paid.expect("a payment")["data"]["object"]["id"].as_str().expect("an id").to_owned();
        if kind == "charge.dispute.created" {
            bench.sandbox.settle_dispute(&payment, true).await.expect("an end");
        } else {
            bench.sandbox.refund(&NewRefund { payment, amount: euros(1000) }, "refund").await.expect("a refund");
        }
    }
    for (n, iban) in ["DE89370400440532013000", "DE62370400440532013001"].into_iter().enumerate() {
        let account = bench.sandbox.create_payout_account(&bench.somebody(), &bench.key()).await.expect("an account");
        let back = address("https://magentic.test/");
        let page = bench.sandbox.host_payout_account(&account, &back).await.expect("a page");
        bench.sandbox.submit_payout_account(&page.reference, iban).await.expect("a bank");
        let payout = NewPayout { payout: bench.app.world.id(), account, amount: euros(100) };
        bench.sandbox.pay_out(&payout, &format!("payout-{n}")).await.expect("a payout");
    }
    bench.settle(10).await;
    news.extend(bench.news().await);
    news
}

/// What stands in what each kind of event is about, besides its `id` and `object`.
const FORMS: [(&str, &str, &str, &[&str]); 21] = [
    ("payment_intent.created", "pi", "payment_intent", PAYMENT_INTENT),
    ("payment_intent.processing", "pi", "payment_intent", PAYMENT_INTENT),
    ("payment_intent.requires_action", "pi", "payment_intent", PAYMENT_INTENT),
    ("payment_intent.payment_failed", "pi", "payment_intent", PAYMENT_INTENT),
    ("payment_intent.succeeded", "pi", "payment_intent", PAYMENT_INTENT),
    ("payment_intent.canceled", "pi", "payment_intent", PAYMENT_INTENT),
    ("charge.refunded", "ch", "charge", &["payment_intent", "amount", "amount_refunded", "currency", "metadata"]),
    ("refund.created", "re", "refund", REFUND),
    ("refund.failed", "re", "refund", REFUND),
    ("charge.dispute.created", "dp", "dispute", DISPUTE),
    ("charge.dispute.closed", "dp", "dispute", DISPUTE),
    ("checkout.session.completed", "cs", "checkout.session", SESSION),
    ("checkout.session.expired", "cs", "checkout.session", SESSION),
    ("payment_method.attached", "pm", "payment_method", &["customer", "card"]),
    ("account.updated", "acct", "account", &["details_submitted", "payouts_enabled", "metadata"]),
    ("transfer.created", "tr", "transfer", &["amount", "currency", "destination", "metadata"]),
    ("payout.paid", "po", "payout", PAYOUT),
    ("payout.failed", "po", "payout", PAYOUT),
    // Once more what may be empty elsewhere.
    ("payment_intent.succeeded", "pi", "payment_intent", &["latest_charge", "payment_method"]),
    ("payment_intent.payment_failed", "pi", "payment_intent", &["last_payment_error"]),
    ("payout.failed", "po", "payout", &["failure_code", "failure_message"]),
];
const PAYMENT_INTENT: &[&str] =
    &["amount", "amount_received", "created", "currency", "customer", "metadata", "status", "livemode"];
const REFUND: &[&str] = &["amount", "charge", "created", "currency", "payment_intent", "status"];
const DISPUTE: &[&str] = &["amount", "charge", "created", "currency", "payment_intent", "status"];
const SESSION: &[&str] = &["mode", "payment_intent", "payment_status", "status", "customer", "metadata", "expires_at"];
const PAYOUT: &[&str] = &["amount", "currency", "metadata", "status"];

#[tokio::test]
async fn every_kind_of_event_has_its_form() {
    let bench = Bench::new().await;
    let news = everything(&bench).await;
    let ids: BTreeSet<_> = news.iter().map(|event| event["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), news.len(), "each event has an id of its own");
    let known: BTreeSet<_> = FORMS.iter().map(|form| form.0.to_owned()).collect();
    assert_eq!(kinds(&news).into_iter().collect::<BTreeSet<_>>(), known);
    for (kind, prefix, name, fields) in FORMS {
        for event in news.iter().filter(|event| event["type"] == kind) {
            let about = &event["data"]["object"];
            assert_eq!(about["object"], name, "{kind}");
            let id = about["id"].as_str().expect("an id");
            assert!(id.starts_with(&format!("{prefix}_sandbox_")), "{kind}: {id}");
            assert!(fields.iter().all(|field| !about[field].is_null()), "{kind}: {about}");
            if let Some(currency) = about.get("currency") {
                assert_eq!(currency, "eur");
            }
        }
    }
    let canceled = object(&news, "payment_intent.canceled");
    assert!(canceled["metadata"]["magentic_payment"].as_str().expect("ours").starts_with("pay_"));
    assert_eq!(canceled["cancellation_reason"], "expired");
    let refunded = object(&news, "charge.refunded");
    assert!(refunded["metadata"]["magentic_payment"].as_str().expect("ours").starts_with("pay_"));
    let expired = object(&news, "checkout.session.expired");
    assert_eq!(expired["payment_intent"], canceled["id"]);
    assert_eq!(expired["metadata"], canceled["metadata"]);
}
