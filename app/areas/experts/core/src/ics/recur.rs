//! Rules by which something happens again and again (RFC 5545, 3.3.10).
//!
//! A rule is about what a clock shows, so it is expanded without zones. It goes by periods: days, weeks, months or
//! years that are so many apart. Each has candidates, from which those parts of the rule that say more choose.
//!
//! Others write the rules, so that nothing may cost much: periods before the range that is asked for are skipped
//! without being looked at, unless what happens in them is counted; those after it are not reached; and what is looked
//! at is counted, for all rules of a calendar together.

use std::ops::Range;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};

use super::{IcsError, dates::Written};

/// How often something may happen in a range.
const MOST_TIMES: usize = 5_000;
/// How many times of the day a rule may name: each minute.
const MOST_TIMES_A_DAY: usize = 24 * 60;
/// How much is looked at for all rules of a calendar: a fraction of a second.
const WORK: u64 = 1_000_000;

/// What may still be looked at.
#[derive(Debug)]
pub(super) struct Work(u64);

impl Work {
    pub(super) const fn new() -> Self {
        Self(WORK)
    }

    fn spend(&mut self, work: usize) -> Result<(), IcsError> {
        let left = u64::try_from(work).ok().and_then(|work| self.0.checked_sub(work));
        self.0 = left.ok_or(IcsError::TooFrequent)?;
        Ok(())
    }
}

/// What the periods of a rule are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    /// Minutes or seconds: more than anybody's calendar has a use for.
    TooOften,
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

/// A rule, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: u32,
    /// How often it happens in all.
    pub(super) count: Option<u32>,
    /// When it happens for the last time, at the latest.
    pub(super) until: Option<Written>,
    week_start: Weekday,
    /// A bit for each month, day of the month from the first and from the last, hour, minute, second. None set: all are
    /// meant.
    months: u16,
    month_days: u32,
    month_days_from_end: u32,
    hours: u32,
    minutes: u64,
    seconds: u64,
    /// Days of the year and weeks of the year; negative ones are counted from the end.
    year_days: Vec<i16>,
    weeks: Vec<i16>,
    /// A bit for each day of the week, Monday's first.
    weekdays: u8,
    /// For each day of the week, which of those in a month or year: bit 0 is the 53rd from the end, bit 106 the 53rd.
    ordinals: [u128; 7],
    /// Which of the candidates of a period.
    positions: Vec<i16>,
}

/// The bit of an ordinal from -53 to 53.
fn ordinal_bit(ordinal: i32) -> Option<u128> {
    u32::try_from(ordinal + 53).ok().filter(|it| *it <= 106).map(|it| 1 << it)
}

fn weekday_index(day: Weekday) -> usize {
    usize::try_from(day.num_days_from_monday()).unwrap_or_default()
}

fn weekday(text: &str) -> Option<Weekday> {
    const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let index = NAMES.iter().position(|it| it.eq_ignore_ascii_case(text))?;
    Weekday::try_from(u8::try_from(index).ok()?).ok()
}

/// Numbers in a range, negative ones among them perhaps, in order and once.
fn numbers(text: &str, most: i16) -> Option<Vec<i16>> {
    let mut numbers = Vec::new();
    for number in text.split(',') {
        let number: i16 = number.trim().parse().ok()?;
        if number == 0 || number.abs() > most {
            return None;
        }
        numbers.push(number);
    }
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers)
}

/// A bit for each of some small numbers.
fn bits(text: &str, allowed: Range<u32>) -> Option<u64> {
    text.split(',').try_fold(0, |bits, number| {
        let number: u32 = number.trim().parse().ok()?;
        allowed.contains(&number).then(|| bits | 1 << number)
    })
}

fn has(bits: impl Into<u64>, number: u32) -> bool {
    bits.into() & (1 << number) != 0
}

impl Rule {
    /// Reads a rule. Parts that are not known are passed over.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rule = Self {
            frequency: Frequency::TooOften,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Mon,
            months: 0,
            month_days: 0,
            month_days_from_end: 0,
            hours: 0,
            minutes: 0,
            seconds: 0,
            year_days: Vec::new(),
            weeks: Vec::new(),
            weekdays: 0,
            ordinals: [0; 7],
            positions: Vec::new(),
        };
        let mut has_frequency = false;
        for part in text.split(';').filter(|it| !it.trim().is_empty()) {
            let (key, value) = part.split_once('=')?;
            let (key, value) = (key.trim().to_ascii_uppercase(), value.trim());
            has_frequency |= key == "FREQ";
            rule.read(&key, value)?;
        }
        has_frequency.then_some(rule)
    }

    fn read(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "FREQ" => {
                self.frequency = match value.to_ascii_uppercase().as_str() {
                    "SECONDLY" | "MINUTELY" => Frequency::TooOften,
                    "HOURLY" => Frequency::Hours,
                    "DAILY" => Frequency::Days,
                    "WEEKLY" => Frequency::Weeks,
                    "MONTHLY" => Frequency::Months,
                    "YEARLY" => Frequency::Years,
                    _ => return None,
                }
            }
            "INTERVAL" => self.interval = value.parse().ok().filter(|it| *it > 0)?,
            "COUNT" => self.count = Some(value.parse().ok()?),
            "UNTIL" => self.until = Some(Written::parse(value)?),
            "WKST" => self.week_start = weekday(value)?,
            "BYMONTH" => self.months = bits(value, 1..13)?.try_into().ok()?,
            "BYMONTHDAY" => self.read_month_days(value)?,
            "BYYEARDAY" => self.year_days = numbers(value, 366)?,
            "BYWEEKNO" => self.weeks = numbers(value, 53)?,
            "BYDAY" => self.read_weekdays(value)?,
            "BYHOUR" => self.hours = bits(value, 0..24)?.try_into().ok()?,
            "BYMINUTE" => self.minutes = bits(value, 0..60)?,
            // The second that is put in between now and then is not one that anything can happen at.
            "BYSECOND" => self.seconds = bits(value, 0..61)? & !(1 << 60),
            "BYSETPOS" => self.positions = numbers(value, 366)?,
            _ => {}
        }
        Some(())
    }

    fn read_month_days(&mut self, value: &str) -> Option<()> {
        for day in numbers(value, 31)? {
            let bit = 1 << day.unsigned_abs();
            if day > 0 { self.month_days |= bit } else { self.month_days_from_end |= bit }
        }
        Some(())
    }

    fn read_weekdays(&mut self, value: &str) -> Option<()> {
        for day in value.split(',') {
            let day = day.trim();
            let (ordinal, day) = day.split_at_checked(day.len().checked_sub(2)?)?;
            let index = weekday_index(weekday(day)?);
            if ordinal.is_empty() {
                self.weekdays |= 1 << index;
            } else {
                let ordinal: i32 = ordinal.parse().ok().filter(|it| *it != 0)?;
                self.ordinals[index] |= ordinal_bit(ordinal)?;
            }
        }
        Some(())
    }

    /// When it happens in a range of what the clock shows, in order, if it happens for the first time at an instant at
    /// the earliest, and at another one at the latest.
    pub(super) fn times(
        &self,
        first: NaiveDateTime,
        last: Option<NaiveDateTime>,
        range: &Range<NaiveDateTime>,
        work: &mut Work,
    ) -> Result<Vec<NaiveDateTime>, IcsError> {
        let rule = Expansion::new(self, first)?;
        let mut times = Vec::new();
        let mut counted = 0;
        let mut index = if self.count.is_some() { 0 } else { rule.first_index(range.start) };
        while let Some(period) = rule.period(index) {
            work.spend(1)?;
            if period.start >= range.end || last.is_some_and(|last| period.start > last) {
                break;
            }
            for at in rule.candidates(&period, work)? {
                if at < first {
                    continue;
                }
                if at >= range.end || last.is_some_and(|last| at > last) || self.count.is_some_and(|it| it == counted) {
                    return Ok(times);
                }
                counted += 1;
                if at >= range.start {
                    times.push(at);
                }
                if times.len() > MOST_TIMES {
                    return Err(IcsError::TooFrequent);
                }
            }
            index += i64::from(self.interval);
        }
        Ok(times)
    }
}

/// A rule, and when it begins, which says what the rule leaves open.
struct Expansion<'a> {
    rule: &'a Rule,
    first: NaiveDateTime,
    months: u16,
    month_days: u32,
    weekdays: u8,
    /// Whether days of the week are counted in months, in years, or not at all.
    ordinals: Option<Ordinals>,
    /// The times of a day; of an hour, for what happens hourly.
    times: Vec<NaiveTime>,
}

/// In what days of the week are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ordinals {
    Month,
    Year,
}

/// A period of a rule.
struct Period {
    start: NaiveDateTime,
    /// The last day of it.
    last: NaiveDate,
}

impl<'a> Expansion<'a> {
    fn new(rule: &'a Rule, first: NaiveDateTime) -> Result<Self, IcsError> {
        use Frequency::{Days, Hours, Months, TooOften, Weeks, Years};
        let any_ordinal = rule.ordinals.iter().any(|it| *it != 0);
        let ordinals = match rule.frequency {
            Months => Some(Ordinals::Month),
            Years if rule.months != 0 => Some(Ordinals::Month),
            Years if rule.weeks.is_empty() => Some(Ordinals::Year),
            _ => None,
        };
        // Where they can't be counted, every day of the week of that name is meant.
        let mut weekdays = rule.weekdays;
        if ordinals.is_none() {
            weekdays |= (0..7).filter(|it| rule.ordinals[*it] != 0).fold(0, |bits, it| bits | 1 << it);
        }
        let any_month_day = rule.month_days != 0 || rule.month_days_from_end != 0;
        let no_day = weekdays == 0 && !any_ordinal && !any_month_day && rule.year_days.is_empty();
        let (mut months, mut month_days) = (rule.months, rule.month_days);
        let on_its_weekday = 1 << weekday_index(first.weekday());
        match rule.frequency {
            Years if no_day && !rule.weeks.is_empty() => weekdays = on_its_weekday,
            Years if no_day => {
                month_days = 1 << first.day();
                if months == 0 {
                    months = 1 << first.month();
                }
            }
            Months if no_day => month_days = 1 << first.day(),
            Weeks if no_day => weekdays = on_its_weekday,
            TooOften => return Err(IcsError::TooFrequent),
            Hours | Days | Weeks | Months | Years => {}
        }
        let times = Self::times(rule, first)?;
        Ok(Self { rule, first, months, month_days, weekdays, ordinals, times })
    }

    fn times(rule: &Rule, first: NaiveDateTime) -> Result<Vec<NaiveTime>, IcsError> {
        let or = |bits: u64, first: u32| if bits == 0 { 1 << first } else { bits };
        let hours = match rule.frequency {
            // The hour is that of the period.
            Frequency::Hours => 1,
            _ => or(rule.hours.into(), first.hour()),
        };
        let (minutes, seconds) = (or(rule.minutes, first.minute()), or(rule.seconds, first.second()));
        let mut times = Vec::new();
        for hour in (0..24).filter(|it| has(hours, *it)) {
            for minute in (0..60).filter(|it| has(minutes, *it)) {
                let seconds = (0..60).filter(|it| has(seconds, *it));
                times.extend(seconds.filter_map(|second| NaiveTime::from_hms_opt(hour, minute, second)));
                if times.len() > MOST_TIMES_A_DAY {
                    return Err(IcsError::TooFrequent);
                }
            }
        }
        Ok(times)
    }

    /// The first day of the week of a day.
    fn week(&self, day: NaiveDate) -> Option<NaiveDate> {
        day.checked_sub_days(Days::new(day.weekday().days_since(self.rule.week_start).into()))
    }

    /// How many periods after the first one an instant is, rounded down to one that the rule has; none, if it is
    /// before.
    fn first_index(&self, at: NaiveDateTime) -> i64 {
        let months = |it: NaiveDateTime| i64::from(it.year()) * 12 + i64::from(it.month0());
        let periods = match self.rule.frequency {
            Frequency::TooOften => 0,
            Frequency::Hours => (at - self.first).num_hours(),
            Frequency::Days => (at.date() - self.first.date()).num_days(),
            Frequency::Weeks => (at.date() - self.first.date()).num_days() / 7 - 1,
            Frequency::Months => months(at) - months(self.first),
            Frequency::Years => i64::from(at.year()) - i64::from(self.first.year()),
        };
        let interval = i64::from(self.rule.interval);
        // One earlier: hours and weeks are not counted from when they begin.
        ((periods - 1).max(0) / interval) * interval
    }

    /// The period that is so many after the first one, if there are dates for it.
    fn period(&self, index: i64) -> Option<Period> {
        let first = self.first.date();
        match self.rule.frequency {
            Frequency::TooOften => None,
            Frequency::Hours => {
                let start =
                    first.and_hms_opt(self.first.hour(), 0, 0)?.checked_add_signed(TimeDelta::try_hours(index)?)?;
                Some(Period { start, last: start.date() })
            }
            Frequency::Days => {
                let day = first.checked_add_days(Days::new(index.try_into().ok()?))?;
                Some(Period { start: day.into(), last: day })
            }
            Frequency::Weeks => {
                let days = Days::new(index.checked_mul(7)?.try_into().ok()?);
                let day = self.week(first)?.checked_add_days(days)?;
                Some(Period { start: day.into(), last: day.checked_add_days(Days::new(6))? })
            }
            Frequency::Months => {
                let months = i64::from(first.year()) * 12 + i64::from(first.month0()) + index;
                let (year, month) =
                    (months.div_euclid(12).try_into().ok()?, u32::try_from(months.rem_euclid(12)).ok()? + 1);
                let day = NaiveDate::from_ymd_opt(year, month, 1)?;
                Some(Period { start: day.into(), last: next_month(day)?.pred_opt()? })
            }
            Frequency::Years => {
                let year = i32::try_from(i64::from(first.year()) + index).ok()?;
                let start = NaiveDate::from_ymd_opt(year, 1, 1)?.into();
                Some(Period { start, last: NaiveDate::from_ymd_opt(year, 12, 31)? })
            }
        }
    }

    /// When it happens in a period, in order.
    fn candidates(&self, period: &Period, work: &mut Work) -> Result<Vec<NaiveDateTime>, IcsError> {
        let mut days = Vec::new();
        let mut day = Some(period.start.date());
        let mut looked_at = 0;
        while let Some(it) = day.filter(|it| *it <= period.last) {
            looked_at += 1;
            if self.months != 0 && !has(self.months, it.month()) {
                day = next_month(it);
                continue;
            }
            if self.is_on(it) {
                days.push(it);
            }
            day = it.succ_opt();
        }
        // A day is looked at in a fraction of the time that something happening takes.
        work.spend(looked_at / 8 + days.len() * self.times.len())?;
        let mut candidates = if self.rule.frequency == Frequency::Hours {
            self.in_hour(period.start, &days)
        } else {
            days.iter().flat_map(|day| self.times.iter().map(|time| day.and_time(*time))).collect()
        };
        self.choose(&mut candidates);
        Ok(candidates)
    }

    fn in_hour(&self, hour: NaiveDateTime, days: &[NaiveDate]) -> Vec<NaiveDateTime> {
        if days.is_empty() || self.rule.hours != 0 && !has(self.rule.hours, hour.hour()) {
            return Vec::new();
        }
        self.times.iter().map(|time| hour + (*time - NaiveTime::MIN)).collect()
    }

    /// Keeps only those at certain positions, if the rule names any.
    fn choose(&self, candidates: &mut Vec<NaiveDateTime>) {
        let positions = &self.rule.positions;
        if positions.is_empty() {
            return;
        }
        let is_chosen = |position: usize| i16::try_from(position).is_ok_and(|it| positions.binary_search(&it).is_ok());
        let is_chosen_from_end =
            |position: usize| i16::try_from(position).is_ok_and(|it| positions.binary_search(&-it).is_ok());
        let total = candidates.len();
        let mut position = 0;
        candidates.retain(|_| {
            position += 1;
            is_chosen(position) || is_chosen_from_end(total + 1 - position)
        });
    }

    /// Whether it is on a day of the months in question.
    fn is_on(&self, day: NaiveDate) -> bool {
        self.is_in_weeks(day) && self.is_in_year_days(day) && self.is_in_month_days(day) && self.is_in_weekdays(day)
    }

    fn is_in_weeks(&self, day: NaiveDate) -> bool {
        let weeks = &self.rule.weeks;
        if weeks.is_empty() || self.rule.frequency != Frequency::Years {
            return true;
        }
        // A week belongs to the year that most of it is in: to that of its fourth day.
        let fourth = |day| self.week(day)?.checked_add_days(Days::new(3));
        let week = |day: NaiveDate| i16::try_from(day.ordinal0() / 7 + 1).ok();
        let Some(middle) = fourth(day) else { return false };
        // This day is always in a year's last week.
        let last = NaiveDate::from_ymd_opt(middle.year(), 12, 28).and_then(fourth).and_then(week);
        let (Some(week), Some(last)) = (week(middle), last) else { return false };
        weeks.binary_search(&week).is_ok() || weeks.binary_search(&(week - last - 1)).is_ok()
    }

    fn is_in_year_days(&self, day: NaiveDate) -> bool {
        let days = &self.rule.year_days;
        if days.is_empty() {
            return true;
        }
        let (Ok(ordinal), Ok(length)) = (i16::try_from(day.ordinal()), i16::try_from(year_length(day))) else {
            return false;
        };
        days.binary_search(&ordinal).is_ok() || days.binary_search(&(ordinal - length - 1)).is_ok()
    }

    fn is_in_month_days(&self, day: NaiveDate) -> bool {
        if self.month_days == 0 && self.rule.month_days_from_end == 0 {
            return true;
        }
        let from_end = month_length(day) + 1 - day.day();
        has(self.month_days, day.day()) || has(self.rule.month_days_from_end, from_end)
    }

    fn is_in_weekdays(&self, day: NaiveDate) -> bool {
        let index = weekday_index(day.weekday());
        let ordinals = self.rule.ordinals;
        let any_ordinal = self.ordinals.is_some() && ordinals.iter().any(|it| *it != 0);
        if self.weekdays == 0 && !any_ordinal {
            return true;
        }
        let (before, length) = match self.ordinals {
            None => return has(self.weekdays, day.weekday().num_days_from_monday()),
            Some(Ordinals::Month) => (day.day0(), month_length(day)),
            Some(Ordinals::Year) => (day.ordinal0(), year_length(day)),
        };
        let after = length - 1 - before;
        let bit =
            |weeks: u32, sign: i32| i32::try_from(weeks + 1).ok().and_then(|it| ordinal_bit(sign * it)).unwrap_or(0);
        let counted = bit(before / 7, 1) | bit(after / 7, -1);
        has(self.weekdays, day.weekday().num_days_from_monday()) || ordinals[index] & counted != 0
    }
}

fn next_month(day: NaiveDate) -> Option<NaiveDate> {
    let (year, month) = if day.month() == 12 { (day.year() + 1, 1) } else { (day.year(), day.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1)
}

fn month_length(day: NaiveDate) -> u32 {
    u32::from(day.num_days_in_month())
}

fn year_length(day: NaiveDate) -> u32 {
    if day.leap_year() { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        Written::parse(text).expect("a time").at
    }

    fn expand(first: &str, rule: &str, from: &str, until: &str) -> Result<Vec<NaiveDateTime>, IcsError> {
        let rule = Rule::parse(rule).expect("a rule");
        let last = rule.until.map(|it| it.at);
        rule.times(at(first), last, &(at(from)..at(until)), &mut Work::new())
    }

    /// The days from the first one on, until ten years later.
    fn days(first: &str, rule: &str, most: usize) -> String {
        let until = (at(first) + TimeDelta::days(3660)).format("%Y%m%d").to_string();
        let times = expand(first, rule, first, &until).expect("times");
        times.iter().take(most).map(|it| it.format("%y%m%d").to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_examples_of_the_standard_come_out() {
        let first = "19970902T090000";
        for (rule, expected) in [
            ("FREQ=DAILY;COUNT=3", "970902 970903 970904"),
            ("FREQ=DAILY;INTERVAL=10;COUNT=5", "970902 970912 970922 971002 971012"),
            ("FREQ=DAILY;UNTIL=19970904T090000Z", "970902 970903 970904"),
            ("FREQ=WEEKLY;COUNT=3", "970902 970909 970916"),
            (
                "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,TH;COUNT=8",
                "970902 970904 970916 970918 970930 971002 971014 971016",
            ),
            ("FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "970905 971003 971107 971205"),
            ("FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU", "970907 970928 971102 971130"),
            ("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "970922 971020 971117"),
            ("FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=3", "970928 971029 971128"),
            ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=2,15", "970902 970915 971002 971015"),
            ("FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1", "970930 971001 971031 971101"),
            ("FREQ=MONTHLY;INTERVAL=18;COUNT=3;BYMONTHDAY=10,11,12", "970910 970911 970912"),
            ("FREQ=MONTHLY;INTERVAL=2;BYDAY=TU;COUNT=6", "970902 970909 970916 970923 970930 971104"),
            ("FREQ=YEARLY;BYDAY=20MO;COUNT=3", "980518 990517 000515"),
            ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3", "980511 990517 000515"),
            ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=5", "980305 980312 980319 980326 990304"),
            ("FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200", "000101 000409 000718 030101"),
            ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=4", "980213 980313 981113 990813"),
            ("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=3", "970913 971011 971108"),
            ("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=2", "971104 011106"),
            ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "970904 971007 971106"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3", "970929 971030 971127"),
        ] {
            assert_eq!(days(first, rule, 10), expected, "{rule}");
        }
        assert_eq!(days("19970605T090000", "FREQ=YEARLY;COUNT=3", 9), "970605 980605 990605");
        assert_eq!(days("19970610T090000", "FREQ=YEARLY;COUNT=3;BYMONTH=6,7", 9), "970610 970710 980610");
        // The first day of the week matters to what happens every other one.
        let weeks =
            |start| days("19970805T090000", &format!("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={start}"), 9);
        assert_eq!(
            (weeks("MO"), weeks("SU")),
            ("970805 970810 970819 970824".into(), "970805 970817 970819 970831".into())
        );
    }

    #[test]
    fn times_of_the_day_come_out() {
        let times = |rule: &str| -> Vec<String> {
            let times = expand("19970902T090000", rule, "19970902", "19970904").expect("times");
            times.iter().map(|it| it.format("%d %H:%M").to_string()).collect()
        };
        assert_eq!(times("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z"), ["02 09:00", "02 12:00", "02 15:00"]);
        assert_eq!(times("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,20;COUNT=5").last().map(String::as_str), Some("03 09:00"));
        assert_eq!(times("FREQ=HOURLY;BYHOUR=8,10;BYMINUTE=30"), ["02 10:30", "03 08:30", "03 10:30"]);
        assert_eq!(times("FREQ=DAILY;BYHOUR=10,8;BYSETPOS=-1"), ["02 10:00", "03 10:00"]);
    }

    #[test]
    fn days_that_a_month_or_year_does_not_have_are_left_out() {
        assert_eq!(days("20240131", "FREQ=MONTHLY;COUNT=4", 9), "240131 240331 240531 240731");
        assert_eq!(days("20240229", "FREQ=YEARLY;COUNT=3", 9), "240229 280229 320229");
        assert_eq!(days("20240101", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 9), "");
        // A week that is named, but no day of it: the one that it begins on.
        assert_eq!(days("20240103", "FREQ=YEARLY;BYWEEKNO=1,-1;COUNT=3", 9), "240103 241225 250101");
    }

    #[test]
    fn what_is_no_rule_is_none() {
        for wrong in [
            "",
            "COUNT=3",
            "FREQ=OFTEN",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=99999999999",
            "FREQ=DAILY;COUNT=-1",
            "FREQ=DAILY;UNTIL=soon",
            "FREQ=DAILY;BYMONTH=13",
            "FREQ=DAILY;BYDAY=XX",
            "FREQ=MONTHLY;BYDAY=54MO",
            "FREQ=MONTHLY;BYDAY=0MO",
            "FREQ=MONTHLY;BYDAY=é",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=DAILY;BYHOUR=24",
            "DAILY",
        ] {
            assert_eq!(Rule::parse(wrong), None, "{wrong}");
        }
        assert!(Rule::parse("FREQ=DAILY;X-WHATEVER=1;").is_some());
    }

    #[test]
    fn nothing_is_walked_through_for_long() {
        let work = |first: &str, rule: &str, from: &str, until: &str| {
            let mut work = Work::new();
            let rule = Rule::parse(rule).expect("a rule");
            let found = rule.times(at(first), None, &(at(from)..at(until)), &mut work).map(|it| it.len());
            (found, WORK - work.0)
        };
        let (from, until) = ("20260601", "20260701");
        let (found, spent) = work("19000101", "FREQ=DAILY", from, until);
        assert!(found == Ok(30) && spent < 100, "{spent}");
        let (found, spent) = work("19000101", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", from, until);
        assert!(found == Ok(0) && spent < 100, "{spent}");
        let (found, spent) = work("19000101", "FREQ=DAILY;COUNT=1000000000", from, until);
        assert!(found == Ok(30) && spent < 100_000, "{spent}");
        let (found, spent) = work("20260601", "FREQ=DAILY;INTERVAL=4294967295", from, until);
        assert!(found == Ok(1) && spent < 100, "{spent}");
        let (found, _) = work("00010101", "FREQ=HOURLY;COUNT=1000000000", from, until);
        assert_eq!(found, Err(IcsError::TooFrequent));
        let (found, _) = work("20260601", "FREQ=HOURLY;BYMINUTE=0,10,20,30,40,50;BYSECOND=0,30", from, until);
        assert_eq!(found, Err(IcsError::TooFrequent));
        let (found, _) = work("20260601", "FREQ=HOURLY", "20260601", "20261231");
        assert_eq!(found, Err(IcsError::TooFrequent));
        let all = |most: u32| (0..most).map(|it| it.to_string()).collect::<Vec<_>>().join(",");
        let every_second = format!("FREQ=YEARLY;BYHOUR={};BYMINUTE={};BYSECOND={}", all(24), all(60), all(60));
        assert_eq!(work("20260601", &every_second, from, until).0, Err(IcsError::TooFrequent));
        let every_minute = format!("FREQ=YEARLY;BYMONTHDAY=1,2;BYHOUR={};BYMINUTE={};BYSETPOS=1", all(24), all(60));
        assert_eq!(work("20260101", &every_minute, from, until).0, Ok(0));
        for often in ["FREQ=MINUTELY;COUNT=1", "FREQ=SECONDLY;UNTIL=20000101"] {
            assert_eq!(work("20260601", often, from, until).0, Err(IcsError::TooFrequent), "{often}");
        }
    }

    /// A part of a rule, or none.
    fn part(key: &'static str, values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
        prop_oneof![3 => Just(String::new()), 1 => values.prop_map(move |it| format!(";{key}={it}"))]
    }

    fn list(values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
        proptest::collection::vec(values, 1..4).prop_map(|it| it.join(","))
    }

    fn signed(most: i32) -> impl Strategy<Value = String> {
        (1..=most, any::<bool>()).prop_map(|(it, minus)| if minus { (-it).to_string() } else { it.to_string() })
    }

    fn any_rule() -> impl Strategy<Value = String> {
        let names = || prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
        let days =
            (prop_oneof![Just(String::new()), signed(5)], names()).prop_map(|(ordinal, day)| format!("{ordinal}{day}"));
        let parts = (
            part("INTERVAL", (1..5_i32).prop_map(|it| it.to_string())),
            part("BYMONTH", list((1..13_i32).prop_map(|it| it.to_string()))),
            part("BYMONTHDAY", list(signed(31))),
            part("BYYEARDAY", list(signed(366))),
            part("BYDAY", list(days)),
            part("BYHOUR", list((0..24_i32).prop_map(|it| it.to_string()))),
            part("BYSETPOS", list(signed(4))),
            part("WKST", names().prop_map(str::to_owned)),
        );
        let frequency = prop::sample::select(vec!["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
        (frequency, parts)
            .prop_map(|(frequency, (a, b, c, d, e, f, g, h))| format!("FREQ={frequency}{a}{b}{c}{d}{e}{f}{g}{h}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_range_has_what_happens_in_it_and_what_is_counted_is_the_beginning(
            rule in any_rule(),
            first in 0_i64..1000,
            from in 0_i64..1500,
            length in 1_i64..60,
            count in 0_u32..20,
        ) {
            let start = at("20230101T093000");
            let first = start + TimeDelta::days(first);
            let range = start + TimeDelta::days(from)..start + TimeDelta::days(from + length);
            let parsed = Rule::parse(&rule).expect("a rule");
            let times = |rule: &Rule, range: &Range<NaiveDateTime>| rule.times(first, None, range, &mut Work::new());
            let (Ok(all), Ok(found)) = (times(&parsed, &(first..range.end)), times(&parsed, &range)) else {
                // What happens hourly for years.
                return Ok(());
            };
            let within: Vec<NaiveDateTime> = all.iter().copied().filter(|it| range.contains(it)).collect();
            prop_assert_eq!(&found, &within, "{}", rule);
            prop_assert!(all.is_sorted_by(|one, other| one < other));

            let counted = Rule { count: Some(count), ..parsed };
            let counted = times(&counted, &(first..range.end)).expect("fewer");
            let most = all.len().min(usize::try_from(count).expect("few"));
            prop_assert_eq!(&counted[..], &all[..most], "{}", rule);
        }

        #[test]
        fn nothing_that_is_written_makes_it_fail(
            frequency in "(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY|HOURLY))?",
            parts in "(;[A-Z]{2,10}=[-+0-9A-Z,]{0,9}){0,5}",
        ) {
            if let Some(rule) = Rule::parse(&(frequency + &parts)) {
                let range = at("20260101")..at("20260301");
                let _any = rule.times(at("00010101"), None, &range, &mut Work::new());
            }
        }
    }
}
