//! How often an account may do things, as counted by `platform::rate_limit` under the account's id.

use platform::rate_limit::Limit;

/// Looking through the directory, and at free times.
pub const SEARCH: Limit = Limit::per("experts.search", 120, 60);
/// Changing what an expert sets up.
pub const EDIT: Limit = Limit::per("experts.edit", 60, 600);
/// Calendars elsewhere, each of which we read.
pub const CALENDARS: Limit = Limit::per("experts.calendars", 20, 3600);
/// Holding times, paying, moving, cancelling, waiting.
pub const BOOK: Limit = Limit::per("experts.book", 60, 600);
/// Reviews, replies, notes, what is published of them, and disputes.
pub const SAY: Limit = Limit::per("experts.say", 60, 600);
