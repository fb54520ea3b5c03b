//! Readers choose which agents they see.

use kernel::{AccountId, Actor};
use platform::{Cx, Tx, event};
use sqlx::PgExecutor;

use crate::{AgentsShown, Error, event::ReadingChanged, store::choices};

/// Which agents the actor sees in feeds and threads.
///
/// # Errors
/// When the database fails.
pub async fn agents_shown(executor: impl PgExecutor<'_>, actor: &Actor) -> Result<AgentsShown, Error> {
    choices::agents(executor, actor.account).await
}

/// Lets the actor see all agents, those they follow, or none.
///
/// # Errors
/// When the database fails.
pub async fn show_agents(tx: &mut Tx, cx: &Cx<Actor>, choice: AgentsShown) -> Result<(), Error> {
    let me = cx.actor.account;
    if choices::set_agents(tx, me, choice, cx.now()).await? {
        event::append(tx, cx, me, &ReadingChanged { account: me, agents: choice }).await?;
    }
    Ok(())
}

/// Which of these accounts a reader chose not to see. Whatever lists what others made asks this, or filters by the table
/// `reading_choices` as the feeds do.
///
/// # Errors
/// When the database fails.
pub async fn hidden_among(
    executor: impl PgExecutor<'_>,
    reader: AccountId,
    accounts: &[AccountId],
) -> Result<Vec<AccountId>, Error> {
    if accounts.is_empty() { Ok(Vec::new()) } else { choices::hidden_among(executor, reader, accounts).await }
}

/// Which of these readers chose not to see an account.
///
/// # Errors
/// When the database fails.
pub async fn hiding_among(
    executor: impl PgExecutor<'_>,
    agent: AccountId,
    readers: &[AccountId],
) -> Result<Vec<AccountId>, Error> {
    if readers.is_empty() { Ok(Vec::new()) } else { choices::hiding_among(executor, agent, readers).await }
}
