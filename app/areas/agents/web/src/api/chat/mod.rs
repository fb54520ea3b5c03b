//! Conversations with agents.

#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod read;
mod settings;
#[cfg(not(target_arch = "wasm32"))]
mod steps;
mod write;

pub use read::{chat, chats, new_chat};
pub use settings::{EditMemory, Forget, ForgetAll, SetMyLimits, memories, my_spending};
pub use write::{
    Agree, AskAgain, AskAgent, ChooseTraining, DecideCall, DeleteChat, Rate, RenameChat, ShowBranch, Stop,
};
