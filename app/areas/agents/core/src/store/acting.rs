//! What agents may do by themselves, and when they post.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Handle, ScheduleId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::agents::number;
use crate::{
    Error,
    acting::{Acting, Answers, CatchUp, Hours},
    clock::Times,
    command::{NewActing, NewSchedule},
};

/// What an agent may do by itself; nothing, while nobody said.
pub(crate) async fn find(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Option<Acting>, Error> {
    let row = sqlx::query!(
        "select answers, answer_instructions, zone, from_minute, until_minute, daily_posts, depth_cap, reviews_all, threshold,
             unedited_needed, saved
         from agent_acting where agent_id = $1",
        agent.uuid()
    )
    .fetch_optional(executor)
    .await?;
    row.map(|row| {
        let small = |value: i16| u8::try_from(value).map_err(|_| Error::BadRow("number"));
        Ok(Acting {
            answers: Answers::parse(&row.answers).ok_or(Error::BadRow("who is answered"))?,
            answer_instructions: row.answer_instructions,
            zone: row.zone,
            hours: Hours { from: row.from_minute.unsigned_abs(), until: row.until_minute.unsigned_abs() },
            daily_posts: small(row.daily_posts)?,
            depth_cap: small(row.depth_cap)?,
            reviews_all: row.reviews_all,
            threshold: small(row.threshold)?,
            unedited_needed: small(row.unedited_needed)?,
            saved: number(row.saved)?,
        })
    })
    .transpose()
}

/// Keeps what an agent may do by itself, and counts the save.
pub(crate) async fn save(tx: &mut Tx, agent: AccountId, new: &NewActing, now: DateTime<Utc>) -> Result<(), Error> {
    let minute = |it: u16| i16::try_from(it).unwrap_or_default();
    let acting = new.acting();
    sqlx::query!(
        "insert into agent_acting (agent_id, answers, answer_instructions, zone, from_minute, until_minute, daily_posts,
             depth_cap, reviews_all, threshold, unedited_needed, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (agent_id) do update set answers = excluded.answers, answer_instructions = excluded.answer_instructions,
             zone = excluded.zone, from_minute = excluded.from_minute, until_minute = excluded.until_minute,
             daily_posts = excluded.daily_posts, depth_cap = excluded.depth_cap, reviews_all = excluded.reviews_all,
             threshold = excluded.threshold, unedited_needed = excluded.unedited_needed,
             saved = agent_acting.saved + 1, updated_at = excluded.updated_at",
        agent.uuid(),
        acting.answers.as_str(),
        acting.answer_instructions,
        acting.zone,
        minute(acting.hours.from),
        minute(acting.hours.until),
        i16::from(acting.daily_posts),
        i16::from(acting.depth_cap),
        acting.reviews_all,
        i16::from(acting.threshold),
        i16::from(acting.unedited_needed),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which of the agents with these handles answer mentions.
pub(crate) async fn mentioned(tx: &mut Tx, handles: &[Handle]) -> Result<Vec<AccountId>, Error> {
    let handles: Vec<String> = handles.iter().map(|handle| handle.as_str().to_owned()).collect();
    let ids = sqlx::query_scalar!(
        "select a.account_id from agents a join accounts account on account.id = a.account_id
         join agent_acting acting on acting.agent_id = a.account_id
         where account.handle = any($1) and a.state = 'published' and acting.answers <> 'nobody'
         order by a.account_id",
        &handles
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}

/// When an agent posts.
#[derive(Debug, Clone)]
pub(crate) struct ScheduleRow {
    pub(crate) id: ScheduleId,
    pub(crate) agent: AccountId,
    pub(crate) instructions: String,
    pub(crate) times: Times,
    pub(crate) catch_up: CatchUp,
    pub(crate) next_at: Option<DateTime<Utc>>,
}

struct Row {
    id: Uuid,
    agent_id: Uuid,
    instructions: String,
    times: Vec<i16>,
    weekdays: i16,
    catch_up: String,
    next_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for ScheduleRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let minutes = row.times.into_iter().map(i16::unsigned_abs).collect();
        let weekdays = u8::try_from(row.weekdays).unwrap_or_default();
        Ok(Self {
            id: ScheduleId::from_uuid(row.id),
            agent: AccountId::from_uuid(row.agent_id),
            instructions: row.instructions,
            times: Times::new(minutes, weekdays).ok_or(Error::BadRow("times"))?,
            catch_up: CatchUp::parse(&row.catch_up).ok_or(Error::BadRow("way to catch up"))?,
            next_at: row.next_at,
        })
    }
}

/// The schedules of an agent, in the order in which they were made.
pub(crate) async fn schedules(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Vec<ScheduleRow>, Error> {
    sqlx::query_as!(
        Row,
        "select id, agent_id, instructions, times, weekdays, catch_up, next_at from agent_schedules
         where agent_id = $1 order by id",
        agent.uuid()
    )
    .fetch_all(executor)
    .await?
    .into_iter()
    .map(ScheduleRow::try_from)
    .collect()
}

/// A schedule.
pub(crate) async fn schedule(executor: impl PgExecutor<'_>, id: ScheduleId) -> Result<Option<ScheduleRow>, Error> {
    sqlx::query_as!(
        Row,
        "select id, agent_id, instructions, times, weekdays, catch_up, next_at from agent_schedules where id = $1",
        id.uuid()
    )
    .fetch_optional(executor)
    .await?
    .map(ScheduleRow::try_from)
    .transpose()
}

/// Schedules that it is time for, held until the transaction ends. Those that somebody else holds are left to them.
pub(crate) async fn due(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<ScheduleRow>, Error> {
    sqlx::query_as!(
        Row,
        "select id, agent_id, instructions, times, weekdays, catch_up, next_at from agent_schedules
         where active and next_at <= $1 order by next_at limit $2 for no key update skip locked",
        now,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(ScheduleRow::try_from)
    .collect()
}

/// Writes a schedule down, or over the one that has its id.
pub(crate) async fn save_schedule(
    tx: &mut Tx,
    id: ScheduleId,
    agent: AccountId,
    new: &NewSchedule,
    next_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let times: Vec<i16> = new.times.minutes().iter().filter_map(|it| i16::try_from(*it).ok()).collect();
    sqlx::query!(
        "insert into agent_schedules (id, agent_id, instructions, times, weekdays, catch_up, active, next_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set instructions = excluded.instructions, times = excluded.times,
             weekdays = excluded.weekdays, catch_up = excluded.catch_up, active = excluded.active, next_at = excluded.next_at",
        id.uuid(),
        agent.uuid(),
        new.instructions,
        &times,
        i16::from(new.times.weekdays()),
        new.catch_up.as_str(),
        next_at.is_some(),
        next_at,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Sets when a schedule is next.
pub(crate) async fn set_next(tx: &mut Tx, id: ScheduleId, next_at: Option<DateTime<Utc>>) -> Result<(), Error> {
    sqlx::query!(
        "update agent_schedules set active = $2, next_at = $3 where id = $1",
        id.uuid(),
        next_at.is_some(),
        next_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a schedule away.
pub(crate) async fn remove_schedule(tx: &mut Tx, id: ScheduleId) -> Result<(), Error> {
    sqlx::query!("delete from agent_schedules where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// The passages that an agent's posts of its own accord referred to of late, the youngest first.
pub(crate) async fn passages_used(pool: &PgPool, agent: AccountId, runs: i64) -> Result<Vec<String>, Error> {
    let passages = sqlx::query_scalar!(
        r#"select citation ->> 'passage' as "passage!" from (
               select citations from runs
               where agent_id = $1 and purpose = 'schedule' and state = 'done' order by id desc limit $2
           ) run cross join lateral jsonb_array_elements(run.citations) citation
           where citation ->> 'passage' is not null"#,
        agent.uuid(),
        runs,
    )
    .fetch_all(pool)
    .await?;
    Ok(passages)
}
