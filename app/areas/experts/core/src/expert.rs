//! Experts, as others see them.

use chrono::{DateTime, NaiveDate, Utc};
use identity_core::AccountSummary;
use kernel::{BookingId, CalendarId, Cursor, Money, ServiceId};
use serde::{Deserialize, Serialize};

use crate::{BookingState, PolicyKind, window::Hours};

/// The most characters of a headline.
pub const HEADLINE_LIMIT: usize = 120;
/// The most characters of what somebody says about themselves.
pub const ABOUT_LIMIT: usize = 5_000;
/// The most skills.
pub const MOST_SKILLS: usize = 20;
/// The most characters of a skill.
pub const SKILL_LIMIT: usize = 40;
/// The most languages.
pub const MOST_LANGUAGES: usize = 10;
/// The most services one expert offers.
pub const MOST_SERVICES: i64 = 20;
/// The most characters of a service's title.
pub const TITLE_LIMIT: usize = 80;
/// The most characters of what a service is.
pub const SERVICE_LIMIT: usize = 2_000;
/// The most characters of what to bring.
pub const BRING_LIMIT: usize = 500;
/// How many services somebody can make in all, with those that are not offered any more.
pub const MOST_MADE: i64 = 200;
/// The most calendars elsewhere.
pub const MOST_CALENDARS: i64 = 5;
/// The most characters of what a calendar is called.
pub const CALENDAR_NAME_LIMIT: usize = 80;
/// The most bytes of a calendar's address.
pub const ADDRESS_LIMIT: usize = 2_000;
/// What a slice costs at least, in minor units.
pub const LOWEST_PRICE: i64 = 100;
/// What it costs at most.
pub const HIGHEST_PRICE: i64 = 1_000_000;

/// Whether somebody can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpertState {
    /// Not shown to anybody yet.
    Draft,
    /// In the directory.
    Published,
    /// Takes nothing new for a while.
    Paused,
}

impl ExpertState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Paused => "paused",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Published, Self::Paused].into_iter().find(|state| state.as_str() == text)
    }
}

/// Something an expert can be asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceView {
    /// The service.
    pub id: ServiceId,
    /// What it is called.
    pub title: String,
    /// What it is.
    pub description: String,
    /// What to bring.
    pub bring: String,
    /// What ten minutes cost.
    pub price: Money,
    /// Whether it can be booked.
    pub offered: bool,
}

/// An expert in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpertCard {
    /// Who.
    pub account: AccountSummary,
    /// What they do, in a line.
    pub headline: String,
    /// What they know about.
    pub skills: Vec<String>,
    /// Which languages they speak (ISO 639-1).
    pub languages: Vec<String>,
    /// What ten minutes cost at least.
    pub from: Money,
    /// The average of what people say, in hundredths of a star, if anybody said anything.
    pub rating: Option<u32>,
    /// How many did.
    pub ratings: u32,
    /// How many calls they had.
    pub calls: u32,
    /// The next time they are free, looked up now; nothing when they are full.
    pub next: Option<DateTime<Utc>>,
}

/// An expert, as whoever wants to book sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpertView {
    /// What the directory shows.
    pub card: ExpertCard,
    /// Whether they can be booked.
    pub state: ExpertState,
    /// What they say about themselves, rendered and sanitised.
    pub about_html: String,
    /// Their time zone.
    pub zone: String,
    /// What is given back when.
    pub policy: PolicyKind,
    /// Whether each booking waits for their word.
    pub approval: bool,
    /// What can be booked.
    pub services: Vec<ServiceView>,
    /// How many wait for something to become free.
    pub waiting: u32,
    /// Whether the reader does.
    pub i_wait: bool,
}

/// What an expert sees of their own set-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnExpert {
    /// Whether they can be booked.
    pub state: ExpertState,
    /// What they do, in a line.
    pub headline: String,
    /// What they say about themselves, as typed.
    pub about: String,
    /// What they know about.
    pub skills: Vec<String>,
    /// Which languages they speak.
    pub languages: Vec<String>,
    /// Their time zone.
    pub zone: String,
    /// What is given back when.
    pub policy: PolicyKind,
    /// Whether each booking waits for their word.
    pub approval: bool,
    /// When they work.
    pub hours: Hours,
    /// All services, those that are not offered any more at the end.
    pub services: Vec<ServiceView>,
    /// Whether there is anything yet: before the first save nothing is.
    pub begun: bool,
}

/// A booking that does not fit the hours of its expert any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedBooking {
    /// The booking.
    pub id: BookingId,
    /// Who asks.
    pub client: AccountSummary,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// How far it is.
    pub state: BookingState,
}

/// A calendar elsewhere in which an expert is busy, as they see it. Its address is not shown again: whoever knows it can read
/// the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarView {
    /// The calendar.
    pub id: CalendarId,
    /// What it is called.
    pub name: String,
    /// On which site it is.
    pub host: String,
    /// When it was read the last time that this went well.
    pub read_at: Option<DateTime<Utc>>,
    /// What went wrong since. What it said before still counts.
    pub problem: Option<String>,
    /// When it is read next.
    pub next_at: DateTime<Utc>,
}

/// What one of both noted of a call. Both read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// In their words.
    pub body: String,
    /// Whether they agree that the expert makes something public of what was noted.
    pub consents: bool,
    /// When it was written, if anything was.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A week of what an expert earned with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekEarned {
    /// Its Monday, in the expert's zone.
    pub monday: NaiveDate,
    /// How many calls there were.
    pub calls: u32,
    /// What they were paid, after the platform's part and what was given back.
    pub earned: Money,
}

/// In which order experts are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Who is free first.
    #[default]
    Soonest,
    /// Who costs the least.
    Cheapest,
    /// Who is rated best.
    Best,
}

impl Sort {
    /// As it stands in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Soonest => "soonest",
            Self::Cheapest => "cheapest",
            Self::Best => "best",
        }
    }

    /// Reads it from an address.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Soonest, Self::Cheapest, Self::Best].into_iter().find(|sort| sort.as_str() == text)
    }
}

/// What somebody looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// What they need, in words.
    pub need: String,
    /// Something an expert says they know about.
    pub skill: String,
    /// A language.
    pub language: String,
    /// What ten minutes may cost at most, in minor units.
    pub most: Option<i64>,
    /// How many stars at least.
    pub stars: Option<u8>,
    /// Free before then.
    pub before: Option<DateTime<Utc>>,
    /// In which order.
    pub sort: Sort,
    /// Where to go on.
    pub after: Option<Cursor>,
}
