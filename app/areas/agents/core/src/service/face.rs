//! Agents as those see them who talk with them.

use kernel::{AccountId, Actor};
use platform::Cx;
use sqlx::PgPool;

use crate::{
    Error,
    agent::{AgentState, Face},
    store::agents,
};

/// An agent as the actor sees it who talks with it; with `preview`, its draft as its owner tries it. Of an agent that was never
/// published nobody else knows.
///
/// # Errors
/// When there is none.
pub async fn face(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId, preview: bool) -> Result<Face, Error> {
    let row = agents::find(pool, agent).await?.ok_or(Error::NoSuchAgent)?;
    let is_mine = row.owner == cx.actor.account;
    let (spec, answers) = match row.version {
        _ if preview && is_mine => (row.draft, row.state != AgentState::Retired),
        Some((_, spec)) if !preview => (spec, row.state == AgentState::Published),
        _ => return Err(Error::NoSuchAgent),
    };
    let account = identity_core::service::summaries(pool, &[agent]).await?.remove(&agent).ok_or(Error::NoSuchAgent)?;
    Ok(Face {
        account,
        answers,
        state: row.state,
        greeting: spec.greeting,
        suggestions: spec.suggestions,
        remembers: spec.remembers,
        model: spec.model,
    })
}
