//! The zones that a calendar speaks of.
//!
//! Most are those of the world's database, by their names. Others come with the calendar: when their clocks are put,
//! and by how much (RFC 5545, 3.6.5). What is neither is taken for the calendar's own zone, or else for that of whoever
//! reads it.

use std::{collections::HashMap, ops::Range};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::{
    IcsError,
    dates::Written,
    recur::{Rule, Work},
};
use crate::zone::Zone;

/// How long before a range a clock was put for the last time at the latest, if it is put again and again.
const BEFORE: TimeDelta = TimeDelta::days(3 * 366);

/// When and how a clock is put, as written.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// What it shows when it is put for the first time.
    pub(super) start: Option<NaiveDateTime>,
    /// What else it shows when it is put.
    pub(super) dates: Vec<NaiveDateTime>,
    /// By which rules it is put.
    pub(super) rules: Vec<Rule>,
    /// How far it is from UTC before, in seconds.
    pub(super) from: Option<i32>,
    /// How far it is from UTC after.
    pub(super) to: Option<i32>,
}

/// A zone that comes with a calendar, as written.
#[derive(Debug, Default)]
pub(super) struct OwnZone {
    /// Its name in the world's database, according to those who wrote it.
    pub(super) location: Option<String>,
    /// How its clock is put.
    pub(super) changes: Vec<Change>,
}

/// A clock that a calendar goes by.
#[derive(Debug)]
pub(super) enum Place {
    /// One that the world knows.
    Known(Zone),
    /// One that the calendar brought.
    Own(Vec<Put>),
}

/// A clock is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Put {
    /// What it shows before.
    shown: NaiveDateTime,
    /// How far it is from UTC before and after.
    from: TimeDelta,
    to: TimeDelta,
}

impl Put {
    /// When it is put, as UTC shows it.
    fn at(&self) -> Option<NaiveDateTime> {
        self.shown.checked_sub_signed(self.from)
    }
}

impl Place {
    /// When the clock shows this. What it leaves out comes later, and what comes twice counts the first time.
    pub(super) fn instant(&self, shown: NaiveDateTime) -> Option<DateTime<Utc>> {
        let puts = match self {
            Self::Known(zone) => return zone.at_wall(shown),
            Self::Own(puts) => puts,
        };
        let index = puts.partition_point(|it| it.shown <= shown);
        let offset = match index.checked_sub(1).and_then(|it| puts.get(it)) {
            // Between what it shows before and after it is put forward, it is still what it was.
            Some(put) if shown - put.shown < put.to - put.from => put.from,
            Some(put) => put.to,
            None => puts.first().map_or(TimeDelta::zero(), |it| it.from),
        };
        shown.checked_sub_signed(offset).map(|it| it.and_utc())
    }

    /// What the clock shows.
    pub(super) fn wall(&self, at: DateTime<Utc>) -> NaiveDateTime {
        let puts = match self {
            Self::Known(zone) => return zone.wall(at),
            Self::Own(puts) => puts,
        };
        let index = puts.partition_point(|it| it.at().is_some_and(|put| put <= at.naive_utc()));
        let last = index.checked_sub(1).and_then(|it| puts.get(it));
        let offset = last.map(|it| it.to).or_else(|| puts.first().map(|it| it.from)).unwrap_or_default();
        at.naive_utc().checked_add_signed(offset).unwrap_or_else(|| at.naive_utc())
    }
}

impl OwnZone {
    /// How its clock is put in a range, and for the last time before it.
    fn puts(&self, range: &Range<NaiveDateTime>, work: &mut Work) -> Result<Vec<Put>, IcsError> {
        let mut puts = Vec::new();
        for change in &self.changes {
            let (Some(start), Some(from), Some(to)) = (change.start, change.from, change.to) else { continue };
            let (from, to) = (TimeDelta::seconds(from.into()), TimeDelta::seconds(to.into()));
            let mut shown = vec![start];
            shown.extend(&change.dates);
            for rule in &change.rules {
                let last = rule.until.map(|it| until(it, |utc| utc.naive_utc().checked_add_signed(from)));
                // A rule that has ended still says how the clock was put then.
                let begin = last.map_or(range.start, |last| last.min(range.start));
                let begin =
                    if rule.count.is_some() { start } else { begin.checked_sub_signed(BEFORE).unwrap_or(start) };
                shown.extend(rule.times(start, last, &(begin..range.end), work)?);
            }
            puts.extend(shown.into_iter().map(|shown| Put { shown, from, to }));
        }
        puts.sort_by_key(|it| it.shown);
        puts.dedup();
        Ok(puts)
    }
}

/// Until when something happens, as the clock shows it: a day counts to its end, and UTC is seen from the place.
pub(super) fn until(last: Written, wall: impl Fn(DateTime<Utc>) -> Option<NaiveDateTime>) -> NaiveDateTime {
    if last.is_day {
        return last.at.checked_add_signed(TimeDelta::days(1) - TimeDelta::seconds(1)).unwrap_or(last.at);
    }
    let seen = last.is_utc.then(|| wall(last.at.and_utc())).flatten();
    seen.unwrap_or(last.at)
}

/// Names of zones, each of which gets a number, and the zones that come along.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<String, usize>,
    /// The zones that come with the calendar, by their names in it.
    pub(super) own: HashMap<String, OwnZone>,
    /// The zone that the calendar says it is in.
    pub(super) calendar: Option<String>,
}

/// A zone by its number: nobody's, for what holds wherever one is.
pub(super) type PlaceNumber = Option<usize>;

impl Names {
    /// The number of a zone.
    pub(super) fn number(&mut self, name: &str) -> usize {
        let next = self.numbers.len();
        match self.numbers.get(name) {
            Some(number) => *number,
            None => *self.numbers.entry(name.to_owned()).or_insert(next),
        }
    }

    /// The zones, by number.
    pub(super) fn places(
        &self,
        home: &Zone,
        range: &Range<NaiveDateTime>,
        work: &mut Work,
    ) -> Result<Vec<Place>, IcsError> {
        let otherwise = self.calendar.as_deref().and_then(known).unwrap_or_else(|| home.clone());
        let mut names: Vec<(&String, &usize)> = self.numbers.iter().collect();
        names.sort_unstable_by_key(|(_, number)| **number);
        let places = names.into_iter().map(|(name, _)| {
            if let Some(zone) = known(name) {
                return Ok(Place::Known(zone));
            }
            let own = self.own.get(name);
            if let Some(zone) = own.and_then(|it| it.location.as_deref()).and_then(known) {
                return Ok(Place::Known(zone));
            }
            let puts = own.map(|it| it.puts(range, work)).transpose()?.filter(|it| !it.is_empty());
            Ok(puts.map_or_else(|| Place::Known(otherwise.clone()), Place::Own))
        });
        places.collect()
    }
}

/// A zone of the world. Some write where they have it from before its name:
/// "/freeassociation.sourceforge.net/Europe/Berlin".
fn known(name: &str) -> Option<Zone> {
    let name = name.trim();
    if !name.starts_with('/') {
        return Zone::in_database(name);
    }
    // Names have three parts at most.
    let ends = name.rmatch_indices('/').take(3).filter_map(|(at, _)| Zone::in_database(name.get(at + 1..)?));
    ends.last()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> NaiveDateTime {
        Written::parse(text).expect("a time").at
    }

    /// Berlin, as a calendar would bring it along.
    fn own() -> Place {
        let change = |start, rule, from, to| Change {
            start: Some(written(start)),
            rules: Rule::parse(rule).into_iter().collect(),
            from: Some(from),
            to: Some(to),
            dates: Vec::new(),
        };
        let zone = OwnZone {
            location: None,
            changes: vec![
                change("16010101T030000", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", 7200, 3600),
                change("16010101T020000", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", 3600, 7200),
            ],
        };
        let range = written("20260101")..written("20270101");
        Place::Own(zone.puts(&range, &mut Work::new()).expect("few"))
    }

    #[test]
    fn a_clock_that_comes_along_shows_what_the_worlds_does() {
        let berlin = Place::Known(Zone::named("Europe/Berlin").expect("a zone"));
        let own = own();
        let start = written("20260101");
        for minutes in (0..365 * 24 * 60).step_by(15) {
            let shown = start + TimeDelta::minutes(minutes);
            assert_eq!(own.instant(shown), berlin.instant(shown), "{shown}");
            assert_eq!(own.wall(shown.and_utc()), berlin.wall(shown.and_utc()), "{shown}");
        }
    }

    #[test]
    fn a_clock_that_is_not_put_any_more_stays_what_it_is() {
        let change = |start: &str, rule: &str, from, to| Change {
            start: Some(written(start)),
            rules: Rule::parse(rule).into_iter().collect(),
            from: Some(from),
            to: Some(to),
            dates: Vec::new(),
        };
        let zone = OwnZone {
            location: None,
            changes: vec![
                change("20000326T020000", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20100401T000000Z", 7200, 10_800),
                change("20001029T030000", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;UNTIL=20091101T000000Z", 10_800, 7200),
            ],
        };
        let range = written("20260101")..written("20270101");
        let place = Place::Own(zone.puts(&range, &mut Work::new()).expect("few"));
        assert_eq!(place.instant(written("20260101T120000")), Some(written("20260101T090000").and_utc()));
    }

    #[test]
    fn names_are_found_with_what_is_before_them() {
        let name = |text| known(text).map(|it| it.name().to_owned());
        assert_eq!(name("Europe/Berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(name("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin").as_deref(), Some("Europe/Berlin"));
        assert_eq!(name("/mozilla.org/20050126_1/America/Indiana/Knox").as_deref(), Some("America/Indiana/Knox"));
        assert_eq!(name("GMT").as_deref(), Some("GMT"));
        assert_eq!(name("W. Europe Standard Time"), None);
        assert_eq!(name("/"), None);
    }
}
