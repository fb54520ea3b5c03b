//! Starts against the same found by walking through real time, in every zone of the database, where clocks are put
//! forward and back.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{NaiveDateTime, Weekday};
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::*;
use crate::{
    window::{Week, Window, parse_time},
    zone::all_names,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn zone(name: &str) -> Zone {
    Zone::named(name).expect("a zone")
}

fn window(from: &str, until: &str) -> Window {
    Window::new(parse_time(from).expect("a time"), parse_time(until).expect("a time")).expect("a window")
}

fn every_day(window: Window, buffer: u16, notice: u32, ahead: u16) -> Hours {
    Hours::new(Week::new([Some(window); 7]), BTreeSet::new(), buffer, notice, ahead).expect("hours")
}

fn span(start: &str, minutes: u16) -> Span {
    Span::lasting(at(start), minutes)
}

fn taken(day_of: &str, start: &str, minutes: u16, buffer: u16) -> Taken {
    Taken { day: day(day_of), call: span(start, minutes), blocked: span(start, minutes + buffer) }
}

/// Starts as the clock in UTC shows them.
fn starts(slots: impl IntoIterator<Item = Slot>) -> Vec<String> {
    slots.into_iter().map(|it| it.start.format("%d %H:%M").to_string()).collect()
}

fn shifts(hours: &Hours, name: &str, on: &str) -> Option<(String, i64)> {
    let shift = shift(hours, &zone(name), day(on))?;
    Some((shift.start.format("%d %H:%M").to_string(), shift.minutes()))
}

#[test]
fn spans_are_half_open() {
    let ten = span("2026-06-01T10:00:00Z", 10);
    assert!(ten.overlaps(&span("2026-06-01T10:09:00Z", 10)) && !ten.overlaps(&span("2026-06-01T10:10:00Z", 10)));
    assert!(!ten.overlaps(&span("2026-06-01T09:50:00Z", 10)) && !ten.overlaps(&span("2026-06-01T10:05:00Z", 0)));
    assert!(ten.holds(&ten) && !ten.holds(&span("2026-06-01T10:00:00Z", 11)));
    assert_eq!(ten.minutes(), 10);
    let slot = Slot { day: day("2026-06-01"), start: ten.start };
    assert_eq!((slot.span(), slot.blocked(5).minutes()), (ten, 15));
}

#[test]
fn a_shift_follows_the_clock_and_has_four_hours_at_most() {
    let morning = every_day(window("09:00", "13:00"), 0, 0, 90);
    assert_eq!(shifts(&morning, "Europe/Berlin", "2026-03-28"), Some(("28 08:00".into(), 240)));
    assert_eq!(shifts(&morning, "Europe/Berlin", "2026-03-29"), Some(("29 07:00".into(), 240)));
    let night = every_day(window("00:30", "04:30"), 0, 0, 90);
    // Put forward an hour within it: three are left. Put back: the clock would show five, the last is cut off.
    assert_eq!(shifts(&night, "Europe/Berlin", "2026-03-29"), Some(("28 23:30".into(), 180)));
    assert_eq!(shifts(&night, "Europe/Berlin", "2026-10-25"), Some(("24 22:30".into(), 240)));
    // The first of two half past twos, and no more than what the window has of the day.
    let short = every_day(window("02:30", "03:30"), 0, 0, 90);
    assert_eq!(shifts(&short, "Europe/Berlin", "2026-10-25"), Some(("25 00:30".into(), 120)));
    // It begins later, when it would be over already.
    let gone = every_day(window("02:30", "03:15"), 0, 0, 90);
    assert_eq!(shifts(&gone, "Europe/Berlin", "2026-03-29"), None);
    // Past midnight, into the night that clocks are changed in.
    let late = every_day(window("23:00", "02:30"), 0, 0, 90);
    assert_eq!(shifts(&late, "Europe/Berlin", "2026-03-28"), Some(("28 22:00".into(), 210)));
    // Scoresbysund leaves out the last hour of a day.
    assert_eq!(shifts(&late, "America/Scoresbysund", "2026-03-28"), Some(("29 01:00".into(), 150)));
}

#[test]
fn there_is_no_shift_without_a_window_or_on_a_day_off() {
    let monday = Week::new([Some(window("09:00", "13:00")), None, None, None, None, None, None]);
    let hours = Hours::new(monday, BTreeSet::from([day("2026-06-08")]), 0, 0, 90).expect("hours");
    assert!(shifts(&hours, "UTC", "2026-06-01").is_some());
    assert!(shifts(&hours, "UTC", "2026-06-02").is_none() && shifts(&hours, "UTC", "2026-06-08").is_none());
}

#[test]
fn starts_are_a_slice_and_a_pause_apart() {
    let shift = span("2026-06-01T09:00:00Z", 60);
    let minutes = |buffer| -> Vec<i64> { grid(shift, buffer).map(|it| (it - shift.start).num_minutes()).collect() };
    assert_eq!(minutes(0), [0, 10, 20, 30, 40, 50]);
    assert_eq!(minutes(5), [0, 15, 30, 45]);
    assert_eq!(minutes(25), [0, 35]);
    // The pause after the last one may be after the shift.
    assert_eq!(minutes(50), [0]);
    assert_eq!(minutes(40), [0, 50]);
    assert_eq!(grid(span("2026-06-01T09:00:00Z", 9), 0).count(), 0);
}

#[test]
fn what_is_taken_busy_too_soon_or_too_far_is_not_free() {
    let (hours, utc) = (every_day(window("09:00", "10:00"), 5, 60, 2), zone("UTC"));
    let taken = [taken("2026-06-01", "2026-06-01T09:15:00Z", 10, 5)];
    let busy = [span("2026-06-02T09:00:00Z", 20)];
    let diary = Diary { hours: &hours, zone: &utc, taken: &taken, busy: &busy, now: at("2026-06-01T07:30:00Z") };
    let all = || starts(diary.free(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC));
    assert_eq!(all(), ["01 09:00", "01 09:30", "01 09:45", "02 09:30", "02 09:45"]);
    assert_eq!(starts(diary.free(at("2026-06-01T09:30:00Z"), at("2026-06-02T09:45:00Z"))).len(), 3);
    assert_eq!(starts(diary.earliest()), ["01 09:00"]);

    let check = |text: &str| diary.check(at(text)).map(|slot| slot.day.to_string());
    assert_eq!(check("2026-06-01T09:30:00Z"), Ok("2026-06-01".to_owned()));
    assert_eq!(check("2026-06-01T07:29:59Z"), Err(SlotError::Past));
    assert_eq!(check("2026-06-01T08:29:59Z"), Err(SlotError::TooSoon { minutes: 60 }));
    assert_eq!(check("2026-06-01T08:30:00Z"), Err(SlotError::Closed));
    assert_eq!(check("2026-06-01T10:00:00Z"), Err(SlotError::Closed));
    assert_eq!(check("2026-06-03T09:00:00Z"), Err(SlotError::TooFar { days: 2 }));
    assert_eq!(check("2026-06-01T09:15:00Z"), Err(SlotError::Taken));
    assert_eq!(check("2026-06-02T09:00:00Z"), Err(SlotError::Taken));
    assert_eq!(
        check("2026-06-01T09:35:00Z"),
        Err(SlotError::OffGrid { before: at("2026-06-01T09:30:00Z"), after: Some(at("2026-06-01T09:45:00Z")) })
    );
    assert_eq!(
        check("2026-06-01T09:55:00Z"),
        Err(SlotError::OffGrid { before: at("2026-06-01T09:45:00Z"), after: None })
    );
    assert_eq!(
        diary.check(at("2026-06-01T08:00:00Z")).map_err(|it| it.to_string()),
        Err("Calls are booked 1 h before they begin, or earlier. Choose a later time.".to_owned())
    );

    // To the instant: with an hour's notice, and two days ahead.
    let at_the_edges = Diary { now: at("2026-06-01T08:00:00Z"), ..diary };
    assert_eq!(starts(at_the_edges.earliest()), ["01 09:00"]);
    let later = Diary { now: at("2026-06-01T08:00:01Z"), ..diary };
    assert_eq!(starts(later.earliest()), ["01 09:30"]);
    let until = Diary { now: at("2026-05-31T09:30:00Z"), ..diary };
    assert_eq!(starts(until.free(until.now, DateTime::<Utc>::MAX_UTC)).last().map(String::as_str), Some("02 09:30"));
}

#[test]
fn a_pause_that_was_longer_or_shorter_still_counts() {
    let (hours, utc) = (every_day(window("09:00", "10:00"), 0, 0, 1), zone("UTC"));
    // The pause was half an hour when the first was taken, and reaches over the second.
    let taken =
        [taken("2026-06-01", "2026-06-01T09:05:00Z", 10, 30), taken("2026-06-01", "2026-06-01T09:20:00Z", 10, 0)];
    let diary = Diary { hours: &hours, zone: &utc, taken: &taken, busy: &[], now: at("2026-06-01T08:00:00Z") };
    assert_eq!(starts(diary.free(diary.now, at("2026-06-02T00:00:00Z"))), ["01 09:50"]);
}

#[test]
fn a_day_with_four_hours_of_calls_is_full() {
    let (hours, utc) = (every_day(window("09:00", "13:00"), 0, 0, 2), zone("UTC"));
    // Taken when the window was another one.
    let [nearly, full] = [230, 235].map(|minutes| [taken("2026-06-01", "2026-06-01T14:00:00Z", minutes, 0)]);
    let nearly = Diary { hours: &hours, zone: &utc, taken: &nearly, busy: &[], now: at("2026-06-01T08:00:00Z") };
    let first = at("2026-06-01T09:00:00Z");
    assert_eq!(nearly.check(first).map(|it| it.start), Ok(first));
    let full = Diary { taken: &full, ..nearly };
    assert_eq!(full.check(first), Err(SlotError::DayFull));
    assert_eq!(starts(full.earliest()), ["02 09:00"]);
}

#[test]
fn shifts_of_two_days_may_overlap() {
    let mut week = [None; 7];
    week[0] = Some(window("22:00", "02:00"));
    week[1] = Some(window("00:00", "00:40"));
    let hours = Hours::new(Week::new(week), BTreeSet::new(), 5, 0, 7).expect("hours");
    let utc = zone("UTC");
    let diary = Diary { hours: &hours, zone: &utc, taken: &[], busy: &[], now: at("2026-06-01T23:20:00Z") };
    let found: Vec<Slot> = diary.free(diary.now, at("2026-06-02T00:50:00Z")).collect();
    // On the hour and the quarters on both days: once, and the first day's.
    assert_eq!(starts(found.clone()), ["01 23:30", "01 23:45", "02 00:00", "02 00:15", "02 00:30", "02 00:45"]);
    assert!(found.iter().all(|slot| slot.day == day("2026-06-01")));
    // When the first day is full, they are the second day's.
    let full = [taken("2026-06-01", "2026-06-01T08:00:00Z", 240, 0)];
    let diary = Diary { taken: &full, ..diary };
    let found: Vec<Slot> = diary.free(diary.now, at("2026-06-02T00:50:00Z")).collect();
    assert_eq!(starts(found.clone()), ["02 00:00", "02 00:15", "02 00:30"]);
    assert!(found.iter().all(|slot| slot.day == day("2026-06-02") && diary.check(slot.start) == Ok(*slot)));
    assert_eq!(diary.check(at("2026-06-02T00:45:00Z")), Err(SlotError::DayFull));
}

#[test]
fn what_counts_to_a_day_may_be_after_it_or_while_the_clock_shows_the_one_before() {
    let hours = every_day(window("22:00", "02:00"), 0, 0, 7);
    let utc = zone("UTC");
    let diary = Diary { hours: &hours, zone: &utc, taken: &[], busy: &[], now: at("2026-06-02T00:55:00Z") };
    assert_eq!(diary.earliest().map(|it| (it.day, it.start)), Some((day("2026-06-01"), at("2026-06-02T01:00:00Z"))));

    // In St John's it was midnight, a minute later an hour before it once more.
    let hours = every_day(window("00:00", "01:00"), 0, 0, 7);
    let st_johns = zone("America/St_Johns");
    let diary = Diary { hours: &hours, zone: &st_johns, taken: &[], busy: &[], now: at("2010-11-06T12:00:00Z") };
    let found: Vec<Slot> = diary.free(at("2010-11-07T02:35:00Z"), at("2010-11-07T02:45:00Z")).collect();
    assert_eq!(found, [Slot { day: day("2010-11-07"), start: at("2010-11-07T02:40:00Z") }]);
    assert_eq!(st_johns.written(found[0].start), "Sat 6 Nov, 23:10");
    assert_eq!(diary.check(found[0].start), Ok(found[0]));
}

#[test]
fn the_nearest_are_on_both_sides_and_in_order() {
    let (hours, utc) = (every_day(window("09:00", "10:00"), 0, 0, 2), zone("UTC"));
    let taken = [taken("2026-06-01", "2026-06-01T09:20:00Z", 20, 0)];
    let diary = Diary { hours: &hours, zone: &utc, taken: &taken, busy: &[], now: at("2026-06-01T08:00:00Z") };
    let nearest = |wanted: &str, most| starts(diary.nearest(at(wanted), most));
    assert_eq!(nearest("2026-06-01T09:20:00Z", 3), ["01 09:00", "01 09:10", "01 09:40"]);
    assert_eq!(nearest("2026-06-01T09:40:00Z", 1), ["01 09:40"]);
    // As far: the earlier one.
    assert_eq!(nearest("2026-06-01T09:25:00Z", 1), ["01 09:10"]);
    assert_eq!(nearest("2026-06-01T07:00:00Z", 2), ["01 09:00", "01 09:10"]);
    assert_eq!(nearest("2026-07-01T07:00:00Z", 2), ["02 09:40", "02 09:50"]);
    assert_eq!(nearest("2026-06-01T09:25:00Z", 0).len(), 0);
    assert_eq!(nearest("2026-06-01T09:25:00Z", 1000).len(), 10);
}

#[test]
fn a_call_can_be_extended_where_nothing_is_in_the_way() {
    let (hours, utc) = (every_day(window("09:00", "10:00"), 5, 600, 2), zone("UTC"));
    let call = taken("2026-06-01", "2026-06-01T09:00:00Z", 10, 5);
    let last = taken("2026-06-01", "2026-06-01T09:45:00Z", 15, 5);
    let extension = |of: &Taken, taken: &[Taken], busy: &[Span]| {
        let diary = Diary { hours: &hours, zone: &utc, taken, busy, now: at("2026-06-01T09:05:00Z") };
        diary.extension(of)
    };
    assert_eq!(extension(&call, &[call, last], &[]), Ok(span("2026-06-01T09:10:00Z", 10)));
    // The pause after it would reach into the next one.
    let next = taken("2026-06-01", "2026-06-01T09:20:00Z", 10, 5);
    assert_eq!(extension(&call, &[call, next], &[]), Err(SlotError::Taken));
    let later = taken("2026-06-01", "2026-06-01T09:25:00Z", 10, 5);
    assert!(extension(&call, &[call, later], &[]).is_ok());
    // Other calendars are asked about the call only.
    assert_eq!(extension(&call, &[call], &[span("2026-06-01T09:15:00Z", 60)]), Err(SlotError::Taken));
    assert!(extension(&call, &[call], &[span("2026-06-01T09:20:00Z", 60)]).is_ok());
    // It would be over after the shift; its day has none any more; its day is full.
    assert_eq!(extension(&last, &[call, last], &[]), Err(SlotError::Closed));
    let long = taken("2026-06-01", "2026-06-01T12:00:00Z", 225, 0);
    assert_eq!(extension(&call, &[call, long], &[]), Err(SlotError::DayFull));
    assert_eq!(extension(&call, &[long], &[]), Err(SlotError::DayFull));
}

/// Real time from an instant on, in steps of so many minutes, and what a clock shows at each.
struct RealTime {
    from: DateTime<Utc>,
    step: i64,
    shown: Vec<NaiveDateTime>,
}

impl RealTime {
    /// The time in which windows of these days can be, and more.
    fn around(zone: &Zone, first: NaiveDate, last: NaiveDate, step: i64) -> Self {
        let from = zone.instant(first, 0).expect("midnight") - TimeDelta::hours(3);
        let until = zone.instant(last, 1440).expect("midnight") + TimeDelta::hours(8);
        let steps = (until - from).num_minutes() / step;
        Self { from, step, shown: (0..steps).map(|it| zone.wall(from + TimeDelta::minutes(it * step))).collect() }
    }

    fn instant(&self, index: usize) -> DateTime<Utc> {
        self.from + TimeDelta::minutes(i64::try_from(index).expect("few") * self.step)
    }

    fn steps(&self, length: TimeDelta) -> usize {
        usize::try_from(length.num_minutes() / self.step).unwrap_or(0)
    }

    /// The step at which it is time: the first one at which the clock shows as late as that. If the clock jumped over
    /// it, as long after the jump as the time is after what the clock would have shown then.
    fn first(&self, time: NaiveDateTime) -> usize {
        // Clocks are put by less than three hours: before that it is not time yet.
        let early = self.steps(time - self.shown[0] - TimeDelta::hours(3));
        let first = early + self.shown[early..].iter().position(|shown| *shown >= time).expect("a step");
        let due = self.shown[first - 1] + TimeDelta::minutes(self.step);
        if self.shown[first] > time { first + self.steps(time - due) } else { first }
    }

    /// The steps of a day's shift, by index.
    fn shift(&self, hours: &Hours, day: NaiveDate) -> std::ops::Range<usize> {
        let window = hours.week().get(day.weekday()).filter(|_| !hours.days_off().contains(&day));
        let Some(window) = window else { return 0..0 };
        let midnight = day.and_hms_opt(0, 0, 0).expect("midnight");
        let from = self.first(midnight + TimeDelta::minutes(window.from().into()));
        let until = self.first(midnight + TimeDelta::minutes((window.from() + window.minutes()).into()));
        from..until.min(from + self.steps(TimeDelta::hours(4))).max(from)
    }
}

/// How a zone puts its clocks in these years: when, from what, to what. Zones that do the same at the same time are
/// tried once.
fn changes(name: &str) -> Vec<(i64, i32, i32)> {
    let zone = TimeZone::get(name).expect("a zone");
    let from: Timestamp = "2024-01-01T00:00:00Z".parse().expect("an instant");
    let until: Timestamp = "2029-01-01T00:00:00Z".parse().expect("an instant");
    let mut before = zone.to_offset(from).seconds();
    let mut changes = vec![(0, before, before)];
    for change in zone.following(from).take_while(|it| it.timestamp() < until) {
        let after = change.offset().seconds();
        changes.push((change.timestamp().as_second(), before, after));
        // Windows and pauses are in steps of five minutes, and so are clocks put.
        assert!(change.timestamp().as_second() % 300 == 0 && (after - before) % 300 == 0, "{name}: {changes:?}");
        before = after;
    }
    changes
}

/// One zone for each way of putting clocks, with the days on which it does: the first of January stands for those that
/// don't.
fn zones() -> Vec<(Zone, Vec<NaiveDate>)> {
    let mut seen = HashSet::new();
    let named = all_names().into_iter().map(|name| (changes(&name), name)).filter(|(it, _)| seen.insert(it.clone()));
    let zones = named.map(|(changes, name)| {
        let zone = zone(&name);
        let days = changes.iter().map(|(at, _, _)| match at {
            0 => day("2024-01-01"),
            at => zone.day(DateTime::from_timestamp(*at, 0).expect("an instant")),
        });
        let days = days.collect();
        (zone, days)
    });
    zones.collect()
}

#[test]
fn shifts_are_what_walking_through_real_time_finds_in_all_zones() {
    let windows = [
        window("00:00", "04:00"),
        window("01:05", "02:35"),
        window("02:15", "02:30"),
        window("02:30", "03:15"),
        window("22:00", "02:00"),
        window("23:30", "00:10"),
        window("23:45", "03:45"),
    ];
    let hours = windows.map(|window| every_day(window, 0, 0, 90));
    let zones = zones();
    assert!(zones.len() > 50, "{}", zones.len());
    for (zone, days) in zones {
        for changed in days {
            let days = || around(changed);
            let walk =
                RealTime::around(&zone, changed.pred_opt().expect("a day"), changed.succ_opt().expect("a day"), 5);
            for (hours, day) in hours.iter().flat_map(|hours| days().map(move |day| (hours, day))) {
                let naive = walk.shift(hours, day);
                let naive = (!naive.is_empty())
                    .then(|| Span { start: walk.instant(naive.start), end: walk.instant(naive.end) });
                assert_eq!(shift(hours, &zone, day), naive, "{} on {day}: {hours:?}", zone.name());
            }
        }
    }
}

/// Something that is taken or busy near a day: minutes from its midnight in UTC on, and how many.
fn near(most: u16) -> impl Strategy<Value = Vec<(i64, u16)>> {
    proptest::collection::vec(((-500_i64..1000).prop_map(|it| it * 5), (1..most).prop_map(|it| it * 5)), 0..6)
}

fn any_window() -> impl Strategy<Value = Option<Window>> {
    // At night, when clocks are changed, more often than not.
    let from = prop_oneof![3 => 0_u16..60, 2 => 252_u16..288, 1 => 0_u16..288];
    let window = (from, 2_u16..=48).prop_map(|(from, length)| Window::lasting(from * 5, length * 5).expect("a window"));
    prop_oneof![1 => Just(None), 5 => window.prop_map(Some)]
}

fn any_hours() -> impl Strategy<Value = Hours> {
    let week = proptest::array::uniform7(any_window()).prop_map(Week::new);
    let notice = prop_oneof![Just(0_u32), Just(90), Just(1500)];
    (week, (0_u16..=12).prop_map(|it| it * 5), notice, 1_u16..4).prop_map(|(week, buffer, notice, ahead)| {
        Hours::new(week, BTreeSet::new(), buffer, notice, ahead).expect("hours")
    })
}

/// The slots of a few days, found by asking of each minute whether one begins.
fn naive(diary: &Diary<'_>, minutes: &RealTime, first: NaiveDate) -> Vec<Slot> {
    let days: Vec<NaiveDate> = first.iter_days().take(4).collect();
    let step = usize::from(10 + diary.hours.buffer());
    let shifts: BTreeMap<NaiveDate, _> = days.iter().map(|day| (*day, minutes.shift(diary.hours, *day))).collect();
    let mut slots = Vec::new();
    for index in 0..minutes.shown.len() {
        let start = minutes.instant(index);
        let soon = start < diary.now + TimeDelta::minutes(diary.hours.notice().into());
        if soon || start > diary.now + TimeDelta::days(diary.hours.ahead().into()) {
            continue;
        }
        let on_grid = days.iter().filter(|day| {
            let shift = &shifts[day];
            shift.contains(&index) && (index - shift.start).is_multiple_of(step) && index + 10 <= shift.end
        });
        let roomy = on_grid.filter(|day| {
            let minutes: i64 = diary.taken.iter().filter(|it| it.day == **day).map(|it| it.call.minutes()).sum();
            minutes + 10 <= 240
        });
        let slot = roomy.map(|day| Slot { day: *day, start }).next();
        slots.extend(slot.filter(|slot| {
            let blocked = slot.blocked(diary.hours.buffer());
            !diary.taken.iter().any(|it| it.blocked.start < blocked.end && blocked.start < it.blocked.end)
                && !diary.busy.iter().any(|it| it.start < slot.span().end && start < it.end)
        }));
    }
    slots
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn free_slots_are_what_asking_of_each_minute_finds(
        (zone, changed) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(|(zone, change)| {
            static ZONES: std::sync::LazyLock<Vec<(Zone, Vec<NaiveDate>)>> = std::sync::LazyLock::new(zones);
            let (zone, days) = zone.get(&ZONES);
            (zone.clone(), *change.get(days))
        }),
        hours in any_hours(),
        off in prop_oneof![3 => Just(None), 1 => (-1_i64..2).prop_map(Some)],
        times in near(30),
        pauses in proptest::array::uniform6(0_u16..13),
        full in 0_i64..8,
        busy in near(100),
        now in -3000_i64..0,
        range in (0_i64..46 * 60, 0_i64..46 * 60),
    ) {
        let days_off = off.map(|it| changed + TimeDelta::days(it)).into_iter().collect();
        let hours = Hours::new(*hours.week(), days_off, hours.buffer(), hours.notice(), hours.ahead()).expect("hours");
        let midnight = changed.and_hms_opt(0, 0, 0).expect("midnight").and_utc();
        let from = |minutes: i64, length: u16| Span::lasting(midnight + TimeDelta::minutes(minutes), length);
        let mut taken: Vec<Taken> = times.iter().zip(pauses).map(|((minutes, length), pause)| Taken {
            day: zone.day(from(*minutes, 0).start),
            call: from(*minutes, *length),
            blocked: from(*minutes, *length + pause * 5),
        }).collect();
        // Now and then a day is nearly full of calls that are elsewhere by now.
        if full < 3 {
            let on = changed + TimeDelta::days(full - 1);
            taken.push(Taken { day: on, call: from(-20_000, 225), blocked: from(-20_000, 225) });
        }
        taken.sort_by_key(|it| it.blocked.start);
        let mut busy: Vec<Span> = busy.iter().map(|(minutes, length)| from(*minutes, *length)).collect();
        busy.sort_by_key(|it| it.start);
        let now = midnight + TimeDelta::minutes(now);
        let diary = Diary { hours: &hours, zone: &zone, taken: &taken, busy: &busy, now };

        let first = changed - TimeDelta::days(1);
        let minutes = RealTime::around(&zone, first, first + TimeDelta::days(3), 1);
        // Between six hours before midnight and forty hours after it, no day counts but the four.
        let within = |minutes: i64| midnight + TimeDelta::hours(-6) + TimeDelta::minutes(minutes);
        let (start, end) = (within(range.0.min(range.1)), within(range.0.max(range.1)));
        let is_asked_for = |slot: &Slot| slot.start >= start && slot.start < end;
        let expected: Vec<Slot> = naive(&diary, &minutes, first).into_iter().filter(is_asked_for).collect();
        let found: Vec<Slot> = diary.free(start, end).collect();
        prop_assert_eq!(&found, &expected, "{} around {}", zone.name(), changed);

        // What is listed can be had, and nothing else can.
        let listed: BTreeMap<DateTime<Utc>, Slot> = found.iter().map(|slot| (slot.start, *slot)).collect();
        for minute in (0..(end - start).num_minutes()).filter(|it| (range.0.min(range.1) + it) % 5 == 0) {
            let at = start + TimeDelta::minutes(minute);
            prop_assert_eq!(diary.check(at).ok(), listed.get(&at).copied());
        }
        // Four hours a day, and nobody is in anybody's way.
        for slots in found.chunk_by(|one, other| one.day == other.day) {
            prop_assert!(slots.len() <= 24);
            for pair in slots.windows(2) {
                prop_assert!(!pair[0].blocked(hours.buffer()).overlaps(&pair[1].blocked(hours.buffer())));
            }
        }
        // The nearest are nearer than all others.
        let wanted = midnight + TimeDelta::hours(2);
        let all: Vec<Slot> = diary.free(diary.now, DateTime::<Utc>::MAX_UTC).collect();
        let nearest = diary.nearest(wanted, 3);
        prop_assert_eq!(nearest.len(), all.len().min(3));
        prop_assert!(nearest.is_sorted_by_key(|slot| slot.start));
        let mut distances: Vec<TimeDelta> = all.iter().map(|slot| (slot.start - wanted).abs()).collect();
        distances.sort_unstable();
        let mut kept: Vec<TimeDelta> = nearest.iter().map(|slot| (slot.start - wanted).abs()).collect();
        kept.sort_unstable();
        prop_assert_eq!(&kept[..], &distances[..kept.len()]);
        prop_assert_eq!(diary.earliest(), all.first().copied());
    }

    #[test]
    fn a_day_that_is_booked_out_slice_by_slice_has_four_hours_at_most(
        hours in any_hours(),
        seed in proptest::collection::vec(any::<prop::sample::Index>(), 0..60),
    ) {
        let berlin = zone("Europe/Berlin");
        let hours = Hours::new(*hours.week(), BTreeSet::new(), hours.buffer(), 0, 3).expect("hours");
        let now = at("2026-10-24T00:00:00Z");
        let mut taken: Vec<Taken> = Vec::new();
        for pick in seed {
            let diary = Diary { hours: &hours, zone: &berlin, taken: &taken, busy: &[], now };
            let free: Vec<Slot> = diary.free(now, DateTime::<Utc>::MAX_UTC).collect();
            let Some(slot) = (!free.is_empty()).then(|| pick.get(&free)) else { break };
            // Every other call is extended, where it can be.
            let mut new = Taken { day: slot.day, call: slot.span(), blocked: slot.blocked(hours.buffer()) };
            if slot.start.timestamp() % 1200 == 0 && let Ok(more) = diary.extension(&new) {
                new.call.end = more.end;
                new.blocked.end = more.end + length(hours.buffer());
            }
            taken.push(new);
            taken.sort_by_key(|it| it.blocked.start);
        }
        prop_assert!(taken.windows(2).all(|pair| !pair[0].blocked.overlaps(&pair[1].blocked)));
        let mut minutes: BTreeMap<NaiveDate, i64> = BTreeMap::new();
        for it in &taken {
            *minutes.entry(it.day).or_default() += it.call.minutes();
            prop_assert!(shift(&hours, &berlin, it.day).is_some_and(|shift| shift.holds(&it.call)));
        }
        prop_assert!(minutes.values().all(|it| *it <= 240));
    }
}

#[test]
fn weekdays_are_those_of_the_zone() {
    let mut week = [None; 7];
    week[1] = Some(window("01:00", "02:00"));
    let hours = Hours::new(Week::new(week), BTreeSet::new(), 0, 0, 7).expect("hours");
    let tokyo = zone("Asia/Tokyo");
    let diary = Diary { hours: &hours, zone: &tokyo, taken: &[], busy: &[], now: at("2026-06-01T12:00:00Z") };
    let slot = diary.earliest().expect("a slot");
    assert_eq!((slot.day.weekday(), slot.start), (Weekday::Tue, at("2026-06-01T16:00:00Z")));
}
