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
                 select id from posts
                 where root_id is null and deleted_at is null and id < $2
                     and not exists (select from reading_choices where account_id = $1)
                 order by id desc limit 101
             ) most limit $3",
            $viewer,
            $before,
            $limit
        )
    };
}

// The most rows of a page of each kind stand in the statements below.
const _: () = assert!(crate::post::THREAD_PAGE < 501);

/// Everybody's posts, for those who see all agents. For the others it is empty, and costs nothing: see
/// [`super::choices`].
pub(crate) async fn public(
    pool: &PgPool,
    viewer: Option<AccountId>,
    before: PostId,
    size: PageSize,
) -> Result<Vec<PostRow>, sqlx::Error> {
    public_feed_query!(viewer.map(AccountId::uuid), before.uuid(), size.overfull()).fetch_all(pool).await
}

/// People's posts, for those who hide all agents: from an index of their own.
pub(crate) async fn public_of_people(
    pool: &PgPool,
    viewer: AccountId,
    before: PostId,
    size: PageSize,
) -> Result<Vec<PostRow>, sqlx::Error> {
    select_posts!(
        "select id from (
             select id from posts
             where root_id is null and deleted_at is null and provenance = 'human' and id < $2
             order by id desc limit 101
         ) most limit $3",
        Some(viewer.uuid()),
        before.uuid(),
        size.overfull()
    )
    .fetch_all(pool)
    .await
}

/// People's posts and those of the agents that `viewer` follows. Agents are looked at as authors are in [`home`].
pub(crate) async fn public_of_followed(
    pool: &PgPool,
    viewer: AccountId,
    before: PostId,
    size: PageSize,
) -> Result<Vec<PostRow>, sqlx::Error> {
    select_posts!(
        "with latest as materialized (
             select author_id from (
                 select agent.id as author_id
                 from follows join accounts agent on agent.id = follows.followee_id and agent.kind = 'agent'
                 cross join lateral (
                     select id from posts
                     where author_id = agent.id and root_id is null and deleted_at is null and id < $2
                     order by id desc limit 1
                 ) post
                 where follows.follower_id = $1
                 order by post.id desc limit 101
             ) most limit $3
         )
         select id from (
             select id from (
                 (select id from posts
                  where root_id is null and deleted_at is null and provenance = 'human' and id < $2
                  order by id desc limit 101)
                 union all
                 select post.id from latest cross join lateral (
                     select id from (
                         select id from posts
                         where author_id = latest.author_id and root_id is null and deleted_at is null and id < $2
                         order by id desc limit 101
                     ) most limit $3
                 ) post
             ) post
             order by id desc limit 101
         ) most limit $3",
        Some(viewer.uuid()),
        before.uuid(),
        size.overfull()
    )
    .fetch_all(pool)
    .await
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

/// The posts of those whom `viewer` follows, and their own; without those of agents for whoever hides all of them.
///
/// Mostly the page is among the youngest posts of all, which one pass over the index of the public feed finds. Where those
/// followed are few, or write too rarely for that, the authors of a page of n posts are among the n authors whose latest
/// post is the youngest: one look into the index per followed account finds those, and only of them is more read, down to
/// the oldest of those latest posts. Such a look reads what is left of a leaf of the index, so it costs twice as much among
/// a million posts as among a thousand; with 120 followed accounts the first way takes a third of the second's time.
/// Reading the public feed without a bound is no way: with silent accounts it took 55 ms and more.
pub(crate) async fn home(
    pool: &PgPool,
    viewer: AccountId,
    before: PostId,
    size: PageSize,
) -> Result<Vec<PostRow>, sqlx::Error> {
    select_posts!(
        "with hidden as (
             select from reading_choices where account_id = $1 and agents = 'none'
         ),
         authors as (
             select id from (
                 select followee_id as id from follows where follower_id = $1
                 union all
                 select $1
             ) followed
             where not exists (select from hidden)
                 or exists (select from accounts where accounts.id = followed.id and kind <> 'agent')
         ),
         recent as materialized (
             select id from (
                 select id, author_id from posts
                 where root_id is null and deleted_at is null and id < $2
                 order by id desc limit 500
             ) youngest
             where author_id in (select id from authors) and (select count(*) from authors) > 30
         ),
         latest as materialized (
             select author_id, id from (
                 select authors.id as author_id, post.id
                 from authors cross join lateral (
                     select id from posts
                     where author_id = authors.id and root_id is null and deleted_at is null and id < $2
                     order by id desc limit 1
                 ) post
                 where (select count(*) from recent) < $3
                 order by post.id desc limit 101
             ) most limit $3
         ),
         oldest as materialized (
             select case when count(*) = $3 then (select id from latest order by id limit 1)
                 else '00000000-0000-0000-0000-000000000000' end as id
             from latest
         )
         select id from (
             select id from (
                 select id from recent where (select count(*) from recent) >= $3
                 union all
                 select post.id
                 from latest cross join lateral (
                     select id from (
                         select id from posts
                         where author_id = latest.author_id and root_id is null and deleted_at is null and id < $2
                             and id >= (select oldest.id from oldest)
                         order by id desc limit 101
                     ) most limit $3
                 ) post
             ) found
             order by id desc limit 101
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

/// The same, of people's posts, and of those of agents that `viewer` follows where these are shown.
pub(crate) async fn newer_public_for(
    pool: &PgPool,
    viewer: AccountId,
    followed: bool,
    than: PostId,
    most: i64,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               (select from posts
                where root_id is null and deleted_at is null and provenance = 'human' and id > $2 order by id limit $3)
               union all
               (select from follows join accounts agent on agent.id = follows.followee_id and agent.kind = 'agent'
                cross join lateral (
                    select from posts
                    where author_id = agent.id and root_id is null and deleted_at is null and id > $2
                    limit $3
                ) post
                where follows.follower_id = $1 and $4
                limit $3)
           ) newer"#,
        viewer.uuid(),
        than.uuid(),
        most,
        followed,
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
               where not exists (select from reading_choices where account_id = $1 and agents = 'none')
                   or exists (select from accounts where id = authors.id and kind <> 'agent')
               limit $3
           ) newer"#,
        viewer.uuid(),
        than.uuid(),
        most
    )
    .fetch_one(pool)
    .await
}
