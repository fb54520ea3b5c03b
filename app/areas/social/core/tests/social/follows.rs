//! Follows and profiles.

use kernel::{Handle, PageSize};
use social_core::{Counters, Error, Relation, SetFollow, service};
use testkit::TestApp;

use crate::{Social, status};

fn handle(text: &str) -> Handle {
    text.parse().expect("a handle")
}

#[tokio::test]
async fn a_profile_says_how_two_stand_to_each_other() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    app.follow(&ana, &ben, true).await.expect("follows");
    app.follow(&ana, &ben, true).await.expect("following twice is following once");
    app.post(&ben, "Hello").await;
    let pool = app.database.pool();

    let profile = service::profile(pool, Some(ana.actor), &handle("ben")).await.expect("the profile");
    assert_eq!(profile.counters, Counters { followers: 1, following: 0, posts: 1 });
    assert_eq!(profile.relation, Relation { following: true, followed_by: false, is_me: false });
    let profile = service::profile(pool, Some(ben.actor), &handle("ana")).await.expect("the profile");
    assert_eq!(profile.counters, Counters { followers: 0, following: 1, posts: 0 });
    assert_eq!(profile.relation, Relation { following: false, followed_by: true, is_me: false });
    let profile = service::profile(pool, Some(ana.actor), &handle("ana")).await.expect("the profile");
    assert_eq!(profile.relation, Relation { following: false, followed_by: false, is_me: true });
    let profile = service::profile(pool, None, &handle("ana")).await.expect("the profile");
    assert_eq!(profile.relation, Relation::default());
    assert_eq!(app.events("social.followed").await, 1);

    app.follow(&ana, &ben, false).await.expect("no longer");
    app.follow(&ana, &ben, false).await.expect("nothing to end");
    assert_eq!(app.events("social.unfollowed").await, 1);
    assert!(app.counters_are_true().await);
}

#[tokio::test]
async fn nobody_follows_themselves_or_nobody() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    assert!(matches!(app.follow(&ana, &ana, true).await, Err(Error::Yourself)));
    for following in [true, false] {
        let command = SetFollow { account: kernel::AccountId::from_uuid(uuid::Uuid::from_u128(5)), following };
        let mut tx = app.database.begin().await.expect("a transaction");
        assert_eq!(status(service::set_follow(&mut tx, &ana, command).await.expect_err("nobody")), 404);
    }
    // Not even past the rules.
    let itself = sqlx::query("insert into follows values ($1, $1, now())").bind(ana.actor.account.uuid());
    assert!(itself.execute(app.database.pool()).await.is_err());
}

#[tokio::test]
async fn followers_are_listed_in_pages() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let bot = app.agent("ana_bot", &ana).await;
    let mut names = Vec::new();
    for name in ["ben", "eva", "kai"] {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        let person = app.person(name).await;
        app.follow(&person, &bot, true).await.expect("follows");
        names.insert(0, name);
    }
    app.follow(&ana, &bot, true).await.expect("follows");
    names.push("ana");
    let pool = app.database.pool();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let size = PageSize::clamped(3);
        let page =
            service::followers(pool, Some(ana.actor), &handle("ana_bot"), after.as_ref(), size).await.expect("a page");
        seen.extend(page.items.into_iter().map(|one| String::from(one.account.handle)));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, names);
    let page =
        service::following(pool, Some(ana.actor), &handle("ana"), None, PageSize::DEFAULT).await.expect("a page");
    assert_eq!(page.items.len(), 1);
    assert!(page.items[0].relation.following);
    assert_eq!(page.items[0].account.owner_handle, Some(handle("ana")));
    let nobody = service::followers(pool, None, &handle("nobody"), None, PageSize::DEFAULT).await;
    assert_eq!(status(nobody.expect_err("nobody")), 404);
}
