//! Free times, a week at a time.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use experts_core::service;
use kernel::AccountId;
use ui::Day;
use web::{Failure, server::Server};

use super::describe::at;
use crate::dto::{Offer, Times};

/// So many days are shown at a time.
const WEEK: u64 = 7;
/// Nothing can be booked further ahead.
const MOST_AHEAD: u64 = 90;
/// So far clocks are from UTC at most, in hours.
const FAR: i64 = 14;

/// What is free of an expert's time in a week: the one that begins on a day as it stands in the address, or from now on.
pub async fn week(server: &Server, expert: AccountId, wanted: Option<&str>) -> Result<Times, Failure> {
    let (pool, now) = (server.database.pool(), server.world.now());
    let today = now.date_naive();
    let last_of_all = plus(today, MOST_AHEAD);
    // What can't be read, or is over, is not asked for.
    let first = wanted.and_then(|day| day.parse::<NaiveDate>().ok()).filter(|day| *day > today);
    let first = first.map(|day| day.min(last_of_all));
    let (from, last) = (first.unwrap_or(today), plus(first.unwrap_or(today), WEEK - 1));
    let begins = midnight(from) - TimeDelta::hours(FAR);
    let ends = midnight(plus(last, 1)) + TimeDelta::hours(FAR);
    let free = service::slots(pool, &server.world.cx(()), expert, begins, ends).await.map_err(Failure::from)?;
    let next = plus(last, 1);
    Ok(Times {
        times: free.into_iter().map(|slot| at(slot.start)).collect(),
        first: first.map(day),
        last: day(last),
        earlier: first.map(|first| before(first, today)),
        later: (next <= last_of_all).then(|| next.to_string()),
    })
}

/// Nothing is free.
pub fn none(server: &Server) -> Times {
    let last = day(plus(server.world.now().date_naive(), WEEK - 1));
    Times { times: Vec::new(), first: None, last, earlier: None, later: None }
}

impl Times {
    /// Adds what is kept for the reader alone, which is free for nobody else.
    pub fn add(&mut self, offers: &[Offer]) {
        self.times.extend(offers.iter().map(|offer| offer.start));
        self.times.sort_unstable();
        self.times.dedup();
    }
}

/// The week before one, as it stands in the address: nothing, when that is the first one.
fn before(first: NaiveDate, today: NaiveDate) -> String {
    let before = first.checked_sub_days(Days::new(WEEK)).filter(|before| *before > today);
    before.map(|day| day.to_string()).unwrap_or_default()
}

/// So many days after a day.
pub fn plus(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// A day, as pages show it.
pub fn day(day: NaiveDate) -> Day {
    at(midnight(day)).day(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_lead_back_to_the_first() {
        let of = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(before(of("2026-01-15"), of("2026-01-01")), "2026-01-08");
        assert_eq!(before(of("2026-01-08"), of("2026-01-01")), "");
        assert_eq!(day(of("2026-01-08")).iso(), "2026-01-08");
    }
}
