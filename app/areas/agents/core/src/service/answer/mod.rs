//! Writes answers: finds what the agent knows and remembers, asks a model, passes its words on as they come, and accounts for
//! what it cost. One task of the runtime for each answer; what a process leaves behind when it ends, another one finishes.
//!
//! Here is the life of a run, from being taken on to its end. What a model is asked is gathered in `asking`; `rounds` is the loop
//! in which it is asked, uses tools, and is asked again; its words are passed on in `writing`, what it may cost is set aside in
//! `terms`, and where its words end up is settled in `ending`.

mod asking;
mod attached;
mod ending;
mod rounds;
mod terms;
mod writing;

use std::sync::Arc;

use chrono::TimeDelta;
use kernel::{AccountId, ConversationId, MessageId, RunId};
use platform::{
    Cx, Database, World,
    models::{Chain, ChainError, Cost, ModelError, Usage},
};
use tokio::sync::Semaphore;

use self::ending::Outcome;
pub(super) use self::{
    asking::{Asking, passage, persona},
    writing::citations,
};
use super::{McpClient, Streams, Toolbox, chat::as_agent, streams::Stream};
use crate::{Citation, Error, ModelOffer, Purpose, RunProblem, RunState, store::runs, terms::Terms};

/// How many answers a process writes at once. The rest wait.
const PLACES: u32 = 1_000;
/// For how long nobody takes a run over from whoever works on it, since they last said so.
const ALIVE_FOR: TimeDelta = TimeDelta::seconds(30);
/// How long a run may wait for its turn before somebody sees after it.
const WAITING_FOR: TimeDelta = TimeDelta::seconds(20);
/// How long whoever wrote an answer that was stopped has to end its message.
const ENDED_FOR: TimeDelta = TimeDelta::minutes(1);
/// How many runs that were left are seen after at once.
const BATCH: i64 = 100;

/// A run that somebody works on.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    pub(crate) run: RunId,
    pub(crate) agent: AccountId,
    pub(crate) version: Option<i32>,
    pub(crate) purpose: Purpose,
    pub(crate) asker: AccountId,
    pub(crate) conversation: ConversationId,
    pub(crate) question: MessageId,
    pub(crate) message: MessageId,
}

/// What an answer came to.
#[derive(Debug, Clone, Default)]
pub struct Written {
    pub(crate) text: String,
    pub(crate) model: Option<String>,
    pub(crate) usage: Usage,
    pub(crate) cost: Cost,
    pub(crate) citations: Vec<Citation>,
}

/// Writes answers.
#[derive(Clone)]
pub struct Answerer(Arc<Desk>);

struct Desk {
    database: Database,
    world: World,
    chain: Arc<Chain>,
    terms: Arc<dyn Terms>,
    streams: Streams,
    tools: Toolbox,
    places: Semaphore,
}

impl Answerer {
    /// Writes answers by these models, on these terms, with the tools that need nothing but the database.
    pub fn new(database: Database, world: World, chain: Arc<Chain>, terms: Arc<dyn Terms>) -> Self {
        Self::with_tools(database, world, chain, terms, Toolbox::default())
    }

    /// Writes answers by these models, on these terms, with these tools.
    pub fn with_tools(
        database: Database,
        world: World,
        chain: Arc<Chain>,
        terms: Arc<dyn Terms>,
        tools: Toolbox,
    ) -> Self {
        let (streams, places) = (Streams::default(), Semaphore::new(PLACES as usize));
        Self(Arc::new(Desk { database, world, chain, terms, streams, tools, places }))
    }

    /// The terms on which it answers: those on which it is asked.
    pub fn terms(&self) -> &dyn Terms {
        self.0.terms.as_ref()
    }

    pub(super) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(super) fn world(&self) -> &World {
        &self.0.world
    }

    pub(super) fn chain(&self) -> &Chain {
        &self.0.chain
    }

    /// The models that there are to answer by.
    pub fn offered(&self) -> Vec<ModelOffer> {
        ModelOffer::of_chain(&self.0.chain)
    }

    /// Whether an agent that answers by this model sees pictures: the first one that is asked.
    pub fn sees_pictures(&self, model: &str) -> bool {
        sees_pictures(&self.0.chain, model)
    }

    /// Whoever speaks with servers of tools, if agents may use any here.
    pub fn servers(&self) -> Option<&Arc<McpClient>> {
        self.0.tools.servers()
    }

    /// The models that it asks.
    pub fn models(&self) -> Arc<Chain> {
        Arc::clone(&self.0.chain)
    }

    /// The answers that are being written by this process.
    pub fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// Begins to write an answer, beside the caller. To be called after the commit of what asked for it.
    pub fn start(&self, run: RunId) {
        let answerer = self.clone();
        // Open before the caller goes on: whoever watches from then on hears the first word from here.
        let stream = self.0.streams.open(run);
        tokio::spawn(async move {
            if let Err(error) = answerer.answer_into(run, &stream).await {
                tracing::error!(%run, ?error, "an answer could not be written");
            }
        });
    }

    /// Writes an answer to its end, or until somebody has to decide whether a tool may be used; unless somebody else does.
    ///
    /// # Errors
    /// When the database fails; somebody sees after the run later.
    pub async fn answer(&self, run: RunId) -> Result<(), Error> {
        let stream = self.0.streams.open(run);
        self.answer_into(run, &stream).await
    }

    async fn answer_into(&self, run: RunId, stream: &Stream) -> Result<(), Error> {
        let desk = &self.0;
        // Closed when the process ends: another one sees after what waits.
        let Ok(_place) = desk.places.acquire().await else { return Ok(()) };
        // If this were lost, somebody would see after it again: the first word need not wait for the disk.
        let mut tx = desk.database.begin_unhurried().await?;
        let now = desk.world.now();
        let task = runs::take_on(&mut tx, run, now, now + ALIVE_FOR).await?;
        tx.commit().await?;
        let Some(task) = task else { return Ok(()) };
        let state = desk.work(&task, stream).await?;
        stream.end(state);
        Ok(())
    }

    /// Waits until the answers that this process is writing have ended. None begins afterwards.
    pub async fn finish(&self) {
        // Fails only when the desk is closed, and then nothing is being written.
        drop(self.0.places.acquire_many(PLACES).await);
        self.0.places.close();
    }

    /// Sees after runs that nobody works on: begins those that wait, and ends those that were left in the middle, or that
    /// nobody decided on in time. Returns how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn see_after_left(&self) -> Result<usize, Error> {
        let desk = &self.0;
        let now = desk.world.now();
        let left = runs::left(desk.database.pool(), now, now - WAITING_FOR, BATCH).await?;
        for run in &left {
            if run.begun {
                desk.give_up(run, RunProblem::Interrupted).await?;
            } else {
                self.start(run.id);
            }
        }
        for run in runs::unended(desk.database.pool(), now - ENDED_FOR, BATCH).await? {
            desk.give_up(&run, RunProblem::Interrupted).await?;
        }
        let undecided = runs::undecided(desk.database.pool(), now, BATCH).await?;
        for run in &undecided {
            desk.give_up(run, RunProblem::Undecided).await?;
        }
        Ok(left.len() + undecided.len())
    }
}

impl Desk {
    async fn work(&self, task: &Task, stream: &Stream) -> Result<RunState, Error> {
        let mut asking = self.asking(task).await?;
        let outcome = match asking.refused.take() {
            Some(problem) => Some(Outcome::Failed(problem, Written::default())),
            None => self.rounds(task, &mut asking, stream).await?,
        };
        match outcome {
            Some(outcome) => self.finish(task, &asking, outcome).await,
            None => Ok(RunState::Deciding),
        }
    }

    fn as_agent(&self, task: &Task) -> Cx<kernel::Actor> {
        as_agent(&self.world.cx(()), task.agent)
    }
}

/// Whether the first model that is asked when this one is wanted sees pictures.
fn sees_pictures(chain: &Chain, wanted: &str) -> bool {
    let links = chain.links();
    let first = links.iter().find(|link| link.name() == wanted).or_else(|| links.first());
    first.is_some_and(|link| link.model.pictures)
}

pub(super) fn problem_of_chain(error: &ChainError) -> RunProblem {
    match error.error() {
        ModelError::Timeout(_) => RunProblem::TimedOut,
        ModelError::Refused(_) => RunProblem::Refused,
        ModelError::ContextTooLong => RunProblem::TooLong,
        _ => RunProblem::Unavailable,
    }
}
