//! Signing in, and being locked out.

use std::sync::Arc;

use chrono::TimeDelta;
use identity_core::{Error, PasswordHash};
use kernel::ProblemKind;

use super::*;

const WRONG: &str = "not the password at all";

#[tokio::test]
async fn wrong_and_unknown_are_told_alike() {
    let app = TestApp::new().await;
    app.member("ana").await;
    let owner = app.person("owner").await;
    app.agent("robot", &owner).await;
    let wrong = told(app.sign_in("ana", WRONG).await);
    assert_eq!(wrong.status(), 422);
    for login in ["nobody", "nobody@example.org", "robot", "no such thing!", "x", "ана"] {
        assert_eq!(told(app.sign_in_from([192, 0, 2, 7], login, PASSWORD).await), wrong, "{login}");
    }
    // A password that is too short to be anybody's is just as wrong.
    assert_eq!(told(app.sign_in("ana", "short").await), wrong);
}

#[tokio::test]
async fn failures_lock_a_login_for_longer_and_longer() {
    let app = TestApp::new().await;
    app.member("ana").await;
    for _ in 0..5 {
        assert!(matches!(app.sign_in("ana", WRONG).await, Err(Error::WrongCredentials)));
    }
    for expected in [30, 60, 120, 240, 480, 960, 1920, 3600, 3600] {
        // Locked: even the right password is not looked at, and the refused try does not make it longer.
        for _ in 0..3 {
            let problem = told(app.sign_in("ana", PASSWORD).await);
            assert_eq!((problem.kind, problem.retry_after), (ProblemKind::TooMany, Some(expected)));
        }
        app.clock.advance(TimeDelta::seconds(i64::from(expected)));
        // From elsewhere, so that only the login counts here.
        let result = app.sign_in_from([198, 51, 100, 9], "ana", WRONG).await;
        assert!(matches!(result, Err(Error::WrongCredentials)), "{result:?}");
    }
}

#[tokio::test]
async fn the_right_password_wipes_the_slate() {
    let app = TestApp::new().await;
    app.member("ana").await;
    for _ in 0..4 {
        for _ in 0..4 {
            assert!(matches!(app.sign_in("ana", WRONG).await, Err(Error::WrongCredentials)));
        }
        app.sign_in("ana", PASSWORD).await.expect("the fifth try is looked at");
    }
    // For the login. The address keeps its failures, but is not charged with what succeeded.
    let counted: Vec<(String, i32)> = sqlx::query_as("select subject, failures from sign_in_failures")
        .fetch_all(app.database.pool())
        .await
        .expect("rows");
    assert_eq!(counted, [("address:192.0.2.1".to_owned(), 16)]);
}

#[tokio::test]
async fn a_day_without_failures_wipes_the_slate_too() {
    let app = TestApp::new().await;
    app.member("ana").await;
    for _ in 0..5 {
        _ = app.sign_in("ana", WRONG).await;
    }
    app.clock.advance(TimeDelta::hours(25));
    for _ in 0..4 {
        assert!(matches!(app.sign_in("ana", WRONG).await, Err(Error::WrongCredentials)));
    }
    app.sign_in("ana", PASSWORD).await.expect("not locked");
}

#[tokio::test]
async fn an_address_that_tries_many_logins_is_locked() {
    let app = TestApp::new().await;
    app.member("ana").await;
    for n in 0..20 {
        let login = format!("guess_{}", char::from(b'a' + n));
        assert!(matches!(app.sign_in(&login, WRONG).await, Err(Error::WrongCredentials)), "{n}");
    }
    assert!(matches!(app.sign_in("ana", PASSWORD).await, Err(Error::Locked { .. })));
    app.sign_in_from([192, 0, 2, 2], "ana", PASSWORD).await.expect("from elsewhere it works");
    app.clock.advance(TimeDelta::seconds(30));
    app.sign_in("ana", PASSWORD).await.expect("after a while it works from there too");
}

#[tokio::test]
async fn an_unknown_login_is_locked_just_as_a_known_one() {
    let app = TestApp::new().await;
    app.member("ana").await;
    for login in ["ana", "nobody", "ana@example.org", "nobody@example.org"] {
        for n in 0..5 {
            let result = app.sign_in_from([10, 0, 0, n], login, WRONG).await;
            assert!(matches!(result, Err(Error::WrongCredentials)), "{login} {n}");
        }
        assert!(matches!(app.sign_in_from([10, 0, 0, 9], login, WRONG).await, Err(Error::Locked { .. })), "{login}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tries_at_the_same_instant_are_all_counted() {
    let app = Arc::new(TestApp::new().await);
    app.member("ana").await;
    let tries = (0..30u8)
        .map(|n| {
            let app = Arc::clone(&app);
            async move { app.sign_in_from([10, 0, 1, n], "ana", WRONG).await }
        })
        .collect();
    let outcomes = race(tries).await;
    let looked_at = outcomes.iter().filter(|it| matches!(it, Err(Error::WrongCredentials))).count();
    let refused = outcomes.iter().filter(|it| matches!(it, Err(Error::Locked { .. }))).count();
    assert_eq!((looked_at, refused), (5, 25));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_devices_sign_in_at_once() {
    let app = Arc::new(TestApp::new().await);
    app.member("ana").await;
    // Fewer at once than failures are allowed, since each counts until it has succeeded.
    for _ in 0..5 {
        let tries = (0..4)
            .map(|_| {
                let app = Arc::clone(&app);
                async move { app.sign_in("ana", PASSWORD).await }
            })
            .collect();
        assert!(race(tries).await.iter().all(Result::is_ok));
    }
    assert_eq!(app.count("sessions").await, 20);
    assert_eq!(app.facts("identity.signed_in").await, 20);
}

#[tokio::test]
async fn a_new_password_lifts_the_lock() {
    let app = TestApp::new().await;
    app.member("ana").await;
    for _ in 0..5 {
        _ = app.sign_in("ana", WRONG).await;
        _ = app.sign_in("ana@example.org", WRONG).await;
    }
    assert!(matches!(app.sign_in("ana", PASSWORD).await, Err(Error::Locked { .. })));
    app.request_reset("ana@example.org").await;
    let token = token_in(&app.mailbox().await[0]);
    app.reset(&token, OTHER_PASSWORD).await.expect("replaced");
    app.sign_in("ana", OTHER_PASSWORD).await.expect("not locked");
    app.sign_in("ana@example.org", OTHER_PASSWORD).await.expect("not locked");
}

#[tokio::test]
async fn an_outdated_hash_is_renewed_when_its_password_is_seen() {
    let app = TestApp::new().await;
    let account = app.member("ana").await;
    let hash_of = async || -> String {
        let hash = sqlx::query_scalar("select password_hash from logins where account_id = $1").bind(account.uuid());
        hash.fetch_one(app.database.pool()).await.expect("a hash")
    };
    // PASSWORD with other parameters than those in use.
    let strong = identity_core::Passwords::new().expect("valid parameters");
    let password = identity_core::Password::chosen(PASSWORD).expect("valid");
    let outdated: PasswordHash = strong.hash(&password, app.world.randomness.as_ref()).await.expect("hashed");
    sqlx::query("update logins set password_hash = $1")
        .bind(outdated.as_str())
        .execute(app.database.pool())
        .await
        .expect("set");

    app.sign_in("ana", PASSWORD).await.expect("it still fits");
    let renewed = hash_of().await;
    assert_ne!(renewed, outdated.as_str());
    app.sign_in("ana", PASSWORD).await.expect("and the new one fits");
    assert_eq!(hash_of().await, renewed, "what is current stays");
}
