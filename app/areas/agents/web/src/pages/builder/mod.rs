//! Where agents are made, checked and published.

mod agents;
mod build;
mod check;
mod checks;
mod compare;
mod elsewhere;
mod knowledge;
mod learn;
mod limits;
mod new;
mod servers;
mod tools;
mod versions;

pub use agents::Agents;
pub use build::Build;
pub use check::{EditCheck, NewCheck};
pub use checks::Checks;
pub use compare::Compare;
pub use knowledge::Knowledge;
pub use limits::Limits;
pub use new::NewAgent;
pub use servers::Servers;
pub use tools::Tools;
pub use versions::Versions;
