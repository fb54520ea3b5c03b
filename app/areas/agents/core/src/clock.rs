//! An agent's clock: what time it is where it lives, and when it is time again.
//!
//! Where a clock is put forward, a time that it leaves out comes as much later as it was put forward; where it is put back, a
//! time that comes twice counts the first time.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use jiff::{
    Timestamp, Zoned,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use crate::acting::{DAY, Hours};

/// How many days are looked at for the next time: each day of the week is among them, from the day before on.
const DAYS: usize = 9;

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// Finds a zone by its name.
    pub fn named(name: &str) -> Option<Self> {
        // Names are paths in some systems.
        let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
        is_name.then(|| TimeZone::get(name).ok().map(Self)).flatten()
    }

    /// Its name, as the database of zones writes it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    fn at(&self, now: DateTime<Utc>) -> Option<Zoned> {
        Some(Timestamp::from_second(now.timestamp()).ok()?.to_zoned(self.0.clone()))
    }

    /// Which day it is there.
    pub fn day(&self, now: DateTime<Utc>) -> NaiveDate {
        let there = self.at(now).map(|it| it.date());
        let date = there.and_then(|it| {
            NaiveDate::from_ymd_opt(it.year().into(), it.month().unsigned_abs().into(), it.day().unsigned_abs().into())
        });
        date.unwrap_or_else(|| now.date_naive())
    }

    /// Which minute of the day it is there.
    pub fn minute(&self, now: DateTime<Utc>) -> u16 {
        self.at(now).map_or(0, |it| u16::from(it.hour().unsigned_abs()) * 60 + u16::from(it.minute().unsigned_abs()))
    }

    /// When a minute of a day is.
    fn instant(&self, date: Date, minute: u16) -> Option<DateTime<Utc>> {
        let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
        let there = date.at(hour, minute, 0, 0).to_zoned(self.0.clone()).ok()?;
        DateTime::from_timestamp(there.timestamp().as_second(), 0)
    }

    /// How a moment is written there: "Mon 1 Jun, 14:00".
    pub fn written(&self, at: DateTime<Utc>) -> String {
        self.at(at).map_or_else(String::new, |it| it.strftime("%a %-d %b, %H:%M").to_string())
    }

    /// From when on it is one of these hours: now, if it is.
    pub fn opens(&self, hours: Hours, now: DateTime<Utc>) -> DateTime<Utc> {
        if hours.hold(self.minute(now)) {
            return now;
        }
        let opening = Times { minutes: vec![hours.from], weekdays: Times::EVERY_DAY };
        self.next(&opening, now).unwrap_or(now + TimeDelta::days(1))
    }

    /// The first time after an instant.
    pub fn next(&self, times: &Times, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // From the day before: a clock that was put forward may have pushed a time of it over midnight.
        let mut date = self.at(after)?.date().yesterday().ok()?;
        let mut found: Option<DateTime<Utc>> = None;
        for _ in 0..DAYS {
            if times.on(date.weekday()) {
                let instants = times.minutes.iter().filter_map(|minute| self.instant(date, *minute));
                found = instants.filter(|it| *it > after).chain(found).min();
            }
            date = date.tomorrow().ok()?;
        }
        found
    }

    /// The next times after an instant.
    pub fn upcoming(&self, times: &Times, after: DateTime<Utc>, most: usize) -> Vec<DateTime<Utc>> {
        std::iter::successors(self.next(times, after), |last| self.next(times, *last)).take(most).collect()
    }
}

/// Times of the day, and the days of the week they are kept on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    minutes: Vec<u16>,
    weekdays: u8,
}

impl Times {
    /// Every day of the week.
    pub const EVERY_DAY: u8 = 127;

    /// These times on these days; nothing, where there is none of either.
    pub fn new(mut minutes: Vec<u16>, weekdays: u8) -> Option<Self> {
        minutes.sort_unstable();
        minutes.dedup();
        let weekdays = weekdays & Self::EVERY_DAY;
        let valid = !minutes.is_empty() && minutes.iter().all(|it| *it < DAY) && weekdays != 0;
        valid.then_some(Self { minutes, weekdays })
    }

    /// The minutes of the day, ascending.
    pub fn minutes(&self) -> &[u16] {
        &self.minutes
    }

    /// A bit for each day, that of Monday is 1.
    pub const fn weekdays(&self) -> u8 {
        self.weekdays
    }

    const fn on(&self, day: Weekday) -> bool {
        self.weekdays & (1 << day.to_monday_zero_offset()) != 0
    }
}

#[cfg(test)]
mod tests {
    use chrono::Timelike;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn zone(name: &str) -> Zone {
        Zone::named(name).expect("a zone")
    }

    fn times(minutes: &[u16], weekdays: u8) -> Times {
        Times::new(minutes.to_vec(), weekdays).expect("times")
    }

    fn next(name: &str, minutes: &[u16], after: &str) -> Vec<String> {
        let upcoming = zone(name).upcoming(&times(minutes, Times::EVERY_DAY), at(after), 3);
        upcoming.iter().map(|it| it.format("%m-%d %H:%M").to_string()).collect()
    }

    #[test]
    fn times_follow_the_clock_of_the_zone() {
        let noon = 12 * 60;
        assert_eq!(
            next("Europe/Berlin", &[noon], "2026-03-27T12:00:00Z"),
            ["03-28 11:00", "03-29 10:00", "03-30 10:00"]
        );
        assert_eq!(
            next("Europe/Berlin", &[noon], "2026-10-24T00:00:00Z"),
            ["10-24 10:00", "10-25 11:00", "10-26 11:00"]
        );
        // On Sundays only, seen from a Sunday after the time.
        let sundays = zone("UTC").upcoming(&times(&[noon], 64), at("2026-06-07T12:00:00Z"), 1);
        assert_eq!(sundays, [at("2026-06-14T12:00:00Z")]);
    }

    #[test]
    fn a_time_that_the_clock_leaves_out_comes_later_and_one_that_comes_twice_counts_once() {
        // In Berlin, 02:30 is left out on 29 March and comes twice on 25 October 2026.
        let half_past_two = 2 * 60 + 30;
        assert_eq!(
            next("Europe/Berlin", &[half_past_two], "2026-03-28T00:00:00Z"),
            ["03-28 01:30", "03-29 01:30", "03-30 00:30"]
        );
        assert_eq!(
            next("Europe/Berlin", &[half_past_two], "2026-10-24T00:00:00Z"),
            ["10-24 00:30", "10-25 00:30", "10-26 01:30"]
        );
        // The one that is pushed later falls on another one: it is one time.
        assert_eq!(
            next("Europe/Berlin", &[half_past_two, 3 * 60 + 30], "2026-03-29T00:00:00Z"),
            ["03-29 01:30", "03-30 00:30", "03-30 01:30"]
        );
        // Lord Howe puts its clocks by half an hour.
        assert_eq!(next("Australia/Lord_Howe", &[2 * 60 + 10], "2026-10-03T15:00:00Z")[0], "10-03 15:40");
    }

    #[test]
    fn an_agent_waits_until_its_hours_begin() {
        let berlin = zone("Europe/Berlin");
        let day = Hours { from: 9 * 60, until: 17 * 60 };
        assert_eq!(berlin.opens(day, at("2026-06-01T08:00:00Z")), at("2026-06-01T08:00:00Z"));
        assert_eq!(berlin.opens(day, at("2026-06-01T15:00:00Z")), at("2026-06-02T07:00:00Z"));
        assert_eq!(berlin.opens(Hours::default(), at("2026-06-01T23:30:00Z")), at("2026-06-01T23:30:00Z"));
        assert_eq!(berlin.day(at("2026-06-01T23:30:00Z")).to_string(), "2026-06-02");
        assert_eq!(berlin.written(at("2026-06-01T12:00:00Z")), "Mon 1 Jun, 14:00");
    }

    #[test]
    fn zones_have_names() {
        assert_eq!(zone("europe/berlin").name(), "Europe/Berlin");
        for wrong in ["", "Berlin", "Europe/Atlantis", "../etc/passwd", "/etc/localtime"] {
            assert!(Zone::named(wrong).is_none(), "{wrong}");
        }
        assert!(
            Times::new(vec![], 1).is_none() && Times::new(vec![DAY], 1).is_none() && Times::new(vec![1], 128).is_none()
        );
    }

    /// The same found minute by minute: a time is there when the clock shows it for the first time, and what a clock leaves out
    /// is there as much later.
    fn naive(zone: &Zone, times: &Times, after: DateTime<Utc>) -> DateTime<Utc> {
        let mut now = after.with_second(0).expect("a minute") - TimeDelta::days(2);
        let mut seen: std::collections::BTreeSet<(NaiveDate, u16)> = std::collections::BTreeSet::new();
        let mut late: Vec<DateTime<Utc>> = Vec::new();
        let mut before: Option<chrono::NaiveDateTime> = None;
        loop {
            let there = zone.at(now).expect("a time").datetime();
            let shown =
                zone.day(now).and_hms_opt(0, 0, 0).expect("midnight") + TimeDelta::minutes(zone.minute(now).into());
            assert_eq!(i64::from(there.minute()), i64::from(shown.minute()));
            let keeps = |at: chrono::NaiveDateTime| {
                use chrono::Datelike;
                let minute = u16::try_from(at.num_seconds_from_midnight() / 60).expect("small");
                times.weekdays() & (1 << at.weekday().num_days_from_monday()) != 0 && times.minutes().contains(&minute)
            };
            // What was left out between the last minute and this one.
            if let Some(last) = before {
                let jump = shown - last - TimeDelta::minutes(1);
                let mut left_out = last + TimeDelta::minutes(1);
                while left_out < shown {
                    if keeps(left_out) {
                        late.push(now + (left_out + jump - shown));
                    }
                    left_out += TimeDelta::minutes(1);
                }
            }
            let key = (zone.day(now), zone.minute(now));
            let first = seen.insert(key);
            if now > after && ((first && keeps(shown)) || late.contains(&now)) {
                return now;
            }
            before = Some(shown);
            now += TimeDelta::minutes(1);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn the_next_time_is_the_one_that_looking_at_each_minute_finds(
            name in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
                "America/St_Johns", "Africa/Casablanca", "Atlantic/Azores", "America/Havana", "UTC"]),
            // Around changes of clocks more often than not.
            day in prop::sample::select(vec!["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-04-05", "2026-10-04", "2026-06-10"]),
            offset in -2_000_i64..2_000,
            minutes in proptest::collection::vec(0_u16..DAY, 1..4),
            night in any::<bool>(),
            weekdays in 1_u8..128,
        ) {
            let minutes = minutes.into_iter().map(|it| if night { it % 240 } else { it }).collect();
            let times = Times::new(minutes, weekdays).expect("times");
            let after = at(&format!("{day}T00:00:00Z")) + TimeDelta::minutes(offset);
            let zone = zone(name);
            prop_assert_eq!(zone.next(&times, after), Some(naive(&zone, &times, after)));
        }
    }
}
