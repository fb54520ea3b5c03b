//! A client says that a call went wrong, and an administrator decides.

use std::collections::HashMap;

use chrono::TimeDelta;
use kernel::{Actor, BookingId, Money};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use super::{held, is_admin, money, opened, read};
use crate::{
    BookingState, BookingView, Error, Party,
    booking::DISPUTE_HOURS,
    command::DisputeText,
    error::TOO_LATE_TO_DISPUTE,
    event::{CallDisputed, DisputeDecided},
    letter::{self, About},
    store::{
        bookings::{self, Booking},
        disputes,
    },
};

/// How many are shown at a time.
const PAGE: i64 = 100;

/// Disputes what a call came to: the expert's money waits until an administrator has decided. Within a day after the call.
///
/// # Errors
/// When it is not the actor's call, it is not over, too late, or disputed already.
pub async fn dispute(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, reason: &DisputeText) -> Result<(), Error> {
    let (_, it, party) = opened(tx, cx, id).await?;
    if party != Party::Client {
        return Err(Error::NotNow("Whoever paid for a call can dispute it."));
    }
    if !matches!(it.state, BookingState::Completed | BookingState::ClientMissed) {
        return Err(Error::NotNow("Only a call that was paid and is over can be disputed."));
    }
    if cx.now() >= it.ends_at + TimeDelta::hours(DISPUTE_HOURS) {
        return Err(Error::NotNow(TOO_LATE_TO_DISPUTE));
    }
    if disputes::of(&mut **tx, id).await?.is_some() {
        return Err(Error::NotNow("You have disputed this call already. An administrator looks at it."));
    }
    open(tx, cx, &it, reason.as_str()).await
}

/// Writes a dispute down: the money waits, and the expert hears of it.
pub(super) async fn open(tx: &mut Tx, cx: &Cx<Actor>, it: &Booking, reason: &str) -> Result<(), Error> {
    disputes::open(tx, it.id, reason, cx.now()).await?;
    money::set_free_at(tx, it, None).await?;
    letter::enqueue(tx, About::Disputed, it.id, Party::Expert).await?;
    let fact = CallDisputed { booking: it.id, expert: it.expert, client: it.client };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(())
}

/// The calls whose disputes nobody has decided, the oldest first, as their clients see them.
///
/// # Errors
/// When the actor is no administrator.
pub async fn disputes(pool: &PgPool, cx: &Cx<Actor>) -> Result<Vec<BookingView>, Error> {
    if !is_admin(pool, cx.actor.account).await? {
        return Err(Error::NotAdmin);
    }
    let open = disputes::undecided(pool, PAGE).await?;
    let ids: Vec<BookingId> = open.iter().map(|(id, _)| *id).collect();
    let found = bookings::many(pool, &ids).await?;
    let views = read::views(pool, &found, |_| Party::Client).await?;
    let mut views: HashMap<BookingId, BookingView> = views.into_iter().map(|view| (view.id, view)).collect();
    let with = |(id, dispute)| views.remove(&id).map(|view| BookingView { dispute: Some(dispute), ..view });
    Ok(open.into_iter().filter_map(with).collect())
}

/// Decides a dispute: so much goes back to the client, and the rest is the expert's at once.
///
/// # Errors
/// When the actor is no administrator, there is nothing to decide, or more would go back than was paid.
pub async fn decide_dispute(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    id: BookingId,
    back: Money,
    answer: &DisputeText,
) -> Result<(), Error> {
    if !is_admin(&mut **tx, cx.actor.account).await? {
        return Err(Error::NotAdmin);
    }
    let (_, it) = held(tx, cx, id).await?;
    let (paid, returned) = money::sums(&bookings::payments(&mut **tx, id).await?);
    if back.minor < 0 || back.currency != crate::booking::CURRENCY || back.minor > paid - returned {
        let most = crate::store::euros(paid - returned);
        let words = format!("From nothing up to {most} can go back: that is what the expert has of it.");
        return Err(Error::Invalid(vec![kernel::FieldError::new("back", words)]));
    }
    if !disputes::decide(tx, id, cx.actor.account, back.minor, answer.as_str(), cx.now()).await? {
        return Err(Error::NotNow("There is no dispute of this call that waits for a decision."));
    }
    money::set_free_at(tx, &it, Some(cx.now())).await?;
    money::give_back(tx, cx, &it, back.minor, "disputed").await?;
    for party in [Party::Expert, Party::Client] {
        letter::enqueue(tx, About::DisputeDecided, id, party).await?;
    }
    event::append(tx, cx, id, &DisputeDecided { booking: id, back }).await?;
    Ok(())
}
