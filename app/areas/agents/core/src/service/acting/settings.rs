//! What an agent may do by itself, and when it posts, as its owner says.

use kernel::{AccountId, Actor, Cursor, Page, PageSize, ScheduleId};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use crate::{
    Error,
    acting::{Act, Acting, MAX_SCHEDULES, Schedule},
    clock::Zone,
    command::{NewActing, NewSchedule},
    event::ActingChanged,
    service::builder,
    store::{acting as store, acting::ScheduleRow, acts},
};

/// How many of the next times are shown.
const UPCOMING: usize = 5;

/// What an agent may do by itself.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn acting(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Acting, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    Ok(store::find(pool, agent).await?.unwrap_or_default())
}

/// Says what an agent may do by itself. Its schedules go by the zone that was chosen.
///
/// # Errors
/// When the agent isn't the actor's, or this was saved since they opened it.
pub async fn save_acting(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    new: &NewActing,
    expected: u32,
) -> Result<(), Error> {
    builder::hold(tx, &cx.actor, agent).await?;
    let before = store::find(&mut **tx, agent).await?.unwrap_or_default();
    let after = Acting { saved: before.saved, ..new.acting().clone() };
    if before == after && before.saved > 0 {
        return Ok(());
    }
    if before.saved != expected {
        return Err(Error::SavedMeanwhile);
    }
    store::save(tx, agent, new, cx.now()).await?;
    if before.zone != after.zone {
        let zone = zone(&after)?;
        for schedule in store::schedules(&mut **tx, agent).await? {
            if schedule.next_at.is_some() {
                store::set_next(tx, schedule.id, zone.next(&schedule.times, cx.now())).await?;
            }
        }
    }
    changed(tx, cx, agent).await
}

/// When an agent posts, with the next times.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn schedules(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Vec<Schedule>, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    let zone = zone(&store::find(pool, agent).await?.unwrap_or_default())?;
    let schedules = store::schedules(pool, agent).await?;
    Ok(schedules.into_iter().map(|row| view(row, &zone, cx)).collect())
}

fn view(row: ScheduleRow, zone: &Zone, cx: &Cx<Actor>) -> Schedule {
    let active = row.next_at.is_some();
    Schedule {
        id: row.id,
        instructions: row.instructions,
        next: if active { zone.upcoming(&row.times, cx.now(), UPCOMING) } else { Vec::new() },
        times: row.times.minutes().to_vec(),
        weekdays: row.times.weekdays(),
        catch_up: row.catch_up,
        active,
    }
}

/// Lets an agent post at these times; a new schedule, or another form of one that is there.
///
/// # Errors
/// When the agent isn't the actor's, there is no such schedule of it, or there are as many as there may be.
pub async fn save_schedule(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    schedule: Option<ScheduleId>,
    new: &NewSchedule,
) -> Result<ScheduleId, Error> {
    // Held, so that of two at once the second counts the first.
    builder::hold(tx, &cx.actor, agent).await?;
    let acting: Acting = store::find(&mut **tx, agent).await?.unwrap_or_default();
    let id = match schedule {
        Some(id) => {
            let known = store::schedule(&mut **tx, id).await?.filter(|it| it.agent == agent);
            known.ok_or(Error::NoSuchSchedule)?.id
        }
        None if store::schedules(&mut **tx, agent).await?.len() >= MAX_SCHEDULES => {
            return Err(Error::Full { what: "schedules", most: MAX_SCHEDULES });
        }
        None => cx.id(),
    };
    let next = if new.active { zone(&acting)?.next(&new.times, cx.now()) } else { None };
    store::save_schedule(tx, id, agent, new, next, cx.now()).await?;
    changed(tx, cx, agent).await?;
    Ok(id)
}

/// Takes a schedule away. What it led to stays.
///
/// # Errors
/// When there is none such of an agent of the actor's.
pub async fn remove_schedule(tx: &mut Tx, cx: &Cx<Actor>, schedule: ScheduleId) -> Result<(), Error> {
    let found = store::schedule(&mut **tx, schedule).await?.ok_or(Error::NoSuchSchedule)?;
    builder::hold(tx, &cx.actor, found.agent).await.map_err(|error| match error {
        Error::Refused(_) => Error::NoSuchSchedule,
        other => other,
    })?;
    store::remove_schedule(tx, schedule).await?;
    changed(tx, cx, found.agent).await
}

async fn changed(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error> {
    event::append(tx, cx, agent, &ActingChanged { agent, owner: cx.actor.account }).await?;
    Ok(())
}

/// What an agent did by itself, the youngest first.
///
/// # Errors
/// When the agent isn't the actor's, or the cursor isn't one of ours.
pub async fn acts(
    pool: &PgPool,
    cx: &Cx<Actor>,
    agent: AccountId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<Act>, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    let before = after.map(Cursor::id).transpose()?;
    Ok(Page::from_overfull(acts::list(pool, agent, before, size).await?, size, |act| act.id))
}

/// How many posts and drafts an agent has made today, where it lives.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn posts_today(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<u8, Error> {
    let zone = zone(&acting(pool, cx, agent).await?)?;
    acts::counted(pool, agent, zone.day(cx.now())).await
}

pub(super) fn zone(acting: &Acting) -> Result<Zone, Error> {
    Zone::named(&acting.zone).ok_or(Error::BadRow("time zone"))
}
