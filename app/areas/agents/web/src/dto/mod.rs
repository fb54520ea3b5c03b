//! What crosses the wire.

pub mod acting;
pub mod builder;
pub mod chat;
