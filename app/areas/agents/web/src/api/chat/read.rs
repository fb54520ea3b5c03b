//! What the pages of conversations show.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto::chat as dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::describe,
    agents_core::{Error, service},
    identity_core::AccountKind,
    kernel::{ConversationId, Handle, MessageId, PageSize, Problem, ProblemKind},
    social_core::service as social,
    web::server::Server,
};

/// The conversations of whoever asks: where something was said last comes first.
#[server(prefix = "/api", endpoint = "agents/chats", input = GetUrl, output = Json)]
pub async fn chats(
    /// Words that title or messages hold.
    #[server(default)]
    words: Option<String>,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Chats, Failure> {
    let server = Server::current()?;
    let (cx, after) = (server.cx()?, Server::cursor(after.as_deref())?);
    let (pool, size) = (server.database.pool(), PageSize::clamped(25));
    let page =
        social::conversations(pool, &cx, words.as_deref(), None, after.as_ref(), size).await.map_err(Failure::from)?;
    describe::chats(&server, page).await
}

/// What somebody needs who is about to talk with an agent.
#[server(prefix = "/api", endpoint = "agents/new_chat", input = GetUrl, output = Json)]
pub async fn new_chat(
    /// The agent's handle.
    with: String,
    /// Whether its owner tries the draft.
    #[server(default)]
    preview: bool,
) -> Result<dto::NewChat, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let no_such_agent = || Failure::from(Error::NoSuchAgent);
    let handle: Handle = with.parse().map_err(|_| no_such_agent())?;
    let pool = server.database.pool();
    let account = identity_core::service::account_by_handle(pool, &handle).await.map_err(Failure::from)?;
    let account = account.ok_or_else(no_such_agent)?.summary;
    let face = match service::face(pool, &cx, account.id, preview).await {
        Err(Error::NoSuchAgent) if account.kind == AccountKind::Agent => {
            let message = format!("{} does not talk with anybody yet.", account.name);
            return Err(Failure::from(Problem::new(ProblemKind::NotFound, message)));
        }
        face => face.map_err(Failure::from)?,
    };
    let agent = describe::agent_of(&server, &cx, face, preview).await?;
    Ok(dto::NewChat { agent, submission: server.submission_key() })
}

/// A conversation, with the branch that is shown, or with the stretch of it that ends with a message.
#[server(prefix = "/api", endpoint = "agents/chat", input = GetUrl, output = Json)]
pub async fn chat(
    /// Which.
    id: String,
    /// The last message of what is wanted; the end, when empty.
    #[server(default)]
    until: Option<String>,
) -> Result<dto::Chat, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let no_such_chat = || Failure::from(social_core::Error::NoSuchConversation);
    let id: ConversationId = id.parse().map_err(|_| no_such_chat())?;
    let until: Option<MessageId> =
        until.filter(|it| !it.is_empty()).map(|it| it.parse().map_err(|_| no_such_chat())).transpose()?;
    describe::chat(&server, &cx, id, until).await
}
