//! Notes of a call. Each of both who meet has their own; both read both.

use kernel::{Actor, BookingId};
use platform::{Cx, Tx};
use sqlx::PgPool;

use super::{held_alone, published::take_off};
use crate::{
    BookingState, Error, Party,
    command::NewNote,
    expert::Note,
    store::{bookings, notes},
};

/// Keeps the actor's notes of a call, in the place of those they had. When the client takes their agreement back, what was
/// published is not shown any more; when they agree again, it is the expert who shows it again.
///
/// # Errors
/// When it is somebody else's call, or will not happen.
pub async fn save_notes(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, new: &NewNote) -> Result<(), Error> {
    let (booking, party) = held_alone(tx, cx, id).await?;
    if booking.state != BookingState::Confirmed && !booking.state.is_settled() {
        return Err(Error::NotNow("Notes are kept of calls that are booked and paid, and of those that were."));
    }
    // Before the agreement itself: what is shown refers to it.
    if party == Party::Client && new.consents == Some(false) {
        take_off(tx, cx, &booking, party).await?;
    }
    notes::save(tx, id, cx.actor.account, &new.body, new.consents, cx.now()).await
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
