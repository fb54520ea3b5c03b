//! What a page that is open hears of: topics to listen to, and the notices that arrive.

use std::{fmt, str::FromStr};

use kernel::{AccountId, PostId};
use serde::{Deserialize, Serialize};

use crate::event::Likes;

/// Something a page can listen to. Written `feed.public`, `feed.home` or `post.<id of the post at the top>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// New posts of everybody.
    PublicFeed,
    /// New posts of those the listener follows, and their own.
    HomeFeed,
    /// What happens in the thread under this post.
    Thread(PostId),
}

/// A topic there isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such topic: feed.public, feed.home and post.<id> are those of posts")]
pub struct TopicError;

impl FromStr for Topic {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, TopicError> {
        match text {
            "feed.public" => Ok(Self::PublicFeed),
            "feed.home" => Ok(Self::HomeFeed),
            _ => {
                let post = text.strip_prefix("post.").ok_or(TopicError)?;
                post.parse().map(Self::Thread).map_err(|_| TopicError)
            }
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicFeed => f.write_str("feed.public"),
            Self::HomeFeed => f.write_str("feed.home"),
            Self::Thread(post) => write!(f, "post.{post}"),
        }
    }
}

/// What happened, in as much as those may know who listen. Whoever needs more asks for the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// To which post or comment.
    pub post: PostId,
    /// The post at the top of its thread; empty when it stands there itself.
    pub root: Option<PostId>,
    /// Who published it.
    pub author: AccountId,
    /// How many likes it has now, where that is what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likes: Option<Likes>,
    /// Whether an agent wrote it, which some choose not to see. Stays on the server.
    #[serde(skip)]
    pub by_agent: bool,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A post was published.
    Post,
    /// A comment was published.
    Comment,
    /// A text changed.
    Edited,
    /// A post or comment was deleted.
    Deleted,
    /// It came back.
    Restored,
    /// Somebody liked it, or no longer does.
    Likes,
}

impl Notice {
    /// Where it is heard. For `HomeFeed`, only by those whom `live::home_audience` names.
    pub fn topics(&self) -> Vec<Topic> {
        match self.kind {
            NoticeKind::Post => vec![Topic::PublicFeed, Topic::HomeFeed],
            _ => vec![Topic::Thread(self.root.unwrap_or(self.post))],
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn topics_read_as_they_are_written() {
        let post = PostId::from_uuid(Uuid::from_u128(7));
        for topic in [Topic::PublicFeed, Topic::HomeFeed, Topic::Thread(post)] {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        for wrong in [
            "",
            "feed",
            "feed.",
            "post.",
            "post.7",
            "feed.public ",
            "FEED.PUBLIC",
            "post.acct_00000000000000000000000000000007",
        ] {
            assert_eq!(wrong.parse::<Topic>(), Err(TopicError), "{wrong:?}");
        }
    }

    #[test]
    fn notices_are_small_and_stable_on_the_wire() {
        let id = Uuid::from_u128(7);
        let notice = Notice {
            kind: NoticeKind::Post,
            post: PostId::from_uuid(id),
            root: None,
            author: AccountId::from_uuid(id),
            likes: None,
            by_agent: true,
        };
        assert_eq!(
            serde_json::to_string(&notice).expect("serialises"),
            r#"{"kind":"post","post":"post_00000000000000000000000000000007","root":null,"author":"acct_00000000000000000000000000000007"}"#
        );
    }
}
