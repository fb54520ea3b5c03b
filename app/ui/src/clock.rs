//! Instants to come, in the reader's own time zone. The server writes them in UTC and says so; the browser writes them anew once
//! it has taken the page over.

use std::{str::FromStr, time::Duration};

use leptos::html::{Div, P, Span, Time};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

const DAY_SECONDS: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
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

/// An instant, in seconds since 1970. It crosses the wire as it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct At(pub i64);

/// A day, counted from the first one of 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i64);

impl At {
    /// What the clock shows then: the reader's, or that of UTC.
    fn shown(self, local: bool) -> i64 {
        if local { self.0 - browser::minutes_behind(self) * 60 } else { self.0 }
    }

    /// Which day it is then: the reader's, or that of UTC.
    pub fn day(self, local: bool) -> Day {
        Day(self.shown(local).div_euclid(DAY_SECONDS))
    }

    /// What time it is then: the reader's, or that of UTC. `14:10`.
    pub fn time(self, local: bool) -> String {
        let minutes = self.shown(local).rem_euclid(DAY_SECONDS) / 60;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// For machines: RFC 3339, in UTC.
    pub fn iso(self) -> String {
        let seconds = self.0.rem_euclid(DAY_SECONDS);
        format!("{}T{}:{:02}Z", self.day(false).iso(), self.time(false), seconds % 60)
    }
}

/// Why something is no instant as it is written for machines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAnInstant;

impl FromStr for At {
    type Err = NotAnInstant;

    /// Reads RFC 3339 in UTC.
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let text = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00")).ok_or(NotAnInstant)?;
        let (date, time) = text.split_once('T').ok_or(NotAnInstant)?;
        let Day(day) = date.parse()?;
        let time = time.split_once('.').map_or(time, |(whole, _)| whole);
        let [hour, minute, second] = numbers(time, ':').ok_or(NotAnInstant)?;
        let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
        if is_time { Ok(Self(day * DAY_SECONDS + hour * 3_600 + minute * 60 + second)) } else { Err(NotAnInstant) }
    }
}

/// Three numbers between two signs.
fn numbers(text: &str, sign: char) -> Option<[i64; 3]> {
    let mut parts = text.split(sign);
    let mut next = || {
        let part = parts.next()?;
        part.bytes().all(|it| it.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    let found = [next()?, next()?, next()?];
    parts.next().is_none().then_some(found)
}

impl Day {
    /// Its year, month and day of the month (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
    fn civil(self) -> (i64, i64, i64) {
        let from_march = self.0 + 719_468;
        let (era, of_era) = (from_march.div_euclid(146_097), from_march.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + i64::from(month <= 2), month, day)
    }

    fn names(self) -> (&'static str, &'static str) {
        // The first day of 1970 was a Thursday.
        let weekday = usize::try_from((self.0 + 3).rem_euclid(7)).unwrap_or_default();
        let month = usize::try_from(self.civil().1 - 1).unwrap_or_default();
        (WEEKDAYS.get(weekday).copied().unwrap_or_default(), MONTHS.get(month).copied().unwrap_or_default())
    }

    /// In few words: `Mon 1 Dec`.
    pub fn short(self) -> String {
        let ((weekday, month), (_, _, day)) = (self.names(), self.civil());
        format!("{} {day} {}", weekday.get(..3).unwrap_or(weekday), month.get(..3).unwrap_or(month))
    }

    /// In full: `Monday 1 December 2025`.
    pub fn full(self) -> String {
        let ((weekday, month), (year, _, day)) = (self.names(), self.civil());
        format!("{weekday} {day} {month} {year}")
    }

    /// For machines: `2025-12-01`.
    pub fn iso(self) -> String {
        let (year, month, day) = self.civil();
        format!("{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = NotAnInstant;

    /// Reads `2025-12-01`.
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let [year, month, day] = numbers(text, '-').ok_or(NotAnInstant)?;
        let from_march = if month <= 2 { year - 1 } else { year };
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let (era, year_of_era) = (from_march.div_euclid(400), from_march.rem_euclid(400));
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        let found = Self(era * 146_097 + of_era - 719_468);
        // What no calendar has comes out as another day.
        if found.iso() == text { Ok(found) } else { Err(NotAnInstant) }
    }
}

/// Whether an element has been taken over by the browser. Not before, so that it finds what the server made.
fn taken_over(is_there: impl Fn() -> bool + 'static) -> RwSignal<bool> {
    let taken = RwSignal::new(false);
    Effect::new(move |_| {
        if is_there() {
            taken.set(true);
        }
    });
    taken
}

/// How much of an instant is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeForm {
    /// `14:10`.
    Time,
    /// `Mon 1 Dec, 14:10`.
    #[default]
    Short,
    /// `Monday 1 December 2025, 14:10`.
    Full,
}

fn written(at: At, form: TimeForm, local: bool) -> String {
    let (day, time) = (at.day(local), at.time(local));
    let words = match form {
        TimeForm::Time => time,
        TimeForm::Short => format!("{}, {time}", day.short()),
        TimeForm::Full => format!("{}, {time}", day.full()),
    };
    if local { words } else { format!("{words} UTC") }
}

/// An instant as the reader's own clock shows it.
#[component]
pub fn LocalTime(
    /// Which.
    at: At,
    /// How much of it is written.
    #[prop(optional)]
    form: TimeForm,
) -> impl IntoView {
    let place = NodeRef::<Time>::new();
    let local = taken_over(move || place.get().is_some());
    view! {
        <time class="local-time" datetime=at.iso() node_ref=place>
            {move || written(at, form, local.get())}
        </time>
    }
    .into_any()
}

/// Whose clock it is that is shown.
fn zone_words(local: bool) -> String {
    match local.then(browser::zone) {
        None => "Times are in UTC.".to_owned(),
        Some(None) => "Times are those of this device.".to_owned(),
        Some(Some(zone)) => format!("Times are yours: {}.", zone.replace('_', " ")),
    }
}

/// Says whose clock the times of a page are shown by.
#[component]
pub fn ZoneNote() -> impl IntoView {
    let place = NodeRef::<Span>::new();
    let local = taken_over(move || place.get().is_some());
    view! { <span class="zone-note" node_ref=place>{move || zone_words(local.get())}</span> }.into_any()
}

/// When something is, large: the day, from when until when, and whose clock shows that.
#[component]
pub fn CallTime(
    /// When it begins.
    start: At,
    /// When it ends.
    end: At,
    /// What the other one's clock shows.
    #[prop(optional_no_strip)]
    note: Option<String>,
) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    let local = taken_over(move || place.get().is_some());
    view! {
        <div class="call-time" node_ref=place>
            <time class="call-day" datetime=start.iso()>{move || start.day(local.get()).full()}</time>
            <span class="call-hours">{move || format!("{} \u{2013} {}", start.time(local.get()), end.time(local.get()))}</span>
            <span class="call-zone">{move || zone_words(local.get())}</span>
            {note.map(|note| view! { <span class="call-zone">{note}</span> })}
        </div>
    }
    .into_any()
}

/// How long something is left, to the second. Before the page is alive it says until when.
#[component]
pub fn Countdown(
    /// Until when.
    until: At,
    /// How many seconds were left when the page was made.
    left: i64,
    /// What runs out, for those who hear it.
    #[prop(into)]
    label: String,
    /// Called when nothing is left.
    #[prop(optional, into)]
    on_end: Option<Callback<()>>,
) -> impl IntoView {
    let place = NodeRef::<P>::new();
    let remains = RwSignal::new(None::<i64>);
    Effect::new(move |_| {
        if place.get().is_none() {
            return;
        }
        let begun = browser::seconds();
        remains.set(Some(left.max(0)));
        let tick = move || {
            let now = (left - (browser::seconds() - begun)).max(0);
            // It ends once.
            let ends = now == 0 && remains.try_get_untracked().flatten() != Some(0);
            _ = remains.try_set(Some(now));
            if let Some(on_end) = on_end.filter(|_| ends) {
                on_end.run(());
            }
        };
        // Without a timer it stands still, and the page can be loaded again.
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
    let words = move || match remains.get() {
        None => format!("until {} UTC", until.time(false)),
        Some(left) => format!("{}:{:02}", left / 60, left % 60),
    };
    let is_short = move || remains.get().is_some_and(|left| left < 60);
    view! {
        <p class="countdown" role="timer" aria-label=label data-short=is_short node_ref=place>
            {words}
        </p>
    }
    .into_any()
}

/// What the browser knows of the reader's clock.
#[cfg(target_arch = "wasm32")]
pub(crate) mod browser {
    use leptos::{
        wasm_bindgen::JsValue,
        web_sys::js_sys::{Date, Intl::DateTimeFormat, Reflect},
    };

    use super::At;

    /// So many minutes have to be taken from UTC for what the reader's clock shows at an instant.
    #[expect(clippy::cast_possible_truncation, reason = "less than a day")]
    pub fn minutes_behind(at: At) -> i64 {
        Date::new(&JsValue::from_f64(at.0 as f64 * 1_000.0)).get_timezone_offset() as i64
    }

    /// The name of the reader's time zone, where the browser tells it.
    pub fn zone() -> Option<String> {
        let options = DateTimeFormat::default().resolved_options();
        Reflect::get(&options, &JsValue::from_str("timeZone")).ok()?.as_string()
    }

    /// What the clock of this device says, in seconds.
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 are far fewer than fit")]
    pub fn seconds() -> i64 {
        (Date::now() / 1_000.0) as i64
    }
}

/// On the server nobody's clock is known.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod browser {
    use super::At;

    pub const fn minutes_behind(_at: At) -> i64 {
        0
    }

    pub const fn zone() -> Option<String> {
        None
    }

    pub const fn seconds() -> i64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_and_read() {
        let at: At = "2025-12-01T14:10:05Z".parse().expect("an instant");
        assert_eq!(at, At(1_764_598_205));
        assert_eq!(at.iso(), "2025-12-01T14:10:05Z");
        assert_eq!("2025-12-01T14:10:05+00:00".parse(), Ok(at));
        assert_eq!("2025-12-01T14:10:05.123456Z".parse(), Ok(at));
        assert_eq!(written(at, TimeForm::Time, false), "14:10 UTC");
        assert_eq!(written(at, TimeForm::Short, false), "Mon 1 Dec, 14:10 UTC");
        assert_eq!(written(at, TimeForm::Full, false), "Monday 1 December 2025, 14:10 UTC");
        for wrong in ["", "2025-12-01", "2025-12-01T14:10:05", "2025-12-01T24:00:00Z", "2025-02-30T00:00:00Z", "x"] {
            assert_eq!(wrong.parse::<At>(), Err(NotAnInstant), "{wrong}");
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (text, day, short) in [
            ("1970-01-01", 0, "Thu 1 Jan"),
            ("2000-02-29", 11_016, "Tue 29 Feb"),
            ("2024-12-31", 20_088, "Tue 31 Dec"),
            ("2026-03-01", 20_513, "Sun 1 Mar"),
        ] {
            assert_eq!(text.parse(), Ok(Day(day)), "{text}");
            assert_eq!(Day(day).short(), short);
            assert_eq!(Day(day).iso(), text);
        }
        for wrong in ["2025-2-1", "2025-13-01", "2025-02-29", "-2025-01-01", "2025-01-01-01"] {
            assert_eq!(wrong.parse::<Day>(), Err(NotAnInstant), "{wrong}");
        }
        assert_eq!(At(-1).day(false).iso(), "1969-12-31");
    }
}
