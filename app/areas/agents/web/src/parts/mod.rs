//! What several pages share.

pub mod acting;
pub mod builder;
pub mod chat;
