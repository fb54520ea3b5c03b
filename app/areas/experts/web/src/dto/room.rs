//! The room of a call.

use std::fmt;

use experts_core::{BookingState, talk::Phase};
use kernel::RoomMessageId;
use serde::{Deserialize, Serialize};
use ui::At;

use super::{Line, Notes};

/// The room of a call, as one of both who meet finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// What a list shows of the booking, too.
    pub line: Line,
    /// What it is about, in the client's words.
    pub brief: String,
    /// What the client should bring.
    pub bring: String,
    /// How far it is, and who is there.
    pub facts: RoomFacts,
    /// What was said, the oldest first.
    pub said: Vec<Said>,
    /// The last signal of the other one's so far.
    pub last_signal: i64,
    /// What both noted.
    pub notes: Notes,
}

/// How far a room is, and who is there. Seconds are those that were left when it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomFacts {
    /// How far the room is.
    pub phase: Phase,
    /// How far the booking is.
    pub state: BookingState,
    /// When the room opens.
    pub opens: At,
    /// When the call ends, as far as is booked.
    pub end: At,
    /// How many seconds are left until the room opens.
    pub to_open: i64,
    /// How many seconds are left until the call begins.
    pub to_start: i64,
    /// How many seconds are left until it ends.
    pub left: i64,
    /// Whether the reader came.
    pub me_came: bool,
    /// Whether the other one did.
    pub other_came: bool,
    /// How many slices were paid for.
    pub slices: i16,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The message.
    pub id: RoomMessageId,
    /// Whether the reader said it.
    pub mine: bool,
    /// What.
    pub body: String,
    /// When.
    pub at: At,
}

/// What is new in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomNews {
    /// How far it is, and who is there.
    pub facts: RoomFacts,
    /// What was said, the oldest first.
    pub said: Vec<Said>,
    /// What the other one's browser tells: the number of each and its text, in order.
    pub signals: Vec<(i64, String)>,
    /// Whether there is more than that.
    pub more: bool,
}

/// A server that helps two browsers to reach each other.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// Its address.
    pub url: String,
    /// What lets them use it: a name, and what belongs to it.
    pub credentials: Option<(String, String)>,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServer").field("url", &self.url).finish_non_exhaustive()
    }
}
