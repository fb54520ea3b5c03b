//! Checks, and the runs of them.

use chrono::{DateTime, Utc};
use kernel::{AccountId, CheckId, CheckRunId};
use platform::Tx;
use sqlx::{PgExecutor, types::Json};
use uuid::Uuid;

use crate::{
    Error,
    check::{Check, CheckResult, CheckRunState, NewCheck, Rule},
};

/// A run of checks as it is kept.
pub(crate) struct RunRow {
    pub(crate) id: CheckRunId,
    pub(crate) agent: AccountId,
    pub(crate) subject: Vec<u8>,
    pub(crate) state: CheckRunState,
    pub(crate) results: Vec<CheckResult>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

struct Row {
    id: Uuid,
    agent_id: Uuid,
    subject: Vec<u8>,
    state: String,
    results: Json<Vec<CheckResult>>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for RunRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: CheckRunId::from_uuid(row.id),
            agent: AccountId::from_uuid(row.agent_id),
            subject: row.subject,
            state: CheckRunState::parse(&row.state).ok_or(Error::BadRow("state of a run of checks"))?,
            results: row.results.0,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    }
}

/// The checks of an agent, in order.
pub(crate) async fn of_agent(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Vec<Check>, Error> {
    let rows = sqlx::query!(
        r#"select id, question, rules as "rules: Json<Vec<Rule>>" from agent_checks where agent_id = $1 order by place"#,
        agent.uuid()
    )
    .fetch_all(executor)
    .await?;
    let check = |id, question, rules: Json<Vec<Rule>>| Check { id: CheckId::from_uuid(id), question, rules: rules.0 };
    Ok(rows.into_iter().map(|row| check(row.id, row.question, row.rules)).collect())
}

/// Whose a check is.
pub(crate) async fn agent_of(executor: impl PgExecutor<'_>, check: CheckId) -> Result<Option<AccountId>, Error> {
    let agent = sqlx::query_scalar!("select agent_id from agent_checks where id = $1", check.uuid())
        .fetch_optional(executor)
        .await?;
    Ok(agent.map(AccountId::from_uuid))
}

/// Writes a check down at the end.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: CheckId,
    agent: AccountId,
    new: &NewCheck,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into agent_checks (id, agent_id, place, question, rules, created_at)
         select $1, $2, (select count(*) from agent_checks where agent_id = $2)::smallint, $3, $4, $5",
        id.uuid(),
        agent.uuid(),
        new.question(),
        Json(new.rules()) as _,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives a check another question and other rules.
pub(crate) async fn update(tx: &mut Tx, id: CheckId, new: &NewCheck) -> Result<(), Error> {
    sqlx::query!(
        "update agent_checks set question = $2, rules = $3 where id = $1",
        id.uuid(),
        new.question(),
        Json(new.rules()) as _,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Puts checks into this order. They change places all at once: the rule that none is taken twice is held at the end.
pub(crate) async fn order(tx: &mut Tx, checks: &[CheckId]) -> Result<(), Error> {
    let ids: Vec<Uuid> = checks.iter().map(|check| check.uuid()).collect();
    sqlx::query!(
        "update agent_checks c set place = (o.place - 1)::smallint
         from unnest($1::uuid[]) with ordinality as o (id, place) where c.id = o.id",
        &ids
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes a check.
pub(crate) async fn delete(tx: &mut Tx, id: CheckId) -> Result<(), Error> {
    sqlx::query!("delete from agent_checks where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// Writes down that checks are being asked.
pub(crate) async fn begin(
    tx: &mut Tx,
    id: CheckRunId,
    agent: AccountId,
    subject: &[u8],
    results: &[CheckResult],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into agent_check_runs (id, agent_id, subject, state, results, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        id.uuid(),
        agent.uuid(),
        subject,
        CheckRunState::Running.as_str(),
        Json(results) as _,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A run of checks; its row is held until the transaction ends.
pub(crate) async fn lock_run(tx: &mut Tx, id: CheckRunId) -> Result<Option<RunRow>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, agent_id, subject, state, results as "results: Json<Vec<CheckResult>>", created_at, finished_at
           from agent_check_runs where id = $1 for update"#,
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(RunRow::try_from).transpose()
}

/// The run of an agent's checks that was begun last.
pub(crate) async fn newest_run(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Option<RunRow>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, agent_id, subject, state, results as "results: Json<Vec<CheckResult>>", created_at, finished_at
           from agent_check_runs where agent_id = $1 order by id desc limit 1"#,
        agent.uuid()
    )
    .fetch_optional(executor)
    .await?;
    row.map(RunRow::try_from).transpose()
}

/// Writes down how far a run is.
pub(crate) async fn note(tx: &mut Tx, id: CheckRunId, results: &[CheckResult]) -> Result<(), Error> {
    sqlx::query!("update agent_check_runs set results = $2 where id = $1", id.uuid(), Json(results) as _)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Writes down what became of a run.
pub(crate) async fn finish(
    tx: &mut Tx,
    id: CheckRunId,
    state: CheckRunState,
    results: &[CheckResult],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update agent_check_runs set state = $2, results = $3, finished_at = $4 where id = $1",
        id.uuid(),
        state.as_str(),
        Json(results) as _,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets all but the youngest runs of an agent's checks.
pub(crate) async fn forget_runs(tx: &mut Tx, agent: AccountId, keep: i64) -> Result<(), Error> {
    sqlx::query!(
        "delete from agent_check_runs where agent_id = $1 and id not in
             (select id from agent_check_runs where agent_id = $1 order by id desc limit $2)",
        agent.uuid(),
        keep
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
