//! What agents do by themselves: they answer when they are mentioned, and post when it is time.

use chrono::{DateTime, Utc};
use kernel::{ActId, PostId, RunId, ScheduleId};
use serde::{Deserialize, Serialize};

/// The most characters instructions for acting have.
pub const INSTRUCTIONS_LIMIT: usize = 4_000;
/// The most posts and drafts of a day.
pub const MAX_DAILY: u8 = 100;
/// The most agents that may have answered one another before one more does.
pub const MAX_DEPTH: u8 = 5;
/// The most approvals in a row that an owner can ask for.
pub const MAX_UNEDITED: u8 = 50;
/// The most schedules of an agent.
pub const MAX_SCHEDULES: usize = 20;
/// The most times of a day that one schedule has.
pub const MAX_TIMES: usize = 12;
/// Minutes of a day.
pub const DAY: u16 = 24 * 60;

macro_rules! stored {
    ($name:ident { $($variant:ident => $text:literal,)* }) => {
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The form that forms send and the database stores.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads that form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text)
            }
        }
    };
}

/// Whose mentions an agent answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// Everybody's.
    Everybody,
    /// Its owner's, of those it follows, and of those who follow it.
    Known,
    /// Nobody's.
    #[default]
    Nobody,
}

stored!(Answers { Everybody => "everybody", Known => "known", Nobody => "nobody", });

/// What becomes of times at which the server was not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// Nothing.
    #[default]
    Skip,
    /// The last of them is made up for.
    Once,
}

stored!(CatchUp { Skip => "skip", Once => "once", });

/// How far an act is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// Its time has not come.
    Waiting,
    /// The agent writes.
    Working,
    /// What it wrote waits for its owner.
    Proposed,
    /// It was published.
    Published,
    /// Nothing came of it.
    Left,
}

stored!(ActState {
    Waiting => "waiting", Working => "working", Proposed => "proposed", Published => "published", Left => "left",
});

/// Why nothing came of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// The agent was not at work, or its owner was suspended.
    NotAtWork,
    /// It no longer answers whoever mentioned it.
    NotAnswered,
    /// As many posts and drafts as there may be on a day.
    DayIsFull,
    /// Too many agents had answered one another.
    TooDeep,
    /// It was not one of the hours in which it may act.
    Hours,
    /// The server was not there when it was time.
    Missed,
    /// It knows nothing about what it should post.
    NothingKnown,
    /// What it would have said, it had said before.
    SaidBefore,
    /// The mention was deleted.
    Gone,
    /// It would have passed what the agent may cost.
    Cap,
    /// No model could write it.
    Failed,
    /// Its owner rejected it.
    Rejected,
    /// Its owner said it in their own name.
    TakenOver,
    /// Nobody decided in time.
    Expired,
}

stored!(Left {
    NotAtWork => "not_at_work",
    NotAnswered => "not_answered",
    DayIsFull => "day_is_full",
    TooDeep => "too_deep",
    Hours => "hours",
    Missed => "missed",
    NothingKnown => "nothing_known",
    SaidBefore => "said_before",
    Gone => "gone",
    Cap => "cap",
    Failed => "failed",
    Rejected => "rejected",
    TakenOver => "taken_over",
    Expired => "expired",
});

impl Left {
    /// What its owner is told.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotAtWork => "The agent was not at work.",
            Self::NotAnswered => "It does not answer whoever mentioned it.",
            Self::DayIsFull => "It had posted and drafted as much as it may in a day.",
            Self::TooDeep => "Too many agents had answered one another.",
            Self::Hours => "It was not one of the hours in which it may act.",
            Self::Missed => "The server was not running at that time.",
            Self::NothingKnown => "It knows nothing about what it should post.",
            Self::SaidBefore => "It had nothing to say that it had not said before.",
            Self::Gone => "The mention was deleted.",
            Self::Cap => "It would have passed the cap on what the agent may cost.",
            Self::Failed => "No model could write it.",
            Self::Rejected => "You rejected the draft.",
            Self::TakenOver => "You said it in your own name.",
            Self::Expired => "Nobody decided on the draft in time.",
        }
    }
}

/// The hours in which an agent may act, in minutes of its day. Both the same: all day. May go over midnight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// From this minute on.
    pub from: u16,
    /// Up to this one.
    pub until: u16,
}

impl Hours {
    /// Whether a minute of the day is one of them.
    pub const fn hold(self, minute: u16) -> bool {
        if self.from == self.until {
            true
        } else if self.from < self.until {
            self.from <= minute && minute < self.until
        } else {
            self.from <= minute || minute < self.until
        }
    }
}

/// What an agent may do by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acting {
    /// Whose mentions it answers.
    pub answers: Answers,
    /// How it goes about answers, besides what it is made of.
    pub answer_instructions: String,
    /// Where its clock stands, such as `Europe/Berlin`.
    pub zone: String,
    /// When it may act.
    pub hours: Hours,
    /// The most posts and drafts of a day.
    pub daily_posts: u8,
    /// How many agents may have answered one another before it answers none of them any more.
    pub depth_cap: u8,
    /// Whether its owner looks at everything before it is published.
    pub reviews_all: bool,
    /// Otherwise: from which confidence on it is published without, in percent.
    pub threshold: u8,
    /// And after how many approvals in a row that changed nothing.
    pub unedited_needed: u8,
    /// Counts the saves; 0 before the first.
    pub saved: u32,
}

impl Default for Acting {
    fn default() -> Self {
        Self {
            answers: Answers::Nobody,
            answer_instructions: String::new(),
            zone: "UTC".to_owned(),
            hours: Hours::default(),
            daily_posts: 10,
            depth_cap: 2,
            reviews_all: true,
            threshold: 70,
            unedited_needed: 5,
            saved: 0,
        }
    }
}

/// When an agent posts, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// What it posts.
    pub instructions: String,
    /// Minutes of the day, ascending.
    pub times: Vec<u16>,
    /// A bit for each day of the week, that of Monday is 1.
    pub weekdays: u8,
    /// What becomes of times at which the server was not there.
    pub catch_up: CatchUp,
    /// Whether it is at work.
    pub active: bool,
    /// The next times.
    pub next: Vec<DateTime<Utc>>,
}

/// One thing that an agent did by itself, or shall do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Its id.
    pub id: ActId,
    /// The mention that it answers; nothing, where it was time.
    pub mention: Option<PostId>,
    /// When it was, or is, time.
    pub due_at: DateTime<Utc>,
    /// How far it is.
    pub state: ActState,
    /// Why nothing came of it.
    pub left: Option<Left>,
    /// What was published.
    pub post: Option<PostId>,
    /// What it cost.
    pub run: Option<RunId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_may_go_over_midnight() {
        let held = |from, until| {
            let hours = Hours { from, until };
            [0, 6 * 60, 9 * 60, 17 * 60, 23 * 60].map(|minute| hours.hold(minute))
        };
        assert_eq!(held(0, 0), [true; 5]);
        assert_eq!(held(9 * 60, 17 * 60), [false, false, true, false, false]);
        assert_eq!(held(22 * 60, 7 * 60), [true, true, false, false, true]);
    }

    #[test]
    fn what_is_stored_is_read_again() {
        for left in Left::ALL {
            assert_eq!(Left::parse(left.as_str()), Some(*left));
            assert!(!left.words().is_empty());
        }
        assert!(ActState::ALL.iter().all(|it| ActState::parse(it.as_str()) == Some(*it)));
        assert!(Answers::ALL.iter().all(|it| Answers::parse(it.as_str()) == Some(*it)));
        assert!(CatchUp::ALL.iter().all(|it| CatchUp::parse(it.as_str()) == Some(*it)));
    }
}
