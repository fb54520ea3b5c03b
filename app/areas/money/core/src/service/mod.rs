//! One function per use case. What moves money takes the caller's transaction, the context and a command; the caller
//! commits. What only reads takes the pool and the actor.
//!
//! Each use case that moves money goes the same way: hold the row of what it is about (a hold, the lines of a payment,
//! a payout), then the rows of the accounts, in their order; look whether the key was used; judge; write one transfer.
//! So of two with the same key the second sees what the first did, whoever fails leaves the transaction usable, and
//! nobody waits in a circle. A transaction that books more than one transfer has to see to that itself.
//!
//! The actor of those that also the server itself calls, in a job or on news from outside, may be nobody.

mod accounts;
mod export;
mod holds;
mod ledger;
mod pay;
mod payouts;
mod read;
mod refund;
mod release;
mod top_up;
mod verify;

pub use accounts::{account_of, hold_accounts};
pub use export::{Exported, statement_csv};
pub use holds::{PlacedHold, capture, hold, release};
pub use ledger::post;
pub use pay::pay;
pub use payouts::{RequestedPayout, mark_payout, payouts, payouts_to_send, request_payout};
pub use read::{statement, transfer, wallet};
pub use refund::refund;
pub use release::{expire_holds, free_earnings, set_free_at};
pub use top_up::{restore_top_up, reverse_top_up, top_up};
pub use verify::{Difference, Report, verify};

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::gate::{self, Action, Guarded};
use kernel::{AccountId, Actor};
use platform::Cx;

use crate::Error;

/// An actor, or nobody: the server itself.
pub trait Who: Into<Option<Actor>> + Copy + Send + Sync {}

impl<A: Into<Option<Actor>> + Copy + Send + Sync> Who for A {}

/// Whether the actor may spend what `account` has: its own, or it is the server itself, which another area told to.
fn may_spend<A: Who>(cx: &Cx<A>, account: AccountId) -> Result<(), Error> {
    let actor: Option<Actor> = cx.actor.into();
    if let Some(actor) = actor {
        gate::decide(Some(&actor), Action::Edit, &Guarded::private(account))?;
    }
    Ok(())
}

/// An instant in the future; the end of time, if it is further away.
fn later(now: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    // What the database can keep as well.
    let end = DateTime::UNIX_EPOCH + TimeDelta::days(3_650_000);
    now.checked_add_signed(by).map_or(end, |at| at.min(end))
}
