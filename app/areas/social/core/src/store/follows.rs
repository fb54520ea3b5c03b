//! Follows, and the figures at the head of a profile.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Handle, PageSize};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::row::AuthorColumns;
use crate::{
    Error,
    profile::{Connection, Counters, Relation},
};

/// Makes sure that both accounts have counters, and holds them until the transaction ends: the smaller id first, so
/// that two who follow each other at once can't be waiting for one another.
pub(crate) async fn lock_counters(tx: &mut Tx, one: AccountId, other: AccountId) -> Result<(), Error> {
    let ids = [one.min(other).uuid(), one.max(other).uuid()];
    sqlx::query!(
        "insert into social_counters (account_id) select id from unnest($1::uuid[]) id order by id on conflict do nothing",
        &ids
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "select account_id from social_counters where account_id = any($1) order by account_id for update",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

/// Whether there is such an account. One whose e-mail address has not been confirmed is not there yet.
pub(crate) async fn can_be_followed(tx: &mut Tx, account: AccountId) -> Result<bool, Error> {
    let exists = sqlx::query_scalar!(
        r#"select exists (
               select from accounts where id = $1
                   and not exists (select from logins where account_id = $1 and confirmed_at is null)
           ) as "exists!""#,
        account.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(exists)
}

/// Writes a follow down. `false` when it was there before.
pub(crate) async fn insert(
    tx: &mut Tx,
    follower: AccountId,
    followee: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let inserted = sqlx::query!(
        "insert into follows (follower_id, followee_id, created_at) values ($1, $2, $3)
         on conflict (follower_id, followee_id) do nothing",
        follower.uuid(),
        followee.uuid(),
        now,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

/// Takes a follow away. `false` when there was none.
pub(crate) async fn delete(tx: &mut Tx, follower: AccountId, followee: AccountId) -> Result<bool, Error> {
    let deleted = sqlx::query!(
        "delete from follows where follower_id = $1 and followee_id = $2",
        follower.uuid(),
        followee.uuid()
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(deleted == 1)
}

/// Changes the counters of both.
pub(crate) async fn count(tx: &mut Tx, follower: AccountId, followee: AccountId, change: i32) -> Result<(), Error> {
    sqlx::query!(
        "update social_counters set
             following = following + case when account_id = $1 then $3 else 0 end,
             followers = followers + case when account_id = $2 then $3 else 0 end
         where account_id in ($1, $2)",
        follower.uuid(),
        followee.uuid(),
        change
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Changes an account's number of posts.
pub(crate) async fn count_posts(tx: &mut Tx, account: AccountId, change: i32) -> Result<(), Error> {
    sqlx::query!(
        "insert into social_counters (account_id, posts) values ($1, greatest($2, 0))
         on conflict (account_id) do update set posts = social_counters.posts + $2",
        account.uuid(),
        change
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a profile shows beside the account itself.
pub(crate) async fn figures(
    pool: &PgPool,
    viewer: Option<AccountId>,
    account: AccountId,
) -> Result<(Counters, Relation), Error> {
    let viewer = viewer.map(AccountId::uuid);
    let row = sqlx::query!(
        r#"select coalesce(max(followers), 0) as "followers!", coalesce(max(following), 0) as "following!",
               coalesce(max(posts), 0) as "posts!",
               exists (select from follows where follower_id = $1 and followee_id = $2) as "follows!",
               exists (select from follows where follower_id = $2 and followee_id = $1) as "followed_by!"
           from social_counters where account_id = $2"#,
        viewer,
        account.uuid(),
    )
    .fetch_one(pool)
    .await?;
    let counters = Counters {
        followers: row.followers.unsigned_abs(),
        following: row.following.unsigned_abs(),
        posts: row.posts.unsigned_abs(),
    };
    let is_me = viewer == Some(account.uuid());
    Ok((counters, Relation { following: row.follows, followed_by: row.followed_by, is_me }))
}

struct ConnectionRow {
    id: Uuid,
    handle: String,
    name: String,
    kind: String,
    headline: String,
    is_expert: bool,
    owner_handle: Option<String>,
    portrait_id: Option<Uuid>,
    portrait_type: Option<String>,
    portrait_widths: Option<Vec<i32>>,
    follows: bool,
    followed_by: bool,
}

impl ConnectionRow {
    fn connection(self, viewer: Option<AccountId>) -> Result<Connection, Error> {
        let relation = Relation {
            following: self.follows,
            followed_by: self.followed_by,
            is_me: viewer == Some(AccountId::from_uuid(self.id)),
        };
        let account = AuthorColumns {
            id: self.id,
            handle: self.handle,
            name: self.name,
            kind: self.kind,
            is_expert: self.is_expert,
            owner_handle: self.owner_handle,
            portrait_id: self.portrait_id,
            portrait_type: self.portrait_type,
            portrait_widths: self.portrait_widths,
        };
        Ok(Connection {
            account: account.summary()?,
            headline: self.headline.parse().map_err(|_| Error::BadRow("headline"))?,
            relation,
        })
    }
}

/// Selects accounts as rows of [`ConnectionRow`]; `$page` is a query for their ids, in which `$1` is the viewer.
macro_rules! select_connections {
    ($page:literal, $viewer:expr $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            ConnectionRow,
            r#"select a.id as "id!", a.handle as "handle!", a.name as "name!", a.kind as "kind!", a.headline as "headline!",
                   a.is_expert as "is_expert!", owner.handle as "owner_handle?",
                   portrait.id as "portrait_id?", portrait.content_type as "portrait_type?",
                   portrait.variants as "portrait_widths?",
                   exists (select from follows f where f.follower_id = $1 and f.followee_id = a.id) as "follows!",
                   exists (select from follows f where f.follower_id = a.id and f.followee_id = $1) as "followed_by!"
               from ("# + $page + r#") page
               join accounts a on a.id = page.id
               left join accounts owner on owner.id = a.owner_id
               left join media portrait on portrait.id = a.portrait_id
               order by a.id desc"#,
            $viewer $(, $arg)*
        )
    };
}

/// Who follows an account, youngest accounts first.
pub(crate) async fn followers(
    pool: &PgPool,
    viewer: Option<AccountId>,
    handle: &Handle,
    before: AccountId,
    size: PageSize,
) -> Result<Vec<Connection>, Error> {
    select_connections!(
        "select id from (
             select follower_id as id from follows
             where followee_id = (select id from accounts where handle = $4) and follower_id < $2
             order by follower_id desc limit 101
         ) most limit $3",
        viewer.map(AccountId::uuid),
        before.uuid(),
        size.overfull(),
        handle.as_str()
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| row.connection(viewer))
    .collect()
}

/// Whom an account follows, youngest accounts first.
pub(crate) async fn following(
    pool: &PgPool,
    viewer: Option<AccountId>,
    handle: &Handle,
    before: AccountId,
    size: PageSize,
) -> Result<Vec<Connection>, Error> {
    select_connections!(
        "select id from (
             select followee_id as id from follows
             where follower_id = (select id from accounts where handle = $4) and followee_id < $2
             order by followee_id desc limit 101
         ) most limit $3",
        viewer.map(AccountId::uuid),
        before.uuid(),
        size.overfull(),
        handle.as_str()
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(|row| row.connection(viewer))
    .collect()
}

/// Whether there is an account of that name.
pub(crate) async fn account_exists(pool: &PgPool, handle: &Handle) -> Result<bool, Error> {
    let exists =
        sqlx::query_scalar!(r#"select exists (select from accounts where handle = $1) as "exists!""#, handle.as_str())
            .fetch_one(pool)
            .await?;
    Ok(exists)
}

/// Which of `connected` follow `author`.
pub(crate) async fn followers_among(
    pool: &PgPool,
    author: AccountId,
    connected: &[AccountId],
) -> Result<Vec<AccountId>, Error> {
    let ids: Vec<Uuid> = connected.iter().map(|account| account.uuid()).collect();
    let followers = sqlx::query_scalar!(
        "select follower_id from follows where followee_id = $1 and follower_id = any($2)",
        author.uuid(),
        &ids
    )
    .fetch_all(pool)
    .await?;
    Ok(followers.into_iter().map(AccountId::from_uuid).collect())
}

/// Which of `authors` the account follows.
pub(crate) async fn followed_among(
    pool: &PgPool,
    follower: AccountId,
    authors: &[AccountId],
) -> Result<Vec<AccountId>, Error> {
    let ids: Vec<Uuid> = authors.iter().map(|account| account.uuid()).collect();
    let followed = sqlx::query_scalar!(
        "select followee_id from follows where follower_id = $1 and followee_id = any($2)",
        follower.uuid(),
        &ids
    )
    .fetch_all(pool)
    .await?;
    Ok(followed.into_iter().map(AccountId::from_uuid).collect())
}

/// Whether one of two accounts follows the other.
pub(crate) async fn between(executor: impl PgExecutor<'_>, one: AccountId, other: AccountId) -> Result<bool, Error> {
    let follows = sqlx::query_scalar!(
        r#"select exists (
               select from follows where (follower_id = $1 and followee_id = $2) or (follower_id = $2 and followee_id = $1)
           ) as "follows!""#,
        one.uuid(),
        other.uuid()
    )
    .fetch_one(executor)
    .await?;
    Ok(follows)
}
