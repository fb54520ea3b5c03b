//! Tools that an agent wants to use: what whoever asked it sees of them, and their yes or no.

use kernel::{Actor, Provenance, RunId, ToolCallId};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use crate::{
    CallState, CallView, Error,
    event::ToolDecided,
    store::{calls, runs},
};

/// What a model is told of a call that somebody said no to.
const REFUSED: &str = "The person you speak with did not allow this. Go on without it, and don't ask for it again.";

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecidedCall {
    /// The answer that waited.
    pub run: RunId,
    /// Whether nothing more has to be decided for it: whoever runs the [`super::Answerer`] begins it again after the commit.
    pub goes_on: bool,
}

/// The calls of tools that were made, or wait, for these answers of the actor's, in their order.
///
/// # Errors
/// When the database fails.
pub async fn tool_calls(pool: &PgPool, cx: &Cx<Actor>, runs: &[RunId]) -> Result<Vec<CallView>, Error> {
    calls::views(pool, cx.actor.account, runs).await
}

/// Says whether a tool may be used. The same again changes nothing.
///
/// # Errors
/// When there is no such call for the actor, it was decided otherwise before, or nobody waits for a decision any more.
pub async fn decide_call(tx: &mut Tx, cx: &Cx<Actor>, call: ToolCallId, allow: bool) -> Result<DecidedCall, Error> {
    let me = cx.actor.account;
    let asked = calls::lock_run(tx, call, me, cx.now()).await?.ok_or(Error::NoSuchCall)?;
    // It has to be a person: what an agent reads could talk it into a yes.
    if cx.actor.provenance != Provenance::Human {
        return Err(Error::NoSuchCall);
    }
    let (state, by) = calls::decision(tx, call).await?.ok_or(Error::NoSuchCall)?;
    if state != CallState::Waiting {
        let same = by == Some(me) && (state != CallState::Refused) == allow;
        return if same { Ok(DecidedCall { run: asked.run, goes_on: false }) } else { Err(Error::DecidedBefore) };
    }
    if !asked.open {
        return Err(Error::NothingToDecide);
    }
    let (state, result) = if allow { (CallState::Allowed, None) } else { (CallState::Refused, Some(REFUSED)) };
    let waiting = calls::decide(tx, asked.run, call, state, result, (me, cx.now())).await?;
    if waiting == 0 {
        runs::resume(tx, asked.run).await?;
    }
    let fact = ToolDecided { agent: asked.agent, run: asked.run, call, allowed: allow };
    event::append(tx, cx, asked.agent, &fact).await?;
    Ok(DecidedCall { run: asked.run, goes_on: waiting == 0 })
}
