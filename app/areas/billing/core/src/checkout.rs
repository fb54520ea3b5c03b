//! Somebody about to pay.

use chrono::{DateTime, Utc};
use kernel::{CheckoutId, InvoiceId, Money, PriceId, SubscriptionId};
use serde::{Deserialize, Serialize};

/// What is paid with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayWith {
    /// What is in the wallet.
    Wallet,
    /// A card.
    Card,
}

impl PayWith {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Card => "card",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Wallet, Self::Card].into_iter().find(|it| it.as_str() == text)
    }
}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Money for the wallet.
    TopUp,
    /// Something that is bought once.
    Buy,
    /// A subscription's first period.
    Subscribe,
    /// A subscription goes over to another price.
    Change,
    /// An invoice that could not be collected.
    Invoice,
}

impl Purpose {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top_up",
            Self::Buy => "buy",
            Self::Subscribe => "subscribe",
            Self::Change => "change",
            Self::Invoice => "invoice",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::TopUp, Self::Buy, Self::Subscribe, Self::Change, Self::Invoice]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutState {
    /// Not paid yet.
    Open,
    /// Paid, and what was bought is there.
    Paid,
    /// It came to nothing.
    Failed,
    /// Nobody paid in time.
    Expired,
}

impl CheckoutState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Paid, Self::Failed, Self::Expired].into_iter().find(|it| it.as_str() == text)
    }
}

/// Where the card is entered that pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnteredOn {
    /// A page of the provider's.
    Page,
    /// A form on our own page.
    Form,
}

impl EnteredOn {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Form => "form",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Page, Self::Form].into_iter().find(|it| it.as_str() == text)
    }
}

/// A checkout, as whoever pays sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutView {
    /// The checkout.
    pub id: CheckoutId,
    /// What is paid for.
    pub purpose: Purpose,
    /// In words.
    pub description: String,
    /// At which price.
    pub price: Option<PriceId>,
    /// The subscription it is about, or that came of it.
    pub subscription: Option<SubscriptionId>,
    /// The invoice it is about, or that came of it.
    pub invoice: Option<InvoiceId>,
    /// How much.
    pub total: Money,
    /// What with.
    pub pay_with: PayWith,
    /// How far it is.
    pub state: CheckoutState,
    /// Why it came to nothing, or why the last card did not pay.
    pub failure: Option<String>,
    /// Where the card is entered, once somebody went there.
    pub entered_on: Option<EnteredOn>,
    /// The page on which a card can pay it.
    pub page_url: Option<String>,
    /// Whether the card is charged that was left, and no other is asked for.
    pub saved_card: bool,
    /// Whether a card is being charged.
    pub under_way: bool,
    /// Until when it can be paid.
    pub expires_at: DateTime<Utc>,
}
