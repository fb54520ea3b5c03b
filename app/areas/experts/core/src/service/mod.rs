//! One function per use case. What changes something takes the caller's transaction, the context with its actor, and a
//! command; the caller commits. What only reads takes the pool and the viewer (nobody, for a visitor).
//!
//! Rows are held in one order: the expert's, a booking's, then the meters of what is spent, then the ledger. Whoever takes or
//! gives up an expert's time holds the expert's row, so that it happens one after the other.

mod calendars;
mod cancel;
mod decide;
mod diary;
mod directory;
mod dispute;
mod hold;
pub(crate) mod money;
mod notes;
mod pay;
mod published;
mod read;
mod reschedule;
mod reviews;
mod room;
mod settle;
mod setup;
mod talk;
mod times;
mod waitlist;

pub use calendars::*;
pub use cancel::{cancel, cancel_quote};
pub use decide::{accept, decline};
pub use diary::{DayEntry, Entry, day, slots};
pub use directory::*;
pub use dispute::{decide_dispute, dispute, disputes};
pub use hold::{hold, let_go};
pub use notes::*;
pub use pay::{await_money, pay, pay_awaiting, take_events};
pub use published::*;
pub use read::{Which, booking, bookings, earnings};
pub use reschedule::{agree, disagree, propose};
pub use reviews::*;
pub use room::{broken, check_in, end, extend};
pub use settle::run_due;
pub use setup::*;
pub use talk::*;
pub use times::ExpertCalendars;
pub use waitlist::{WaitOffer, my_offers, stop_waiting, wait};

use identity_core::service::is_admin;
use kernel::{AccountId, Actor, BookingId};
use platform::{Cx, Tx};

use crate::{
    Error, Party,
    store::{
        bookings::{self, Booking},
        experts::{self, Expert},
        slices,
    },
};

/// An expert, a booking of theirs, and which of both the actor is. Both rows are held, and what was kept until now is given up.
async fn opened(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(Expert, Booking, Party), Error> {
    let (expert, booking) = held(tx, cx, id).await?;
    let party = booking.party(cx.actor.account).ok_or(Error::NoSuchBooking)?;
    Ok((expert, booking, party))
}

/// The same for the server itself.
async fn held<A>(tx: &mut Tx, cx: &Cx<A>, id: BookingId) -> Result<(Expert, Booking), Error> {
    let found = bookings::find(&mut **tx, id).await?.ok_or(Error::NoSuchBooking)?;
    let expert = hold_expert(tx, cx, found.expert).await?;
    // It may have changed while its expert's row was waited for.
    let booking = bookings::lock(tx, id).await?.ok_or(Error::NoSuchBooking)?;
    Ok((expert, booking))
}

/// A booking of the actor's, and which of both they are. Its row is held, and no other: what both say to each other, or of the
/// call, takes nobody's time.
async fn held_alone(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(Booking, Party), Error> {
    let found = bookings::find(&mut **tx, id).await?.ok_or(Error::NoSuchBooking)?;
    let party = found.party(cx.actor.account).ok_or(Error::NoSuchBooking)?;
    let booking = bookings::lock(tx, id).await?.ok_or(Error::NoSuchBooking)?;
    Ok((booking, party))
}

/// Holds an expert's row. What was kept of their time until now, and nobody wanted, goes to the next in line or is free: all of
/// it is given up before any of it is offered anew, so that nothing that is over stands in the way.
async fn hold_expert<A>(tx: &mut Tx, cx: &Cx<A>, id: AccountId) -> Result<Expert, Error> {
    let expert = experts::lock(tx, id).await?.ok_or(Error::NoSuchExpert)?;
    let server = cx.world.cx(None::<Actor>);
    let over = slices::expire(tx, id, cx.now()).await?;
    for unpaid in bookings::lapse_held(tx, id, cx.now()).await? {
        hold::release(tx, &server, &expert, &unpaid).await?;
    }
    for it in over {
        match it.offered_to {
            Some(account) => waitlist::passed(tx, &server, &expert, account, it.taken).await?,
            None => waitlist::freed(tx, &server, &expert, it.taken).await?,
        }
    }
    Ok(expert)
}
