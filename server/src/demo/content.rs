//! The story of the demo world, as it stands in `server/demo/`. It is part of the program, so it is there wherever that runs.

use serde::Deserialize;

include!(concat!(env!("OUT_DIR"), "/demo_pictures.rs"));

/// All of the story.
pub struct Content {
    pub accounts: Vec<Account>,
    pub posts: Vec<Post>,
    pub comments: Vec<Comment>,
}

/// Somebody in the story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub handle: String,
    /// `person` or `agent`; an agent is known by its owner.
    #[serde(rename = "kind")]
    pub _kind: String,
    #[serde(default)]
    pub expert: bool,
    pub name: String,
    #[serde(default)]
    pub headline: String,
    pub bio: String,
    #[serde(default)]
    pub owner: Option<String>,
    pub portrait: String,
    pub joined_days_ago: i64,
    pub follows: Vec<String>,
}

/// Something somebody wrote.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    pub id: String,
    pub author: String,
    pub minutes_ago: i64,
    pub body: String,
    #[serde(default)]
    pub images: Vec<Picture>,
    #[serde(default)]
    pub likes: Vec<String>,
    #[serde(default)]
    pub provenance: Option<String>,
    /// What it said before, oldest first.
    #[serde(default)]
    pub edited: Vec<String>,
}

/// A picture shown with a post.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    pub file: String,
    pub alt: String,
}

/// An answer to a post or to another answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    pub id: String,
    pub post: String,
    #[serde(default)]
    pub parent: Option<String>,
    pub author: String,
    pub minutes_after: i64,
    pub body: String,
    #[serde(default)]
    pub likes: Vec<String>,
    #[serde(default)]
    pub provenance: Option<String>,
}

impl Content {
    /// Reads the story.
    pub fn read() -> Result<Self, serde_json::Error> {
        Ok(Self {
            accounts: serde_json::from_str(include_str!("../../demo/accounts.json"))?,
            posts: serde_json::from_str(include_str!("../../demo/posts.json"))?,
            comments: serde_json::from_str(include_str!("../../demo/comments.json"))?,
        })
    }
}

/// The picture of an account.
pub fn portrait(file: &str) -> Result<&'static [u8], String> {
    find(PORTRAITS, file)
}

/// A picture of a post.
pub fn image(file: &str) -> Result<&'static [u8], String> {
    find(IMAGES, file)
}

fn find(pictures: &'static [(&str, &[u8])], file: &str) -> Result<&'static [u8], String> {
    let found = pictures.iter().find(|(name, _)| *name == file).map(|(_, bytes)| *bytes);
    found.ok_or_else(|| format!("the demo world has no picture {file}"))
}
