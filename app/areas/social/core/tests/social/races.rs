//! Many at once. Whatever the order turns out to be, what must hold holds afterwards.

use std::sync::Arc;

use kernel::Actor;
use platform::Cx;
use social_core::{Error, NewPost, service};
use testkit::TestApp;
use testkit::at_once;
use uuid::Uuid;

use crate::{Social, saying, status};

async fn crowd(app: &TestApp, size: usize) -> Vec<Cx<Actor>> {
    let mut crowd = Vec::new();
    for n in 0..size {
        crowd.push(app.person(&format!("person_{}", char::from(b'a' + u8::try_from(n).expect("few")))).await);
    }
    crowd
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn likes_of_many_are_all_counted() {
    let app = Arc::new(TestApp::new().await);
    let people = crowd(&app, 10).await;
    let post = app.post(&people[0], "Hello").await;
    let clicks = (0..50).map(|n| {
        let (app, who) = (app.clone(), people[n % 10].clone());
        // The last click of each is a like.
        async move { app.like(&who, post, n >= 40 || n % 3 != 0).await }
    });
    for result in at_once(clicks).await {
        result.expect("no click fails");
    }
    assert!(app.counters_are_true().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_account_clicking_wildly_likes_once_or_not() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let post = app.post(&ana, "Hello").await;
    let clicks = (0..50).map(|n| {
        let (app, who) = (app.clone(), ana.clone());
        async move { app.like(&who, post, n % 2 == 0).await }
    });
    for result in at_once(clicks).await {
        result.expect("no click fails");
    }
    assert!(app.seen(post).await.expect("the post").human_likes <= 1);
    assert!(app.counters_are_true().await);
    // One event for each change, and they alternate.
    let (liked, unliked) = (app.events("social.post_liked").await, app.events("social.post_unliked").await);
    assert_eq!(liked - unliked, i64::from(app.seen(post).await.expect("the post").human_likes));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn following_crosswise_never_locks_up() {
    let app = Arc::new(TestApp::new().await);
    let people = crowd(&app, 5).await;
    let clicks = (0..50).map(|n| {
        let (app, who, whom) = (app.clone(), people[n % 5].clone(), people[(n / 5 + n + 1) % 5].clone());
        async move {
            if who.actor.account == whom.actor.account {
                return Ok(());
            }
            app.follow(&who, &whom, n % 4 != 3).await
        }
    });
    for result in at_once(clicks).await {
        result.expect("no click fails");
    }
    assert!(app.counters_are_true().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_submission_twenty_times_at_once_is_one_post() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let presses = (0..20).map(|_| {
        let (app, who) = (app.clone(), ana.clone());
        let new = NewPost { submission: Some(Uuid::from_u128(9)), ..saying("Hello") };
        async move { app.publish(&who, new).await.expect("published") }
    });
    let mut posts = at_once(presses).await;
    posts.dedup();
    assert_eq!(posts.len(), 1);
    assert_eq!(app.count("select count(*) from posts").await, 1);
    assert_eq!(app.events("social.post_published").await, 1);
    assert!(app.counters_are_true().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_comment_and_the_deletion_of_what_it_answers_are_one_after_the_other() {
    let app = Arc::new(TestApp::new().await);
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    for _ in 0..10 {
        let root = app.post(&ana, "root").await;
        let comment = app.answer(&ana, root, "comment").await.expect("a comment");
        let deletion = {
            let (app, ana) = (app.clone(), ana.clone());
            tokio::spawn(async move { app.delete(&ana, comment).await })
        };
        let answers = (0..4).map(|_| {
            let (app, ben) = (app.clone(), ben.clone());
            async move { app.answer(&ben, comment, "answer").await }
        });
        let answers = at_once(answers).await;
        deletion.await.expect("no panic").expect("deleted");
        let published = answers.iter().filter(|answer| answer.is_ok()).count();
        for refused in answers.into_iter().filter_map(Result::err) {
            assert!(matches!(refused, Error::ThreadGone), "{refused:?}");
        }
        assert_eq!(app.seen(root).await.expect("root").comments, u32::try_from(published).expect("few"));
        assert!(app.counters_are_true().await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deleting_and_restoring_all_over_a_thread_never_locks_up() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let mut line = vec![app.post(&ana, "root").await];
    for _ in 0..5 {
        line.push(app.answer(&ana, line[line.len() - 1], "deeper").await.expect("a comment"));
    }
    let acts = (0..60).map(|n| {
        let (app, ana, post) = (app.clone(), ana.clone(), line[n % line.len()]);
        async move {
            match n % 4 {
                0 | 1 => app.delete(&ana, post).await,
                2 => app.restore(&ana, post).await,
                _ => app.answer(&ana, post, "more").await.map(|_| ()),
            }
        }
    });
    for result in at_once(acts).await {
        assert!(matches!(result, Ok(()) | Err(Error::ThreadGone)), "{result:?}");
    }
    assert!(app.counters_are_true().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_edits_at_once_one_wins_and_the_other_is_told() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let post = app.post(&ana, "one").await;
    let edits = (0..8).map(|n| {
        let (app, ana) = (app.clone(), ana.clone());
        async move { app.edit(&ana, post, 0, &format!("edit {n}")).await }
    });
    let results = at_once(edits).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        assert_eq!(status(error), 409);
    }
    let history = service::revisions(app.database.pool(), None, post).await.expect("the history");
    assert_eq!(history.revisions.len(), 2);
    assert!(app.counters_are_true().await);
}
