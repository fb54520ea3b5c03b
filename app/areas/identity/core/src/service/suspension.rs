//! Somebody may not act any more, for a while or for good: neither they themselves nor the agents they run.

use kernel::{AccountId, Actor};
use platform::{Cx, Tx, event};

use super::sessions::end_sessions;
use crate::{
    Error,
    event::{AccountReinstated, AccountSuspended},
    store::accounts,
};

/// Suspends an account: its devices are signed out, nobody signs in to it, and the agents it runs rest. What it wrote stays.
/// Whoever asks for it administers the server, which the command line and its pages see to.
///
/// # Errors
/// When there is no such account.
pub async fn suspend(tx: &mut Tx, cx: &Cx<Actor>, account: AccountId) -> Result<(), Error> {
    if accounts::set_suspended(tx, account, Some(cx.now())).await? {
        event::append(tx, cx, account, &AccountSuspended {}).await?;
        end_sessions(tx, cx, account, None).await?;
        for agent in accounts::run_by(tx, account).await? {
            end_sessions(tx, cx, agent, None).await?;
        }
    }
    Ok(())
}

/// Lets a suspended account act again.
///
/// # Errors
/// When there is no such account.
pub async fn reinstate(tx: &mut Tx, cx: &Cx<Actor>, account: AccountId) -> Result<(), Error> {
    if accounts::set_suspended(tx, account, None).await? {
        event::append(tx, cx, account, &AccountReinstated {}).await?;
    }
    Ok(())
}
