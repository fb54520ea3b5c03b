//! Conversations with agents.

use agents_core::{Judgement, RunState};
use kernel::{AccountId, AttachmentId, ConversationId, MemoryId, MessageId, RunId, ToolCallId};
use serde::{Deserialize, Serialize};
use social_core::MessageState;
use ui::Portrait;
use web::Moment;

/// The agent that somebody talks with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: AccountId,
    /// Its handle, without `@`.
    pub handle: String,
    /// The name people read.
    pub name: String,
    /// Its portrait.
    pub portrait: Option<Portrait>,
    /// Who runs it.
    pub owner: Option<String>,
    /// Why it doesn't answer, if it doesn't.
    pub silent: Option<String>,
    /// What it says first, as sanitised HTML; may be empty.
    pub greeting_html: String,
    /// Questions that are offered to whoever begins.
    pub suggestions: Vec<String>,
    /// Whether it remembers whom it speaks with.
    pub remembers: bool,
    /// Whether it sees pictures, or only reads what they show in words.
    pub sees_pictures: bool,
    /// What the next message costs, or how many are free.
    pub note: Option<String>,
    /// Why whoever looks may not ask, or what to do first.
    pub refusal: Option<String>,
    /// The price of a message that they have to agree to first: in minor units, and in words.
    pub to_agree: Option<(i64, String)>,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatEntry {
    /// Its id.
    pub id: ConversationId,
    /// What it is about.
    pub title: String,
    /// Who else takes part: handle, name and portrait of the first.
    pub with: Option<Party>,
    /// How what was said last begins.
    pub last: String,
    /// When that was.
    pub at: Moment,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The handle, without `@`.
    pub handle: String,
    /// The name people read.
    pub name: String,
    /// The portrait.
    pub portrait: Option<Portrait>,
    /// Whether it is an agent.
    pub is_agent: bool,
}

/// A page of one's conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chats {
    /// Where something was said last comes first.
    pub chats: Vec<ChatEntry>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// What somebody needs who is about to talk with an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewChat {
    /// The agent.
    pub agent: Agent,
    /// The key of what is asked.
    pub submission: String,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    /// Its id; none before the first question.
    pub id: Option<ConversationId>,
    /// What it is about.
    pub title: String,
    /// The agent; none, when it is gone.
    pub agent: Option<Agent>,
    /// Whether the draft answers, which its owner tries.
    pub preview: bool,
    /// Whether whoever looks may delete it.
    pub is_mine: bool,
    /// The branch that is shown, oldest first.
    pub messages: Vec<Message>,
    /// The message before them, when there are older ones.
    pub before: Option<MessageId>,
    /// How many things the agent remembers of whoever looks.
    pub memories: u32,
    /// Whether what whoever looks says here may be learnt from.
    pub trains: bool,
    /// The key of what is asked next.
    pub submission: String,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// What it follows.
    pub parent: Option<MessageId>,
    /// Whether whoever looks said it.
    pub mine: bool,
    /// Who said it.
    pub author: String,
    /// What it says, as it was written.
    pub body: String,
    /// The same as sanitised HTML; numbers of passages lead to them.
    pub html: String,
    /// How far it is.
    pub state: MessageState,
    /// When it was said.
    pub at: Moment,
    /// The other ways the conversation went from here, if there are any.
    pub branch: Option<Branch>,
    /// What stands with it.
    pub attachments: Vec<Attachment>,
    /// How it was answered, for an answer.
    pub answer: Option<Answer>,
}

/// A picture or a file that stands with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// What its file was called.
    pub name: String,
    /// How large that is, in words.
    pub size: String,
    /// Where it is in full.
    pub href: String,
    /// How a picture is shown small.
    pub picture: Option<Thumbnail>,
}

/// A picture, small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    /// Where it is.
    pub src: String,
    /// What it shows, in words; may be empty.
    pub alt: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// What somebody wants to send with a question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentInput {
    /// The upload; empty where no file was chosen.
    #[serde(default)]
    pub id: String,
    /// What it is called, for a form that is shown again.
    #[serde(default)]
    pub name: String,
    /// What it shows, in words.
    #[serde(default)]
    pub alt: String,
}

/// Where a message stands among those that follow the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Its place, from 1.
    pub place: u32,
    /// How many there are.
    pub count: u32,
    /// The one before it.
    pub previous: Option<MessageId>,
    /// The one after it.
    pub next: Option<MessageId>,
}

/// How a question was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// By which run.
    pub run: RunId,
    /// How far it is.
    pub state: RunState,
    /// What went wrong, in words.
    pub problem: Option<String>,
    /// Who wrote it, what was read and written, and what that cost, in words.
    pub facts: Vec<String>,
    /// The tools that were used for it, or wait, in their order.
    pub steps: Vec<Step>,
    /// What it refers to.
    pub citations: Vec<Citation>,
    /// What whoever looks says of it.
    pub judgement: Option<Judgement>,
    /// Why, in their words.
    pub note: String,
}

/// A tool that was used for an answer, or waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The call.
    pub id: ToolCallId,
    /// What it does or did, in words.
    pub words: String,
    /// How far it is.
    pub state: StepState,
    /// What it was given: names and what they stand for.
    pub given: Vec<(String, String)>,
    /// What came of it; its beginning, when it is long.
    pub result: Option<String>,
    /// Until when it can be decided on, while it waits.
    pub until: Option<Moment>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Whoever asked has to allow or refuse it.
    Asks,
    /// It is being done.
    Runs,
    /// It was done.
    Done,
    /// It was not allowed.
    Refused,
    /// It came to nothing.
    Failed,
    /// The answer ended before.
    Left,
}

/// A place that an answer refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The number in brackets.
    pub number: u32,
    /// What it is a piece of, and where in it.
    pub title: String,
    /// Its words.
    pub text: String,
}

/// What agents remember of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memories {
    /// Those that remember something, with how much.
    pub agents: Vec<(Party, u32)>,
    /// The one that is asked about.
    pub of: Option<Party>,
    /// What it remembers, youngest first.
    pub memories: Vec<Memory>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Whether what they say may be learnt from, where they said nothing else.
    pub trains: bool,
}

/// Something that is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Its id.
    pub id: MemoryId,
    /// By whom.
    pub agent: String,
    /// What.
    pub body: String,
    /// The message it came from.
    pub source: Option<String>,
    /// Since when.
    pub at: Moment,
    /// When it was last changed by hand.
    pub edited: Option<Moment>,
    /// Until when.
    pub until: Option<String>,
}

/// What somebody spends by use, and what they let themselves spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// Today and this month.
    pub spans: Vec<SpendingOf>,
    /// What they let themselves spend in a day, as it is typed; nothing, when there is no cap.
    pub daily: Option<String>,
    /// In a month.
    pub monthly: Option<String>,
}

/// What was spent in a day or in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendingOf {
    /// Which.
    pub span: String,
    /// What was spent.
    pub spent: String,
    /// What is set aside for what runs.
    pub reserved: String,
    /// What is left under the cap.
    pub left: Option<String>,
}
