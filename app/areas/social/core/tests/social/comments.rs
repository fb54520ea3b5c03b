//! Comments and threads.

use social_core::{Entry, Error, Thread, post::MAX_DEPTH, service};
use testkit::TestApp;

use crate::{Social, no_post, status};

fn texts(thread: &Thread) -> Vec<String> {
    let text = |entry: &Entry| match entry {
        Entry::Post(post) => post.body_html.replace("<p>", "").replace("</p>", "").trim().to_owned(),
        Entry::Tombstone(_) => "†".to_owned(),
    };
    thread.comments.iter().map(|entry| format!("{}{}", "-".repeat(entry.depth().into()), text(entry))).collect()
}

#[tokio::test]
async fn a_thread_is_read_as_a_tree() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let root = app.post(&ana, "root").await;
    let one = app.answer(&ben, root, "one").await.expect("a comment");
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let two = app.answer(&ana, root, "two").await.expect("a comment");
    let one_a = app.answer(&ana, one, "one a").await.expect("a comment");
    app.answer(&ben, one_a, "one a i").await.expect("a comment");

    let thread = service::thread(app.database.pool(), None, root, None).await.expect("the thread");
    assert_eq!(texts(&thread), ["-one", "--one a", "---one a i", "-two"]);
    assert_eq!(thread.next, None);
    assert_eq!(app.seen(root).await.expect("root").comments, 4);
    assert_eq!(app.seen(one).await.expect("comment").comments, 1);
    assert!(app.counters_are_true().await);

    // Asked for a comment, the same thread, and what it is about.
    let same = service::thread(app.database.pool(), None, two, None).await.expect("the thread");
    assert_eq!((same.root.id(), same.focus, same.comments.len()), (root, two, 4));
    let error = service::thread(app.database.pool(), None, no_post(), None).await.expect_err("nothing");
    assert_eq!(status(error), 404);
}

#[tokio::test]
async fn answers_come_after_what_they_answer_within_one_instant() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    // The clock stands still: only the ids tell the order.
    let mut above = app.post(&ana, "root").await;
    for _ in 0..10 {
        let answer = app.answer(&ana, above, "deeper").await.expect("a comment");
        assert!(answer > above);
        above = answer;
    }
}

#[tokio::test]
async fn below_the_deepest_level_comments_stand_side_by_side() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let root = app.post(&ana, "root").await;
    let mut above = root;
    for _ in 0..MAX_DEPTH {
        above = app.answer(&ana, above, "deeper").await.expect("a comment");
    }
    let deepest = app.seen(above).await.expect("the deepest");
    assert_eq!(deepest.depth, MAX_DEPTH);
    let beside = app.answer(&ana, above, "and on").await.expect("a comment");
    let beside = app.seen(beside).await.expect("beside it");
    assert_eq!((beside.depth, beside.parent), (MAX_DEPTH, deepest.parent));
    assert_eq!(app.seen(root).await.expect("root").comments, u32::from(MAX_DEPTH) + 1);
    assert!(app.counters_are_true().await);
}

#[tokio::test]
async fn what_was_deleted_is_not_answered() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let root = app.post(&ana, "root").await;
    let comment = app.answer(&ana, root, "comment").await.expect("a comment");
    let under = app.answer(&ben, comment, "under it").await.expect("a comment");

    app.delete(&ana, comment).await.expect("deleted");
    assert_eq!(status(app.answer(&ben, comment, "late").await.expect_err("gone")), 410);
    // What stands under a deleted comment goes on.
    app.answer(&ben, under, "still").await.expect("a comment");
    app.delete(&ana, root).await.expect("deleted");
    for target in [root, under] {
        assert!(matches!(app.answer(&ben, target, "late").await, Err(Error::ThreadGone)));
    }
    assert_eq!(status(app.answer(&ben, no_post(), "nowhere").await.expect_err("nothing")), 404);
    assert_eq!(app.count("select count(*) from posts").await, 4);
    assert!(app.counters_are_true().await);
}

#[tokio::test]
async fn long_threads_are_read_in_parts_but_always_with_the_way_to_what_was_asked_for() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let root = app.post(&ana, "root").await;
    let mut tx = app.database.begin().await.expect("a transaction");
    let mut last = root;
    for n in 0..510 {
        app.clock.advance(chrono::TimeDelta::milliseconds(1));
        let new = social_core::NewComment { parent: root, content: crate::text(&n.to_string()), submission: None };
        last = service::publish_comment(&mut tx, &ana, &new).await.expect("a comment");
    }
    tx.commit().await.expect("a commit");
    let late = app.answer(&ana, last, "late").await.expect("a comment");

    let pool = app.database.pool();
    let first = service::thread(pool, None, root, None).await.expect("the thread");
    assert_eq!(first.comments.len(), 500);
    let rest = service::thread(pool, None, root, first.next.as_ref()).await.expect("the rest");
    assert_eq!((rest.root.id(), rest.comments.len(), rest.next.clone()), (root, 11, None));
    assert!(first.comments.iter().all(|entry| !rest.comments.contains(entry)));

    let asked = service::thread(pool, None, late, None).await.expect("the thread");
    assert_eq!(asked.comments.len(), 502);
    assert_eq!(asked.comments.iter().rev().take(2).map(Entry::id).collect::<Vec<_>>(), [late, last]);
    assert_eq!(asked.next, first.next);
}
