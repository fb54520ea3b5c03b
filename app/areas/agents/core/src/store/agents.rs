//! Agents.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Currency, Money, PageSize};
use platform::Tx;
use sqlx::{PgExecutor, types::Json};
use uuid::Uuid;

use crate::{
    Error, Spec,
    agent::{AgentState, Caps},
};

/// What the rules need to know of an agent.
pub(crate) struct AgentRow {
    pub(crate) id: AccountId,
    pub(crate) owner: AccountId,
    pub(crate) state: AgentState,
    pub(crate) draft: Spec,
    pub(crate) draft_number: u32,
    /// The version that answers, and what it is made of.
    pub(crate) version: Option<(u32, Spec)>,
    pub(crate) caps: Caps,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl AgentRow {
    pub(crate) fn version_number(&self) -> Option<u32> {
        self.version.as_ref().map(|(number, _)| *number)
    }

    /// Whether the draft is other than what answers.
    pub(crate) fn changed(&self) -> bool {
        self.version.as_ref().is_none_or(|(_, spec)| *spec != self.draft)
    }
}

struct Row {
    account_id: Uuid,
    owner_id: Uuid,
    state: String,
    draft: Json<Spec>,
    draft_number: i32,
    version: Option<i32>,
    spec: Option<Json<Spec>>,
    daily_cap_minor: i64,
    monthly_cap_minor: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Row> for AgentRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let euros = |minor| Money::new(minor, Currency::Eur);
        Ok(Self {
            id: AccountId::from_uuid(row.account_id),
            owner: AccountId::from_uuid(row.owner_id),
            state: AgentState::parse(&row.state).ok_or(Error::BadRow("state of an agent"))?,
            draft: row.draft.0,
            draft_number: number(row.draft_number)?,
            version: row.version.zip(row.spec).map(|(it, spec)| Ok::<_, Error>((number(it)?, spec.0))).transpose()?,
            caps: Caps { daily: euros(row.daily_cap_minor), monthly: euros(row.monthly_cap_minor) },
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Reads what counts something.
pub(crate) fn number(value: i32) -> Result<u32, Error> {
    u32::try_from(value).map_err(|_| Error::BadRow("number"))
}

/// Writes what counts something.
pub(crate) fn to_row(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// An agent.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: AccountId) -> Result<Option<AgentRow>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select a.account_id, a.owner_id, a.state, a.draft as "draft: Json<Spec>", a.draft_number, a.version,
               v.spec as "spec?: Json<Spec>", a.daily_cap_minor, a.monthly_cap_minor, a.created_at, a.updated_at
           from agents a left join agent_versions v on v.agent_id = a.account_id and v.number = a.version
           where a.account_id = $1"#,
        id.uuid()
    )
    .fetch_optional(executor)
    .await?;
    row.map(AgentRow::try_from).transpose()
}

/// An agent whose row is held until the transaction ends: whatever changes the agent does so one after the other.
pub(crate) async fn lock(tx: &mut Tx, id: AccountId) -> Result<Option<AgentRow>, Error> {
    sqlx::query!("select account_id from agents where account_id = $1 for no key update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    find(&mut **tx, id).await
}

/// Some agents of an owner, newest first.
pub(crate) async fn of_owner(
    executor: impl PgExecutor<'_>,
    owner: AccountId,
    before: Option<AccountId>,
    size: PageSize,
) -> Result<Vec<AgentRow>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select a.account_id, a.owner_id, a.state, a.draft as "draft: Json<Spec>", a.draft_number, a.version,
               v.spec as "spec?: Json<Spec>", a.daily_cap_minor, a.monthly_cap_minor, a.created_at, a.updated_at
           from agents a left join agent_versions v on v.agent_id = a.account_id and v.number = a.version
           where a.owner_id = $1 and ($2::uuid is null or a.account_id < $2)
           order by a.account_id desc limit $3"#,
        owner.uuid(),
        before.map(AccountId::uuid),
        size.overfull()
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(AgentRow::try_from).collect()
}

/// How many agents somebody has that are not retired. Whoever asks is alone with the answer until the transaction ends.
pub(crate) async fn count_alone(tx: &mut Tx, owner: AccountId) -> Result<usize, Error> {
    let lock = format!("agents:{owner}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock).execute(&mut **tx).await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from agents where owner_id = $1 and state <> 'retired'"#,
        owner.uuid()
    )
    .fetch_one(&mut **tx)
    .await?;
    usize::try_from(count).map_err(|_| Error::BadRow("count of agents"))
}

/// Writes an agent down.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: AccountId,
    owner: AccountId,
    draft: &Spec,
    caps: Caps,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into agents (account_id, owner_id, state, draft, created_at, updated_at, daily_cap_minor, monthly_cap_minor)
         values ($1, $2, $3, $4, $5, $5, $6, $7)",
        id.uuid(),
        owner.uuid(),
        AgentState::Draft.as_str(),
        Json(draft) as _,
        now,
        caps.daily.minor,
        caps.monthly.minor,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps another draft, and counts the save.
pub(crate) async fn save_draft(tx: &mut Tx, id: AccountId, draft: &Spec, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update agents set draft = $2, draft_number = draft_number + 1, updated_at = $3 where account_id = $1",
        id.uuid(),
        Json(draft) as _,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets a version answer.
pub(crate) async fn set_version(
    tx: &mut Tx,
    id: AccountId,
    version: u32,
    state: AgentState,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update agents set version = $2, state = $3, updated_at = $4 where account_id = $1",
        id.uuid(),
        to_row(version),
        state.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets it rest, work or be retired.
pub(crate) async fn set_state(tx: &mut Tx, id: AccountId, state: AgentState, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update agents set state = $2, updated_at = $3 where account_id = $1", id.uuid(), state.as_str(), now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Limits what it may cost.
pub(crate) async fn set_caps(tx: &mut Tx, id: AccountId, caps: Caps, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!(
        "update agents set daily_cap_minor = $2, monthly_cap_minor = $3, updated_at = $4 where account_id = $1",
        id.uuid(),
        caps.daily.minor,
        caps.monthly.minor,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
