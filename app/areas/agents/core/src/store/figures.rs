//! What agents cost and bring, in few statements for all of somebody's agents.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{AccountId, PageSize, RunId, ToolCallId};
use sqlx::{PgPool, types::Json};
use uuid::Uuid;

use super::agents::number;
use crate::{
    Citation, Error, Purpose, RunProblem, RunState,
    figures::{Drafts, RunLine, RunWords, Span, ToolCallRecord},
    review::ReviewState,
};

fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// What each of these agents spent on each day since `since`, and what is set aside.
pub(crate) async fn days(
    pool: &PgPool,
    agents: &[Uuid],
    since: NaiveDate,
) -> Result<Vec<(AccountId, NaiveDate, i64, i64)>, Error> {
    let rows = sqlx::query!(
        "select subject_id, begins, spent_micro, reserved_micro from spending
         where subject_id = any($1) and side = 'agent' and span = 'day' and begins >= $2",
        agents,
        since
    )
    .fetch_all(pool)
    .await?;
    let day = |subject, begins, spent, reserved| (AccountId::from_uuid(subject), begins, spent, reserved);
    Ok(rows.into_iter().map(|row| day(row.subject_id, row.begins, row.spent_micro, row.reserved_micro)).collect())
}

/// What each of these agents spent in the month that begins on a day, and what is set aside.
pub(crate) async fn months(
    pool: &PgPool,
    agents: &[Uuid],
    begins: NaiveDate,
) -> Result<HashMap<AccountId, (i64, i64)>, Error> {
    let rows = sqlx::query!(
        "select subject_id, spent_micro, reserved_micro from spending
         where subject_id = any($1) and side = 'agent' and span = 'month' and begins = $2",
        agents,
        begins
    )
    .fetch_all(pool)
    .await?;
    let month = |subject, spent, reserved| (AccountId::from_uuid(subject), (spent, reserved));
    Ok(rows.into_iter().map(|row| month(row.subject_id, row.spent_micro, row.reserved_micro)).collect())
}

/// How often each of these agents answered since the ids of the month and of the day begin, and with how many tokens.
pub(crate) async fn runs(
    pool: &PgPool,
    agents: &[Uuid],
    month: RunId,
    day: RunId,
) -> Result<HashMap<AccountId, (Span, Span)>, Error> {
    let rows = sqlx::query!(
        r#"select agent_id, count(*) as "month_runs!", count(*) filter (where id >= $3) as "day_runs!",
               sum(input_tokens + output_tokens)::bigint as "month_tokens!",
               coalesce(sum(input_tokens + output_tokens) filter (where id >= $3), 0)::bigint as "day_tokens!"
           from runs where agent_id = any($1) and id >= $2 group by agent_id"#,
        agents,
        month.uuid(),
        day.uuid(),
    )
    .fetch_all(pool)
    .await?;
    let span = |runs, tokens| Span { runs: count(runs), tokens, ..Span::default() };
    let spans = rows.into_iter().map(|row| {
        let spans = (span(row.day_runs, row.day_tokens), span(row.month_runs, row.month_tokens));
        (AccountId::from_uuid(row.agent_id), spans)
    });
    Ok(spans.collect())
}

/// How the answers of these agents since an id were rated: how many well, how many badly.
pub(crate) async fn ratings(
    pool: &PgPool,
    agents: &[Uuid],
    since: RunId,
) -> Result<HashMap<AccountId, (u32, u32)>, Error> {
    let rows = sqlx::query!(
        r#"select run.agent_id, count(*) filter (where rating.value > 0) as "good!",
               count(*) filter (where rating.value < 0) as "bad!"
           from runs run join message_ratings rating on rating.message_id = run.message_id
           where run.agent_id = any($1) and run.id >= $2 group by run.agent_id"#,
        agents,
        since.uuid(),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (AccountId::from_uuid(row.agent_id), (count(row.good), count(row.bad)))).collect())
}

/// What became of the drafts of these agents since an instant, and how many wait.
pub(crate) async fn drafts(
    pool: &PgPool,
    agents: &[Uuid],
    since: DateTime<Utc>,
) -> Result<HashMap<AccountId, Drafts>, Error> {
    let rows = sqlx::query!(
        r#"select agent_id, state, count(*) as "count!" from review_items
           where agent_id = any($1) and (decided_at is null or decided_at >= $2) group by agent_id, state"#,
        agents,
        since,
    )
    .fetch_all(pool)
    .await?;
    let mut drafts: HashMap<AccountId, Drafts> = HashMap::new();
    for row in rows {
        let of = drafts.entry(AccountId::from_uuid(row.agent_id)).or_default();
        match ReviewState::parse(&row.state).ok_or(Error::BadRow("state of an item to decide"))? {
            ReviewState::Pending => of.waiting = count(row.count),
            ReviewState::Approved => of.approved = count(row.count),
            ReviewState::Edited => of.edited = count(row.count),
            ReviewState::Rejected => of.rejected = count(row.count),
            ReviewState::TakenOver => of.taken_over = count(row.count),
            ReviewState::Expired => {}
        }
    }
    Ok(drafts)
}

struct LineRow {
    id: Uuid,
    purpose: String,
    state: String,
    problem: Option<String>,
    model: Option<String>,
    version: Option<i32>,
    input_tokens: i64,
    output_tokens: i64,
    cost_micro: i64,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    first_piece_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<LineRow> for RunLine {
    type Error = Error;

    fn try_from(row: LineRow) -> Result<Self, Error> {
        let since_start = |at: Option<DateTime<Utc>>| {
            at.zip(row.started_at).map(|(at, start)| (at - start).num_milliseconds().max(0))
        };
        Ok(Self {
            id: RunId::from_uuid(row.id),
            purpose: Purpose::parse(&row.purpose).ok_or(Error::BadRow("purpose of a run"))?,
            state: RunState::parse(&row.state).ok_or(Error::BadRow("state of a run"))?,
            problem: row
                .problem
                .map(|text| RunProblem::parse(&text).ok_or(Error::BadRow("problem of a run")))
                .transpose()?,
            model: row.model,
            version: row.version.map(number).transpose()?,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            cost_micro: row.cost_micro,
            created_at: row.created_at,
            first_word: since_start(row.first_piece_at),
            took: since_start(row.finished_at),
        })
    }
}

/// The runs of an agent, the youngest first.
pub(crate) async fn runs_of(
    pool: &PgPool,
    agent: AccountId,
    before: Option<RunId>,
    size: PageSize,
) -> Result<Vec<RunLine>, Error> {
    sqlx::query_as!(
        LineRow,
        "select id, purpose, state, problem, model, version, input_tokens, output_tokens, cost_micro, created_at, started_at,
             first_piece_at, finished_at
         from runs where agent_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
        agent.uuid(),
        before.map(RunId::uuid),
        size.overfull(),
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(RunLine::try_from)
    .collect()
}

/// A run of an agent, and who asked.
pub(crate) async fn run(pool: &PgPool, agent: AccountId, id: RunId) -> Result<Option<(RunLine, AccountId)>, Error> {
    let asker =
        sqlx::query_scalar!("select asker_id from runs where id = $1 and agent_id = $2", id.uuid(), agent.uuid())
            .fetch_optional(pool)
            .await?;
    let Some(asker) = asker else { return Ok(None) };
    let line = sqlx::query_as!(
        LineRow,
        "select id, purpose, state, problem, model, version, input_tokens, output_tokens, cost_micro, created_at, started_at,
             first_piece_at, finished_at
         from runs where id = $1",
        id.uuid(),
    )
    .fetch_one(pool)
    .await?;
    Ok(Some((line.try_into()?, AccountId::from_uuid(asker))))
}

/// What was said in a run.
pub(crate) async fn words(pool: &PgPool, id: RunId) -> Result<RunWords, Error> {
    let row = sqlx::query!(
        r#"select coalesce(question.body, mention.body, schedule.instructions) as question,
               coalesce(answer.body, post.body, item.edited ->> 'body', item.proposal ->> 'body') as answer,
               run.citations as "citations!: Json<Vec<Citation>>"
           from runs run
           left join messages question on question.id = run.question_id
           left join messages answer on answer.id = run.message_id
           left join agent_acts act on act.run_id = run.id
           left join posts mention on mention.id = act.mention_id and mention.deleted_at is null
           left join agent_schedules schedule on schedule.id = act.schedule_id
           left join posts post on post.id = act.post_id and post.deleted_at is null
           left join review_items item on item.run_id = run.id
           where run.id = $1 limit 1"#,
        id.uuid()
    )
    .fetch_one(pool)
    .await?;
    let calls = sqlx::query!(
        "select id, tool, arguments, state, result from tool_calls where run_id = $1 order by place",
        id.uuid()
    )
    .fetch_all(pool)
    .await?;
    let tools = calls.into_iter().map(|call| ToolCallRecord {
        id: ToolCallId::from_uuid(call.id),
        tool: call.tool,
        arguments: serde_json::to_string_pretty(&call.arguments).unwrap_or_default(),
        state: call.state,
        result: call.result,
    });
    Ok(RunWords {
        question: row.question,
        answer: row.answer.filter(|it| !it.is_empty()),
        citations: row.citations.0,
        tools: tools.collect(),
    })
}
