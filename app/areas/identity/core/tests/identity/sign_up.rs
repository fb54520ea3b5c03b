//! Signing up.

use std::sync::Arc;

use identity_core::Error;
use kernel::ProblemKind;

use super::*;

#[tokio::test]
async fn a_new_account_waits_for_its_confirmation() {
    let app = TestApp::new().await;
    app.sign_up("ana", "Ana@example.org", PASSWORD).await.expect("signed up");

    let letters = app.mailbox().await;
    let confirm = letter(&letters, "Confirm your e-mail");
    assert_eq!(confirm.to, "Ana@example.org");
    assert!(confirm.text.contains("http://magentic.test/confirm-email?token="), "{}", confirm.text);
    assert_eq!(app.facts("identity.account_created").await, 1);

    // Until then nobody sees it, and it can't be signed in to; but it holds its handle.
    let pool = app.database.pool();
    assert_eq!(service::account_by_handle(pool, &handle("ana")).await.expect("an answer"), None);
    assert!(!service::handle_available(pool, &handle("ana")).await.expect("an answer"));
    assert!(matches!(app.sign_in("ana", PASSWORD).await, Err(Error::EmailNotConfirmed)));
    // And that is told only to whoever knows the password.
    assert!(matches!(app.sign_in("ana", OTHER_PASSWORD).await, Err(Error::WrongCredentials)));

    let signed_in = app.confirm(&token_in(confirm)).await.expect("confirmed");
    assert_eq!(signed_in.account.handle, handle("ana"));
    assert_eq!(app.facts("identity.email_confirmed").await, 1);
    let account = service::account_by_handle(pool, &handle("ana")).await.expect("an answer").expect("an account");
    assert_eq!(account.summary, signed_in.account);
    assert_eq!(account.created_at, app.world.now());
    assert!(!account.is_admin);
    app.sign_in("@ANA", PASSWORD).await.expect("signed in by handle");
    app.sign_in("ana@EXAMPLE.org", PASSWORD).await.expect("signed in by address");
}

#[tokio::test]
async fn a_handle_is_taken_by_whatever_looks_like_it() {
    let app = TestApp::new().await;
    app.sign_up("modern_1", "a@example.org", PASSWORD).await.expect("signed up");
    for taken in ["modern_1", "MODERN_1", "modern1", "modem_1", "modernl", "m0dern_1"] {
        let problem = told(app.sign_up(taken, "b@example.org", PASSWORD).await);
        assert_eq!((problem.kind, problem.status()), (ProblemKind::Conflict, 409), "{taken}");
        assert!(problem.for_field("handle").is_some_and(|told| told.contains("too similar")), "{taken}");
        let available = service::handle_available(app.database.pool(), &handle(taken)).await.expect("an answer");
        assert!(!available, "{taken}");
    }
    assert_eq!(app.count("accounts").await, 1);
    assert_eq!(app.mailbox().await.len(), 1);
}

#[tokio::test]
async fn only_the_reader_of_its_mail_learns_that_an_address_has_an_account() {
    let app = TestApp::new().await;
    app.member("ana").await;
    app.sign_up("ana_two", "ANA@example.org", OTHER_PASSWORD).await.expect("the same answer as ever");
    let letters = app.mailbox().await;
    let told_owner = letter(&letters, "You have an account already");
    assert_eq!(told_owner.to, "ana@example.org");
    assert!(told_owner.text.contains("http://magentic.test/sign-in") && !told_owner.text.contains("token="));
    assert!(told_owner.text.contains("http://magentic.test/forgot-password"));

    // Nothing changed, and the handle is still to be had.
    assert_eq!(app.count("accounts").await, 1);
    app.sign_in("ana", PASSWORD).await.expect("the old password still fits");
    app.sign_up("ana_two", "two@example.org", PASSWORD).await.expect("the handle is free");

    // A taken handle is refused whether or not the address has an account: it tells nothing of the address.
    for address in ["ana@example.org", "new@example.org"] {
        assert!(matches!(app.sign_up("ana", address, PASSWORD).await, Err(Error::HandleTaken)));
    }
}

#[tokio::test]
async fn whoever_signed_up_with_a_strangers_address_does_not_get_the_account() {
    let app = TestApp::new().await;
    app.sign_up("mallory", "ana@example.org", OTHER_PASSWORD).await.expect("signed up");
    app.clock.advance(chrono::TimeDelta::minutes(5));
    app.sign_up("ana", "ana@example.org", PASSWORD).await.expect("the same answer as ever");
    let letters = app.mailbox().await;
    let finish = letter(&letters, "Finish signing up");
    assert!(finish.text.contains("@mallory") && finish.text.contains("/reset-password?token="));

    app.reset(&token_in(finish), PASSWORD).await.expect("a password of her own");
    app.sign_in("mallory", PASSWORD).await.expect("confirmed by the same link");
    assert!(matches!(app.sign_in("mallory", OTHER_PASSWORD).await, Err(Error::WrongCredentials)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_who_want_one_handle_one_gets_it() {
    let app = Arc::new(TestApp::new().await);
    let tries = (0..20)
        .map(|n| {
            let app = Arc::clone(&app);
            async move { app.sign_up("wanted", &format!("p{n}@example.org"), PASSWORD).await }
        })
        .collect();
    let outcomes = race(tries).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(Error::HandleTaken))), "{outcomes:?}");
    assert_eq!((app.count("accounts").await, app.count("logins").await), (1, 1));
    assert_eq!(app.facts("identity.account_created").await, 1);
    assert_eq!(app.mailbox().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_with_one_address_one_gets_an_account_and_nobody_learns_which() {
    let app = Arc::new(TestApp::new().await);
    // Twenty handles of which no two look alike: with both an `i` and an `l` among them, one would be taken.
    let tries = "abcdefghjkmnpqrstuvw"
        .chars()
        .map(|letter| {
            let app = Arc::clone(&app);
            async move { app.sign_up(&format!("wish_{letter}"), "one@example.org", PASSWORD).await }
        })
        .collect();
    let outcomes = race(tries).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!((app.count("accounts").await, app.count("logins").await), (1, 1));
    assert_eq!(app.facts("identity.account_created").await, 1);
    let letters = app.mailbox().await;
    assert_eq!(letters.iter().filter(|letter| letter.subject == "Confirm your e-mail").count(), 1);
    assert_eq!(letters.len(), 20);
}
