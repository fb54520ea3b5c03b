//! Deleting, undoing, and erasing for good.

use chrono::TimeDelta;
use social_core::{Content, Entry, Error, NewPost, job, post::UNDO_WINDOW, service};
use testkit::TestApp;

use crate::{Social, no_post, status};

#[tokio::test]
async fn a_deleted_post_is_gone_and_can_come_back() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let post = app.post(&ana, "Hello").await;
    let comment = app.answer(&ben, post, "Hi").await.expect("a comment");

    app.delete(&ana, post).await.expect("deleted");
    app.delete(&ana, post).await.expect("deleted twice is deleted once");
    assert_eq!(app.events("social.post_deleted").await, 1);
    assert!(app.counters_are_true().await);
    assert_eq!(status(app.seen(post).await.expect_err("gone")), 410);
    let pool = app.database.pool();
    for viewer in [None, Some(ben.actor)] {
        for asked in [post, comment] {
            assert_eq!(status(service::thread(pool, viewer, asked, None).await.expect_err("gone")), 410);
        }
    }
    assert_eq!(status(service::revisions(pool, Some(ana.actor), post).await.expect_err("gone")), 410);
    assert_eq!(status(app.edit(&ana, post, 0, "new").await.expect_err("gone")), 410);
    assert_eq!(status(app.like(&ben, post, true).await.expect_err("gone")), 410);

    // Its author sees where it stood, with a way back, and nothing of the text leaves the database.
    let thread = service::thread(pool, Some(ana.actor), post, None).await.expect("the trace");
    let Entry::Tombstone(tombstone) = thread.root else { panic!("a tombstone") };
    assert_eq!(tombstone.undo_until, Some(app.world.now() + UNDO_WINDOW));
    assert_eq!(thread.comments.len(), 1);

    app.restore(&ana, post).await.expect("restored");
    app.restore(&ana, post).await.expect("restored twice is restored once");
    assert_eq!(app.events("social.post_restored").await, 1);
    assert!(app.seen(post).await.expect("back").body_html.contains("Hello"));
    assert!(app.counters_are_true().await);
}

#[tokio::test]
async fn a_deleted_comment_leaves_a_tombstone_only_where_it_was_answered() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let root = app.post(&ana, "root").await;
    let answered = app.answer(&ben, root, "answered").await.expect("a comment");
    app.answer(&ana, answered, "an answer").await.expect("a comment");
    let alone = app.answer(&ben, root, "alone").await.expect("a comment");
    app.delete(&ben, answered).await.expect("deleted");
    app.delete(&ben, alone).await.expect("deleted");

    let pool = app.database.pool();
    let thread = service::thread(pool, None, root, None).await.expect("the thread");
    let tombstones: Vec<_> = thread.comments.iter().filter(|entry| entry.post().is_none()).map(Entry::id).collect();
    assert_eq!((tombstones, thread.comments.len()), (vec![answered], 2));
    let Entry::Tombstone(tombstone) = &thread.comments[0] else { panic!("a tombstone") };
    assert_eq!(tombstone.undo_until, None);
    assert_eq!(app.seen(root).await.expect("root").comments, 1);
    assert!(app.counters_are_true().await);

    // Asked for by its author, the one that nothing answers is shown too.
    let thread = service::thread(pool, Some(ben.actor), alone, None).await.expect("the thread");
    assert_eq!(thread.comments.len(), 3);
    assert_eq!(status(service::thread(pool, Some(ana.actor), alone, None).await.expect_err("gone")), 410);
}

#[tokio::test]
async fn nobody_touches_what_is_somebody_elses() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let bot = app.agent("ana_bot", &ana).await;
    let post = app.post(&ana, "mine").await;
    for other in [&ben, &bot, &crate::approved(&bot, &ana)] {
        assert_eq!(status(app.edit(other, post, 0, "theirs").await.expect_err("refused")), 403);
        assert_eq!(status(app.delete(other, post).await.expect_err("refused")), 403);
        let raw = service::raw_for_edit(app.database.pool(), other.actor, post).await;
        assert_eq!(status(raw.expect_err("refused")), 403);
    }
    app.delete(&ana, post).await.expect("deleted");
    assert_eq!(status(app.delete(&ben, post).await.expect_err("refused")), 403);
    assert_eq!(status(app.restore(&ben, post).await.expect_err("refused")), 410);
    assert_eq!(status(app.delete(&ana, no_post()).await.expect_err("nothing")), 404);
    assert_eq!(status(app.restore(&ana, no_post()).await.expect_err("nothing")), 404);
    assert_eq!(status(app.edit(&ana, no_post(), 0, "x").await.expect_err("nothing")), 404);
}

#[tokio::test]
async fn after_thirty_days_nothing_is_left_of_it() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let media = app.upload(&ana).await;
    let content = Content::parse("secret", &[(media, "secret too")]).expect("valid");
    let key = Some(uuid::Uuid::from_u128(1));
    let post = app.publish(&ana, NewPost { content, submission: key }).await.expect("a post");
    app.edit(&ana, post, 0, "secret, edited").await.expect("an edit");
    let comment = app.answer(&ben, post, "Hi").await.expect("a comment");
    let kept = app.post(&ana, "kept").await;
    app.delete(&ana, post).await.expect("deleted");
    app.delete(&ana, kept).await.expect("deleted");

    app.clock.advance(UNDO_WINDOW - TimeDelta::seconds(1));
    assert_eq!(job::sweep(&app.database, app.world.now()).await.expect("swept"), 0);
    app.restore(&ana, kept).await.expect("just in time");
    app.clock.advance(TimeDelta::seconds(1));
    assert!(matches!(app.restore(&ana, post).await, Err(Error::TooLateToRestore)));
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(job::sweep(&app.database, app.world.now()).await.expect("swept"), 1);
    assert_eq!(job::sweep(&app.database, app.world.now()).await.expect("swept"), 0);

    assert_eq!(
        app.count("select count(*) from posts where body like '%secret%' or body_html like '%secret%'").await,
        0
    );
    assert_eq!(app.count("select count(*) from post_revisions").await, 0);
    assert_eq!(app.count("select count(*) from post_media").await, 0);
    assert_eq!(app.count("select count(*) from media where attached").await, 0);
    assert_eq!(app.count("select count(*) from post_submissions").await, 0);
    assert_eq!(status(app.restore(&ana, post).await.expect_err("too late")), 410);
    assert!(app.seen(kept).await.is_ok());
    assert!(app.seen(comment).await.is_ok());
}
