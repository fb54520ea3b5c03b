//! Somebody picks a time, which is kept for them while they pay.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, BookingId};
use platform::{Cx, Tx, event};

use super::{decide, diary::Loaded, hold_expert, opened, waitlist};
use crate::{
    BookingState, Error, ExpertState, Party,
    booking::{FEE_POINTS, HOLD_MINUTES, MOST_HOLDS},
    command::Hold,
    event::{SliceHeld, SliceLetGo},
    slots::{SlotError, Taken},
    store::{
        bookings::{self, Booking},
        euros,
        experts::Expert,
        services,
        slices::{self, NewSlice, SliceKind},
    },
};

/// How many free times are named when one is taken.
const NEAREST: usize = 3;

/// Keeps a time of an expert's for the actor, for five minutes. The same wish again is the same booking. What is kept for them
/// on the waiting list they get, whatever else is.
///
/// # Errors
/// When it can't be booked, or not by them; when somebody else has it, with the nearest that are free; when it costs something
/// else than what was seen; when another time of the same expert's is kept for them, or was too often.
pub async fn hold(tx: &mut Tx, cx: &Cx<Actor>, hold: &Hold) -> Result<BookingId, Error> {
    let me = cx.actor.account;
    if me == hold.expert {
        return Err(Error::Yours);
    }
    let expert = hold_expert(tx, cx, hold.expert).await?;
    if let Some(before) = bookings::by_key(tx, me, hold.key.as_str()).await? {
        let same = before.expert == expert.id && before.service == hold.service && before.created_for(hold.start);
        return if same { Ok(before.id) } else { Err(Error::KeyReused) };
    }
    let service = services::find(&mut **tx, hold.service).await?.filter(|it| it.expert == expert.id);
    let service = service.ok_or(Error::NoSuchService)?;
    match expert.open_state() {
        ExpertState::Draft => return Err(Error::NoSuchExpert),
        ExpertState::Paused => return Err(Error::NotOffered),
        ExpertState::Published if !service.offered => return Err(Error::NotOffered),
        ExpertState::Published => {}
    }
    let price = euros(service.price_minor);
    if price != hold.seen {
        return Err(Error::OtherPrice { now: price });
    }
    if let Some((id, starts_at)) = bookings::held_by(tx, expert.id, me).await? {
        // From another tab, perhaps: what is kept for them is theirs.
        return if starts_at == hold.start { Ok(id) } else { Err(Error::HoldsAnother { starts_at }) };
    }
    let day_ago = cx.now() - TimeDelta::days(1);
    if bookings::unpaid_since(tx, expert.id, me, day_ago).await? >= MOST_HOLDS {
        return Err(Error::ManyHolds);
    }
    let offered = waitlist::take_offer(tx, &expert, me, hold.start).await?;
    let taken = match offered {
        Some(taken) => taken,
        None => free_at(tx, cx, &expert, hold.start).await?,
    };
    bookings::stop_awaiting(tx, expert.id, me).await?;
    // Not beyond its beginning: a call is paid before it begins.
    let until = (cx.now() + TimeDelta::minutes(HOLD_MINUTES)).min(hold.start);
    let it = begun(cx, &expert, hold, price.minor, until);
    bookings::insert(tx, &it, hold.key.as_str()).await?;
    keep(tx, cx, &it, taken, SliceKind::Hold, Some(until)).await?;
    let fact = SliceHeld {
        booking: it.id,
        expert: it.expert,
        client: it.client,
        service: it.service,
        starts_at: it.starts_at,
        until,
    };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(it.id)
}

fn begun(cx: &Cx<Actor>, expert: &Expert, hold: &Hold, price_minor: i64, until: DateTime<Utc>) -> Booking {
    Booking {
        id: cx.id(),
        expert: expert.id,
        client: cx.actor.account,
        service: hold.service,
        state: BookingState::Held,
        starts_at: hold.start,
        ends_at: hold.start + TimeDelta::minutes(crate::window::SLICE_MINUTES.into()),
        brief: hold.brief.as_str().to_owned(),
        price_minor,
        fee_points: FEE_POINTS,
        policy: expert.policy.policy(),
        due_at: Some(until),
        awaits_money: false,
        hold: None,
        expert_came_at: None,
        client_came_at: None,
        ended: None,
        broken_by: None,
        closed_by: None,
        reason: None,
        sequence: 0,
        created_at: cx.now(),
    }
}

/// What a call at this time takes of an expert's time, if it is free. Their row is held.
pub(super) async fn free_at<A>(tx: &mut Tx, cx: &Cx<A>, expert: &Expert, start: DateTime<Utc>) -> Result<Taken, Error> {
    let loaded = Loaded::of(tx, expert, cx.now()).await?;
    match loaded.diary().check(start) {
        Ok(slot) => Ok(loaded.taking(&slot)),
        Err(SlotError::Taken) => {
            let nearest = loaded.diary().nearest(start, NEAREST).iter().map(|slot| slot.start).collect();
            Err(Error::Taken { nearest })
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes a piece of an expert's time for a booking.
pub(super) async fn keep<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    it: &Booking,
    taken: Taken,
    kind: SliceKind,
    until: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let new = NewSlice { id: cx.id(), expert: it.expert, kind, booking: Some(it.id), account: it.client, taken, until };
    slices::insert(tx, &new).await
}

/// Lets a time go that was kept for the actor. Again, it changes nothing.
///
/// # Errors
/// When it is not theirs, or paid already.
pub async fn let_go(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
    let (expert, it, party) = opened(tx, cx, id).await?;
    if party == Party::Expert && it.state == BookingState::Held {
        return Err(Error::NotNow(
            "Only whoever it is kept for can let it go. It is free again by itself in a few minutes.",
        ));
    }
    match it.state {
        BookingState::Held => unwanted(tx, cx, &expert, &it).await,
        // Its time has passed by itself. Money that is still on its way is not to pay for it.
        BookingState::Lapsed if party == Party::Client => bookings::set_awaits(tx, id, false).await,
        BookingState::Lapsed => Ok(()),
        _ => Err(Error::NotNow("This is paid already. You can cancel it.")),
    }
}

/// Gives the time of a booking back that its client doesn't want any more: money that is still on its way is not to pay for it.
pub(super) async fn unwanted(tx: &mut Tx, cx: &Cx<Actor>, expert: &Expert, it: &Booking) -> Result<(), Error> {
    release(tx, cx, expert, it).await?;
    bookings::set_awaits(tx, it.id, false).await
}

/// Gives the time of a booking back that nobody paid for.
pub(super) async fn release<A: Into<Option<Actor>> + Copy>(
    tx: &mut Tx,
    cx: &Cx<A>,
    expert: &Expert,
    it: &Booking,
) -> Result<(), Error> {
    bookings::set_lapsed(tx, it.id).await?;
    decide::give_up_time(tx, cx, expert, it).await?;
    let fact = SliceLetGo { booking: it.id, expert: it.expert, client: it.client };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(())
}
