//! Bookings, as both who meet see them.

use experts_core::{BookingState, CancelQuote, Party};
use kernel::{BookingId, Cursor, Money, RescheduleId, SliceId, TransferId};
use serde::{Deserialize, Serialize};
use ui::At;
use web::Moment;

use super::{Review, Times, Who};

/// A booking in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The booking.
    pub id: BookingId,
    /// Which of both the reader is.
    pub me: Party,
    /// The other one.
    pub other: Who,
    /// What it is about.
    pub title: String,
    /// How far it is.
    pub state: BookingState,
    /// When it begins.
    pub start: At,
    /// When it ends.
    pub end: At,
    /// What a slice costs.
    pub price: Money,
    /// Until when its time is kept for whoever pays, or for the expert's word.
    pub due: Option<At>,
    /// Whether one of both wants another time, and which.
    pub proposed_by: Option<Party>,
}

/// Somebody's bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// In their order.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// A booking on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// What a list shows of it, too.
    pub line: Line,
    /// Who is asked.
    pub expert: Who,
    /// What the client should bring.
    pub bring: String,
    /// When it is by the expert's clock, and whose that is.
    pub there: String,
    /// What it is about, in the client's words.
    pub brief: String,
    /// What was paid in all.
    pub paid: Money,
    /// What was given back of it.
    pub returned: Money,
    /// What the platform keeps of the price.
    pub fee: Money,
    /// What is given back when.
    pub policy: Vec<String>,
    /// How many seconds are left until it is due.
    pub seconds_left: i64,
    /// Whether it is paid as soon as money comes into the client's wallet.
    pub awaits_money: bool,
    /// What is in the reader's wallet, while they are to pay.
    pub balance: Option<Money>,
    /// How much is missing there.
    pub missing: Option<Money>,
    /// What they get back who cancel now; nothing, when nothing can be cancelled.
    pub quote: Option<CancelQuote>,
    /// Whether another time can be proposed.
    pub may_move: bool,
    /// Whether the room is open.
    pub room_is_open: bool,
    /// When it opens.
    pub room_opens: At,
    /// Another time that one of both wants.
    pub proposal: Option<Proposal>,
    /// Times to choose from, when that was asked for.
    pub times: Option<Times>,
    /// Who of both came, and when.
    pub came: Vec<(Party, At)>,
    /// When somebody ended it before its time.
    pub ended: Option<At>,
    /// Who cancelled or declined it.
    pub closed_by: Option<Party>,
    /// Why, in their words.
    pub reason: Option<String>,
    /// The payments, oldest first.
    pub payments: Vec<TransferId>,
    /// What the client says went wrong.
    pub dispute: Option<Dispute>,
    /// Until when the reader can dispute it.
    pub disputable_until: Option<At>,
    /// What the client said of it.
    pub review: Option<Review>,
    /// Whether the reader may say something of it.
    pub may_review: bool,
    /// What both noted, when they met.
    pub notes: Option<Notes>,
    /// Whether the reader may publish that, once the client agrees.
    pub may_publish: bool,
    /// What the expert made public of it.
    pub publication: Option<Publication>,
}

/// Times that one of both would rather have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The proposal.
    pub id: RescheduleId,
    /// Whose.
    pub by: Party,
    /// They are kept until then.
    pub until: At,
    /// The times, earliest first.
    pub times: Vec<(SliceId, At)>,
}

/// What a client says went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// In their words.
    pub reason: String,
    /// When they said so.
    pub opened: Moment,
    /// What was decided: what was given back, why, and when.
    pub decided: Option<(Money, String, Moment)>,
}

/// What one of both noted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The text.
    pub body: String,
    /// Whether they agree that the expert makes something public of it.
    pub consents: bool,
}

/// What both noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// The reader.
    pub mine: Note,
    /// The other one.
    pub theirs: Note,
}

/// What the expert made public of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// What it is called.
    pub title: String,
    /// The text, as sanitised HTML.
    pub html: String,
    /// The same as it was typed, for the expert alone.
    pub body: String,
    /// Whether it stands on the expert's page.
    pub is_shown: bool,
    /// Since when, or when it did the last time.
    pub at: Moment,
}

/// A dispute that nobody has decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDispute {
    /// Of which call.
    pub line: Line,
    /// Who was asked.
    pub expert: Who,
    /// Who asked.
    pub client: Who,
    /// What was paid.
    pub paid: Money,
    /// What can be given back of it.
    pub most: Money,
    /// Who of both came, and when.
    pub came: Vec<(Party, At)>,
    /// When somebody ended it before its time.
    pub ended: Option<At>,
    /// What the client says.
    pub dispute: Dispute,
    /// The payments, oldest first.
    pub payments: Vec<TransferId>,
}
