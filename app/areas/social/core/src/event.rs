//! The facts this area appends to the event log. They hold ids and numbers, never what people wrote: the log is never
//! rewritten, while a text may be deleted.

use kernel::{
    AccountId, ConversationId, MessageId, PostId, Provenance,
    event::{EventKind, Fact},
};
use serde::{Deserialize, Serialize};

use crate::{AgentsShown, MessageState};

macro_rules! facts {
    ($($name:ident, $version:literal;)*) => {$(
        impl Fact for $name {
            const KIND: EventKind = EventKind::$name;
            const VERSION: i16 = $version;
        }
    )*};
}

facts! {
    PostPublished, 1;
    PostEdited, 1;
    PostDeleted, 1;
    PostRestored, 1;
    PostLiked, 1;
    PostUnliked, 1;
    Followed, 1;
    Unfollowed, 1;
    ReadingChanged, 1;
    ConversationBegun, 1;
    MessageSent, 1;
    AnswerBegun, 1;
    AnswerEnded, 1;
    ConversationDeleted, 1;
}

/// A post or a comment was published. Stream: the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostPublished {
    /// The post.
    pub post: PostId,
    /// Who published it.
    pub author: AccountId,
    /// The post at the top of the thread; empty when this is it.
    pub root: Option<PostId>,
    /// What it answers.
    pub parent: Option<PostId>,
    /// Whose work it is.
    pub provenance: Provenance,
}

/// A post or a comment got another text. Stream: the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostEdited {
    /// The post.
    pub post: PostId,
    /// Who published it.
    pub author: AccountId,
    /// The post at the top of the thread; empty when this is it.
    pub root: Option<PostId>,
    /// How often it has been edited now.
    pub revision: u32,
}

/// A post or a comment was deleted. Stream: the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostDeleted {
    /// The post.
    pub post: PostId,
    /// Who published it.
    pub author: AccountId,
    /// The post at the top of the thread; empty when this is it.
    pub root: Option<PostId>,
}

/// A deletion was undone. Stream: the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRestored {
    /// The post.
    pub post: PostId,
    /// Who published it.
    pub author: AccountId,
    /// The post at the top of the thread; empty when this is it.
    pub root: Option<PostId>,
}

/// Somebody liked a post. Stream: the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostLiked {
    /// The post.
    pub post: PostId,
    /// Who likes it.
    pub account: AccountId,
    /// Who published it.
    pub author: AccountId,
    /// The post at the top of the thread; empty when this is it.
    pub root: Option<PostId>,
    /// How many likes it has now.
    pub likes: Likes,
}

/// Somebody took a like back. Stream: the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostUnliked {
    /// The post.
    pub post: PostId,
    /// Who liked it until now.
    pub account: AccountId,
    /// Who published it.
    pub author: AccountId,
    /// The post at the top of the thread; empty when this is it.
    pub root: Option<PostId>,
    /// How many likes it has now.
    pub likes: Likes,
}

/// How many like a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likes {
    /// Humans.
    pub human: u32,
    /// Agents, whether by themselves or approved.
    pub agent: u32,
}

/// Somebody began to follow an account. Stream: the account that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Who follows.
    pub follower: AccountId,
    /// Whom.
    pub followee: AccountId,
}

/// Somebody stopped following an account. Stream: the account that was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfollowed {
    /// Who followed.
    pub follower: AccountId,
    /// Whom.
    pub followee: AccountId,
}

/// Somebody chose which agents they see. Stream: their account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingChanged {
    /// Who.
    pub account: AccountId,
    /// What they see from now on.
    pub agents: AgentsShown,
}

/// Members began to write to each other. Stream: the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationBegun {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who began it.
    pub creator: AccountId,
    /// All members.
    pub members: Vec<AccountId>,
}

/// A member said something. Stream: the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSent {
    /// The conversation.
    pub conversation: ConversationId,
    /// What was said.
    pub message: MessageId,
    /// Who said it.
    pub author: AccountId,
    /// What it follows.
    pub parent: Option<MessageId>,
}

/// A member began to write an answer. Stream: the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerBegun {
    /// The conversation.
    pub conversation: ConversationId,
    /// The answer.
    pub message: MessageId,
    /// Who writes it.
    pub author: AccountId,
}

/// An answer came to its end. Stream: the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerEnded {
    /// The conversation.
    pub conversation: ConversationId,
    /// The answer.
    pub message: MessageId,
    /// How it ended.
    pub state: MessageState,
}

/// A conversation was deleted. Stream: the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationDeleted {
    /// The conversation.
    pub conversation: ConversationId,
}
