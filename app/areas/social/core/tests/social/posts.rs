//! Publishing and reading single posts.

use kernel::Provenance;
use social_core::{Content, Error, NewPost, service};
use testkit::TestApp;
use uuid::Uuid;

use crate::{Social, approved, no_post, saying, status};

#[tokio::test]
async fn a_post_is_read_as_it_was_written() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let post = app.post(&ana, "Hello *world* <script>alert(1)</script>").await;

    let seen = app.seen(post).await.expect("the post");
    assert_eq!(seen.author.handle.as_str(), "ana");
    assert!(seen.body_html.contains("<em>world</em>") && !seen.body_html.contains("<script"), "{}", seen.body_html);
    assert_eq!(seen.created_at, app.world.now());
    assert_eq!((seen.depth, seen.root, seen.parent, seen.edited_at), (0, None, None, None));
    assert!(!seen.mine && !seen.liked);

    let mine = service::post(app.database.pool(), Some(ana.actor), post).await.expect("the post");
    assert!(mine.mine);
    assert_eq!(app.events("social.post_published").await, 1);
    assert!(app.counters_are_true().await);
    assert!(matches!(app.seen(no_post()).await, Err(Error::NoSuchPost)));
}

#[tokio::test]
async fn provenance_comes_from_the_credential_and_stays() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let bot = app.agent("ana_bot", &ana).await;
    let by_human = app.post(&ana, "one").await;
    let by_agent = app.post(&bot, "two").await;
    let by_both = app.post(&approved(&bot, &ana), "three").await;

    let seen = app.seen(by_human).await.expect("the post");
    assert_eq!((seen.provenance, seen.approved_by), (Provenance::Human, None));
    let seen = app.seen(by_agent).await.expect("the post");
    assert_eq!((seen.provenance, seen.approved_by), (Provenance::Agent, None));
    assert_eq!(seen.author.owner_handle.map(String::from).as_deref(), Some("ana"));
    let seen = app.seen(by_both).await.expect("the post");
    assert_eq!(seen.provenance, Provenance::AgentApproved);
    assert_eq!(seen.approved_by.map(String::from).as_deref(), Some("ana"));

    // An edit with another credential of the same account changes the text, not whose work it is.
    app.edit(&approved(&bot, &ana), by_agent, 0, "edited").await.expect("an edit");
    assert_eq!(app.seen(by_agent).await.expect("the post").provenance, Provenance::Agent);

    // Not even the database takes it back.
    for statement in [
        "update posts set provenance = 'human'",
        "update posts set approved_by = null, provenance = 'human' where provenance = 'agent_approved'",
        "update posts set author_id = (select id from accounts where handle = 'ana') where provenance = 'agent'",
        "update posts set created_at = created_at - interval '1 day'",
    ] {
        let error = sqlx::query(statement).execute(app.database.pool()).await.expect_err(statement);
        assert!(error.to_string().contains("provenance of an item cannot be changed"), "{error}");
    }
}

#[tokio::test]
async fn pictures_are_shown_in_order_and_once() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let ben = app.person("ben").await;
    let (one, two) = (app.upload(&ana).await, app.upload(&ana).await);

    let content = Content::parse("", &[(two, "a cat"), (one, "")]).expect("valid");
    let post = app.publish(&ana, NewPost { content, submission: None }).await.expect("a post");
    let seen = app.seen(post).await.expect("the post");
    assert_eq!(seen.pictures.iter().map(|picture| picture.media).collect::<Vec<_>>(), [two, one]);
    let picture = &seen.pictures[0];
    assert_eq!((picture.alt.as_str(), picture.width, picture.height), ("a cat", 1200, 800));
    assert_eq!(picture.src(), format!("/media/{two}/1200.jpg"));
    assert_eq!(picture.srcset(), format!("/media/{two}/320.jpg 320w, /media/{two}/1200.jpg 1200w"));

    // Shown already; somebody else's; not there.
    let others = app.upload(&ben).await;
    for media in [one, others, kernel::MediaId::from_uuid(Uuid::from_u128(5))] {
        let content = Content::parse("x", &[(media, "")]).expect("valid");
        let error = app.publish(&ana, NewPost { content, submission: None }).await.expect_err("refused");
        assert_eq!(status(error), 422);
    }
    assert_eq!(app.count("select count(*) from posts").await, 1);
}

#[tokio::test]
async fn the_same_submission_publishes_once() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let ben = app.person("ben").await;
    let key = Some(Uuid::from_u128(42));
    let first = app.publish(&ana, NewPost { submission: key, ..saying("Hello") }).await.expect("a post");
    let again = app.publish(&ana, NewPost { submission: key, ..saying("Hello") }).await.expect("the same");
    assert_eq!(first, again);
    // Keys are each author's own.
    let other = app.publish(&ben, NewPost { submission: key, ..saying("Hello") }).await.expect("a post");
    assert_ne!(first, other);
    assert_eq!(app.events("social.post_published").await, 2);
    assert!(app.counters_are_true().await);

    // A key is free again after a failure.
    let key = Some(Uuid::from_u128(43));
    let content = Content::parse("x", &[(kernel::MediaId::from_uuid(Uuid::from_u128(5)), "")]).expect("valid");
    app.publish(&ana, NewPost { content, submission: key }).await.expect_err("no such picture");
    app.publish(&ana, NewPost { submission: key, ..saying("without") }).await.expect("a post");
}
