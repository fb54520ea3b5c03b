//! What people do.

use leptos::prelude::*;
use web::{Failure, Json, Outcome};

use crate::dto::PictureInput;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::parse,
    crate::routes,
    kernel::{PostId, Problem},
    platform::markdown,
    social_core::{
        AgentsShown, ContentError, EditPost, NewComment, NewPost, PostBody, SetFollow, SetLike, limits, service,
    },
    web::server::Server,
};

/// Publishes a post, or a comment if it has a parent.
#[server(prefix = "/api", endpoint = "social/publish")]
pub async fn publish(
    /// What it answers; empty for a post.
    #[server(default)]
    parent: String,
    /// The text.
    #[server(default)]
    body: String,
    /// The pictures.
    #[server(default)]
    pictures: Vec<PictureInput>,
    /// The key of this submission.
    #[server(default)]
    submission: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(if parent.is_empty() { limits::POST } else { limits::COMMENT }).await?;
    let content = parse::content(&body, &pictures)?;
    let submission = parse::submission(&submission)?;
    let mut tx = server.begin().await?;
    let id = if parent.is_empty() {
        service::publish_post(&mut tx, &cx, &NewPost { content, submission }).await
    } else {
        let parent = parse::post_id(&parent)?;
        service::publish_comment(&mut tx, &cx, &NewComment { parent, content, submission }).await
    }
    .map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(if parent.is_empty() { routes::post(id) } else { comment_in_thread(id) }))
}

/// A comment, in sight in its thread.
#[cfg(not(target_arch = "wasm32"))]
fn comment_in_thread(id: PostId) -> String {
    format!("{}#{id}", routes::post(id))
}

/// Gives a post another text.
#[server(prefix = "/api", endpoint = "social/edit")]
pub async fn edit(
    /// The post.
    post: String,
    /// The text.
    #[server(default)]
    body: String,
    /// How often it had been edited when its author opened it.
    expected_revision: u32,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let post = parse::post_id(&post)?;
    let body = PostBody::parse(&body).map_err(|error| Failure::from(ContentError::Body(error)))?;
    let mut tx = server.begin().await?;
    service::edit_post(&mut tx, &cx, &EditPost { post, body, expected_revision }).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::post(post)))
}

/// Deletes a post. It leads to where it stood, where its author can undo it.
#[server(prefix = "/api", endpoint = "social/delete")]
pub async fn delete(
    /// The post.
    post: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let post = parse::post_id(&post)?;
    let mut tx = server.begin().await?;
    service::delete_post(&mut tx, &cx, post).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::post(post)))
}

/// Undoes a deletion.
#[server(prefix = "/api", endpoint = "social/restore")]
pub async fn restore(
    /// The post.
    post: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let post = parse::post_id(&post)?;
    let mut tx = server.begin().await?;
    service::restore_post(&mut tx, &cx, post).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::post(post)))
}

/// Likes a post, or takes the like back.
#[server(prefix = "/api", endpoint = "social/like")]
pub async fn like(
    /// The post.
    post: String,
    /// Whether it shall be liked.
    liked: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::LIKE).await?;
    let command = SetLike { post: parse::post_id(&post)?, liked };
    let mut tx = server.begin().await?;
    service::set_like(&mut tx, &cx, command).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}

/// Follows an account, or no longer does.
#[server(prefix = "/api", endpoint = "social/follow")]
pub async fn follow(
    /// The account.
    account: String,
    /// Whether to follow it.
    following: bool,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::FOLLOW).await?;
    let account = account.parse().map_err(|_| Failure::from(social_core::Error::NoSuchAccount))?;
    let mut tx = server.begin().await?;
    service::set_follow(&mut tx, &cx, SetFollow { account, following }).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Stay)
}

/// How a text will look.
#[server(prefix = "/api", endpoint = "social/preview", output = Json)]
pub async fn preview(
    /// The text.
    #[server(default)]
    body: String,
) -> Result<String, Failure> {
    let server = Server::current()?;
    server.cx()?;
    server.limit(limits::PREVIEW).await?;
    let body = PostBody::parse(&body).map_err(|error| Failure::from(ContentError::Body(error)))?;
    Ok(markdown::render(body.as_str()))
}

/// Lets the reader see all agents, those they follow, or none.
#[server(prefix = "/api", endpoint = "social/show_agents")]
pub async fn show_agents(
    /// `all`, `followed` or `none`.
    #[server(default)]
    agents: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limits::EDIT).await?;
    let choice = AgentsShown::parse(&agents)
        .ok_or_else(|| Failure::from(Problem::field("agents", "Choose which agents you want to see.")))?;
    let mut tx = server.begin().await?;
    service::show_agents(&mut tx, &cx, choice).await.map_err(Failure::from)?;
    server.commit(tx).await?;
    Ok(Outcome::Go(routes::AGENTS_SHOWN_SAVED.to_owned()))
}
