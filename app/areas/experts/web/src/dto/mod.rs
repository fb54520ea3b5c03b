//! What crosses the wire. Instants to come are `At`s, which the browser shows by the reader's own clock; those that are over are
//! words, made by the server.

mod booking;
mod room;
mod setup;

pub use booking::*;
pub use room::*;
pub use setup::*;

use experts_core::{ExpertState, ServiceView};
use identity_core::AccountKind;
use kernel::{AccountId, BookingId, Cursor, Money};
use serde::{Deserialize, Serialize};
use ui::{At, Day, Portrait};
use web::Moment;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Its id.
    pub id: AccountId,
    /// Its handle, without `@`.
    pub handle: String,
    /// The name people read.
    pub name: String,
    /// Person, agent or organisation.
    pub kind: AccountKind,
    /// Its portrait.
    pub portrait: Option<Portrait>,
}

/// An expert in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Who.
    pub who: Who,
    /// What they do, in a line.
    pub headline: String,
    /// What they know about.
    pub skills: Vec<String>,
    /// Which languages they speak (ISO 639-1).
    pub languages: Vec<String>,
    /// What ten minutes cost at least.
    pub from: Money,
    /// The average of what people say, in tenths of a star.
    pub rating_tenths: Option<u8>,
    /// How many said something.
    pub ratings: u32,
    /// How many calls they had.
    pub calls: u32,
    /// The next time they are free; nothing when they are full.
    pub next: Option<At>,
}

/// A page of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// In the order that was asked for.
    pub cards: Vec<Card>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// What many know about, to choose from.
    pub skills: Vec<String>,
    /// What is wrong with the highest price that was typed.
    pub wrong_price: Option<String>,
}

/// Times that are free in a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The times, earliest first; with those of the nights around the week, which are in it by some clocks.
    pub times: Vec<At>,
    /// The first day of the week; from now on without it.
    pub first: Option<Day>,
    /// The last one.
    pub last: Day,
    /// The week before, as it stands in the address: empty, when that is the first one.
    pub earlier: Option<String>,
    /// The week after.
    pub later: Option<String>,
}

/// A time that is kept for the reader, who waited for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// When the call would begin.
    pub start: At,
    /// Until when it is kept.
    pub until: At,
}

/// An expert on their page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expert {
    /// What the directory shows of them, too.
    pub card: Card,
    /// Whether they can be booked.
    pub state: ExpertState,
    /// What they say about themselves, as sanitised HTML.
    pub about_html: String,
    /// Their time zone.
    pub zone: String,
    /// What is given back when, from the earliest on.
    pub policy: Vec<String>,
    /// Whether each booking waits for their word.
    pub approval: bool,
    /// What can be booked.
    pub services: Vec<ServiceView>,
    /// How many wait for something to become free.
    pub waiting: u32,
    /// Whether the reader does.
    pub i_wait: bool,
    /// What is kept for the reader.
    pub offers: Vec<Offer>,
    /// Whether it is the reader.
    pub mine: bool,
    /// When they are free.
    pub times: Times,
    /// What those say who called them.
    pub reviews: Vec<Review>,
    /// Where the older ones begin.
    pub older: Option<Cursor>,
    /// What they published of calls.
    pub calls: Vec<FromCall>,
    /// Where the earlier ones begin.
    pub older_calls: Option<Cursor>,
    /// The key of a booking: sent again, it is one booking. Nothing for visitors.
    pub key: String,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Of which call.
    pub booking: BookingId,
    /// Who says so.
    pub author: Who,
    /// One to five stars.
    pub rating: u8,
    /// Why, as sanitised HTML.
    pub html: String,
    /// What the expert replied, as sanitised HTML.
    pub reply_html: Option<String>,
    /// The same as it was typed, for the expert alone.
    pub reply: String,
    /// When.
    pub at: Moment,
}

/// What was published of a call. It doesn't say of which: the call's review has a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromCall {
    /// What it is called.
    pub title: String,
    /// The text, as sanitised HTML.
    pub html: String,
    /// When it was published.
    pub at: Moment,
}
