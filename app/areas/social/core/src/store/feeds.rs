//! Lists of posts. The cost of each page depends on the page, not on how much was ever written.
//!
//! Each has a constant limit of the most there can be inside the limit that is asked for. Postgres plans a statement once for
//! all arguments, and takes an unknown limit for a tenth of the table: with a million posts it then hashed the whole
//! table (276 ms for a page instead of 0.4).

use kernel::{AccountId, Handle, PageSize, PostId};
use sqlx::{PgExecutor, PgPool, Postgres, query::Map};
use uuid::Uuid;

use super::row::{PostRow, select_posts};

macro_rules! public_feed_query {
    ($viewer:expr, $before:expr, $limit:expr) => {
        select_posts!(
            "select id from (
                 select id from posts where root_id is null and deleted_at is null and id < $2 order by id desc limit 101
             ) most limit $3",
            $viewer,
            $before,
            $limit
        )
    };
}

// The most rows of a page of each kind stand in the statements below.
const _: () = assert!(crate::post::THREAD_PAGE < 501);

/// Everybody's posts.
pub(crate) async fn public(
    pool: &PgPool,
    viewer: Option<AccountId>,
    before: PostId,
    size: PageSize,
) -> Result<Vec<PostRow>, sqlx::Error> {
    public_feed_query!(viewer.map(AccountId::uuid), before.uuid(), size.overfull()).fetch_all(pool).await
}

/// The text of the statement behind the public feed.
pub(crate) fn public_sql() -> String {
    fn text<F>(query: Map<'_, Postgres, F, sqlx::postgres::PgArguments>) -> String
    where
        F: Send,
    {
        use sqlx::Execute;
        query.sql().as_str().to_owned()
    }
    text(public_feed_query!(None::<Uuid>, Uuid::max(), 0_i64))
}

/// The posts of those whom `viewer` follows, and their own.
///
/// The authors of a page of n posts are among the n authors whose latest post is the youngest, so one look into the index
/// per followed account finds those, and only of them is more read. Measured with a million posts: 1 to 3 ms with 500
/// followed accounts, however long they have been silent; reading the public feed and skipping the others' posts took
/// 0.4 ms when they are busy, but 55 ms and more, without any bound, when they are not.
pub(crate) async fn home(
    pool: &PgPool,
    viewer: AccountId,
    before: PostId,
    size: PageSize,
) -> Result<Vec<PostRow>, sqlx::Error> {
    select_posts!(
        "with authors as (
             select followee_id as id from follows where follower_id = $1
             union all
             select $1
         ),
         latest as materialized (
             select author_id from (
                 select authors.id as author_id
                 from authors cross join lateral (
                     select id from posts
                     where author_id = authors.id and root_id is null and deleted_at is null and id < $2
                     order by id desc limit 1
                 ) post
                 order by post.id desc limit 101
             ) most limit $3
         )
         select id from (
             select post.id
             from latest cross join lateral (
                 select id from (
                     select id from posts
                     where author_id = latest.author_id and root_id is null and deleted_at is null and id < $2
                     order by id desc limit 101
                 ) most limit $3
             ) post
             order by post.id desc limit 101
         ) most limit $3",
        Some(viewer.uuid()),
        before.uuid(),
        size.overfull()
    )
    .fetch_all(pool)
    .await
}

/// What one account posted.
pub(crate) async fn profile(
    pool: &PgPool,
    viewer: Option<AccountId>,
    handle: &Handle,
    before: PostId,
    size: PageSize,
) -> Result<Vec<PostRow>, sqlx::Error> {
    select_posts!(
        "select id from (
             select id from posts
             where author_id = (select id from accounts where handle = $4)
                 and root_id is null and deleted_at is null and id < $2
             order by id desc limit 101
         ) most limit $3",
        viewer.map(AccountId::uuid),
        before.uuid(),
        size.overfull(),
        handle.as_str()
    )
    .fetch_all(pool)
    .await
}

/// One post or comment.
pub(crate) async fn one(
    executor: impl PgExecutor<'_>,
    viewer: Option<AccountId>,
    post: PostId,
) -> Result<Option<PostRow>, sqlx::Error> {
    select_posts!("select $2::uuid as id", viewer.map(AccountId::uuid), post.uuid()).fetch_optional(executor).await
}

/// The thread a post belongs to: what stands at the top, the way from there down to the post, and up to `limit`
/// comments after `after`, oldest first.
pub(crate) async fn thread(
    pool: &PgPool,
    viewer: Option<AccountId>,
    post: PostId,
    after: PostId,
    limit: i64,
) -> Result<Vec<PostRow>, sqlx::Error> {
    select_posts!(
        "with recursive line as (
             select id, parent_id from posts where id = $2
             union all
             select above.id, above.parent_id from posts above join line on above.id = line.parent_id
         ),
         comments as (
             select id from (
                 select id from posts
                 where root_id = (select coalesce(root_id, id) from posts where id = $2) and id > $3
                 order by id limit 501
             ) most limit $4
         )
         select id from line union select id from comments",
        viewer.map(AccountId::uuid),
        post.uuid(),
        after.uuid(),
        limit
    )
    .fetch_all(pool)
    .await
}

/// How many posts of the public feed are younger than `than`; no more than `most` are counted.
pub(crate) async fn newer_public(pool: &PgPool, than: PostId, most: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               select from posts where root_id is null and deleted_at is null and id > $1 order by id limit $2
           ) newer"#,
        than.uuid(),
        most
    )
    .fetch_one(pool)
    .await
}

/// How many posts of the home feed are younger than `than`; no more than `most` are counted.
pub(crate) async fn newer_home(pool: &PgPool, viewer: AccountId, than: PostId, most: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"with authors as (
               select followee_id as id from follows where follower_id = $1
               union all
               select $1
           )
           select count(*) as "count!" from (
               select from authors cross join lateral (
                   select from posts
                   where author_id = authors.id and root_id is null and deleted_at is null and id > $2
                   limit $3
               ) post
               limit $3
           ) newer"#,
        viewer.uuid(),
        than.uuid(),
        most
    )
    .fetch_one(pool)
    .await
}
