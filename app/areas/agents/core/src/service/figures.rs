//! What agents cost and bring, for their owners, down to each run.

use chrono::{Datelike, Days};
use kernel::{AccountId, Actor, Cursor, Id, Page, PageSize, RunId};
use platform::Cx;
use sqlx::PgPool;

use super::builder;
use crate::{
    Error, Purpose,
    agent::MAX_AGENTS,
    figures::{DAYS, Figures, RunLine, RunRecord},
    store::{agents, figures as store},
    terms::Terms,
};

/// The actor's agents with their figures, newest first; those that are retired after the others. What they earned is for the terms
/// to say, on which they are asked.
///
/// # Errors
/// When the database fails.
pub async fn figures(pool: &PgPool, cx: &Cx<Actor>, terms: &dyn Terms) -> Result<Vec<Figures>, Error> {
    let now = cx.now();
    let today = now.date_naive();
    let first = today.with_day(1).unwrap_or(today);
    let midnight = |day: chrono::NaiveDate| day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc();
    let size = PageSize::clamped(u8::try_from(MAX_AGENTS).unwrap_or(100));
    let mut rows = agents::of_owner(pool, cx.actor.account, None, size).await?;
    rows.sort_by_key(|row| row.state == crate::AgentState::Retired);
    let ids: Vec<_> = rows.iter().map(|row| row.id.uuid()).collect();
    let agents = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut accounts = identity_core::service::summaries(pool, &agents).await?;
    let since = today.checked_sub_days(Days::new(u64::from(DAYS) - 1)).unwrap_or(today);
    let days = store::days(pool, &ids, since).await?;
    let months = store::months(pool, &ids, first).await?;
    let (month, day): (RunId, RunId) = (Id::lowest_at(midnight(first)), Id::lowest_at(midnight(today)));
    let runs = store::runs(pool, &ids, month, day).await?;
    let ratings = store::ratings(pool, &ids, month).await?;
    let drafts = store::drafts(pool, &ids, midnight(first)).await?;
    let earned = terms.earned(pool, cx.actor.account, &agents, midnight(first)).await?;
    rows.into_iter()
        .map(|row| {
            let (mut on_day, mut in_month) = runs.get(&row.id).copied().unwrap_or_default();
            let of = |day| days.iter().find(|(agent, at, ..)| *agent == row.id && *at == day);
            (on_day.spent, on_day.reserved) = of(today).map_or((0, 0), |(.., spent, reserved)| (*spent, *reserved));
            (in_month.spent, in_month.reserved) = months.get(&row.id).copied().unwrap_or_default();
            let line = since.iter_days().take(DAYS.into());
            Ok(Figures {
                account: accounts.remove(&row.id).ok_or(Error::BadRow("agent without an account"))?,
                state: row.state,
                caps: row.caps,
                today: on_day,
                month: in_month,
                days: line.map(|day| (day, of(day).map_or(0, |(.., spent, _)| *spent))).collect(),
                revenue: earned.iter().filter(|(agent, _)| *agent == row.id).map(|(_, money)| *money).collect(),
                drafts: drafts.get(&row.id).copied().unwrap_or_default(),
                rated: ratings.get(&row.id).copied().unwrap_or_default(),
            })
        })
        .collect()
}

/// The runs of an agent of the actor's, the youngest first. What was said in them is not among what they show.
///
/// # Errors
/// When the agent isn't the actor's, or the cursor isn't one of ours.
pub async fn agent_runs(
    pool: &PgPool,
    cx: &Cx<Actor>,
    agent: AccountId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<RunLine>, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    let before = after.map(Cursor::id).transpose()?;
    Ok(Page::from_overfull(store::runs_of(pool, agent, before, size).await?, size, |run| run.id))
}

/// A run of an agent of the actor's. What others said to the agent in private is not for its owner to read: of that there are
/// figures only.
///
/// # Errors
/// When the agent isn't the actor's, or there is no such run of it.
pub async fn agent_run(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId, run: RunId) -> Result<RunRecord, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    let (line, asker) = store::run(pool, agent, run).await?.ok_or(Error::NoSuchRun)?;
    let is_public = matches!(line.purpose, Purpose::Mention | Purpose::Schedule);
    let words = if is_public || asker == cx.actor.account { Some(store::words(pool, run).await?) } else { None };
    Ok(RunRecord { line, words })
}
