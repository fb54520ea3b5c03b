//! What open pages hear.

use platform::event::{self, Position};
use social_core::{Likes, Notice, NoticeKind, Topic, live};
use testkit::TestApp;

use crate::Social;

#[tokio::test]
async fn whoever_listens_hears_what_happened() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let bot = app.agent("ben_bot", &ben).await;
    let post = app.post(&ana, "one").await;
    let comment = app.answer(&ben, post, "two").await.expect("a comment");
    app.edit(&ben, comment, 0, "three").await.expect("an edit");
    app.like(&bot, post, true).await.expect("liked");
    app.like(&bot, post, false).await.expect("taken back");
    app.delete(&ben, comment).await.expect("deleted");
    app.restore(&ben, comment).await.expect("restored");
    app.follow(&ben, &ana, true).await.expect("follows");

    let pool = app.database.pool();
    while event::sequence(pool).await.expect("numbered") > 0 {}
    let recorded = event::read_after(pool, Position(0), 100).await.expect("the log");
    let notices: Vec<Notice> = recorded.iter().filter_map(live::notice).collect();
    let kinds: Vec<_> = notices.iter().map(|notice| (notice.kind, notice.post, notice.root)).collect();
    assert_eq!(
        kinds,
        [
            (NoticeKind::Post, post, None),
            (NoticeKind::Comment, comment, Some(post)),
            (NoticeKind::Edited, comment, Some(post)),
            (NoticeKind::Likes, post, None),
            (NoticeKind::Likes, post, None),
            (NoticeKind::Deleted, comment, Some(post)),
            (NoticeKind::Restored, comment, Some(post)),
        ]
    );
    assert_eq!(notices[3].likes, Some(Likes { human: 0, agent: 1 }));
    assert_eq!(notices[4].likes, Some(Likes { human: 0, agent: 0 }));
    assert_eq!(notices[0].topics(), [Topic::PublicFeed, Topic::HomeFeed]);
    assert!(notices[1..].iter().all(|notice| notice.topics() == [Topic::Thread(post)]));
}

#[tokio::test]
async fn a_post_reaches_the_home_feeds_of_followers_and_its_author() {
    let app = TestApp::new().await;
    let (ana, ben, eva) = (app.person("ana").await, app.person("ben").await, app.person("eva").await);
    app.follow(&ben, &ana, true).await.expect("follows");
    app.follow(&ana, &eva, true).await.expect("follows");
    let account = |cx: &platform::Cx| cx.actor.account;
    let pool = app.database.pool();
    let everybody = [account(&ana), account(&ben), account(&eva)];
    let mut audience = live::home_audience(pool, account(&ana), &everybody).await.expect("an audience");
    audience.sort_unstable();
    let mut expected = [account(&ana), account(&ben)];
    expected.sort_unstable();
    assert_eq!(audience, expected);
    assert_eq!(live::home_audience(pool, account(&ana), &[account(&eva)]).await.expect("an audience"), []);

    let post = app.post(&ana, "one").await;
    for topic in [Topic::PublicFeed, Topic::Thread(post)] {
        assert!(live::may_listen(None, &topic));
    }
    assert!(!live::may_listen(None, &Topic::HomeFeed));
    assert!(live::may_listen(Some(&ben.actor), &Topic::HomeFeed));
}
