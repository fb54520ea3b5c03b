//! What pages listen to, and what they hear there, whichever area it belongs to. Each area says what its facts come to
//! and who may hear it; here they are put side by side.

use std::{fmt, str::FromStr};

use experts_core::talk::{self, RoomNotice};
use kernel::BookingId;
use platform::event::{Position, Recorded};
use serde_json::value::{RawValue, to_raw_value};
use social_core::live as social;
use web::live::Told;

/// Something a page can listen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Of posts.
    Social(social_core::Topic),
    /// The room of a call.
    Room(BookingId),
}

/// A topic there isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchTopic;

impl FromStr for Topic {
    type Err = NoSuchTopic;

    fn from_str(text: &str) -> Result<Self, NoSuchTopic> {
        let room = || talk::room_of(text).map(Self::Room);
        text.parse().ok().map(Self::Social).or_else(room).ok_or(NoSuchTopic)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Social(topic) => topic.fmt(f),
            Self::Room(booking) => f.write_str(&talk::topic(*booking)),
        }
    }
}

/// What is heard of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// With posts.
    Social(social_core::Notice),
    /// In the room of a call.
    Room(BookingId, RoomNotice),
}

impl Happened {
    /// What listeners hear of a fact, if anything.
    pub fn of(recorded: &Recorded) -> Option<Self> {
        let room = || experts_core::live::notice(recorded).map(|(booking, notice)| Self::Room(booking, notice));
        social::notice(recorded).map(Self::Social).or_else(room)
    }

    /// Where it is heard.
    pub fn topics(&self) -> Vec<Topic> {
        match self {
            Self::Social(notice) => notice.topics().into_iter().map(Topic::Social).collect(),
            Self::Room(booking, _) => vec![Topic::Room(*booking)],
        }
    }

    /// It, as those hear it who have a page open.
    pub fn told(&self, topic: Topic, position: Position) -> Told {
        Told::Notice { topic: topic.to_string(), position: position.0, notice: self.written() }
    }

    fn written(&self) -> Box<RawValue> {
        match self {
            Self::Social(notice) => to_raw_value(notice),
            Self::Room(_, notice) => to_raw_value(notice),
        }
        .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use experts_core::talk::RoomNoticeKind;
    use kernel::PostId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn topics_of_all_areas_read_as_they_are_written() {
        let id = Uuid::from_u128(7);
        for topic in [
            Topic::Social(social_core::Topic::PublicFeed),
            Topic::Social(social_core::Topic::Thread(PostId::from_uuid(id))),
            Topic::Room(BookingId::from_uuid(id)),
        ] {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        for wrong in ["", "room", "room:", "room.bkg_00000000000000000000000000000007", "feed.other"] {
            assert_eq!(wrong.parse::<Topic>(), Err(NoSuchTopic), "{wrong:?}");
        }
    }

    #[test]
    fn what_happened_in_a_room_is_told_there() {
        let booking = BookingId::from_uuid(Uuid::from_u128(7));
        let happened = Happened::Room(booking, RoomNotice { kind: RoomNoticeKind::Said, by: None });
        assert_eq!(happened.topics(), [Topic::Room(booking)]);
        let told = serde_json::to_string(&happened.told(Topic::Room(booking), Position(3))).expect("serialises");
        let expected =
            r#"{"notice":{"topic":"room:bkg_00000000000000000000000000000007","position":3,"notice":{"kind":"said"}}}"#;
        assert_eq!(told, expected);
    }
}
