//! The loop of an answer: a model is asked, the tools it calls are used, and it is asked again with what came of them, until it
//! has said what it had to say. Each round is written down when it is over, so that an answer which waits for somebody's
//! decision goes on where it was.

use std::time::Duration;

use kernel::RunId;
use platform::{
    event,
    models::{Arguments, Cost, ToolCall, Turn, Usage},
};
use serde_json::Value;
use sqlx::PgPool;
use tokio::time;

use super::{Asking, Desk, Outcome, Task, Written, problem_of_chain, writing::Ended};
use crate::{
    CallState, Error, RunProblem,
    event::ToolAsked,
    service::{
        streams::Stream,
        tools::{self, storable},
    },
    store::{
        calls::{self, Call, Round},
        runs,
    },
    tool::{DECIDE_WITHIN, MOST_CALLS, MOST_ROUNDS},
};

/// How long a tool may take.
const TOOL_TIME: Duration = Duration::from_secs(30);
/// What a model is told that calls more tools than there may be.
const ENOUGH: &str = "No more tools can be used for this answer. Answer with what you have.";

/// What an answer has come to so far.
pub(super) struct SoFar {
    pub(super) text: String,
    pub(super) model: Option<String>,
    usage: Usage,
    pub(super) cost: Cost,
    rounds: Vec<Round>,
    calls: Vec<Call>,
    /// What was paid besides the rounds, and is counted to the next one that is written down.
    unnoted: Cost,
}

impl SoFar {
    async fn load(pool: &PgPool, run: RunId) -> Result<Self, Error> {
        let (rounds, calls) = (calls::rounds(pool, run).await?, calls::of_run(pool, run).await?);
        let mut so_far = Self {
            text: String::new(),
            model: None,
            usage: Usage::default(),
            cost: Cost::ZERO,
            rounds: Vec::new(),
            calls,
            unnoted: Cost::ZERO,
        };
        for round in rounds {
            if !so_far.text.is_empty() && !round.text.is_empty() {
                so_far.text.push_str("\n\n");
            }
            so_far.text.push_str(&round.text);
            so_far.used(round.usage, round.cost);
            so_far.rounds.push(round);
        }
        Ok(so_far)
    }

    pub(super) fn used(&mut self, usage: Usage, cost: Cost) {
        let sum = |one: u64, other: u64| one.saturating_add(other);
        self.usage = Usage {
            input_tokens: sum(self.usage.input_tokens, usage.input_tokens),
            cached_input_tokens: sum(self.usage.cached_input_tokens, usage.cached_input_tokens),
            output_tokens: sum(self.usage.output_tokens, usage.output_tokens),
        };
        self.cost = self.cost.checked_add(cost).unwrap_or(self.cost);
    }

    /// The rounds as turns: what the model said and called, and what came of that.
    fn turns(&self) -> impl Iterator<Item = Turn> {
        self.rounds.iter().flat_map(move |round| {
            let made = move || self.calls.iter().filter(move |call| call.round == round.number);
            let calls = made().map(as_called).collect();
            let said = Turn::Assistant { text: round.text.clone(), calls };
            std::iter::once(said).chain(made().map(as_answered))
        })
    }

    fn written(&self, asking: &Asking) -> Written {
        Written {
            text: self.text.clone(),
            model: self.model.clone(),
            usage: self.usage,
            cost: self.cost,
            citations: super::writing::citations(&self.text, &asking.found),
        }
    }
}

fn as_called(call: &Call) -> ToolCall {
    let arguments = match &call.arguments {
        Value::String(text) => Arguments::Invalid(text.clone()),
        object => Arguments::Valid(object.clone()),
    };
    ToolCall { id: call.call.clone(), name: tools::model_name(&call.tool), arguments }
}

fn as_answered(call: &Call) -> Turn {
    Turn::ToolResult {
        call: call.call.clone(),
        name: tools::model_name(&call.tool),
        text: call.result.clone().unwrap_or_default(),
        is_error: call.state != CallState::Done,
    }
}

impl Desk {
    /// Asks and uses tools until the answer is there; nothing, when somebody has to decide first.
    pub(super) async fn rounds(
        &self,
        task: &Task,
        asking: &mut Asking,
        stream: &Stream,
    ) -> Result<Option<Outcome>, Error> {
        let mut so_far = SoFar::load(self.database.pool(), task.run).await?;
        so_far.used(Usage::default(), asking.spent);
        so_far.unnoted = asking.spent;
        if !so_far.text.is_empty() {
            stream.write(&so_far.text);
        }
        let ended = self.round_after_round(task, asking, &mut so_far, stream).await?;
        let written = so_far.written(asking);
        Ok(Some(match ended {
            Ended::Calls(_) => return Ok(None),
            Ended::Whole if written.text.trim().is_empty() => Outcome::Failed(RunProblem::Empty, written),
            Ended::Whole => Outcome::Done(written),
            Ended::Stopped => Outcome::Stopped(written),
            Ended::Broken(problem) => Outcome::Failed(problem, written),
        }))
    }

    /// Ends with [`Ended::Calls`] when somebody has to decide.
    async fn round_after_round(
        &self,
        task: &Task,
        asking: &mut Asking,
        so_far: &mut SoFar,
        stream: &Stream,
    ) -> Result<Ended, Error> {
        let conversation = asking.prompt.turns.clone();
        loop {
            if !self.use_tools(task, asking, so_far, stream).await? {
                return Ok(Ended::Stopped);
            }
            asking.prompt.turns = conversation.iter().cloned().chain(so_far.turns()).collect();
            if let Some(problem) = self.reserve(task, &asking.prompt, so_far.cost).await? {
                return Ok(Ended::Broken(problem));
            }
            let answer = match self.meanwhile(task, stream, self.chain.stream(&asking.prompt)).await? {
                Some(Ok(answer)) => answer,
                Some(Err(error)) => return Ok(Ended::Broken(problem_of_chain(&error))),
                None => return Ok(Ended::Stopped),
            };
            let (ended, round) = self.write(task, asking, answer, stream, so_far).await?;
            let Ended::Calls(wanted) = ended else { return Ok(ended) };
            if so_far.rounds.len() + 1 >= MOST_ROUNDS {
                return Ok(Ended::Broken(RunProblem::TooManyTools));
            }
            let waits = self.note(task, asking, so_far, round, &wanted).await?;
            stream.step();
            if waits {
                return Ok(Ended::Calls(wanted));
            }
        }
    }

    /// Waits for something, and says meanwhile that somebody is at work. Nothing, when the answer was stopped.
    async fn meanwhile<T>(
        &self,
        task: &Task,
        stream: &Stream,
        work: impl Future<Output = T>,
    ) -> Result<Option<T>, Error> {
        let mut work = std::pin::pin!(work);
        let mut clock = time::interval(super::writing::KEPT_EVERY);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(Some(done)),
                () = stream.nudged() => clock.reset_immediately(),
                _ = clock.tick() => {
                    let until = self.world.now() + super::ALIVE_FOR;
                    if !runs::stay_alive(self.database.pool(), task.run, until).await? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Makes the calls that may be made. Whether to go on: somebody may have stopped it.
    async fn use_tools(
        &self,
        task: &Task,
        asking: &Asking,
        so_far: &mut SoFar,
        stream: &Stream,
    ) -> Result<bool, Error> {
        for call in so_far.calls.iter_mut().filter(|call| call.state == CallState::Allowed) {
            let work = time::timeout(TOOL_TIME, self.tools.make(self.database.pool(), task, asking, call));
            let made = match self.meanwhile(task, stream, work).await? {
                Some(made) => made.unwrap_or_else(|_| Err("It took too long. Go on without it.".to_owned())),
                None => return Ok(false),
            };
            let (state, result) = match made {
                Ok(result) => (CallState::Done, result),
                Err(words) => (CallState::Failed, words),
            };
            let result = tools::shortened(&result);
            calls::finish(self.database.pool(), call.id, state, &result, self.world.now()).await?;
            (call.state, call.result) = (state, Some(result));
            stream.step();
        }
        Ok(true)
    }

    /// Writes a round down with the calls in it. Whether somebody has to decide first: then nobody works on it any more.
    async fn note(
        &self,
        task: &Task,
        asking: &Asking,
        so_far: &mut SoFar,
        mut round: Round,
        wanted: &[ToolCall],
    ) -> Result<bool, Error> {
        round.number = i16::try_from(so_far.rounds.len()).unwrap_or(i16::MAX);
        round.text = storable(&round.text);
        round.cost = round.cost.checked_add(std::mem::take(&mut so_far.unnoted)).unwrap_or(round.cost);
        let cx = self.as_agent(task);
        let mut tx = self.database.begin().await?;
        calls::insert_round(&mut tx, task.run, &round).await?;
        for wanted in wanted {
            let call = self.judge(asking, so_far, round.number, wanted);
            calls::insert(&mut tx, task.run, &call, cx.now()).await?;
            so_far.calls.push(call);
        }
        so_far.rounds.push(round);
        let waiting = so_far.calls.iter().filter(|call| call.state == CallState::Waiting).count();
        if waiting > 0 {
            // One that was stopped meanwhile waits for nobody; whoever sees after it ends its message.
            runs::pause(&mut tx, task.run, cx.now() + DECIDE_WITHIN).await?;
            self.keep_text(&mut tx, task, &so_far.text).await?;
            let (agent, run, asker) = (task.agent, task.run, task.asker);
            let fact = ToolAsked { agent, run, asker, calls: u32::try_from(waiting).unwrap_or(u32::MAX) };
            event::append(&mut tx, &cx, agent, &fact).await?;
        }
        tx.commit().await?;
        Ok(waiting > 0)
    }

    /// What becomes of a call: it is made, waits for a decision, or is answered with words that say what is wrong with it.
    fn judge(&self, asking: &Asking, so_far: &SoFar, round: i16, wanted: &ToolCall) -> Call {
        let made = so_far.calls.len();
        let enough = made >= MOST_CALLS || so_far.rounds.len() + 2 >= MOST_ROUNDS;
        let (state, result) = match asking.offer.judge(wanted) {
            Ok(_) if enough => (CallState::Failed, Some(ENOUGH.to_owned())),
            Ok(state) => (state, None),
            Err((state, words)) => (state, Some(tools::shortened(&words))),
        };
        let taken = |id: &str| so_far.calls.iter().any(|call| call.call == id);
        let id = storable(&wanted.id);
        Call {
            id: self.world.id(),
            round,
            place: i16::try_from(made).unwrap_or(i16::MAX),
            call: if id.is_empty() || taken(&id) { format!("call_{made}") } else { id },
            tool: asking.offer.name_of(&wanted.name),
            arguments: tools::stored_arguments(&wanted.arguments),
            state,
            result,
        }
    }
}
