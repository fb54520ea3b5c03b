//! Periods of subscriptions.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::Per;

/// The instant at which a period that begins at `start` ends: so many months later at the same time of day, on the
/// `anchor_day` of the month, or on its last day when it has no such day. A subscription of 31 January goes on to
/// 28 February and then to 31 March.
pub fn end(start: DateTime<Utc>, per: Per, anchor_day: u8) -> DateTime<Utc> {
    let months = i32::from(per.months().unwrap_or(0)) + i32::try_from(start.month0()).unwrap_or(0);
    let (year, month) = (start.year() + months.div_euclid(12), months.rem_euclid(12).unsigned_abs() + 1);
    let on = |day| NaiveDate::from_ymd_opt(year, month, day);
    // Each month has 28 days.
    let date = (28..=u32::from(anchor_day)).rev().find_map(on).or_else(|| on(u32::from(anchor_day)));
    date.map_or(start, |date| date.and_time(start.time()).and_utc())
}

/// The day of the month that periods beginning at `start` end on.
pub fn anchor_day(start: DateTime<Utc>) -> u8 {
    u8::try_from(start.day()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_end_of_a_month_stays_the_end() {
        let mut day = at("2027-01-31T12:30:00Z");
        let anchor = anchor_day(day);
        let days = ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"].map(|day| format!("{day}T12:30:00Z"));
        for expected in days {
            day = end(day, Per::Month, anchor);
            assert_eq!(day, at(&expected));
        }
        assert_eq!(end(at("2028-02-29T00:00:00Z"), Per::Year, 29), at("2029-02-28T00:00:00Z"));
        assert_eq!(end(at("2031-02-28T00:00:00Z"), Per::Year, 29), at("2032-02-29T00:00:00Z"));
        assert_eq!(end(at("2026-12-05T23:59:59Z"), Per::Month, 5), at("2027-01-05T23:59:59Z"));
    }
}
