//! What crosses the wire. Moments are made by the server, so that both sides show the same.

mod mine;
mod sell;

pub use mine::*;
pub use sell::*;

use identity_core::AccountKind;
use kernel::{AccountId, BasisPoints, Cursor, ListingId, Money, ReviewId};
use market_core::{Category, Figures, LicenceKind, ListingState, Prices, Standing};
use serde::{Deserialize, Serialize};
use ui::Portrait;
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
    /// Who runs it, for an agent.
    pub owner: Option<String>,
}

/// A listing in the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its id.
    pub id: ListingId,
    /// The agent.
    pub agent: Who,
    /// How it is doing.
    pub state: ListingState,
    /// What it is called.
    pub title: String,
    /// What it does, in a line.
    pub tagline: String,
    /// What it is for.
    pub category: Category,
    /// The language it speaks (ISO 639-1).
    pub language: String,
    /// What it costs.
    pub prices: Prices,
    /// So many messages are free at first.
    pub free_messages: u32,
    /// What using it came to.
    pub figures: Figures,
}

/// A page of what is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Market {
    /// In the order that was asked for.
    pub cards: Vec<Card>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// What is wrong with the highest price that was typed.
    pub wrong_price: Option<String>,
}

/// A way to have an agent, with what the platform keeps of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Bought once or by the period; nothing, by the message.
    pub kind: Option<LicenceKind>,
    /// What it costs.
    pub price: Money,
    /// What the platform keeps of that.
    pub platform: Money,
}

/// What an agent is, as its version that answers says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The version; each that was published has the next number.
    pub version: u32,
    /// What it speaks about; anything when empty.
    pub topics: Vec<String>,
    /// The titles of some of what it knows, the newest first.
    pub knows: Vec<String>,
    /// How much more it knows.
    pub knows_more: u64,
    /// What it may do besides answering, in words.
    pub tools: Vec<String>,
    /// Whether it remembers whom it speaks with.
    pub remembers: bool,
}

/// A listing on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// What the grid shows of it, too.
    pub card: Card,
    /// Who offers it.
    pub owner: Who,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What it says of itself, as sanitised HTML.
    pub html: String,
    /// Questions to begin with.
    pub suggestions: Vec<String>,
    /// The ways to have it.
    pub offers: Vec<Offer>,
    /// What forks pay of what they earn; nothing when there may be none.
    pub fork_royalty: Option<BasisPoints>,
    /// The agent it was made of.
    pub forked_from: Option<Who>,
    /// Whether it answers at the moment.
    pub answers: bool,
    /// What it is, while it answers.
    pub made: Option<Made>,
    /// Whether it is the reader's.
    pub mine: bool,
    /// Why an administrator took it off the market, for its owner.
    pub withdrawn_reason: Option<String>,
    /// How the reader stands to it; nothing for a visitor.
    pub standing: Option<Standing>,
    /// What the reader has of it.
    pub licence: Option<Licence>,
    /// Whether the reader may review it, and what they wrote.
    pub own_review: OwnReview,
    /// What those say who used it.
    pub reviews: Reviews,
}

/// What the reader may say of an agent, and said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnReview {
    /// Whether they may.
    pub may: bool,
    /// What they gave.
    pub rating: Option<u8>,
    /// What they wrote.
    pub body: String,
    /// Their review.
    pub id: Option<ReviewId>,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The review.
    pub id: ReviewId,
    /// Who says so.
    pub author: Who,
    /// One to five stars.
    pub rating: u8,
    /// Why, as sanitised HTML.
    pub html: String,
    /// What the owner replied, as sanitised HTML.
    pub reply_html: Option<String>,
    /// The same as it was typed, for the owner alone.
    pub reply: String,
    /// When.
    pub at: Moment,
    /// Whether it was changed afterwards.
    pub edited: bool,
    /// Whether it is the reader's.
    pub mine: bool,
}

/// A page of reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviews {
    /// Youngest first.
    pub reviews: Vec<Review>,
    /// Where the older ones begin.
    pub next: Option<Cursor>,
    /// Whether the reader offers what is reviewed, and may answer.
    pub may_reply: bool,
}

/// What somebody offers, for everybody to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creator {
    /// Who.
    pub account: Who,
    /// How many follow them.
    pub followers: u32,
    /// What they offer, by use.
    pub cards: Vec<Card>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// What it brought them since ever, for themselves alone.
    pub earned: Option<Money>,
}
