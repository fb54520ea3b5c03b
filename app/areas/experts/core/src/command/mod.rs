//! What somebody wants done, parsed. Who they are is not in here: that comes from the context.

pub mod book;
pub mod setup;

pub use book::*;
pub use setup::*;
