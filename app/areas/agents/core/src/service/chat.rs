//! To ask an agent, to ask again, and to stop it. What it answers is written by [`super::Answerer`] after the commit.

use kernel::{AccountId, Actor, ConversationId, MessageId, RunId, Via};
use platform::{Cx, Tx};
use social_core::{MessageBody, MessageState, NewAttachment, NewConversation, NewMessage, Title, service as social};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    Error, Purpose, RunState, RunView,
    store::{
        calls,
        runs::{self, NewRow, Subject},
    },
    terms::{Asking, Ended, Terms},
};

/// A question to an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The agent.
    pub agent: AccountId,
    /// Where; a new conversation, when empty.
    pub conversation: Option<ConversationId>,
    /// What it follows. Another question after the same message is a branch.
    pub parent: Option<MessageId>,
    /// What is asked.
    pub body: MessageBody,
    /// What stands with it: uploaded before, by the same account.
    pub attachments: Vec<NewAttachment>,
    /// A key the page made: the same one again asks nothing twice.
    pub submission: Option<Uuid>,
    /// Whether the draft is asked, which only its owner may.
    pub preview: bool,
}

/// A question that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Where.
    pub conversation: ConversationId,
    /// The question.
    pub question: MessageId,
    /// The answer that is going to be written; nothing when it is gone meanwhile.
    pub message: Option<MessageId>,
    /// By which run.
    pub run: RunId,
}

/// Asks an agent something.
///
/// # Errors
/// When there is no such agent, it isn't at work, the terms it is offered on say no, an answer is being written in this
/// conversation, nothing is asked, or something can't be attached.
pub async fn ask(tx: &mut Tx, cx: &Cx<Actor>, terms: &dyn Terms, ask: &Ask) -> Result<Asked, Error> {
    let subject = at_work(tx, cx, ask.agent, ask.preview).await?;
    let conversation = match ask.conversation {
        Some(conversation) => conversation,
        None => {
            let (with, title) = (vec![ask.agent], Title::from_beginning(ask.body.as_str()));
            let new = NewConversation { with, title, listed: !ask.preview };
            social::begin_conversation(tx, cx, &new).await?
        }
    };
    let new = NewMessage { conversation, parent: ask.parent, body: ask.body.clone(), submission: ask.submission };
    let question = social::say(tx, cx, &new).await?;
    if let Some(run) = runs::of_question(tx, question).await? {
        return asked_before(tx, cx, ask, conversation, question, run).await;
    }
    social::attach(tx, cx, question, &ask.attachments).await?;
    begin(tx, cx, terms, &subject, conversation, question).await
}

/// The same question again, by its key: nothing else happens.
async fn asked_before(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    ask: &Ask,
    conversation: ConversationId,
    question: MessageId,
    run: RunId,
) -> Result<Asked, Error> {
    if ask.conversation.is_none() {
        social::delete_conversation(tx, cx, conversation).await?;
    }
    let run = runs::find(&mut **tx, run).await?.ok_or(Error::NoSuchRun)?;
    let conversation = run.conversation.ok_or(Error::NoSuchRun)?;
    Ok(Asked { conversation, question, message: run.message, run: run.id })
}

/// Asks again what an answer was given to: the new answer is a branch beside it.
///
/// # Errors
/// As [`ask`]; also when there is no such answer in a conversation of the actor's.
pub async fn ask_again(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    terms: &dyn Terms,
    answer: MessageId,
    preview: bool,
) -> Result<Asked, Error> {
    let (question, agent) = runs::question_of(tx, answer).await?.ok_or(Error::NoSuchRun)?;
    // Shows the branch that the new answer belongs to, and asks whether it is theirs.
    let conversation = social::show_branch(tx, cx, question).await?;
    let subject = at_work(tx, cx, agent, preview).await?;
    begin(tx, cx, terms, &subject, conversation, question).await
}

async fn at_work(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, preview: bool) -> Result<Subject, Error> {
    let mut subject = runs::subject(&mut **tx, agent, None).await?.ok_or(Error::NoSuchAgent)?;
    if preview {
        if subject.owner != cx.actor.account {
            return Err(Error::NoSuchAgent);
        }
        subject.version = None;
    } else if !subject.answers {
        return Err(Error::NotAtWork);
    }
    Ok(subject)
}

async fn begin(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    terms: &dyn Terms,
    subject: &Subject,
    conversation: ConversationId,
    question: MessageId,
) -> Result<Asked, Error> {
    let message = social::begin_answer(tx, &as_agent(cx, subject.agent), conversation, question).await?;
    let run = NewRow {
        id: cx.id(),
        agent: subject.agent,
        version: subject.version,
        purpose: if subject.version.is_some() { Purpose::Chat } else { Purpose::Preview },
        asker: cx.actor.account,
        conversation,
        question,
        message,
    };
    runs::insert(tx, &run, cx.now()).await?;
    if run.purpose == Purpose::Chat {
        let (agent, owner, asker) = (subject.agent, subject.owner, cx.actor.account);
        terms.admit(tx, cx, &Asking { run: run.id, agent, owner, asker, conversation }).await?;
    }
    Ok(Asked { conversation, question, message: Some(message), run: run.id })
}

/// Stops an answer. What has been written stays; whoever writes it ends the message with that a moment later. Whether it had
/// not ended before.
///
/// # Errors
/// When the actor didn't ask for it.
pub async fn stop(tx: &mut Tx, cx: &Cx<Actor>, terms: &dyn Terms, run: RunId) -> Result<bool, Error> {
    let run = run_of(&mut **tx, cx, run).await?;
    let Some(worked_on) = runs::is_worked_on(tx, run.id, cx.now()).await? else { return Ok(false) };
    let agent = as_agent(cx, run.agent);
    if let Some(message) = run.message.filter(|_| !worked_on) {
        social::end_answer(tx, &agent, message, MessageState::Stopped).await?;
    }
    let stopped = runs::end(tx, run.id, RunState::Stopped, None, cx.now()).await?;
    // Whoever works on it settles what it came to; where nobody does, it came to nothing.
    if !worked_on {
        // One that waited for a decision has cost something already.
        let running = calls::cost_so_far(&mut **tx, run.id).await?;
        terms.settle(tx, &agent, &Ended { run: run.id, running, delivered: false }).await?;
    }
    Ok(stopped)
}

/// A run that the actor asked for.
///
/// # Errors
/// When it is none of theirs.
pub async fn run(pool: &PgPool, cx: &Cx<Actor>, id: RunId) -> Result<RunView, Error> {
    run_of(pool, cx, id).await
}

async fn run_of(executor: impl sqlx::PgExecutor<'_>, cx: &Cx<Actor>, id: RunId) -> Result<RunView, Error> {
    let run = runs::find(executor, id).await?;
    run.filter(|run| run.asker == cx.actor.account).ok_or(Error::NoSuchRun)
}

/// The runs that wrote these messages of a conversation of the actor's.
///
/// # Errors
/// When the database fails.
pub async fn runs_of(pool: &PgPool, cx: &Cx<Actor>, messages: &[MessageId]) -> Result<Vec<RunView>, Error> {
    let runs = runs::of_messages(pool, messages).await?;
    Ok(runs.into_iter().filter(|run| run.asker == cx.actor.account).collect())
}

/// The context of what an agent does by itself.
pub(super) fn as_agent<A>(cx: &Cx<A>, agent: AccountId) -> Cx<Actor> {
    cx.world.cx(Actor::agent(agent, Via::System))
}
