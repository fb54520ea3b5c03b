//! What happens because time passes: what was kept is given up, calls are settled by who came, and people are reminded.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, BookingId, Money};
use platform::{Cx, Database, Tx, World, event};
use uuid::Uuid;

use super::{decide, forget_old_signals, held, hold_expert, money, refresh_bounds, reschedule, room};
use crate::{
    BookingState, Error, Party, Policy,
    booking::{CURRENCY, MOST_CREDIT},
    event::CallSettled,
    letter::{self, About},
    store::{
        bookings::{self, Booking},
        experts,
        reminders::{self, ReminderKind},
        reschedules::{self, Answer},
        slices,
    },
};

/// How many are looked up at a time. Each has a transaction of its own, so that they hold nothing up, and what fails is tried
/// again next time without having kept the others.
const PAGE: i64 = 200;

/// Does all that is due. Returns how much that was. Running it twice, also at the same time, does no harm.
///
/// # Errors
/// When a list can't be read; what fails by itself is logged and left for the next time.
pub async fn run_due(database: &Database, world: &World) -> Result<u64, Error> {
    let mut done = 0;
    done += each(database, world, Due::Kept).await?;
    done += each(database, world, Due::Call).await?;
    done += proposals(database, world).await?;
    done += offers(database, world).await?;
    done += remind(database, world).await?;
    forget_old_signals(database, world.now()).await?;
    refresh_bounds(database, world).await?;
    Ok(done)
}

/// What is due of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Its time is not kept any longer.
    Kept,
    /// The call is over.
    Call,
}

async fn each(database: &Database, world: &World, what: Due) -> Result<u64, Error> {
    let cx = world.cx(None::<Actor>);
    let mut done = 0;
    let mut after = (DateTime::<Utc>::UNIX_EPOCH, BookingId::from_uuid(Uuid::nil()));
    loop {
        let page = match what {
            Due::Kept => bookings::due(database.pool(), cx.now(), after, PAGE).await?,
            Due::Call => bookings::to_settle(database.pool(), cx.now(), after, PAGE).await?,
        };
        let Some(last) = page.last() else { return Ok(done) };
        after = *last;
        for (_, booking) in page {
            match one(database, &cx, booking).await {
                Ok(()) => done += 1,
                Err(error) => tracing::error!(%booking, ?error, "what was due for a booking was not done"),
            }
        }
    }
}

/// Does what is due of one booking, if it still is.
async fn one(database: &Database, cx: &Cx<Option<Actor>>, id: BookingId) -> Result<(), Error> {
    let mut tx = database.begin().await?;
    // What was held and not paid is given up with this.
    let (expert, it) = held(&mut tx, cx, id).await?;
    let due = it.due_at.is_some_and(|due| due <= cx.now());
    match it.state {
        BookingState::Requested if due => decide::refuse(&mut tx, cx, &expert, &it, None).await?,
        BookingState::Confirmed if it.ends_at <= cx.now() => settle(&mut tx, cx, &it).await?,
        _ => {}
    }
    Ok(tx.commit().await?)
}

/// What a call came to, from who came and who ended it.
fn outcome(it: &Booking) -> BookingState {
    match (it.expert_came_at, it.client_came_at) {
        // Whoever runs the call says that it failed, and gives up what they would have had.
        _ if it.broken_by == Some(it.expert) => BookingState::Failed,
        (Some(_), Some(_)) => BookingState::Completed,
        (None, Some(_)) => BookingState::ExpertMissed,
        (Some(_), None) => BookingState::ClientMissed,
        (None, None) => BookingState::NobodyCame,
    }
}

/// Settles a call by the policy it was booked with: what goes back, what is the expert's, and when.
pub(super) async fn settle(tx: &mut Tx, cx: &Cx<Option<Actor>>, it: &Booking) -> Result<(), Error> {
    let state = outcome(it);
    let payments = bookings::payments(&mut **tx, it.id).await?;
    let (paid, returned) = money::sums(&payments);
    let back = match state {
        BookingState::Completed => unused_part(it, paid),
        BookingState::ClientMissed => Policy::part(paid, 100_u8.saturating_sub(it.policy.client_missed)),
        _ => paid,
    };
    // Also of a call that ended early: so long it can be disputed.
    money::set_free_at(tx, it, Some(money::free_at(it.ends_at))).await?;
    let back = money::give_back(tx, cx, it, back.min(paid - returned), "settled").await?;
    let credit = match state {
        BookingState::ExpertMissed => {
            money::credit(tx, cx, it, Policy::part(paid, it.policy.credit).min(MOST_CREDIT)).await?
        }
        _ => Money::zero(CURRENCY),
    };
    bookings::settle(tx, it.id, state, cx.now()).await?;
    // The call itself stays: the day it was had counts to four hours, whatever else is booked on it.
    slices::free_proposed(tx, it.id).await?;
    reschedules::answer(tx, it.id, Answer::Withdrawn, cx.now()).await?;
    if state == BookingState::Completed {
        experts::add_call(tx, it.expert).await?;
    } else {
        reminders::forget(tx, it.id).await?;
        for party in [Party::Expert, Party::Client] {
            letter::enqueue(tx, About::Settled, it.id, party).await?;
        }
    }
    let fact = CallSettled { booking: it.id, expert: it.expert, client: it.client, state, back, credit };
    event::append(tx, cx, it.id, &fact).await?;
    Ok(())
}

/// What goes back when an expert ended a call before its time, in proportion to the minutes that are left.
fn unused_part(it: &Booking, paid: i64) -> i64 {
    match it.ended {
        Some((by, _)) if by == it.expert => {
            let minutes = (it.ends_at - it.starts_at).num_minutes().max(1);
            let part = i128::from(paid) * i128::from(room::unused(it)) + i128::from(minutes / 2);
            i64::try_from(part / i128::from(minutes)).unwrap_or(0).min(paid)
        }
        _ => 0,
    }
}

async fn proposals(database: &Database, world: &World) -> Result<u64, Error> {
    let cx = world.cx(None::<Actor>);
    let mut done = 0;
    for booking in reschedules::due(database.pool(), cx.now(), PAGE).await? {
        let mut tx = database.begin().await?;
        let (expert, it) = held(&mut tx, &cx, booking).await?;
        reschedule::give_up(&mut tx, &cx, &expert, &it, Answer::Lapsed).await?;
        tx.commit().await?;
        done += 1;
    }
    Ok(done)
}

async fn offers(database: &Database, world: &World) -> Result<u64, Error> {
    let cx = world.cx(None::<Actor>);
    let mut done = 0;
    for expert in slices::experts_with_old_offers(database.pool(), cx.now(), PAGE).await? {
        let mut tx = database.begin().await?;
        hold_expert(&mut tx, &cx, expert).await?;
        tx.commit().await?;
        done += 1;
    }
    Ok(done)
}

/// How late a reminder may come and still be of use.
const LATE: TimeDelta = TimeDelta::hours(12);

/// Says what is to be said. It is written down in the transaction that puts the letter on its way, so each is said once.
async fn remind(database: &Database, world: &World) -> Result<u64, Error> {
    let cx = world.cx(());
    let mut done = 0;
    loop {
        let page = reminders::due(database.pool(), cx.now(), PAGE).await?;
        if page.is_empty() {
            return Ok(done);
        }
        for it in page {
            let mut tx = database.begin().await?;
            let is_first = reminders::set_sent(&mut tx, it, cx.now()).await?;
            let booking = bookings::find(&mut *tx, it.booking).await?.ok_or(Error::NoSuchBooking)?;
            if is_first && still_of_use(&cx, it.kind, &booking) {
                let about = match it.kind {
                    ReminderKind::DayBefore => About::Tomorrow,
                    ReminderKind::Soon => About::Soon,
                    ReminderKind::Review => About::HowWasIt,
                };
                let party = booking.party(it.account).ok_or(Error::BadRow("reminder to a stranger"))?;
                letter::enqueue(&mut tx, about, it.booking, party).await?;
                done += 1;
            }
            tx.commit().await?;
        }
    }
}

fn still_of_use(cx: &Cx<()>, kind: ReminderKind, it: &Booking) -> bool {
    match kind {
        ReminderKind::DayBefore | ReminderKind::Soon => it.state == BookingState::Confirmed && cx.now() < it.starts_at,
        ReminderKind::Review => it.state == BookingState::Completed && cx.now() < it.ends_at + LATE,
    }
}
