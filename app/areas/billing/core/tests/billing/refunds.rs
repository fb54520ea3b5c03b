//! Money is given back.

use std::sync::Arc;

use billing_core::{CancelReason, Error, InvoiceKind, PayWith, Per, SubscriptionState, command::*, service};
use kernel::{Actor, InvoiceId};
use money_core::LedgerKind;
use platform::{Cx, payments::ProviderName};
use testkit::{TestApp, at_once};

use crate::{GOOD, Shop, buying, euros, in_transaction, key, money, problem};

fn giving(invoice: InvoiceId, minor: i64, to_card: bool, with: &str) -> GiveBack {
    GiveBack { invoice, amount: euros(minor), to_card, reason: "Kindness".to_owned(), key: key(with) }
}

async fn give(app: &TestApp, cx: &Cx<Actor>, give: &GiveBack) -> Result<InvoiceId, Error> {
    in_transaction!(app, |tx| service::give_back(&app.database, &mut tx, cx, ProviderName::Sandbox, give))
}

#[tokio::test]
async fn a_part_goes_back_to_the_card_and_the_rest_is_too_much() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    app.subscribe_by_card(&ana, price, GOOD).await;
    let invoice = app.invoices(&ana).await[0].id;
    let note = give(&app, &admin, &giving(invoice, 119, true, "1")).await.expect("given back");
    assert_eq!(give(&app, &admin, &giving(invoice, 119, true, "1")).await.expect("the same"), note);
    app.run_jobs().await;
    assert_eq!((app.platform(LedgerKind::Revenue).await, app.platform(LedgerKind::Tax).await), (900, 171));
    assert_eq!((app.wallet(&ana).await, app.platform(LedgerKind::Provider).await), (0, -1071));
    let note = service::invoice(app.database.pool(), ana.actor, note).await.expect("a credit note");
    assert_eq!((note.summary.kind, note.summary.number.as_str()), (InvoiceKind::CreditNote, "CN-2026-000001"));
    assert_eq!((note.summary.total, note.tax), (money(119), money(19)));
    assert_eq!(note.corrects.map(|(id, _)| id), Some(invoice));
    let told = problem(give(&app, &admin, &giving(invoice, 1072, true, "2")).await.expect_err("too much"));
    assert_eq!(told.for_field("amount"), Some("This is more than was paid. 10.71 EUR can still be given back."));
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Active);
    // All of it, and what it gave is gone in the same moment.
    give(&app, &admin, &giving(invoice, 1071, false, "3")).await.expect("given back");
    let it = app.subscription(&ana).await;
    assert_eq!((it.state, it.cancel_reason), (SubscriptionState::Canceled, Some(CancelReason::Refunded)));
    assert!(app.may(&ana, "agents_at_work").await.is_none());
    assert_eq!(app.wallet(&ana).await, 1071);
    assert!(app.mailbox().await.iter().any(|it| it.subject == "1.19 EUR are given back"));
    app.adds_up().await;
}

#[tokio::test]
async fn what_does_not_get_back_to_its_card_stays_in_the_wallet() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    let id = app.start(&ana, &buying(price, PayWith::Card, "1")).await.expect("a checkout");
    app.pay_by_card(&ana, id, "4000000000005126").await;
    let invoice = app.invoices(&ana).await[0].id;
    give(&app, &admin, &giving(invoice, 1190, true, "1")).await.expect("given back");
    assert_eq!(app.wallet(&ana).await, 0);
    app.run_jobs().await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    app.run_jobs().await;
    assert_eq!((app.wallet(&ana).await, app.platform(LedgerKind::Provider).await), (1190, -1190));
    app.adds_up().await;
}

#[tokio::test]
async fn purchases_given_back_entitle_to_nothing_and_the_wallet_can_not_be_paid_to_a_card() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let save = SaveProduct::parse(None, "pack", "Pack", "", "0", true, "themes").expect("a product");
    let price = app.product(save, 900, Per::Once, 0).await;
    let ana = app.rich("ana", 900).await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    let invoice = app.invoices(&ana).await[0].id;
    let told = problem(give(&app, &admin, &giving(invoice, 900, true, "1")).await.expect_err("not by card"));
    assert!(told.for_field("to").is_some());
    let told = problem(give(&app, &ana, &giving(invoice, 900, false, "1")).await.expect_err("no administrator"));
    assert_eq!(told.status(), 403);
    give(&app, &admin, &giving(invoice, 900, false, "1")).await.expect("given back");
    assert!(app.may(&ana, "themes").await.is_none());
    assert_eq!(app.wallet(&ana).await, 900);
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_refunds_at_once_never_exceed_what_was_paid() {
    let app = Arc::new(TestApp::new().await);
    let admin = app.admin().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    app.subscribe_by_card(&ana, price, GOOD).await;
    let invoice = app.invoices(&ana).await[0].id;
    let outcomes = at_once((0..20).map(|n: i32| {
        let (app, admin) = (Arc::clone(&app), admin.clone());
        async move { give(&app, &admin, &giving(invoice, 119, n % 2 == 0, &n.to_string())).await }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 10, "{outcomes:?}");
    app.run_jobs().await;
    assert_eq!(app.invoices(&ana).await.iter().filter(|it| it.kind == InvoiceKind::CreditNote).count(), 10);
    assert_eq!(app.platform(LedgerKind::Revenue).await + app.platform(LedgerKind::Tax).await, 0);
    assert_eq!(-app.platform(LedgerKind::Provider).await, app.wallet(&ana).await);
    app.adds_up().await;
}
