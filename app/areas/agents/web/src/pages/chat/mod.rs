//! Conversations with agents.

mod chats;
mod conversation;
mod memories;
mod new;
mod spending;

pub use chats::Chats;
pub use conversation::Chat;
pub use memories::Memories;
pub use new::NewChat;
pub use spending::Spending;
