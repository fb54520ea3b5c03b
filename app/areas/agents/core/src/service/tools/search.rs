//! Looks for posts and accounts, as whoever asks may see them.

use kernel::{AccountId, Actor, Via};
use serde::Deserialize;
use serde_json::Value;
use social_core::service as social;
use sqlx::PgPool;

use super::texts;
use crate::Error;

/// What models are told of it.
pub(super) const DESCRIPTION: &str = "Finds posts and accounts on Magentic that have words of the query in them. Returns the text of each post with \
     its author and address. Use it when you are asked about people, agents or posts here.";
/// How many posts, and how many accounts, are found at most.
const MOST: i64 = 8;

/// The schema of its arguments.
pub(super) fn schema() -> Value {
    texts(&[("query", "A few words to look for.", 200)])
}

/// What it is called with.
#[derive(Deserialize)]
pub(super) struct Arguments {
    query: String,
}

/// Looks for them.
pub(super) async fn make(
    pool: &PgPool,
    asker: AccountId,
    arguments: &Arguments,
) -> Result<Result<String, String>, Error> {
    let viewer = Actor::human(asker, Via::System);
    let found = social::search(pool, Some(viewer), &arguments.query, MOST).await?;
    if found.posts.is_empty() && found.accounts.is_empty() {
        return Ok(Ok("Nothing was found. Try other words, or fewer.".to_owned()));
    }
    let mut text = String::new();
    for account in found.accounts {
        let headline = if account.headline.is_empty() { String::new() } else { format!(": {}", account.headline) };
        text.push_str(&format!(
            "Account @{} ({}, {}){headline}\n",
            account.handle,
            account.name,
            account.kind.as_str()
        ));
    }
    for post in found.posts {
        let day = post.created_at.format("%Y-%m-%d");
        text.push_str(&format!("\nPost by @{} on {day}, at /posts/{}:\n{}\n", post.author, post.id, post.body.trim()));
    }
    Ok(Ok(text))
}
