//! Conversations, as they are read: a tree of messages of which one branch is shown.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, ConversationId, MessageId, Provenance};
use serde::{Deserialize, Serialize};

/// The most members a conversation has.
pub const MAX_MEMBERS: usize = 50;
/// The most characters its title has.
pub const TITLE_LIMIT: usize = 120;
/// The most messages a conversation has, in all its branches.
pub const MAX_MESSAGES: i64 = 5_000;
/// How many messages of a branch are read at once.
pub const BRANCH_PAGE: u8 = 60;
/// The most characters an answer has.
pub const ANSWER_LIMIT: usize = 64_000;

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It is being written.
    Writing,
    /// It says what it shall say.
    Done,
    /// Somebody stopped it; what had been written stays.
    Stopped,
    /// It could not be written to its end.
    Failed,
}

impl MessageState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Writing => "writing",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Writing, Self::Done, Self::Stopped, Self::Failed].into_iter().find(|it| it.as_str() == text)
    }
}

/// A conversation in a member's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationEntry {
    /// Its id.
    pub id: ConversationId,
    /// What it is about; empty before it is known.
    pub title: String,
    /// The members but for the one whose list it is.
    pub others: Vec<AccountId>,
    /// How what is said last in it begins.
    pub last: String,
    /// When something was last said in it.
    pub active_at: DateTime<Utc>,
}

/// A conversation without its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Who began it.
    pub creator: AccountId,
    /// What it is about; empty before it is known.
    pub title: String,
    /// Everybody who takes part.
    pub members: Vec<AccountSummary>,
    /// The last message of the branch that is shown; nothing, while nothing has been said.
    pub head: Option<MessageId>,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// What it follows.
    pub parent: Option<MessageId>,
    /// Who said it.
    pub author: AccountId,
    /// Whose work it is.
    pub provenance: Provenance,
    /// What it says, as it was written.
    pub body: String,
    /// The same as sanitised HTML.
    pub body_html: String,
    /// How far it is.
    pub state: MessageState,
    /// All messages that follow the same one, this one among them, oldest first: the branches that part here.
    pub siblings: Vec<MessageId>,
    /// When it was said, or begun.
    pub created_at: DateTime<Utc>,
}

/// A stretch of the branch that is shown, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// The messages.
    pub messages: Vec<Message>,
    /// The message that comes before them, when there are older ones.
    pub before: Option<MessageId>,
}
