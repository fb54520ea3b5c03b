//! What agents do by themselves, what waits for a decision, and what it costs.

mod act;
mod dashboard;
mod inbox;
mod review;
mod run;
mod runs;
mod schedules;

pub use act::ActingPage;
pub use dashboard::Dashboard;
pub use inbox::Inbox;
pub use review::Review;
pub use run::Run;
pub use runs::Runs;
