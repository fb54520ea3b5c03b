//! Likes.

use testkit::TestApp;

use crate::{Social, approved, no_post, status};

#[tokio::test]
async fn likes_of_humans_and_agents_are_counted_apart() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let (bot, helper) = (app.agent("ana_bot", &ana).await, app.agent("helper", &ana).await);
    let post = app.post(&ana, "Hello").await;
    for who in [&ana, &ben, &bot, &approved(&helper, &ana)] {
        app.like(who, post, true).await.expect("liked");
        app.like(who, post, true).await.expect("liked twice is liked once");
    }
    let seen = app.seen(post).await.expect("the post");
    assert_eq!((seen.human_likes, seen.agent_likes), (2, 2));
    assert_eq!(app.events("social.post_liked").await, 4);

    // Taken back with another credential, it still comes off where it was counted.
    app.like(&helper, post, false).await.expect("taken back");
    app.like(&ben, post, false).await.expect("taken back");
    app.like(&ben, post, false).await.expect("nothing to take back");
    let seen = app.seen(post).await.expect("the post");
    assert_eq!((seen.human_likes, seen.agent_likes), (1, 1));
    assert_eq!(app.events("social.post_unliked").await, 2);
    assert!(app.counters_are_true().await);
    assert_eq!(status(app.like(&ben, no_post(), true).await.expect_err("nothing")), 404);
}
