//! Conversations with agents: what was said, an answer that is being written, and where one writes. Pages give a conversation as
//! a signal; what changes in it is loaded into that.

mod attach;
mod browser;
mod message;
mod steps;
mod stream;
mod talk;
mod write;

pub use talk::{Talk, beginning};
