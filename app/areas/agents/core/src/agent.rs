//! Agents as their owners see them: the state they are in, what they may cost, and the versions that were published.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, Money};
use serde::{Deserialize, Serialize};
use social_core::diff::Change;

use crate::Spec;

/// The most agents somebody has, those that are retired left out.
pub const MAX_AGENTS: usize = 50;
/// The most characters the note of a version has.
pub const NOTE_LIMIT: usize = 500;

/// What an agent is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// It was never published: only its owner can try it.
    Draft,
    /// It answers.
    Published,
    /// It rests.
    Paused,
    /// It is not used any more, for good.
    Retired,
}

impl AgentState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Paused => "paused",
            Self::Retired => "retired",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Published, Self::Paused, Self::Retired].into_iter().find(|it| it.as_str() == text)
    }

    /// What it is in after a version was published. What rests goes on resting: whoever paused it has to say when it ends.
    pub const fn published(self) -> Option<Self> {
        match self {
            Self::Draft | Self::Published => Some(Self::Published),
            Self::Paused => Some(Self::Paused),
            Self::Retired => None,
        }
    }

    /// What it is in after it was paused; `None` when there is nothing to pause.
    pub const fn paused(self) -> Option<Self> {
        match self {
            Self::Published | Self::Paused => Some(Self::Paused),
            Self::Draft | Self::Retired => None,
        }
    }

    /// What it is in after it was put back to work; `None` when there is nothing to resume.
    pub const fn resumed(self) -> Option<Self> {
        match self {
            Self::Published | Self::Paused => Some(Self::Published),
            Self::Draft | Self::Retired => None,
        }
    }
}

/// What answering may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// In a day.
    pub daily: Money,
    /// In a month; never less than in a day.
    pub monthly: Money,
}

/// An agent as its owner finds it in the builder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAgent {
    /// Its name, handle and portrait.
    pub account: AccountSummary,
    /// What it is doing.
    pub state: AgentState,
    /// What the builder changes.
    pub draft: Spec,
    /// Counts the saves: a save says from which one it started.
    pub draft_number: u32,
    /// The version that answers.
    pub version: Option<u32>,
    /// Whether the draft is other than that version.
    pub changed: bool,
    /// What it may cost.
    pub caps: Caps,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When anything about it was last saved.
    pub updated_at: DateTime<Utc>,
}

/// An agent as those see it who talk with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Face {
    /// Its name, handle and portrait.
    pub account: AccountSummary,
    /// Whether it answers at the moment.
    pub answers: bool,
    /// What it is doing.
    pub state: AgentState,
    /// What it says first.
    pub greeting: String,
    /// Questions that are offered to whoever begins.
    pub suggestions: Vec<String>,
    /// Whether it remembers whom it speaks with.
    pub remembers: bool,
    /// The model it answers by, as its owner chose it; the server's first, when empty.
    pub model: String,
}

/// An agent in the list of its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentEntry {
    /// Its name, handle and portrait.
    pub account: AccountSummary,
    /// What it is doing.
    pub state: AgentState,
    /// The version that answers.
    pub version: Option<u32>,
    /// Whether the draft is other than that version.
    pub changed: bool,
    /// When anything about it was last saved.
    pub updated_at: DateTime<Utc>,
}

/// A version that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionEntry {
    /// Its number, from 1.
    pub number: u32,
    /// What its publisher said of it.
    pub note: String,
    /// The version it was made from by going back.
    pub restored_from: Option<u32>,
    /// Who published it.
    pub published_by: AccountId,
    /// When.
    pub published_at: DateTime<Utc>,
    /// Whether it is the one that answers.
    pub answers: bool,
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// What the builder shows.
    Draft,
    /// A version that was published.
    Version(u32),
}

/// What became of a field between two points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field, as the builder names it.
    pub field: String,
    /// The texts, sentence by sentence, or all of both for a value that has none.
    pub pieces: Vec<(Change, String)>,
}

/// Compares two points field by field. Fields that stayed the same are left out.
pub fn changes(before: &Spec, after: &Spec) -> Vec<FieldChange> {
    let before = fields(before);
    let after = fields(after);
    before
        .into_iter()
        .zip(after)
        .filter(|((_, one), (_, other))| one != other)
        .map(|((field, one), (_, other))| {
            let pieces = social_core::diff::changes(&one, &other);
            FieldChange {
                field,
                pieces: pieces.into_iter().map(|(change, piece)| (change, piece.to_owned())).collect(),
            }
        })
        .collect()
}

/// Each field as a text to be compared; lists have a line for each item.
fn fields(spec: &Spec) -> Vec<(String, String)> {
    // Destructured, so that a new field has to be shown here, too. Its template is where it came from, and no part of it.
    let Spec {
        template: _,
        instructions,
        tone,
        style,
        topics,
        length,
        greeting,
        suggestions,
        model,
        liveliness,
        max_output_tokens,
        tools,
        remembers,
    } = spec;
    let tools = tools.iter().map(|(tool, mode)| format!("{tool}: {}", name(mode))).collect::<Vec<_>>().join("\n");
    [
        ("instructions", instructions.clone()),
        ("tone", tone.clone()),
        ("style", style.clone()),
        ("topics", topics.join("\n")),
        ("length", name(length)),
        ("greeting", greeting.clone()),
        ("suggestions", suggestions.join("\n")),
        ("model", model.clone()),
        ("liveliness", liveliness.map(|it| it.to_string()).unwrap_or_default()),
        ("max_output_tokens", max_output_tokens.to_string()),
        ("tools", tools),
        ("remembers", if *remembers { "yes" } else { "no" }.to_owned()),
    ]
    .map(|(field, text)| (field.to_owned(), text))
    .to_vec()
}

/// The name that a simple enum is stored by.
fn name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Length, ToolMode};

    #[test]
    fn what_is_retired_stays_so_and_a_draft_cannot_rest() {
        use AgentState::{Draft, Paused, Published, Retired};
        let row = |state: AgentState| [state.published(), state.paused(), state.resumed()];
        assert_eq!(row(Draft), [Some(Published), None, None]);
        assert_eq!(row(Published), [Some(Published), Some(Paused), Some(Published)]);
        assert_eq!(row(Paused), [Some(Paused), Some(Paused), Some(Published)]);
        assert_eq!(row(Retired), [None; 3]);
        for state in [Draft, Published, Paused, Retired] {
            assert_eq!(AgentState::parse(state.as_str()), Some(state));
        }
    }

    #[test]
    fn only_what_changed_is_shown() {
        let before = Spec { instructions: "Help. Be kind.".to_owned(), ..Spec::default() };
        let mut after = Spec { instructions: "Help. Be brief.".to_owned(), length: Length::Short, ..before.clone() };
        after.tools.insert("search".to_owned(), ToolMode::Ask);
        let changes = changes(&before, &after);
        let fields: Vec<_> = changes.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["instructions", "length", "tools"]);
        let expected = [(Change::Same, "Help."), (Change::Removed, "Be kind."), (Change::Added, "Be brief.")];
        assert_eq!(changes[0].pieces, expected.map(|(change, text)| (change, text.to_owned())));
        assert_eq!(changes[2].pieces, [(Change::Added, "search: ask".to_owned())]);
        assert!(super::changes(&after, &after).is_empty());
    }
}
