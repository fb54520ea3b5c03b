//! Checks are written, asked, and judged.

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, stream};
use kernel::{AccountId, Actor, CheckId, CheckRunId};
use platform::{Cx, Tx};
use sha2::{Digest, Sha256};
use sqlx::PgPool;

use super::builder;
use crate::{
    Error, Spec,
    check::{Answered, Check, CheckResult, CheckRun, CheckRunState, MAX_CHECKS, NewCheck},
    store::{
        agents::AgentRow,
        checks::{self, RunRow},
        knowledge,
    },
};

/// How many questions of a run are asked at the same time.
pub(super) const AT_ONCE: usize = 3;
/// A run that has not ended after so long was left in the middle.
const ASKED_WITHIN: TimeDelta = TimeDelta::minutes(15);
/// How many runs of an agent's checks are kept.
const RUNS_KEPT: i64 = 20;

/// A run of checks that was begun: what has to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunChecks {
    /// The run.
    pub run: CheckRunId,
    /// Whose checks they are.
    pub agent: AccountId,
    /// What the answers are given by, whatever is saved meanwhile.
    pub draft: Spec,
    /// The checks, in order.
    pub checks: Vec<Check>,
}

/// One check, with whose it is.
///
/// # Errors
/// When it is none of an agent of the actor's.
pub async fn check(pool: &PgPool, cx: &Cx<Actor>, check: CheckId) -> Result<(AccountId, Check), Error> {
    let agent = checks::agent_of(pool, check).await?.ok_or(Error::NoSuchCheck)?;
    let all = match self::checks(pool, cx, agent).await {
        Err(Error::Refused(_)) => return Err(Error::NoSuchCheck),
        other => other?,
    };
    all.into_iter().find(|it| it.id == check).map(|it| (agent, it)).ok_or(Error::NoSuchCheck)
}

/// The checks of an agent, in order.
///
/// # Errors
/// When it isn't the actor's.
pub async fn checks(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Vec<Check>, Error> {
    builder::own(pool, &cx.actor, agent).await?;
    checks::of_agent(pool, agent).await
}

/// Adds a check at the end.
///
/// # Errors
/// When the agent isn't the actor's, has as many as there may be, or does not know a source that a rule names.
pub async fn add_check(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, new: &NewCheck) -> Result<CheckId, Error> {
    builder::hold(tx, &cx.actor, agent).await?;
    refuse_unknown_sources(tx, agent, new).await?;
    if checks::of_agent(&mut **tx, agent).await?.len() >= MAX_CHECKS {
        return Err(Error::Full { what: "checks", most: MAX_CHECKS });
    }
    let id = cx.id();
    checks::insert(tx, id, agent, new, cx.now()).await?;
    Ok(id)
}

/// Gives a check another question and other rules.
///
/// # Errors
/// When the agent isn't the actor's, or does not know a source that a rule names.
pub async fn edit_check(tx: &mut Tx, cx: &Cx<Actor>, check: CheckId, new: &NewCheck) -> Result<(), Error> {
    let agent = hold_of_check(tx, &cx.actor, check).await?;
    refuse_unknown_sources(tx, agent, new).await?;
    checks::update(tx, check, new).await
}

/// Moves a check to a place, counted from 0; beyond the end is the end.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn move_check(tx: &mut Tx, cx: &Cx<Actor>, check: CheckId, place: usize) -> Result<(), Error> {
    let agent = hold_of_check(tx, &cx.actor, check).await?;
    let mut order: Vec<CheckId> = checks::of_agent(&mut **tx, agent).await?.into_iter().map(|it| it.id).collect();
    order.retain(|&it| it != check);
    order.insert(place.min(order.len()), check);
    checks::order(tx, &order).await
}

/// Removes a check.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn remove_check(tx: &mut Tx, cx: &Cx<Actor>, check: CheckId) -> Result<(), Error> {
    let agent = hold_of_check(tx, &cx.actor, check).await?;
    checks::delete(tx, check).await?;
    let left: Vec<CheckId> = checks::of_agent(&mut **tx, agent).await?.into_iter().map(|it| it.id).collect();
    checks::order(tx, &left).await
}

/// Holds the agent that a check is of. Somebody else's check is none.
async fn hold_of_check(tx: &mut Tx, actor: &Actor, check: CheckId) -> Result<AccountId, Error> {
    let agent = checks::agent_of(&mut **tx, check).await?.ok_or(Error::NoSuchCheck)?;
    match builder::hold(tx, actor, agent).await {
        Err(Error::Refused(_)) => return Err(Error::NoSuchCheck),
        other => other?,
    };
    // It may have gone while the row was waited for.
    checks::agent_of(&mut **tx, check).await?.ok_or(Error::NoSuchCheck)
}

async fn refuse_unknown_sources(tx: &mut Tx, agent: AccountId, new: &NewCheck) -> Result<(), Error> {
    for source in new.sources() {
        knowledge::find(&mut **tx, source).await?.filter(|it| it.agent == agent).ok_or(Error::NoSuchSource)?;
    }
    Ok(())
}

/// Begins to ask an agent's checks: writes down what they are about, and says what to ask. Nothing is held meanwhile; see
/// [`ask_checks`] and [`finish_check_run`].
///
/// # Errors
/// When the agent isn't the actor's, or has no checks.
pub async fn begin_check_run(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId) -> Result<BegunChecks, Error> {
    let row = builder::hold(tx, &cx.actor, agent).await?;
    let subject = subject(tx, &row).await?.ok_or(Error::NoChecks)?;
    let all = checks::of_agent(&mut **tx, agent).await?;
    let run = cx.id();
    let results: Vec<CheckResult> = all.iter().map(Check::waiting).collect();
    checks::begin(tx, run, agent, &subject, &results, cx.now()).await?;
    checks::forget_runs(tx, agent, RUNS_KEPT).await?;
    Ok(BegunChecks { run, agent, draft: row.draft, checks: all })
}

/// The same, unless exactly that is being asked already, as when a button is pressed twice: then nothing is begun.
///
/// # Errors
/// As [`begin_check_run`].
pub async fn begin_checks_once(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId) -> Result<Option<BegunChecks>, Error> {
    let row = builder::hold(tx, &cx.actor, agent).await?;
    let subject = subject(tx, &row).await?.ok_or(Error::NoChecks)?;
    let newest = checks::newest_run(&mut **tx, agent).await?;
    let under_way = newest
        .is_some_and(|run| run.state == CheckRunState::Running && run.subject == subject && !was_left(&run, cx.now()));
    if under_way { Ok(None) } else { begin_check_run(tx, cx, agent).await.map(Some) }
}

/// Whether a run was left in the middle: whoever asked has ended long ago.
fn was_left(run: &RunRow, now: DateTime<Utc>) -> bool {
    run.state == CheckRunState::Running && now - run.created_at > ASKED_WITHIN
}

/// Notes one result of a run that goes on, so that its owner sees how far it is.
///
/// # Errors
/// When there is no such run of the actor's.
pub async fn note_check_result(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    run: CheckRunId,
    result: &CheckResult,
) -> Result<(), Error> {
    let row = hold_run(tx, cx, run).await?;
    if row.state != CheckRunState::Running {
        return Ok(());
    }
    let noted = |kept: CheckResult| if kept.check == result.check { result.clone() } else { kept };
    let results: Vec<CheckResult> = row.results.into_iter().map(noted).collect();
    checks::note(tx, run, &results).await
}

/// Holds a run of the actor's. Somebody else's is none.
async fn hold_run(tx: &mut Tx, cx: &Cx<Actor>, run: CheckRunId) -> Result<RunRow, Error> {
    let row = checks::lock_run(tx, run).await?.ok_or(Error::NoSuchRun)?;
    match builder::own(&mut **tx, &cx.actor, row.agent).await {
        Err(Error::Refused(_)) => Err(Error::NoSuchRun),
        Err(error) => Err(error),
        Ok(_) => Ok(row),
    }
}

/// Asks all questions of a run, a few at a time, and judges the answers. `ask` answers a question by the agent's draft, or
/// says in words for the owner why there is no answer: then the check has failed.
pub async fn ask_checks<F>(begun: &BegunChecks, ask: impl Fn(String) -> F) -> Vec<CheckResult>
where
    F: Future<Output = Result<Answered, String>>,
{
    let asked = begun.checks.iter().map(|check| {
        let answer = ask(check.question.clone());
        async move { check.result(answer.await) }
    });
    stream::iter(asked).buffered(AT_ONCE).collect().await
}

/// Writes down what became of a run. It has passed when every check that it began with has; one without a result has not.
/// A run that is finished stays as it is.
///
/// # Errors
/// When there is no such run of the actor's.
pub async fn finish_check_run(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    run: CheckRunId,
    results: &[CheckResult],
) -> Result<CheckRunState, Error> {
    let row = hold_run(tx, cx, run).await?;
    if row.state != CheckRunState::Running {
        return Ok(row.state);
    }
    let results = matched(row.results, results);
    let passed = !results.is_empty() && results.iter().all(|it| it.passed == Some(true));
    let state = if passed { CheckRunState::Passed } else { CheckRunState::Failed };
    checks::finish(tx, run, state, &results, cx.now()).await?;
    Ok(state)
}

/// Each check that was to be asked, with its result.
fn matched(waiting: Vec<CheckResult>, results: &[CheckResult]) -> Vec<CheckResult> {
    let result = |waiting: CheckResult| {
        let found = results.iter().find(|it| it.check == waiting.check).cloned();
        found.unwrap_or_else(|| not_asked(waiting))
    };
    waiting.into_iter().map(result).collect()
}

fn not_asked(waiting: CheckResult) -> CheckResult {
    let reasons = vec!["This was not asked, because the run was broken off.".to_owned()];
    CheckResult { passed: Some(false), reasons, ..waiting }
}

/// The results of a run that ended too early.
fn broken_off(results: Vec<CheckResult>) -> Vec<CheckResult> {
    results.into_iter().map(|it| if it.passed.is_none() { not_asked(it) } else { it }).collect()
}

/// The newest run of an agent's checks.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn newest_check_run(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Option<CheckRun>, Error> {
    // One moment for all of it: the draft, the checks and the knowledge that the run is held against.
    let mut tx = pool.begin().await?;
    let row = builder::own(&mut *tx, &cx.actor, agent).await?;
    let Some(run) = checks::newest_run(&mut *tx, agent).await? else { return Ok(None) };
    let current = subject(&mut tx, &row).await?.is_some_and(|subject| subject == run.subject);
    let left = was_left(&run, cx.now());
    let RunRow { id, state, results, created_at, finished_at, .. } = run;
    // What was left in the middle never passes, and whoever looks at it should not wait for it.
    let (state, results) = if left { (CheckRunState::Failed, broken_off(results)) } else { (state, results) };
    Ok(Some(CheckRun { id, state, results, current, created_at, finished_at }))
}

/// What checks are about: a digest of the draft, of all questions with their rules, and of what is known. `None` without
/// checks. Each part is preceded by its length, so that no two subjects read the same.
pub(super) async fn subject(tx: &mut Tx, agent: &AgentRow) -> Result<Option<Vec<u8>>, Error> {
    let all = checks::of_agent(&mut **tx, agent.id).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let mut digest = Sha256::new();
    let mut add = |part: &[u8]| {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    };
    let encoded = |error: serde_json::Error| Error::Database(sqlx::Error::Encode(error.into()));
    add(&serde_json::to_vec(&agent.draft).map_err(encoded)?);
    add(&serde_json::to_vec(&all).map_err(encoded)?);
    for known in knowledge::digests(&mut **tx, agent.id).await? {
        add(&known);
    }
    Ok(Some(digest.finalize().to_vec()))
}
