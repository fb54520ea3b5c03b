//! Checks are asked of the draft: by the models, the knowledge and the caps that a conversation has, and without one.

use chrono::TimeDelta;
use futures::{StreamExt, stream};
use kernel::{Actor, RunId};
use platform::{
    Cx,
    models::{Answer, Cost, EndReason, ModelError, Piece, Prompt, Turn, Usage},
};

use super::{
    Answerer, Written,
    answer::{citations, passage, persona, problem_of_chain},
    budget::{self, Most},
    checks::{AT_ONCE, BegunChecks, finish_check_run, note_check_result},
    retrieve,
};
use crate::{
    Answered, Cap, Check, CheckResult, CheckRunState, Error, Found, RunProblem, RunState,
    decline::declines,
    store::runs::{self, NewCheckRow},
};

/// How many passages a model is given.
const PASSAGES: usize = 8;
/// An answer to a check that is not there after so long was left.
const WRITTEN_WITHIN: TimeDelta = TimeDelta::minutes(15);

impl Answerer {
    /// Asks the checks of a run, beside the caller. To be called after the commit of what began it.
    pub fn start_checks(&self, owner: Actor, begun: BegunChecks) {
        let answerer = self.clone();
        tokio::spawn(async move {
            let cx = answerer.world().cx(owner);
            if let Err(error) = answerer.answer_checks(&cx, &begun).await {
                tracing::error!(run = %begun.run, ?error, "checks could not be asked");
            }
        });
    }

    /// Asks the checks of a run, a few at a time, and notes each result as it comes.
    ///
    /// # Errors
    /// When the database fails; the run has not passed then.
    pub async fn answer_checks(&self, owner: &Cx<Actor>, begun: &BegunChecks) -> Result<CheckRunState, Error> {
        let mut asked = Vec::with_capacity(begun.checks.len());
        for check in &begun.checks {
            asked.push(self.result_of(owner, begun, check));
        }
        let results: Vec<CheckResult> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
        let mut tx = self.database().begin().await?;
        let state = finish_check_run(&mut tx, owner, begun.run, &results).await?;
        tx.commit().await?;
        Ok(state)
    }

    async fn result_of(&self, owner: &Cx<Actor>, begun: &BegunChecks, check: &Check) -> CheckResult {
        let answered = self.answer_check(owner, begun, &check.question).await.unwrap_or_else(|error| {
            tracing::error!(run = %begun.run, ?error, "a check could not be asked");
            Err(RunProblem::Internal)
        });
        let result = check.result(answered.map_err(|problem| problem.words().to_owned()));
        if let Err(error) = self.note(owner, begun, &result).await {
            // It is written down with the others at the end.
            tracing::warn!(run = %begun.run, check = %result.check, ?error, "a result could not be noted");
        }
        result
    }

    async fn note(&self, owner: &Cx<Actor>, begun: &BegunChecks, result: &CheckResult) -> Result<(), Error> {
        let mut tx = self.database().begin().await?;
        note_check_result(&mut tx, owner, begun.run, result).await?;
        Ok(tx.commit().await?)
    }

    /// One answer, accounted for like every other; or why there is none.
    async fn answer_check(
        &self,
        owner: &Cx<Actor>,
        begun: &BegunChecks,
        question: &str,
    ) -> Result<Result<Answered, RunProblem>, Error> {
        let (pool, now) = (self.database().pool(), self.world().now());
        let run: RunId = owner.id();
        let new =
            NewCheckRow { id: run, agent: begun.agent, asker: owner.actor.account, alive_until: now + WRITTEN_WITHIN };
        runs::insert_check(pool, &new, now).await?;
        let found = retrieve(pool, begun.agent, question, None, PASSAGES).await?;
        let name = runs::subject(pool, begun.agent, None).await?.ok_or(Error::NoSuchAgent)?.name;
        let prompt = Prompt {
            model: begun.draft.model.clone(),
            persona: persona(name, &begun.draft),
            memories: Vec::new(),
            passages: found.iter().map(passage).collect(),
            turns: vec![Turn::user(question.to_owned())],
            tools: Vec::new(),
            max_output_tokens: begun.draft.max_output_tokens,
            temperature: begun.draft.liveliness.map(|it| f32::from(it) / 100.0),
        };
        let (written, problem) = match self.set_aside(owner, begun, run, &prompt).await? {
            Some(problem) => (Written::default(), Some(problem)),
            None => match self.chain().stream(&prompt).await {
                Ok(answer) => gather(answer, &prompt, &found).await,
                Err(error) => (Written::default(), Some(problem_of_chain(&error))),
            },
        };
        self.account_for_check(owner, run, &written, problem).await?;
        Ok(match problem {
            Some(problem) => Err(problem),
            None => Ok(Answered {
                declined: declines(&written.text),
                cited_sources: written.citations.iter().map(|citation| citation.source).collect(),
                text: written.text,
            }),
        })
    }

    /// Sets aside what an answer can cost. Says whose cap stands in the way, if one does.
    async fn set_aside(
        &self,
        owner: &Cx<Actor>,
        begun: &BegunChecks,
        run: RunId,
        prompt: &Prompt,
    ) -> Result<Option<RunProblem>, Error> {
        let Ok(running) = self.chain().most(prompt) else { return Ok(Some(RunProblem::TooLong)) };
        let most = Most { running, charged: Cost::ZERO };
        let mut tx = self.database().begin().await?;
        match budget::reserve(&mut tx, owner, run, begun.agent, owner.actor.account, most).await {
            Ok(()) => tx.commit().await?,
            Err(Error::OverCap(Cap::AgentDay | Cap::AgentMonth)) => return Ok(Some(RunProblem::AgentCap)),
            Err(Error::OverCap(Cap::AccountDay | Cap::AccountMonth)) => return Ok(Some(RunProblem::AccountCap)),
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    async fn account_for_check(
        &self,
        owner: &Cx<Actor>,
        run: RunId,
        written: &Written,
        problem: Option<RunProblem>,
    ) -> Result<(), Error> {
        let state = if problem.is_some() { RunState::Failed } else { RunState::Done };
        let mut tx = self.database().begin().await?;
        runs::account_for(&mut tx, run, written).await?;
        runs::end(&mut tx, run, state, problem, self.world().now()).await?;
        budget::settle(&mut tx, owner, run, Most { running: written.cost, charged: Cost::ZERO }).await?;
        Ok(tx.commit().await?)
    }
}

/// Reads an answer to its end.
async fn gather(mut answer: Answer, prompt: &Prompt, found: &[Found]) -> (Written, Option<RunProblem>) {
    let (mut text, mut usage) = (String::new(), None);
    let problem = loop {
        match answer.pieces.next().await {
            Some(Ok(Piece::Text(words))) => text.push_str(&words),
            Some(Ok(Piece::Usage(used))) => usage = Some(used),
            Some(Ok(Piece::ToolCall(_))) => {}
            Some(Ok(Piece::End(EndReason::Filtered))) => break Some(RunProblem::Refused),
            Some(Ok(Piece::End(_))) if text.trim().is_empty() => break Some(RunProblem::Empty),
            Some(Ok(Piece::End(_))) => break None,
            Some(Err(ModelError::Timeout(_))) => break Some(RunProblem::TimedOut),
            Some(Err(_)) | None => break Some(RunProblem::BrokenOff),
        }
    };
    // Of an answer that broke off nobody says what it used up: then as much as it can have been.
    let usage = usage.unwrap_or_else(|| Usage {
        input_tokens: prompt.most_input_tokens(),
        output_tokens: u64::try_from(text.len()).unwrap_or(u64::MAX).min(prompt.max_output_tokens.into()),
        ..Usage::default()
    });
    let cost = answer.by.model.price.cost(&usage).unwrap_or_default();
    let (model, citations) = (Some(answer.by.name()), citations(&text, found));
    (Written { text, model, usage, cost, citations }, problem)
}
