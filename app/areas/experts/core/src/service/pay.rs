//! A time that is kept becomes a call: it is paid, and confirmed by the transaction that took the money.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Actor, BookingId, Money};
use money_core::{Error as Ledger, Pay, PlaceHold, Subject, ToppedUp, service as ledger};
use platform::{
    Cx, Database, Tx, World,
    event::{self, Recorded},
    job::{self, When},
};

use super::{held, hold, money, opened};
use crate::{
    BookingState, Error, ExpertState, Party,
    booking::DECIDE_HOURS,
    event::{BookingConfirmed, BookingRequested},
    job::PayAwaiting,
    letter::{self, About},
    store::{
        bookings::{self, Booking},
        euros,
        experts::Expert,
        reminders::{self, Reminder, ReminderKind},
        services,
        slices::{self, SliceKind},
    },
};

/// Under this name the log is read for money that came.
const READER: &str = "experts.money";
/// How far back is looked when the log is read for the first time.
const FRESH: TimeDelta = TimeDelta::hours(2);
/// So long after a call its client is asked how it was.
pub(super) const REVIEW_AFTER: TimeDelta = TimeDelta::minutes(30);
/// How many facts are read at a time.
const BATCH: i64 = 500;
/// For so long after somebody picked a time a payment that comes late still takes it: a page for a card can be used for an hour.
const LATE: TimeDelta = TimeDelta::hours(2);

/// Pays for a time that is kept for the actor, from their wallet. Where the expert decides, the money is set aside until they
/// did. What is paid already is not paid again.
///
/// # Errors
/// When it is not theirs, the expert was suspended meanwhile, it costs something else than what was seen, there is not enough in
/// the wallet, it would pass what they let themselves spend, or the time is not kept any longer.
pub async fn pay(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId, seen: Money) -> Result<BookingState, Error> {
    let (expert, it, party) = opened(tx, cx, id).await?;
    if party != Party::Client {
        return Err(Error::NotNow("Whoever asks pays for the call."));
    }
    match it.state {
        BookingState::Requested | BookingState::Confirmed => return Ok(it.state),
        BookingState::Held if it.due_at.is_some_and(|due| due > cx.now()) => {}
        BookingState::Held | BookingState::Lapsed => return Err(Error::HoldEnded),
        _ => return Err(Error::NotNow("This booking is over. Nothing was paid.")),
    }
    let price = euros(it.price_minor);
    if seen != price {
        return Err(Error::OtherPrice { now: price });
    }
    take(tx, cx, &expert, &it).await
}

/// Takes the money for a booking whose time is kept, or sets it aside until the expert has decided.
async fn take<A: ledger::Who>(tx: &mut Tx, cx: &Cx<A>, expert: &Expert, it: &Booking) -> Result<BookingState, Error> {
    // They can't come. Who only takes a break meanwhile does.
    if expert.suspended {
        return Err(Error::NotOffered);
    }
    // Nobody is called who did not know of it before.
    if it.starts_at <= cx.now() {
        return Err(Error::HoldEnded);
    }
    money::count_spent(tx, cx, it).await?;
    let title = title(tx, it).await?;
    if expert.approval {
        request(tx, cx, it, &title).await?;
        return Ok(BookingState::Requested);
    }
    let pay = Pay {
        payer: it.client,
        lines: money::lines(it)?,
        frees_after: money::frees_after(cx, it.ends_at),
        key: money::key(&format!("call:{}", it.id))?,
        memo: money::memo(&title),
        subject: Some(Subject::of(it.id)),
    };
    let transfer = ledger::pay(tx, cx, &pay).await?;
    confirm(tx, cx, it, transfer.id).await?;
    Ok(BookingState::Confirmed)
}

/// What the service of a booking is called.
pub(super) async fn title(tx: &mut Tx, it: &Booking) -> Result<String, Error> {
    let service = services::find(&mut **tx, it.service).await?.ok_or(Error::BadRow("booking without a service"))?;
    Ok(service.title)
}

async fn request<A: ledger::Who>(tx: &mut Tx, cx: &Cx<A>, it: &Booking, title: &str) -> Result<(), Error> {
    let until = (cx.now() + TimeDelta::hours(DECIDE_HOURS)).min(it.starts_at);
    let place = PlaceHold {
        payer: it.client,
        amount: money::amount(it.price_minor)?,
        // A little longer than the time is kept, so that what is decided at the last moment can still be taken.
        lasts: until - cx.now() + TimeDelta::hours(1),
        key: money::key(&format!("call:{}", it.id))?,
        memo: money::memo(title),
        subject: Some(Subject::of(it.id)),
    };
    let held = ledger::hold(tx, cx, &place).await?;
    bookings::set_requested(tx, it.id, held.id, until).await?;
    slices::keep_until(tx, it.id, until).await?;
    letter::enqueue(tx, About::Requested, it.id, Party::Expert).await?;
    let (expert, client, starts_at) = (it.expert, it.client, it.starts_at);
    event::append(tx, cx, it.id, &BookingRequested { booking: it.id, expert, client, starts_at, until }).await?;
    Ok(())
}

/// Writes down that a booking is paid and will happen, and has both reminded of it.
pub(super) async fn confirm<A: Into<Option<Actor>> + Copy>(
    tx: &mut Tx,
    cx: &Cx<A>,
    it: &Booking,
    transfer: kernel::TransferId,
) -> Result<(), Error> {
    bookings::insert_payment(tx, it.id, 0, transfer, it.price_minor).await?;
    bookings::set_confirmed(tx, it.id, cx.now()).await?;
    slices::confirm(tx, it.id).await?;
    remind(tx, cx, it, it.starts_at, it.ends_at).await?;
    for party in [Party::Expert, Party::Client] {
        letter::enqueue(tx, About::Confirmed, it.id, party).await?;
    }
    let fact = BookingConfirmed {
        booking: it.id,
        expert: it.expert,
        client: it.client,
        service: it.service,
        starts_at: it.starts_at,
        price: euros(it.price_minor),
        transfer,
    };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(())
}

/// Has both reminded of a call, and the client asked afterwards how it was.
pub(super) async fn remind<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    it: &Booking,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> Result<(), Error> {
    let times = [
        (ReminderKind::DayBefore, starts_at - TimeDelta::days(1), Party::Expert),
        (ReminderKind::DayBefore, starts_at - TimeDelta::days(1), Party::Client),
        (ReminderKind::Soon, starts_at - TimeDelta::minutes(10), Party::Expert),
        (ReminderKind::Soon, starts_at - TimeDelta::minutes(10), Party::Client),
        (ReminderKind::Review, ends_at + REVIEW_AFTER, Party::Client),
    ];
    for (kind, at, party) in times {
        if at > cx.now() {
            reminders::put(tx, Reminder { booking: it.id, account: it.who(party), kind }, at).await?;
        }
    }
    Ok(())
}

/// Has a booking paid as soon as money comes into the actor's wallet: they are on the way to fill it with a card.
///
/// # Errors
/// When it is not theirs, or not to be paid any more.
pub async fn await_money(tx: &mut Tx, cx: &Cx<Actor>, id: BookingId) -> Result<(), Error> {
    let (_, it, party) = opened(tx, cx, id).await?;
    if party != Party::Client {
        return Err(Error::NotNow("Whoever asks pays for the call."));
    }
    match it.state {
        BookingState::Held if it.due_at.is_some_and(|due| due > cx.now()) => bookings::set_awaits(tx, id, true).await,
        BookingState::Held | BookingState::Lapsed => Err(Error::HoldEnded),
        _ => Ok(()),
    }
}

/// Has bookings paid that waited for money that came since the last time. Returns how many those are.
///
/// # Errors
/// When the database fails.
pub async fn take_events(database: &Database, world: &World) -> Result<usize, Error> {
    let mut found = 0;
    loop {
        let mut tx = database.begin().await?;
        let events = event::take(&mut tx, READER, world.now() - FRESH, BATCH).await?;
        let more = events.is_some();
        for fact in events.iter().flatten().filter_map(Recorded::read::<ToppedUp>) {
            found += pay_all(&mut tx, fact.account).await?;
        }
        tx.commit().await?;
        if !more {
            return Ok(found);
        }
    }
}

/// Each by a job of its own: what one of them can't have keeps no other.
async fn pay_all(tx: &mut Tx, account: AccountId) -> Result<usize, Error> {
    let waiting = bookings::awaiting(tx, account).await?;
    for booking in &waiting {
        job::enqueue(tx, &PayAwaiting { booking: *booking }, When::default()).await?;
    }
    Ok(waiting.len())
}

/// Pays for a booking that waited for money. When its time is not kept any longer, it is taken again if it is still free; if it
/// is not, the money stays in the wallet, and the client hears of it.
///
/// # Errors
/// When the database fails.
pub async fn pay_awaiting(database: &Database, world: &World, id: BookingId) -> Result<(), Error> {
    let cx = world.cx(None::<Actor>);
    let mut tx = database.begin().await?;
    let (expert, it) = held(&mut tx, &cx, id).await?;
    let paid = match it.state {
        _ if !it.awaits_money => return Ok(()),
        // No page for a card is open for so long: this money came for something else.
        BookingState::Held | BookingState::Lapsed if it.created_at + LATE < cx.now() => {
            bookings::set_awaits(&mut tx, id, false).await?;
            Ok(it.state)
        }
        BookingState::Held if it.due_at.is_some_and(|due| due > cx.now()) => take(&mut tx, &cx, &expert, &it).await,
        BookingState::Held | BookingState::Lapsed => again(&mut tx, &cx, &expert, &it).await,
        _ => Ok(it.state),
    };
    match paid {
        Ok(_) => Ok(tx.commit().await?),
        // More may be on its way, or they pay something else with it.
        Err(Error::Ledger(Ledger::NotEnough { .. })) => Ok(()),
        Err(Error::Taken { .. } | Error::Slot(_) | Error::NotOffered | Error::HoldEnded | Error::Agents(_)) => {
            drop(tx);
            give_up(database, &cx, id).await
        }
        Err(error) => Err(error),
    }
}

/// Takes the time of a booking again that was not paid in time, and the money for it.
async fn again(tx: &mut Tx, cx: &Cx<Option<Actor>>, expert: &Expert, it: &Booking) -> Result<BookingState, Error> {
    if expert.open_state() != ExpertState::Published {
        return Err(Error::NotOffered);
    }
    slices::free(tx, it.id).await?;
    let taken = hold::free_at(tx, cx, expert, it.starts_at).await?;
    // Taken below, by the money; until then as if it were held.
    hold::keep(tx, cx, it, taken, SliceKind::Hold, Some(cx.now() + TimeDelta::minutes(1))).await?;
    take(tx, cx, expert, it).await
}

async fn give_up(database: &Database, cx: &Cx<Option<Actor>>, id: BookingId) -> Result<(), Error> {
    let mut tx = database.begin().await?;
    let (_, it) = held(&mut tx, cx, id).await?;
    if it.awaits_money {
        bookings::set_awaits(&mut tx, id, false).await?;
        letter::enqueue(&mut tx, About::TooLate, id, Party::Client).await?;
    }
    Ok(tx.commit().await?)
}
