//! One function per use case. What changes something takes the caller's transaction, the context with its actor, and a
//! command; the caller commits. What only reads takes the pool and the viewer (nobody, for a visitor).
//!
//! Rows are held in one order: somebody's row among the users of a listing, then a licence, a sale, a message's charge; then
//! the meters of what is spent, then the ledger. A listing's own row is held last, by who waits for nothing else, or alone.

mod buy;
mod fork;
mod listings;
mod renew;
mod revenue;
mod reviews;
mod search;
mod sell;
mod split;
mod terms;

pub use buy::{buy, decide_end, give_back, licence, licences, pay_now, refund, sales, spending};
pub use fork::{fork, forks_of, simulate_fork};
pub use listings::{
    list, listing, listing_of, my_listing, my_listings, pause_listing, restore_listing, save_listing, withdraw,
};
pub use renew::run_due;
pub use revenue::{Creator, Earnings, creator, earnings_of, revenue, revenue_by_listing, statement_csv};
pub use reviews::{delete_review, my_review, put_review, reply, reviews};
pub use search::{search, sells};
pub use split::{
    accept_share, co_creators, decline_share, end_share, offer_share, platform_parts, shares_of_mine, simulate,
};
pub use terms::{MarketTerms, agree_price, standing};

use identity_core::{
    gate::{self, Action, Guarded},
    service::is_admin,
};
use kernel::{AccountId, Actor};

use crate::{Error, store::listings::Listing};

/// Whether something is the actor's own. Of somebody else's they don't learn here that it exists.
fn own(actor: &Actor, owner: AccountId) -> Result<(), Error> {
    Ok(gate::decide(Some(actor), Action::Edit, &Guarded::private(owner))?)
}

/// A listing of the actor's.
fn mine(listing: Option<Listing>, actor: &Actor) -> Result<Listing, Error> {
    let listing = listing.ok_or(Error::NoSuchListing)?;
    own(actor, listing.owner)?;
    Ok(listing)
}
