//! Credits: reserve, run, capture.

use billing_core::{Error, ReservationView, command::*, service};
use chrono::TimeDelta;
use kernel::Actor;
use platform::Cx;
use testkit::TestApp;

use crate::{Shop, feature, in_transaction, key, problem};

async fn give(app: &TestApp, ana: &Cx<Actor>, amount: i64, days: i64, with: &str) {
    let give = GiveCredits {
        account: ana.actor.account,
        meter: feature("answers"),
        amount,
        expires_at: app.world.now() + TimeDelta::days(days),
        reason: "A present".to_owned(),
        key: key(with),
    };
    in_transaction!(app, |tx| service::give_credits(&mut tx, ana, &give)).expect("given");
}

async fn reserve(app: &TestApp, ana: &Cx<Actor>, amount: i64, with: &str) -> Result<ReservationView, Error> {
    let reserve = Reserve {
        account: ana.actor.account,
        meter: feature("answers"),
        amount,
        lasts: TimeDelta::minutes(5),
        key: key(with),
    };
    in_transaction!(app, |tx| service::reserve(&mut tx, ana, &reserve))
}

async fn left(app: &TestApp, ana: &Cx<Actor>) -> (i64, i64) {
    let balances = service::balances(app.database.pool(), ana, ana.actor.account).await.expect("balances");
    balances.first().map_or((0, 0), |it| (it.available, it.reserved))
}

#[tokio::test]
async fn what_expires_first_is_used_first_and_the_rest_goes_back() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    give(&app, &ana, 50, 30, "late").await;
    give(&app, &ana, 30, 2, "soon").await;
    give(&app, &ana, 30, 2, "soon").await;
    assert_eq!(left(&app, &ana).await, (80, 0));
    let held = reserve(&app, &ana, 40, "1").await.expect("reserved");
    assert_eq!(reserve(&app, &ana, 40, "1").await.expect("the same"), held);
    assert_eq!(left(&app, &ana).await, (40, 40));
    assert_eq!(app.count("select remaining from credits where key = 'soon'").await, 0);
    let end = |used| {
        let (app, ana) = (&app, &ana);
        async move { in_transaction!(app, |tx| service::use_reserved(&mut tx, ana, held.id, used)) }
    };
    assert_eq!(
        problem(end(41).await.expect_err("too much")).for_field("used"),
        Some("Only 40 were set aside for this.")
    );
    assert!(end(-1).await.is_err());
    end(35).await.expect("used");
    end(35).await.expect("the same");
    assert_eq!(problem(end(34).await.expect_err("otherwise")).status(), 409);
    assert_eq!(left(&app, &ana).await, (45, 0));
    app.clock.advance(TimeDelta::days(3));
    assert_eq!(left(&app, &ana).await, (45, 0));
    let told = problem(reserve(&app, &ana, 46, "2").await.expect_err("too little"));
    assert_eq!(told.for_field("amount"), Some("There are not enough credits: 1 are missing."));
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(left(&app, &ana).await, (0, 0));
}

#[tokio::test]
async fn reservations_that_nobody_ends_expire() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    give(&app, &ana, 10, 30, "1").await;
    let held = reserve(&app, &ana, 10, "1").await.expect("reserved");
    app.clock.advance(TimeDelta::minutes(6));
    let late = in_transaction!(app, |tx| service::use_reserved(&mut tx, &ana, held.id, 5));
    assert_eq!(problem(late.expect_err("too late")).status(), 409);
    assert_eq!(service::expire_reservations(&app.database, &app.world).await.expect("runs"), 1);
    assert_eq!(left(&app, &ana).await, (10, 0));
    let other = reserve(&app, &ana, 3, "1").await.expect_err("another amount with the same key");
    assert_eq!(problem(other).status(), 409);
}
