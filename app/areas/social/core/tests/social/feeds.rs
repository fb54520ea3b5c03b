//! Feeds: what is in them, in which order, in which parts.

use kernel::{Cursor, Handle, PageSize, PostId};
use social_core::{PostView, service, service::Feed};
use testkit::TestApp;
use uuid::Uuid;

use crate::{Social, no_post, status};

fn ids(posts: &[PostView]) -> Vec<PostId> {
    posts.iter().map(|post| post.id).collect()
}

#[tokio::test]
async fn the_public_feed_is_paged_by_cursor_without_gaps() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let mut posts = Vec::new();
    for n in 0..7 {
        posts.push(app.post(if n % 2 == 0 { &ana } else { &ben }, &n.to_string()).await);
    }
    app.answer(&ana, posts[3], "not in feeds").await.expect("a comment");
    app.delete(&ben, posts[5]).await.expect("deleted");
    let mut expected = posts.clone();
    expected.remove(5);
    expected.reverse();

    let size = PageSize::clamped(2);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = service::public_feed(app.database.pool(), None, after.as_ref(), size).await.expect("a page");
        seen.extend(ids(&page.items));
        // What is published meanwhile doesn't shift the pages.
        app.post(&ana, "meanwhile").await;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_home_feed_is_of_the_followed_and_ones_own() {
    let app = TestApp::new().await;
    let (ana, ben, eva) = (app.person("ana").await, app.person("ben").await, app.person("eva").await);
    let bot = app.agent("ben_bot", &ben).await;
    app.follow(&ana, &ben, true).await.expect("follows");
    app.follow(&ana, &bot, true).await.expect("follows");
    let mut expected = Vec::new();
    for n in 0..6 {
        let n = n.to_string();
        expected.extend([app.post(&ben, &n).await, app.post(&ana, &n).await]);
        app.post(&eva, &n).await;
    }
    expected.push(app.post(&bot, "beep").await);
    expected.reverse();

    let pool = app.database.pool();
    for size in [1, 3, 100].map(PageSize::clamped) {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = service::home_feed(pool, ana.actor, after.as_ref(), size).await.expect("a page");
            seen.extend(ids(&page.items));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{size:?}");
    }

    app.follow(&ana, &ben, false).await.expect("no longer follows");
    let page = service::home_feed(pool, ana.actor, None, PageSize::clamped(100)).await.expect("a page");
    assert_eq!(page.items.len(), 7);
    let nothing = service::home_feed(pool, bot.actor, None, PageSize::DEFAULT).await.expect("a page");
    assert_eq!(nothing.items.len(), 1);
}

#[tokio::test]
async fn the_home_feed_is_the_same_whichever_way_it_is_found() {
    let app = TestApp::new().await;
    let (ana, ben, eva) = (app.person("ana").await, app.person("ben").await, app.person("eva").await);
    app.follow(&ana, &ben, true).await.expect("follows");
    app.follow(&ana, &eva, true).await.expect("follows");
    let mut expected = Vec::new();
    for n in 0..5 {
        expected.push(app.post(&ben, &n.to_string()).await);
    }
    // More of somebody else's than are looked at, younger than those, and some of a followed account among them.
    let written: Vec<Uuid> = sqlx::query_scalar(
        "with written as (
             insert into posts (id, author_id, depth, body, body_html, provenance, created_at)
             select ('e0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
                 case when n % 100 = 0 then $1 else $2 end, 0, 'x', 'x', 'human', now()
             from generate_series(1, 700) n
             returning id, author_id
         )
         select id from written where author_id = $1 order by id",
    )
    .bind(eva.actor.account.uuid())
    .bind(app.person("iva").await.actor.account.uuid())
    .fetch_all(app.database.pool())
    .await
    .expect("inserted");
    assert_eq!(written.len(), 7);
    expected.extend(written.into_iter().map(PostId::from_uuid));
    expected.reverse();

    // At first few are followed, then many.
    for silent in [0, 40] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "with silent as (
                 insert into accounts (id, kind, handle, handle_skeleton, name, created_at)
                 select ('d0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'person', 'silent_' || n, 'silent_' || n,
                     'Silent', now()
                 from generate_series(1, {silent}) n
                 returning id
             )
             insert into follows select '{}', id, now() from silent",
            ana.actor.account.uuid()
        )))
        .execute(app.database.pool())
        .await
        .expect("inserted");
        for size in [1, 2, 4, 100].map(PageSize::clamped) {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page =
                    service::home_feed(app.database.pool(), ana.actor, after.as_ref(), size).await.expect("a page");
                seen.extend(ids(&page.items));
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen, expected, "{silent} silent, {size:?}");
        }
    }
}

#[tokio::test]
async fn a_feed_says_what_the_viewer_likes_and_owns() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let (one, two) = (app.post(&ana, "one").await, app.post(&ben, "two").await);
    app.like(&ana, two, true).await.expect("liked");
    let pool = app.database.pool();
    let flags = |posts: Vec<PostView>| posts.iter().map(|post| (post.id, post.liked, post.mine)).collect::<Vec<_>>();
    let seen = service::public_feed(pool, Some(ana.actor), None, PageSize::DEFAULT).await.expect("a page");
    assert_eq!(flags(seen.items), [(two, true, false), (one, false, true)]);
    let seen = service::public_feed(pool, Some(ben.actor), None, PageSize::DEFAULT).await.expect("a page");
    assert_eq!(flags(seen.items), [(two, false, true), (one, false, false)]);
    let seen = service::public_feed(pool, None, None, PageSize::DEFAULT).await.expect("a page");
    assert_eq!(flags(seen.items), [(two, false, false), (one, false, false)]);
}

#[tokio::test]
async fn profiles_list_what_their_account_posted() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let (one, _) = (app.post(&ana, "one").await, app.post(&ben, "two").await);
    let three = app.post(&ana, "three").await;
    let pool = app.database.pool();
    let handle = |text: &str| text.parse::<Handle>().expect("a handle");
    let page = service::profile_feed(pool, None, &handle("ana"), None, PageSize::DEFAULT).await.expect("a page");
    assert_eq!(ids(&page.items), [three, one]);
    app.person("eva").await;
    let page = service::profile_feed(pool, None, &handle("eva"), None, PageSize::DEFAULT).await.expect("a page");
    assert!(page.items.is_empty());
    let error = service::profile_feed(pool, None, &handle("nobody"), None, PageSize::DEFAULT).await;
    assert_eq!(status(error.expect_err("nobody")), 404);
    assert_eq!(status(service::profile(pool, None, &handle("nobody")).await.expect_err("nobody")), 404);
}

#[tokio::test]
async fn what_is_new_is_counted_up_to_a_hundred() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let top = app.post(&ana, "top").await;
    let pool = app.database.pool();
    let home = Feed::Home(ana.actor.account);
    assert_eq!(service::newer_than(pool, Feed::Public(None), top).await.expect("a count"), 0);
    for n in 0..3 {
        app.post(&ben, &n.to_string()).await;
    }
    assert_eq!(service::newer_than(pool, Feed::Public(None), top).await.expect("a count"), 3);
    assert_eq!(service::newer_than(pool, home, top).await.expect("a count"), 0);
    app.follow(&ana, &ben, true).await.expect("follows");
    assert_eq!(service::newer_than(pool, home, top).await.expect("a count"), 3);
    for n in 0..120 {
        app.post(&ben, &n.to_string()).await;
    }
    assert_eq!(service::newer_than(pool, Feed::Public(None), top).await.expect("a count"), 100);
    assert_eq!(service::newer_than(pool, home, top).await.expect("a count"), 100);
}

#[tokio::test]
async fn made_up_cursors_do_no_harm() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    app.post(&ana, "one").await;
    for text in ["", "x", "00", "' or 1=1 --", "post_00000000000000000000000000000007"] {
        let error = text.parse::<Cursor>().expect_err(text);
        assert_eq!(status(error.into()), 400);
    }
    // Well-formed, but of nothing: a place like any other.
    let cursor = Cursor::after(no_post());
    let page = service::public_feed(app.database.pool(), None, Some(&cursor), PageSize::DEFAULT).await.expect("a page");
    assert!(page.items.is_empty());
}

#[tokio::test]
async fn the_benchmark_gets_the_very_statement() {
    let sql = service::public_feed_sql();
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    app.post(&ana, "one").await;
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(None::<uuid::Uuid>)
        .bind(uuid::Uuid::max())
        .bind(51_i64)
        .fetch_all(app.database.pool())
        .await
        .expect("it runs");
    assert_eq!(rows.len(), 1);
}
