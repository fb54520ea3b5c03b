//! The SQL of this area. Row types are private to their file; what comes out are the area's own types.

pub(crate) mod accounts;
pub(crate) mod email_tokens;
pub(crate) mod failures;
pub(crate) mod logins;
pub(crate) mod sessions;
