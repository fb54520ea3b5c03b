//! Earnings are paid out.

use kernel::{Currency, PageSize};
use money_core::{Error, LedgerKind, PayoutNews, PayoutState, service};
use testkit::TestApp;

use crate::{Ledger, admin, amount, euros, paying, problem, split, told};

/// Somebody with free earnings.
async fn earner(app: &TestApp, minor: i64) -> platform::Cx<kernel::Actor> {
    let (ana, ben) = (app.rich("ana", minor).await, app.person("ben").await);
    app.pay(&ana, &paying(&ana, split(&[(&ben, minor)], 0), "a")).await.expect("paid");
    app.free().await;
    ben
}

fn failed() -> PayoutNews {
    PayoutNews::Failed { reason: "The account is closed.".to_owned() }
}

#[tokio::test]
async fn earnings_go_out_and_arrive() {
    let app = TestApp::new().await;
    let ben = earner(&app, 1000).await;
    let payout = app.payout(&ben, euros(600), "p").await.expect("requested");
    assert_eq!((app.sums(&ben).await.3, app.platform(LedgerKind::Payouts).await), (400, 600));
    for news in [PayoutNews::Sent, PayoutNews::Sent, PayoutNews::Paid, PayoutNews::Paid, PayoutNews::Sent] {
        app.mark(&payout, news).await.expect("heard");
    }
    assert_eq!((app.sums(&ben).await.3, app.platform(LedgerKind::Payouts).await), (400, 0));
    assert_eq!(app.platform(LedgerKind::Provider).await, -400);
    for (kind, count) in [("money.payout_requested", 1), ("money.payout_sent", 1), ("money.payout_paid", 1)] {
        assert_eq!(app.events(kind).await, count, "{kind}");
    }
    app.adds_up().await;
}

#[tokio::test]
async fn what_comes_back_is_among_the_earnings_again() {
    let app = TestApp::new().await;
    let ben = earner(&app, 1000).await;
    let early = app.payout(&ben, euros(300), "p").await.expect("requested");
    assert_eq!(app.mark(&early, failed()).await.expect("heard"), PayoutState::Failed);
    assert_eq!(app.mark(&early, PayoutNews::Paid).await.expect("late news"), PayoutState::Failed);
    // Banks also send back what had arrived.
    let late = app.payout(&ben, euros(1000), "q").await.expect("requested");
    app.mark(&late, PayoutNews::Paid).await.expect("heard");
    assert_eq!(app.platform(LedgerKind::Provider).await, 0);
    app.mark(&late, failed()).await.expect("heard");
    app.mark(&late, failed()).await.expect("heard twice");
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 1000));
    assert_eq!(app.platform(LedgerKind::Provider).await, -1000);
    assert_eq!(app.events("money.payout_failed").await, 2);
    let list = service::payouts(app.database.pool(), ben.actor, ben.actor.account, None, PageSize::DEFAULT)
        .await
        .expect("his payouts");
    assert_eq!(list.items[0].failure.as_deref(), Some("The account is closed."));
    app.adds_up().await;
}

#[tokio::test]
async fn no_more_goes_out_than_is_free() {
    let app = TestApp::new().await;
    let ben = earner(&app, 1000).await;
    let ana = app.rich("anna", 500).await;
    app.pay(&ana, &paying(&ana, split(&[(&ben, 500)], 0), "b")).await.expect("paid");
    let error = app.payout(&ben, euros(1001), "p").await.expect_err("the rest is pending");
    let words = "This is 0.01 EUR more than is free to be paid out. What is pending becomes free by and by.";
    assert_eq!(told(error, "amount"), words);
    assert!(app.payout(&ben, amount(1, Currency::Usd), "p").await.is_err());
    let first = app.payout(&ben, euros(1000), "p").await.expect("all that is free");
    let second = app.payout(&ben, euros(1000), "p").await.expect("known");
    assert_eq!((second.id, second.transfer.repeated), (first.id, true));
    assert!(matches!(app.payout(&ben, euros(999), "p").await, Err(Error::KeyReused)));
    assert_eq!(app.count("select count(*) from payouts").await, 1);
    app.adds_up().await;
}

#[tokio::test]
async fn payouts_are_their_owners() {
    let app = TestApp::new().await;
    let ben = earner(&app, 1000).await;
    for n in 0..5 {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        app.payout(&ben, euros(100 + n), &n.to_string()).await.expect("requested");
    }
    let (pool, whose, size) = (app.database.pool(), ben.actor.account, PageSize::clamped(3));
    let first = service::payouts(pool, ben.actor, whose, None, size).await.expect("a page");
    let rest = service::payouts(pool, ben.actor, whose, first.next.as_ref(), size).await.expect("a page");
    let amounts: Vec<i64> = first.items.iter().chain(&rest.items).map(|payout| payout.amount.minor).collect();
    assert_eq!(amounts, [104, 103, 102, 101, 100]);
    assert_eq!(rest.next, None);
    let stranger = app.person("cleo").await;
    let error = service::payouts(pool, stranger.actor, whose, None, size).await.expect_err("not hers");
    assert_eq!(problem(error).status(), 404);
    let root = admin(&app).await;
    assert!(service::payouts(pool, root.actor, whose, None, size).await.is_ok());
}
