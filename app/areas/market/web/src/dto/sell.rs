//! What somebody offers and earns.

use agents_core::AgentState;
use kernel::{BasisPoints, Cursor, ListingId, Money, SaleId, TransferId};
use market_core::{Category, ListingState, Prices, RevenueOf, Role, SaleKind};
use serde::{Deserialize, Serialize};
use web::Moment;

use super::{Card, Who};

/// What somebody offers, what they could, and in what they share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sell {
    /// What they offer, with what each brought them.
    pub listings: Vec<(Card, Money)>,
    /// Where the older ones begin.
    pub next: Option<Cursor>,
    /// Their agents without a listing.
    pub agents: Vec<(Who, AgentState)>,
    /// Others' listings in which they share, or were asked to.
    pub shares: Vec<SharedWithMe>,
}

/// A share in somebody else's listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedWithMe {
    /// The listing.
    pub card: Card,
    /// What the reader has; nothing before they accepted.
    pub points: BasisPoints,
    /// What they were offered and have not decided on.
    pub offered: Option<BasisPoints>,
    /// What the reader would get of 10.00 if they accepted, or gets.
    pub of_ten: Option<Money>,
}

/// A party and what it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Who; nobody, for the platform.
    pub who: Option<Who>,
    /// As whom.
    pub role: Role,
    /// Its share.
    pub points: BasisPoints,
    /// What it gets.
    pub amount: Money,
}

/// Somebody who shares, or was asked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharer {
    /// Who.
    pub who: Who,
    /// What they have.
    pub points: BasisPoints,
    /// What they were offered and have not decided on.
    pub offered: Option<BasisPoints>,
}

/// The form of the listing of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The agent.
    pub agent: Who,
    /// What it is doing.
    pub agent_state: AgentState,
    /// The listing, once it was saved.
    pub listing: Option<Offered>,
    /// What stands in the form at first.
    pub fields: Fields,
    /// Who shares in it.
    pub sharers: Vec<Sharer>,
    /// What each gets of 10.00.
    pub of_ten: Vec<Party>,
}

/// What is known of a listing beside its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// The listing.
    pub id: ListingId,
    /// How it is doing.
    pub state: ListingState,
    /// Why an administrator took it off the market.
    pub withdrawn_reason: Option<String>,
    /// Whether something says what it costs.
    pub has_price: bool,
}

/// What stands in the form of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    /// What it is called.
    pub title: String,
    /// What it does, in a line.
    pub tagline: String,
    /// What it says of itself.
    pub description: String,
    /// What it is for.
    pub category: Category,
    /// Words to find it by.
    pub tags: String,
    /// The language it speaks.
    pub language: String,
    /// Questions to begin with, a line each.
    pub suggestions: String,
    /// What it costs.
    pub prices: Prices,
    /// How many messages are free at first.
    pub free_messages: u32,
    /// What forks pay of what they earn, in percent.
    pub fork_royalty: String,
}

/// A sale, for whoever sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// The sale.
    pub id: SaleId,
    /// Who bought.
    pub buyer: Who,
    /// What.
    pub kind: SaleKind,
    /// For how much.
    pub amount: Money,
    /// The rule that divided it.
    pub rule: u32,
    /// When.
    pub at: Moment,
    /// When it was given back.
    pub refunded: Option<Moment>,
}

/// What was sold of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sales {
    /// What it is called.
    pub title: String,
    /// Youngest first.
    pub sales: Vec<Sale>,
    /// Where the older ones begin.
    pub next: Option<Cursor>,
}

/// A line of what somebody earned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is called.
    pub title: String,
    /// Which listing.
    pub listing: ListingId,
    /// What was sold.
    pub kind: SaleKind,
    /// What was paid in all.
    pub paid: Money,
    /// As whom they got it.
    pub role: Role,
    /// What they got.
    pub amount: Money,
    /// What of it was taken back.
    pub returned: Money,
    /// The rule that divided it.
    pub rule: u32,
    /// The transfer behind it.
    pub transfer: TransferId,
    /// The one that gave it back.
    pub refund: Option<TransferId>,
    /// When.
    pub at: Moment,
}

/// What somebody earned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earned {
    /// By listing, since ever.
    pub by_listing: Vec<RevenueOf>,
    /// The same of the last thirty days.
    pub lately: Money,
    /// All of it.
    pub total: Money,
    /// Line by line, youngest first.
    pub lines: Vec<Line>,
    /// Where the older ones begin.
    pub next: Option<Cursor>,
    /// Of which listing alone.
    pub of: Option<ListingId>,
}

/// What somebody sees before they make an agent of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// What it is made of.
    pub card: Card,
    /// What the fork pays to its owner.
    pub royalty: Option<BasisPoints>,
    /// Why it can't be, in words.
    pub problem: Option<String>,
    /// What each gets of 10.00 that the fork earns.
    pub of_ten: Vec<Party>,
}
