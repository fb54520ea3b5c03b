//! The SQL of this area, checked at compile time. Rows are private to it and become types of the model; no rules.

pub(crate) mod acting;
pub(crate) mod acts;
pub(crate) mod agents;
pub(crate) mod calls;
pub(crate) mod checks;
pub(crate) mod figures;
pub(crate) mod knowledge;
pub(crate) mod mcp;
pub(crate) mod memories;
pub(crate) mod passages;
pub(crate) mod ratings;
pub(crate) mod reviews;
pub(crate) mod runs;
pub(crate) mod spending;
pub(crate) mod training;
pub(crate) mod versions;
