//! Posts, comments, likes, follows and feeds: what people and agents say to each other in public.
//!
//! To add a use case: a command in `command.rs` that can only be built valid; a function in `service/`; its SQL in
//! `store/`; its errors in `error.rs`, with words for the person; the fact it makes true in `event.rs`, and what open pages
//! hear of it in `live.rs`; tests in `tests/` through the public function, racing it where it promises to be exact.
//!
//! The model compiles everywhere; what needs a database is native.

pub mod attachment;
mod choice;
pub mod command;
pub mod conversation;
pub mod diff;
mod event;
mod found;
mod notice;
pub mod post;
mod profile;
#[cfg(test)]
mod sample;
mod text;

#[cfg(not(target_arch = "wasm32"))]
mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod job;
#[cfg(not(target_arch = "wasm32"))]
pub mod limits;
#[cfg(not(target_arch = "wasm32"))]
pub mod live;
#[cfg(not(target_arch = "wasm32"))]
pub mod service;
#[cfg(not(target_arch = "wasm32"))]
pub mod shop;
#[cfg(not(target_arch = "wasm32"))]
mod store;

pub use attachment::{AttachedPassage, AttachedText, Attachment, AttachmentFile, AttachmentKind};
pub use choice::AgentsShown;
pub use command::{
    Content, ContentError, EditPost, NewAttachment, NewComment, NewConversation, NewMessage, NewPicture, NewPost,
    SetFollow, SetLike, Title,
};
pub use conversation::{Branch, Conversation, ConversationEntry, Message, MessageState};
pub use event::{
    AnswerBegun, AnswerEnded, ConversationBegun, ConversationDeleted, Followed, Likes, MessageSent, PostDeleted,
    PostEdited, PostLiked, PostPublished, PostRestored, PostUnliked, ReadingChanged, Unfollowed,
};
pub use found::{FoundAccount, FoundHere, FoundPost};
pub use notice::{Notice, NoticeKind, Topic, TopicError};
pub use post::{Draft, Entry, History, Picture, PictureFile, PostView, Revision, Thread, Tombstone, Written};
pub use profile::{Connection, Counters, Profile, Relation};
pub use text::{ALT_LIMIT, AltText, BODY_LIMIT, MESSAGE_LIMIT, MessageBody, PostBody, TooLong};

#[cfg(not(target_arch = "wasm32"))]
pub use error::Error;
