//! What of an expert's time is free, and what they have before them.

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, Actor, BookingId};
use platform::Cx;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};

use crate::{
    BookingState, Error, ExpertState,
    slots::{Diary, Slot, Span, Taken, shift},
    store::{
        bookings, calendars,
        experts::{self, Expert},
        slices,
    },
    window::Hours,
    zone::Zone,
};

/// The most days that are looked at in one go.
const MOST_DAYS: i64 = 42;

/// An expert's time, loaded.
pub(super) struct Loaded {
    hours: Hours,
    zone: Zone,
    taken: Vec<Taken>,
    busy: Vec<Span>,
    now: DateTime<Utc>,
}

impl Loaded {
    /// As it is for whoever has the expert's row, over all the time that can be booked.
    pub(super) async fn of(connection: &mut PgConnection, expert: &Expert, now: DateTime<Utc>) -> Result<Self, Error> {
        let until = now + TimeDelta::days(i64::from(expert.ahead) + 2);
        Self::within(connection, expert, Span { start: now - TimeDelta::days(1), end: until }, now).await
    }

    async fn within(
        connection: &mut PgConnection,
        expert: &Expert,
        within: Span,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        Ok(Self {
            hours: experts::hours(&mut *connection, expert).await?,
            zone: Zone::named(&expert.zone).ok_or(Error::BadRow("zone of an expert"))?,
            taken: slices::taken(&mut *connection, expert.id, within, now).await?,
            busy: calendars::busy(&mut *connection, expert.id, within.start, within.end).await?,
            now,
        })
    }

    /// What can be asked of it.
    pub(super) const fn diary(&self) -> Diary<'_> {
        Diary {
            hours: &self.hours,
            zone: &self.zone,
            taken: self.taken.as_slice(),
            busy: self.busy.as_slice(),
            now: self.now,
        }
    }

    /// What a slot takes of the expert's time.
    pub(super) fn taking(&self, slot: &Slot) -> Taken {
        Taken { day: slot.day, call: slot.span(), blocked: slot.blocked(self.hours.buffer()) }
    }

    /// How long the expert rests after a call, in minutes.
    pub(super) const fn buffer(&self) -> u16 {
        self.hours.buffer()
    }
}

/// What is free of an expert's time between two moments, at most six weeks.
///
/// # Errors
/// When nobody of this name can be booked.
pub async fn slots(
    pool: &PgPool,
    cx: &Cx<()>,
    expert: AccountId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Slot>, Error> {
    let expert = experts::find(pool, expert).await?.filter(|it| it.state != ExpertState::Draft);
    let expert = expert.ok_or(Error::NoSuchExpert)?;
    if expert.open_state() == ExpertState::Paused {
        return Ok(Vec::new());
    }
    let from = from.max(cx.now());
    let until = until.min(from + TimeDelta::days(MOST_DAYS));
    if until <= from {
        return Ok(Vec::new());
    }
    let within = Span { start: from - TimeDelta::days(2), end: until + TimeDelta::days(2) };
    let mut connection = pool.acquire().await?;
    let loaded = Loaded::within(&mut connection, &expert, within, cx.now()).await?;
    Ok(loaded.diary().free(from, until).collect())
}

/// Something in an expert's own calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayEntry {
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// What it is.
    pub entry: Entry,
}

/// What stands in an expert's own calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// They work.
    Window,
    /// They are busy, says another calendar.
    Busy,
    /// A booking, or a time that is kept for one.
    Booking {
        /// Which.
        booking: BookingId,
        /// Who asks.
        client: AccountSummary,
        /// How far it is.
        state: BookingState,
    },
    /// A time that is kept for somebody on the waiting list, or was proposed for a call at another time.
    Kept,
}

/// What stands in an expert's own calendar between two moments, at most six weeks: their hours first, then the rest in order.
///
/// # Errors
/// When they have not set anything up.
pub async fn day(
    pool: &PgPool,
    cx: &Cx<Actor>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<DayEntry>, Error> {
    let expert = experts::find(pool, cx.actor.account).await?.ok_or(Error::NoSuchExpert)?;
    let until = until.min(from + TimeDelta::days(MOST_DAYS));
    let within = Span { start: from, end: until };
    let mut connection = pool.acquire().await?;
    let loaded = Loaded::within(&mut connection, &expert, within, cx.now()).await?;
    let booked = bookings::open_between(&mut *connection, expert.id, from - TimeDelta::hours(4), until).await?;
    let clients: Vec<AccountId> = booked.iter().map(|it| it.client).collect();
    let clients = identity_core::service::summaries(&mut *connection, &clients).await?;

    let mut entries: Vec<DayEntry> = windows(&loaded, within).collect();
    let hours = entries.len();
    let entry = |span: Span, entry| DayEntry { start: span.start, end: span.end, entry };
    entries.extend(loaded.busy.iter().map(|span| entry(*span, Entry::Busy)));
    for it in &booked {
        let client = clients.get(&it.client).cloned().ok_or(Error::BadRow("booking without a client"))?;
        let span = Span { start: it.starts_at, end: it.ends_at };
        entries.push(entry(span, Entry::Booking { booking: it.id, client, state: it.state }));
    }
    let is_booked = |call: &Span| booked.iter().any(|it| it.starts_at == call.start);
    entries.extend(loaded.taken.iter().filter(|it| !is_booked(&it.call)).map(|it| entry(it.call, Entry::Kept)));
    if let Some(rest) = entries.get_mut(hours..) {
        rest.sort_by_key(|it| it.start);
    }
    Ok(entries)
}

fn windows(loaded: &Loaded, within: Span) -> impl Iterator<Item = DayEntry> + '_ {
    let first = loaded.zone.day(within.start - TimeDelta::days(1));
    let days = first.iter_days().take(usize::try_from(MOST_DAYS).unwrap_or(0) + 2);
    let shifts = days.filter_map(|day| shift(&loaded.hours, &loaded.zone, day)).filter(move |it| it.overlaps(&within));
    shifts.map(|span| DayEntry { start: span.start, end: span.end, entry: Entry::Window })
}
