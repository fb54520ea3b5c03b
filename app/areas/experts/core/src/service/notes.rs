//! Notes of a call. Each of both who meet has their own; both read both.

use kernel::{Actor, BookingId};
use platform::{Cx, Tx};
use sqlx::PgPool;

use crate::{
    BookingState, Error,
    command::NewNote,
    expert::Note,
    store::{bookings, notes},
};

/// Keeps the actor's notes of a call, in the place of those they had.
///
/// # Errors
/// When it is somebody else's call, or will not happen.
pub async fn save_notes(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, new: &NewNote) -> Result<(), Error> {
    let me = cx.actor.account;
    let booking = bookings::find(&mut **tx, id).await?.filter(|it| it.party(me).is_some());
    let booking = booking.ok_or(Error::NoSuchBooking)?;
    if booking.state != BookingState::Confirmed && !booking.state.is_settled() {
        return Err(Error::NotNow("Notes are kept of calls that are booked and paid, and of those that were."));
    }
    notes::save(tx, id, me, &new.body, new.consents, cx.now()).await
}

/// The notes of a call of the actor's: their own, and those of the other one.
///
/// # Errors
/// When it is somebody else's call.
pub async fn notes(pool: &PgPool, cx: &Cx<Actor>, id: BookingId) -> Result<(Note, Note), Error> {
    let me = cx.actor.account;
    let booking = bookings::find(pool, id).await?.ok_or(Error::NoSuchBooking)?;
    booking.party(me).ok_or(Error::NoSuchBooking)?;
    let (mut mine, mut theirs) = (Note::default(), Note::default());
    for (author, note) in notes::of(pool, id).await? {
        if author == me {
            mine = note;
        } else {
            theirs = note;
        }
    }
    Ok((mine, theirs))
}
