//! What waits for a person to decide.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ActId, PageSize, PostId, ProposalId, RunId};
use platform::Tx;
use serde_json::Value;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::{
    Error,
    review::{Filter, NewProposal, Proposal, ReviewState, WaitsFor},
};

/// An item.
pub(crate) struct ReviewRow {
    pub(crate) id: ProposalId,
    pub(crate) agent: AccountId,
    pub(crate) assignee: AccountId,
    pub(crate) proposal: Proposal,
    pub(crate) edited: Option<Proposal>,
    pub(crate) waits_for: WaitsFor,
    pub(crate) confidence: Option<u8>,
    pub(crate) state: ReviewState,
    pub(crate) note: String,
    pub(crate) run: Option<RunId>,
    pub(crate) act: Option<ActId>,
    pub(crate) result: Option<PostId>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) decided_by: Option<AccountId>,
    pub(crate) decided_at: Option<DateTime<Utc>>,
}

struct Row {
    id: Uuid,
    kind: String,
    agent_id: Uuid,
    assignee_id: Uuid,
    proposal: Value,
    edited: Option<Value>,
    waits_for: String,
    confidence: Option<i16>,
    state: String,
    note: String,
    run_id: Option<Uuid>,
    act_id: Option<Uuid>,
    result_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    decided_by: Option<Uuid>,
    decided_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for ReviewRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let read = |payload| Proposal::read(row.kind.clone(), payload).ok_or(Error::BadRow("proposal"));
        Ok(Self {
            id: ProposalId::from_uuid(row.id),
            agent: AccountId::from_uuid(row.agent_id),
            assignee: AccountId::from_uuid(row.assignee_id),
            proposal: read(row.proposal)?,
            edited: row.edited.map(read).transpose()?,
            waits_for: WaitsFor::parse(&row.waits_for).ok_or(Error::BadRow("reason to wait"))?,
            confidence: row.confidence.map(|it| u8::try_from(it).unwrap_or_default()),
            state: ReviewState::parse(&row.state).ok_or(Error::BadRow("state of an item to decide"))?,
            note: row.note,
            run: row.run_id.map(RunId::from_uuid),
            act: row.act_id.map(ActId::from_uuid),
            result: row.result_id.map(PostId::from_uuid),
            created_at: row.created_at,
            expires_at: row.expires_at,
            decided_by: row.decided_by.map(AccountId::from_uuid),
            decided_at: row.decided_at,
        })
    }
}

/// Writes an item down, unless its key is known: then the one of that time.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: ProposalId,
    assignee: AccountId,
    new: &NewProposal,
    now: DateTime<Utc>,
) -> Result<(ProposalId, bool), Error> {
    let inserted = sqlx::query!(
        "insert into review_items (id, kind, agent_id, assignee_id, proposal, waits_for, confidence, state, run_id, act_id,
             key, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9, $10, $11, $12)
         on conflict (key) do nothing",
        id.uuid(),
        new.proposal.kind(),
        new.agent.uuid(),
        assignee.uuid(),
        new.proposal.payload(),
        new.waits_for.as_str(),
        new.confidence.map(i16::from),
        new.run.map(RunId::uuid),
        new.act.map(ActId::uuid),
        new.key,
        now,
        now + new.waits,
    )
    .execute(&mut **tx)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok((id, true));
    }
    let known = sqlx::query_scalar!("select id from review_items where key = $1", new.key).fetch_one(&mut **tx).await?;
    Ok((ProposalId::from_uuid(known), false))
}

/// An item.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: ProposalId) -> Result<Option<ReviewRow>, Error> {
    sqlx::query_as!(
        Row,
        "select id, kind, agent_id, assignee_id, proposal, edited, waits_for, confidence, state, note, run_id, act_id,
             result_id, created_at, expires_at, decided_by, decided_at
         from review_items where id = $1",
        id.uuid()
    )
    .fetch_optional(executor)
    .await?
    .map(ReviewRow::try_from)
    .transpose()
}

/// An item that is held until the transaction ends: of two who decide, one waits for the other.
pub(crate) async fn lock(tx: &mut Tx, id: ProposalId) -> Result<Option<ReviewRow>, Error> {
    sqlx::query!("select id from review_items where id = $1 for no key update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    find(&mut **tx, id).await
}

/// Some items of somebody, youngest first.
pub(crate) async fn list(
    pool: &PgPool,
    assignee: AccountId,
    filter: Filter,
    before: Option<ProposalId>,
    size: PageSize,
) -> Result<Vec<ReviewRow>, Error> {
    sqlx::query_as!(
        Row,
        "select id, kind, agent_id, assignee_id, proposal, edited, waits_for, confidence, state, note, run_id, act_id,
             result_id, created_at, expires_at, decided_by, decided_at
         from review_items
         where assignee_id = $1 and (state = 'pending') <> $2 and ($3::uuid is null or agent_id = $3)
             and ($4::uuid is null or id < $4)
         order by id desc limit $5",
        assignee.uuid(),
        filter.decided,
        filter.agent.map(AccountId::uuid),
        before.map(ProposalId::uuid),
        size.overfull(),
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(ReviewRow::try_from)
    .collect()
}

/// How many wait for somebody; no more than `most` are counted.
pub(crate) async fn pending(pool: &PgPool, assignee: AccountId, most: i64) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               select from review_items where assignee_id = $1 and state = 'pending' limit $2
           ) waiting"#,
        assignee.uuid(),
        most
    )
    .fetch_one(pool)
    .await?;
    Ok(count)
}

/// How an item was decided.
pub(crate) struct Outcome<'a> {
    pub(crate) state: ReviewState,
    pub(crate) by: Option<AccountId>,
    pub(crate) edited: Option<&'a Proposal>,
    pub(crate) note: &'a str,
    pub(crate) result: Option<PostId>,
}

/// Decides an item that waits.
pub(crate) async fn decide(
    tx: &mut Tx,
    id: ProposalId,
    outcome: &Outcome<'_>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update review_items set state = $2, decided_by = $3, edited = $4, note = $5, result_id = $6, decided_at = $7
         where id = $1 and state = 'pending'",
        id.uuid(),
        outcome.state.as_str(),
        outcome.by.map(AccountId::uuid),
        outcome.edited.map(Proposal::payload),
        outcome.note,
        outcome.result.map(PostId::uuid),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Items that nobody decided in time, held until the transaction ends.
pub(crate) async fn overdue(tx: &mut Tx, now: DateTime<Utc>, limit: i64) -> Result<Vec<ReviewRow>, Error> {
    sqlx::query_as!(
        Row,
        "select id, kind, agent_id, assignee_id, proposal, edited, waits_for, confidence, state, note, run_id, act_id,
             result_id, created_at, expires_at, decided_by, decided_at
         from review_items where state = 'pending' and expires_at <= $1
         order by expires_at limit $2 for no key update skip locked",
        now,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(ReviewRow::try_from)
    .collect()
}

/// How an agent's latest proposals of a kind were decided, the last one first. Those that nobody decided don't count.
pub(crate) async fn latest_decisions(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    kind: &str,
    limit: i64,
) -> Result<Vec<ReviewState>, Error> {
    let states = sqlx::query_scalar!(
        "select state from review_items
         where agent_id = $1 and kind = $2 and decided_at is not null and state <> 'expired'
         order by decided_at desc, id desc limit $3",
        agent.uuid(),
        kind,
        limit,
    )
    .fetch_all(executor)
    .await?;
    states.iter().map(|it| ReviewState::parse(it).ok_or(Error::BadRow("state of an item to decide"))).collect()
}

/// What an agent proposed to say of late.
pub(crate) async fn latest_bodies(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    kind: &str,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let bodies = sqlx::query_scalar!(
        r#"select proposal ->> 'body' as "body!" from review_items
           where agent_id = $1 and kind = $2 and proposal ->> 'body' is not null
           order by created_at desc limit $3"#,
        agent.uuid(),
        kind,
        limit,
    )
    .fetch_all(executor)
    .await?;
    Ok(bodies)
}
