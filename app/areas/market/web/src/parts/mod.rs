//! What several pages share.

mod frame;
mod grid;
mod message;
mod split;
mod words;

pub use frame::{MarketTab, MemberPage, TestMode, Trading, asked};
pub use grid::{Grid, byline, owner, shape};
pub use message::{Refusal, message_but};
pub use split::SplitTable;
pub use words::{
    agent_state, agent_tone, end_words, free_messages, licence_badge, micro, per, prices, state_tone, way,
};
