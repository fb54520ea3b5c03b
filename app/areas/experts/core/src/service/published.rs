//! What an expert makes public of what was noted of a call: with its client's agreement, and only as long as that lasts.

use kernel::{AccountId, Actor, BookingId, Cursor, Page, PageSize};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use super::held_alone;
use crate::{
    BookingState, Error, Party, PublicationView,
    command::NewPublication,
    event::{NotesHidden, NotesPublished},
    letter::{self, About},
    store::{
        bookings::{self, Booking},
        notes, published,
    },
};

/// Puts something of what was noted of a call onto the actor's page, or changes what stands there. The same text again changes
/// nothing.
///
/// # Errors
/// When it is not a call of theirs, they are its client, both did not meet, or the client does not agree.
pub async fn publish_notes(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, new: &NewPublication) -> Result<(), Error> {
    let (it, party) = held_alone(tx, cx, id).await?;
    if party != Party::Expert {
        return Err(Error::NotNow("What was noted is published by the expert. Whether they may is for you to say."));
    }
    if it.state != BookingState::Completed {
        return Err(Error::NotNow("What was noted can be published once you have met and the call is over."));
    }
    if !notes::consents(tx, id, it.client).await? {
        return Err(Error::NotNow(
            "The client does not agree that this is published. You can publish it once they do.",
        ));
    }
    let before = published::of_booking(&mut **tx, id).await?;
    match before.as_ref().filter(|before| before.is_shown) {
        Some(shown) if shown.title == new.title && shown.body == new.body => return Ok(()),
        Some(_) => published::change(tx, id, new, cx.now()).await?,
        None => published::show(tx, cx.id(), &it, new, cx.now()).await?,
    }
    let again = before.is_some();
    if !again {
        letter::enqueue(tx, About::Published, id, Party::Client).await?;
    }
    let fact = NotesPublished { booking: id, expert: it.expert, client: it.client, again };
    event::append(tx, cx, id, &fact).await?;
    Ok(())
}

/// Takes what was published of a call off the actor's page. Done again it changes nothing.
///
/// # Errors
/// When it is not a call of theirs, or they are its client.
pub async fn hide_notes(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
    let (it, party) = held_alone(tx, cx, id).await?;
    if party != Party::Expert {
        return Err(Error::NotNow("Take your agreement back in your notes, and it is off the expert's page at once."));
    }
    take_off(tx, cx, &it, party).await
}

/// Takes what was published of a call off its expert's page, if it stands there.
pub(super) async fn take_off(tx: &mut Tx, cx: &Cx<Actor>, it: &Booking, by: Party) -> Result<(), Error> {
    if published::hide(tx, it.id).await? {
        event::append(tx, cx, it.id, &NotesHidden { booking: it.id, expert: it.expert, by }).await?;
    }
    Ok(())
}

/// What stands on an expert's page of what was noted of their calls, the youngest first. Everybody may read it.
///
/// # Errors
/// When the cursor was made up.
pub async fn published(
    pool: &PgPool,
    expert: AccountId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<PublicationView>, Error> {
    let before = after.map(Cursor::id).transpose()?;
    let found = published::of_expert(pool, expert, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |it| it.id))
}

/// What was published of a call of the actor's, whether it is shown or not, if anything was.
///
/// # Errors
/// When it is somebody else's call.
pub async fn published_of(pool: &PgPool, cx: &Cx<Actor>, id: BookingId) -> Result<Option<PublicationView>, Error> {
    let booking = bookings::find(pool, id).await?.ok_or(Error::NoSuchBooking)?;
    booking.party(cx.actor.account).ok_or(Error::NoSuchBooking)?;
    published::of_booking(pool, id).await
}
