//! Amounts that can be moved.

use std::fmt;

use kernel::{AmountError, Currency, MAX_AMOUNT, Money, parse_amount};
use serde::{Deserialize, Serialize};

/// An amount that can be moved: more than nothing, and not more than [`MAX_AMOUNT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Money", into = "Money")]
pub struct Amount(Money);

impl Amount {
    /// Takes an amount of money.
    ///
    /// # Errors
    /// When it is nothing, less than that, or too much.
    pub const fn new(money: Money) -> Result<Self, AmountError> {
        match money.minor {
            ..0 => Err(AmountError::Negative),
            0 => Err(AmountError::Zero),
            1..=MAX_AMOUNT => Ok(Self(money)),
            _ => Err(AmountError::TooLarge { most: Money::new(MAX_AMOUNT, money.currency) }),
        }
    }

    /// Reads what somebody typed.
    ///
    /// # Errors
    /// When it is no amount, or one that can't be moved.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        Self::new(parse_amount(text, currency)?)
    }

    /// The amount.
    pub const fn money(self) -> Money {
        self.0
    }

    /// The number of minor units.
    pub const fn minor(self) -> i64 {
        self.0.minor
    }

    /// Of what.
    pub const fn currency(self) -> Currency {
        self.0.currency
    }
}

impl TryFrom<Money> for Amount {
    type Error = AmountError;

    fn try_from(money: Money) -> Result<Self, AmountError> {
        Self::new(money)
    }
}

impl From<Amount> for Money {
    fn from(amount: Amount) -> Self {
        amount.0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_moved_is_an_amount() {
        let euros = |minor| Amount::new(Money::new(minor, Currency::Eur));
        assert_eq!(euros(1).map(Amount::minor), Ok(1));
        assert_eq!(euros(MAX_AMOUNT).map(Amount::minor), Ok(MAX_AMOUNT));
        assert_eq!(euros(0), Err(AmountError::Zero));
        assert_eq!(euros(-1), Err(AmountError::Negative));
        assert_eq!(euros(i64::MIN), Err(AmountError::Negative));
        assert!(matches!(euros(MAX_AMOUNT + 1), Err(AmountError::TooLarge { .. })));
        assert_eq!(Amount::parse("0,00", Currency::Eur), Err(AmountError::Zero));
        assert_eq!(Amount::parse("0.1", Currency::Eur).map(|amount| amount.to_string()), Ok("0.10 EUR".to_owned()));
    }
}
