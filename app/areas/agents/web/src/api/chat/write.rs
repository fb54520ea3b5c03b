//! What somebody does in a conversation with an agent.

use leptos::prelude::*;
use web::{Failure, Outcome};

use crate::dto::chat::AttachmentInput;

#[cfg(not(target_arch = "wasm32"))]
use {
    crate::{api::answerer, routes},
    agents_core::{
        Error, Judgement, RatingNote,
        service::{self, Ask},
    },
    kernel::{ConversationId, Currency, FieldError, MessageId, Money, Problem, RunId},
    platform::rate_limit::Limit,
    social_core::{AltText, MessageBody, NewAttachment, Title, service as social},
    uuid::Uuid,
    web::server::Server,
};

/// Questions.
#[cfg(not(target_arch = "wasm32"))]
const ASK: Limit = Limit::per("agents.ask", 30, 300);
/// Everything else that somebody does in their conversations.
#[cfg(not(target_arch = "wasm32"))]
const TIDY: Limit = Limit::per("agents.tidy", 60, 300);

/// Asks an agent something: begins a conversation, goes on with one, or goes another way in it. Leads to the conversation.
#[server(prefix = "/api", endpoint = "agents/ask")]
pub async fn ask_agent(
    /// The agent.
    agent: String,
    /// The conversation; a new one, when empty.
    #[server(default)]
    conversation: String,
    /// What the question follows; nothing, for the first.
    #[server(default)]
    parent: String,
    /// What is asked.
    #[server(default)]
    body: String,
    /// What stands with it.
    #[server(default)]
    attachments: Vec<AttachmentInput>,
    /// The key of this submission.
    #[server(default)]
    submission: String,
    /// Whether the draft is asked.
    #[server(default)]
    preview: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(ASK).await?;
    let body = MessageBody::parse(&body).map_err(|error| wrong("body", error.to_string()))?;
    if body.is_empty() {
        return Err(wrong("body", "Write what you want to ask.".to_owned()));
    }
    let ask = Ask {
        agent: agent.parse().map_err(|_| Failure::from(Error::NoSuchAgent))?,
        conversation: optional(&conversation, social_core::Error::NoSuchConversation)?,
        parent: optional(&parent, social_core::Error::NoSuchMessage)?,
        body,
        attachments: attached(&attachments)?,
        submission: Uuid::parse_str(&submission).ok(),
        preview,
    };
    let answerer = answerer()?;
    let mut tx = server.begin().await?;
    let asked = service::ask(&mut tx, &cx, answerer.terms(), &ask).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    answerer.start(asked.run);
    Ok(Outcome::Go(routes::message(asked.conversation, asked.question)))
}

#[cfg(not(target_arch = "wasm32"))]
fn wrong(field: &str, message: String) -> Failure {
    Failure::from(Problem::invalid(vec![FieldError::new(field, message)]))
}

/// What stands with a question. A description without a file is passed over.
#[cfg(not(target_arch = "wasm32"))]
fn attached(inputs: &[AttachmentInput]) -> Result<Vec<NewAttachment>, Failure> {
    let chosen = inputs.iter().filter(|input| !input.id.is_empty());
    let read = |input: &AttachmentInput| {
        let unusable = |_| Failure::from(social_core::Error::AttachmentUnusable { name: None });
        let id = input.id.parse().map_err(unusable)?;
        let alt = AltText::parse(&input.alt)
            .map_err(|error| wrong("attachments", format!("{}: The description is too long. {error}", input.name)))?;
        Ok(NewAttachment { id, alt })
    };
    chosen.map(read).collect()
}

/// An id that may be left out. What can't be one is the id of nothing.
#[cfg(not(target_arch = "wasm32"))]
fn optional<T: std::str::FromStr>(text: &str, nothing: social_core::Error) -> Result<Option<T>, Failure> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Failure::from(nothing)) }
}

#[cfg(not(target_arch = "wasm32"))]
fn message_id(text: &str) -> Result<MessageId, Failure> {
    text.parse().map_err(|_| Failure::from(social_core::Error::NoSuchMessage))
}

#[cfg(not(target_arch = "wasm32"))]
fn conversation_id(text: &str) -> Result<ConversationId, Failure> {
    text.parse().map_err(|_| Failure::from(social_core::Error::NoSuchConversation))
}

/// Asks again what an answer was given to.
#[server(prefix = "/api", endpoint = "agents/ask_again")]
pub async fn ask_again(
    /// The answer.
    message: String,
    /// Whether the draft is asked.
    #[server(default)]
    preview: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(ASK).await?;
    let message = message_id(&message)?;
    let answerer = answerer()?;
    let mut tx = server.begin().await?;
    let asked = service::ask_again(&mut tx, &cx, answerer.terms(), message, preview).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    answerer.start(asked.run);
    Ok(Outcome::Go(routes::message(asked.conversation, asked.question)))
}

/// Stops an answer.
#[server(prefix = "/api", endpoint = "agents/stop")]
pub async fn stop(
    /// The run that writes it.
    run: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let run: RunId = run.parse().map_err(|_| Failure::from(Error::NoSuchRun))?;
    let answerer = answerer()?;
    let mut tx = server.begin().await?;
    service::stop(&mut tx, &cx, answerer.terms(), run).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    answerer.streams().nudge(run);
    Ok(Outcome::Stay)
}

/// Allows or refuses a tool that the agent asks for. When nothing more has to be decided, the answer goes on.
#[server(prefix = "/api", endpoint = "agents/decide_call")]
pub async fn decide_call(
    /// The call.
    call: String,
    /// `allow` or `refuse`.
    wish: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(TIDY).await?;
    let call = call.parse().map_err(|_| Failure::from(Error::NoSuchCall))?;
    let allow = match wish.as_str() {
        "allow" => true,
        "refuse" => false,
        _ => return Err(wrong("wish", "Choose whether the agent may do this.".to_owned())),
    };
    let answerer = answerer()?;
    let mut tx = server.begin().await?;
    let decided = service::decide_call(&mut tx, &cx, call, allow).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    if decided.goes_on {
        answerer.start(decided.run);
    }
    Ok(Outcome::Stay)
}

/// Shows another way the conversation went.
#[server(prefix = "/api", endpoint = "agents/show_branch")]
pub async fn show_branch(
    /// A message on it.
    message: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let message = message_id(&message)?;
    let mut tx = server.begin().await?;
    let conversation = social::show_branch(&mut tx, &cx, message).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::message(conversation, message)))
}

/// Says of an answer whether it was any good, or takes that back.
#[server(prefix = "/api", endpoint = "agents/rate")]
pub async fn rate(
    /// The answer.
    message: String,
    /// `good` or `bad`; nothing takes back what was said.
    #[server(default)]
    judgement: String,
    /// Why.
    #[server(default)]
    note: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(TIDY).await?;
    let message = message.parse().map_err(|_| Failure::from(Error::NoSuchRun))?;
    let judgement = match judgement.as_str() {
        "good" => Some(Judgement::Good),
        "bad" => Some(Judgement::Bad),
        _ => None,
    };
    let note = RatingNote::parse(&note).map_err(|error| Failure::from(Problem::invalid(vec![error])))?;
    let mut tx = server.begin().await?;
    service::rate(&mut tx, &cx, message, judgement, &note).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}

/// Gives a conversation another title.
#[server(prefix = "/api", endpoint = "agents/rename_chat")]
pub async fn rename_chat(
    /// Which.
    conversation: String,
    /// What it is called from now on.
    #[server(default)]
    title: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(TIDY).await?;
    let conversation = conversation_id(&conversation)?;
    let title = Title::parse(&title).map_err(|error| Failure::from(Problem::invalid(vec![error])))?;
    if title.as_str().is_empty() {
        return Err(wrong("title", "Say what this conversation is about.".to_owned()));
    }
    let mut tx = server.begin().await?;
    social::rename_conversation(&mut tx, &cx, conversation, &title).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::chat(conversation)))
}

/// Deletes a conversation with all that was said in it.
#[server(prefix = "/api", endpoint = "agents/delete_chat")]
pub async fn delete_chat(
    /// Which.
    conversation: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(TIDY).await?;
    let conversation = conversation_id(&conversation)?;
    let mut tx = server.begin().await?;
    social::delete_conversation(&mut tx, &cx, conversation).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::CHATS.to_owned()))
}

/// Chooses whether what somebody says may be learnt from, in one conversation or in all.
#[server(prefix = "/api", endpoint = "agents/choose_training")]
pub async fn choose_training(
    /// The conversation; all, when empty.
    #[server(default)]
    conversation: String,
    /// Whether it may.
    #[server(default)]
    allowed: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(TIDY).await?;
    let conversation = optional(&conversation, social_core::Error::NoSuchConversation)?;
    let mut tx = server.begin().await?;
    service::choose_training(&mut tx, &cx, conversation, allowed).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}

/// Agrees to what a message to an agent costs.
#[server(prefix = "/api", endpoint = "agents/agree")]
pub async fn agree(
    /// The agent.
    agent: String,
    /// The price that was seen, in cents.
    minor: i64,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(TIDY).await?;
    let agent = agent.parse().map_err(|_| Failure::from(Error::NoSuchAgent))?;
    let answerer = answerer()?;
    let mut tx = server.begin().await?;
    let seen = Money::new(minor, Currency::Eur);
    answerer.terms().agree(&mut tx, &cx, agent, seen).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}
