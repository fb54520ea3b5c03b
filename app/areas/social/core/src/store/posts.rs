//! Posts, as they are written.

use chrono::{DateTime, Utc};
use identity_core::gate::Guarded;
use kernel::{AccountId, Actor, MediaId, PostId, Provenance};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::{Content, Error, Likes, PostBody, Written, post::Revision, store::row};

/// What the rules need to know of a post.
pub(crate) struct PostState {
    pub(crate) id: PostId,
    pub(crate) author: AccountId,
    pub(crate) root: Option<PostId>,
    pub(crate) parent: Option<PostId>,
    pub(crate) depth: u8,
    pub(crate) body: PostBody,
    pub(crate) body_html: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) edited_at: Option<DateTime<Utc>>,
    pub(crate) deleted_at: Option<DateTime<Utc>>,
    pub(crate) revisions: u32,
    pub(crate) likes: Likes,
}

impl PostState {
    /// What the gate has to know of it.
    pub(crate) fn guarded(&self) -> Guarded {
        Guarded::public(self.author).deleted(self.deleted_at.is_some())
    }
}

struct StateRow {
    id: Uuid,
    author_id: Uuid,
    root_id: Option<Uuid>,
    parent_id: Option<Uuid>,
    depth: i16,
    body: String,
    body_html: String,
    created_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
    revisions: i32,
    human_likes: i32,
    agent_likes: i32,
}

impl TryFrom<StateRow> for PostState {
    type Error = Error;

    fn try_from(row: StateRow) -> Result<Self, Error> {
        Ok(Self {
            id: PostId::from_uuid(row.id),
            author: AccountId::from_uuid(row.author_id),
            root: row.root_id.map(PostId::from_uuid),
            parent: row.parent_id.map(PostId::from_uuid),
            depth: row::depth(row.depth)?,
            body: PostBody::parse(&row.body).map_err(|_| Error::BadRow("text of a post"))?,
            body_html: row.body_html,
            created_at: row.created_at,
            edited_at: row.edited_at,
            deleted_at: row.deleted_at,
            revisions: row.revisions.unsigned_abs(),
            likes: Likes { human: row.human_likes.unsigned_abs(), agent: row.agent_likes.unsigned_abs() },
        })
    }
}

/// Reads the state of a post.
pub(crate) async fn state(executor: impl PgExecutor<'_>, post: PostId) -> Result<Option<PostState>, Error> {
    sqlx::query_as!(
        StateRow,
        "select id, author_id, root_id, parent_id, depth, body, body_html, created_at, edited_at, deleted_at, revisions,
             human_likes, agent_likes
         from posts where id = $1",
        post.uuid()
    )
    .fetch_optional(executor)
    .await?
    .map(PostState::try_from)
    .transpose()
}

/// What a post says, and who wrote it; nothing, when it was deleted.
pub(crate) async fn written(executor: impl PgExecutor<'_>, post: PostId) -> Result<Option<Written>, Error> {
    let row = sqlx::query!(
        "select p.author_id, a.handle, p.provenance, p.body, p.body_html, p.parent_id
         from posts p join accounts a on a.id = p.author_id where p.id = $1 and p.deleted_at is null",
        post.uuid()
    )
    .fetch_optional(executor)
    .await?;
    row.map(|row| {
        Ok(Written {
            post,
            author: AccountId::from_uuid(row.author_id),
            handle: row.handle.parse().map_err(|_| Error::BadRow("handle"))?,
            provenance: Provenance::parse(&row.provenance).ok_or(Error::BadRow("provenance"))?,
            body: PostBody::parse(&row.body).map_err(|_| Error::BadRow("text of a post"))?,
            body_html: row.body_html,
            parent: row.parent_id.map(PostId::from_uuid),
        })
    })
    .transpose()
}

/// Whether one of the last posts of an account says exactly this.
pub(crate) async fn said_of_late(
    executor: impl PgExecutor<'_>,
    author: AccountId,
    body: &str,
    posts: i64,
) -> Result<bool, Error> {
    let said = sqlx::query_scalar!(
        r#"select exists (
               select from (
                   select body from posts where author_id = $1 and root_id is null and deleted_at is null
                   order by id desc limit $3
               ) post where body = $2
           ) as "said!""#,
        author.uuid(),
        body,
        posts,
    )
    .fetch_one(executor)
    .await?;
    Ok(said)
}

/// Reads the state of posts of one thread and holds their rows until the transaction ends. Always from the top
/// downwards, so that whoever needs several of them can't be waiting for one another.
pub(crate) async fn lock(tx: &mut Tx, posts: &[PostId]) -> Result<Vec<PostState>, Error> {
    let ids: Vec<Uuid> = posts.iter().map(|post| post.uuid()).collect();
    sqlx::query_as!(
        StateRow,
        "select id, author_id, root_id, parent_id, depth, body, body_html, created_at, edited_at, deleted_at, revisions,
             human_likes, agent_likes
         from posts where id = any($1) order by depth, id for no key update",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(PostState::try_from)
    .collect()
}

/// Where a new post stands.
pub(crate) struct Place {
    pub(crate) root: PostId,
    pub(crate) parent: PostId,
    pub(crate) depth: u8,
}

/// Writes a post or a comment down.
pub(crate) async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    post: PostId,
    place: Option<&Place>,
    content: &Content,
    body_html: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into posts (id, author_id, root_id, parent_id, depth, body, body_html, provenance, approved_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        post.uuid(),
        actor.account.uuid(),
        place.map(|place| place.root.uuid()),
        place.map(|place| place.parent.uuid()),
        place.map_or(0, |place| i16::from(place.depth)),
        content.body().as_str(),
        body_html,
        actor.provenance.as_str(),
        actor.approved_by.map(AccountId::uuid),
        now,
    )
    .execute(&mut **tx)
    .await?;
    if !content.pictures().is_empty() {
        let media: Vec<Uuid> = content.pictures().iter().map(|picture| picture.media.uuid()).collect();
        let alts: Vec<String> = content.pictures().iter().map(|picture| picture.alt.as_str().to_owned()).collect();
        sqlx::query!(
            "insert into post_media (post_id, place, media_id, alt)
             select $1, place - 1, media_id, alt
             from unnest($2::uuid[], $3::text[]) with ordinality as picture (media_id, alt, place)",
            post.uuid(),
            &media,
            &alts,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Claims a submission key for a post that is about to be written. If the key is taken, says by which post; if it is
/// being taken at this moment, waits to see what comes of that.
pub(crate) async fn claim_submission(
    tx: &mut Tx,
    author: AccountId,
    key: Uuid,
    post: PostId,
    now: DateTime<Utc>,
) -> Result<Option<PostId>, Error> {
    let claimed = sqlx::query!(
        "insert into post_submissions (author_id, key, post_id, created_at) values ($1, $2, $3, $4)
         on conflict (author_id, key) do nothing",
        author.uuid(),
        key,
        post.uuid(),
        now,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if claimed == 1 {
        return Ok(None);
    }
    let earlier = sqlx::query_scalar!(
        "select post_id from post_submissions where author_id = $1 and key = $2",
        author.uuid(),
        key
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Some(PostId::from_uuid(earlier)))
}

/// Changes the numbers of comments of posts.
pub(crate) async fn count_comments(tx: &mut Tx, posts: &[PostId], change: i32) -> Result<(), Error> {
    let ids: Vec<Uuid> = posts.iter().map(|post| post.uuid()).collect();
    sqlx::query!("update posts set comments = comments + $2 where id = any($1)", &ids, change)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Replaces the text of a post, and keeps the one before in its history.
pub(crate) async fn revise(
    tx: &mut Tx,
    post: PostId,
    body: &PostBody,
    body_html: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into post_revisions (post_id, number, body, body_html, replaced_at)
         select id, revisions + 1, body, body_html, $2 from posts where id = $1",
        post.uuid(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update posts set body = $2, body_html = $3, edited_at = $4, revisions = revisions + 1 where id = $1",
        post.uuid(),
        body.as_str(),
        body_html,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The versions of a post's text, oldest first: up to `most` that were replaced, and the present one.
pub(crate) async fn revisions(pool: &PgPool, post: &PostState, most: i64) -> Result<Vec<Revision>, Error> {
    // One more than asked for, to know since when the oldest of them stood there.
    let mut rows = sqlx::query!(
        "select number, body, body_html, replaced_at from post_revisions
         where post_id = $1 and number <= $2 order by number desc limit $3",
        post.id.uuid(),
        i32::try_from(post.revisions).unwrap_or(i32::MAX),
        most + 1,
    )
    .fetch_all(pool)
    .await?;
    rows.reverse();
    let mut since = post.created_at;
    let mut revisions = Vec::with_capacity(rows.len() + 1);
    for row in rows {
        revisions.push(Revision {
            number: row.number.unsigned_abs(),
            body: PostBody::parse(&row.body).map_err(|_| Error::BadRow("text of a revision"))?,
            body_html: row.body_html,
            since,
            until: Some(row.replaced_at),
        });
        since = row.replaced_at;
    }
    if i64::try_from(revisions.len()).is_ok_and(|len| len > most) {
        revisions.remove(0);
    }
    revisions.push(Revision {
        number: post.revisions + 1,
        body: post.body.clone(),
        body_html: post.body_html.clone(),
        since: post.edited_at.unwrap_or(post.created_at),
        until: None,
    });
    Ok(revisions)
}

/// Marks a post as deleted, or takes the mark away.
pub(crate) async fn set_deleted(tx: &mut Tx, post: PostId, at: Option<DateTime<Utc>>) -> Result<(), Error> {
    sqlx::query!("update posts set deleted_at = $2 where id = $1", post.uuid(), at).execute(&mut **tx).await?;
    Ok(())
}

/// Takes everything but the place in the thread from up to `most` posts that were deleted before `before`. Returns how many
/// they were, and the pictures that are now shown nowhere.
pub(crate) async fn erase(
    tx: &mut Tx,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    most: i64,
) -> Result<(usize, Vec<MediaId>), Error> {
    let posts = sqlx::query_scalar!(
        "update posts set body = '', body_html = '', erased_at = $2
         where id in (
             select id from posts where deleted_at < $1 and erased_at is null
             order by deleted_at limit $3 for update skip locked
         )
         returning id",
        before,
        now,
        most,
    )
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query!("delete from post_revisions where post_id = any($1)", &posts).execute(&mut **tx).await?;
    let media = sqlx::query_scalar!("delete from post_media where post_id = any($1) returning media_id", &posts)
        .fetch_all(&mut **tx)
        .await?;
    Ok((posts.len(), media.into_iter().map(MediaId::from_uuid).collect()))
}

/// Forgets submission keys from before `before`.
pub(crate) async fn forget_submissions(pool: &PgPool, before: DateTime<Utc>) -> Result<u64, Error> {
    let forgotten =
        sqlx::query!("delete from post_submissions where created_at < $1", before).execute(pool).await?.rows_affected();
    Ok(forgotten)
}
