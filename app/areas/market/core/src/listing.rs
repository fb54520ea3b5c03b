//! Listings: agents as they are offered on the market.

use agents_core::AgentState;
use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, BasisPoints, Currency, ListingId, Money};
use serde::{Deserialize, Serialize};

/// The most characters a title has.
pub const TITLE_LIMIT: usize = 80;
/// The most characters a tagline has.
pub const TAGLINE_LIMIT: usize = 160;
/// The most characters a description has.
pub const DESCRIPTION_LIMIT: usize = 10_000;
/// The most tags.
pub const MAX_TAGS: usize = 10;
/// The most characters a tag has.
pub const TAG_LIMIT: usize = 30;
/// The most questions that are suggested.
pub const MAX_SUGGESTIONS: usize = 6;
/// The most characters of one.
pub const SUGGESTION_LIMIT: usize = 160;
/// The most messages that can be free at first.
pub const MAX_FREE_MESSAGES: u32 = 100;
/// How many are, unless its owner says otherwise.
pub const FREE_MESSAGES: u32 = 3;
/// The most a price can be, in minor units.
pub const HIGHEST_PRICE: i64 = 1_000_000;
/// The currency of everything on the market.
pub const CURRENCY: Currency = Currency::Eur;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident, $text:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All there are, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The form the database and addresses have.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads that form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text)
            }

            /// What people read.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }
    };
}
pub(crate) use named;

named! {
    /// What an agent is for.
    Category {
        /// Writing, translating, editing.
        Writing, "writing", "Writing";
        /// Campaigns, social media, search engines.
        Marketing, "marketing", "Marketing";
        /// Offices, finance, law, planning.
        Business, "business", "Business";
        /// Answers for customers.
        Support, "support", "Customer support";
        /// Programs and data.
        Technology, "technology", "Technology";
        /// Teaching and practising.
        Learning, "learning", "Learning";
        /// Finding out and summing up.
        Research, "research", "Research";
        /// Music, pictures, film.
        Arts, "arts", "Arts and music";
        /// Body and mind.
        Health, "health", "Health and wellbeing";
        /// Cooking, travelling, home.
        Lifestyle, "lifestyle", "Life and travel";
        /// Characters, games, company.
        Entertainment, "entertainment", "Entertainment";
        /// Whatever fits nowhere else.
        Other, "other", "Everything else";
    }
}

named! {
    /// How a listing is doing.
    ListingState {
        /// It was never offered: only its owner sees it.
        Draft, "draft", "Draft";
        /// It is offered.
        Listed, "listed", "Listed";
        /// It takes on nobody new; who used it before goes on.
        Paused, "paused", "Paused";
        /// An administrator took it off the market.
        Withdrawn, "withdrawn", "Withdrawn";
    }
}

named! {
    /// A way to pay, to look for.
    PriceKind {
        /// It costs nothing.
        Free, "free", "Free";
        /// It is bought once.
        Once, "once", "Buy once";
        /// By the month or the year.
        Subscription, "subscription", "Subscription";
        /// By the message.
        Message, "message", "Per message";
    }
}

named! {
    /// An order of listings.
    Sort {
        /// What fits best to the words that are looked for; without words, what is used most.
        Relevance, "relevance", "Best match";
        /// Offered last, first.
        Newest, "newest", "Newest";
        /// By what those say who used it.
        BestRated, "rating", "Best rated";
        /// By how many used it.
        MostUsed, "used", "Most used";
        /// By the lowest price.
        Cheapest, "price", "Cheapest";
    }
}

/// What a listing costs. What is empty is not offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prices {
    /// It costs nothing, in whatever way.
    pub free: bool,
    /// To have it for good.
    pub once: Option<Money>,
    /// For a month.
    pub monthly: Option<Money>,
    /// For a year.
    pub yearly: Option<Money>,
    /// For each message that is answered.
    pub message: Option<Money>,
}

impl Prices {
    /// Whether anybody can have it in some way.
    pub const fn any(&self) -> bool {
        self.free || self.once.is_some() || self.monthly.is_some() || self.yearly.is_some() || self.message.is_some()
    }

    /// The lowest there is; nothing of it when it is free.
    pub fn lowest(&self) -> Money {
        let prices = [self.message, self.once, self.monthly, self.yearly];
        prices.into_iter().flatten().min_by_key(|price| price.minor).unwrap_or(Money::zero(CURRENCY))
    }
}

/// What using a listing came to, measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Who had an answer.
    pub users: u32,
    /// Answers.
    pub answers: u64,
    /// Conversations with an answer in them.
    pub conversations: u64,
    /// What a conversation came to on average for those who paid by the message, in millionths of a minor unit; nothing before
    /// there was one.
    pub charged_per_conversation_micro: Option<i64>,
    /// What answering a conversation costs on average, in millionths of a minor unit.
    pub cost_per_conversation_micro: Option<i64>,
    /// How many reviews there are.
    pub ratings: u32,
    /// The average of their stars, in tenths: 47 is 4.7; nothing before there is a review.
    pub rating_tenths: Option<u8>,
}

/// A listing in the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingCard {
    /// Its id.
    pub id: ListingId,
    /// The agent, with its portrait.
    pub agent: AccountSummary,
    /// How it is doing: in the grid, listed.
    pub state: ListingState,
    /// What it is called there.
    pub title: String,
    /// What it does, in a line.
    pub tagline: String,
    /// What it is for.
    pub category: Category,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The language it speaks (ISO 639-1).
    pub language: String,
    /// What it costs.
    pub prices: Prices,
    /// So many messages are free at first.
    pub free_messages: u32,
    /// What using it came to.
    pub figures: Figures,
    /// Since when it is offered.
    pub listed_at: Option<DateTime<Utc>>,
}

/// A listing on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingView {
    /// What the grid shows of it, too.
    pub card: ListingCard,
    /// Who offers it.
    pub owner: AccountSummary,
    /// What it says of itself, as sanitised HTML.
    pub description_html: String,
    /// Questions to begin with.
    pub suggestions: Vec<String>,
    /// What forks pay of what they earn; nothing when there may be none.
    pub fork_royalty: Option<BasisPoints>,
    /// The agent it was made of.
    pub forked_from: Option<AccountSummary>,
    /// Whether it answers at the moment.
    pub answers: bool,
    /// Whether the viewer is its owner.
    pub mine: bool,
}

/// A listing as its owner edits it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnListing {
    /// What the grid shows of it.
    pub card: ListingCard,
    /// Who owns it.
    pub owner: AccountId,
    /// What its agent is doing.
    pub agent_state: AgentState,
    /// What it says of itself, as it was typed.
    pub description: String,
    /// Questions to begin with.
    pub suggestions: Vec<String>,
    /// What forks pay of what they earn; nothing when there may be none.
    pub fork_royalty: Option<BasisPoints>,
    /// What royalties and co-creators have of what it earns, after the platform's part.
    pub given_away: BasisPoints,
    /// Why an administrator took it off the market.
    pub withdrawn_reason: Option<String>,
}

/// What to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Words.
    pub words: String,
    /// What it is for.
    pub category: Option<Category>,
    /// A way to pay that it offers.
    pub price: Option<PriceKind>,
    /// The lowest price is at most so much.
    pub max_price: Option<Money>,
    /// At least so many stars on average, 1 to 5.
    pub min_rating: Option<u8>,
    /// The language it speaks (ISO 639-1).
    pub language: Option<String>,
    /// Only those that this account offers.
    pub owner: Option<AccountId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_price_is_shown_and_nothing_for_what_is_free() {
        let euros = |minor| Some(Money::new(minor, CURRENCY));
        let prices = Prices { once: euros(500), message: euros(3), ..Prices::default() };
        assert_eq!((prices.lowest().minor, prices.any()), (3, true));
        assert!(!Prices::default().any());
        assert_eq!(Prices { free: true, ..Prices::default() }.lowest().minor, 0);
        for category in Category::ALL {
            assert_eq!(Category::parse(category.as_str()), Some(*category));
        }
    }
}
