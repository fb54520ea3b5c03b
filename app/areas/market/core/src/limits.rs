//! How often an account may do things, as counted by `platform::rate_limit` under the account's id.

use platform::rate_limit::Limit;

/// Searching and looking through the grid.
pub const SEARCH: Limit = Limit::per("market.search", 120, 60);
/// Changing listings, shares and forks.
pub const EDIT: Limit = Limit::per("market.edit", 60, 600);
/// Buying, subscribing, agreeing to a price, giving back.
pub const BUY: Limit = Limit::per("market.buy", 30, 600);
/// Writing reviews and replies.
pub const REVIEW: Limit = Limit::per("market.review", 20, 600);
