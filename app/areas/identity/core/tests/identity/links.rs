//! Links sent by mail: they work once, for a while, for one purpose.

use std::sync::Arc;

use chrono::TimeDelta;
use identity_core::{Error, LinkFault, LinkPurpose};
use platform::secret::Token;

use super::*;

fn fault<T>(result: &Result<T, Error>) -> Option<(LinkPurpose, LinkFault)> {
    match result {
        Err(Error::Link { purpose, fault }) => Some((*purpose, *fault)),
        _ => None,
    }
}

#[tokio::test]
async fn a_confirmation_link_says_why_it_does_not_work() {
    let app = TestApp::new().await;
    app.sign_up("ana", "ana@example.org", PASSWORD).await.expect("signed up");
    let first = token_in(letter(&app.mailbox().await, "Confirm your e-mail"));

    // Unknown: never sent, cut off, made up, huge.
    let never_sent = Token::generate(app.world.randomness.as_ref());
    for unknown in [never_sent.reveal(), &first[..20], "", "' or 1=1 --", &"x".repeat(1_000_000)] {
        let result = app.confirm(unknown).await;
        assert_eq!(fault(&result), Some((LinkPurpose::Confirm, LinkFault::Unknown)));
    }
    // A link for one thing is no link for another.
    assert_eq!(fault(&app.reset(&first, OTHER_PASSWORD).await), Some((LinkPurpose::Reset, LinkFault::Unknown)));

    // Expired, to the second.
    app.clock.advance(TimeDelta::hours(24));
    let problem = told(app.confirm(&first).await);
    assert_eq!(problem.status(), 410);
    assert!(problem.message.contains("expired") && problem.message.contains("new one"), "{problem}");

    // A new one works, once.
    app.resend("ana@example.org").await;
    let letters = app.mailbox().await;
    let second = letters.iter().map(token_in).find(|token| *token != first).expect("a second letter");
    app.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    app.confirm(&second).await.expect("confirmed");
    let problem = told(app.confirm(&second).await);
    assert_eq!(problem.status(), 410);
    assert!(problem.message.contains("been used") && problem.message.contains("Sign in"), "{problem}");
    assert_eq!(app.facts("identity.email_confirmed").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_who_open_one_confirmation_link_one_is_signed_in() {
    let app = Arc::new(TestApp::new().await);
    app.sign_up("ana", "ana@example.org", PASSWORD).await.expect("signed up");
    let token = token_in(letter(&app.mailbox().await, "Confirm your e-mail"));
    let tries = (0..10)
        .map(|_| {
            let (app, token) = (Arc::clone(&app), token.clone());
            async move { app.confirm(&token).await }
        })
        .collect();
    let outcomes = race(tries).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let faults: Vec<_> = outcomes.iter().filter_map(fault).collect();
    assert_eq!(faults, [(LinkPurpose::Confirm, LinkFault::Used); 9]);
    assert_eq!(app.count("sessions").await, 1);
    assert_eq!(app.facts("identity.email_confirmed").await, 1);
}

#[tokio::test]
async fn asking_for_links_tells_nothing_but_to_the_reader_of_the_mail() {
    let app = TestApp::new().await;
    app.member("ana").await;
    app.resend("nobody@example.org").await;
    app.request_reset("nobody@example.org").await;
    assert!(app.mailbox().await.is_empty());
    app.resend("ana@example.org").await;
    assert_eq!(letter(&app.mailbox().await, "Your e-mail is confirmed").to, "ana@example.org");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced() {
    let app = TestApp::new().await;
    let account = app.member("ana").await;
    let before = app.sign_in("ana", PASSWORD).await.expect("signed in");
    app.request_reset("ANA@example.org").await;
    let letters = app.mailbox().await;
    let reset = letter(&letters, "Choose a new password");
    assert!(reset.text.contains("http://magentic.test/reset-password?token="));
    let token = token_in(reset);

    // A weak one is refused, and the link still works. What makes it weak may be whose it is.
    for weak in ["password1234", "ana@example.org", "anaexample"] {
        let problem = told(app.reset(&token, weak).await);
        assert_eq!(problem.status(), 422, "{weak}");
        assert!(problem.for_field("password").is_some_and(|told| told.contains("easy to guess")), "{weak}");
    }
    app.reset(&token, OTHER_PASSWORD).await.expect("replaced");

    assert!(matches!(app.sign_in("ana", PASSWORD).await, Err(Error::WrongCredentials)));
    app.sign_in("ana", OTHER_PASSWORD).await.expect("signed in with the new one");
    let authenticated = service::authenticate(app.database.pool(), &app.world, &before.token).await.expect("an answer");
    assert!(authenticated.is_none(), "every device is signed out");
    assert_eq!(app.facts("identity.password_reset").await, 1);
    assert_eq!(app.facts("identity.session_revoked").await, 1);
    assert_eq!(letter(&app.mailbox().await, "Your password was replaced").to, "ana@example.org");
    assert_eq!(before.account.id, account);

    let problem = told(app.reset(&token, PASSWORD).await);
    assert!(problem.status() == 410 && problem.message.contains("been used"), "{problem}");
}

#[tokio::test]
async fn a_reset_link_expires_and_takes_older_ones_with_it_when_used() {
    let app = TestApp::new().await;
    app.member("ana").await;
    app.request_reset("ana@example.org").await;
    let old = token_in(&app.mailbox().await[0]);
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(fault(&app.reset(&old, OTHER_PASSWORD).await), Some((LinkPurpose::Reset, LinkFault::Expired)));

    app.request_reset("ana@example.org").await;
    app.clock.advance(TimeDelta::seconds(1));
    app.request_reset("ana@example.org").await;
    let letters = app.mailbox().await;
    let fresh: Vec<String> = letters.iter().map(token_in).filter(|token| *token != old).collect();
    assert_eq!(fresh.len(), 2);
    app.reset(&fresh[0], OTHER_PASSWORD).await.expect("replaced");
    assert_eq!(fault(&app.reset(&fresh[1], PASSWORD).await), Some((LinkPurpose::Reset, LinkFault::Used)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_who_use_reset_links_of_one_account_one_chooses_the_password() {
    let app = Arc::new(TestApp::new().await);
    app.member("ana").await;
    app.request_reset("ana@example.org").await;
    app.request_reset("ana@example.org").await;
    let tokens: Vec<String> = app.mailbox().await.iter().map(token_in).collect();
    assert_eq!(tokens.len(), 2);
    // Two links at once, so that they could wait for each other.
    let tries = (0..10)
        .map(|n| {
            let (app, token) = (Arc::clone(&app), tokens[n % 2].clone());
            async move { app.reset(&token, &format!("{OTHER_PASSWORD} {n}")).await }
        })
        .collect();
    let outcomes = race(tries).await;
    let winners: Vec<usize> = (0..10).filter(|n| outcomes[*n].is_ok()).collect();
    let [winner] = winners[..] else { panic!("{outcomes:?}") };
    app.sign_in("ana", &format!("{OTHER_PASSWORD} {winner}")).await.expect("the winner's password");
    let losers = outcomes.iter().filter_map(fault).filter(|it| *it == (LinkPurpose::Reset, LinkFault::Used));
    assert_eq!(losers.count(), 9);
    assert_eq!(app.facts("identity.password_reset").await, 1);
}
