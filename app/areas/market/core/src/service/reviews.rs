//! Reviews: by those who used an agent, one each.

use kernel::{Actor, Cursor, ListingId, Page, PageSize, ReviewId};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use super::{is_admin, listings::may_see};
use crate::{
    Error, MyReview, ReviewView,
    command::{NewReview, Reply},
    event::{ReviewDeleted, ReviewReplied, Reviewed},
    store::{
        listings,
        reviews::{self, Review},
        splits, users,
    },
};

/// Reviews an agent that the actor used, or changes what they said.
///
/// # Errors
/// When they had no answer of it, it is theirs, or there is no such listing for them.
pub async fn put_review(tx: &mut Tx, cx: &Cx<Actor>, id: ListingId, new: &NewReview) -> Result<ReviewId, Error> {
    let me = cx.actor.account;
    let listing = listings::find(&mut **tx, id).await?.ok_or(Error::NoSuchListing)?;
    if listing.owner == me || splits::has_share(&mut **tx, id, me).await? {
        return Err(Error::Yours);
    }
    // Held: of two reviews at once by one author, the second changes the first.
    if users::find(&mut **tx, id, me).await?.answers == 0 {
        return Err(Error::NotUsed);
    }
    users::lock(tx, id, me).await?;
    let before = reviews::lock(tx, Err((id, me))).await?;
    let rating = i16::from(new.rating);
    let review =
        reviews::put(tx, &Review { id: cx.id(), listing: id, author: me, rating }, &new.body, cx.now()).await?;
    let (count, sum) = before.map_or((1, rating), |before| (0, rating - before.rating));
    reviews::count(tx, id, count, sum.into()).await?;
    let fact = Reviewed { review, listing: id, author: me, owner: listing.owner, rating: new.rating };
    event::append(tx, cx, id, &fact).await?;
    Ok(review)
}

/// Deletes a review: its author's, or anybody's for an administrator.
///
/// # Errors
/// When there is none of the actor's.
pub async fn delete_review(tx: &mut Tx, cx: &Cx<Actor>, id: ReviewId) -> Result<(), Error> {
    let review = reviews::lock(tx, Ok(id)).await?.ok_or(Error::NoSuchReview)?;
    if review.author != cx.actor.account && !is_admin(&mut **tx, cx.actor.account).await? {
        return Err(Error::NoSuchReview);
    }
    reviews::delete(tx, id).await?;
    reviews::count(tx, review.listing, -1, -i32::from(review.rating)).await?;
    let fact = ReviewDeleted { review: id, listing: review.listing, author: review.author };
    event::append(tx, cx, review.listing, &fact).await?;
    Ok(())
}

/// Replies to a review of the actor's agent, or takes the reply back.
///
/// # Errors
/// When the agent is somebody else's.
pub async fn reply(tx: &mut Tx, cx: &Cx<Actor>, id: ReviewId, reply: &Reply) -> Result<(), Error> {
    let review = reviews::lock(tx, Ok(id)).await?.ok_or(Error::NoSuchReview)?;
    let listing = listings::find(&mut **tx, review.listing).await?.ok_or(Error::NoSuchReview)?;
    if listing.owner != cx.actor.account {
        return Err(Error::NoSuchReview);
    }
    reviews::reply(tx, id, reply.0.as_deref(), cx.now()).await?;
    let fact = ReviewReplied { review: id, listing: listing.id, author: review.author };
    event::append(tx, cx, listing.id, &fact).await?;
    Ok(())
}

/// Reviews of a listing, youngest first.
///
/// # Errors
/// When there is no such listing for the viewer, or the cursor was made up.
pub async fn reviews(
    pool: &PgPool,
    cx: &Cx<Option<Actor>>,
    id: ListingId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<ReviewView>, Error> {
    let listing = listings::find(pool, id).await?.ok_or(Error::NoSuchListing)?;
    if !may_see(pool, cx.actor, &listing).await? {
        return Err(Error::NoSuchListing);
    }
    let before = after.map(Cursor::id).transpose()?;
    let viewer = cx.actor.map(|actor| actor.account);
    let found = reviews::of_listing(pool, id, None, viewer, before, size.overfull()).await?;
    Ok(Page::from_overfull(found, size, |review| review.id))
}

/// Whether the actor may review a listing, and what they wrote.
///
/// # Errors
/// When the database fails.
pub async fn my_review(pool: &PgPool, cx: &Cx<Actor>, id: ListingId) -> Result<MyReview, Error> {
    let me = cx.actor.account;
    let listing = listings::find(pool, id).await?.ok_or(Error::NoSuchListing)?;
    let has_share = listing.owner == me || splits::has_share(pool, id, me).await?;
    let used = users::find(pool, id, me).await?.answers > 0;
    let review = reviews::of_listing(pool, id, Some(me), Some(me), None, 1).await?.pop();
    Ok(MyReview { may: used && !has_share, review })
}
