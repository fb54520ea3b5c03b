//! In the room of a call: who is there, what is said, and what both browsers tell each other to see and hear one
//! another.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, BookingId, FieldError, RoomMessageId};
use platform::{Cx, Database, Tx, event};
use sqlx::PgPool;

use super::{held_alone, read};
use crate::{
    Error, Party,
    command::Text,
    event::{RoomSaid, RoomSignalled},
    store::{
        bookings::{self, Booking},
        rooms::{self, Message},
    },
    talk::{self, MESSAGE_LIMIT, Phase, RoomNews, RoomView, Said, SignalText},
};

/// So many messages are shown when somebody comes, the last ones.
const SHOWN: i64 = 1_000;
/// So much is told at a time.
const TOLD: i64 = 200;
/// After so many hours what browsers told each other is of no use to anybody.
const SIGNAL_HOURS: i64 = 24;

/// The room of a call of the actor's.
///
/// # Errors
/// When it is somebody else's.
pub async fn room(pool: &PgPool, cx: &Cx<Actor>, id: BookingId) -> Result<RoomView, Error> {
    let (it, _) = find(pool, cx, id).await?;
    // Before the rest: what is told meanwhile is told again.
    let last_signal = rooms::last_signal(pool, id).await?;
    let mut said = rooms::said_last(pool, id, SHOWN).await?;
    said.reverse();
    let booking = read::booking(pool, cx, id).await?;
    let now = cx.now();
    Ok(RoomView {
        phase: talk::phase(booking.state, booking.starts_at, booking.ends_at, booking.ended_at.is_some(), now),
        opens_at: talk::opens_at(booking.starts_at),
        slices: counted(booking.payments.len()),
        said: views(&it, said)?,
        booking,
        last_signal,
        now,
    })
}

/// What is new in the room of a call of the actor's: what was said after a message (from the beginning on, without
/// one), and what the other one's browser told after a signal. Each is there once, and in order, whoever says what at
/// the same time.
///
/// # Errors
/// When it is somebody else's.
pub async fn news(
    pool: &PgPool,
    cx: &Cx<Actor>,
    id: BookingId,
    after_message: Option<RoomMessageId>,
    after_signal: i64,
) -> Result<RoomNews, Error> {
    let (it, me) = find(pool, cx, id).await?;
    let said = rooms::said_after(pool, id, after_message, TOLD).await?;
    let signals = rooms::signals_after(pool, id, cx.actor.account, after_signal, TOLD).await?;
    let slices = counted(bookings::payments(pool, id).await?.len());
    let is_full = |length: usize| i64::try_from(length).unwrap_or(i64::MAX) >= TOLD;
    let now = cx.now();
    Ok(RoomNews {
        me,
        more: is_full(said.len()) || is_full(signals.len()),
        said: views(&it, said)?,
        signals,
        state: it.state,
        phase: phase(&it, now),
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        expert_came: it.expert_came_at.is_some(),
        client_came: it.client_came_at.is_some(),
        slices,
        now,
    })
}

/// Whether the room of a call of the actor's is open.
///
/// # Errors
/// When it is somebody else's.
pub async fn room_is_open(pool: &PgPool, cx: &Cx<Actor>, id: BookingId) -> Result<bool, Error> {
    let (it, _) = find(pool, cx, id).await?;
    Ok(phase(&it, cx.now()) == Phase::Open)
}

/// Says something in the room of a call. Messages are in the order in which they were said, whoever says them on which
/// server.
///
/// # Errors
/// When it is somebody else's call, its room is not open, or nothing is said.
pub async fn say(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    id: BookingId,
    text: &Text<MESSAGE_LIMIT>,
) -> Result<RoomMessageId, Error> {
    let (_, party) = inside(tx, cx, id).await?;
    if text.as_str().is_empty() {
        return Err(Error::Invalid(vec![FieldError::new("body", "Write something first.")]));
    }
    // Ids are ordered by the millisecond. Who asks for what came after one must not miss another of the same.
    let after_last = rooms::last_said_at(tx, id).await?.map(|last| last + TimeDelta::milliseconds(1));
    let at = after_last.map_or(cx.now(), |after| after.max(cx.now()));
    let message = Message {
        id: RoomMessageId::generate(at, cx.world.randomness.as_ref()),
        author: cx.actor.account,
        body: text.as_str().to_owned(),
        at,
    };
    rooms::say(tx, id, &message).await?;
    event::append(tx, cx, id, &RoomSaid { booking: id, party }).await?;
    Ok(message.id)
}

/// Hands on what the actor's browser tells the other one's.
///
/// # Errors
/// When it is somebody else's call, or its room is not open.
pub async fn signal(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, text: &SignalText) -> Result<(), Error> {
    let (_, party) = inside(tx, cx, id).await?;
    rooms::signal(tx, id, cx.actor.account, text.as_str(), cx.now()).await?;
    event::append(tx, cx, id, &RoomSignalled { booking: id, party }).await?;
    Ok(())
}

/// Deletes what browsers told each other for calls that are settled, and what is a day old. Returns how much that was.
///
/// # Errors
/// When the database fails.
pub async fn forget_old_signals(database: &Database, now: DateTime<Utc>) -> Result<u64, Error> {
    rooms::forget_signals(database.pool(), now - TimeDelta::hours(SIGNAL_HOURS)).await
}

/// A booking of the actor's, and which of both they are. Not held.
async fn find(pool: &PgPool, cx: &Cx<Actor>, id: BookingId) -> Result<(Booking, Party), Error> {
    let it = bookings::find(pool, id).await?.ok_or(Error::NoSuchBooking)?;
    let party = it.party(cx.actor.account).ok_or(Error::NoSuchBooking)?;
    Ok((it, party))
}

/// A booking whose room is open, and which of both the actor is. What is said in a room waits for nothing but what is said
/// in the same one.
async fn inside(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(Booking, Party), Error> {
    let (it, party) = held_alone(tx, cx, id).await?;
    match phase(&it, cx.now()) {
        Phase::Open => Ok((it, party)),
        Phase::Early => Err(Error::RoomClosed { opens: talk::opens_at(it.starts_at) }),
        Phase::Unbooked | Phase::Over => Err(Error::NotNow("The room of this call is closed.")),
    }
}

fn phase(it: &Booking, now: DateTime<Utc>) -> Phase {
    talk::phase(it.state, it.starts_at, it.ends_at, it.ended.is_some(), now)
}

fn counted(length: usize) -> i16 {
    i16::try_from(length).unwrap_or(i16::MAX)
}

fn views(it: &Booking, messages: Vec<Message>) -> Result<Vec<Said>, Error> {
    let view = |message: Message| {
        let by = it.party(message.author).ok_or(Error::BadRow("message of a stranger"))?;
        Ok(Said { id: message.id, by, body: message.body, at: message.at })
    };
    messages.into_iter().map(view).collect()
}
