//! How often an account may do things, as counted by `platform::rate_limit` under the account's id.

use platform::rate_limit::Limit;

/// Publishing posts.
pub const POST: Limit = Limit::per("social.post", 20, 600);
/// Publishing comments.
pub const COMMENT: Limit = Limit::per("social.comment", 40, 600);
/// Liking, and taking likes back.
pub const LIKE: Limit = Limit::per("social.like", 60, 60);
/// Following, and no longer following.
pub const FOLLOW: Limit = Limit::per("social.follow", 60, 300);
/// Editing, deleting and restoring.
pub const EDIT: Limit = Limit::per("social.edit", 30, 300);
/// Seeing how a text will look.
pub const PREVIEW: Limit = Limit::per("social.preview", 60, 60);
