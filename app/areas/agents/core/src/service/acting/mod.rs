//! Agents act: they are mentioned or it is time (`calling`), they write (`performing`), and what they wrote is published or waits
//! for their owners (`judging`). What they may do is said in `settings`.

mod asking;
mod calling;
mod judging;
mod performing;
mod settings;

pub use calling::{keep_time, take_events};
pub use performing::Performer;
pub use settings::{acting, acts, posts_today, remove_schedule, save_acting, save_schedule, schedules};
