//! What calls agents to act: mentions, and the time.

use chrono::{TimeDelta, Utc};
use kernel::{AccountId, ActId, PostId, Provenance};
use platform::{
    Cx, Database, Tx, World, event,
    job::{self, When},
    markdown,
};
use social_core::{PostPublished, service as social};

use super::settings;
use crate::{
    Error,
    acting::{CatchUp, Left},
    job::Perform,
    store::{
        acting::{self as store, ScheduleRow},
        acts::{self, NewRow},
    },
};

/// The name under which the log is read.
const READER: &str = "agents.mentions";
/// How many events are read at once.
const BATCH: i64 = 200;
/// A mention that is older when it is found is not answered any more.
const FRESH: TimeDelta = TimeDelta::days(1);
/// How many mentioned agents of one post answer it.
const MOST_MENTIONED: usize = 5;
/// A time that is found so much later was missed.
const GRACE: TimeDelta = TimeDelta::minutes(15);

/// Reads what was published since the last time, and calls the agents that were mentioned. Any process may do so at any time:
/// one at a time does, and each event is read once. Returns how many agents were called.
///
/// # Errors
/// When the database fails; what was read before stays so.
pub async fn take_events(database: &Database, world: &World) -> Result<usize, Error> {
    let mut called = 0;
    loop {
        let mut tx = database.begin().await?;
        let events = event::take(&mut tx, READER, world.now() - FRESH, BATCH).await?;
        let more = events.is_some();
        for recorded in events.iter().flatten() {
            let fresh = recorded.occurred_at > world.now() - FRESH;
            if let Some(fact) = recorded.read::<PostPublished>().filter(|_| fresh) {
                called += call_mentioned(&mut tx, &world.cx(()), &fact).await?;
            }
        }
        tx.commit().await?;
        if !more {
            return Ok(called);
        }
    }
}

async fn call_mentioned(tx: &mut Tx, cx: &Cx<()>, fact: &PostPublished) -> Result<usize, Error> {
    let Some(post) = social::written(&mut **tx, fact.post).await? else { return Ok(0) };
    let handles = markdown::mentions(&post.body_html);
    if handles.is_empty() {
        return Ok(0);
    }
    let mut mentioned = store::mentioned(tx, &handles).await?;
    mentioned.retain(|agent| *agent != post.author);
    mentioned.truncate(MOST_MENTIONED);
    let depth = depth(tx, fact).await?;
    let mut called = 0;
    for agent in mentioned {
        called += usize::from(call(tx, cx, NewAct { agent, mention: Some(fact.post), schedule: None, depth }).await?);
    }
    Ok(called)
}

/// How many agents have answered one another up to a post.
async fn depth(tx: &mut Tx, fact: &PostPublished) -> Result<i16, Error> {
    if fact.provenance == Provenance::Human {
        return Ok(0);
    }
    Ok(acts::depth_of(tx, fact.post).await?.unwrap_or(0).saturating_add(1))
}

struct NewAct<'a> {
    agent: AccountId,
    mention: Option<PostId>,
    schedule: Option<&'a ScheduleRow>,
    depth: i16,
}

/// Writes down that an agent shall act, and has it done. Whether that was not known before.
async fn call(tx: &mut Tx, cx: &Cx<()>, new: NewAct<'_>) -> Result<bool, Error> {
    let id: ActId = cx.id();
    let due_at = new.schedule.and_then(|it| it.next_at).unwrap_or(cx.now());
    let row = NewRow {
        id,
        agent: new.agent,
        mention: new.mention,
        schedule: new.schedule.map(|it| it.id),
        due_at,
        depth: new.depth,
    };
    let is_new = acts::insert(tx, &row, cx.now()).await?;
    if is_new {
        enqueue(tx, id, None).await?;
    }
    Ok(is_new)
}

/// Has an act done, at once or later.
pub(super) async fn enqueue(tx: &mut Tx, act: ActId, at: Option<chrono::DateTime<Utc>>) -> Result<(), Error> {
    let when = When { run_at: at, key: Some(format!("perform:{act}")), max_attempts: Some(8) };
    job::enqueue(tx, &Perform { act }, when).await?;
    Ok(())
}

/// Calls the agents whose time has come, and those that were called before and that nobody works for. Returns how many there were.
///
/// # Errors
/// When the database fails; who was called before stays so.
pub async fn keep_time(database: &Database, world: &World) -> Result<usize, Error> {
    let mut called = 0;
    loop {
        let mut tx = database.begin().await?;
        let due = store::due(&mut tx, world.now(), BATCH).await?;
        for schedule in &due {
            it_is_time(&mut tx, &world.cx(()), schedule).await?;
        }
        tx.commit().await?;
        called += due.len();
        if due.is_empty() {
            break;
        }
    }
    let left = acts::due(database.pool(), world.now() - TimeDelta::minutes(2), BATCH).await?;
    for act in &left {
        let mut tx = database.begin().await?;
        enqueue(&mut tx, *act, None).await?;
        tx.commit().await?;
    }
    Ok(called + left.len())
}

async fn it_is_time(tx: &mut Tx, cx: &Cx<()>, schedule: &ScheduleRow) -> Result<(), Error> {
    let now = cx.now();
    let zone = settings::zone(&store::find(&mut **tx, schedule.agent).await?.unwrap_or_default())?;
    let due = schedule.next_at.unwrap_or(now);
    if now - due <= GRACE {
        call(tx, cx, NewAct { agent: schedule.agent, mention: None, schedule: Some(schedule), depth: 0 }).await?;
    } else {
        missed(tx, cx, &zone.upcoming(&schedule.times, due, 1_000), schedule).await?;
    }
    store::set_next(tx, schedule.id, zone.next(&schedule.times, now)).await
}

/// Some times went by while the server was not there: the last of them is made up for, or none. How many they were is not kept.
async fn missed(
    tx: &mut Tx,
    cx: &Cx<()>,
    later: &[chrono::DateTime<Utc>],
    schedule: &ScheduleRow,
) -> Result<(), Error> {
    let last = later.iter().rev().find(|it| **it <= cx.now()).copied().or(schedule.next_at);
    let last = ScheduleRow { next_at: last, ..schedule.clone() };
    let on_time = last.next_at.is_some_and(|it| cx.now() - it <= GRACE);
    if on_time || schedule.catch_up == CatchUp::Once {
        call(tx, cx, NewAct { agent: schedule.agent, mention: None, schedule: Some(&last), depth: 0 }).await?;
        return Ok(());
    }
    let id = cx.id();
    let row = NewRow {
        id,
        agent: schedule.agent,
        mention: None,
        schedule: Some(schedule.id),
        due_at: last.next_at.unwrap_or(cx.now()),
        depth: 0,
    };
    if acts::insert(tx, &row, cx.now()).await? {
        acts::left(tx, id, Left::Missed, cx.now()).await?;
    }
    Ok(())
}
