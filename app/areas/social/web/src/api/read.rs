//! What pages show.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use social_core::AgentsShown;
use web::{Failure, Json};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{describe, parse},
    identity_core::AccountKind,
    kernel::{Actor, PageSize},
    social_core::{service, shop::Shop},
    web::server::Server,
};

/// Everybody's posts.
#[server(prefix = "/api", endpoint = "social/public_feed", input = GetUrl, output = Json)]
pub async fn public_feed(
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
    /// How many posts are wanted, 1 to 100.
    #[server(default)]
    size: Option<u8>,
) -> Result<dto::Posts, Failure> {
    let server = Server::current()?;
    let after = Server::cursor(after.as_deref())?;
    let viewer = server.visitor_cx().actor;
    let size = size.map_or(PageSize::DEFAULT, PageSize::clamped);
    let page =
        service::public_feed(server.database.pool(), viewer, after.as_ref(), size).await.map_err(Failure::from)?;
    let posts = describe::posts(page, server.world.now());
    Ok(dto::Posts { hiding: posts.posts.is_empty() && hides_agents(&server, viewer).await?, ..posts })
}

/// Whether somebody chose not to see some agents: asked only where a feed is empty.
#[cfg(not(target_arch = "wasm32"))]
async fn hides_agents(server: &Server, viewer: Option<Actor>) -> Result<bool, Failure> {
    let Some(viewer) = viewer else { return Ok(false) };
    let shown = service::agents_shown(server.database.pool(), &viewer).await.map_err(Failure::from)?;
    Ok(shown != AgentsShown::All)
}

/// The posts of those one follows, and one's own.
#[server(prefix = "/api", endpoint = "social/home_feed", input = GetUrl, output = Json)]
pub async fn home_feed(
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Feed, Failure> {
    let server = Server::current()?;
    let after = Server::cursor(after.as_deref())?;
    let viewer = server.cx()?.actor;
    let page = service::home_feed(server.database.pool(), viewer, after.as_ref(), PageSize::DEFAULT)
        .await
        .map_err(Failure::from)?;
    let posts = describe::posts(page, server.world.now());
    let hiding = posts.posts.is_empty() && hides_agents(&server, Some(viewer)).await?;
    Ok(dto::Feed { page: dto::Posts { hiding, ..posts }, submission: server.submission_key() })
}

/// What one account posted.
#[server(prefix = "/api", endpoint = "social/posts_of", input = GetUrl, output = Json)]
pub async fn posts_of(
    /// Whose posts.
    handle: String,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Posts, Failure> {
    let server = Server::current()?;
    let (handle, after) = (parse::handle(&handle)?, Server::cursor(after.as_deref())?);
    let viewer = server.visitor_cx().actor;
    let page = service::profile_feed(server.database.pool(), viewer, &handle, after.as_ref(), PageSize::DEFAULT)
        .await
        .map_err(Failure::from)?;
    Ok(describe::posts(page, server.world.now()))
}

/// A profile, and what was posted there.
#[server(prefix = "/api", endpoint = "social/profile", input = GetUrl, output = Json)]
pub async fn profile(
    /// Whose.
    handle: String,
    /// Where the page of posts begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Profile, Failure> {
    let server = Server::current()?;
    let (handle, after) = (parse::handle(&handle)?, Server::cursor(after.as_deref())?);
    let (pool, viewer) = (server.database.pool(), server.visitor_cx().actor);
    let profile = service::profile(pool, viewer, &handle).await.map_err(Failure::from)?;
    let page =
        service::profile_feed(pool, viewer, &handle, after.as_ref(), PageSize::DEFAULT).await.map_err(Failure::from)?;
    let id = profile.account.summary.id;
    // What agents do is offered by those who run them.
    let sells = match use_context::<Shop>() {
        Some(shop) if profile.account.summary.kind != AccountKind::Agent => {
            shop.has_offers_of(id).await.map_err(Failure::from)?
        }
        _ => false,
    };
    Ok(describe::profile(profile, sells, page, server.world.now()))
}

/// Who follows an account, or whom it follows.
#[server(prefix = "/api", endpoint = "social/connections", input = GetUrl, output = Json)]
pub async fn connections(
    /// Whose.
    handle: String,
    /// Which way.
    direction: dto::Direction,
    /// Where the page begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Connections, Failure> {
    let server = Server::current()?;
    let (handle, after) = (parse::handle(&handle)?, Server::cursor(after.as_deref())?);
    let (pool, viewer, size) = (server.database.pool(), server.visitor_cx().actor, PageSize::clamped(30));
    let page = match direction {
        dto::Direction::Followers => service::followers(pool, viewer, &handle, after.as_ref(), size).await,
        dto::Direction::Following => service::following(pool, viewer, &handle, after.as_ref(), size).await,
    };
    page.map(describe::connections).map_err(Failure::from)
}

/// A post with what was said about it.
#[server(prefix = "/api", endpoint = "social/thread", input = GetUrl, output = Json)]
pub async fn thread(
    /// The post, or a comment in its thread.
    post: String,
    /// Where the page of comments begins.
    #[server(default)]
    after: Option<String>,
) -> Result<dto::Thread, Failure> {
    let server = Server::current()?;
    let (post, after) = (parse::post_id(&post)?, Server::cursor(after.as_deref())?);
    let viewer = server.visitor_cx().actor;
    let thread = service::thread(server.database.pool(), viewer, post, after.as_ref()).await.map_err(Failure::from)?;
    Ok(describe::thread(thread, &server))
}

/// A post as its author finds it in the editor.
#[server(prefix = "/api", endpoint = "social/draft", input = GetUrl, output = Json)]
pub async fn draft(
    /// The post.
    post: String,
) -> Result<dto::Draft, Failure> {
    let server = Server::current()?;
    let (actor, post) = (server.cx()?.actor, parse::post_id(&post)?);
    service::raw_for_edit(server.database.pool(), actor, post).await.map(describe::draft).map_err(Failure::from)
}

/// What a post said before each edit.
#[server(prefix = "/api", endpoint = "social/history", input = GetUrl, output = Json)]
pub async fn history(
    /// The post.
    post: String,
) -> Result<dto::History, Failure> {
    let server = Server::current()?;
    let (viewer, post) = (server.visitor_cx().actor, parse::post_id(&post)?);
    let history = service::revisions(server.database.pool(), viewer, post).await.map_err(Failure::from)?;
    Ok(describe::history(history, server.world.now()))
}

/// How many posts of a feed are younger than one; 100 stands for 100 or more.
#[server(prefix = "/api", endpoint = "social/newer", input = GetUrl, output = Json)]
pub async fn newer(
    /// Which feed.
    feed: dto::FeedKind,
    /// The post at the top of what is shown.
    top: String,
) -> Result<u8, Failure> {
    let server = Server::current()?;
    let feed = match feed {
        dto::FeedKind::Public => service::Feed::Public(server.visitor_cx().actor.map(|actor| actor.account)),
        dto::FeedKind::Home => service::Feed::Home(server.cx()?.actor.account),
    };
    service::newer_than(server.database.pool(), feed, parse::post_id(&top)?).await.map_err(Failure::from)
}

/// What somebody needs who is about to write: that they are signed in, and the key of what they write.
#[server(prefix = "/api", endpoint = "social/write_form", input = GetUrl, output = Json)]
pub async fn write_form() -> Result<String, Failure> {
    let server = Server::current()?;
    server.cx()?;
    Ok(server.submission_key())
}

/// Which agents the reader sees: `all`, `followed` or `none`.
#[server(prefix = "/api", endpoint = "social/reading_choice", input = GetUrl, output = Json)]
pub async fn reading_choice() -> Result<AgentsShown, Failure> {
    let server = Server::current()?;
    service::agents_shown(server.database.pool(), &server.cx()?.actor).await.map_err(Failure::from)
}
