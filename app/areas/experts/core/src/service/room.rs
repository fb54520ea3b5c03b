//! Both meet: who is there, ten minutes more, and the end.

use chrono::TimeDelta;
use kernel::{Actor, BookingId, Money};
use money_core::{Pay, Subject, service as ledger};
use platform::{Cx, Tx, event};

use super::{diary::Loaded, dispute, money, opened, pay, settle};
use crate::{
    BookingState, Error, Party,
    booking::ROOM_OPENS,
    event::{CallExtended, CheckedIn},
    slots::{SlotError, Span, Taken},
    store::{
        bookings::{self, Booking},
        euros,
        reminders::{self, Reminder, ReminderKind},
        slices,
    },
    window::SLICE_MINUTES,
};

/// The actor comes into the room. The first time is written down: it decides what a call comes to. Again, it changes nothing.
///
/// # Errors
/// When it is not theirs, not to happen, or the room is not open.
pub async fn check_in(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
    let (_, it, party) = opened(tx, cx, id).await?;
    if it.state != BookingState::Confirmed || it.ended.is_some() || cx.now() >= it.ends_at {
        return Err(Error::NotNow("This call is over, or does not happen."));
    }
    let opens = it.starts_at - TimeDelta::minutes(ROOM_OPENS);
    if cx.now() < opens {
        return Err(Error::RoomClosed { opens });
    }
    let came = match party {
        Party::Expert => it.expert_came_at,
        Party::Client => it.client_came_at,
    };
    if came.is_none() {
        bookings::set_came(tx, id, party, cx.now()).await?;
        event::append(tx, cx, id, &CheckedIn { booking: id, party }).await?;
    }
    Ok(())
}

/// Whether a call runs at the moment, with both there.
fn runs<A>(cx: &Cx<A>, it: &Booking) -> Result<(), Error> {
    let begun = it.state == BookingState::Confirmed && it.ended.is_none() && cx.now() < it.ends_at;
    if !begun || cx.now() < it.starts_at - TimeDelta::minutes(ROOM_OPENS) {
        return Err(Error::NotNow("This call does not run at the moment."));
    }
    if it.expert_came_at.is_none() || it.client_came_at.is_none() {
        return Err(Error::NotNow("This takes both of you in the room."));
    }
    Ok(())
}

/// Makes a running call ten minutes longer, for the price of a slice, which the client pays at once from their wallet. `place`
/// is how many slices they saw the call have: the same wish sent twice makes it longer once.
///
/// # Errors
/// When it is not theirs, doesn't run, the expert was suspended, the next ten minutes are not free, it costs something else than
/// what was seen, or there is not enough in the wallet.
pub async fn extend(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, seen: Money, place: i16) -> Result<(), Error> {
    let (expert, it, party) = opened(tx, cx, id).await?;
    if party != Party::Client {
        return Err(Error::NotNow("Whoever asks pays for the call, and decides whether it goes on."));
    }
    let payments = bookings::payments(&mut **tx, id).await?;
    let next = i16::try_from(payments.len()).unwrap_or(i16::MAX);
    if place < next {
        return Ok(());
    }
    runs(cx, &it)?;
    if expert.suspended {
        return Err(Error::NotNow("This expert takes nothing new at the moment. The call ends at its time."));
    }
    let price = euros(it.price_minor);
    if seen != price || place != next {
        return Err(Error::OtherPrice { now: price });
    }
    let kept = slices::of_booking(&mut **tx, id).await?;
    let call = kept.iter().find(|slice| slice.is_call).ok_or(Error::BadRow("call without time"))?;
    let loaded = Loaded::of(tx, &expert, cx.now()).await?;
    let added = loaded.diary().extension(&call.taken).map_err(|error| match error {
        SlotError::Taken | SlotError::DayFull | SlotError::Closed => {
            Error::NotNow("The next ten minutes are not free. Book another call.")
        }
        other => other.into(),
    })?;
    let rest = TimeDelta::minutes(loaded.buffer().into());
    let to = Taken {
        day: call.taken.day,
        call: Span { start: call.taken.call.start, end: added.end },
        blocked: Span { start: call.taken.call.start, end: added.end + rest },
    };
    slices::lengthen(tx, call.id, &to).await?;
    bookings::set_time(tx, id, it.starts_at, added.end).await?;
    let review = Reminder { booking: id, account: it.client, kind: ReminderKind::Review };
    reminders::put(tx, review, added.end + pay::REVIEW_AFTER).await?;
    money::set_free_at(tx, &it, Some(money::free_at(added.end))).await?;
    money::count_spent(tx, cx, &it).await?;
    let title = pay::title(tx, &it).await?;
    let order = Pay {
        payer: it.client,
        lines: money::lines(&it)?,
        frees_after: money::frees_after(cx, added.end),
        key: money::key(&format!("call:{id}:{place}"))?,
        memo: money::memo(&title),
        subject: Some(Subject::of(id)),
    };
    let transfer = ledger::pay(tx, cx, &order).await?;
    bookings::insert_payment(tx, id, place, transfer.id, it.price_minor).await?;
    let fact = CallExtended { booking: id, ends_at: added.end, price, transfer: transfer.id };
    event::append(tx, cx, id, &fact).await?;
    Ok(())
}

/// Ends a running call before its time, for both. When the expert does, what is left of it goes back, by whole minutes; when the
/// client does, nothing. Again, it changes nothing.
///
/// # Errors
/// When it is not theirs, or doesn't run.
pub async fn end(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
    let (_, it, _) = opened(tx, cx, id).await?;
    if it.state == BookingState::Completed && it.ended.is_some() {
        return Ok(());
    }
    runs(cx, &it)?;
    bookings::set_ended(tx, id, cx.actor.account, false, cx.now()).await?;
    let ended = Booking { ended: Some((cx.actor.account, cx.now())), ..it };
    settle::settle(tx, &cx.world.cx(None::<Actor>), &ended).await
}

/// The actor says that a call failed for technical reasons. When the expert says so, all of it goes back; when the client does,
/// an administrator looks at it, and the money waits.
///
/// # Errors
/// When it is not theirs, or has not begun; when a client says so while one of both is missing.
pub async fn broken(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
    let (_, it, party) = opened(tx, cx, id).await?;
    if it.broken_by.is_some() {
        return Ok(());
    }
    if it.state != BookingState::Confirmed || cx.now() < it.starts_at || cx.now() >= it.ends_at {
        return Err(Error::NotNow("This can be said while a call runs. Afterwards, a call can be disputed for a day."));
    }
    if party == Party::Client && (it.expert_came_at.is_none() || it.client_came_at.is_none()) {
        return Err(Error::NotNow(
            "A call fails when both of you are in the room. Who does not come is seen when it is over, and it is settled by that.",
        ));
    }
    bookings::set_ended(tx, id, cx.actor.account, true, cx.now()).await?;
    let ended = Booking { ended: Some((cx.actor.account, cx.now())), broken_by: Some(cx.actor.account), ..it };
    settle::settle(tx, &cx.world.cx(None::<Actor>), &ended).await?;
    if party == Party::Client {
        dispute::open(tx, cx, &ended, "The call failed for technical reasons.").await?;
    }
    Ok(())
}

/// How many minutes of a call are left that nobody had: whole ones.
pub(super) fn unused(it: &Booking) -> i64 {
    let booked = (it.ends_at - it.starts_at).num_minutes();
    let left = it.ended.map_or(0, |(_, at)| (it.ends_at - at.max(it.starts_at)).num_minutes());
    left.clamp(0, booked.max(i64::from(SLICE_MINUTES)))
}
