//! One function per use case. What changes something takes the caller's transaction, the context with its actor, and a
//! command; the caller commits. What only reads takes the pool and the viewer (nobody, for a visitor).

mod acting;
mod answer;
mod attach;
mod budget;
mod builder;
mod chat;
mod check_answers;
mod checks;
mod decide;
mod embed;
mod face;
mod figures;
mod knowledge;
mod mcp;
mod memory;
mod rating;
mod retrieve;
mod review;
mod streams;
mod tool_choices;
mod tools;
mod training;
mod versions;
mod watch;

pub use acting::{
    Performer, acting, acts, keep_time, posts_today, remove_schedule, save_acting, save_schedule, schedules,
    take_events,
};
pub use answer::{Answerer, Task, Written};
pub use attach::attach_file;
pub use budget::{Most, my_spending, reserve, reserve_charge, set_my_limits, settle, spend, unspend};
pub use builder::{
    agent, create_agent, mine, pause, profile, resume, retire, save, save_draft, set_caps, spending_of,
    test_conversation,
};
pub use chat::{Ask, Asked, ask, ask_again, run, runs_of, stop};
pub use checks::{
    BegunChecks, add_check, ask_checks, begin_check_run, begin_checks_once, check, checks, edit_check,
    finish_check_run, move_check, newest_check_run, note_check_result, remove_check,
};
pub use decide::{DecidedCall, decide_call, tool_calls};
pub use embed::{Embedded, agents_to_embed, embed_passages};
pub use face::face;
pub use figures::{agent_run, agent_runs, figures};
pub use knowledge::{
    add_file, add_page, add_text, extent, read_source, remove_source, reread_page, source_titles, sources,
};
pub use mcp::{add_server, ask_server, ask_servers, remove_server, servers};
pub use memory::{edit_memory, forget, forget_all, memories, remember, remembering};
pub use rating::{rate, ratings_of};
pub use retrieve::retrieve;
pub use review::{decide, expire_reviews, pending_reviews, propose, review, reviews};
pub use streams::{Follower, News, Streams};
pub use tool_choices::{choose_tools, tool_choices};
pub use tools::{DraftPost, Drafts, ExpertTimes, FreeExpert, McpClient, ReviewInbox, TimesWanted, Toolbox};
pub use training::{choose_training, may_train};
pub use versions::{diff, publish, published_spec, restore, versions};
pub use watch::{Watch, Words};
