//! Sessions.

use chrono::TimeDelta;
use identity_core::{Authenticated, Error};
use kernel::{Actor, Provenance, SessionId, Via};
use platform::{Cx, secret::Token};

use super::*;

async fn authenticate(app: &TestApp, token: &Token) -> Option<Authenticated> {
    service::authenticate(app.database.pool(), &app.world, token).await.expect("an answer")
}

async fn cx_of(app: &TestApp, token: &Token) -> Cx<Actor> {
    app.world.cx(authenticate(app, token).await.expect("signed in").actor)
}

#[tokio::test]
async fn a_token_proves_who_acts() {
    let app = TestApp::new().await;
    let account = app.member("ana").await;
    let signed_in = app.sign_in("ana", PASSWORD).await.expect("signed in");
    let authenticated = authenticate(&app, &signed_in.token).await.expect("signed in");
    assert_eq!(authenticated.actor, Actor::human(account, Via::Session(signed_in.session)));
    assert_eq!(authenticated.account.handle, handle("ana"));
    assert!(!authenticated.is_admin);
    let made_up = Token::generate(app.world.randomness.as_ref());
    assert!(authenticate(&app, &made_up).await.is_none());

    // Only its hash is kept.
    let kept: Vec<u8> =
        sqlx::query_scalar("select token_hash from sessions").fetch_one(app.database.pool()).await.expect("a row");
    assert_eq!(kept, signed_in.token.hash().as_bytes());
}

#[tokio::test]
async fn what_an_agent_does_is_an_agents_doing() {
    let app = TestApp::new().await;
    let owner = app.person("ana").await;
    let agent = app.agent("robot", &owner).await.actor.account;
    let mut tx = app.database.begin().await.expect("a transaction");
    let issued = service::issue_session(&mut tx, &owner, agent, &device()).await.expect("a session");
    tx.commit().await.expect("a commit");
    let authenticated = authenticate(&app, &issued.token).await.expect("signed in");
    assert_eq!(authenticated.actor.provenance, Provenance::Agent);
    assert_eq!(authenticated.actor.account, agent);
    assert_eq!(authenticated.account.owner_handle, Some(handle("ana")));
}

#[tokio::test]
async fn a_session_lasts_thirty_days_from_its_last_use() {
    let app = TestApp::new().await;
    app.member("ana").await;
    let signed_in = app.sign_in("ana", PASSWORD).await.expect("signed in");
    for _ in 0..3 {
        app.clock.advance(TimeDelta::days(29));
        assert!(authenticate(&app, &signed_in.token).await.is_some());
    }
    app.clock.advance(TimeDelta::days(30));
    assert!(authenticate(&app, &signed_in.token).await.is_none());
}

#[tokio::test]
async fn use_is_noted_once_a_minute() {
    let app = TestApp::new().await;
    app.member("ana").await;
    let signed_in = app.sign_in("ana", PASSWORD).await.expect("signed in");
    let start = app.world.now();
    let last_seen = async || {
        let seen = sqlx::query_scalar("select last_seen_at from sessions");
        let seen: chrono::DateTime<chrono::Utc> = seen.fetch_one(app.database.pool()).await.expect("a row");
        seen - start
    };
    for (seconds, noted) in [(59, 0), (1, 60), (30, 60), (29, 60), (1, 120)] {
        app.clock.advance(TimeDelta::seconds(seconds));
        authenticate(&app, &signed_in.token).await.expect("signed in");
        assert_eq!(last_seen().await, TimeDelta::seconds(noted));
    }
}

#[tokio::test]
async fn devices_are_listed_and_signed_out() {
    let app = TestApp::new().await;
    app.member("ana").await;
    app.member("bob").await;
    let first = app.sign_in_from([192, 0, 2, 10], "ana", PASSWORD).await.expect("signed in");
    app.clock.advance(TimeDelta::minutes(5));
    let second = app.sign_in_from([192, 0, 2, 20], "ana", PASSWORD).await.expect("signed in");
    let stranger = app.sign_in("bob", PASSWORD).await.expect("signed in");
    let cx = cx_of(&app, &second.token).await;

    let pool = app.database.pool();
    let list = service::sessions(pool, &cx).await.expect("a list");
    let seen: Vec<_> = list.iter().map(|it| (it.id, it.device.as_str(), it.address.as_str(), it.current)).collect();
    assert_eq!(
        seen,
        [
            (second.session, "Firefox on Windows", "192.0.2.20", true),
            (first.session, "Firefox on Windows", "192.0.2.10", false),
        ]
    );

    let revoke = async |cx: &Cx<Actor>, id: SessionId| {
        let mut tx = app.database.begin().await.expect("a transaction");
        let result = service::revoke_session(&mut tx, cx, id).await;
        tx.commit().await.expect("a commit");
        result
    };
    // Somebody else's device is told no differently from none at all.
    let elsewhere = told(revoke(&cx, stranger.session).await);
    assert_eq!(elsewhere, told(revoke(&cx, app.world.id()).await));
    assert_eq!(elsewhere.status(), 404);
    assert!(authenticate(&app, &stranger.token).await.is_some());

    // Twice is once.
    revoke(&cx, first.session).await.expect("signed out");
    revoke(&cx, first.session).await.expect("still signed out");
    assert!(authenticate(&app, &first.token).await.is_none());
    assert_eq!(app.facts("identity.session_revoked").await, 1);
    assert_eq!(service::sessions(pool, &cx).await.expect("a list").len(), 1);

    let mut tx = app.database.begin().await.expect("a transaction");
    service::sign_out(&mut tx, &cx).await.expect("signed out");
    tx.commit().await.expect("a commit");
    assert!(authenticate(&app, &second.token).await.is_none());
    assert!(authenticate(&app, &stranger.token).await.is_some());
}

#[tokio::test]
async fn all_other_devices_are_signed_out_at_once() {
    let app = TestApp::new().await;
    app.member("ana").await;
    app.member("bob").await;
    let mut tokens = Vec::new();
    for _ in 0..4 {
        tokens.push(app.sign_in("ana", PASSWORD).await.expect("signed in").token);
    }
    let bob = app.sign_in("bob", PASSWORD).await.expect("signed in").token;
    let cx = cx_of(&app, &tokens[2]).await;
    let mut tx = app.database.begin().await.expect("a transaction");
    assert_eq!(service::revoke_other_sessions(&mut tx, &cx).await.expect("signed out"), 3);
    tx.commit().await.expect("a commit");
    for (n, token) in tokens.iter().enumerate() {
        assert_eq!(authenticate(&app, token).await.is_some(), n == 2, "{n}");
    }
    assert!(authenticate(&app, &bob).await.is_some());
}

#[tokio::test]
async fn nobody_gets_a_session_of_an_account_that_is_not_there() {
    let app = TestApp::new().await;
    let mut tx = app.database.begin().await.expect("a transaction");
    let result = service::issue_session(&mut tx, &app.world.cx(()), app.world.id(), &device()).await;
    assert!(matches!(result, Err(Error::NoSuchAccount)));
}
