//! Leptos foundations shared by every area's pages: who is looking, forms that work without JavaScript, resources with all
//! of their states, the live socket, and what a server function needs of the server.

mod address;
mod boot;
pub mod browser;
mod canonical;
mod debounce;
mod done;
mod failure;
mod form;
mod json;
mod kept;
mod language;
pub mod live;
mod loaded;
mod local_path;
mod moment;
mod outcome;
#[cfg(not(target_arch = "wasm32"))]
mod parts;
mod portrait;
mod query_form;
#[cfg(not(target_arch = "wasm32"))]
pub mod server;
pub mod upload;

pub use address::{MembersOnly, here, param, query, sign_in_from};
pub use boot::{Boot, Submitted, Theme, Viewer, provide_boot, use_boot, use_viewer};
pub use canonical::canonical;
pub use debounce::{Asked, Debounce};
pub use done::Done;
pub use failure::Failure;
pub use form::{Form, FormState, form_action};
pub use json::{Json, JsonText};
pub use kept::{kept, kept_everywhere};
pub use language::{LANGUAGES, language};
pub use loaded::{Loaded, ProblemPage, ProblemView};
pub use local_path::local_path;
pub use moment::Moment;
pub use outcome::{Outcome, go_to, reload_at};
#[cfg(not(target_arch = "wasm32"))]
pub use parts::{Parts, announce_parts};
pub use portrait::PortraitField;
pub use query_form::QueryForm;
