//! Money that is set aside.

use chrono::TimeDelta;
use kernel::{Currency, HoldId};
use money_core::{Error, LedgerKind, Lines, service};
use testkit::TestApp;
use uuid::Uuid;

use crate::{Ledger, amount, euros, holding, problem, rate, split, to, told};

#[tokio::test]
async fn a_hold_is_taken_in_parts_and_the_rest_let_go() {
    let app = TestApp::new().await;
    let (ana, ben, cleo) = (app.rich("ana", 5000).await, app.person("ben").await, app.person("cleo").await);
    let hold = app.hold(&ana, &holding(&ana, euros(3000), "h")).await.expect("held").id;
    assert_eq!(app.sums(&ana).await, (2000, 3000, 0, 0));
    app.capture(hold, to(&ben, euros(1000)), "a").await.expect("a part");
    app.capture(hold, split(&[(&ben, 500), (&cleo, 500)], 1000), "b").await.expect("another part");
    assert_eq!(app.sums(&ana).await, (2000, 1000, 0, 0));
    assert_eq!((app.sums(&ben).await.2, app.sums(&cleo).await.2), (1350, 450));
    assert_eq!(app.platform(LedgerKind::Fees).await, 200);
    let error = app.capture(hold, to(&ben, euros(1001)), "c").await.expect_err("more than is left");
    assert_eq!(told(error, "amount"), "This is more than was set aside. 10.00 EUR can still be taken.");

    assert!(app.release(hold).await.expect("let go").is_some());
    assert_eq!(app.release(hold).await.expect("nothing left"), None);
    assert_eq!(app.sums(&ana).await, (3000, 0, 0, 0));
    let error = app.capture(hold, to(&ben, euros(1)), "c").await.expect_err("closed");
    assert_eq!(problem(error).status(), 409);
    // What was taken before is still known.
    assert!(app.capture(hold, to(&ben, euros(1000)), "a").await.expect("known").repeated);
    let counts = [("money.held", 1), ("money.captured", 2), ("money.released", 1)];
    for (kind, count) in counts {
        assert_eq!(app.events(kind).await, count, "{kind}");
    }
    app.adds_up().await;
}

#[tokio::test]
async fn a_hold_that_is_taken_whole_is_closed() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    let hold = app.hold(&ana, &holding(&ana, euros(1000), "h")).await.expect("held").id;
    app.capture(hold, Lines::one(ben.actor.account, euros(1000), rate(0)), "a").await.expect("all of it");
    assert_eq!(app.count("select count(*) from holds where state = 'closed' and closed_at is not null").await, 1);
    assert_eq!(app.release(hold).await.expect("nothing left"), None);
    app.free().await;
    assert_eq!((app.sums(&ana).await, app.sums(&ben).await), ((0, 0, 0, 0), (0, 0, 0, 1000)));
    app.adds_up().await;
}

#[tokio::test]
async fn keys_make_holds_and_captures_happen_once() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    let first = app.hold(&ana, &holding(&ana, euros(800), "h")).await.expect("held");
    app.clock.advance(TimeDelta::hours(1));
    let second = app.hold(&ana, &holding(&ana, euros(800), "h")).await.expect("known");
    assert_eq!((second.id, second.transfer.repeated), (first.id, true));
    let error = app.hold(&ana, &holding(&ana, euros(801), "h")).await.expect_err("something else");
    assert!(matches!(error, Error::KeyReused));
    let taken = app.capture(first.id, to(&ben, euros(500)), "c").await.expect("taken");
    let again = app.capture(first.id, to(&ben, euros(500)), "c").await.expect("known");
    assert_eq!((again.id, again.repeated), (taken.id, true));
    let error = app.capture(first.id, to(&ben, euros(300)), "c").await.expect_err("something else");
    assert!(matches!(error, Error::KeyReused));
    assert_eq!(app.sums(&ana).await, (200, 300, 0, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn holds_expire() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    let hold = app.hold(&ana, &holding(&ana, euros(800), "h")).await.expect("held").id;
    app.capture(hold, to(&ben, euros(100)), "a").await.expect("in time");
    app.clock.advance(TimeDelta::days(3) - TimeDelta::seconds(1));
    assert_eq!(service::expire_holds(&app.database, &app.world).await.expect("swept"), 0);
    app.clock.advance(TimeDelta::seconds(1));
    // Also before anybody has swept.
    let error = app.capture(hold, to(&ben, euros(100)), "b").await.expect_err("too late");
    assert!(matches!(error, Error::HoldClosed));
    assert_eq!(service::expire_holds(&app.database, &app.world).await.expect("swept"), 1);
    assert_eq!(service::expire_holds(&app.database, &app.world).await.expect("swept"), 0);
    assert_eq!(app.sums(&ana).await, (900, 0, 0, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn refusals_say_what_is_wrong() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    let error = app.hold(&ana, &holding(&ana, euros(1001), "h")).await.expect_err("not enough");
    assert_eq!(told(error, "amount"), "There is not enough in the wallet: 0.01 EUR are missing.");
    let error = app.hold(&ben, &holding(&ana, euros(1), "h")).await.expect_err("not his");
    assert_eq!(problem(error).status(), 404);
    let hold = app.hold(&ana, &holding(&ana, euros(1000), "h")).await.expect("held").id;
    let error = app.capture(hold, to(&ana, euros(1)), "a").await.expect_err("herself");
    assert!(matches!(error, Error::Yourself));
    let dollars = Lines::one(ben.actor.account, amount(1, Currency::Usd), rate(0));
    let error = app.capture(hold, dollars, "a").await.expect_err("other currency");
    assert_eq!(told(error, "currency"), "This is in another currency: it has to be EUR.");
    let nothing = HoldId::from_uuid(Uuid::from_u128(7));
    assert_eq!(problem(app.capture(nothing, to(&ben, euros(1)), "a").await.expect_err("nothing")).status(), 404);
    assert_eq!(problem(app.release(nothing).await.expect_err("nothing")).status(), 404);
    assert_eq!(app.sums(&ana).await, (0, 1000, 0, 0));
    app.adds_up().await;
}
