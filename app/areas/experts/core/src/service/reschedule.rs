//! One of both would rather meet at another time, and the other answers.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, BookingId, RescheduleId, SliceId};
use platform::{Cx, Tx, event};

use super::{decide, hold, money, opened, pay, waitlist};
use crate::{
    BookingState, Error, Party,
    booking::DECIDE_HOURS,
    command::Times,
    event::{RescheduleAnswered, RescheduleProposed},
    letter::{self, About},
    slots::Taken,
    store::{
        bookings::{self, Booking},
        experts::Expert,
        reminders,
        reschedules::{self, Answer, Reschedule},
        slices::{self, SliceKind},
    },
    window::SLICE_MINUTES,
};

const NOT_MOVED: &str =
    "This expert takes no other times at the moment. The call stays where it is, and can be cancelled.";

/// Proposes other times for a booking: up to three, which are kept until the other one answers, for a day at most.
///
/// # Errors
/// When it is not the actor's, is not to happen, or has begun; when the expert was suspended; when one of the times can't be had;
/// when there is a proposal that nobody has answered.
pub async fn propose(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, times: &Times) -> Result<RescheduleId, Error> {
    let (expert, it, party) = opened(tx, cx, id).await?;
    if !matches!(it.state, BookingState::Requested | BookingState::Confirmed) || cx.now() >= it.starts_at {
        return Err(Error::NotNow("Only a call that is still to happen can be moved."));
    }
    if expert.suspended {
        return Err(Error::NotNow(NOT_MOVED));
    }
    is_one_slice(&it)?;
    let first = times.iter().next().unwrap_or(it.starts_at);
    let until = (cx.now() + TimeDelta::hours(DECIDE_HOURS)).min(it.starts_at).min(first);
    let until = it.due_at.map_or(until, |due| until.min(due));
    let new = Reschedule { id: cx.id(), booking: id, by: cx.actor.account, until };
    reschedules::insert(tx, &new, cx.now()).await?;
    for start in times.iter() {
        let taken = hold::free_at(tx, cx, &expert, start).await?;
        hold::keep(tx, cx, &it, taken, SliceKind::Proposal, Some(until)).await?;
    }
    letter::enqueue(tx, About::Proposed, id, party.other()).await?;
    let fact = RescheduleProposed {
        reschedule: new.id,
        booking: id,
        by: party,
        to: it.who(party.other()),
        times: u8::try_from(times.iter().len()).unwrap_or(u8::MAX),
    };
    event::append(tx, cx, id, &fact).await?;
    Ok(new.id)
}

/// Agrees to one of the times that were proposed: the booking moves there. One that waited for the expert's word is confirmed by it.
///
/// # Errors
/// When it is not for the actor to answer, too late, or not one of the times; when the expert was suspended.
pub async fn agree(tx: &mut Tx, cx: &Cx<Actor>, id: RescheduleId, slice: SliceId) -> Result<(), Error> {
    let (expert, it, party, proposal) = answering(tx, cx, id).await?;
    if proposal.by == cx.actor.account {
        return Err(Error::NotNow("The other one answers this. You can take it back."));
    }
    if cx.now() >= proposal.until || !it.state.is_open() {
        return Err(Error::NotNow("These times are not kept any longer. Propose others."));
    }
    if expert.suspended {
        return Err(Error::NotNow(NOT_MOVED));
    }
    is_one_slice(&it)?;
    let slices = slices::of_booking(&mut **tx, it.id).await?;
    let chosen = slices.iter().find(|kept| kept.id == slice && !kept.is_call).ok_or(Error::NoSuchProposal)?.taken;
    reschedules::answer(tx, it.id, Answer::Accepted, cx.now()).await?;
    let moved = move_to(tx, cx, &it, chosen).await?;
    // What it had before, and the other times that were proposed.
    for freed in slices.iter().filter(|kept| kept.id != slice) {
        waitlist::freed(tx, cx, &expert, freed.taken).await?;
    }
    if it.state == BookingState::Requested {
        decide::agreed(tx, cx, &expert, &moved).await?;
    } else {
        money::set_free_at(tx, &moved, Some(money::free_at(moved.ends_at))).await?;
        // What was said of the day before was not said of this one.
        reminders::clear(tx, it.id).await?;
        pay::remind(tx, cx, &moved, moved.starts_at, moved.ends_at).await?;
        letter::enqueue(tx, About::Moved, it.id, party.other()).await?;
    }
    answered(tx, cx, id, it.id, Some(chosen.call.start)).await
}

/// A proposal is one slice long.
fn is_one_slice(it: &Booking) -> Result<(), Error> {
    if it.ends_at - it.starts_at > TimeDelta::minutes(SLICE_MINUTES.into()) {
        return Err(Error::NotNow("A call that was made longer can't be moved any more."));
    }
    Ok(())
}

/// Gives a booking another time, and gives up all others that were kept for it. Who was in the room for the other time was not
/// there for this one.
async fn move_to(tx: &mut Tx, cx: &Cx<Actor>, it: &Booking, to: Taken) -> Result<Booking, Error> {
    slices::free(tx, it.id).await?;
    let (kind, until) = match it.state {
        BookingState::Confirmed => (SliceKind::Booking, None),
        _ => (SliceKind::Hold, it.due_at),
    };
    hold::keep(tx, cx, it, to, kind, until).await?;
    bookings::set_time(tx, it.id, to.call.start, to.call.end).await?;
    bookings::clear_came(tx, it.id).await?;
    let (starts_at, ends_at) = (to.call.start, to.call.end);
    Ok(Booking { starts_at, ends_at, expert_came_at: None, client_came_at: None, ..it.clone() })
}

/// Says no to other times; or takes them back, if they are the actor's own. The booking stays as it is.
///
/// # Errors
/// When it is not theirs, or answered.
pub async fn disagree(tx: &mut Tx, cx: &Cx<Actor>, id: RescheduleId) -> Result<(), Error> {
    let (expert, it, party, proposal) = answering(tx, cx, id).await?;
    let own = proposal.by == cx.actor.account;
    give_up(tx, cx, &expert, &it, if own { Answer::Withdrawn } else { Answer::Declined }).await?;
    if !own {
        letter::enqueue(tx, About::NotMoved, it.id, party.other()).await?;
    }
    Ok(())
}

/// Gives up the times that were proposed for a booking.
pub(super) async fn give_up<A: Into<Option<Actor>> + Copy>(
    tx: &mut Tx,
    cx: &Cx<A>,
    expert: &Expert,
    it: &Booking,
    why: Answer,
) -> Result<(), Error> {
    let Some(id) = reschedules::answer(tx, it.id, why, cx.now()).await? else { return Ok(()) };
    let slices = slices::of_booking(&mut **tx, it.id).await?;
    slices::free_proposed(tx, it.id).await?;
    for freed in slices.iter().filter(|kept| !kept.is_call) {
        waitlist::freed(tx, cx, expert, freed.taken).await?;
    }
    answered(tx, cx, id, it.id, None).await
}

async fn answered<A: Into<Option<Actor>> + Copy>(
    tx: &mut Tx,
    cx: &Cx<A>,
    reschedule: RescheduleId,
    booking: BookingId,
    starts_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    event::append(tx, cx, booking, &RescheduleAnswered { reschedule, booking, starts_at }).await?;
    Ok(())
}

/// The booking that a proposal is about, which of both the actor is, and the proposal. All is held.
async fn answering(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    id: RescheduleId,
) -> Result<(Expert, Booking, Party, Reschedule), Error> {
    let booking = reschedules::open(&mut **tx, id).await?.ok_or(Error::NoSuchProposal)?.booking;
    let (expert, it, party) = match opened(tx, cx, booking).await {
        Err(Error::NoSuchBooking) => return Err(Error::NoSuchProposal),
        found => found?,
    };
    // It may have been answered while its expert's row was waited for.
    let proposal = reschedules::open(&mut **tx, id).await?.ok_or(Error::NoSuchProposal)?;
    Ok((expert, it, party, proposal))
}
