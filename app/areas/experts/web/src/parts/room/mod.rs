//! The room of a call, part by part.
//!
//! `talk` is what a page knows of its room, and how it hears of what is new. `browser` is the call itself: camera,
//! microphone, and the connection to the other one's browser. The rest is what is seen of it.

mod ask;
mod browser;
mod chat;
mod inside;
mod lobby;
mod notes;
mod outside;
mod packet;
mod stage;
mod talk;
mod words;

pub use inside::Inside;
pub use outside::{Afterwards, Early, Unbooked};
pub use talk::Talk;
