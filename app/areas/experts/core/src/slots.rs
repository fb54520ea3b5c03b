//! Which times of somebody's can be had: their hours, less what is taken.
//!
//! A day's window of the clock becomes a span of real time, the *shift*. It is divided into starts that are a slice and
//! a pause apart, the *grid*. A start is free when nobody has the slice and the pause after it, no other calendar has
//! the slice, and the day is not full.
//!
//! What is looked through is sorted, and so are the starts: all of it is walked once.

use std::collections::VecDeque;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use thiserror::Error;

use crate::{
    window::{Hours, MOST_WINDOW, SLICE_MINUTES, written_length},
    zone::Zone,
};

#[cfg(test)]
mod tests;

/// From one instant until just before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first instant of it.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
}

impl Span {
    /// So many minutes from an instant on.
    pub fn lasting(start: DateTime<Utc>, minutes: u16) -> Self {
        Self { start, end: start + length(minutes) }
    }

    /// Whether an instant is in both. An empty span overlaps nothing.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }

    /// Whether all of another one is in it.
    pub fn holds(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// How many whole minutes it has.
    pub fn minutes(&self) -> i64 {
        (self.end - self.start).num_minutes()
    }
}

/// A slice that somebody can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The working day it counts to, in the zone of whoever works: the one that its window begins on.
    pub day: NaiveDate,
    /// When it begins.
    pub start: DateTime<Utc>,
}

impl Slot {
    /// The slice itself.
    pub fn span(&self) -> Span {
        Span::lasting(self.start, SLICE_MINUTES)
    }

    /// The slice and a pause of so many minutes after it.
    pub fn blocked(&self, buffer: u16) -> Span {
        Span::lasting(self.start, SLICE_MINUTES.saturating_add(buffer))
    }
}

/// Something that somebody has: a booking, a time that is kept for them, one that was proposed to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Taken {
    /// The working day it counts to.
    pub day: NaiveDate,
    /// The call.
    pub call: Span,
    /// The call and the pause after it, as it was when it was taken.
    pub blocked: Span,
}

/// Why a time can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum SlotError {
    /// It has begun.
    #[error("That time is over. Choose a later one.")]
    Past,
    /// It begins too soon.
    #[error("Calls are booked {} before they begin, or earlier. Choose a later time.", written_length(*minutes))]
    TooSoon {
        /// How many minutes before it would have to be booked.
        minutes: u32,
    },
    /// It begins too late.
    #[error("Calls are booked {} ahead at most. Choose an earlier time.", written_length(u32::from(*days) * 24 * 60))]
    TooFar {
        /// How many days ahead is the most.
        days: u16,
    },
    /// No call begins then, but before and after it.
    #[error("No call begins at that time. Choose the one before or after it.")]
    OffGrid {
        /// The last start before it.
        before: DateTime<Utc>,
        /// The first start after it on the same day, if there is one.
        after: Option<DateTime<Utc>>,
    },
    /// Nobody works then.
    #[error("No calls are taken at that time. Choose one within the hours.")]
    Closed,
    /// Somebody has it.
    #[error("That time is taken. Choose another one.")]
    Taken,
    /// Four hours of its day are taken.
    #[error("That day is full: four hours of calls are the most.")]
    DayFull,
}

fn length(minutes: u16) -> TimeDelta {
    TimeDelta::minutes(minutes.into())
}

/// When somebody works on a day: nothing on a day off, or without a window.
///
/// Four hours are the most in real time as well. Where the clock is put back within a window, that ends after four
/// hours, whatever the clock shows; where it is put forward, the window may be shorter, or gone.
pub fn shift(hours: &Hours, zone: &Zone, day: NaiveDate) -> Option<Span> {
    let window = hours.week().get(day.weekday()).filter(|_| !hours.days_off().contains(&day))?;
    let start = zone.instant(day, window.from())?;
    let end = zone.instant(day, window.from() + window.minutes())?;
    let end = end.min(start + length(MOST_WINDOW));
    (start < end).then_some(Span { start, end })
}

/// When calls may begin in a shift: a slice and a pause apart, as long as a slice fits.
pub fn grid(shift: Span, buffer: u16) -> Grid {
    let step = length(SLICE_MINUTES.saturating_add(buffer));
    Grid { next: shift.start, last: shift.end - length(SLICE_MINUTES), step }
}

/// The starts in a shift. See [`grid`].
#[derive(Debug, Clone)]
pub struct Grid {
    next: DateTime<Utc>,
    last: DateTime<Utc>,
    step: TimeDelta,
}

impl Grid {
    fn peek(&self) -> Option<DateTime<Utc>> {
        (self.next <= self.last).then_some(self.next)
    }

    /// The last start that is not after an instant.
    fn before(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.clone().take_while(|start| *start <= at).last()
    }
}

impl Iterator for Grid {
    type Item = DateTime<Utc>;

    fn next(&mut self) -> Option<DateTime<Utc>> {
        let start = self.peek()?;
        self.next = start + self.step;
        Some(start)
    }
}

/// What is known about somebody's time.
#[derive(Debug, Clone, Copy)]
pub struct Diary<'a> {
    /// When they work.
    pub hours: &'a Hours,
    /// Where they work.
    pub zone: &'a Zone,
    /// What others have of them, sorted by when it begins to be blocked.
    pub taken: &'a [Taken],
    /// When they are busy according to other calendars, sorted by when it begins.
    pub busy: &'a [Span],
    /// What time it is.
    pub now: DateTime<Utc>,
}

impl<'a> Diary<'a> {
    /// The free slots that begin from an instant on and before another, in order. Each is looked for when it is asked
    /// for.
    pub fn free(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Free<'a> {
        Free::new(*self, from, until)
    }

    /// The first free slot of all.
    pub fn earliest(&self) -> Option<Slot> {
        self.free(self.now, DateTime::<Utc>::MAX_UTC).next()
    }

    /// The free slots that are nearest to an instant, so many at most, in order of time.
    pub fn nearest(&self, wanted: DateTime<Utc>, most: usize) -> Vec<Slot> {
        let (mut before, mut after) = (VecDeque::new(), Vec::new());
        for slot in self.free(self.now, DateTime::<Utc>::MAX_UTC) {
            if slot.start < wanted {
                before.push_back(slot);
                if before.len() > most {
                    before.pop_front();
                }
            } else if after.len() < most {
                after.push(slot);
            } else {
                break;
            }
        }
        while before.len() + after.len() > most {
            let earlier = before.front().map(|slot| wanted - slot.start);
            let later = after.last().map(|slot| slot.start - wanted);
            if earlier > later {
                before.pop_front();
            } else {
                after.pop();
            }
        }
        before.into_iter().chain(after).collect()
    }

    /// The slot that begins at an instant, or why there is none.
    pub fn check(&self, start: DateTime<Utc>) -> Result<Slot, SlotError> {
        if start < self.now {
            return Err(SlotError::Past);
        }
        if start < self.opens() {
            return Err(SlotError::TooSoon { minutes: self.hours.notice() });
        }
        if start > self.closes() {
            return Err(SlotError::TooFar { days: self.hours.ahead() });
        }
        let days = self.on_grid(start)?;
        if self.is_in_the_way(start, None) {
            return Err(SlotError::Taken);
        }
        let day = days.into_iter().find(|day| self.has_room(*day, None)).ok_or(SlotError::DayFull)?;
        Ok(Slot { day, start })
    }

    /// The ten minutes right after a call, if they can be had as well, and the pause moved to after them.
    pub fn extension(&self, of: &Taken) -> Result<Span, SlotError> {
        let added = Span::lasting(of.call.end, SLICE_MINUTES);
        if !shift(self.hours, self.zone, of.day).is_some_and(|it| it.holds(&added)) {
            return Err(SlotError::Closed);
        }
        if self.is_in_the_way(of.call.end, Some(of)) {
            return Err(SlotError::Taken);
        }
        if !self.has_room(of.day, Some(of)) {
            return Err(SlotError::DayFull);
        }
        Ok(added)
    }

    /// The first instant that can be booked.
    fn opens(&self) -> DateTime<Utc> {
        self.now + TimeDelta::minutes(self.hours.notice().into())
    }

    /// The last instant that can be booked.
    fn closes(&self) -> DateTime<Utc> {
        self.now + TimeDelta::days(self.hours.ahead().into())
    }

    /// The days that have an instant on their grid: one at least, and two where one day's shift is not over when the
    /// next day's begins.
    fn on_grid(&self, start: DateTime<Utc>) -> Result<Vec<NaiveDate>, SlotError> {
        let (mut found, mut before, mut after) = (Vec::new(), None, None);
        for day in around(self.zone.day(start)) {
            let shift = shift(self.hours, self.zone, day).filter(|it| it.start <= start && start < it.end);
            let Some(mut starts) = shift.map(|it| grid(it, self.hours.buffer())) else { continue };
            // What a change of clocks leaves of a window may be too short for a slice.
            let Some(last) = starts.before(start) else { continue };
            if last == start {
                found.push(day);
            }
            before = before.max(Some(last));
            after = starts.find(|it| *it > start).into_iter().chain(after).min();
        }
        match before {
            _ if !found.is_empty() => Ok(found),
            Some(before) => Err(SlotError::OffGrid { before, after }),
            None => Err(SlotError::Closed),
        }
    }

    /// Whether anything but one of those that are taken is in the way of a slice: of it and the pause after it, if it
    /// is taken, and of the slice, if it is in another calendar.
    fn is_in_the_way(&self, start: DateTime<Utc>, but: Option<&Taken>) -> bool {
        let slice = Span::lasting(start, SLICE_MINUTES);
        let blocked = Span::lasting(start, SLICE_MINUTES.saturating_add(self.hours.buffer()));
        self.taken.iter().any(|it| Some(it) != but && it.blocked.overlaps(&blocked))
            || self.busy.iter().any(|it| it.overlaps(&slice))
    }

    /// Whether a slice fits into a day beside what is taken of it. Something that is taken counts whether it is listed
    /// or not.
    fn has_room(&self, day: NaiveDate, with: Option<&Taken>) -> bool {
        let others = self.taken.iter().filter(|it| it.day == day && Some(*it) != with);
        let minutes: i64 = others.chain(with).map(|it| it.call.minutes()).sum();
        minutes + i64::from(SLICE_MINUTES) <= i64::from(MOST_WINDOW)
    }
}

/// A day with the one before, whose shift may go past midnight, and the one after: where midnight comes twice, what
/// counts to a day may be while the clock still shows the day before.
fn around(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    [day.pred_opt(), Some(day), day.succ_opt()].into_iter().flatten()
}

/// Free slots, in order. See [`Diary::free`].
#[derive(Debug, Clone)]
pub struct Free<'a> {
    diary: Diary<'a>,
    /// Slots begin from this instant on.
    from: DateTime<Utc>,
    /// Slots begin at this instant at the latest.
    latest: DateTime<Utc>,
    /// Slots begin before this instant.
    until: DateTime<Utc>,
    /// The next day to look at.
    day: Option<NaiveDate>,
    /// The last day to look at.
    last: NaiveDate,
    /// What is left of a day's starts, and of the next day's.
    near: Option<(NaiveDate, Grid)>,
    far: Option<(NaiveDate, Grid)>,
    taken: Walk<'a, Taken>,
    busy: Walk<'a, Span>,
    /// The start that was found last.
    found: Option<DateTime<Utc>>,
}

impl<'a> Free<'a> {
    fn new(diary: Diary<'a>, from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        let from = from.max(diary.opens());
        let latest = diary.closes();
        let last = diary.zone.day(latest.min(until));
        Self {
            diary,
            from,
            latest,
            until,
            day: around(diary.zone.day(from)).next(),
            last: last.succ_opt().unwrap_or(last),
            near: None,
            far: None,
            taken: Walk::new(diary.taken, |it| it.blocked),
            busy: Walk::new(diary.busy, |it| *it),
            found: None,
        }
    }

    /// The starts of the next day, if it has any and is not full.
    fn load(&mut self) -> Option<(NaiveDate, Grid)> {
        let day = self.day.filter(|day| *day <= self.last)?;
        self.day = day.succ_opt();
        let shift = shift(self.diary.hours, self.diary.zone, day)?;
        self.diary.has_room(day, None).then(|| (day, grid(shift, self.diary.hours.buffer())))
    }

    /// The next start of all days.
    ///
    /// A day's starts may mix with the next day's: shifts go past midnight. They don't with those of the day after
    /// that, which are most of a day later.
    fn start(&mut self) -> Option<Slot> {
        loop {
            let near = self.near.as_ref().and_then(|(_, grid)| grid.peek());
            let far = self.far.as_ref().and_then(|(_, grid)| grid.peek());
            let next = match (near, far) {
                (None, None) if self.day.is_none_or(|day| day > self.last) => return None,
                (None, _) => {
                    self.near = self.far.take();
                    self.far = self.load();
                    continue;
                }
                (Some(near), Some(far)) if far < near => &mut self.far,
                (Some(_), _) => &mut self.near,
            };
            let (day, grid) = next.as_mut()?;
            return Some(Slot { day: *day, start: grid.next()? });
        }
    }
}

impl Iterator for Free<'_> {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        let buffer = self.diary.hours.buffer();
        while let Some(slot) = self.start() {
            if slot.start >= self.until || slot.start > self.latest {
                return None;
            }
            if slot.start < self.from || self.found == Some(slot.start) {
                continue;
            }
            // Both walk on, whatever the first one finds.
            let (taken, busy) = (self.taken.meets(&slot.blocked(buffer)), self.busy.meets(&slot.span()));
            if !taken && !busy {
                self.found = Some(slot.start);
                return Some(slot);
            }
        }
        None
    }
}

/// Walks through sorted spans beside others, sorted as well and all of one length.
#[derive(Debug, Clone)]
struct Walk<'a, T> {
    ahead: &'a [T],
    span: fn(&T) -> Span,
    /// The latest end of what was passed.
    reach: Option<DateTime<Utc>>,
}

impl<'a, T> Walk<'a, T> {
    const fn new(ahead: &'a [T], span: fn(&T) -> Span) -> Self {
        Self { ahead, span, reach: None }
    }

    /// Whether any of them overlaps the next one of the others: one of those that begin before its end, and they are
    /// all passed, ends after its beginning.
    fn meets(&mut self, other: &Span) -> bool {
        while let Some((first, ahead)) = self.ahead.split_first() {
            let span = (self.span)(first);
            if span.start >= other.end {
                break;
            }
            self.ahead = ahead;
            if span.start < span.end {
                self.reach = self.reach.max(Some(span.end));
            }
        }
        self.reach.is_some_and(|reach| reach > other.start)
    }
}
