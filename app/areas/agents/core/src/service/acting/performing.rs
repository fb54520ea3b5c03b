//! An agent acts: whether it may is asked again, what it writes is paid for, and then it is published or waits.

use std::sync::Arc;

use chrono::TimeDelta;
use futures::StreamExt;
use kernel::{AccountId, ActId, Actor, PostId, RunId};
use platform::{
    Cx, Database, Tx, World, event,
    models::{Chain, Cost, EndReason, ModelError, Piece, Usage},
};
use social_core::{BODY_LIMIT, NewComment, NewPost, service as social};

use super::{
    asking::{self, Asking},
    calling, judging, settings,
};
use crate::{
    Cap, Error, Purpose, RunProblem, RunState,
    acting::{Acting, Answers, Left},
    event::Acted,
    review::{NewProposal, Proposal, WAITS},
    service::{
        answer::{Written, citations, problem_of_chain},
        budget::{self, Most},
        chat::as_agent,
        review,
    },
    store::{
        acting as store,
        acts::{self, ActRow},
        reviews,
        runs::{self, Subject},
    },
};

/// Whoever works on an act is taken to have gone after so long. Longer than the models' own patience.
const WORKED_ON: TimeDelta = TimeDelta::minutes(10);
/// How many of an agent's drafts of late are compared with a new one.
const COMPARED: i64 = 30;

/// Does what agents were called to do.
#[derive(Clone)]
pub struct Performer {
    database: Database,
    world: World,
    chain: Arc<Chain>,
}

/// An act that may be done.
struct Begun {
    act: ActRow,
    run: RunId,
    subject: Subject,
    acting: Acting,
    asker: AccountId,
    /// What it shall post, when it is time.
    instructions: String,
}

/// How writing ended.
enum Outcome {
    Done(Written),
    Failed(RunProblem, Written),
}

impl Performer {
    /// Has these models write.
    pub const fn new(database: Database, world: World, chain: Arc<Chain>) -> Self {
        Self { database, world, chain }
    }

    /// Does an act, unless somebody else does or it has ended.
    ///
    /// # Errors
    /// When the database fails; the act is taken on again later.
    pub async fn perform(&self, act: ActId) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        let begun = self.begin(&mut tx, act).await?;
        tx.commit().await?;
        let Some(begun) = begun else { return Ok(()) };
        let pool = self.database.pool();
        let asking = match begun.act.mention {
            Some(mention) => asking::to_mention(pool, &begun.subject, &begun.acting, mention).await?,
            None => Some(asking::to_schedule(pool, &begun.subject, &begun.instructions).await?),
        };
        let Some(asking) = asking else { return self.nothing(&begun, Left::Gone, None, Written::default()).await };
        match self.write(&begun, &asking).await? {
            Outcome::Failed(problem, written) => {
                let why = match problem {
                    RunProblem::AgentCap | RunProblem::AccountCap => Left::Cap,
                    _ => Left::Failed,
                };
                self.nothing(&begun, why, Some(problem), written).await
            }
            Outcome::Done(written) => self.done(&begun, &asking, written).await,
        }
    }

    /// Takes an act on and asks whether it may be done. If not, it ends here, or waits.
    async fn begin(&self, tx: &mut Tx, act: ActId) -> Result<Option<Begun>, Error> {
        let (cx, now) = (self.world.cx(()), self.world.now());
        let Some(act) = acts::take_on(tx, act, now, now + WORKED_ON).await? else { return Ok(None) };
        if let Some(run) = act.run {
            // Whoever wrote it has gone.
            runs::end(tx, run, RunState::Failed, Some(RunProblem::Interrupted), now).await?;
            budget::settle(tx, &cx, run, Most { running: Cost::ZERO, charged: Cost::ZERO }).await?;
        }
        let acting = store::find(&mut **tx, act.agent).await?.unwrap_or_default();
        let zone = settings::zone(&acting)?;
        let subject = runs::subject(&mut **tx, act.agent, None).await?.ok_or(Error::NoSuchAgent)?;
        let asked = self.asked(tx, &act, &subject, &acting).await?;
        let refusal = match &asked {
            _ if !subject.answers => Some(Left::NotAtWork),
            Err(why) => Some(*why),
            Ok(_) if act.depth > i16::from(acting.depth_cap) => Some(Left::TooDeep),
            Ok(_) if !acting.hours.hold(zone.minute(now)) => {
                if act.mention.is_some() {
                    let opens = zone.opens(acting.hours, now);
                    acts::put_off(tx, act.id, opens).await?;
                    calling::enqueue(tx, act.id, Some(opens)).await?;
                    return Ok(None);
                }
                Some(Left::Hours)
            }
            Ok(_) if act.counted_on.is_none() => {
                let counted = acts::count(tx, act.agent, zone.day(now), acting.daily_posts).await?;
                (!counted).then_some(Left::DayIsFull)
            }
            Ok(_) => None,
        };
        let (asker, instructions) = match (refusal, asked) {
            (None, Ok(asked)) => asked,
            (refusal, _) => {
                acts::left(tx, act.id, refusal.unwrap_or(Left::Gone), now).await?;
                return Ok(None);
            }
        };
        let run = cx.id();
        let purpose = if act.mention.is_some() { Purpose::Mention } else { Purpose::Schedule };
        runs::insert_act(tx, run, (act.agent, subject.version), purpose, asker, now, now + WORKED_ON).await?;
        acts::begun(tx, act.id, run, act.counted_on.unwrap_or(zone.day(now))).await?;
        Ok(Some(Begun { act, run, subject, acting, asker, instructions }))
    }

    /// Who wants something of the agent and, when it is time, what.
    async fn asked(
        &self,
        tx: &mut Tx,
        act: &ActRow,
        subject: &Subject,
        acting: &Acting,
    ) -> Result<Result<(AccountId, String), Left>, Error> {
        let Some(mention) = act.mention else {
            let Some(schedule) = act.schedule else { return Ok(Err(Left::Gone)) };
            let schedule = store::schedule(&mut **tx, schedule).await?;
            return Ok(schedule.map(|it| (subject.owner, it.instructions)).ok_or(Left::Gone));
        };
        let Some(said) = social::written(&mut **tx, mention).await? else { return Ok(Err(Left::Gone)) };
        let answered = match acting.answers {
            Answers::Everybody => true,
            Answers::Known => {
                said.author == subject.owner || social::know_each_other(&mut **tx, act.agent, said.author).await?
            }
            Answers::Nobody => false,
        };
        Ok(if answered { Ok((said.author, String::new())) } else { Err(Left::NotAnswered) })
    }

    /// Has a model write, within the caps.
    async fn write(&self, begun: &Begun, asking: &Asking) -> Result<Outcome, Error> {
        let failed = |problem| Ok(Outcome::Failed(problem, Written::default()));
        let Ok(running) = self.chain.most(&asking.prompt) else { return failed(RunProblem::TooLong) };
        let mut tx = self.database.begin().await?;
        let most = Most { running, charged: Cost::ZERO };
        match budget::reserve(&mut tx, &self.world.cx(()), begun.run, begun.act.agent, begun.asker, most).await {
            Ok(()) => tx.commit().await?,
            Err(Error::OverCap(Cap::AgentDay | Cap::AgentMonth)) => return failed(RunProblem::AgentCap),
            Err(Error::OverCap(Cap::AccountDay | Cap::AccountMonth)) => return failed(RunProblem::AccountCap),
            Err(error) => return Err(error),
        }
        let answer = match self.chain.stream(&asking.prompt).await {
            Ok(answer) => answer,
            Err(error) => return failed(problem_of_chain(&error)),
        };
        let (model, price) = (answer.by.name(), answer.by.model.price);
        let (mut pieces, mut text, mut used) = (answer.pieces, String::new(), None::<Usage>);
        let mut first = true;
        let problem = loop {
            match pieces.next().await {
                Some(Ok(Piece::Text(words))) => {
                    if std::mem::take(&mut first) {
                        runs::first_piece(self.database.pool(), begun.run, &model, self.world.now()).await?;
                    }
                    text.push_str(&words);
                }
                Some(Ok(Piece::Usage(usage))) => used = Some(usage),
                Some(Ok(Piece::ToolCall(_))) => {}
                Some(Ok(Piece::End(EndReason::Filtered))) => break Some(RunProblem::Refused),
                Some(Ok(Piece::End(_))) if text.trim().is_empty() => break Some(RunProblem::Empty),
                Some(Ok(Piece::End(_))) => break None,
                Some(Err(ModelError::Timeout(_))) => break Some(RunProblem::TimedOut),
                Some(Err(_)) | None => break Some(RunProblem::BrokenOff),
            }
        };
        let usage = used.unwrap_or_else(|| Usage {
            input_tokens: asking.prompt.most_input_tokens(),
            output_tokens: u64::try_from(text.len()).unwrap_or(u64::MAX).min(asking.prompt.max_output_tokens.into()),
            ..Usage::default()
        });
        let cost = price.cost(&usage).unwrap_or_default();
        let citations = citations(&text, &asking.found);
        let written = Written { text, model: Some(model), usage, cost, citations };
        Ok(match problem {
            Some(problem) => Outcome::Failed(problem, written),
            None => Outcome::Done(written),
        })
    }

    /// Ends an act with what was written: published, or before its owner.
    async fn done(&self, begun: &Begun, asking: &Asking, written: Written) -> Result<(), Error> {
        let (pool, cx) = (self.database.pool(), as_agent(&self.world.cx(()), begun.act.agent));
        let written = match begun.act.mention {
            Some(_) => written,
            None => judging::about_something(written, &asking.found),
        };
        if begun.act.mention.is_none() && judging::knows_nothing(&written) {
            return self.nothing(begun, Left::NothingKnown, None, written).await;
        }
        let body = judging::fitted(&written.text, BODY_LIMIT);
        let proposal = match begun.act.mention {
            Some(parent) => Proposal::Comment { parent, body },
            None => Proposal::Post { body },
        };
        if review::content(proposal.body()).is_err() {
            return self.nothing(begun, Left::Failed, Some(RunProblem::Empty), written).await;
        }
        let quotes_again = asking.repeats && judging::is_quoted(&written);
        if begun.act.mention.is_none()
            && (quotes_again || said_before(&self.database, begun.act.agent, proposal.body()).await?)
        {
            return self.nothing(begun, Left::SaidBefore, None, written).await;
        }
        let confidence = judging::confidence(&written.text, &written.citations, &asking.found);
        let needed = i64::from(begun.acting.unedited_needed);
        let latest = reviews::latest_decisions(pool, begun.act.agent, proposal.kind(), needed).await?;
        let mut tx = self.database.begin().await?;
        if !self.end_run(&mut tx, begun, RunState::Done, None, &written).await? {
            return Ok(());
        }
        if let Some(waits_for) = judging::waits_for(&begun.acting, confidence, &latest) {
            let new = NewProposal {
                agent: begun.act.agent,
                proposal,
                waits_for,
                confidence: Some(confidence),
                run: Some(begun.run),
                act: Some(begun.act.id),
                key: format!("act:{}", begun.act.id),
                waits: WAITS,
            };
            review::propose(&mut tx, &cx, &new).await?;
            acts::proposed(&mut tx, begun.act.id, cx.now()).await?;
            tx.commit().await?;
            return Ok(());
        }
        let post = match publish(&mut tx, &cx, begun, &proposal).await {
            Ok(post) => post,
            // What it answers was deleted while it was written.
            Err(social_core::Error::ThreadGone | social_core::Error::NoSuchPost | social_core::Error::Refused(_)) => {
                drop(tx);
                return self.nothing(begun, Left::Gone, None, written).await;
            }
            Err(error) => return Err(error.into()),
        };
        acts::published(&mut tx, begun.act.id, Some(post), cx.now()).await?;
        event::append(&mut tx, &cx, begun.act.agent, &Acted { agent: begun.act.agent, act: begun.act.id, post })
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends an act that nothing comes of. It doesn't count to its day, unless something was written.
    async fn nothing(
        &self,
        begun: &Begun,
        why: Left,
        problem: Option<RunProblem>,
        written: Written,
    ) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        let state = if problem.is_some() { RunState::Failed } else { RunState::Done };
        if !self.end_run(&mut tx, begun, state, problem, &written).await? {
            return Ok(());
        }
        let day = settings::zone(&begun.acting)?.day(self.world.now());
        acts::uncount(&mut tx, begun.act.agent, begun.act.counted_on.unwrap_or(day)).await?;
        acts::left(&mut tx, begun.act.id, why, self.world.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the run. Whether the act was still this run's: otherwise somebody else does it.
    async fn end_run(
        &self,
        tx: &mut Tx,
        begun: &Begun,
        state: RunState,
        problem: Option<RunProblem>,
        written: &Written,
    ) -> Result<bool, Error> {
        if !acts::hold(tx, begun.act.id, begun.run).await? {
            return Ok(false);
        }
        runs::account_for(tx, begun.run, written).await?;
        runs::end(tx, begun.run, state, problem, self.world.now()).await?;
        budget::settle(tx, &self.world.cx(()), begun.run, Most { running: written.cost, charged: Cost::ZERO }).await?;
        Ok(true)
    }
}

/// Publishes something in the agent's own name. Doing an act twice publishes once.
async fn publish(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    begun: &Begun,
    proposal: &Proposal,
) -> Result<PostId, social_core::Error> {
    let submission = Some(begun.act.id.uuid());
    let content = social_core::Content::parse::<&str>(proposal.body(), &[])?;
    match proposal {
        Proposal::Comment { parent, .. } => {
            social::publish_comment(tx, cx, &NewComment { parent: *parent, content, submission }).await
        }
        _ => social::publish_post(tx, cx, &NewPost { content, submission }).await,
    }
}

/// Whether an agent posted or drafted the same of late.
async fn said_before(database: &Database, agent: AccountId, body: &str) -> Result<bool, Error> {
    let drafted = reviews::latest_bodies(database.pool(), agent, Proposal::POST, COMPARED).await?;
    Ok(drafted.iter().any(|it| it == body) || social::said_of_late(database.pool(), agent, body, COMPARED).await?)
}
