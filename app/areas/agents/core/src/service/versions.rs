//! Versions: a draft is published when its checks have passed, compared with others, and gone back from.

use kernel::{AccountId, Actor};
use platform::{Cx, Tx, event};
use sqlx::{PgExecutor, PgPool};

use super::{builder, checks};
use crate::{
    Error, Spec,
    agent::{self, AgentState, FieldChange, Point, VersionEntry},
    check::CheckRunState,
    command::Note,
    event::AgentPublished,
    store::{
        agents::{self, AgentRow},
        checks as check_store,
        versions::{self, NewRow},
    },
};

/// The most versions a list shows.
const LIST: i64 = 200;

/// Publishes the draft: the version that is made of it answers from now on. What was published already is not published
/// twice. Returns the number of the version.
///
/// # Errors
/// When the agent isn't the actor's, has no checks, or they have not passed for exactly this draft with these questions and
/// this knowledge.
pub async fn publish(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, note: &Note) -> Result<u32, Error> {
    let row = builder::hold(tx, &cx.actor, agent).await?;
    if let Some((number, spec)) = &row.version
        && *spec == row.draft
    {
        return Ok(*number);
    }
    let subject = checks::subject(tx, &row).await?.ok_or(Error::NoChecks)?;
    let newest = check_store::newest_run(&mut **tx, agent).await?;
    if !newest.is_some_and(|run| run.state == CheckRunState::Passed && run.subject == subject) {
        return Err(Error::ChecksNotPassed);
    }
    release(tx, cx, &row, &row.draft, note.as_str(), None).await
}

/// Goes back to an earlier version: a new one is made of it, which answers, and the draft becomes the same. It passed its
/// checks when it was published, and is not asked again. Returns the number of the version that answers.
///
/// # Errors
/// When the agent isn't the actor's, or there is no such version.
pub async fn restore(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, number: u32) -> Result<u32, Error> {
    let row = builder::hold(tx, &cx.actor, agent).await?;
    let spec = versions::spec(&mut **tx, agent, number).await?.ok_or(Error::NoSuchVersion)?;
    if row.draft != spec {
        agents::save_draft(tx, agent, &spec, cx.now()).await?;
    }
    if let Some((answering, answers)) = &row.version
        && *answers == spec
    {
        return Ok(*answering);
    }
    release(tx, cx, &row, &spec, &format!("Back to version {number}."), Some(number)).await
}

async fn release(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    row: &AgentRow,
    spec: &Spec,
    note: &str,
    restored_from: Option<u32>,
) -> Result<u32, Error> {
    let state = row.state.published().ok_or(Error::Retired)?;
    let new = NewRow { agent: row.id, spec, note, restored_from, by: cx.actor.account, now: cx.now() };
    let version = versions::insert(tx, &new).await?;
    agents::set_version(tx, row.id, version, state, cx.now()).await?;
    event::append(tx, cx, row.id, &AgentPublished { agent: row.id, owner: row.owner, version, restored_from }).await?;
    Ok(version)
}

/// The versions of an agent, newest first.
///
/// # Errors
/// When it isn't the actor's.
pub async fn versions(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Vec<VersionEntry>, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    versions::list(pool, agent, LIST).await
}

/// What changed between two points, field by field.
///
/// # Errors
/// When the agent isn't the actor's, or there is no such version.
pub async fn diff(
    pool: &PgPool,
    cx: &Cx<Actor>,
    agent: AccountId,
    from: Point,
    to: Point,
) -> Result<Vec<FieldChange>, Error> {
    let row = builder::own(pool, &cx.actor, agent).await?;
    let (from, to) = (at(pool, &row, from).await?, at(pool, &row, to).await?);
    Ok(agent::changes(&from, &to))
}

async fn at(pool: &PgPool, row: &AgentRow, point: Point) -> Result<Spec, Error> {
    match point {
        Point::Draft => Ok(row.draft.clone()),
        Point::Version(number) => versions::spec(pool, row.id, number).await?.ok_or(Error::NoSuchVersion),
    }
}

/// What an agent answers by, for everybody: its published version.
///
/// # Errors
/// When there is no such agent, or it does not answer at the moment.
pub async fn published_spec(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<(Spec, u32), Error> {
    let row = agents::find(executor, agent).await?.ok_or(Error::NoSuchAgent)?;
    match (row.state, row.version) {
        (AgentState::Published, Some((number, spec))) => Ok((spec, number)),
        // To everybody but its owner, a draft does not exist.
        (AgentState::Draft, _) => Err(Error::NoSuchAgent),
        _ => Err(Error::NotAtWork),
    }
}
