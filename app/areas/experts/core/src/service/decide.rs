//! An expert says yes or no to what waits for their word.

use kernel::{Actor, BookingId};
use money_core::{Capture, Memo, service as ledger};
use platform::{Cx, Tx, event};

use super::{money, opened, pay, reschedule, waitlist};
use crate::{
    BookingState, Error, Party,
    command::Reason,
    event::BookingDeclined,
    letter::{self, About},
    store::{
        bookings::{self, Booking},
        experts::Expert,
        reschedules::{self, Answer},
        slices,
    },
};

/// Says yes to a booking: what was set aside for it is taken. Again, it changes nothing.
///
/// # Errors
/// When it is not the actor's to decide, or too late.
pub async fn accept(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
    let (expert, it, party) = opened(tx, cx, id).await?;
    if party != Party::Expert {
        return Err(Error::NotNow("The expert decides about this."));
    }
    match it.state {
        BookingState::Confirmed => Ok(()),
        BookingState::Requested if it.due_at.is_some_and(|due| due > cx.now()) => agreed(tx, cx, &expert, &it).await,
        BookingState::Requested => {
            Err(Error::NotNow("It is too late to say yes to this: nobody waits for it any more."))
        }
        _ => Err(Error::NotNow("This booking does not wait for a word.")),
    }
}

/// Takes the money that was set aside for a booking both agree on, and confirms it. What was proposed in its place is given up.
pub(super) async fn agreed(tx: &mut Tx, cx: &Cx<Actor>, expert: &Expert, it: &Booking) -> Result<(), Error> {
    let hold = it.hold.ok_or(Error::BadRow("request without money"))?;
    reschedule::give_up(tx, cx, expert, it, Answer::Withdrawn).await?;
    let title = pay::title(tx, it).await?;
    let capture = Capture {
        hold,
        lines: money::lines(it)?,
        frees_after: money::frees_after(cx, it.ends_at),
        key: money::key("call")?,
        memo: money::memo(&title),
    };
    let transfer = ledger::capture(tx, cx, &capture).await?;
    pay::confirm(tx, cx, it, transfer.id).await
}

/// Says no to a booking, and why: all that was set aside goes back. Again, it changes nothing.
///
/// # Errors
/// When it is not the actor's to decide, or it is decided.
pub async fn decline(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, reason: &Reason) -> Result<(), Error> {
    let (expert, it, party) = opened(tx, cx, id).await?;
    if party != Party::Expert {
        return Err(Error::NotNow("The expert decides about this. You can cancel it, and get all of it back."));
    }
    match it.state {
        BookingState::Declined => Ok(()),
        BookingState::Requested => refuse(tx, cx, &expert, &it, Some((cx.actor, reason.as_str()))).await,
        _ => Err(Error::NotNow("This booking does not wait for a word. You can cancel it.")),
    }
}

/// Lets what was set aside for a booking go, and its time. `said` is who said no, and why; nobody did when time ran out.
pub(super) async fn refuse<A: ledger::Who>(
    tx: &mut Tx,
    cx: &Cx<A>,
    expert: &Expert,
    it: &Booking,
    said: Option<(Actor, &str)>,
) -> Result<(), Error> {
    let hold = it.hold.ok_or(Error::BadRow("request without money"))?;
    ledger::release(tx, cx, hold, &Memo::new("The call does not happen")).await?;
    let (by, reason) = said.map_or((None, None), |(actor, reason)| (Some(actor.account), Some(reason)));
    bookings::close(tx, it.id, BookingState::Declined, by, reason, cx.now()).await?;
    give_up_time(tx, cx, expert, it).await?;
    letter::enqueue(tx, About::Declined, it.id, Party::Client).await?;
    let fact = BookingDeclined { booking: it.id, expert: it.expert, client: it.client, said: by.is_some() };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(())
}

/// Gives up all of an expert's time that a booking has, and offers it to those who wait.
pub(super) async fn give_up_time<A: Into<Option<Actor>> + Copy>(
    tx: &mut Tx,
    cx: &Cx<A>,
    expert: &Expert,
    it: &Booking,
) -> Result<(), Error> {
    reschedules::answer(tx, it.id, Answer::Withdrawn, cx.now()).await?;
    let slices = slices::of_booking(&mut **tx, it.id).await?;
    slices::free(tx, it.id).await?;
    for slice in slices {
        waitlist::freed(tx, cx, expert, slice.taken).await?;
    }
    Ok(())
}
