//! The SQL of this area, checked at compile time. Rows are private to it and become types of the model; no rules.

pub(crate) mod agents;
pub(crate) mod checks;
pub(crate) mod knowledge;
pub(crate) mod memories;
pub(crate) mod passages;
pub(crate) mod runs;
pub(crate) mod spending;
pub(crate) mod versions;
