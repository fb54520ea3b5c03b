//! The review inbox: what waits for a person to decide. There is one for everything; other areas propose things of kinds of
//! their own, and hear by `agents.review_decided` what became of them.

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, ActId, PostId, ProposalId, RunId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use social_core::diff::Change;

/// The most characters the reason of a rejection has.
pub const REASON_LIMIT: usize = 1_000;
/// The most items that are decided at once.
pub const MAX_BULK: usize = 50;
/// For how long something waits unless its kind says otherwise.
pub const WAITS: TimeDelta = TimeDelta::days(7);

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// It waits.
    Pending,
    /// It was approved as it is.
    Approved,
    /// It was changed, and approved.
    Edited,
    /// It was rejected.
    Rejected,
    /// A person did it in their own name.
    TakenOver,
    /// Nobody decided in time.
    Expired,
}

impl ReviewState {
    const ALL: [Self; 6] =
        [Self::Pending, Self::Approved, Self::Edited, Self::Rejected, Self::TakenOver, Self::Expired];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Edited => "edited",
            Self::Rejected => "rejected",
            Self::TakenOver => "taken_over",
            Self::Expired => "expired",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// What became of it, to follow "This was".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Pending => "not decided yet",
            Self::Approved => "approved",
            Self::Edited => "edited and approved",
            Self::Rejected => "rejected",
            Self::TakenOver => "taken over",
            Self::Expired => "not decided in time",
        }
    }
}

/// Why something waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// Its owner looks at everything.
    Everything,
    /// The agent is less sure than its owner wants it to be.
    Unsure,
    /// Too few of its drafts in a row were approved as they were.
    NotEarned,
    /// A person asked for a draft.
    Asked,
}

impl WaitsFor {
    const ALL: [Self; 4] = [Self::Everything, Self::Unsure, Self::NotEarned, Self::Asked];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Unsure => "unsure",
            Self::NotEarned => "not_earned",
            Self::Asked => "asked",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proposal {
    /// To publish a post.
    Post {
        /// What it says.
        body: String,
    },
    /// To answer a post or a comment.
    Comment {
        /// What is answered.
        parent: PostId,
        /// What is said.
        body: String,
    },
    /// Something of another area, which knows what to do when it is approved.
    Other {
        /// `area.kind`.
        kind: String,
        /// Whatever that area keeps. `title` and `body` are shown.
        payload: Value,
    },
}

/// A text to be published, as the database keeps it.
#[derive(Serialize, Deserialize)]
struct Text {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<PostId>,
    body: String,
}

impl Proposal {
    /// The kind of a post.
    pub const POST: &'static str = "agents.post";
    /// The kind of a comment.
    pub const COMMENT: &'static str = "agents.comment";

    /// The kind the database stores.
    pub fn kind(&self) -> &str {
        match self {
            Self::Post { .. } => Self::POST,
            Self::Comment { .. } => Self::COMMENT,
            Self::Other { kind, .. } => kind,
        }
    }

    /// The form the database stores.
    pub fn payload(&self) -> Value {
        let text =
            |parent, body: &String| serde_json::to_value(Text { parent, body: body.clone() }).unwrap_or_default();
        match self {
            Self::Post { body } => text(None, body),
            Self::Comment { parent, body } => text(Some(*parent), body),
            Self::Other { payload, .. } => payload.clone(),
        }
    }

    /// Reads the form the database stores.
    pub fn read(kind: String, payload: Value) -> Option<Self> {
        match kind.as_str() {
            Self::POST => serde_json::from_value(payload).ok().map(|Text { body, .. }| Self::Post { body }),
            Self::COMMENT => {
                let Text { parent, body } = serde_json::from_value(payload).ok()?;
                Some(Self::Comment { parent: parent?, body })
            }
            _ => Some(Self::Other { kind, payload }),
        }
    }

    /// The words that are proposed.
    pub fn body(&self) -> &str {
        match self {
            Self::Post { body } | Self::Comment { body, .. } => body,
            Self::Other { payload, .. } => payload.get("body").and_then(Value::as_str).unwrap_or_default(),
        }
    }

    /// The same with other words.
    #[must_use]
    pub fn saying(&self, words: &str) -> Self {
        let body = words.to_owned();
        match self {
            Self::Post { .. } => Self::Post { body },
            Self::Comment { parent, .. } => Self::Comment { parent: *parent, body },
            Self::Other { kind, payload } => {
                let mut payload = payload.clone();
                if let Some(fields) = payload.as_object_mut() {
                    fields.insert("body".to_owned(), Value::String(body));
                }
                Self::Other { kind: kind.clone(), payload }
            }
        }
    }
}

/// Something to be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProposal {
    /// Which agent proposes it. Its owner decides.
    pub agent: AccountId,
    /// What.
    pub proposal: Proposal,
    /// Why it waits.
    pub waits_for: WaitsFor,
    /// How sure the agent is, in percent.
    pub confidence: Option<u8>,
    /// What wrote it.
    pub run: Option<RunId>,
    /// What it is a part of.
    pub act: Option<ActId>,
    /// The same key again proposes nothing twice.
    pub key: String,
    /// For how long it waits.
    pub waits: TimeDelta,
}

/// What a person wants done with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Do it.
    Approve,
    /// Do it with these words.
    ApproveEdited(String),
    /// Don't, for this reason.
    Reject(String),
    /// The person says this in their own name.
    TakeOver(String),
}

/// An item, as whoever decides sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewItem {
    /// Its id.
    pub id: ProposalId,
    /// Which agent proposes it.
    pub agent: AccountSummary,
    /// What it proposes.
    pub proposal: Proposal,
    /// What was approved, where that is something else.
    pub edited: Option<Proposal>,
    /// Why it waits.
    pub waits_for: WaitsFor,
    /// How sure the agent is, in percent.
    pub confidence: Option<u8>,
    /// How far it is.
    pub state: ReviewState,
    /// Why it was rejected.
    pub note: String,
    /// What wrote it.
    pub run: Option<RunId>,
    /// What was published.
    pub result: Option<PostId>,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// Until when it waits.
    pub expires_at: DateTime<Utc>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
}

impl ReviewItem {
    /// What whoever approved it changed, sentence by sentence.
    pub fn changes(&self) -> Option<Vec<(Change, String)>> {
        let edited = self.edited.as_ref()?;
        let pieces = social_core::diff::changes(self.proposal.body(), edited.body());
        Some(pieces.into_iter().map(|(change, piece)| (change, piece.to_owned())).collect())
    }
}

/// Which items are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those that were decided, and not those that wait.
    pub decided: bool,
    /// Those of this agent.
    pub agent: Option<AccountId>,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// How it was decided.
    pub state: ReviewState,
    /// What was published.
    pub result: Option<PostId>,
}

#[cfg(test)]
mod tests {
    use kernel::Id;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_stored_is_read_again() {
        for state in ReviewState::ALL {
            assert_eq!(ReviewState::parse(state.as_str()), Some(state));
        }
        for reason in WaitsFor::ALL {
            assert_eq!(WaitsFor::parse(reason.as_str()), Some(reason));
        }
        let parent = Id::from_uuid(Uuid::from_u128(7));
        for proposal in [
            Proposal::Post { body: "Hello".to_owned() },
            Proposal::Comment { parent, body: "Hello".to_owned() },
            Proposal::Other { kind: "studio.release".to_owned(), payload: json!({"title": "One", "body": "Hello"}) },
        ] {
            assert_eq!(Proposal::read(proposal.kind().to_owned(), proposal.payload()), Some(proposal.clone()));
            let other = proposal.saying("Bye");
            assert_eq!((proposal.body(), other.body(), other.kind()), ("Hello", "Bye", proposal.kind()));
        }
        assert_eq!(Proposal::read(Proposal::COMMENT.to_owned(), json!({"body": "to nothing"})), None);
    }
}
