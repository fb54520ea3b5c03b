//! Editing, and the history of a text.

use social_core::{Content, ContentError, Error, NewPost, service};
use testkit::TestApp;

use crate::{Social, status};

#[tokio::test]
async fn every_version_is_kept() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let post = app.post(&ana, "one").await;
    let published = app.world.now();
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let first_edit = app.world.now();
    assert_eq!(app.edit(&ana, post, 0, "two").await.expect("an edit"), 1);
    app.clock.advance(chrono::TimeDelta::minutes(1));
    assert_eq!(app.edit(&ana, post, 1, "three").await.expect("an edit"), 2);

    let history = service::revisions(app.database.pool(), None, post).await.expect("the history");
    let story: Vec<_> =
        history.revisions.iter().map(|version| (version.number, version.body.as_str(), version.since)).collect();
    assert_eq!(story, [(1, "one", published), (2, "two", first_edit), (3, "three", app.world.now())]);
    assert_eq!(history.revisions[0].until, Some(first_edit));
    assert_eq!(history.revisions[2].until, None);
    assert_eq!((history.post.revisions, history.post.edited_at), (2, Some(app.world.now())));
    assert!(history.post.body_html.contains("three"));
    assert_eq!(app.events("social.post_edited").await, 2);
    assert!(app.counters_are_true().await);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_none() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let post = app.post(&ana, "one").await;
    assert_eq!(app.edit(&ana, post, 0, "one  \r\n").await.expect("the same"), 0);
    app.edit(&ana, post, 0, "two").await.expect("an edit");
    // Sent again because the answer was lost.
    assert_eq!(app.edit(&ana, post, 0, "two").await.expect("the same"), 1);
    assert_eq!(app.count("select count(*) from post_revisions").await, 1);
    assert_eq!(app.events("social.post_edited").await, 1);
}

#[tokio::test]
async fn no_edit_overwrites_another_unseen() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let post = app.post(&ana, "one").await;
    let opened = service::raw_for_edit(app.database.pool(), ana.actor, post).await.expect("a draft");
    assert_eq!((opened.body.as_str(), opened.revision), ("one", 0));
    app.edit(&ana, post, opened.revision, "on the phone").await.expect("an edit");

    let error = app.edit(&ana, post, opened.revision, "on the desktop").await.expect_err("a conflict");
    let Error::EditedMeanwhile { current } = &error else { panic!("{error:?}") };
    assert_eq!((current.body.as_str(), current.revision), ("on the phone", 1));
    let again = current.revision;
    assert_eq!(status(error), 409);
    app.edit(&ana, post, again, "both").await.expect("an edit");
}

#[tokio::test]
async fn an_edit_leaves_something_to_see() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let post = app.post(&ana, "one").await;
    assert!(matches!(app.edit(&ana, post, 0, " ").await, Err(Error::Content(ContentError::Empty))));
    let media = app.upload(&ana).await;
    let content = Content::parse("one", &[(media, "a cat")]).expect("valid");
    let post = app.publish(&ana, NewPost { content, submission: None }).await.expect("a post");
    app.edit(&ana, post, 0, "").await.expect("the picture is left");
    assert_eq!(app.seen(post).await.expect("the post").pictures.len(), 1);
}
