//! Webhooks over HTTP, and the program that reckons the ledger up.

use std::process::{Command, Output};

use billing_core::{
    PayWith,
    command::{StartCheckout, What},
};
use kernel::{Currency, Money};
use platform::payments::{ProviderName, signature};
use sqlx::{ConnectOptions, Executor};
use testkit::TestApp;

use crate::support::Server;

async fn send(server: &Server, path: &str, header: Option<String>, body: &str) -> u16 {
    let request = server.visitor().request(reqwest::Method::POST, path).body(body.to_owned());
    let request = match header {
        Some(header) => request.header(signature::HEADER, header),
        None => request,
    };
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_in_by_post_with_a_signature() {
    let server = Server::start().await;
    let app = &server.app;
    let ana = app.person("ana").await;
    let start = StartCheckout {
        what: What::TopUp(money_core::Amount::new(Money::new(1_000, Currency::Eur)).expect("an amount")),
        pay_with: PayWith::Card,
        saved_card: false,
        seen: None,
        key: "1".parse().expect("a key"),
    };
    let mut tx = app.database.begin().await.expect("a transaction");
    let id = billing_core::service::start(&mut tx, &ana, ProviderName::Sandbox, &start).await.expect("a checkout");
    tx.commit().await.expect("a commit");
    let payment: uuid::Uuid = sqlx::query_scalar("select id from payments where checkout_id = $1")
        .bind(id.uuid())
        .fetch_one(app.database.pool())
        .await
        .expect("a payment");
    let payment = kernel::PaymentId::from_uuid(payment);
    let body = format!(
        r#"{{"id":"evt_1","object":"event","type":"payment_intent.succeeded","created":1780000000,"livemode":false,
        "data":{{"object":{{"id":"pi_1","status":"succeeded","amount":1000,"metadata":{{"magentic_payment":"{payment}"}}}}}}}}"#
    );
    let secret = app.payments.webhook_secrets().remove(0);
    let sign = |body: &str| Some(signature::sign(&secret, body.as_bytes(), app.world.now()));
    let path = "/webhooks/sandbox";
    assert_eq!(send(&server, path, None, &body).await, 400);
    assert_eq!(send(&server, path, Some("t=1,v1=00".to_owned()), &body).await, 400);
    assert_eq!(send(&server, "/webhooks/stripe", sign(&body), &body).await, 404);
    assert_eq!(send(&server, path, sign("{}"), "{}").await, 400);
    let huge = format!("{}{}", " ".repeat(2 << 20), body);
    assert_eq!(send(&server, path, sign(&huge), &huge).await, 413);
    for _ in 0..3 {
        assert_eq!(send(&server, path, sign(&body), &body).await, 200);
    }
    app.run_jobs().await;
    let wallet =
        money_core::service::wallet(app.database.pool(), ana.actor, ana.actor.account).await.expect("a wallet");
    assert_eq!(wallet.balances[0].available, Money::new(1_000, Currency::Eur));
}

fn verify(app: &TestApp) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_magentic"))
        .args(["ledger", "verify"])
        .current_dir(folder.path())
        .env("DATABASE_URL", app.database.connect_options().to_url_lossy().as_str())
        .env("LOG", "warn")
        .output()
        .expect("it runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_is_reckoned_up_by_a_program() {
    let server = Server::start().await;
    let app = &server.app;
    let ana = app.person("ana").await;
    let top_up = money_core::TopUp {
        account: ana.actor.account,
        amount: money_core::Amount::new(Money::new(1_000, Currency::Eur)).expect("an amount"),
        key: "1".parse().expect("a key"),
        memo: "By card".into(),
        subject: None,
    };
    let mut tx = app.database.begin().await.expect("a transaction");
    money_core::service::top_up(&mut tx, &ana, &top_up).await.expect("money");
    tx.commit().await.expect("a commit");
    let clean = verify(app);
    let words = String::from_utf8_lossy(&clean.stdout).into_owned();
    assert!(clean.status.success(), "{words} {}", String::from_utf8_lossy(&clean.stderr));
    assert!(words.contains("1 transfers with 2 postings") && words.contains("Everything adds up."), "{words}");

    // The guards have to be taken away before anything can be wrong.
    let damage = "alter table ledger_accounts disable trigger user; update ledger_accounts set balance = balance + 1";
    app.database.pool().execute(damage).await.expect("damaged");
    let found = verify(app);
    let words = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!(found.status.code(), Some(1), "{words}");
    assert!(words.contains("WRONG balances are the sum of their postings"), "{words}");
}
