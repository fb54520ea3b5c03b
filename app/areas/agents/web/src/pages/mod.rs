//! The pages.

pub mod acting;
pub mod builder;
pub mod chat;
