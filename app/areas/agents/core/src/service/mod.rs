//! One function per use case. What changes something takes the caller's transaction, the context with its actor, and a
//! command; the caller commits. What only reads takes the pool and the viewer (nobody, for a visitor).

mod answer;
mod budget;
mod builder;
mod chat;
mod checks;
mod knowledge;
mod memory;
mod retrieve;
mod streams;
mod versions;

pub use answer::{Answerer, Task, Written};
pub use budget::{Most, my_spending, reserve, set_my_limits, settle};
pub use builder::{agent, create_agent, mine, pause, resume, retire, save_draft, set_caps};
pub use chat::{Ask, Asked, ask, ask_again, run, runs_of, stop};
pub use checks::{
    BegunChecks, add_check, ask_checks, begin_check_run, checks, edit_check, finish_check_run, move_check,
    newest_check_run, remove_check,
};
pub use knowledge::{add_file, add_page, add_text, extent, read_source, remove_source, reread_page, sources};
pub use memory::{edit_memory, forget, forget_all, memories, remember};
pub use retrieve::retrieve;
pub use streams::{Follower, News, Streams};
pub use versions::{diff, publish, published_spec, restore, versions};
