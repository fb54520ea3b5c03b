//! What agents do by themselves, one row for each thing.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{AccountId, ActId, PageSize, PostId, RunId, ScheduleId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::{
    Error,
    acting::{Act, ActState, Left},
};

/// Something to be done.
pub(crate) struct NewRow {
    pub(crate) id: ActId,
    pub(crate) agent: AccountId,
    pub(crate) mention: Option<PostId>,
    pub(crate) schedule: Option<ScheduleId>,
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) depth: i16,
}

/// Writes down what is to be done. Whether it was not known before.
pub(crate) async fn insert(tx: &mut Tx, new: &NewRow, now: DateTime<Utc>) -> Result<bool, Error> {
    let inserted = sqlx::query!(
        "insert into agent_acts (id, agent_id, mention_id, schedule_id, due_at, depth, state, created_at)
         values ($1, $2, $3, $4, $5, $6, 'waiting', $7) on conflict do nothing",
        new.id.uuid(),
        new.agent.uuid(),
        new.mention.map(PostId::uuid),
        new.schedule.map(ScheduleId::uuid),
        new.due_at,
        new.depth,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// What somebody works on.
#[derive(Debug, Clone)]
pub(crate) struct ActRow {
    pub(crate) id: ActId,
    pub(crate) agent: AccountId,
    pub(crate) mention: Option<PostId>,
    pub(crate) schedule: Option<ScheduleId>,
    pub(crate) depth: i16,
    pub(crate) counted_on: Option<NaiveDate>,
    /// The run of whoever worked on it before and has gone.
    pub(crate) run: Option<RunId>,
}

/// Takes an act on: one that waits, or one that whoever worked on it has left. Nobody else does until `until`.
pub(crate) async fn take_on(
    tx: &mut Tx,
    id: ActId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<ActRow>, Error> {
    let row = sqlx::query!(
        "update agent_acts set state = 'working', worked_on_until = $3
         where id = $1 and (state = 'waiting' or (state = 'working' and worked_on_until < $2))
         returning agent_id, mention_id, schedule_id, depth, counted_on, run_id",
        id.uuid(),
        now,
        until,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| ActRow {
        id,
        agent: AccountId::from_uuid(row.agent_id),
        mention: row.mention_id.map(PostId::from_uuid),
        schedule: row.schedule_id.map(ScheduleId::from_uuid),
        depth: row.depth,
        counted_on: row.counted_on,
        run: row.run_id.map(RunId::from_uuid),
    }))
}

/// Lets an act wait until another time.
pub(crate) async fn put_off(tx: &mut Tx, id: ActId, until: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update agent_acts set state = 'waiting', due_at = $2, worked_on_until = null where id = $1",
        id.uuid(),
        until,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes which run writes it, and on which day it was counted.
pub(crate) async fn begun(tx: &mut Tx, id: ActId, run: RunId, day: NaiveDate) -> Result<(), Error> {
    sqlx::query!("update agent_acts set run_id = $2, counted_on = $3 where id = $1", id.uuid(), run.uuid(), day)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Holds an act that this run writes until the transaction ends. Whether it still does.
pub(crate) async fn hold(tx: &mut Tx, id: ActId, run: RunId) -> Result<bool, Error> {
    let held = sqlx::query_scalar!(
        "select id from agent_acts where id = $1 and run_id = $2 and state = 'working' for no key update",
        id.uuid(),
        run.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(held.is_some())
}

async fn end(
    tx: &mut Tx,
    id: ActId,
    state: ActState,
    left: Option<Left>,
    post: Option<PostId>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update agent_acts set state = $2, reason = $3, post_id = $4, ended_at = $5, worked_on_until = null where id = $1",
        id.uuid(),
        state.as_str(),
        left.map(Left::as_str),
        post.map(PostId::uuid),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends an act whose draft waits for a person.
pub(crate) async fn proposed(tx: &mut Tx, id: ActId, now: DateTime<Utc>) -> Result<(), Error> {
    end(tx, id, ActState::Proposed, None, None, now).await
}

/// Ends an act with what was published.
pub(crate) async fn published(tx: &mut Tx, id: ActId, post: Option<PostId>, now: DateTime<Utc>) -> Result<(), Error> {
    end(tx, id, ActState::Published, None, post, now).await
}

/// Ends an act that nothing comes of.
pub(crate) async fn left(tx: &mut Tx, id: ActId, why: Left, now: DateTime<Utc>) -> Result<(), Error> {
    end(tx, id, ActState::Left, Some(why), None, now).await
}

/// How many agents had answered one another up to a post that an agent published by itself.
pub(crate) async fn depth_of(tx: &mut Tx, post: PostId) -> Result<Option<i16>, Error> {
    let depth = sqlx::query_scalar!("select depth from agent_acts where post_id = $1", post.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(depth)
}

/// Acts that it is time for and that nobody works on.
pub(crate) async fn due(pool: &PgPool, now: DateTime<Utc>, limit: i64) -> Result<Vec<ActId>, Error> {
    let ids = sqlx::query_scalar!(
        "select id from agent_acts
         where ended_at is null and coalesce(worked_on_until, due_at) < $1
         order by coalesce(worked_on_until, due_at) limit $2",
        now,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(ActId::from_uuid).collect())
}

/// Counts a post or draft of an agent on a day, unless there are as many as there may be. Whether it was counted.
pub(crate) async fn count(tx: &mut Tx, agent: AccountId, day: NaiveDate, most: u8) -> Result<bool, Error> {
    if most == 0 {
        return Ok(false);
    }
    let counted = sqlx::query!(
        "insert into agent_posting_days (agent_id, day, posts) values ($1, $2, 1)
         on conflict (agent_id, day) do update set posts = agent_posting_days.posts + 1
         where agent_posting_days.posts < $3",
        agent.uuid(),
        day,
        i16::from(most),
    )
    .execute(&mut **tx)
    .await?;
    Ok(counted.rows_affected() == 1)
}

/// Takes back what was counted.
pub(crate) async fn uncount(tx: &mut Tx, agent: AccountId, day: NaiveDate) -> Result<(), Error> {
    sqlx::query!(
        "update agent_posting_days set posts = posts - 1 where agent_id = $1 and day = $2 and posts > 0",
        agent.uuid(),
        day
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many posts and drafts of an agent were counted on a day.
pub(crate) async fn counted(executor: impl PgExecutor<'_>, agent: AccountId, day: NaiveDate) -> Result<u8, Error> {
    let posts =
        sqlx::query_scalar!("select posts from agent_posting_days where agent_id = $1 and day = $2", agent.uuid(), day)
            .fetch_optional(executor)
            .await?;
    Ok(posts.map_or(0, |posts| u8::try_from(posts).unwrap_or(u8::MAX)))
}

/// What an agent did by itself, the youngest first.
pub(crate) async fn list(
    pool: &PgPool,
    agent: AccountId,
    before: Option<ActId>,
    size: PageSize,
) -> Result<Vec<Act>, Error> {
    let rows = sqlx::query!(
        "select id, mention_id, due_at, state, reason, post_id, run_id from agent_acts
         where agent_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
        agent.uuid(),
        before.map(ActId::uuid),
        size.overfull(),
    )
    .fetch_all(pool)
    .await?;
    let act = |id,
               mention: Option<Uuid>,
               due_at,
               state: &str,
               reason: Option<&str>,
               post: Option<Uuid>,
               run: Option<Uuid>| {
        Ok(Act {
            id: ActId::from_uuid(id),
            mention: mention.map(PostId::from_uuid),
            due_at,
            state: ActState::parse(state).ok_or(Error::BadRow("state of an act"))?,
            left: reason.map(|it| Left::parse(it).ok_or(Error::BadRow("reason of an act"))).transpose()?,
            post: post.map(PostId::from_uuid),
            run: run.map(RunId::from_uuid),
        })
    };
    rows.into_iter()
        .map(|row| act(row.id, row.mention_id, row.due_at, &row.state, row.reason.as_deref(), row.post_id, row.run_id))
        .collect()
}
