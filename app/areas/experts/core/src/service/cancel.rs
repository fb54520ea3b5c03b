//! A booking is taken back, and what goes back with it.

use kernel::{Actor, BookingId, Money};
use money_core::{Memo, service as ledger};
use platform::{Cx, Tx, event};
use sqlx::PgPool;

use super::{decide, hold, money, opened};
use crate::{
    BookingState, CancelQuote, Error, Party, Policy,
    command::Reason,
    event::BookingCancelled,
    letter::{self, About},
    store::{
        bookings::{self, Booking, Payment},
        euros, reminders,
    },
};

/// What goes back to the client if the actor cancels now.
///
/// # Errors
/// When it is not theirs, or can't be cancelled any more.
pub async fn cancel_quote(pool: &PgPool, cx: &Cx<Actor>, id: BookingId) -> Result<CancelQuote, Error> {
    let it = bookings::find(pool, id).await?.ok_or(Error::NoSuchBooking)?;
    let party = it.party(cx.actor.account).ok_or(Error::NoSuchBooking)?;
    let payments = bookings::payments(pool, id).await?;
    quote(cx, &it, party, &payments)
}

fn quote<A>(cx: &Cx<A>, it: &Booking, party: Party, payments: &[Payment]) -> Result<CancelQuote, Error> {
    let all = |minor| CancelQuote { paid: euros(minor), back: euros(minor), percent: 100 };
    match it.state {
        BookingState::Held => Ok(all(0)),
        BookingState::Requested => Ok(all(it.price_minor)),
        BookingState::Confirmed if cx.now() >= it.starts_at => {
            Err(Error::NotNow("This call has begun. It is settled by itself when it is over."))
        }
        BookingState::Confirmed => {
            let (paid, back) = money::sums(payments);
            let percent = match party {
                Party::Expert => 100,
                Party::Client => it.policy.percent_back(cx.now(), it.starts_at),
            };
            let back = Policy::part(paid, percent).min(paid - back);
            Ok(CancelQuote { paid: euros(paid), back: euros(back), percent })
        }
        BookingState::Cancelled => Err(Error::NotNow("This was cancelled already.")),
        _ => Err(Error::NotNow("There is nothing left to cancel.")),
    }
}

/// Takes a booking back. What goes back to the client must be what the actor saw. Again, it changes nothing.
///
/// # Errors
/// When it is not theirs, can't be cancelled any more, or something else goes back by now.
pub async fn cancel(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    id: BookingId,
    seen: Money,
    reason: &Reason,
) -> Result<CancelQuote, Error> {
    let (expert, it, party) = opened(tx, cx, id).await?;
    let payments = bookings::payments(&mut **tx, id).await?;
    if it.state == BookingState::Cancelled {
        let (paid, back) = money::sums(&payments);
        return Ok(CancelQuote { paid: euros(paid), back: euros(back), percent: 0 });
    }
    let quote = quote(cx, &it, party, &payments)?;
    if quote.back != seen {
        return Err(Error::OtherRefund { now: quote.back });
    }
    match it.state {
        BookingState::Held if party == Party::Client => {
            hold::unwanted(tx, cx, &expert, &it).await?;
            return Ok(quote);
        }
        BookingState::Held => {
            return Err(Error::NotNow("This is not paid yet. It is free again by itself in a few minutes."));
        }
        BookingState::Requested => {
            let hold = it.hold.ok_or(Error::BadRow("request without money"))?;
            ledger::release(tx, cx, hold, &Memo::new("The call was cancelled")).await?;
        }
        _ => {
            // What the expert keeps needs no call to happen: nothing can be disputed any more.
            money::set_free_at(tx, &it, Some(cx.now())).await?;
            money::give_back(tx, cx, &it, quote.back.minor, "cancelled").await?;
        }
    }
    bookings::close(tx, id, BookingState::Cancelled, Some(cx.actor.account), Some(reason.as_str()), cx.now()).await?;
    decide::give_up_time(tx, cx, &expert, &it).await?;
    reminders::forget(tx, id).await?;
    letter::enqueue(tx, About::Cancelled, id, party.other()).await?;
    let fact = BookingCancelled { booking: id, expert: it.expert, client: it.client, by: party, back: quote.back };
    event::append(tx, cx, id, &fact).await?;
    Ok(quote)
}
