//! Writes answers: finds what the agent knows and remembers, asks a model, passes its words on as they come, and accounts for
//! what it cost. One task of the runtime for each answer; what a process leaves behind when it ends, another one finishes.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures::StreamExt;
use kernel::{AccountId, ConversationId, MessageId, PageSize, RunId};
use platform::{
    Cx, Database, World,
    models::{
        Answer, Chain, ChainError, Cost, EndReason, Memory, ModelError, Passage, Persona, Piece, Price, Prompt, Turn,
        Usage,
    },
};
use social_core::{MessageState, service as social};
use tokio::{sync::Semaphore, time};

use super::{
    Streams,
    budget::{self, Most},
    chat::as_agent,
    memory::remember_from,
    retrieve,
    streams::Stream,
};
use crate::{
    Cap, Citation, Error, Found, RunProblem, RunState, Spec,
    run::numbers_cited,
    store::{memories, runs},
};

/// How many answers a process writes at once. The rest wait.
const AT_ONCE: usize = 1_000;
/// How often what has been written is kept, and whether somebody stopped it is looked at.
const KEPT_EVERY: Duration = Duration::from_millis(400);
/// For how long nobody takes a run over from whoever works on it, since they last said so.
const ALIVE_FOR: TimeDelta = TimeDelta::seconds(30);
/// How long a run may wait for its turn before somebody sees after it.
const WAITING_FOR: TimeDelta = TimeDelta::seconds(20);
/// How long whoever wrote an answer that was stopped has to end its message.
const ENDED_FOR: TimeDelta = TimeDelta::minutes(1);
/// How many passages a model is given.
const PASSAGES: usize = 8;
/// How many memories a model is given.
const MEMORIES: u8 = 50;
/// How many characters of the conversation a model is given.
const HISTORY: usize = 60_000;
/// How many runs that were left are seen after at once.
const BATCH: i64 = 100;

/// A run that somebody works on.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    pub(crate) run: RunId,
    pub(crate) agent: AccountId,
    pub(crate) version: Option<i32>,
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

/// How a run ended.
enum Outcome {
    Done(Written),
    /// Somebody stopped it.
    Stopped(Written),
    Failed(RunProblem, Written),
}

/// What a model is asked, and what is needed of it afterwards.
struct Asking {
    prompt: Prompt,
    found: Vec<Found>,
    question: String,
    remembers: bool,
}

/// Writes answers.
#[derive(Clone)]
pub struct Answerer(Arc<Desk>);

struct Desk {
    database: Database,
    world: World,
    chain: Arc<Chain>,
    streams: Streams,
    places: Semaphore,
}

impl Answerer {
    /// Writes answers by these models.
    pub fn new(database: Database, world: World, chain: Arc<Chain>) -> Self {
        let (streams, places) = (Streams::default(), Semaphore::new(AT_ONCE));
        Self(Arc::new(Desk { database, world, chain, streams, places }))
    }

    /// The answers that are being written by this process.
    pub fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// Begins to write an answer, beside the caller. To be called after the commit of what asked for it.
    pub fn start(&self, run: RunId) {
        let answerer = self.clone();
        tokio::spawn(async move {
            if let Err(error) = answerer.answer(run).await {
                tracing::error!(%run, ?error, "an answer could not be written");
            }
        });
    }

    /// Writes an answer to its end, unless somebody else does.
    ///
    /// # Errors
    /// When the database fails; somebody sees after the run later.
    pub async fn answer(&self, run: RunId) -> Result<(), Error> {
        let desk = &self.0;
        // Closed never: the desk lives as long as this.
        let Ok(_place) = desk.places.acquire().await else { return Ok(()) };
        let mut tx = desk.database.begin().await?;
        let now = desk.world.now();
        let task = runs::take_on(&mut tx, run, now, now + ALIVE_FOR).await?;
        tx.commit().await?;
        let Some(task) = task else { return Ok(()) };
        let stream = desk.streams.open(run);
        let state = desk.work(&task, &stream).await?;
        stream.end(state);
        Ok(())
    }

    /// Sees after runs that nobody works on: begins those that wait, and ends those that were left in the middle. Returns
    /// how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn see_after_left(&self) -> Result<usize, Error> {
        let desk = &self.0;
        let now = desk.world.now();
        let left = runs::left(desk.database.pool(), now, now - WAITING_FOR, BATCH).await?;
        for run in &left {
            if run.begun {
                desk.give_up(run).await?;
            } else {
                self.start(run.id);
            }
        }
        for run in runs::unended(desk.database.pool(), now - ENDED_FOR, BATCH).await? {
            desk.give_up(&run).await?;
        }
        Ok(left.len())
    }
}

impl Desk {
    async fn work(&self, task: &Task, stream: &Stream) -> Result<RunState, Error> {
        let asking = self.asking(task).await?;
        let outcome = match self.reserve(task, &asking.prompt).await? {
            Some(problem) => Outcome::Failed(problem, Written::default()),
            None => match self.chain.stream(&asking.prompt).await {
                Ok(answer) => self.write(task, &asking, answer, stream).await?,
                Err(error) => Outcome::Failed(problem_of_chain(&error), Written::default()),
            },
        };
        self.finish(task, &asking, outcome).await
    }

    /// Gathers what the model is asked.
    async fn asking(&self, task: &Task) -> Result<Asking, Error> {
        let pool = self.database.pool();
        let agent = self.as_agent(task);
        let subject = runs::subject(pool, task.agent, task.version).await?.ok_or(Error::NoSuchAgent)?;
        let spec = match task.version {
            Some(_) => subject.spec,
            None => runs::draft(pool, task.agent).await?.ok_or(Error::NoSuchAgent)?,
        };
        let history = social::branch(pool, &agent, task.conversation, Some(task.question)).await?.messages;
        let question = history.last().map(|message| message.body.clone()).unwrap_or_default();
        let found = retrieve(pool, task.agent, &question, None, PASSAGES).await?;
        let memories = if spec.remembers { self.memories(task).await? } else { Vec::new() };
        let prompt = Prompt {
            model: spec.model.clone(),
            persona: persona(subject.name, &spec),
            memories,
            passages: found.iter().map(passage).collect(),
            turns: turns(&history, task.agent),
            tools: Vec::new(),
            max_output_tokens: spec.max_output_tokens,
            temperature: spec.liveliness.map(|it| f32::from(it) / 100.0),
        };
        Ok(Asking { prompt, found, question, remembers: spec.remembers && task.version.is_some() })
    }

    async fn memories(&self, task: &Task) -> Result<Vec<Memory>, Error> {
        let (beginning, size) = (memories::beginning(), PageSize::clamped(MEMORIES));
        let now = self.world.now();
        let page = memories::list(self.database.pool(), task.asker, Some(task.agent), beginning, now, size).await?;
        Ok(page.items.into_iter().map(|it| Memory { id: it.id.to_string(), text: it.body }).collect())
    }

    /// Sets aside what the answer can cost at most. Says whose cap stands in the way, if one does.
    async fn reserve(&self, task: &Task, prompt: &Prompt) -> Result<Option<RunProblem>, Error> {
        let Ok(running) = self.chain.most(prompt) else { return Ok(Some(RunProblem::TooLong)) };
        let most = Most { running, charged: Cost::ZERO };
        let mut tx = self.database.begin().await?;
        match budget::reserve(&mut tx, &self.world.cx(()), task.run, task.agent, task.asker, most).await {
            Ok(()) => tx.commit().await?,
            Err(Error::OverCap(Cap::AgentDay | Cap::AgentMonth)) => return Ok(Some(RunProblem::AgentCap)),
            Err(Error::OverCap(Cap::AccountDay | Cap::AccountMonth)) => return Ok(Some(RunProblem::AccountCap)),
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    /// Passes the words of an answer on until it ends.
    async fn write(&self, task: &Task, asking: &Asking, answer: Answer, stream: &Stream) -> Result<Outcome, Error> {
        let pool = self.database.pool();
        let model = answer.by.name();
        runs::first_piece(pool, task.run, &model, self.world.now()).await?;
        let mut writing = Writing { text: String::new(), usage: None, kept: 0 };
        let mut pieces = answer.pieces;
        let mut clock = time::interval(KEPT_EVERY);
        let ended = loop {
            tokio::select! {
                piece = pieces.next() => match piece {
                    Some(Ok(Piece::Text(text))) => {
                        stream.write(&text);
                        writing.text.push_str(&text);
                    }
                    Some(Ok(Piece::Usage(usage))) => writing.usage = Some(usage),
                    Some(Ok(Piece::ToolCall(_))) => {}
                    Some(Ok(Piece::End(EndReason::Filtered))) => break Err(RunProblem::Refused),
                    Some(Ok(Piece::End(_))) => break Ok(true),
                    Some(Err(ModelError::Timeout(_))) => break Err(RunProblem::TimedOut),
                    Some(Err(error)) => {
                        tracing::warn!(run = %task.run, %error, "an answer broke off");
                        break Err(RunProblem::BrokenOff);
                    }
                    None => break Err(RunProblem::BrokenOff),
                },
                _ = clock.tick() => if !self.keep(task, &mut writing).await? { break Ok(false) },
            }
        };
        let answered = writing.answered(asking, model, answer.by.model.price);
        Ok(match ended {
            Ok(true) if answered.text.trim().is_empty() => Outcome::Failed(RunProblem::Empty, answered),
            Ok(true) => Outcome::Done(answered),
            Ok(false) => Outcome::Stopped(answered),
            Err(problem) => Outcome::Failed(problem, answered),
        })
    }

    /// Keeps what has been written. Whether to go on: somebody may have stopped it.
    async fn keep(&self, task: &Task, writing: &mut Writing) -> Result<bool, Error> {
        let pool = self.database.pool();
        if !runs::stay_alive(pool, task.run, self.world.now() + ALIVE_FOR).await? {
            return Ok(false);
        }
        if writing.kept == writing.text.len() {
            return Ok(true);
        }
        writing.kept = writing.text.len();
        Ok(social::write_answer(pool, task.message, &writing.text).await?)
    }

    /// Ends a run in one transaction: the message, what it cost, and what is remembered of it.
    async fn finish(&self, task: &Task, asking: &Asking, outcome: Outcome) -> Result<RunState, Error> {
        let (state, said, problem, answered) = match outcome {
            Outcome::Done(answered) => (RunState::Done, MessageState::Done, None, answered),
            Outcome::Stopped(answered) => (RunState::Stopped, MessageState::Stopped, None, answered),
            Outcome::Failed(problem, answered) => (RunState::Failed, MessageState::Failed, Some(problem), answered),
        };
        let cx = self.as_agent(task);
        let mut tx = self.database.begin().await?;
        runs::account_for(&mut tx, task.run, &answered).await?;
        social::write_answer(&mut *tx, task.message, &answered.text).await?;
        social::end_answer(&mut tx, &cx, task.message, said).await?;
        runs::end(&mut tx, task.run, state, problem, cx.now()).await?;
        budget::settle(&mut tx, &cx, task.run, Most { running: answered.cost, charged: Cost::ZERO }).await?;
        if state == RunState::Done && asking.remembers {
            let asker = self.world.cx(kernel::Actor::human(task.asker, kernel::Via::System));
            remember_from(&mut tx, &asker, task.agent, task.question, &asking.question).await?;
        }
        tx.commit().await?;
        Ok(state)
    }

    /// Ends a run that was left in the middle. What had been kept of it stays.
    async fn give_up(&self, run: &runs::Left) -> Result<(), Error> {
        let cx = as_agent(&self.world.cx(()), run.agent);
        let mut tx = self.database.begin().await?;
        let failed = runs::end(&mut tx, run.id, RunState::Failed, Some(RunProblem::Interrupted), cx.now()).await?;
        if let Some(message) = run.message {
            let state = if failed { MessageState::Failed } else { MessageState::Stopped };
            social::end_answer(&mut tx, &cx, message, state).await?;
        }
        budget::settle(&mut tx, &cx, run.id, Most { running: Cost::ZERO, charged: Cost::ZERO }).await?;
        tx.commit().await?;
        Ok(())
    }

    fn as_agent(&self, task: &Task) -> Cx<kernel::Actor> {
        as_agent(&self.world.cx(()), task.agent)
    }
}

/// An answer, so far.
struct Writing {
    text: String,
    /// What the model says it has used up.
    usage: Option<Usage>,
    /// How much of the text has been kept, in bytes.
    kept: usize,
}

impl Writing {
    fn answered(self, asking: &Asking, model: String, price: Price) -> Written {
        // Of an answer that broke off nobody says what it used up: then as much as it can have been.
        let usage = self.usage.unwrap_or_else(|| Usage {
            input_tokens: asking.prompt.most_input_tokens(),
            output_tokens: u64::try_from(self.text.len())
                .unwrap_or(u64::MAX)
                .min(asking.prompt.max_output_tokens.into()),
            ..Usage::default()
        });
        let cost = price.cost(&usage).unwrap_or_default();
        let citations = citations(&self.text, &asking.found);
        Written { text: self.text, model: Some(model), usage, cost, citations }
    }
}

fn citations(text: &str, found: &[Found]) -> Vec<Citation> {
    let cited = |number: u32| {
        let found = found.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        Some(Citation {
            number,
            passage: found.passage,
            source: found.source,
            title: found.title.clone(),
            locator: place(found),
            text: found.text.clone(),
        })
    };
    numbers_cited(text).into_iter().filter_map(cited).collect()
}

fn persona(name: String, spec: &Spec) -> Persona {
    Persona {
        name,
        instructions: spec.instructions.clone(),
        tone: spec.tone.clone(),
        style: spec.style.clone(),
        topics: spec.topics.clone(),
        length: spec.length.into(),
    }
}

fn passage(found: &Found) -> Passage {
    Passage {
        id: found.passage.to_string(),
        source_title: found.title.clone(),
        locator: Some(place(found)).filter(|place| !place.is_empty()),
        text: found.text.clone(),
        score: found.score,
    }
}

/// Where a passage stands, in the form that `documents` gives it: `Care › Factory reset, page 3`.
fn place(found: &Found) -> String {
    [found.heading.as_str(), found.locator.as_str()]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The conversation as turns: the youngest messages that fit, those without a word left out.
fn turns(history: &[social_core::Message], agent: AccountId) -> Vec<Turn> {
    let mut room = HISTORY;
    let mut turns = Vec::new();
    for message in history.iter().rev().filter(|message| !message.body.trim().is_empty()) {
        let length = message.body.len();
        // The question itself stands there in any case.
        if length > room && !turns.is_empty() {
            break;
        }
        room = room.saturating_sub(length);
        let body = message.body.clone();
        turns.push(if message.author == agent { Turn::assistant(body) } else { Turn::user(body) });
    }
    turns.reverse();
    turns
}

fn problem_of_chain(error: &ChainError) -> RunProblem {
    match error.error() {
        ModelError::Timeout(_) => RunProblem::TimedOut,
        ModelError::Refused(_) => RunProblem::Refused,
        ModelError::ContextTooLong => RunProblem::TooLong,
        _ => RunProblem::Unavailable,
    }
}
