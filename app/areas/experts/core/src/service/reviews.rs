//! Reviews: by clients who were there, one of each call.

use identity_core::gate::{self, Action, Guarded};
use kernel::{AccountId, Actor, BookingId, Cursor, Page, PageSize};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use crate::{
    Error, Party, ReviewView,
    command::{NewReview, Reply},
    event::CallReviewed,
    store::{
        bookings, experts,
        reviews::{self, NewRow},
    },
};

/// Reviews a call that the actor came to as its client. What they said stands.
///
/// # Errors
/// When it is not their call, is not over, they did not come, or they have reviewed it.
pub async fn review(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, new: &NewReview) -> Result<(), Error> {
    let booking = bookings::find(&mut **tx, id).await?.ok_or(Error::NoSuchBooking)?;
    match booking.party(cx.actor.account) {
        None => return Err(Error::NoSuchBooking),
        Some(Party::Expert) => return Err(Error::NotNow("A call is reviewed by its client. You can reply to that.")),
        Some(Party::Client) => {}
    }
    if !booking.state.is_settled() {
        return Err(Error::NotNow("A call can be reviewed once it is over and settled."));
    }
    if booking.client_came_at.is_none() {
        return Err(Error::NotThere);
    }
    let (expert, author, rating) = (booking.expert, booking.client, new.rating);
    reviews::insert(tx, &NewRow { booking: id, expert, author, rating, body: &new.body }, cx.now()).await?;
    experts::add_rating(tx, expert, rating).await?;
    event::append(tx, cx, id, &CallReviewed { booking: id, expert, author, rating }).await?;
    Ok(())
}

/// Replies to the review of a call with the actor, or changes what they replied.
///
/// # Errors
/// When there is no review of a call with them.
pub async fn reply(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, reply: &Reply) -> Result<(), Error> {
    let expert = reviews::lock(tx, id).await?.ok_or(Error::NoSuchReview)?;
    gate::decide(Some(&cx.actor), Action::Edit, &Guarded::private(expert)).map_err(|_| Error::NoSuchReview)?;
    reviews::reply(tx, id, &reply.0, cx.now()).await
}

/// Reviews of an expert's calls, those of the youngest booking first.
///
/// # Errors
/// When the cursor was made up.
pub async fn reviews(
    pool: &PgPool,
    expert: AccountId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<ReviewView>, Error> {
    let before = after.map(Cursor::id).transpose()?;
    let found = reviews::of_expert(pool, expert, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |review| review.booking))
}

/// The review of a call, if there is one. Everybody may read it.
///
/// # Errors
/// When the database fails.
pub async fn review_of(pool: &PgPool, id: BookingId) -> Result<Option<ReviewView>, Error> {
    reviews::of_booking(pool, id).await
}
