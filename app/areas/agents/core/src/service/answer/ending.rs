//! How a run ends: where its words go, what it cost, and what is remembered of it.

use kernel::{Actor, MessageId, Via};
use platform::{Cx, Tx};
use social_core::{MessageState, service as social};

use super::{Asking, Desk, Task, Written, as_agent};
use crate::{
    Error, RunProblem, RunState,
    service::memory::remember_from,
    store::{calls, runs},
    terms::Ended,
};

/// How a run ended.
pub(super) enum Outcome {
    Done(Written),
    /// Somebody stopped it.
    Stopped(Written),
    Failed(RunProblem, Written),
}

impl Desk {
    /// Ends a run in one transaction: the message, what it cost, and what is remembered of it.
    pub(super) async fn finish(&self, task: &Task, asking: &Asking, outcome: Outcome) -> Result<RunState, Error> {
        let (state, said, problem, answered) = match outcome {
            Outcome::Done(answered) => (RunState::Done, MessageState::Done, None, answered),
            Outcome::Stopped(answered) => (RunState::Stopped, MessageState::Stopped, None, answered),
            Outcome::Failed(problem, answered) => (RunState::Failed, MessageState::Failed, Some(problem), answered),
        };
        let cx = self.as_agent(task);
        let mut tx = self.database.begin().await?;
        runs::account_for(&mut tx, task.run, &answered).await?;
        deliver(&mut tx, &cx, task.message, &answered.text, said).await?;
        runs::end(&mut tx, task.run, state, problem, cx.now()).await?;
        if state == RunState::Done && asking.remembers {
            let asker = self.world.cx(Actor::human(task.asker, Via::System));
            remember_from(&mut tx, &asker, task.agent, task.question, &asking.question).await?;
        }
        // What broke off or was stopped before a word came is paid by nobody.
        let delivered = state != RunState::Failed && !answered.text.trim().is_empty();
        self.terms.settle(&mut tx, &cx, &Ended { run: task.run, running: answered.cost, delivered }).await?;
        tx.commit().await?;
        Ok(state)
    }

    /// Ends a run that nobody goes on with. What had been kept of it stays, and the rounds that were over have cost what they
    /// did.
    pub(super) async fn give_up(&self, run: &runs::Left, problem: RunProblem) -> Result<(), Error> {
        let cx = as_agent(&self.world.cx(()), run.agent);
        let mut tx = self.database.begin().await?;
        let failed = runs::end(&mut tx, run.id, RunState::Failed, Some(problem), cx.now()).await?;
        if let Some(message) = run.message {
            let state = if failed { MessageState::Failed } else { MessageState::Stopped };
            social::end_answer(&mut tx, &cx, message, state).await?;
        }
        let running = calls::cost_so_far(&mut *tx, run.id).await?;
        self.terms.settle(&mut tx, &cx, &Ended { run: run.id, running, delivered: false }).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Gives an answer to whoever waits for it: in a conversation, as the end of the message that has been there since the
/// question.
async fn deliver(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    message: MessageId,
    text: &str,
    state: MessageState,
) -> Result<(), Error> {
    social::write_answer(&mut **tx, message, text).await?;
    social::end_answer(tx, cx, message, state).await?;
    Ok(())
}
