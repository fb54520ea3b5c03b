//! When somebody takes calls: a window of the clock for each day of the week, and what else holds for all calls.
//!
//! Minutes are those of a wall clock, in the zone of whoever works. What they come to on a day is in [`crate::slots`].

use std::collections::BTreeSet;

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How long a slice is, the shortest call, in minutes.
pub const SLICE_MINUTES: u16 = 10;
/// How long a working day is at most, in minutes.
pub const MOST_WINDOW: u16 = 240;
/// How long the pause after a call is at most, in minutes.
pub const MOST_BUFFER: u16 = 60;
/// How long before a call the latest booking is at most, in minutes: two weeks.
pub const MOST_NOTICE: u32 = 14 * 24 * 60;
/// How many days before a call the earliest booking is at most.
pub const MOST_AHEAD: u16 = 90;
/// How many days off can be noted.
pub const MOST_DAYS_OFF: usize = 366;

/// How many minutes a day has by the clock.
const DAY: u16 = 24 * 60;
/// What times are multiples of, in minutes.
const STEP: u16 = 5;

/// Why two times are no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum WindowError {
    /// Not a time of a day, or not in steps of five minutes.
    #[error("Give times in steps of five minutes, from 00:00 to 23:55, such as 09:30.")]
    NotATime,
    /// It is over when it begins.
    #[error("This begins and ends at the same time. Give a later end, or leave the day free.")]
    Empty,
    /// The end is before the beginning, and too long after it on the next day.
    #[error(
        "This ends before it begins. Give an end from {} to {}, or begin earlier.",
        written_time(from + SLICE_MINUTES),
        written_time(from + MOST_WINDOW)
    )]
    EndsBeforeItBegins {
        /// The minute of the day it begins at.
        from: u16,
    },
    /// Not even the shortest call fits.
    #[error(
        "A working day has {SLICE_MINUTES} minutes at least, the shortest call. \
        Give a later end, or leave the day free."
    )]
    TooShort,
    /// More than there may be in a day.
    #[error(
        "A working day has four hours at most: this is {}. End by {}, or begin later.",
        written_length((*minutes).into()),
        written_time(from + MOST_WINDOW)
    )]
    TooLong {
        /// The minute of the day it begins at.
        from: u16,
        /// How many minutes it has.
        minutes: u16,
    },
}

/// When somebody works on a day: from a time on, for so long by the clock, past midnight perhaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "UncheckedWindow")]
pub struct Window {
    from: u16,
    minutes: u16,
}

impl Window {
    /// From one minute of the day to another. An end that is not after the beginning is on the next day, if that makes
    /// sense.
    pub fn new(from: u16, until: u16) -> Result<Self, WindowError> {
        if !is_time(from) || !(is_time(until) || until == DAY) {
            return Err(WindowError::NotATime);
        }
        if from == until {
            return Err(WindowError::Empty);
        }
        if until > from {
            return Self::lasting(from, until - from);
        }
        let minutes = until + DAY - from;
        if minutes > MOST_WINDOW { Err(WindowError::EndsBeforeItBegins { from }) } else { Self::lasting(from, minutes) }
    }

    /// From a minute of the day on, for so many minutes.
    pub fn lasting(from: u16, minutes: u16) -> Result<Self, WindowError> {
        if !is_time(from) || !minutes.is_multiple_of(STEP) {
            return Err(WindowError::NotATime);
        }
        match minutes {
            0 => Err(WindowError::Empty),
            minutes if minutes < SLICE_MINUTES => Err(WindowError::TooShort),
            minutes if minutes > MOST_WINDOW => Err(WindowError::TooLong { from, minutes }),
            minutes => Ok(Self { from, minutes }),
        }
    }

    /// The minute of the day it begins at.
    pub const fn from(self) -> u16 {
        self.from
    }

    /// The minute of the day it ends at: of the next day, where that is not after the beginning.
    pub const fn until(self) -> u16 {
        (self.from + self.minutes) % DAY
    }

    /// How many minutes it has by the clock.
    pub const fn minutes(self) -> u16 {
        self.minutes
    }
}

/// A window that nobody has looked at yet.
#[derive(Deserialize)]
struct UncheckedWindow {
    from: u16,
    minutes: u16,
}

impl TryFrom<UncheckedWindow> for Window {
    type Error = WindowError;

    fn try_from(it: UncheckedWindow) -> Result<Self, WindowError> {
        Self::lasting(it.from, it.minutes)
    }
}

const fn is_time(minute: u16) -> bool {
    minute < DAY && minute.is_multiple_of(STEP)
}

/// Reads a time of the day, "09:30" or "9:30", as a minute. "24:00" is the end of a day.
pub fn parse_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        let digits = lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours, 1..=2)?, number(minutes, 2..=2)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= DAY).then_some(minute)
}

/// Writes a minute of the day as the clock shows it: "09:30". Past midnight it is the next day's.
pub fn written_time(minute: u16) -> String {
    let minute = minute % DAY;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Writes how long something is, given in minutes: "2 days", "4 h 30 min", "45 min".
pub(crate) fn written_length(minutes: u32) -> String {
    let day = u32::from(DAY);
    match (minutes / 60, minutes % 60) {
        _ if minutes == day => "a day".to_owned(),
        _ if minutes > day && minutes.is_multiple_of(day) => format!("{} days", minutes / day),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The windows of a week, Monday's first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Week([Option<Window>; 7]);

impl Week {
    /// A window, or none, for each day from Monday on.
    pub const fn new(days: [Option<Window>; 7]) -> Self {
        Self(days)
    }

    /// When work is done on a day of the week.
    pub fn get(&self, day: Weekday) -> Option<Window> {
        self.iter().find_map(|(it, window)| window.filter(|_| it == day))
    }

    /// All seven days, from Monday on.
    pub fn iter(&self) -> impl Iterator<Item = (Weekday, Option<Window>)> {
        const DAYS: [Weekday; 7] = {
            use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
            [Mon, Tue, Wed, Thu, Fri, Sat, Sun]
        };
        DAYS.into_iter().zip(self.0)
    }

    /// Whether no work is done at all.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// Why hours can't be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum HoursError {
    /// The pause after a call.
    #[error("The pause after a call is 0 to {MOST_BUFFER} minutes long, in steps of five. Choose one of these.")]
    Buffer,
    /// How long before a call the latest booking is.
    #[error("The notice before a call is two weeks at most. Ask for less.")]
    Notice,
    /// How long before a call the earliest booking is.
    #[error("Calls can be booked 1 to {MOST_AHEAD} days ahead. Choose a number of days from these.")]
    Ahead,
    /// More days off than are kept.
    #[error("At most {MOST_DAYS_OFF} days off can be noted: these are {days}. Take out those that are over.")]
    DaysOff {
        /// How many there are.
        days: usize,
    },
}

/// When somebody takes calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "UncheckedHours")]
pub struct Hours {
    week: Week,
    days_off: BTreeSet<NaiveDate>,
    buffer: u16,
    notice: u32,
    ahead: u16,
}

impl Default for Hours {
    /// No window yet; two hours' notice, four weeks ahead, no pauses.
    fn default() -> Self {
        Self { week: Week::default(), days_off: BTreeSet::new(), buffer: 0, notice: 120, ahead: 28 }
    }
}

impl Hours {
    /// Windows, days of theirs that are free all the same, the pause after each call in minutes, how many minutes
    /// before a call it can be booked at the latest, and how many days before at the earliest.
    pub fn new(
        week: Week,
        days_off: BTreeSet<NaiveDate>,
        buffer: u16,
        notice: u32,
        ahead: u16,
    ) -> Result<Self, HoursError> {
        if buffer > MOST_BUFFER || !buffer.is_multiple_of(STEP) {
            return Err(HoursError::Buffer);
        }
        if notice > MOST_NOTICE {
            return Err(HoursError::Notice);
        }
        if !(1..=MOST_AHEAD).contains(&ahead) {
            return Err(HoursError::Ahead);
        }
        if days_off.len() > MOST_DAYS_OFF {
            return Err(HoursError::DaysOff { days: days_off.len() });
        }
        Ok(Self { week, days_off, buffer, notice, ahead })
    }

    /// The windows.
    pub const fn week(&self) -> &Week {
        &self.week
    }

    /// Days without work, in the zone of whoever works.
    pub const fn days_off(&self) -> &BTreeSet<NaiveDate> {
        &self.days_off
    }

    /// The pause after each call, in minutes.
    pub const fn buffer(&self) -> u16 {
        self.buffer
    }

    /// How many minutes before a call it can be booked at the latest.
    pub const fn notice(&self) -> u32 {
        self.notice
    }

    /// How many days before a call it can be booked at the earliest.
    pub const fn ahead(&self) -> u16 {
        self.ahead
    }
}

/// Hours that nobody has looked at yet.
#[derive(Deserialize)]
struct UncheckedHours {
    week: Week,
    days_off: BTreeSet<NaiveDate>,
    buffer: u16,
    notice: u32,
    ahead: u16,
}

impl TryFrom<UncheckedHours> for Hours {
    type Error = HoursError;

    fn try_from(it: UncheckedHours) -> Result<Self, HoursError> {
        Self::new(it.week, it.days_off, it.buffer, it.notice, it.ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, until: &str) -> Result<Window, WindowError> {
        Window::new(parse_time(from).expect("a time"), parse_time(until).expect("a time"))
    }

    fn words(from: &str, until: &str) -> String {
        window(from, until).expect_err("no window").to_string()
    }

    #[test]
    fn a_window_may_go_past_midnight() {
        let day = window("09:30", "12:00").expect("a window");
        assert_eq!((day.from(), day.until(), day.minutes()), (570, 720, 150));
        let night = window("22:00", "02:00").expect("a window");
        assert_eq!((night.from(), night.until(), night.minutes()), (1320, 120, 240));
        let evening = window("20:00", "24:00").expect("a window");
        assert_eq!((evening.until(), evening.minutes()), (0, 240));
        assert_eq!(window("20:00", "00:00"), Ok(evening));
        assert_eq!(window("09:00", "09:10").map(Window::minutes), Ok(10));
    }

    #[test]
    fn what_is_no_window_says_what_to_do() {
        assert_eq!(
            words("09:00", "09:00"),
            "This begins and ends at the same time. Give a later end, or leave the day free."
        );
        assert_eq!(
            words("10:00", "15:00"),
            "A working day has four hours at most: this is 5 h. End by 14:00, or begin later."
        );
        assert_eq!(
            words("21:00", "01:05"),
            "This ends before it begins. Give an end from 21:10 to 01:00, or begin earlier."
        );
        assert_eq!(
            words("09:00", "09:05"),
            "A working day has 10 minutes at least, the shortest call. Give a later end, or leave the day free."
        );
        assert_eq!(words("09:01", "12:00"), "Give times in steps of five minutes, from 00:00 to 23:55, such as 09:30.");
        assert_eq!(window("00:00", "24:00"), Err(WindowError::TooLong { from: 0, minutes: 1440 }));
        assert_eq!(window("24:00", "01:00"), Err(WindowError::NotATime));
        assert_eq!(window("17:00", "09:00"), Err(WindowError::EndsBeforeItBegins { from: 1020 }));
        assert_eq!(Window::new(0, u16::MAX), Err(WindowError::NotATime));
        assert_eq!(Window::lasting(u16::MAX, 60), Err(WindowError::NotATime));
        assert_eq!(Window::lasting(0, 0), Err(WindowError::Empty));
        assert_eq!(
            WindowError::TooLong { from: 600, minutes: 275 }.to_string(),
            "A working day has four hours at most: this is 4 h 35 min. End by 14:00, or begin later."
        );
    }

    #[test]
    fn every_window_is_what_its_two_times_say() {
        for from in 0..=DAY {
            for until in 0..=DAY {
                let Ok(window) = Window::new(from, until) else { continue };
                assert_eq!((window.from(), window.until()), (from, until % DAY));
                assert!((SLICE_MINUTES..=MOST_WINDOW).contains(&window.minutes()));
                assert_eq!(Window::lasting(from, window.minutes()), Ok(window));
            }
        }
    }

    #[test]
    fn times_are_read_and_written() {
        for (text, minute) in [("09:30", 570), (" 9:30 ", 570), ("00:00", 0), ("23:59", 1439), ("24:00", 1440)] {
            assert_eq!(parse_time(text), Some(minute), "{text}");
        }
        for wrong in
            ["", ":", "9", "930", "09:3", "09:60", "24:01", "25:00", "-1:00", "+9:30", "009:30", "9:30pm", "９:３０"]
        {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
        assert_eq!(written_time(570), "09:30");
        assert_eq!(written_time(1440 + 65), "01:05");
        for minute in 0..DAY {
            assert_eq!(parse_time(&written_time(minute)), Some(minute));
        }
        let lengths = [45, 60, 270, 1440, 2880, 1500].map(written_length);
        assert_eq!(lengths, ["45 min", "1 h", "4 h 30 min", "a day", "2 days", "25 h"]);
    }

    #[test]
    fn a_week_has_seven_days_from_monday_on() {
        let day = window("09:00", "13:00").expect("a window");
        let week = Week::new([Some(day), None, None, None, None, None, None]);
        assert_eq!(week.get(Weekday::Mon), Some(day));
        assert_eq!(week.get(Weekday::Sun), None);
        assert_eq!(week.iter().map(|(day, _)| day.num_days_from_monday()).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
        assert!(!week.is_empty() && Week::default().is_empty());
    }

    fn hours(buffer: u16, notice: u32, ahead: u16, days: usize) -> Result<Hours, HoursError> {
        let days = NaiveDate::MIN.iter_days().take(days).collect();
        Hours::new(Week::default(), days, buffer, notice, ahead)
    }

    #[test]
    fn hours_keep_their_limits() {
        assert!(hours(0, 0, 1, 0).is_ok() && hours(60, 20_160, 90, 366).is_ok());
        for (buffer, notice, ahead, days, error) in [
            (65, 0, 1, 0, HoursError::Buffer),
            (7, 0, 1, 0, HoursError::Buffer),
            (0, 20_161, 1, 0, HoursError::Notice),
            (0, 0, 0, 0, HoursError::Ahead),
            (0, 0, 91, 0, HoursError::Ahead),
            (0, 0, 1, 367, HoursError::DaysOff { days: 367 }),
        ] {
            assert_eq!(hours(buffer, notice, ahead, days), Err(error));
        }
        let empty = Hours::default();
        let same = Hours::new(*empty.week(), empty.days_off().clone(), empty.buffer(), empty.notice(), empty.ahead());
        assert_eq!(same, Ok(empty));
    }

    /// Reads fields as any format would, none of which this crate needs everywhere.
    fn read<T: serde::de::DeserializeOwned>(fields: &[(&'static str, u16)]) -> Result<T, serde::de::value::Error> {
        T::deserialize(serde::de::value::MapDeserializer::new(fields.iter().copied()))
    }

    #[test]
    fn what_comes_from_elsewhere_is_checked() {
        assert_eq!(read::<Window>(&[("from", 540), ("minutes", 60)]), Ok(window("09:00", "10:00").expect("a window")));
        let wrong = read::<Window>(&[("from", 600), ("minutes", 300)]).expect_err("too long");
        assert_eq!(wrong.to_string(), WindowError::TooLong { from: 600, minutes: 300 }.to_string());
    }
}
