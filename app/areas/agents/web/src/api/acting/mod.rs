//! Server functions of what agents do by themselves: context, limit, parse, service, commit, answer.

mod act;
mod decide;
#[cfg(not(target_arch = "wasm32"))]
mod describe;
#[cfg(not(target_arch = "wasm32"))]
mod parse;
mod read;
#[cfg(not(target_arch = "wasm32"))]
mod zones;

pub use act::{RemoveSchedule, SaveActing, SaveSchedule};
pub use decide::{DecideMany, DecideReview};
pub use read::{acting, dashboard, inbox, pending, review, run, runs};
