//! What is sold, and for how much.

use std::{fmt, str::FromStr};

use kernel::{Money, PriceId, ProductId};
use serde::{Deserialize, Serialize};

use crate::TaxRate;

/// How often something is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Once and for all.
    Once,
    /// Each month.
    Month,
    /// Each year.
    Year,
}

impl Per {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Once, Self::Month, Self::Year];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|per| per.as_str() == text)
    }

    /// The months of a period; `None` when there are no periods.
    pub const fn months(self) -> Option<u8> {
        match self {
            Self::Once => None,
            Self::Month => Some(1),
            Self::Year => Some(12),
        }
    }
}

/// What pages and programs call a product: `pro`, `agent-pack`. 2 to 40 small letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProductCode(String);

/// What somebody may use, or how much of it: `agents_at_work`, `api_calls`. 2 to 40 small letters, digits and
/// underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Feature(String);

/// A name that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This has 2 to 40 small letters, digits and {}, and begins with a letter.", .between)]
pub struct NameError {
    /// What else than letters and digits may be in it.
    between: &'static str,
}

fn is_name(text: &str, sign: u8) -> bool {
    let rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == sign;
    (2..=40).contains(&text.len())
        && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && text.bytes().all(rest)
}

impl ProductCode {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProductCode {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if is_name(text, b'-') { Ok(Self(text.to_owned())) } else { Err(NameError { between: "hyphens" }) }
    }
}

impl Feature {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name for people: `agents_at_work` is "Agents at work", and `api_calls` "API calls".
    pub fn in_words(&self) -> String {
        let words = self.0.split('_').map(|word| if word == "api" { "API" } else { word });
        let words = words.collect::<Vec<_>>().join(" ");
        let mut letters = words.chars();
        letters.next().map(|first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str())).unwrap_or_default()
    }
}

impl FromStr for Feature {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if is_name(text, b'_') { Ok(Self(text.to_owned())) } else { Err(NameError { between: "underscores" }) }
    }
}

impl TryFrom<String> for ProductCode {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl TryFrom<String> for Feature {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<ProductCode> for String {
    fn from(code: ProductCode) -> Self {
        code.0
    }
}

impl From<Feature> for String {
    fn from(feature: Feature) -> Self {
        feature.0
    }
}

impl fmt::Display for ProductCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a product gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Of what.
    pub feature: Feature,
    /// How much; as much as one likes when empty.
    pub amount: Option<i64>,
    /// Whether it is used up, and given anew with each period that is paid.
    pub as_credits: bool,
}

/// A product with its current prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductView {
    /// The product.
    pub id: ProductId,
    /// What it is called in addresses.
    pub code: ProductCode,
    /// What it is called.
    pub name: String,
    /// What it is, in a sentence or two.
    pub summary: String,
    /// What of its price is tax.
    pub tax_rate: TaxRate,
    /// Whether it can be bought.
    pub on_sale: bool,
    /// What it gives.
    pub grants: Vec<Grant>,
    /// What it costs today, one for each way of paying.
    pub prices: Vec<PriceView>,
}

/// What a product costs, one way of paying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceView {
    /// The price.
    pub id: PriceId,
    /// Which of its versions.
    pub version: i32,
    /// How much, tax included.
    pub amount: Money,
    /// How often.
    pub per: Per,
    /// How long a new subscriber pays nothing.
    pub trial_days: u16,
    /// Whether a newer one has taken its place.
    pub retired: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_features_are_plain() {
        assert!("pro".parse::<ProductCode>().is_ok() && "agent-pack-2".parse::<ProductCode>().is_ok());
        for bad in ["", "p", "Pro", "2pro", "a b", "a_b", &"p".repeat(41)] {
            assert!(bad.parse::<ProductCode>().is_err(), "{bad}");
        }
        let feature: Feature = "agents_at_work".parse().expect("a feature");
        assert_eq!(feature.in_words(), "Agents at work");
        assert_eq!("api_calls".parse::<Feature>().map(|it| it.in_words()), Ok("API calls".to_owned()));
        assert!("a-b".parse::<Feature>().is_err());
    }
}
