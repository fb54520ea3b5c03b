//! Dates, lengths and periods as calendars write them.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A date, or a date and time, as written: what a clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    /// What the clock shows; midnight for a date.
    pub(super) at: NaiveDateTime,
    /// Whether it is a whole day.
    pub(super) is_day: bool,
    /// Whether the clock is that of UTC.
    pub(super) is_utc: bool,
}

impl Written {
    /// Reads "20260601", "20260601T090000" or "20260601T090000Z".
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.trim().split_at_checked(8)?;
        let date =
            NaiveDate::from_ymd_opt(number(date, 0, 4)?.try_into().ok()?, number(date, 4, 2)?, number(date, 6, 2)?)?;
        if time.is_empty() {
            return Some(Self { at: date.into(), is_day: true, is_utc: false });
        }
        let time = time.strip_prefix(['T', 't'])?;
        let (time, zone) = time.split_at_checked(6)?;
        // A second that was put in between counts as the one before.
        let second = number(time, 4, 2)?.min(59);
        let time = NaiveTime::from_hms_opt(number(time, 0, 2)?, number(time, 2, 2)?, second)?;
        let is_utc = match zone {
            "" => false,
            "Z" | "z" => true,
            _ => return None,
        };
        Some(Self { at: date.and_time(time), is_day: false, is_utc })
    }
}

/// The number that so many digits from a place on are.
fn number(text: &str, from: usize, digits: usize) -> Option<u32> {
    let text = text.get(from..from + digits)?;
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// How long something is: days by the clock, and seconds of real time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Length {
    /// Days by the clock.
    pub(super) days: u32,
    /// Seconds on top of them.
    pub(super) seconds: u32,
}

impl Length {
    /// Reads "P1W", "P1DT2H", "PT15M"; not what is negative.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut rest = text.strip_prefix('+').unwrap_or(text).strip_prefix(['P', 'p'])?;
        let (mut days, mut seconds, mut in_time) = (0_u32, 0_u32, false);
        while !rest.is_empty() {
            if let Some(time) = rest.strip_prefix(['T', 't']) {
                (rest, in_time) = (time, true);
                continue;
            }
            let end = rest.find(|it: char| !it.is_ascii_digit())?;
            let (digits, unit) = rest.split_at_checked(end)?;
            let count: u32 = digits.parse().ok()?;
            let (part, length) = match (unit.chars().next()?.to_ascii_uppercase(), in_time) {
                ('W', false) => (&mut days, 7),
                ('D', false) => (&mut days, 1),
                ('H', true) => (&mut seconds, 3600),
                ('M', true) => (&mut seconds, 60),
                ('S', true) => (&mut seconds, 1),
                _ => return None,
            };
            *part = part.checked_add(count.checked_mul(length)?)?;
            rest = unit.get(1..)?;
        }
        Some(Self { days, seconds })
    }

    /// What a clock shows so many days later.
    pub(super) fn days_after(self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        at.checked_add_days(Days::new(self.days.into()))
    }

    /// Its seconds.
    pub(super) fn seconds(self) -> TimeDelta {
        TimeDelta::seconds(self.seconds.into())
    }

    /// The most time that it can take, whatever clocks do.
    pub(super) fn most(self) -> TimeDelta {
        TimeDelta::days(i64::from(self.days) + 1) + self.seconds()
    }
}

/// When something that is written as a period ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Then.
    At(Written),
    /// So long after the start.
    After(Length),
}

/// Reads a period, "20260601T090000Z/20260601T100000Z" or "20260601T090000Z/PT1H".
pub(super) fn period(text: &str) -> Option<(Written, End)> {
    let (start, end) = text.split_once('/')?;
    let end = Written::parse(end).map(End::At).or_else(|| Length::parse(end).map(End::After))?;
    Some((Written::parse(start)?, end))
}

/// Reads how far a clock is from UTC, in seconds: "+0200", "-043000".
pub(super) fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.trim().split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let seconds = match digits.len() {
        4 => 0,
        6 => number(digits, 4, 2)?,
        _ => return None,
    };
    let seconds = number(digits, 0, 2)? * 3600 + number(digits, 2, 2)? * 60 + seconds;
    // No clock is further from UTC than this, and what is would lead out of what dates can be.
    (seconds < 26 * 3600).then(|| i32::try_from(seconds).ok()).flatten().map(|it| sign * it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read() {
        let read = |text| Written::parse(text).map(|it| (it.at.to_string(), it.is_day, it.is_utc));
        assert_eq!(read("20260601"), Some(("2026-06-01 00:00:00".into(), true, false)));
        assert_eq!(read(" 20260601T093015 "), Some(("2026-06-01 09:30:15".into(), false, false)));
        assert_eq!(read("20261231T235960Z"), Some(("2026-12-31 23:59:59".into(), false, true)));
        assert_eq!(read("00010101T000000"), Some(("0001-01-01 00:00:00".into(), false, false)));
        for wrong in [
            "",
            "2026",
            "20260230",
            "2026060a",
            "20260601T",
            "20260601T2500",
            "20260601T250000",
            "20260601T090000+02",
            "２０２６0601",
            "-0260601",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lengths_are_read() {
        let read = |text| Length::parse(text).map(|it| (it.days, it.seconds));
        assert_eq!(read("PT15M"), Some((0, 900)));
        assert_eq!(read("+P1DT2H3M4S"), Some((1, 7384)));
        assert_eq!(read("P2W"), Some((14, 0)));
        assert_eq!(read("P"), Some((0, 0)));
        for wrong in ["", "-PT15M", "15M", "P1H", "PT1D", "P1", "PT99999999999S", "P4000000000W", "Pé"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn periods_and_offsets_are_read() {
        let (start, end) = period("20260601T090000Z/PT1H").expect("a period");
        assert!(start.is_utc && matches!(end, End::After(Length { days: 0, seconds: 3600 })));
        assert!(matches!(period("20260601T090000Z/20260601T100000Z"), Some((_, End::At(_)))));
        assert!(period("20260601T090000Z").is_none() && period("/").is_none());
        assert_eq!(offset("+0200"), Some(7200));
        assert_eq!(offset("-043000"), Some(-16_200));
        assert_eq!(offset("+005328"), Some(3208));
        for wrong in ["", "0200", "+02:00", "+9900", "+02", "é000"] {
            assert_eq!(offset(wrong), None, "{wrong}");
        }
    }
}
