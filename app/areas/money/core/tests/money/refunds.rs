//! Payments are given back.

use kernel::{Currency, TransferId};
use money_core::{Error, LedgerKind};
use testkit::TestApp;
use uuid::Uuid;

use crate::{Ledger, amount, euros, holding, paying, problem, split, to, told};

#[tokio::test]
async fn what_is_given_back_comes_from_where_it_went() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    let payment = app.pay(&ana, &paying(&ana, to(&ben, euros(999)), "a")).await.expect("paid").id;
    assert_eq!((app.sums(&ben).await.2, app.platform(LedgerKind::Fees).await), (899, 100));
    // In three parts: what comes back of the fee is 33.37, 66.73 and 100 cents by then.
    for (n, (part, fees)) in [(333, 67), (333, 33), (333, 0)].into_iter().enumerate() {
        app.refund(payment, euros(part), &n.to_string()).await.expect("given back");
        assert_eq!(app.platform(LedgerKind::Fees).await, fees);
    }
    assert_eq!(app.sums(&ana).await, (1000, 0, 0, 0));
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 0));
    assert_eq!(app.platform(LedgerKind::Losses).await, 0);
    let error = app.refund(payment, euros(1), "more").await.expect_err("nothing left");
    assert_eq!(told(error, "amount"), "This is more than was paid. 0.00 EUR can still be given back.");
    assert_eq!(app.events("money.refunded").await, 3);
    // Nothing is left to become free.
    app.free().await;
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn what_the_payee_no_longer_has_is_the_platforms_loss() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 3000).await, app.person("ben").await);
    let payment = app.pay(&ana, &paying(&ana, to(&ben, euros(1000)), "a")).await.expect("paid").id;
    app.free().await;
    app.payout(&ben, euros(700), "p").await.expect("paid out");
    // What is pending for something else is not touched.
    let other = app.pay(&ana, &paying(&ana, to(&ben, euros(1000)), "b")).await.expect("paid").id;
    app.refund(payment, euros(1000), "r").await.expect("given back");
    assert_eq!(app.sums(&ben).await, (0, 0, 900, 0));
    assert_eq!(app.platform(LedgerKind::Losses).await, -700);
    assert_eq!(app.platform(LedgerKind::Fees).await, 100);
    assert_eq!(app.sums(&ana).await.0, 2000);
    app.refund(other, euros(1000), "r").await.expect("given back");
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn several_payees_give_back_in_proportion() {
    let app = TestApp::new().await;
    let (ana, ben, cleo) = (app.rich("ana", 1000).await, app.person("ben").await, app.person("cleo").await);
    let hold = app.hold(&ana, &holding(&ana, euros(1000), "h")).await.expect("held").id;
    let capture = app.capture(hold, split(&[(&ben, 600), (&cleo, 300)], 0), "c").await.expect("taken").id;
    app.refund(capture, euros(100), "r").await.expect("a part");
    // 66.67 and 33.33 cents.
    assert_eq!((app.sums(&ben).await.2, app.sums(&cleo).await.2), (533, 267));
    // To the wallet, not to the hold.
    assert_eq!(app.sums(&ana).await, (100, 100, 0, 0));
    app.free().await;
    app.refund(capture, euros(800), "s").await.expect("the rest");
    assert_eq!((app.sums(&ben).await.3, app.sums(&cleo).await.3), (0, 0));
    assert_eq!(app.platform(LedgerKind::Losses).await, 0);
    app.adds_up().await;
}

#[tokio::test]
async fn one_payee_twice_gives_back_what_is_there_once() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    let payment = app.pay(&ana, &paying(&ana, split(&[(&ben, 400), (&ben, 600)], 0), "a")).await.expect("paid").id;
    app.free().await;
    app.payout(&ben, euros(500), "p").await.expect("paid out");
    app.refund(payment, euros(1000), "r").await.expect("given back");
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 0));
    assert_eq!(app.platform(LedgerKind::Losses).await, -500);
    app.adds_up().await;
}

#[tokio::test]
async fn giving_back_twice_with_one_key_is_giving_back_once() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    let payment = app.pay(&ana, &paying(&ana, to(&ben, euros(1000)), "a")).await.expect("paid").id;
    let first = app.refund(payment, euros(600), "r").await.expect("given back");
    let second = app.refund(payment, euros(600), "r").await.expect("known");
    assert_eq!((second.id, second.repeated), (first.id, true));
    assert!(matches!(app.refund(payment, euros(601), "r").await, Err(Error::KeyReused)));
    assert_eq!(app.sums(&ana).await.0, 600);

    let error = app.refund(payment, euros(401), "s").await.expect_err("over the rest");
    assert_eq!(told(error, "amount"), "This is more than was paid. 4.00 EUR can still be given back.");
    let error = app.refund(payment, amount(1, Currency::Jpy), "s").await.expect_err("other currency");
    assert_eq!(told(error, "currency"), "This is in another currency: it has to be EUR.");
    for nothing in [first.id, TransferId::from_uuid(Uuid::from_u128(7))] {
        let error = app.refund(nothing, euros(1), "s").await.expect_err("no payment");
        assert_eq!(problem(error).status(), 404);
    }
    app.adds_up().await;
}
