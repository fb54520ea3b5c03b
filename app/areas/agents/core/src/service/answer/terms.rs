//! On which terms an answer is written: what it can cost to run at most is set aside before. What it did cost, and what whoever
//! asked pays, is settled with its end, by [`crate::terms`].

use platform::models::{Cost, Prompt};

use super::{Desk, Task};
use crate::{
    Cap, Error, RunProblem,
    service::budget::{self, Most},
};

impl Desk {
    /// Sets aside what the next round can cost at most, besides what was spent so far. Says whose cap stands in the way, if
    /// one does.
    pub(super) async fn reserve(&self, task: &Task, prompt: &Prompt, spent: Cost) -> Result<Option<RunProblem>, Error> {
        match self.chain.most(prompt).and_then(|most| most.checked_add(spent)) {
            Ok(running) => self.reserve_in_all(task, running).await,
            Err(_) => Ok(Some(RunProblem::TooLong)),
        }
    }

    /// Sets aside what the answer can cost in all.
    pub(super) async fn reserve_in_all(&self, task: &Task, running: Cost) -> Result<Option<RunProblem>, Error> {
        let most = Most { running, charged: Cost::ZERO };
        // What is set aside goes back when a run is interrupted, and losing this interrupts it: the first word need not wait
        // for the disk.
        let mut tx = self.database.begin_unhurried().await?;
        match budget::reserve(&mut tx, &self.world.cx(()), task.run, task.agent, task.asker, most).await {
            Ok(()) => tx.commit().await?,
            Err(Error::OverCap(Cap::AgentDay | Cap::AgentMonth)) => return Ok(Some(RunProblem::AgentCap)),
            Err(Error::OverCap(Cap::AccountDay | Cap::AccountMonth)) => return Ok(Some(RunProblem::AccountCap)),
            Err(error) => return Err(error),
        }
        Ok(None)
    }
}
