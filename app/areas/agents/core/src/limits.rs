//! How often an account may do things, as counted by `platform::rate_limit` under the account's id.

use platform::rate_limit::Limit;

/// Making agents.
pub const CREATE: Limit = Limit::per("agents.create", 20, 3600);
/// Saving what was typed into the builder, and putting an agent to work or to rest.
pub const SAVE: Limit = Limit::per("agents.save", 120, 600);
/// Adding servers of tools, asking them, and taking them away. Each time one is asked, a request leaves the server.
pub const SERVERS: Limit = Limit::per("agents.servers", 60, 600);
/// Uploading what shall stand with a message.
pub const ATTACH: Limit = Limit::per("agents.attach", 60, 600);
/// Writing, moving and removing checks.
pub const CHECK: Limit = Limit::per("agents.check", 240, 600);
/// Running checks: each of them asks a model up to fifty questions.
pub const RUN_CHECKS: Limit = Limit::per("agents.run_checks", 30, 600);
/// Publishing, and going back to an earlier version.
pub const PUBLISH: Limit = Limit::per("agents.publish", 60, 600);
/// Giving an agent something to know, having a page read again, and taking something away.
pub const KNOWLEDGE: Limit = Limit::per("agents.knowledge", 240, 600);
