//! Instants on a page. The server writes the words, so that both sides render the same.

use serde::{Deserialize, Serialize};

/// An instant, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// RFC 3339, for machines.
    pub iso: String,
    /// In few words, as seen from when the page was made: "5 min", "3 h", "12 Mar".
    pub short: String,
    /// In full, in UTC.
    pub full: String,
}

impl From<Moment> for ui::When {
    fn from(moment: Moment) -> Self {
        Self { datetime: moment.iso, text: moment.short, full: moment.full }
    }
}

/// Put together here: a page has dozens of instants, and chrono reads its pattern anew for each.
#[cfg(not(target_arch = "wasm32"))]
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(not(target_arch = "wasm32"))]
impl Moment {
    /// Describes `at` as seen from `now`. Needs both in UTC.
    pub fn describe(at: chrono::DateTime<chrono::Utc>, now: chrono::DateTime<chrono::Utc>) -> Self {
        use chrono::{Datelike, Timelike};
        let ago = now - at;
        let (day, month, year) = (at.day(), MONTHS[at.month0() as usize], at.year());
        let short = match ago.num_seconds() {
            ..=59 => "now".to_owned(),
            60..=3_599 => format!("{} min", ago.num_minutes()),
            3_600..=86_399 => format!("{} h", ago.num_hours()),
            86_400..=604_799 => format!("{} d", ago.num_days()),
            _ if year == now.year() => format!("{day} {}", &month[..3]),
            _ => format!("{day} {} {year}", &month[..3]),
        };
        Self {
            iso: at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            short,
            full: format!("{day} {month} {year}, {:02}:{:02} UTC", at.hour(), at.minute()),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration, Utc};

    use super::Moment;

    #[test]
    fn words_follow_the_distance() {
        let now: DateTime<Utc> = "2026-03-10T12:00:00Z".parse().expect("valid");
        let short = |ago: Duration| Moment::describe(now - ago, now).short;
        assert_eq!(short(Duration::seconds(-5)), "now");
        assert_eq!(short(Duration::seconds(59)), "now");
        assert_eq!(short(Duration::seconds(60)), "1 min");
        assert_eq!(short(Duration::minutes(59)), "59 min");
        assert_eq!(short(Duration::hours(23)), "23 h");
        assert_eq!(short(Duration::days(6)), "6 d");
        assert_eq!(short(Duration::days(8)), "2 Mar");
        assert_eq!(short(Duration::days(100)), "30 Nov 2025");
        assert_eq!(Moment::describe(now, now).full, "10 March 2026, 12:00 UTC");
        for month in 1..=12 {
            let at: DateTime<Utc> = format!("2024-{month:02}-09T07:05:59Z").parse().expect("valid");
            let moment = Moment::describe(at, now);
            assert_eq!(moment.short, at.format("%-d %b %Y").to_string());
            assert_eq!(moment.full, at.format("%-d %B %Y, %H:%M UTC").to_string());
        }
    }
}
