//! What an expert has before them, by their own clock.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{
        describe,
        times::{self, plus},
    },
    chrono::{DateTime, Datelike, Days, NaiveDate, Utc},
    experts_core::{
        BookingState, Error, Party,
        expert::WeekEarned,
        service::{self, DayEntry, Entry, Which},
        window::written_time,
        zone::Zone,
    },
    kernel::PageSize,
    ui::{AvatarSize, DiaryKind},
    web::server::Server,
};

/// So many days from today a week is shown.
#[cfg(not(target_arch = "wasm32"))]
const MOST_DAYS: i64 = 3_700;
/// How many minutes a day has by the clock.
#[cfg(not(target_arch = "wasm32"))]
const DAY: u16 = 24 * 60;

/// A week of the reader's own diary, who waits for their word, and what they earned; nothing, before they set anything up.
#[server(prefix = "/api", endpoint = "experts/diary", input = GetUrl, output = Json)]
pub async fn diary(
    /// A day of the week, or this one.
    #[server(default)]
    week: Option<String>,
) -> Result<Option<dto::Diary>, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let own = service::my_expert(pool, &cx).await.map_err(Failure::from)?;
    if !own.begun {
        return Ok(None);
    }
    let zone = Zone::named(&own.zone).ok_or_else(|| Failure::from(Error::BadRow("zone of an expert")))?;
    let today = zone.day(cx.now());
    // What can't be read is not asked for.
    let is_near = |day: &NaiveDate| (*day - today).num_days().abs() < MOST_DAYS;
    let wanted = week.and_then(|day| day.parse::<NaiveDate>().ok()).filter(is_near).unwrap_or(today);
    let monday = monday_of(wanted);
    let (from, until) = (begins(&zone, monday, cx.now()), begins(&zone, plus(monday, 7), cx.now()));
    let entries = service::day(pool, &cx, from, until).await.map_err(Failure::from)?;
    let size = PageSize::clamped(100);
    let upcoming = service::bookings(pool, &cx, Which::Upcoming, Party::Expert, None, size).await;
    let upcoming = upcoming.map_err(Failure::from)?.items;
    let weeks = service::earnings(pool, &cx).await.map_err(Failure::from)?;
    let last = times::day(plus(monday, 6));
    Ok(Some(dto::Diary {
        title: format!("{} \u{2013} {}", times::day(monday).short(), last.short()),
        days: (0..7).map(|at| day(&zone, plus(monday, at), today, &entries, cx.now())).collect(),
        earlier: monday.checked_sub_days(Days::new(7)).unwrap_or(monday).to_string(),
        later: plus(monday, 7).to_string(),
        is_now: monday == monday_of(today),
        requests: upcoming.iter().filter(|it| it.state == BookingState::Requested).map(describe::line).collect(),
        weeks: weeks.into_iter().map(earned).collect(),
        zone: own.zone,
    }))
}

#[cfg(not(target_arch = "wasm32"))]
fn earned(it: WeekEarned) -> dto::Earned {
    dto::Earned { week: times::day(it.monday).short(), calls: it.calls, earned: it.earned }
}

#[cfg(not(target_arch = "wasm32"))]
fn monday_of(day: NaiveDate) -> NaiveDate {
    let since = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(since)).unwrap_or(day)
}

/// When a day begins there.
#[cfg(not(target_arch = "wasm32"))]
fn begins(zone: &Zone, day: NaiveDate, otherwise: DateTime<Utc>) -> DateTime<Utc> {
    zone.instant(day, 0).unwrap_or(otherwise)
}

/// A day of a diary, of all that stands in it.
#[cfg(not(target_arch = "wasm32"))]
fn day(zone: &Zone, day: NaiveDate, today: NaiveDate, entries: &[DayEntry], now: DateTime<Utc>) -> dto::DiaryDay {
    let span = (begins(zone, day, now), begins(zone, plus(day, 1), now));
    let windows: Vec<(u16, u16)> =
        entries.iter().filter(|it| it.entry == Entry::Window).filter_map(|it| within(zone, it, span)).collect();
    let said: Vec<String> = windows.iter().map(|window| written(*window)).collect();
    dto::DiaryDay {
        title: times::day(day).short(),
        today: day == today,
        note: if said.is_empty() { "No calls are taken".to_owned() } else { format!("Calls {}", said.join(", ")) },
        windows,
        entries: entries.iter().filter_map(|it| entry(zone, it, span)).collect(),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn entry(zone: &Zone, it: &DayEntry, day: (DateTime<Utc>, DateTime<Utc>)) -> Option<dto::Entry> {
    let (kind, call) = match &it.entry {
        Entry::Window => return None,
        Entry::Busy => (DiaryKind::Busy, None),
        Entry::Kept => (DiaryKind::Kept, None),
        Entry::Booking { booking, client, state } => {
            let kind = match state {
                BookingState::Held => DiaryKind::Kept,
                BookingState::Requested => DiaryKind::Asked,
                _ => DiaryKind::Booked,
            };
            (kind, Some((*booking, describe::who(client.clone(), AvatarSize::Tiny), *state)))
        }
    };
    let (from, until) = within(zone, it, day)?;
    Some(dto::Entry { kind, from, until, time: written((from, until)), call })
}

/// From which minute of a day until which something is. What another calendar has is cut at midnight; the rest belongs to the
/// day it begins on.
#[cfg(not(target_arch = "wasm32"))]
fn within(zone: &Zone, it: &DayEntry, (begins, ends): (DateTime<Utc>, DateTime<Utc>)) -> Option<(u16, u16)> {
    let is_cut = it.entry == Entry::Busy;
    let is_here = if is_cut { it.start < ends && it.end > begins } else { (begins..ends).contains(&it.start) };
    if !is_here {
        return None;
    }
    let from = if it.start < begins { 0 } else { zone.minute(it.start) };
    let until = match it.end {
        end if end < ends => zone.minute(end),
        _ if is_cut => DAY,
        end => DAY + zone.minute(end),
    };
    Some((from, until.max(from)))
}

#[cfg(not(target_arch = "wasm32"))]
fn written((from, until): (u16, u16)) -> String {
    format!("{}\u{2013}{}", written_time(from), written_time(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn what_stands_in_a_day_is_measured_by_its_clock() {
        let zone = Zone::named("Europe/Lisbon").expect("a zone");
        let of = |start: &str, end: &str, entry| DayEntry { start: at(start), end: at(end), entry };
        let monday: NaiveDate = "2026-07-06".parse().expect("a day");
        let otherwise = at("2026-01-01T00:00:00Z");
        let span = (begins(&zone, monday, otherwise), begins(&zone, plus(monday, 1), otherwise));
        let call = of("2026-07-06T13:10:00Z", "2026-07-06T13:20:00Z", Entry::Kept);
        assert_eq!(within(&zone, &call, span), Some((14 * 60 + 10, 14 * 60 + 20)));
        let night = of("2026-07-06T22:00:00Z", "2026-07-07T00:30:00Z", Entry::Window);
        assert_eq!(within(&zone, &night, span), Some((23 * 60, DAY + 90)));
        let away = of("2026-07-05T08:00:00Z", "2026-07-08T08:00:00Z", Entry::Busy);
        assert_eq!(within(&zone, &away, span), Some((0, DAY)));
        let next = of("2026-07-07T08:00:00Z", "2026-07-07T09:00:00Z", Entry::Busy);
        assert_eq!(within(&zone, &next, span), None);
        assert_eq!(written((23 * 60, DAY + 90)), "23:00\u{2013}01:30");
        assert_eq!(monday_of("2026-07-12".parse().expect("a day")), monday);
    }
}
