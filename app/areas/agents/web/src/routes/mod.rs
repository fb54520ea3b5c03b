//! The routes of the area, in three groups that a browser loads apart.

pub(crate) mod acting;
pub(crate) mod builder;
mod chat;

pub use acting::{ActingRoutes, INBOX};
pub use builder::BuilderRoutes;
pub use chat::{CHATS, ChatRoutes, MEMORIES, chat, memories_of, message};
