//! What an agent knows, as vectors: a model makes them of its passages, some at a time, as far as the agent's cap goes.

use chrono::TimeDelta;
use kernel::{AccountId, RunId};
use platform::{
    Database, Tx, World,
    models::{Chain, Cost, Link, Usage, prompt::most_tokens},
};

use super::{
    answer::Written,
    budget::{self, Most},
};
use crate::{
    Error, RunProblem, RunState,
    store::{passages, runs},
};

/// How many passages are sent at once.
const BATCH: i64 = 64;
/// So much of a passage is looked at, in characters.
const LONGEST: usize = 8_000;
/// How many agents are looked for at once that know something which is no vector.
const AGENTS: i64 = 500;
/// For how long nobody takes the work over, since a batch began.
const ALIVE_FOR: TimeDelta = TimeDelta::minutes(5);

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedded {
    /// Everything is a vector, or no model makes any.
    All,
    /// The agent's cap stands in the way. It goes on when that has room again.
    OverCap,
}

/// Turns all passages of an agent into vectors that this chain's model has not. What was done before stays done.
///
/// # Errors
/// When the database or the model fails, and it should be tried again.
pub async fn embed_passages(
    database: &Database,
    world: &World,
    chain: &Chain,
    agent: AccountId,
) -> Result<Embedded, Error> {
    let Some(embedder) = chain.embedder() else { return Ok(Embedded::All) };
    let model = embedder.name();
    let Some(owner) = runs::owner(database.pool(), agent).await? else { return Ok(Embedded::All) };
    loop {
        let batch = passages::unembedded(database.pool(), agent, &model, BATCH).await?;
        if batch.is_empty() {
            return Ok(Embedded::All);
        }
        let texts: Vec<String> = batch.iter().map(|it| it.text.chars().take(LONGEST).collect()).collect();
        let most = most(embedder, &texts)?;
        let run: RunId = world.id();
        if !reserve(database, world, run, agent, owner, most).await? {
            return Ok(Embedded::OverCap);
        }
        let made = chain.embed(&texts).await;
        let cx = world.cx(());
        let mut tx = database.begin().await?;
        let (state, problem, spent) = match &made {
            Ok(made) => {
                let vectors = made.vectors.iter().cloned().map(unit);
                let vectors: Vec<_> = batch.iter().map(|it| it.id).zip(vectors).collect();
                passages::embed(&mut tx, &model, &vectors).await?;
                (RunState::Done, None, used(embedder, made.usage))
            }
            Err(_) => (RunState::Failed, Some(RunProblem::Unavailable), Written::default()),
        };
        runs::account_for(&mut tx, run, &spent).await?;
        runs::end(&mut tx, run, state, problem, cx.now()).await?;
        budget::settle(&mut tx, &cx, run, Most { running: spent.cost, charged: Cost::ZERO }).await?;
        tx.commit().await?;
        made.map_err(|error| Error::NotYet(error.to_string()))?;
    }
}

/// Agents that know something which is no vector yet, some of them.
///
/// # Errors
/// When the database fails.
pub async fn agents_to_embed(tx: &mut Tx) -> Result<Vec<AccountId>, Error> {
    passages::agents_to_embed(&mut **tx, AGENTS).await
}

fn most(embedder: &Link, texts: &[String]) -> Result<Cost, Error> {
    let tokens = texts.iter().map(|text| most_tokens(text)).sum();
    embedder.model.price.of_input(tokens).map_err(|_| Error::NotYet("more than can be counted".to_owned()))
}

fn used(embedder: &Link, usage: Usage) -> Written {
    let cost = embedder.model.price.cost(&usage).unwrap_or_default();
    Written { model: Some(embedder.name()), usage, cost, ..Written::default() }
}

/// Begins a run and sets aside what it can cost. Whether the agent's cap has room for it.
async fn reserve(
    database: &Database,
    world: &World,
    run: RunId,
    agent: AccountId,
    owner: AccountId,
    most: Cost,
) -> Result<bool, Error> {
    let (cx, now) = (world.cx(()), world.now());
    let mut tx = database.begin().await?;
    runs::begin_embedding(&mut tx, run, agent, owner, (now, now + ALIVE_FOR)).await?;
    match budget::reserve(&mut tx, &cx, run, agent, owner, Most { running: most, charged: Cost::ZERO }).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(true)
        }
        // Nothing is left of the run: it did not begin.
        Err(Error::OverCap(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A vector of the length one in the same direction, so that products of two are their likeness.
pub(super) fn unit(vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|part| part * part).sum::<f32>().sqrt();
    if length > 0.0 { vector.into_iter().map(|part| part / length).collect() } else { vector }
}
