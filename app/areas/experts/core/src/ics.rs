//! Calendars in the format that all of them speak (RFC 5545): reading when others say somebody is busy, and writing
//! meetings for others to read.
//!
//! Reading is by hand. What is read comes from anybody, so that its cost has to be bounded whatever it says. The crates
//! for it either go into nested components by recursion, until the stack is full, or go through all that recurs from its
//! first time on.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use thiserror::Error;

use self::{
    dates::{End, Length, Written},
    lines::Line,
    places::{Change, Names, OwnZone, Place, PlaceNumber},
    recur::{Rule, Work},
};
use crate::{slots::Span, zone::Zone};

mod dates;
mod lines;
mod places;
mod recur;
#[cfg(test)]
mod tests;

/// How large a calendar may be, in bytes.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// How many components a calendar may have, and how many rules.
const MOST_COMPONENTS: usize = 10_000;
/// How many spans are kept at a time before those that touch are made one.
const MANY_SPANS: usize = 50_000;
/// How many spans there may be in all.
const MOST_SPANS: usize = 200_000;

/// Why a calendar can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum IcsError {
    /// It has too many bytes.
    #[error("This calendar has more than 2 MB. Share one that doesn't reach back as far.")]
    TooLarge,
    /// It has too many entries.
    #[error("This calendar has more than 10,000 entries. Share one that doesn't reach back as far.")]
    TooMany,
    /// Something in it happens too often.
    #[error(
        "Something in this calendar recurs too often to be looked through. Take out what recurs every few minutes."
    )]
    TooFrequent,
    /// It is something else.
    #[error("There is no calendar at this address. It has to be the address of a calendar in the iCal format (.ics).")]
    NotACalendar,
}

/// When a calendar says that somebody is busy, in a range: sorted, and what touches is one.
///
/// Busy is what an event takes up, each time it recurs, unless it was cancelled or says that it takes up no time; and
/// what is called busy directly. Whole days, and times without a zone, are those of a home zone. What makes no sense is
/// passed over.
pub fn busy(bytes: &[u8], home: &Zone, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Span>, IcsError> {
    if bytes.len() > MOST_BYTES {
        return Err(IcsError::TooLarge);
    }
    let text = String::from_utf8_lossy(bytes);
    let contents = Contents::read(&text)?;
    let mut spans = Spans { range: Span { start: from, end: until }, found: Vec::new(), merge_at: MANY_SPANS };
    // Clocks differ by less than that from UTC.
    let around = TimeDelta::days(2);
    let (Some(first), Some(last)) =
        (from.naive_utc().checked_sub_signed(around), until.naive_utc().checked_add_signed(around))
    else {
        return Ok(Vec::new());
    };
    let mut work = Work::new();
    let range = first..last;
    let places = Places { home: Place::Known(home.clone()), named: contents.names.places(home, &range, &mut work)? };
    let replaced = contents.replaced(&places);
    for event in contents.events.iter().filter(|it| it.takes_time) {
        let none = Replaced::default();
        let replaced = event.uid.as_ref().filter(|_| event.replaces.is_none()).and_then(|it| replaced.get(it.as_str()));
        event.expand(&places, replaced.unwrap_or(&none), &range, &mut work, &mut spans)?;
    }
    for (start, end) in &contents.busy {
        let Some(at) = places.instant(*start) else { continue };
        spans.add(at, places.end(*start, at, *end))?;
    }
    Ok(spans.finish())
}

/// Spans of a range.
struct Spans {
    range: Span,
    found: Vec<Span>,
    merge_at: usize,
}

impl Spans {
    fn add(&mut self, start: DateTime<Utc>, end: Option<DateTime<Utc>>) -> Result<(), IcsError> {
        let (start, end) = (start.max(self.range.start), end.unwrap_or(start).min(self.range.end));
        if start >= end {
            return Ok(());
        }
        self.found.push(Span { start, end });
        if self.found.len() >= self.merge_at {
            self.merge();
            self.merge_at = self.found.len() + MANY_SPANS;
        }
        if self.found.len() > MOST_SPANS { Err(IcsError::TooFrequent) } else { Ok(()) }
    }

    /// Makes those one that overlap or touch.
    fn merge(&mut self) {
        self.found.sort_unstable_by_key(|it| it.start);
        self.found.dedup_by(|next, last| {
            let touch = next.start <= last.end;
            if touch {
                last.end = last.end.max(next.end);
            }
            touch
        });
    }

    fn finish(mut self) -> Vec<Span> {
        self.merge();
        self.found
    }
}

/// A time as written, and the zone it was written for.
#[derive(Debug, Clone, Copy)]
struct Stamp {
    written: Written,
    zone: PlaceNumber,
}

impl Stamp {
    fn parse(text: &str, zone: PlaceNumber) -> Option<Self> {
        Some(Self { written: Written::parse(text)?, zone })
    }
}

/// The clocks that a calendar goes by.
struct Places {
    home: Place,
    named: Vec<Place>,
}

impl Places {
    /// The clock of a time: whole days, and what has no zone, are at home.
    fn of(&self, stamp: Stamp) -> &Place {
        let named = stamp.zone.filter(|_| !stamp.written.is_day).and_then(|it| self.named.get(it));
        named.unwrap_or(&self.home)
    }

    fn instant(&self, stamp: Stamp) -> Option<DateTime<Utc>> {
        if stamp.written.is_utc { Some(stamp.written.at.and_utc()) } else { self.of(stamp).instant(stamp.written.at) }
    }

    /// What the clock of a time shows at an instant.
    fn wall(&self, stamp: Stamp, at: DateTime<Utc>) -> NaiveDateTime {
        if stamp.written.is_utc { at.naive_utc() } else { self.of(stamp).wall(at) }
    }

    /// When something ends that begins at a time, which is at an instant.
    fn end(&self, start: Stamp, at: DateTime<Utc>, end: End) -> Option<DateTime<Utc>> {
        match end {
            End::At(written) => self.instant(Stamp { written, ..start }),
            End::After(length) => self.after(start, at, length),
        }
    }

    fn after(&self, start: Stamp, at: DateTime<Utc>, length: Length) -> Option<DateTime<Utc>> {
        let days_later = match length.days {
            0 => at,
            _ => self.instant(Stamp {
                written: Written { at: length.days_after(start.written.at)?, ..start.written },
                ..start
            })?,
        };
        days_later.checked_add_signed(length.seconds())
    }
}

/// An event, as far as it matters when it is.
#[derive(Debug)]
struct Event {
    uid: Option<String>,
    start: Option<Stamp>,
    end: Option<Stamp>,
    length: Option<Length>,
    rules: Vec<Rule>,
    /// More times of it.
    dates: Vec<(Stamp, Option<End>)>,
    /// Times at which it is not.
    not: Vec<Stamp>,
    /// The time of another event that this is instead of.
    replaces: Option<Stamp>,
    takes_time: bool,
}

/// Times of an event that are not to be: some that are as they were generated, and whole days.
#[derive(Debug, Default)]
struct Replaced {
    instants: HashSet<DateTime<Utc>>,
    days: HashSet<NaiveDate>,
}

impl Replaced {
    fn add(&mut self, stamp: Stamp, places: &Places) {
        if stamp.written.is_day {
            self.days.insert(stamp.written.at.date());
        }
        self.instants.extend(places.instant(stamp));
    }

    /// Whether a time is among them that the clock shows as `shown`.
    fn holds(&self, at: DateTime<Utc>, shown: NaiveDateTime) -> bool {
        self.instants.contains(&at) || self.days.contains(&shown.date())
    }
}

/// How long an event is, each time.
#[derive(Debug, Clone, Copy)]
enum Lasting {
    /// By the clock, and on top of it in real time.
    Clock(Length),
    /// In real time.
    Real(TimeDelta),
}

impl Event {
    const fn new() -> Self {
        Self {
            uid: None,
            start: None,
            end: None,
            length: None,
            rules: Vec::new(),
            dates: Vec::new(),
            not: Vec::new(),
            replaces: None,
            takes_time: true,
        }
    }

    /// Finds out when it is in a range, unless it is replaced then.
    fn expand(
        &self,
        places: &Places,
        replaced: &Replaced,
        range: &Range<NaiveDateTime>,
        work: &mut Work,
        spans: &mut Spans,
    ) -> Result<(), IcsError> {
        let Some((start, lasting)) = self.start.and_then(|start| Some((start, self.lasting(start, places)?))) else {
            return Ok(());
        };
        let mut not = Replaced::default();
        for stamp in &self.not {
            not.add(*stamp, places);
        }
        let is_on = |at, shown| !not.holds(at, shown) && !replaced.holds(at, shown);
        let mut add = |stamp: Stamp, end: Option<End>| {
            let Some(at) = places.instant(stamp).filter(|at| is_on(*at, stamp.written.at)) else { return Ok(()) };
            let end = match (end, lasting) {
                (Some(end), _) => places.end(stamp, at, end),
                (None, Lasting::Clock(length)) => places.after(stamp, at, length),
                (None, Lasting::Real(length)) => at.checked_add_signed(length),
            };
            spans.add(at, end)
        };
        // The first time is one, whether the rules name it or not.
        add(start, None)?;
        for (stamp, end) in &self.dates {
            add(*stamp, *end)?;
        }
        // What begins before the range may reach into it.
        let most = match lasting {
            Lasting::Clock(length) => length.most(),
            Lasting::Real(length) => length,
        };
        let Some(first) = range.start.checked_sub_signed(most) else { return Ok(()) };
        for rule in &self.rules {
            let last = rule.until.map(|it| places::until(it, |utc| Some(places.wall(start, utc))));
            for at in rule.times(start.written.at, last, &(first..range.end), work)? {
                add(Stamp { written: Written { at, ..start.written }, ..start }, None)?;
            }
        }
        Ok(())
    }

    /// How long it is: a day has its day, if nothing is said. Nothing, if it takes up no time.
    fn lasting(&self, start: Stamp, places: &Places) -> Option<Lasting> {
        let day = Length { days: 1, seconds: 0 };
        let length = match (self.end, self.length) {
            (Some(end), _) if start.written.is_day => {
                // Some write the same day, where the next one is meant.
                let days = (end.written.at.date() - start.written.at.date()).num_days();
                Lasting::Clock(Length { days: u32::try_from(days).ok()?.max(1), seconds: 0 })
            }
            (Some(end), _) => Lasting::Real(places.instant(end)? - places.instant(start)?),
            (None, Some(length)) => Lasting::Clock(length),
            (None, None) if start.written.is_day => Lasting::Clock(day),
            (None, None) => return None,
        };
        let is_some = match length {
            Lasting::Clock(length) => length != Length::default(),
            Lasting::Real(length) => length > TimeDelta::zero(),
        };
        is_some.then_some(length)
    }

    fn read(&mut self, line: &Line<'_>, name: &str, names: &mut Names) {
        let value = line.value;
        // Once for all times of the line: there may be as many of these as there are parameters before them.
        let mut zone = || line.parameter("TZID").map(|it| names.number(it));
        match name {
            "UID" => self.uid = Some(value.to_owned()).filter(|it| !it.is_empty()),
            "DTSTART" => self.start = Stamp::parse(value, zone()),
            "DTEND" => self.end = Stamp::parse(value, zone()),
            "DURATION" => self.length = Length::parse(value),
            "RRULE" => self.rules.extend(Rule::parse(value)),
            "RDATE" => {
                let zone = zone();
                let dates = value.split(',').filter_map(|it| match dates::period(it) {
                    Some((written, end)) => Some((Stamp { written, zone }, Some(end))),
                    None => Some((Stamp::parse(it, zone)?, None)),
                });
                self.dates.extend(dates);
            }
            "EXDATE" => {
                let zone = zone();
                self.not.extend(value.split(',').filter_map(|it| Stamp::parse(it, zone)));
            }
            "RECURRENCE-ID" => self.replaces = Stamp::parse(value, zone()),
            "TRANSP" => self.takes_time &= !value.eq_ignore_ascii_case("TRANSPARENT"),
            "STATUS" => self.takes_time &= !value.eq_ignore_ascii_case("CANCELLED"),
            "X-MICROSOFT-CDO-BUSYSTATUS" => self.takes_time &= !value.eq_ignore_ascii_case("FREE"),
            _ => {}
        }
    }
}

/// What a calendar has of which it matters when it is.
#[derive(Debug, Default)]
struct Contents {
    names: Names,
    events: Vec<Event>,
    /// What is called busy directly.
    busy: Vec<(Stamp, End)>,
}

/// What is read at the moment.
#[derive(Debug)]
enum Reading {
    /// The calendar, or something in it that doesn't matter.
    Other,
    Event(Event),
    FreeBusy,
    Zone(String, OwnZone),
}

impl Contents {
    fn read(text: &str) -> Result<Self, IcsError> {
        let mut contents = Self::default();
        let mut lines = lines::lines(text.trim_start_matches('\u{feff}').trim_start());
        let first = lines.next().unwrap_or_default();
        if !first.trim_end().eq_ignore_ascii_case("BEGIN:VCALENDAR") {
            return Err(IcsError::NotACalendar);
        }
        let (mut components, mut rules) = (0, 0);
        let mut reading = Reading::Other;
        // How deep it is in components of what is read: alarms of events, for example.
        let mut inside: usize = 0;
        for line in lines {
            let Some(line) = Line::parse(&line) else { continue };
            let name = line.name();
            let (begins, ends) = (name == "BEGIN", name == "END");
            let value = if begins || ends { line.value.to_ascii_uppercase() } else { String::new() };
            components += usize::from(begins && value != "VALARM");
            rules += usize::from(name == "RRULE");
            if components.max(rules) > MOST_COMPONENTS {
                return Err(IcsError::TooMany);
            }
            match (begins, value.as_str(), &mut reading) {
                // Whatever was read is over, also if its end is missing, as it is in what some servers write.
                (true, "VEVENT", _) => (reading, inside) = (contents.keep(reading, Reading::Event(Event::new())), 0),
                (true, "VFREEBUSY", _) => (reading, inside) = (contents.keep(reading, Reading::FreeBusy), 0),
                (true, "VTIMEZONE", _) => {
                    let zone = Reading::Zone(String::new(), OwnZone::default());
                    (reading, inside) = (contents.keep(reading, zone), 0);
                }
                (true, "VTODO" | "VJOURNAL" | "VCALENDAR", _) => {
                    (reading, inside) = (contents.keep(reading, Reading::Other), 0);
                }
                (true, "STANDARD" | "DAYLIGHT", Reading::Zone(_, zone)) => {
                    zone.changes.push(Change::default());
                }
                (true, ..) => inside += 1,
                (false, "STANDARD" | "DAYLIGHT", Reading::Zone(..)) if ends => {}
                (false, ..) if ends && inside > 0 => inside -= 1,
                (false, ..) if ends => reading = contents.keep(reading, Reading::Other),
                (false, _, reading) if inside == 0 => contents.read_line(&line, &name, reading),
                (false, ..) => {}
            }
        }
        contents.keep(reading, Reading::Other);
        Ok(contents)
    }

    /// Keeps what was read, and goes on with something else.
    fn keep(&mut self, read: Reading, next: Reading) -> Reading {
        match read {
            Reading::Event(event) => self.events.push(event),
            Reading::Zone(name, zone) => {
                self.names.own.insert(name, zone);
            }
            Reading::Other | Reading::FreeBusy => {}
        }
        next
    }

    fn read_line(&mut self, line: &Line<'_>, name: &str, reading: &mut Reading) {
        match reading {
            Reading::Event(event) => event.read(line, name, &mut self.names),
            Reading::FreeBusy if name == "FREEBUSY" => {
                let is_free = line.parameter("FBTYPE").is_some_and(|it| it.eq_ignore_ascii_case("FREE"));
                if !is_free {
                    let zone = line.parameter("TZID").map(|it| self.names.number(it));
                    let periods = line.value.split(',').filter_map(dates::period);
                    self.busy.extend(periods.map(|(written, end)| (Stamp { written, zone }, end)));
                }
            }
            Reading::Zone(tzid, zone) => read_zone(line, name, tzid, zone),
            Reading::Other if name == "X-WR-TIMEZONE" => self.names.calendar = Some(unescaped(line.value)),
            Reading::Other | Reading::FreeBusy => {}
        }
    }

    /// The times of events that others are instead of, by what they are called.
    fn replaced(&self, places: &Places) -> HashMap<&str, Replaced> {
        let mut replaced: HashMap<&str, Replaced> = HashMap::new();
        for event in &self.events {
            if let (Some(uid), Some(stamp)) = (&event.uid, event.replaces) {
                replaced.entry(uid).or_default().add(stamp, places);
            }
        }
        replaced
    }
}

fn read_zone(line: &Line<'_>, name: &str, tzid: &mut String, zone: &mut OwnZone) {
    let Some(change) = zone.changes.last_mut() else {
        match name {
            "TZID" => *tzid = unescaped(line.value),
            "X-LIC-LOCATION" => zone.location = Some(line.value.to_owned()),
            _ => {}
        }
        return;
    };
    match name {
        "DTSTART" => change.start = Written::parse(line.value).map(|it| it.at),
        "RDATE" => change.dates.extend(line.value.split(',').filter_map(Written::parse).map(|it| it.at)),
        "RRULE" => change.rules.extend(Rule::parse(line.value)),
        "TZOFFSETFROM" => change.from = dates::offset(line.value),
        "TZOFFSETTO" => change.to = dates::offset(line.value),
        _ => {}
    }
}

/// A name without what keeps its commas from being read as more than that.
fn unescaped(text: &str) -> String {
    text.replace('\\', "").trim_matches('"').to_owned()
}

/// A meeting, for the calendars of those who meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// What it is called wherever it is kept: never that of another meeting.
    pub uid: String,
    /// When it is.
    pub span: Span,
    /// What it is, in a few words.
    pub title: String,
    /// What else there is to know.
    pub text: String,
    /// The page of it.
    pub link: String,
    /// How often it was changed.
    pub sequence: u32,
    /// When it was changed for the last time.
    pub stamp: DateTime<Utc>,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Whether it waits for somebody's word.
    pub tentative: bool,
}

/// Writes a calendar for others to fetch again and again, each hour if they like.
pub fn calendar(name: &str, meetings: &[Meeting]) -> String {
    let mut out = Out(String::new());
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Magentic//Experts//EN");
    out.line("CALSCALE", "GREGORIAN");
    out.text("NAME", name);
    out.text("X-WR-CALNAME", name);
    out.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    out.line("X-PUBLISHED-TTL", "PT1H");
    for meeting in meetings {
        out.meeting(meeting);
    }
    out.line("END", "VCALENDAR");
    out.0
}

/// A calendar that is being written.
struct Out(String);

impl Out {
    fn meeting(&mut self, meeting: &Meeting) {
        let at = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        self.line("BEGIN", "VEVENT");
        self.text("UID", &meeting.uid);
        self.line("DTSTAMP", &at(meeting.stamp));
        self.line("SEQUENCE", &meeting.sequence.to_string());
        self.line("DTSTART", &at(meeting.span.start));
        self.line("DTEND", &at(meeting.span.end));
        self.text("SUMMARY", &meeting.title);
        if !meeting.text.is_empty() {
            self.text("DESCRIPTION", &meeting.text);
        }
        if !meeting.link.is_empty() {
            self.line("URL", &meeting.link);
        }
        let status = match meeting {
            Meeting { cancelled: true, .. } => "CANCELLED",
            Meeting { tentative: true, .. } => "TENTATIVE",
            _ => "CONFIRMED",
        };
        self.line("STATUS", status);
        self.line("TRANSP", if meeting.cancelled { "TRANSPARENT" } else { "OPAQUE" });
        if !meeting.cancelled {
            self.line("BEGIN", "VALARM");
            self.line("ACTION", "DISPLAY");
            self.text("DESCRIPTION", &meeting.title);
            self.line("TRIGGER", "-PT10M");
            self.line("END", "VALARM");
        }
        self.line("END", "VEVENT");
    }

    /// Writes a line with text that anybody may have written.
    fn text(&mut self, name: &str, text: &str) {
        let mut escaped = String::with_capacity(text.len());
        for it in text.replace("\r\n", "\n").replace('\r', "\n").chars() {
            match it {
                '\n' => escaped.push_str("\\n"),
                '\t' => escaped.push(' '),
                '\\' | ';' | ',' => escaped.extend(['\\', it]),
                it => escaped.push(it),
            }
        }
        self.line(name, &escaped);
    }

    /// Writes a line, folded: none has more than 75 bytes, and no character is torn apart.
    fn line(&mut self, name: &str, value: &str) {
        const MOST: usize = 75;
        let mut length = 0;
        // What controls a screen has no place in a line, an end of it least of all.
        for it in name.chars().chain([':']).chain(value.chars().filter(|it| !it.is_control())) {
            if length + it.len_utf8() > MOST {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(it);
            length += it.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}
