//! Server functions: context, parse, service, commit, answer.

#[cfg(not(target_arch = "wasm32"))]
mod describe;
#[cfg(not(target_arch = "wasm32"))]
mod parse;
mod read;
mod write;

pub use read::{
    connections, draft, history, home_feed, newer, posts_of, profile, public_feed, reading_choice, thread, write_form,
};
pub use write::{Delete, Edit, Follow, Like, Publish, Restore, ShowAgents, preview};
