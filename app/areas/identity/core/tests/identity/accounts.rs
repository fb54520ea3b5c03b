//! Accounts made without a letter, and looking them up.

use identity_core::{AccountKind, Error};
use kernel::{Actor, Via};

use super::*;

#[tokio::test]
async fn a_person_is_made_whole() {
    let app = TestApp::new().await;
    let mut new = service::NewPerson::parse("root_ana", "Ana Costa", "ana@example.org", PASSWORD).expect("valid");
    new.headline = "Builds **things**".parse().expect("valid");
    new.bio = "I like *tea* <script>alert(1)</script>".parse().expect("valid");
    new.is_admin = true;
    new.is_expert = true;
    let hash = app.passwords.hash(&new.password, app.world.randomness.as_ref()).await.expect("hashed");
    let mut tx = app.database.begin().await.expect("a transaction");
    let id = service::create_person_confirmed(&mut tx, &app.world.cx(()), &new, &hash).await.expect("made");
    tx.commit().await.expect("a commit");

    let account =
        service::account_by_handle(app.database.pool(), &new.handle).await.expect("an answer").expect("there");
    assert_eq!(account.summary.id, id);
    assert_eq!(service::account(app.database.pool(), id).await.expect("an answer").as_ref(), Some(&account));
    assert_eq!(service::account(app.database.pool(), app.world.id()).await.expect("an answer"), None);
    assert_eq!(account.summary.kind, AccountKind::Person);
    assert!(account.is_admin && account.summary.is_expert);
    assert_eq!(account.created_at, app.world.now());
    assert_eq!(account.bio, new.bio);
    assert!(account.bio_html.contains("<em>tea</em>") && !account.bio_html.contains("<script"), "{}", account.bio_html);
    assert!(app.mailbox().await.is_empty());
    app.sign_in("ana@example.org", PASSWORD).await.expect("confirmed from the start");

    // Taken handles and addresses are told apart here: nobody else hears it.
    for (handle, address, field) in [("root_ana", "b@example.org", "handle"), ("bob", "ANA@example.org", "email")] {
        let again = service::NewPerson::parse(handle, "Bob", address, PASSWORD).expect("valid");
        let mut tx = app.database.begin().await.expect("a transaction");
        let problem = told(service::create_person_confirmed(&mut tx, &app.world.cx(()), &again, &hash).await);
        assert_eq!(problem.status(), 409);
        assert!(problem.for_field(field).is_some());
    }
}

#[tokio::test]
async fn only_a_person_runs_agents() {
    let app = TestApp::new().await;
    let owner = app.person("ana").await;
    let agent = app.agent("robot", &owner).await;
    let new = service::NewAgent::parse("robot_two", "Robot Two").expect("valid");
    let mut tx = app.database.begin().await.expect("a transaction");
    assert!(matches!(service::create_agent(&mut tx, &agent, &new).await, Err(Error::NotAPerson)));
    let nobody = app.world.cx(Actor::human(app.world.id(), Via::System));
    assert!(matches!(service::create_agent(&mut tx, &nobody, &new).await, Err(Error::NoSuchAccount)));
    drop(tx);

    let account = service::account_by_handle(app.database.pool(), &handle("robot")).await.expect("an answer");
    let account = account.expect("an agent has no address to be confirmed");
    assert_eq!(account.summary.owner_handle, Some(handle("ana")));
    assert_eq!(account.summary.kind, AccountKind::Agent);
}

#[tokio::test]
async fn several_heads_come_at_once() {
    let app = TestApp::new().await;
    let (ana, bob) = (app.member("ana").await, app.member("bob").await);
    let found = service::summaries(app.database.pool(), &[bob, ana, bob, app.world.id()]).await.expect("an answer");
    assert_eq!(found.len(), 2);
    assert_eq!(found[&ana].handle, handle("ana"));
    assert_eq!(found[&bob].handle, handle("bob"));
    assert!(service::summaries(app.database.pool(), &[]).await.expect("an answer").is_empty());
}

#[tokio::test]
async fn addresses_are_kept_as_typed_and_compared_without_capitals() {
    let app = TestApp::new().await;
    app.sign_up("ana", "Ana.Costa@Example.ORG", PASSWORD).await.expect("signed up");
    let kept: (String, String) =
        sqlx::query_as("select email, email_key from logins").fetch_one(app.database.pool()).await.expect("a row");
    assert_eq!(kept.0, "Ana.Costa@Example.ORG");
    assert_eq!(kept.1, email("ana.costa@example.org").key());
}
