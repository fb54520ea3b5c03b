//! Runs.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ConversationId, MessageId, RunId};
use platform::Tx;
use sqlx::{PgExecutor, PgPool, types::Json};
use uuid::Uuid;

use crate::{
    Citation, Error, Purpose, RunProblem, RunState, RunView, Spec,
    service::{Task, Written},
};

/// A run that is about to wait for its turn.
pub(crate) struct NewRow {
    pub(crate) id: RunId,
    pub(crate) agent: AccountId,
    pub(crate) version: Option<i32>,
    pub(crate) purpose: Purpose,
    pub(crate) asker: AccountId,
    pub(crate) conversation: ConversationId,
    pub(crate) question: MessageId,
    pub(crate) message: MessageId,
}

/// Writes a run down.
pub(crate) async fn insert(tx: &mut Tx, new: &NewRow, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into runs (id, agent_id, version, purpose, asker_id, conversation_id, question_id, message_id, state,
             created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9)",
        new.id.uuid(),
        new.agent.uuid(),
        new.version,
        new.purpose.as_str(),
        new.asker.uuid(),
        new.conversation.uuid(),
        new.question.uuid(),
        new.message.uuid(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The conversation in which somebody tried the draft of an agent last.
pub(crate) async fn newest_preview(
    pool: &PgPool,
    agent: AccountId,
    asker: AccountId,
) -> Result<Option<ConversationId>, Error> {
    let id = sqlx::query_scalar!(
        r#"select conversation_id as "conversation_id!" from runs
           where agent_id = $1 and asker_id = $2 and purpose = $3 and conversation_id is not null
           order by id desc limit 1"#,
        agent.uuid(),
        asker.uuid(),
        Purpose::Preview.as_str(),
    )
    .fetch_optional(pool)
    .await?;
    Ok(id.map(ConversationId::from_uuid))
}

/// The answer to a check that is being written, in no conversation.
pub(crate) struct NewCheckRow {
    pub(crate) id: RunId,
    pub(crate) agent: AccountId,
    pub(crate) asker: AccountId,
    /// Who finds it unended after this sees after it.
    pub(crate) alive_until: DateTime<Utc>,
}

/// Writes down that a check is being answered.
pub(crate) async fn insert_check(pool: &PgPool, new: &NewCheckRow, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "insert into runs (id, agent_id, purpose, asker_id, state, created_at, started_at, alive_until)
         values ($1, $2, $3, $4, 'running', $5, $5, $6)",
        new.id.uuid(),
        new.agent.uuid(),
        Purpose::Check.as_str(),
        new.asker.uuid(),
        now,
        new.alive_until,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Writes the run of an act down, which somebody works on until `until`.
pub(crate) async fn insert_act(
    tx: &mut Tx,
    id: RunId,
    (agent, version): (AccountId, Option<i32>),
    purpose: Purpose,
    asker: AccountId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into runs (id, agent_id, version, purpose, asker_id, state, created_at, started_at, alive_until)
         values ($1, $2, $3, $4, $5, 'running', $6, $6, $7)",
        id.uuid(),
        agent.uuid(),
        version,
        purpose.as_str(),
        asker.uuid(),
        now,
        until,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct ViewRow {
    id: Uuid,
    agent_id: Uuid,
    asker_id: Uuid,
    conversation_id: Option<Uuid>,
    message_id: Option<Uuid>,
    version: Option<i32>,
    state: String,
    problem: Option<String>,
    model: Option<String>,
    input_tokens: i64,
    output_tokens: i64,
    cost_micro: i64,
    citations: Json<Vec<Citation>>,
    created_at: DateTime<Utc>,
}

impl TryFrom<ViewRow> for RunView {
    type Error = Error;

    fn try_from(row: ViewRow) -> Result<Self, Error> {
        let problem = row.problem.map(|text| RunProblem::parse(&text).ok_or(Error::BadRow("problem of a run")));
        Ok(Self {
            id: RunId::from_uuid(row.id),
            agent: AccountId::from_uuid(row.agent_id),
            asker: AccountId::from_uuid(row.asker_id),
            conversation: row.conversation_id.map(ConversationId::from_uuid),
            message: row.message_id.map(MessageId::from_uuid),
            version: row.version.map(super::agents::number).transpose()?,
            state: RunState::parse(&row.state).ok_or(Error::BadRow("state of a run"))?,
            problem: problem.transpose()?,
            model: row.model,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            cost_micro: row.cost_micro,
            citations: row.citations.0,
            created_at: row.created_at,
        })
    }
}

/// A run.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: RunId) -> Result<Option<RunView>, Error> {
    sqlx::query_as!(
        ViewRow,
        r#"select id, agent_id, asker_id, conversation_id, message_id, version, state, problem, model, input_tokens, output_tokens,
               cost_micro, citations as "citations: Json<Vec<Citation>>", created_at
           from runs where id = $1"#,
        id.uuid()
    )
    .fetch_optional(executor)
    .await?
    .map(RunView::try_from)
    .transpose()
}

/// The runs that wrote these messages.
pub(crate) async fn of_messages(pool: &PgPool, messages: &[MessageId]) -> Result<Vec<RunView>, Error> {
    let ids: Vec<Uuid> = messages.iter().map(|message| message.uuid()).collect();
    sqlx::query_as!(
        ViewRow,
        r#"select id, agent_id, asker_id, conversation_id, message_id, version, state, problem, model, input_tokens, output_tokens,
               cost_micro, citations as "citations: Json<Vec<Citation>>", created_at
           from runs where message_id = any($1)"#,
        &ids
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(RunView::try_from)
    .collect()
}

/// The first run that answers a question.
pub(crate) async fn of_question(tx: &mut Tx, question: MessageId) -> Result<Option<RunId>, Error> {
    let id = sqlx::query_scalar!("select id from runs where question_id = $1 order by id limit 1", question.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(id.map(RunId::from_uuid))
}

/// What answers the message that a run wrote: its question, if both are still there.
pub(crate) async fn question_of(tx: &mut Tx, message: MessageId) -> Result<Option<(MessageId, AccountId)>, Error> {
    let row = sqlx::query!(
        r#"select question_id as "question_id!", agent_id from runs where message_id = $1 and question_id is not null"#,
        message.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (MessageId::from_uuid(row.question_id), AccountId::from_uuid(row.agent_id))))
}

/// Takes a run on: one that waits, or one that whoever worked on it has left. Nobody else does until `alive_until`.
pub(crate) async fn take_on(
    tx: &mut Tx,
    id: RunId,
    now: DateTime<Utc>,
    alive_until: DateTime<Utc>,
) -> Result<Option<Task>, Error> {
    let row = sqlx::query!(
        r#"update runs set state = 'running', started_at = coalesce(started_at, $2), alive_until = $3
           where id = $1 and conversation_id is not null and question_id is not null and message_id is not null
             and (state = 'waiting' or (state = 'running' and alive_until < $2))
           returning agent_id, version, purpose, asker_id, conversation_id as "conversation_id!", question_id as "question_id!",
               message_id as "message_id!""#,
        id.uuid(),
        now,
        alive_until,
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(Task {
            run: id,
            agent: AccountId::from_uuid(row.agent_id),
            version: row.version,
            purpose: Purpose::parse(&row.purpose).ok_or(Error::BadRow("purpose of a run"))?,
            asker: AccountId::from_uuid(row.asker_id),
            conversation: ConversationId::from_uuid(row.conversation_id),
            question: MessageId::from_uuid(row.question_id),
            message: MessageId::from_uuid(row.message_id),
        })
    })
    .transpose()
}

/// Lets a run that is being worked on wait for a decision.
pub(crate) async fn pause(tx: &mut Tx, id: RunId, until: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update runs set state = 'deciding', decide_until = $2, alive_until = null where id = $1 and state = 'running'",
        id.uuid(),
        until,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets a run go on that waited for a decision.
pub(crate) async fn resume(tx: &mut Tx, id: RunId) -> Result<(), Error> {
    sqlx::query!("update runs set state = 'waiting' where id = $1 and state = 'deciding'", id.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Runs that nobody decided on in time.
pub(crate) async fn undecided(pool: &PgPool, now: DateTime<Utc>, limit: i64) -> Result<Vec<Left>, Error> {
    let rows = sqlx::query!(
        "select id, agent_id, message_id from runs where state = 'deciding' and decide_until < $1
         order by decide_until limit $2",
        now,
        limit,
    )
    .fetch_all(pool)
    .await?;
    let left = |id, agent, message: Option<Uuid>| Left {
        id: RunId::from_uuid(id),
        agent: AccountId::from_uuid(agent),
        message: message.map(MessageId::from_uuid),
        begun: true,
    };
    Ok(rows.into_iter().map(|row| left(row.id, row.agent_id, row.message_id)).collect())
}

/// Begins a run that turns what an agent knows into vectors: nobody asked for it, and no message is written.
pub(crate) async fn begin_embedding(
    tx: &mut Tx,
    id: RunId,
    agent: AccountId,
    owner: AccountId,
    (now, alive_until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), Error> {
    sqlx::query!(
        "insert into runs (id, agent_id, purpose, asker_id, state, created_at, started_at, alive_until)
         values ($1, $2, 'embed', $3, 'running', $4, $4, $5)",
        id.uuid(),
        agent.uuid(),
        owner.uuid(),
        now,
        alive_until,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The owner of an agent.
pub(crate) async fn owner(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Option<AccountId>, Error> {
    let owner = sqlx::query_scalar!("select owner_id from agents where account_id = $1", agent.uuid())
        .fetch_optional(executor)
        .await?;
    Ok(owner.map(AccountId::from_uuid))
}

/// Whether somebody works on a run that has not ended; nothing, when it has. Held until the transaction ends.
pub(crate) async fn is_worked_on(tx: &mut Tx, id: RunId, now: DateTime<Utc>) -> Result<Option<bool>, Error> {
    let worked_on = sqlx::query_scalar!(
        r#"select coalesce(state = 'running' and alive_until >= $2, false) as "worked_on!" from runs
           where id = $1 and finished_at is null for update"#,
        id.uuid(),
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(worked_on)
}

/// Says that a run is still being worked on. Whether it is not stopped.
pub(crate) async fn stay_alive(
    executor: impl PgExecutor<'_>,
    id: RunId,
    alive_until: DateTime<Utc>,
) -> Result<bool, Error> {
    let alive =
        sqlx::query!("update runs set alive_until = $2 where id = $1 and state = 'running'", id.uuid(), alive_until)
            .execute(executor)
            .await?;
    Ok(alive.rows_affected() == 1)
}

/// Notes when the first words came, and from whom.
pub(crate) async fn first_piece(
    executor: impl PgExecutor<'_>,
    id: RunId,
    model: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!("update runs set first_piece_at = $2, model = $3 where id = $1", id.uuid(), now, model)
        .execute(executor)
        .await?;
    Ok(())
}

/// Ends a run in a state. Whether it had not ended before.
pub(crate) async fn end(
    tx: &mut Tx,
    id: RunId,
    state: RunState,
    problem: Option<RunProblem>,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let ended = sqlx::query!(
        "update runs set state = $2, problem = $3, finished_at = $4, alive_until = null
         where id = $1 and finished_at is null",
        id.uuid(),
        state.as_str(),
        problem.map(RunProblem::as_str),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Notes what an answer used up, and what it refers to; also of one that was stopped meanwhile.
pub(crate) async fn account_for(tx: &mut Tx, id: RunId, answered: &Written) -> Result<(), Error> {
    sqlx::query!(
        "update runs set model = coalesce($2, model), input_tokens = $3, output_tokens = $4, cost_micro = $5, citations = $6
         where id = $1",
        id.uuid(),
        answered.model.as_deref(),
        i64::try_from(answered.usage.input_tokens).unwrap_or(i64::MAX),
        i64::try_from(answered.usage.output_tokens).unwrap_or(i64::MAX),
        answered.cost.micros(),
        Json(&answered.citations) as _,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Where an answer stands, and who gave it.
pub(crate) async fn answer(tx: &mut Tx, message: MessageId) -> Result<Option<(ConversationId, AccountId)>, Error> {
    let row = sqlx::query!(
        r#"select conversation_id as "conversation_id!", agent_id from runs
           where message_id = $1 and conversation_id is not null"#,
        message.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (ConversationId::from_uuid(row.conversation_id), AccountId::from_uuid(row.agent_id))))
}

/// What has been kept of an answer.
pub(crate) struct Kept {
    pub(crate) body: String,
    /// How it ended, when run and message both have; also that it waits for a decision, which is an end for the time being.
    pub(crate) ended: Option<RunState>,
    /// How many tools were called and have answered: it changes with each step.
    pub(crate) steps: i64,
}

/// What has been kept of an answer; nothing, when its message is gone.
pub(crate) async fn kept(pool: &PgPool, id: RunId) -> Result<Option<Kept>, Error> {
    let row = sqlx::query!(
        r#"select m.body, m.state = 'writing' as "is_writing!", r.state,
               (select count(*) + count(c.finished_at) from tool_calls c where c.run_id = r.id) as "steps!"
           from runs r join messages m on m.id = r.message_id where r.id = $1"#,
        id.uuid()
    )
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        let state = RunState::parse(&row.state).ok_or(Error::BadRow("state of a run"))?;
        let is_over = state == RunState::Deciding || (state.has_ended() && !row.is_writing);
        Ok(Kept { body: row.body, ended: is_over.then_some(state), steps: row.steps })
    })
    .transpose()
}

/// A run that nobody works on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left {
    pub(crate) id: RunId,
    pub(crate) agent: AccountId,
    pub(crate) message: Option<MessageId>,
    /// Whether anybody has begun it, or nobody can any more: its conversation is gone.
    pub(crate) begun: bool,
}

/// Runs that nobody works on: left in the middle, or waiting since before `waiting_since`.
pub(crate) async fn left(
    pool: &PgPool,
    now: DateTime<Utc>,
    waiting_since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Left>, Error> {
    let rows = sqlx::query!(
        r#"select id, agent_id, message_id, state = 'running' or conversation_id is null as "begun!" from runs
         where finished_at is null
           and ((state = 'running' and alive_until < $1) or (state = 'waiting' and created_at < $2))
         order by id limit $3"#,
        now,
        waiting_since,
        limit,
    )
    .fetch_all(pool)
    .await?;
    let left = |id, agent, message: Option<Uuid>, begun| Left {
        id: RunId::from_uuid(id),
        agent: AccountId::from_uuid(agent),
        message: message.map(MessageId::from_uuid),
        begun,
    };
    Ok(rows.into_iter().map(|row| left(row.id, row.agent_id, row.message_id, row.begun)).collect())
}

/// Runs that ended before `before`, and whose message nobody ended with them.
pub(crate) async fn unended(pool: &PgPool, before: DateTime<Utc>, limit: i64) -> Result<Vec<Left>, Error> {
    let rows = sqlx::query!(
        r#"select r.id, r.agent_id, m.id as message_id from messages m join runs r on r.message_id = m.id
           where m.state = 'writing' and r.finished_at < $1 limit $2"#,
        before,
        limit,
    )
    .fetch_all(pool)
    .await?;
    let left = |id, agent, message| Left {
        id: RunId::from_uuid(id),
        agent: AccountId::from_uuid(agent),
        message: Some(MessageId::from_uuid(message)),
        begun: true,
    };
    Ok(rows.into_iter().map(|row| left(row.id, row.agent_id, row.message_id)).collect())
}

/// An agent, as far as answering goes.
pub(crate) struct Subject {
    pub(crate) agent: AccountId,
    pub(crate) owner: AccountId,
    pub(crate) name: String,
    pub(crate) handle: String,
    /// The version that answers; none for the draft.
    pub(crate) version: Option<i32>,
    /// Whether it is published and at work, and its owner was not suspended.
    pub(crate) answers: bool,
    pub(crate) spec: Spec,
}

/// An agent with the version that answers now, or with another one; with its draft, when there is none.
pub(crate) async fn subject(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    version: Option<i32>,
) -> Result<Option<Subject>, Error> {
    let row = sqlx::query!(
        r#"select a.owner_id, a.state, account.name, account.handle, coalesce($2, a.version) as version,
               coalesce(v.spec, a.draft) as "spec!: Json<Spec>",
               (owner.suspended_at is not null or account.suspended_at is not null) as "suspended!"
           from agents a join accounts account on account.id = a.account_id join accounts owner on owner.id = a.owner_id
           left join agent_versions v on v.agent_id = a.account_id and v.number = coalesce($2, a.version)
           where a.account_id = $1"#,
        agent.uuid(),
        version,
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| Subject {
        agent,
        owner: AccountId::from_uuid(row.owner_id),
        name: row.name,
        handle: row.handle,
        version: row.version,
        answers: row.state == "published" && !row.suspended,
        spec: row.spec.0,
    }))
}

/// The draft of an agent.
pub(crate) async fn draft(executor: impl PgExecutor<'_>, agent: AccountId) -> Result<Option<Spec>, Error> {
    let draft =
        sqlx::query_scalar!(r#"select draft as "draft: Json<Spec>" from agents where account_id = $1"#, agent.uuid())
            .fetch_optional(executor)
            .await?;
    Ok(draft.map(|draft| draft.0))
}
