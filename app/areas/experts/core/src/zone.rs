//! A zone's clock: what it shows at an instant, and at which instant it shows a time.
//!
//! Where a clock is put forward, a time that it leaves out comes as much later as it was put forward; where it is put
//! back, a time that comes twice counts the first time.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use jiff::{
    Timestamp,
    civil::{Date, DateTime as Civil, Time},
    tz::TimeZone,
};

/// How many minutes a day has by the clock.
const DAY: u16 = 24 * 60;

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Finds a zone by the name of its place, such as `Europe/Berlin`, or `UTC`.
    ///
    /// The database's other names are for rules, not for places (`EST5EDT`), or are kept for old systems (`Cuba`).
    pub fn named(name: &str) -> Option<Self> {
        is_place(name).then(|| Self::in_database(name)).flatten()
    }

    /// Finds a zone by any name that the database has.
    pub(crate) fn in_database(name: &str) -> Option<Self> {
        // Names are paths in some systems.
        let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
        let zone = is_name.then(|| TimeZone::get(name).ok()).flatten()?;
        (!zone.is_unknown()).then_some(Self(zone))
    }

    /// Its name, as the database of zones writes it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Which day it is there.
    pub fn day(&self, now: DateTime<Utc>) -> NaiveDate {
        self.wall(now).date()
    }

    /// Which minute of the day it is there.
    pub fn minute(&self, now: DateTime<Utc>) -> u16 {
        let shown = self.wall(now);
        u16::try_from(shown.hour() * 60 + shown.minute()).unwrap_or_default()
    }

    /// When the clock shows a time: so many minutes after the midnight that a day begins with, by the clock. From 1440
    /// on it is the next day's clock; after 2880, the end of that, it is nothing.
    pub fn instant(&self, day: NaiveDate, minute: u16) -> Option<DateTime<Utc>> {
        if minute > 2 * DAY {
            return None;
        }
        let day = day.checked_add_days(Days::new((minute / DAY).into()))?;
        let minute = minute % DAY;
        self.at_wall(day.and_hms_opt((minute / 60).into(), (minute % 60).into(), 0)?)
    }

    /// How a moment is written there: "Mon 1 Jun, 14:00".
    pub fn written(&self, at: DateTime<Utc>) -> String {
        self.wall(at).format("%a %-d %b, %H:%M").to_string()
    }

    /// How the day of a moment is written there: "Mon 1 Jun".
    pub fn date_written(&self, at: DateTime<Utc>) -> String {
        self.wall(at).format("%a %-d %b").to_string()
    }

    /// How far its clock is from UTC at a moment: "UTC+02:00".
    pub fn offset_written(&self, at: DateTime<Utc>) -> String {
        let there = timestamp(at).map(|it| it.to_zoned(self.0.clone()));
        there.map_or_else(|| "UTC+00:00".to_owned(), |it| it.strftime("UTC%:z").to_string())
    }

    /// What the clock shows.
    pub(crate) fn wall(&self, at: DateTime<Utc>) -> NaiveDateTime {
        let shown = timestamp(at).map(|it| self.0.to_datetime(it));
        let shown = shown.and_then(|it| Some(NaiveDateTime::new(from_date(it.date())?, from_time(it.time())?)));
        // The database knows ten thousand years; nothing of ours is outside of them.
        shown.unwrap_or_else(|| at.naive_utc())
    }

    /// When the clock shows this.
    pub(crate) fn at_wall(&self, shown: NaiveDateTime) -> Option<DateTime<Utc>> {
        let there = self.0.to_timestamp(to_civil(shown)?).ok()?;
        DateTime::from_timestamp(there.as_second(), 0)
    }
}

/// The names that [`Zone::named`] finds, in the order of the alphabet.
pub fn all_names() -> Vec<String> {
    let names = jiff::tz::db().available().map(|name| name.to_string());
    let mut names: Vec<String> = names.filter(|name| is_place(name)).collect();
    names.sort_unstable();
    names
}

fn is_place(name: &str) -> bool {
    name.contains('/') || name.eq_ignore_ascii_case("UTC")
}

fn timestamp(at: DateTime<Utc>) -> Option<Timestamp> {
    Timestamp::from_second(at.timestamp()).ok()
}

fn from_date(date: Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(date.year().into(), date.month().unsigned_abs().into(), date.day().unsigned_abs().into())
}

fn from_time(time: Time) -> Option<NaiveTime> {
    let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(|it| u32::from(it.unsigned_abs()));
    NaiveTime::from_hms_opt(hour, minute, second)
}

fn to_civil(at: NaiveDateTime) -> Option<Civil> {
    let small = |number: u32| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(at.year()).ok()?, small(at.month())?, small(at.day())?).ok()?;
    let time = Time::new(small(at.hour())?, small(at.minute())?, small(at.second())?, 0).ok()?;
    Some(date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn zone(name: &str) -> Zone {
        Zone::named(name).expect("a zone")
    }

    #[test]
    fn zones_are_found_by_the_names_of_places() {
        assert_eq!(zone("europe/berlin").name(), "Europe/Berlin");
        assert_eq!(zone("UTC").name(), "UTC");
        assert_eq!(zone("Europe/Berlin"), zone("europe/berlin"));
        assert_ne!(zone("Europe/Berlin"), zone("Europe/Paris"));
        for wrong in [
            "",
            "Berlin",
            "Europe/Atlantis",
            "../etc/passwd",
            "/etc/localtime",
            "EST5EDT",
            "EST5EDT,M3.2.0,M11.1.0",
            "CET-1CEST",
            "+02:00",
            "Etc/Unknown",
            "Factory",
            "Europe/Berlin\0",
        ] {
            assert!(Zone::named(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_name_on_the_list_is_found() {
        let names = all_names();
        assert!(names.len() > 400, "{}", names.len());
        assert!(names.is_sorted());
        for name in &names {
            assert_eq!(Zone::named(name).map(|it| it.name().to_owned()).as_deref(), Some(name.as_str()));
        }
    }

    #[test]
    fn a_clock_shows_a_day_and_a_minute() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(berlin.day(at("2026-06-01T22:30:00Z")), day("2026-06-02"));
        assert_eq!(berlin.minute(at("2026-06-01T22:30:59Z")), 30);
        assert_eq!(zone("Asia/Kathmandu").minute(at("2026-06-01T00:00:00Z")), 5 * 60 + 45);
    }

    #[test]
    fn a_time_may_be_on_the_next_day() {
        let berlin = zone("Europe/Berlin");
        let first = day("2026-06-01");
        assert_eq!(berlin.instant(first, 0), Some(at("2026-05-31T22:00:00Z")));
        assert_eq!(berlin.instant(first, 1440), Some(at("2026-06-01T22:00:00Z")));
        assert_eq!(berlin.instant(first, 1440 + 90), berlin.instant(day("2026-06-02"), 90));
        assert_eq!(berlin.instant(first, 2880), Some(at("2026-06-02T22:00:00Z")));
        assert_eq!(berlin.instant(first, 2881), None);
        assert_eq!(berlin.instant(NaiveDate::MAX, 0), None);
    }

    #[test]
    fn a_time_that_is_left_out_comes_later_and_one_that_comes_twice_counts_the_first_time() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(berlin.instant(day("2026-03-29"), 150), Some(at("2026-03-29T01:30:00Z")));
        assert_eq!(berlin.instant(day("2026-03-28"), 1440 + 150), Some(at("2026-03-29T01:30:00Z")));
        assert_eq!(berlin.instant(day("2026-10-25"), 150), Some(at("2026-10-25T00:30:00Z")));
        // Lord Howe puts its clocks by half an hour.
        assert_eq!(zone("Australia/Lord_Howe").instant(day("2026-10-04"), 130), Some(at("2026-10-03T15:40:00Z")));
        // Havana leaves midnight out.
        assert_eq!(zone("America/Havana").instant(day("2026-03-08"), 0), Some(at("2026-03-08T05:00:00Z")));
    }

    #[test]
    fn moments_are_written() {
        let berlin = zone("Europe/Berlin");
        let noon = at("2026-06-01T12:00:00Z");
        assert_eq!(berlin.written(noon), "Mon 1 Jun, 14:00");
        assert_eq!(berlin.date_written(at("2026-06-01T22:00:00Z")), "Tue 2 Jun");
        assert_eq!(berlin.offset_written(noon), "UTC+02:00");
        assert_eq!(berlin.offset_written(at("2026-12-01T12:00:00Z")), "UTC+01:00");
        assert_eq!(zone("America/St_Johns").offset_written(noon), "UTC-02:30");
        assert_eq!(zone("UTC").offset_written(noon), "UTC+00:00");
    }
}
