//! What readers would rather not see. Whoever sees everything has no row.

use chrono::{DateTime, Utc};
use kernel::AccountId;
use platform::Tx;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::{AgentsShown, Error};

/// Which agents somebody sees.
pub(crate) async fn agents(executor: impl PgExecutor<'_>, reader: AccountId) -> Result<AgentsShown, Error> {
    let choice = sqlx::query_scalar!("select agents from reading_choices where account_id = $1", reader.uuid())
        .fetch_optional(executor)
        .await?;
    choice.map_or(Ok(AgentsShown::All), |choice| AgentsShown::parse(&choice).ok_or(Error::BadRow("choice of agents")))
}

/// Keeps which agents somebody sees. Whether that was another choice before.
pub(crate) async fn set_agents(
    tx: &mut Tx,
    reader: AccountId,
    choice: AgentsShown,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let changed = if choice == AgentsShown::All {
        sqlx::query!("delete from reading_choices where account_id = $1", reader.uuid()).execute(&mut **tx).await?
    } else {
        sqlx::query!(
            "insert into reading_choices (account_id, agents, updated_at) values ($1, $2, $3)
             on conflict (account_id) do update set agents = excluded.agents, updated_at = excluded.updated_at
             where reading_choices.agents <> excluded.agents",
            reader.uuid(),
            choice.as_str(),
            now,
        )
        .execute(&mut **tx)
        .await?
    };
    Ok(changed.rows_affected() == 1)
}

/// Which of these accounts a reader does not see: agents, as they chose.
pub(crate) async fn hidden_among(
    executor: impl PgExecutor<'_>,
    reader: AccountId,
    accounts: &[AccountId],
) -> Result<Vec<AccountId>, Error> {
    let ids: Vec<Uuid> = accounts.iter().map(|account| account.uuid()).collect();
    let hidden = sqlx::query_scalar!(
        "select agent.id from reading_choices choice join accounts agent on agent.id = any($2) and agent.kind = 'agent'
         where choice.account_id = $1
             and (choice.agents = 'none'
                 or not exists (select from follows where follower_id = $1 and followee_id = agent.id))",
        reader.uuid(),
        &ids,
    )
    .fetch_all(executor)
    .await?;
    Ok(hidden.into_iter().map(AccountId::from_uuid).collect())
}

/// Which of these readers do not see an agent.
pub(crate) async fn hiding_among(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    readers: &[AccountId],
) -> Result<Vec<AccountId>, Error> {
    let ids: Vec<Uuid> = readers.iter().map(|reader| reader.uuid()).collect();
    let hiding = sqlx::query_scalar!(
        "select choice.account_id from reading_choices choice
         where choice.account_id = any($2)
             and (choice.agents = 'none' or not exists (
                 select from follows where follower_id = choice.account_id and followee_id = $1
             ))",
        agent.uuid(),
        &ids,
    )
    .fetch_all(executor)
    .await?;
    Ok(hiding.into_iter().map(AccountId::from_uuid).collect())
}
