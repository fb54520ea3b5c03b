//! Server functions: context, parse, service, commit, answer.

#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod mine;
#[cfg(not(target_arch = "wasm32"))]
mod parse;
mod read;
mod sell;
mod write;

pub use mine::{Agree, BuyAgent, DecideEnd, GiveBack, PayNow, bought, buy_form, licence};
pub use read::{Asked, creator, listing, market};
pub use sell::{MakeFork, earned, fork_form, sales, sell, sell_form};
pub use write::{
    AnswerShare, DeleteReview, OfferShare, PutReview, RefundSale, Reply, SaveListing, TurnListing, Withdraw,
};
