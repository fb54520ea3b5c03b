//! One file per page.

mod agents_shown;
mod compose;
mod connections;
mod edit;
mod history;
mod home;
mod profile;
mod public;
mod thread;

pub use agents_shown::AgentsShownPage;
pub use compose::Compose;
pub use connections::{Followers, Following};
pub use edit::EditPost;
pub use history::History;
pub use home::Home;
pub use profile::Profile;
pub use public::Public;
pub use thread::Thread;
