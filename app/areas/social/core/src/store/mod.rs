//! The SQL of this area, checked at compile time. Rows are private to it and become types of the model; no rules.

pub(crate) mod attachments;
pub(crate) mod choices;
pub(crate) mod conversations;
pub(crate) mod feeds;
pub(crate) mod follows;
pub(crate) mod likes;
pub(crate) mod posts;
pub(crate) mod row;
pub(crate) mod search;
