//! Payments from wallets.

use kernel::{AccountId, Currency};
use money_core::{Error, Key, LedgerKind, Lines, Subject};
use testkit::TestApp;
use uuid::Uuid;

use crate::{Ledger, PENDING, amount, euros, paying, problem, rate, split, to, told};

#[tokio::test]
async fn what_is_paid_is_earned_less_the_fee_and_becomes_free() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 5000).await, app.person("ben").await);
    app.pay(&ana, &paying(&ana, to(&ben, euros(1995)), "a")).await.expect("paid");
    assert_eq!(app.sums(&ana).await, (3005, 0, 0, 0));
    // 10 % of 19.95 is 1.995: two euros, rounded.
    assert_eq!(app.sums(&ben).await, (0, 0, 1795, 0));
    assert_eq!(app.platform(LedgerKind::Fees).await, 200);
    assert_eq!(app.has(&ben).await.next_freed_at, Some(app.world.now() + PENDING));
    assert_eq!(app.events("money.paid").await, 1);

    // A moment before, nothing is free.
    app.clock.advance(PENDING - chrono::TimeDelta::seconds(1));
    assert_eq!(money_core::service::free_earnings(&app.database, &app.world).await.expect("swept"), 0);
    app.clock.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(money_core::service::free_earnings(&app.database, &app.world).await.expect("swept"), 1);
    assert_eq!(money_core::service::free_earnings(&app.database, &app.world).await.expect("swept"), 0);
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 1795));
    assert_eq!(app.has(&ben).await.next_freed_at, None);
    assert_eq!(app.events("money.earnings_freed").await, 1);
    app.adds_up().await;
}

#[tokio::test]
async fn the_job_sweeps() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 5000).await, app.person("ben").await);
    app.pay(&ana, &paying(&ana, to(&ben, euros(1000)), "a")).await.expect("paid");
    app.hold(&ana, &crate::holding(&ana, euros(500), "h")).await.expect("held");
    app.clock.advance(PENDING);
    let mut tx = app.database.begin().await.expect("a transaction");
    for _ in 0..2 {
        let job = money_core::job::SweepMoney;
        platform::job::enqueue(&mut tx, &job, platform::job::When::default()).await.expect("enqueued");
    }
    tx.commit().await.expect("a commit");
    app.run_jobs().await;
    assert_eq!(app.sums(&ana).await, (4000, 0, 0, 0));
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 900));
    app.adds_up().await;
}

#[tokio::test]
async fn several_are_paid_at_once_to_the_cent() {
    let app = TestApp::new().await;
    let (ana, ben, cleo) = (app.rich("ana", 1000).await, app.person("ben").await, app.person("cleo").await);
    let lines = split(&[(&ben, 333), (&cleo, 333), (&ben, 334)], 290);
    app.pay(&ana, &paying(&ana, lines, "a")).await.expect("paid");
    // The fees of the lines are 9.657 and 9.686 cents, rounded each.
    assert_eq!(app.sums(&ben).await.2, 323 + 324);
    assert_eq!(app.sums(&cleo).await.2, 323);
    assert_eq!(app.platform(LedgerKind::Fees).await, 30);
    assert_eq!(app.sums(&ana).await.0, 0);
    app.free().await;
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 647));
    app.adds_up().await;
}

#[tokio::test]
async fn without_fee_and_with_nothing_but_fee() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    app.pay(&ana, &paying(&ana, Lines::one(ben.actor.account, euros(300), rate(0)), "a")).await.expect("no fee");
    app.pay(&ana, &paying(&ana, Lines::one(ben.actor.account, euros(200), rate(10_000)), "b")).await.expect("all fee");
    app.pay(&ana, &paying(&ana, Lines::one(ben.actor.account, euros(1), rate(290)), "c")).await.expect("a cent");
    assert_eq!(app.sums(&ben).await, (0, 0, 301, 0));
    assert_eq!(app.platform(LedgerKind::Fees).await, 200);
    app.free().await;
    assert_eq!(app.sums(&ben).await, (0, 0, 0, 301));
    assert_eq!(app.count("select count(*) from payment_lines where freed_at is null").await, 0);
    app.adds_up().await;
}

#[tokio::test]
async fn paying_twice_with_one_key_is_paying_once() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.rich("ben", 1000).await);
    let cleo = app.person("cleo").await;
    let pay = paying(&ana, to(&cleo, euros(600)), "a");
    let first = app.pay(&ana, &pay).await.expect("paid");
    // Also when there would not be enough for a second time.
    let second = app.pay(&ana, &pay).await.expect("known");
    assert_eq!((second.id, second.repeated), (first.id, true));
    assert_eq!(app.events("money.paid").await, 1);
    let error = app.pay(&ana, &paying(&ana, to(&cleo, euros(100)), "a")).await.expect_err("something else");
    assert!(matches!(error, Error::KeyReused));
    let error = app.pay(&ana, &paying(&ana, to(&ben, euros(600)), "a")).await.expect_err("somebody else");
    assert!(matches!(error, Error::KeyReused));
    // The keys of another account are its own.
    assert!(!app.pay(&ben, &paying(&ben, to(&cleo, euros(600)), "a")).await.expect("paid").repeated);
    app.adds_up().await;
}

#[tokio::test]
async fn refusals_say_what_is_wrong() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.rich("ben", 1000).await);
    let error = app.pay(&ana, &paying(&ana, to(&ben, euros(1250)), "a")).await.expect_err("not enough");
    assert_eq!(told(error, "amount"), "There is not enough in the wallet: 2.50 EUR are missing.");
    let dollars = Lines::one(ben.actor.account, amount(1, Currency::Usd), rate(0));
    let error = app.pay(&ana, &paying(&ana, dollars, "a")).await.expect_err("no dollars");
    assert_eq!(told(error, "amount"), "There is not enough in the wallet: 0.01 USD are missing.");
    let error = app.pay(&ana, &paying(&ana, to(&ana, euros(1)), "a")).await.expect_err("herself");
    assert_eq!(told(error, "account"), "You can't pay yourself.");
    // Out of somebody else's wallet: there is no such thing for the one who tries.
    let error = app.pay(&ben, &paying(&ana, to(&ben, euros(1)), "a")).await.expect_err("not his");
    assert_eq!(problem(error).status(), 404);
    let nobody = AccountId::from_uuid(Uuid::from_u128(7));
    let error =
        app.pay(&ana, &paying(&ana, Lines::one(nobody, euros(1), rate(0)), "a")).await.expect_err("nobody there");
    assert_eq!(problem(error).status(), 404);
    assert!("".parse::<Key>().is_err());

    assert_eq!(app.sums(&ana).await, (1000, 0, 0, 0));
    assert_eq!(app.count("select count(*) from transfers where kind <> 'top_up'").await, 0);
    assert_eq!(app.events("money.paid").await, 0);
    app.adds_up().await;
}

#[tokio::test]
async fn the_server_pays_for_another_area() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    let mut pay = paying(&ana, to(&ben, euros(100)), "renewal");
    pay.subject = Some(Subject::of(ben.actor.account));
    let cx = app.nobody();
    let mut tx = app.database.begin().await.expect("a transaction");
    money_core::service::pay(&mut tx, &cx, &pay).await.expect("paid");
    tx.commit().await.expect("a commit");
    assert_eq!(app.count("select count(*) from transfers where kind = 'payment' and actor_id is null").await, 1);
    assert_eq!(app.sums(&ana).await.0, 900);
}
