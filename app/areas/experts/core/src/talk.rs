//! What both who meet say to each other in the room of a call, and what their browsers tell each other to see and hear
//! one another. All of it crosses the wire.
//!
//! A *page* of the room is one load of it in one browser. It makes up a word for itself when it begins, so that what
//! was meant for a page that is gone is not taken for its own. The pages negotiate by [`Signal`]s, which the server
//! hands on as they are, each once and in order.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{BookingId, RoomMessageId};
use serde::{Deserialize, Serialize};

use crate::{BookingState, BookingView, Party, booking::ROOM_OPENS};

/// The most characters of a message.
pub const MESSAGE_LIMIT: usize = 2_000;
/// The most bytes of what a browser tells the other one at once.
pub const SIGNAL_LIMIT: usize = 16_384;
/// From so many seconds before its end on, a call is about to end.
pub const WARN_SECONDS: i64 = 120;

/// What topics of rooms begin with.
const TOPIC: &str = "room:";

/// What a page of the room of a booking listens to.
pub fn topic(booking: BookingId) -> String {
    format!("{TOPIC}{booking}")
}

/// Whose room a topic is, if it is one.
pub fn room_of(topic: &str) -> Option<BookingId> {
    topic.strip_prefix(TOPIC)?.parse().ok()
}

/// When the room of a call opens.
pub fn opens_at(starts_at: DateTime<Utc>) -> DateTime<Utc> {
    starts_at - TimeDelta::minutes(ROOM_OPENS)
}

/// How far the room of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The call is not booked yet.
    Unbooked,
    /// It is, and the room is not open yet.
    Early,
    /// The room is open.
    Open,
    /// The call is over, or does not happen.
    Over,
}

/// How far the room of a call is. `ended` says whether somebody ended it before its time.
pub fn phase(
    state: BookingState,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    ended: bool,
    now: DateTime<Utc>,
) -> Phase {
    match state {
        BookingState::Held | BookingState::Requested => Phase::Unbooked,
        BookingState::Confirmed if ended || now >= ends_at => Phase::Over,
        BookingState::Confirmed if now < opens_at(starts_at) => Phase::Early,
        BookingState::Confirmed => Phase::Open,
        _ => Phase::Over,
    }
}

/// The room of a call, as one of both who meet finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// The booking.
    pub booking: BookingView,
    /// How far the room is.
    pub phase: Phase,
    /// When it opens.
    pub opens_at: DateTime<Utc>,
    /// How many slices were paid for.
    pub slices: i16,
    /// What was said, the oldest first.
    pub said: Vec<Said>,
    /// The last signal of the other one's so far.
    pub last_signal: i64,
    /// When that was so.
    pub now: DateTime<Utc>,
}

/// Something that was said in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The message.
    pub id: RoomMessageId,
    /// Who said it.
    pub by: Party,
    /// What.
    pub body: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is new in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomNews {
    /// Which of both the reader is.
    pub me: Party,
    /// What was said, the oldest first.
    pub said: Vec<Said>,
    /// What the other one's browser tells: the number of each and its text, in order.
    pub signals: Vec<(i64, String)>,
    /// Whether there is more than that.
    pub more: bool,
    /// How far the booking is.
    pub state: BookingState,
    /// How far the room is.
    pub phase: Phase,
    /// When the call begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends, as far as is booked.
    pub ends_at: DateTime<Utc>,
    /// Whether the expert came.
    pub expert_came: bool,
    /// Whether the client did.
    pub client_came: bool,
    /// How many slices were paid for.
    pub slices: i16,
    /// When that was so.
    pub now: DateTime<Utc>,
}

/// How somebody takes part in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// With camera and microphone.
    Video,
    /// With the microphone alone.
    Voice,
    /// In writing.
    Chat,
}

impl Way {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Video, Self::Voice, Self::Chat];

    /// As a browser remembers it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Voice => "voice",
            Self::Chat => "chat",
        }
    }

    /// Reads what a browser remembered.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }
}

/// What a page of one of both tells a page of the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// The word of the page that says so.
    pub from: String,
    /// The word of the page it is for; nothing, when it is for whichever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What it tells.
    pub what: What,
}

/// What pages tell each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is there, and how it takes part. Without an addressee it wants to hear the same of whoever is there.
    Here {
        /// How it takes part.
        way: Way,
    },
    /// How it would send and receive.
    Offer {
        /// By the Session Description Protocol.
        sdp: String,
    },
    /// That it sends and receives so.
    Answer {
        /// By the Session Description Protocol.
        sdp: String,
    },
    /// Where it can be reached.
    Candidate {
        /// The place; empty after the last one.
        candidate: String,
        /// For which stream.
        mid: Option<String>,
        /// The same as a number.
        line: Option<u16>,
    },
    /// What of it is on.
    Switched {
        /// Whether it is heard.
        microphone: bool,
        /// Whether it is seen.
        camera: bool,
    },
    /// There is something new in its notes.
    Noted,
    /// The other page goes on with another one of its account's.
    Replaced,
    /// It leaves.
    Left,
}

/// What pages of a room hear of it. Whoever needs more asks for what is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomNotice {
    /// What happened.
    pub kind: RoomNoticeKind,
    /// Who of both did it, where that makes a difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Party>,
}

/// What can happen in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomNoticeKind {
    /// Somebody came.
    Came,
    /// Somebody said something.
    Said,
    /// Somebody's browser has something for the other one's.
    Signalled,
    /// Something else is otherwise than before: its time, or how far it is.
    Changed,
}

/// What a browser tells the other one at once: signals as JSON, in a list.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalText(String);

#[cfg(not(target_arch = "wasm32"))]
impl SignalText {
    /// Reads it.
    ///
    /// # Errors
    /// When it is too long, or no list of signals.
    pub fn parse(text: &str) -> Result<Self, kernel::FieldError> {
        let wrong = |words: &str| Err(kernel::FieldError::new("body", words));
        if text.len() > SIGNAL_LIMIT {
            return wrong("That is more than one browser tells another at once.");
        }
        match serde_json::from_str::<Vec<Signal>>(text) {
            // JSON has no such sign as it is, and the database keeps none.
            Ok(signals) if !signals.is_empty() && !text.contains('\0') => Ok(Self(text.to_owned())),
            _ => wrong("That is nothing that browsers tell each other."),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).expect("a time")
    }

    #[test]
    fn a_room_opens_before_the_call_and_closes_with_it() {
        let of = |state, ended, minute| phase(state, at(0), at(10), ended, at(minute));
        let confirmed = |minute| of(BookingState::Confirmed, false, minute);
        assert_eq!(
            [-11, -10, 0, 9, 10].map(confirmed),
            [Phase::Early, Phase::Open, Phase::Open, Phase::Open, Phase::Over]
        );
        assert_eq!(of(BookingState::Confirmed, true, 5), Phase::Over);
        assert_eq!(of(BookingState::Requested, false, 5), Phase::Unbooked);
        assert_eq!(of(BookingState::Held, false, -60), Phase::Unbooked);
        for over in [BookingState::Cancelled, BookingState::Completed, BookingState::Lapsed, BookingState::Failed] {
            assert_eq!(of(over, false, -60), Phase::Over);
        }
    }

    #[test]
    fn topics_read_as_they_are_written() {
        let booking = BookingId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(topic(booking), "room:bkg_00000000000000000000000000000007");
        assert_eq!(room_of(&topic(booking)), Some(booking));
        for wrong in ["", "room:", "room:7", "room:acct_00000000000000000000000000000007", "feed.public"] {
            assert_eq!(room_of(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn signals_are_small_and_stable_on_the_wire() {
        let here = Signal { from: "a".to_owned(), to: None, what: What::Here { way: Way::Voice } };
        let left = Signal { from: "a".to_owned(), to: Some("b".to_owned()), what: What::Left };
        let text = serde_json::to_string(&[&here, &left]).expect("serialises");
        assert_eq!(text, r#"[{"from":"a","what":{"here":{"way":"voice"}}},{"from":"a","to":"b","what":"left"}]"#);
        assert_eq!(serde_json::from_str::<Vec<Signal>>(&text).expect("reads"), [here, left]);
        let notice = RoomNotice { kind: RoomNoticeKind::Signalled, by: Some(Party::Client) };
        assert_eq!(serde_json::to_string(&notice).expect("serialises"), r#"{"kind":"signalled","by":"client"}"#);
    }

    #[test]
    fn only_lists_of_signals_are_handed_on() {
        assert!(SignalText::parse(r#"[{"from":"a","what":"noted"}]"#).is_ok());
        let long = format!(r#"[{{"from":"{}","what":"noted"}}]"#, "x".repeat(SIGNAL_LIMIT));
        for wrong in ["", "[]", "{}", "null", r#"[{"from":"a"}]"#, r#"[{"from":"a","what":"shout"}]"#, &long] {
            assert!(SignalText::parse(wrong).is_err(), "{wrong:.40}");
        }
    }

    #[test]
    fn ways_are_read_as_they_are_written() {
        for way in Way::ALL {
            assert_eq!(Way::parse(way.as_str()), Some(way));
        }
        assert_eq!(Way::parse("smoke"), None);
    }
}
