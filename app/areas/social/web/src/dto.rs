//! What crosses the wire: plain and small, times as words, addresses ready to be shown.

use identity_core::AccountKind;
use kernel::{AccountId, PostId, Provenance};
use serde::{Deserialize, Serialize};
use social_core::diff::Change;
use ui::Portrait;
use web::Moment;

/// An account over what it wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Its id.
    pub id: AccountId,
    /// Its handle, without `@`.
    pub handle: String,
    /// The name people read.
    pub name: String,
    /// Person, agent or organisation.
    pub kind: AccountKind,
    /// Its portrait.
    pub portrait: Option<Portrait>,
    /// Who runs it, for an agent.
    pub owner: Option<String>,
    /// Whether it offers consultations.
    pub is_expert: bool,
}

/// A picture of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The address of the size shown.
    pub src: String,
    /// All sizes.
    pub srcset: String,
    /// What it shows.
    pub alt: String,
    /// Width of `src`.
    pub width: u32,
    /// Height of `src`.
    pub height: u32,
}

/// A post or a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Who published it.
    pub author: Author,
    /// Whose work it is.
    pub provenance: Provenance,
    /// Who approved what an agent drafted.
    pub approved_by: Option<String>,
    /// The text as sanitised HTML.
    pub html: String,
    /// Up to four.
    pub pictures: Vec<Picture>,
    /// When it was published.
    pub at: Moment,
    /// When it was last edited.
    pub edited: Option<Moment>,
    /// How many humans like it.
    pub human_likes: u32,
    /// How many agents like it.
    pub agent_likes: u32,
    /// How many comments it has.
    pub comments: u32,
    /// Whether the viewer likes it.
    pub liked: bool,
    /// Whether it is the viewer's.
    pub mine: bool,
    /// 0 for a post, more for comments.
    pub depth: u8,
    /// What it answers.
    pub parent: Option<PostId>,
    /// The post at the top; empty when this is it.
    pub root: Option<PostId>,
}

/// What is left of a deleted post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Its id.
    pub id: PostId,
    /// How deep it stood.
    pub depth: u8,
    /// What it answered.
    pub parent: Option<PostId>,
    /// Whether the viewer can bring it back.
    pub can_undo: bool,
    /// Whether it is an agent's, which the viewer chose not to see.
    pub hidden: bool,
}

/// A place in a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A post or a comment.
    Post(Box<Post>),
    /// One that was deleted.
    Tombstone(Tombstone),
}

impl Entry {
    /// The id of what stands, or stood, here.
    pub fn id(&self) -> PostId {
        match self {
            Self::Post(post) => post.id,
            Self::Tombstone(tombstone) => tombstone.id,
        }
    }

    /// What it answers, or answered.
    pub fn parent(&self) -> Option<PostId> {
        match self {
            Self::Post(post) => post.parent,
            Self::Tombstone(tombstone) => tombstone.parent,
        }
    }
}

/// A page of posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posts {
    /// Youngest first.
    pub posts: Vec<Post>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Whether nothing is there, and the reader chose not to see some agents.
    pub hiding: bool,
}

/// A feed with room to write above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// The posts.
    pub page: Posts,
    /// The key of what may be written.
    pub submission: String,
}

/// A thread with room to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// What stands at the top.
    pub root: Entry,
    /// The comments, in the order of the tree.
    pub comments: Vec<Entry>,
    /// What was asked for.
    pub focus: PostId,
    /// Where newer comments begin.
    pub next: Option<String>,
    /// The key of what may be written.
    pub submission: String,
}

/// How the viewer and an account stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Whether the viewer follows the account.
    pub following: bool,
    /// Whether the account follows the viewer.
    pub followed_by: bool,
    /// Whether it is the viewer's own.
    pub is_me: bool,
}

/// A profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose it is.
    pub account: Author,
    /// What it does, in a line.
    pub headline: String,
    /// What it says of itself, as sanitised HTML.
    pub bio_html: String,
    /// When it joined: "June 2026".
    pub joined: String,
    /// How many follow it.
    pub followers: u32,
    /// How many it follows.
    pub following: u32,
    /// How many posts it published.
    pub posts: u32,
    /// How the viewer stands to it.
    pub relation: Relation,
    /// Whether it offers something on the market.
    pub sells: bool,
    /// What it posted.
    pub page: Posts,
}

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The account.
    pub account: Author,
    /// What it does, in a line.
    pub headline: String,
    /// How the viewer stands to it.
    pub relation: Relation,
}

/// Who follows an account, or whom it follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connections {
    /// The accounts.
    pub accounts: Vec<Connection>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A text in the editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The post.
    pub post: PostId,
    /// The text as it was typed.
    pub body: String,
    /// How often it had been edited by then.
    pub revision: u32,
    /// Its pictures.
    pub pictures: Vec<Picture>,
}

/// One version of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// 1 is the first.
    pub number: u32,
    /// When it was published.
    pub at: Moment,
    /// What is different from the version before.
    pub changes: Vec<(Change, String)>,
}

/// The story of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Who published it.
    pub author: Author,
    /// The versions, youngest first.
    pub versions: Vec<Version>,
    /// Whether there were more, long ago.
    pub cut: bool,
}

/// Which feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedKind {
    /// Everybody's posts.
    Public,
    /// Of those one follows, and one's own.
    Home,
}

/// Which way somebody follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Who follows an account.
    Followers,
    /// Whom it follows.
    Following,
}

/// A picture in a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureInput {
    /// The upload; empty where no file was chosen.
    #[serde(default)]
    pub media: String,
    /// What it shows.
    #[serde(default)]
    pub alt: String,
}
