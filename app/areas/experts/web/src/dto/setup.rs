//! What an expert sets up, and their diary.

use experts_core::{BookingState, ExpertState, PolicyKind, ServiceView};
use kernel::{BookingId, CalendarId, Money};
use serde::{Deserialize, Serialize};
use ui::{At, DiaryKind};
use web::Moment;

use super::{Line, Who};

/// All that somebody set up, but for calendars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// Whether there is anything yet.
    pub begun: bool,
    /// Whether they can be booked.
    pub state: ExpertState,
    /// Their handle.
    pub handle: String,
    /// What they say of themselves.
    pub profile: Profile,
    /// When they work.
    pub hours: Hours,
    /// All services, those that are not offered any more at the end.
    pub services: Vec<ServiceView>,
    /// The names of time zones, where they are asked for.
    pub zones: Vec<String>,
}

impl Setup {
    /// Whether there is a line that says what they do.
    pub fn has_profile(&self) -> bool {
        self.begun && !self.profile.headline.is_empty()
    }

    /// Whether they work at all.
    pub fn has_hours(&self) -> bool {
        self.hours.days.iter().any(|(from, _)| !from.is_empty())
    }

    /// Whether something can be booked.
    pub fn has_service(&self) -> bool {
        self.services.iter().any(|it| it.offered)
    }
}

/// What stands in the form of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What they do, in a line.
    pub headline: String,
    /// What they say about themselves.
    pub about: String,
    /// What they know about, divided by commas.
    pub skills: String,
    /// The languages they speak (ISO 639-1).
    pub languages: Vec<String>,
    /// Their time zone.
    pub zone: String,
    /// What is given back when.
    pub policy: PolicyKind,
    /// Whether each booking waits for their word.
    pub approval: bool,
}

/// What stands in the form of hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// From when until when, Monday first; empty on a free day.
    pub days: Vec<(String, String)>,
    /// The pause after each call, in minutes.
    pub buffer: u16,
    /// How many minutes before a call it can be booked at the latest.
    pub notice: u32,
    /// How many days before a call it can be booked at the earliest.
    pub ahead: u16,
    /// Days without work, a line each.
    pub days_off: String,
}

/// A booking that does not fit the hours any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Which.
    pub id: BookingId,
    /// Who asks.
    pub client: Who,
    /// When it begins.
    pub start: At,
    /// How far it is.
    pub state: BookingState,
}

/// A calendar elsewhere in which somebody is busy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// The calendar.
    pub id: CalendarId,
    /// What it is called.
    pub name: String,
    /// Where it is. The whole address is a secret.
    pub host: String,
    /// When it was read.
    pub read: Option<Moment>,
    /// What went wrong the last time.
    pub problem: Option<String>,
}

/// Calendars elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendars {
    /// In which somebody is busy.
    pub calendars: Vec<Calendar>,
    /// Where other programs read their bookings.
    pub address: String,
}

/// What an expert has before them in a week, by their own clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diary {
    /// Whose clock that is.
    pub zone: String,
    /// Which days.
    pub title: String,
    /// The days, Monday first.
    pub days: Vec<DiaryDay>,
    /// The week before, as it stands in the address.
    pub earlier: String,
    /// The week after.
    pub later: String,
    /// Whether it is this week.
    pub is_now: bool,
    /// Who waits for a word, the earliest call first.
    pub requests: Vec<Line>,
    /// What was earned, the latest week first.
    pub weeks: Vec<Earned>,
}

/// A day of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiaryDay {
    /// Which.
    pub title: String,
    /// Whether it is today.
    pub today: bool,
    /// When they work, in minutes of the day; past midnight it goes on.
    pub windows: Vec<(u16, u16)>,
    /// The same in words.
    pub note: String,
    /// What stands in it, in order.
    pub entries: Vec<Entry>,
}

/// Something in a diary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is.
    pub kind: DiaryKind,
    /// From when, in minutes of the day.
    pub from: u16,
    /// Until when.
    pub until: u16,
    /// The same in words.
    pub time: String,
    /// Whose call it is, and how far.
    pub call: Option<(BookingId, Who, BookingState)>,
}

/// What was earned in a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earned {
    /// Which: its Monday.
    pub week: String,
    /// How many calls there were.
    pub calls: u32,
    /// What came of them.
    pub earned: Money,
}
