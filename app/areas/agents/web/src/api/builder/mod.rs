//! Server functions of the builder: context, limit, parse, service, commit, answer.

mod checks;
#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod knowledge;
mod make;
#[cfg(not(target_arch = "wasm32"))]
mod parse;
mod read;
mod servers;
mod versions;

pub use checks::{MoveCheck, RemoveCheck, RunChecks, SaveCheck, check_form, checks};
pub use knowledge::{AddFile, AddPage, AddText, RemoveSource, RereadSource, knowledge};
pub use make::{Create, Save, SaveTools, SetCaps, SetState};
pub use read::{build_form, head, limits, mine, templates, test_chat, tools_form};
pub use servers::{AddServer, AskServer, RemoveServer, servers};
pub use versions::{Publish, Restore, compare, versions};

/// Whoever writes agents' answers.
#[cfg(not(target_arch = "wasm32"))]
fn answerer() -> Result<agents_core::service::Answerer, web::Failure> {
    leptos::prelude::use_context().ok_or_else(|| web::Failure::from(kernel::Problem::internal()))
}
