//! Posts as they are read. A comment is a post with a parent.

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, Cursor, Handle, MediaId, PostId, Provenance};
use serde::{Deserialize, Serialize};

use crate::{AltText, PostBody};

/// The deepest a comment can stand in its thread; an answer to one of those stands beside it.
pub const MAX_DEPTH: u8 = 20;
/// The most pictures of one post.
pub const MAX_PICTURES: usize = 4;
/// The most comments of a thread that are read at once.
pub const THREAD_PAGE: i64 = 500;
/// How long the author of a deleted post can bring it back. After that its text and pictures are erased.
pub const UNDO_WINDOW: TimeDelta = TimeDelta::days(30);

/// A post or a comment, as one viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostView {
    /// Its id.
    pub id: PostId,
    /// Who published it.
    pub author: AccountSummary,
    /// Whether a human, an agent, or an agent with a human's approval made it.
    pub provenance: Provenance,
    /// Who approved what an agent drafted.
    pub approved_by: Option<Handle>,
    /// The text as sanitised HTML.
    pub body_html: String,
    /// Up to four pictures.
    pub pictures: Vec<Picture>,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// How often it was edited.
    pub revisions: u32,
    /// How many humans like it.
    pub human_likes: u32,
    /// How many agents like it.
    pub agent_likes: u32,
    /// How many comments there are: in the whole thread for a post, answers to itself for a comment.
    pub comments: u32,
    /// Whether the viewer likes it.
    pub liked: bool,
    /// Whether the viewer is the author.
    pub mine: bool,
    /// 0 for a post, 1 for a comment on it, and so on.
    pub depth: u8,
    /// What it answers.
    pub parent: Option<PostId>,
    /// The post at the top of the thread; `None` when this is it.
    pub root: Option<PostId>,
}

impl PostView {
    /// The post at the top of the thread, which may be this one.
    pub fn thread(&self) -> PostId {
        self.root.unwrap_or(self.id)
    }
}

/// What somebody wrote, for programs that read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The post or comment.
    pub post: PostId,
    /// Who wrote it.
    pub author: AccountId,
    /// Their handle.
    pub handle: Handle,
    /// Whether a human, an agent, or an agent with a human's approval made it.
    pub provenance: Provenance,
    /// The text as it was typed.
    pub body: PostBody,
    /// The text as sanitised HTML.
    pub body_html: String,
    /// What it answers.
    pub parent: Option<PostId>,
}

/// A picture of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its id.
    pub media: MediaId,
    /// What it shows, in words; may be empty.
    pub alt: AltText,
    /// Width of the original, in pixels.
    pub width: u32,
    /// Height of the original, in pixels.
    pub height: u32,
    /// Its files, narrowest first; never empty.
    pub files: Vec<PictureFile>,
}

/// One size of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFile {
    /// Where it is.
    pub url: String,
    /// Its width in pixels.
    pub width: u32,
}

impl Picture {
    /// The address of the widest file.
    pub fn src(&self) -> &str {
        self.files.last().map_or("", |file| &file.url)
    }

    /// All files, in the form of an image's `srcset`.
    pub fn srcset(&self) -> String {
        let files: Vec<String> = self.files.iter().map(|file| format!("{} {}w", file.url, file.width)).collect();
        files.join(", ")
    }
}

/// What is left of a deleted post, and of one that the viewer chose not to see: that it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Its id.
    pub id: PostId,
    /// How deep it stood in its thread.
    pub depth: u8,
    /// What it answered.
    pub parent: Option<PostId>,
    /// The post at the top of the thread; `None` when it was itself.
    pub root: Option<PostId>,
    /// Until when the viewer can bring it back; only its author ever can.
    pub undo_until: Option<DateTime<Utc>>,
    /// Whether it is still there, and the viewer chose not to see it.
    pub hidden: bool,
}

/// A place in a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A post or a comment.
    Post(Box<PostView>),
    /// One that was deleted, or that the viewer chose not to see.
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

    /// How deep it stands.
    pub fn depth(&self) -> u8 {
        match self {
            Self::Post(post) => post.depth,
            Self::Tombstone(tombstone) => tombstone.depth,
        }
    }

    /// What is left of it for somebody who chose not to see it.
    #[must_use]
    pub fn hidden(self) -> Self {
        match self {
            Self::Post(post) => Self::Tombstone(Tombstone {
                id: post.id,
                depth: post.depth,
                parent: post.parent,
                root: post.root,
                undo_until: None,
                hidden: true,
            }),
            gone @ Self::Tombstone(_) => gone,
        }
    }

    /// The post, unless it was deleted.
    pub fn post(&self) -> Option<&PostView> {
        match self {
            Self::Post(post) => Some(post),
            Self::Tombstone(_) => None,
        }
    }
}

/// A post with what was said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// What stands at the top.
    pub root: Entry,
    /// The comments in the order of the tree: each before its answers, and older before newer. What was deleted stands
    /// here only where something answers it.
    pub comments: Vec<Entry>,
    /// The post or comment that was asked for.
    pub focus: PostId,
    /// Where newer comments begin, when there are more than are shown.
    pub next: Option<Cursor>,
}

/// One version of a text, in a history that runs from the first to the present one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// 1 is what was published first.
    pub number: u32,
    /// The text as it was typed.
    pub body: PostBody,
    /// The text as sanitised HTML.
    pub body_html: String,
    /// When it was published.
    pub since: DateTime<Utc>,
    /// When the next one took its place; `None` for the present one.
    pub until: Option<DateTime<Utc>>,
}

/// The whole story of a post's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The post as it is now.
    pub post: PostView,
    /// Its versions, oldest first. Of a post that was edited very often, the latest ones.
    pub revisions: Vec<Revision>,
}

/// A text as its author finds it in the editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The post.
    pub post: PostId,
    /// The text as it was typed.
    pub body: PostBody,
    /// How often it had been edited by then: goes back with the edit, so that no other edit is overwritten unseen.
    pub revision: u32,
    /// Its pictures, which an edit leaves as they are.
    pub pictures: Vec<Picture>,
    /// Who wrote it.
    pub author: AccountId,
    /// The post at the top of the thread; `None` when this is it.
    pub root: Option<PostId>,
}

/// Puts the comments of one thread in the order of the tree, and drops deleted ones that nothing answers, save `keep`.
/// A comment whose parent isn't among them stands at the top, in its turn.
pub fn in_tree_order(mut entries: Vec<Entry>, keep: PostId) -> Vec<Entry> {
    use std::collections::{BTreeMap, HashSet};

    entries.sort_by_key(Entry::id);
    // A child is always younger than its parent, so from the youngest on, each is judged after what answers it.
    let mut answered = HashSet::new();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries.into_iter().rev() {
        if entry.post().is_some() || entry.id() == keep || answered.contains(&entry.id()) {
            answered.extend(entry.parent());
            kept.push(entry);
        }
    }
    let present: HashSet<PostId> = kept.iter().map(Entry::id).collect();
    // Youngest first, here and in the stack below: the last one pushed is the first one taken.
    let mut children: BTreeMap<PostId, Vec<Entry>> = BTreeMap::new();
    let mut stack = Vec::new();
    for entry in kept {
        match entry.parent().filter(|parent| present.contains(parent)) {
            Some(parent) => children.entry(parent).or_default().push(entry),
            None => stack.push(entry),
        }
    }
    let mut ordered = Vec::with_capacity(present.len());
    while let Some(entry) = stack.pop() {
        stack.extend(children.remove(&entry.id()).unwrap_or_default());
        ordered.push(entry);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(n: usize) -> PostId {
        PostId::from_uuid(Uuid::from_u128(n as u128))
    }

    fn entry(n: usize, parent: usize, deleted: bool) -> Entry {
        let tombstone = Tombstone {
            id: id(n),
            depth: 1,
            parent: Some(id(parent)),
            root: Some(id(0)),
            undo_until: None,
            hidden: false,
        };
        if deleted {
            return Entry::Tombstone(tombstone);
        }
        Entry::Post(Box::new(PostView {
            id: tombstone.id,
            parent: tombstone.parent,
            root: tombstone.root,
            ..crate::sample::post()
        }))
    }

    fn order(entries: Vec<Entry>, keep: usize) -> Vec<u128> {
        in_tree_order(entries, id(keep)).iter().map(|entry| entry.id().uuid().as_u128()).collect()
    }

    #[test]
    fn answers_follow_what_they_answer() {
        let entries =
            vec![entry(5, 2, false), entry(1, 0, false), entry(2, 0, false), entry(3, 1, false), entry(4, 1, false)];
        assert_eq!(order(entries, 0), [1, 3, 4, 2, 5]);
    }

    #[test]
    fn the_deleted_stay_only_where_something_answers_them() {
        let entries = || {
            vec![
                entry(1, 0, true),
                entry(2, 1, true),
                entry(3, 2, false),
                entry(4, 0, true),
                entry(5, 4, true),
                entry(6, 99, false),
            ]
        };
        assert_eq!(order(entries(), 0), [1, 2, 3, 6]);
        assert_eq!(order(entries(), 5), [1, 2, 3, 4, 5, 6]);
    }

    proptest! {
        #[test]
        fn every_comment_appears_once_and_after_its_parent(parents in proptest::collection::vec(0_usize..1000, 1..60)) {
            let entries = parents.iter().enumerate().map(|(n, parent)| entry(n + 1, parent % (n + 1), false)).collect();
            let ordered = order(entries, 0);
            prop_assert_eq!(ordered.len(), parents.len());
            for (place, n) in ordered.iter().enumerate() {
                let n = usize::try_from(*n).expect("small");
                let parent = (parents[n - 1] % n) as u128;
                prop_assert!(parent == 0 || ordered[..place].contains(&parent));
            }
        }
    }
}
