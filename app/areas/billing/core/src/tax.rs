//! Tax that is included in prices.

use std::fmt;

use kernel::BasisPoints;
use serde::{Deserialize, Serialize};

/// How much tax comes on top of the price without it: 19 % of 100.00 is 19.00, and the price with it 119.00. At most
/// 50 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct TaxRate(BasisPoints);

/// A rate that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A tax rate is from 0 to 50 %, with at most two decimals.")]
pub struct TaxRateError;

impl TaxRate {
    /// No tax.
    pub const NONE: Self = Self(BasisPoints::ZERO);

    /// Hundredths of a percent.
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// Reads what somebody typed: `19` or `8.5`, with or without a percent sign.
    ///
    /// # Errors
    /// When it is no rate.
    pub fn parse(text: &str) -> Result<Self, TaxRateError> {
        let text = text.trim().trim_end_matches('%').trim_end().replace(',', ".");
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 2 || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
            return Err(TaxRateError);
        }
        format!("{whole}{decimals:0<2}").parse::<u16>().map_err(|_| TaxRateError)?.try_into()
    }

    /// What of a price that includes it is tax, rounded to the nearest minor unit. Below zero for what is given back:
    /// the same as of the price itself.
    pub fn included_in(self, total: i64) -> i64 {
        let (rate, whole) = (i128::from(self.get()), 10_000);
        let tax = |total: i128| (total * rate * 2 + whole + rate) / ((whole + rate) * 2);
        let total = i128::from(total);
        let tax = if total < 0 { -tax(-total) } else { tax(total) };
        // No part is larger than the whole.
        i64::try_from(tax).unwrap_or(0)
    }
}

impl TryFrom<u16> for TaxRate {
    type Error = TaxRateError;

    fn try_from(points: u16) -> Result<Self, TaxRateError> {
        let rate = BasisPoints::try_from(points).map_err(|_| TaxRateError)?;
        if points <= 5000 { Ok(Self(rate)) } else { Err(TaxRateError) }
    }
}

impl From<TaxRate> for u16 {
    fn from(rate: TaxRate) -> Self {
        rate.get()
    }
}

impl fmt::Display for TaxRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_is_part_of_the_price() {
        let rate = |points| TaxRate::try_from(points).expect("a rate");
        for (points, total, tax) in [
            (1900, 11_900, 1900),
            (1900, 1000, 160),
            (1900, -1000, -160),
            (770, 1077, 77),
            (0, 500, 0),
            (5000, 1, 0),
            (5000, 2, 1),
            (1900, i64::MAX, 1_472_639_232_775_132_272),
        ] {
            assert_eq!(rate(points).included_in(total), tax, "{points} of {total}");
        }
        assert!(TaxRate::try_from(5001).is_err());
    }

    #[test]
    fn reads_what_people_type() {
        for (text, points) in [("19", 1900), ("8.5 %", 850), ("7,70", 770), ("0", 0), (" 50% ", 5000)] {
            assert_eq!(TaxRate::parse(text).map(TaxRate::get), Ok(points), "{text}");
        }
        for text in ["", "-1", "50.01", "100", "1.234", "x", ".5", "1.5.2"] {
            assert_eq!(TaxRate::parse(text), Err(TaxRateError), "{text}");
        }
    }
}
