//! Rounds of an answer, and the calls of tools in them.

use chrono::{DateTime, Utc};
use kernel::{AccountId, RunId, ToolCallId};
use platform::{
    Tx,
    models::{Cost, Usage},
};
use serde_json::Value;
use sqlx::{PgExecutor, PgPool, types::Json};
use uuid::Uuid;

use crate::{CallState, CallView, Error};

/// A round that is over: a model called tools in it.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    pub(crate) number: i16,
    /// What the model said before it did.
    pub(crate) text: String,
    pub(crate) usage: Usage,
    pub(crate) cost: Cost,
}

/// A call, with all that is needed to make it and to tell the model of it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: ToolCallId,
    pub(crate) round: i16,
    pub(crate) place: i16,
    /// What the model calls it.
    pub(crate) call: String,
    pub(crate) tool: String,
    pub(crate) arguments: Value,
    pub(crate) state: CallState,
    pub(crate) result: Option<String>,
}

/// Writes a round down.
pub(crate) async fn insert_round(tx: &mut Tx, run: RunId, round: &Round) -> Result<(), Error> {
    sqlx::query!(
        "insert into run_rounds (run_id, round, text, input_tokens, output_tokens, cost_micro)
         values ($1, $2, $3, $4, $5, $6)",
        run.uuid(),
        round.number,
        round.text,
        i64::try_from(round.usage.input_tokens).unwrap_or(i64::MAX),
        i64::try_from(round.usage.output_tokens).unwrap_or(i64::MAX),
        round.cost.micros(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a call down.
pub(crate) async fn insert(tx: &mut Tx, run: RunId, call: &Call, now: DateTime<Utc>) -> Result<(), Error> {
    let ended = call.result.is_some();
    sqlx::query!(
        "insert into tool_calls (id, run_id, round, place, call, tool, arguments, state, result, created_at, finished_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        call.id.uuid(),
        run.uuid(),
        call.round,
        call.place,
        call.call,
        call.tool,
        call.arguments,
        call.state.as_str(),
        call.result,
        now,
        ended.then_some(now),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes what came of a call.
pub(crate) async fn finish(
    pool: &PgPool,
    id: ToolCallId,
    state: CallState,
    result: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update tool_calls set state = $2, result = $3, finished_at = $4 where id = $1 and state = 'allowed'",
        id.uuid(),
        state.as_str(),
        result,
        now,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The rounds of a run that are over, in their order.
pub(crate) async fn rounds(executor: impl PgExecutor<'_>, run: RunId) -> Result<Vec<Round>, Error> {
    let rows = sqlx::query!(
        "select round, text, input_tokens, output_tokens, cost_micro from run_rounds where run_id = $1 order by round",
        run.uuid()
    )
    .fetch_all(executor)
    .await?;
    let tokens = |stored: i64| u64::try_from(stored).map_err(|_| Error::BadRow("tokens of a round"));
    rows.into_iter()
        .map(|row| {
            let (input_tokens, output_tokens) = (tokens(row.input_tokens)?, tokens(row.output_tokens)?);
            Ok(Round {
                number: row.round,
                text: row.text,
                usage: Usage { input_tokens, output_tokens, ..Usage::default() },
                cost: Cost::try_from(row.cost_micro).map_err(|_| Error::BadRow("cost of a round"))?,
            })
        })
        .collect()
}

/// The calls of a run, in their order.
pub(crate) async fn of_run(executor: impl PgExecutor<'_>, run: RunId) -> Result<Vec<Call>, Error> {
    let rows = sqlx::query!(
        "select id, round, place, call, tool, arguments, state, result from tool_calls where run_id = $1 order by place",
        run.uuid()
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Call {
                id: ToolCallId::from_uuid(row.id),
                round: row.round,
                place: row.place,
                call: row.call,
                tool: row.tool,
                arguments: row.arguments,
                state: CallState::parse(&row.state).ok_or(Error::BadRow("state of a call"))?,
                result: row.result,
            })
        })
        .collect()
}

/// What the rounds of a run have cost that are over.
pub(crate) async fn cost_so_far(executor: impl PgExecutor<'_>, run: RunId) -> Result<Cost, Error> {
    let micros = sqlx::query_scalar!(
        r#"select coalesce(sum(cost_micro), 0)::bigint as "sum!" from run_rounds where run_id = $1"#,
        run.uuid()
    )
    .fetch_one(executor)
    .await?;
    Cost::try_from(micros).map_err(|_| Error::BadRow("cost of a round"))
}

/// The calls of runs that this account asked for, in their order.
pub(crate) async fn views(pool: &PgPool, asker: AccountId, runs: &[RunId]) -> Result<Vec<CallView>, Error> {
    let ids: Vec<Uuid> = runs.iter().map(|run| run.uuid()).collect();
    let rows = sqlx::query!(
        r#"select c.id, c.run_id, c.tool, c.arguments as "arguments: Json<Value>", c.state, c.result, c.created_at,
               c.finished_at, case when c.state = 'waiting' then r.decide_until end as decide_until
           from tool_calls c join runs r on r.id = c.run_id
           where r.id = any($1) and r.asker_id = $2 order by c.run_id, c.place"#,
        &ids,
        asker.uuid()
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CallView {
                id: ToolCallId::from_uuid(row.id),
                run: RunId::from_uuid(row.run_id),
                tool: row.tool,
                arguments: row.arguments.0,
                state: CallState::parse(&row.state).ok_or(Error::BadRow("state of a call"))?,
                result: row.result,
                created_at: row.created_at,
                finished_at: row.finished_at,
                decide_until: row.decide_until,
            })
        })
        .collect()
}

/// The run of a call that this account asked for, which is held until the transaction ends.
pub(crate) struct Asked {
    pub(crate) run: RunId,
    pub(crate) agent: AccountId,
    /// Whether the run waits for a decision, and it is not too late.
    pub(crate) open: bool,
}

/// Holds the run of a call that this account asked for.
pub(crate) async fn lock_run(
    tx: &mut Tx,
    call: ToolCallId,
    asker: AccountId,
    now: DateTime<Utc>,
) -> Result<Option<Asked>, Error> {
    let row = sqlx::query!(
        r#"select r.id, r.agent_id, coalesce(r.state = 'deciding' and r.decide_until > $3, false) as "open!"
           from runs r where r.id = (select run_id from tool_calls where id = $1) and r.asker_id = $2 for update"#,
        call.uuid(),
        asker.uuid(),
        now,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let asked = |id, agent, open| Asked { run: RunId::from_uuid(id), agent: AccountId::from_uuid(agent), open };
    Ok(row.map(|row| asked(row.id, row.agent_id, row.open)))
}

/// The state of a call, and who decided it.
pub(crate) async fn decision(tx: &mut Tx, call: ToolCallId) -> Result<Option<(CallState, Option<AccountId>)>, Error> {
    let row = sqlx::query!("select state, decided_by from tool_calls where id = $1", call.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| {
        let state = CallState::parse(&row.state).ok_or(Error::BadRow("state of a call"))?;
        Ok((state, row.decided_by.map(AccountId::from_uuid)))
    })
    .transpose()
}

/// Writes a decision down. How many calls of the run still wait for one.
pub(crate) async fn decide(
    tx: &mut Tx,
    run: RunId,
    call: ToolCallId,
    state: CallState,
    result: Option<&str>,
    (by, now): (AccountId, DateTime<Utc>),
) -> Result<i64, Error> {
    sqlx::query!(
        "update tool_calls set state = $2, result = $3, decided_by = $4,
             finished_at = case when $3::text is null then null else $5::timestamptz end
         where id = $1 and state = 'waiting'",
        call.uuid(),
        state.as_str(),
        result,
        by.uuid(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "count!" from tool_calls where run_id = $1 and state = 'waiting'"#,
        run.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(waiting)
}
