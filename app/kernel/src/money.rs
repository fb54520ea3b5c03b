//! Money: whole minor units of a currency, counted exactly. Nothing here rounds unless it says how.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The most that one amount may be, in minor units: a hundred million euros. Sums of many such amounts stay far from
/// what an `i64` can hold.
pub const MAX_AMOUNT: i64 = 10_000_000_000;

/// A currency that we know (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Currency {
    /// Swiss franc.
    Chf,
    /// Euro.
    Eur,
    /// Pound sterling.
    Gbp,
    /// Yen, which has no minor unit.
    Jpy,
    /// US dollar.
    Usd,
}

/// A currency that we don't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("We don't know this currency. Choose EUR, USD, GBP, CHF or JPY.")]
pub struct UnknownCurrency;

impl Currency {
    /// All there are, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Eur, Self::Usd, Self::Gbp, Self::Chf, Self::Jpy];

    /// The code, in capitals: what the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chf => "CHF",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Jpy => "JPY",
            Self::Usd => "USD",
        }
    }

    /// How many decimals an amount has.
    pub const fn exponent(self) -> u8 {
        match self {
            Self::Jpy => 0,
            Self::Chf | Self::Eur | Self::Gbp | Self::Usd => 2,
        }
    }

    /// How many minor units make one.
    const fn minor_units(self) -> i64 {
        10_i64.pow(self.exponent() as u32)
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        Self::ALL.into_iter().find(|currency| currency.as_str() == text).ok_or(UnknownCurrency)
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(text: String) -> Result<Self, UnknownCurrency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount of a currency. May be negative: a debt, or what went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How many minor units: cents, pence; yen.
    pub minor: i64,
    /// Of what.
    pub currency: Currency,
}

/// Why two amounts could not be reckoned with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Apples and pears.
    #[error("{left} and {right} can't be added up")]
    OtherCurrency {
        /// The currency of the one.
        left: Currency,
        /// The currency of the other.
        right: Currency,
    },
    /// More than can be counted.
    #[error("the amount is more than can be counted")]
    Overflow,
}

impl Money {
    /// So many minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Whether it is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Both together.
    ///
    /// # Errors
    /// When they are of two currencies, or more than can be counted.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// What is left when `other` is taken away; perhaps less than nothing.
    ///
    /// # Errors
    /// When they are of two currencies, or less than can be counted.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The number without the currency: `12.34`, `-0.05`; `1234` for yen.
    pub fn to_decimal(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let unit = self.currency.minor_units().unsigned_abs();
        let (whole, rest) = (self.minor.unsigned_abs() / unit, self.minor.unsigned_abs() % unit);
        match usize::from(self.currency.exponent()) {
            0 => format!("{sign}{whole}"),
            decimals => format!("{sign}{whole}.{rest:0decimals$}"),
        }
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::OtherCurrency { left: self.currency, right: other.currency })
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

/// Why an amount was refused, in words for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing was given.
    #[error("Enter an amount.")]
    Empty,
    /// Not written as we read amounts.
    #[error("This is not an amount. Write it in digits, like 12 or 12.50.")]
    NotANumber,
    /// Less than nothing.
    #[error("An amount can't be negative.")]
    Negative,
    /// Nothing, where there must be something.
    #[error("Enter an amount of more than zero.")]
    Zero,
    /// Parts of the smallest coin.
    #[error("{}", decimals(*currency))]
    Decimals {
        /// In which currency.
        currency: Currency,
    },
    /// More than [`MAX_AMOUNT`].
    #[error("This is too much at once. {most} is the most.")]
    TooLarge {
        /// What would be possible.
        most: Money,
    },
}

fn decimals(currency: Currency) -> String {
    match currency.exponent() {
        0 => format!("{currency} has no decimals. Write a whole number."),
        decimals => format!("{currency} has {decimals} decimals. Write the amount like 12.50."),
    }
}

/// Reads an amount that somebody typed: `12`, `12.3`, `12,34`, `1 234.50`, `1,234.50`. A comma or a point followed by
/// three digits and nothing else is refused rather than guessed at, because half of the world means thousands by it.
///
/// # Errors
/// When it is no amount, or has more decimals than the currency, or is negative or too large.
pub fn parse_amount(text: &str, currency: Currency) -> Result<Money, AmountError> {
    let too_large = AmountError::TooLarge { most: Money::new(MAX_AMOUNT, currency) };
    let text = text.trim();
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    if text.starts_with(['-', '\u{2212}']) {
        return Err(AmountError::Negative);
    }
    // Looked at before anything is copied: the text may be a megabyte long.
    if text.len() > 60 {
        return Err(if text.bytes().all(|b| b.is_ascii_digit()) { too_large } else { AmountError::NotANumber });
    }
    let (whole, fraction) = match text.rfind(['.', ',']) {
        Some(place) => (&text[..place], &text[place + 1..]),
        None => (text, ""),
    };
    let decimal_sign = text[whole.len()..].chars().next();
    let digits = ungrouped(whole, decimal_sign).ok_or(AmountError::NotANumber)?;
    if digits.is_empty() && fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    if fraction.len() > usize::from(currency.exponent()) {
        return Err(AmountError::Decimals { currency });
    }
    let mut minor: i64 = 0;
    let missing = usize::from(currency.exponent()) - fraction.len();
    for digit in digits.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', missing)) {
        minor = minor * 10 + i64::from(digit - b'0');
        if minor > MAX_AMOUNT {
            return Err(too_large);
        }
    }
    Ok(Money { minor, currency })
}

/// The digits before the decimals, without what stands between groups of three of them. `None` when it isn't digits, or
/// the groups are not of three.
fn ungrouped(whole: &str, decimal_sign: Option<char>) -> Option<String> {
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else { return Some(whole.to_owned()) };
    let groups_so = match separator {
        ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}' | '\'' | '\u{2019}' => true,
        '.' | ',' => decimal_sign.is_some_and(|sign| sign != separator),
        _ => false,
    };
    let mut groups = whole.split(separator);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    (groups_so && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// Divides `minor` in proportion to `weights`, so that the parts add up to it exactly: each gets its share rounded
/// down, and what is left over goes, a unit each, to those who lost most by that (the method of the largest remainder);
/// of equals, to the first. When all weights are zero, everybody counts the same. Without weights there is nobody, and
/// nothing is given.
pub fn allocate(minor: i64, weights: &[u64]) -> Vec<i64> {
    let equal = vec![1; weights.len()];
    let weights = if weights.iter().all(|weight| *weight == 0) { &equal } else { weights };
    let total: u128 = weights.iter().copied().map(u128::from).sum();
    let amount = u128::from(minor.unsigned_abs());
    let mut parts: Vec<u128> = Vec::with_capacity(weights.len());
    let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    for (place, weight) in weights.iter().copied().map(u128::from).enumerate() {
        // Below 2^63 times 2^64: it fits.
        let share = amount * weight;
        parts.push(share / total);
        remainders.push((share % total, place));
    }
    remainders.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    let given: u128 = parts.iter().sum();
    let left = usize::try_from(amount - given.min(amount)).unwrap_or(0);
    for (_, place) in remainders.into_iter().take(left) {
        parts[place] += 1;
    }
    let signed = |part: u128| {
        let part = i128::try_from(part).unwrap_or(0);
        // No part is larger than the whole.
        i64::try_from(if minor < 0 { -part } else { part }).unwrap_or(minor)
    };
    parts.into_iter().map(signed).collect()
}

/// Hundredths of a percent, from none to all: the rate of a fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct BasisPoints(u16);

/// More than all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A rate is from 0 to 100 %.")]
pub struct RateError;

impl BasisPoints {
    /// Nothing of it.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const ALL: Self = Self(10_000);

    /// The number of basis points.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// So much of an amount, rounded to the nearest minor unit; of two equally near, to the larger.
    pub fn of(self, minor: i64) -> i64 {
        let whole = i128::from(Self::ALL.0);
        let part = (i128::from(minor) * i128::from(self.0) + whole / 2).div_euclid(whole);
        // No part is larger than the whole.
        i64::try_from(part).unwrap_or(minor)
    }
}

impl TryFrom<u16> for BasisPoints {
    type Error = RateError;

    fn try_from(points: u16) -> Result<Self, RateError> {
        if points <= Self::ALL.0 { Ok(Self(points)) } else { Err(RateError) }
    }
}

impl From<BasisPoints> for u16 {
    fn from(points: BasisPoints) -> Self {
        points.0
    }
}

impl fmt::Display for BasisPoints {
    /// As percents: `2.9 %`, `15 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{whole} %"),
            (_, 0) => write!(f, "{whole}.{} %", rest / 10),
            _ => write!(f, "{whole}.{rest:02} %"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOST: Money = Money::new(MAX_AMOUNT, Currency::Eur);

    #[test]
    fn amounts_are_written_with_their_decimals() {
        for (minor, currency, text) in [
            (1234, Currency::Eur, "12.34 EUR"),
            (-5, Currency::Usd, "-0.05 USD"),
            (0, Currency::Gbp, "0.00 GBP"),
            (1234, Currency::Jpy, "1234 JPY"),
            (i64::MIN, Currency::Chf, "-92233720368547758.08 CHF"),
        ] {
            assert_eq!(Money::new(minor, currency).to_string(), text);
        }
    }

    #[test]
    fn reads_what_people_type() {
        for (text, minor) in [
            ("12", 1200),
            (" 12.3 ", 1230),
            ("12,34", 1234),
            ("1 234.50", 123_450),
            ("1\u{202F}234,50", 123_450),
            ("1'234.50", 123_450),
            ("1,234.50", 123_450),
            ("1.234.567,89", 123_456_789),
            (".5", 50),
            ("12.", 1200),
            ("0", 0),
            ("007", 700),
            ("100000000", MAX_AMOUNT),
        ] {
            assert_eq!(parse_amount(text, Currency::Eur), Ok(Money::new(minor, Currency::Eur)), "{text}");
        }
        assert_eq!(parse_amount("1 200", Currency::Jpy), Ok(Money::new(1200, Currency::Jpy)));
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        use AmountError::{Decimals, Empty, Negative, NotANumber, TooLarge};
        let (decimals, too_large) = (Decimals { currency: Currency::Eur }, TooLarge { most: MOST });
        for (text, error) in [
            ("", Empty),
            (" \u{A0}", Empty),
            ("-1", Negative),
            ("\u{2212}0.01", Negative),
            ("abc", NotANumber),
            ("1e9", NotANumber),
            ("0x10", NotANumber),
            (".", NotANumber),
            ("1.2.3", NotANumber),
            ("1 23", NotANumber),
            (" 1  234", NotANumber),
            ("12 345 6", NotANumber),
            ("1,234,567", NotANumber),
            ("NaN", NotANumber),
            ("\u{0661}\u{0662}", NotANumber),
            ("12.345", decimals),
            ("1,234", decimals),
            ("0.001", decimals),
            ("100000000.01", too_large),
            ("99999999999999999999999999", too_large),
        ] {
            assert_eq!(parse_amount(text, Currency::Eur), Err(error), "{text:?}");
        }
        assert_eq!(parse_amount(&"9".repeat(1_000_000), Currency::Eur), Err(too_large));
        assert_eq!(parse_amount(&"x".repeat(1_000_000), Currency::Eur), Err(NotANumber));
        assert_eq!(decimals.to_string(), "EUR has 2 decimals. Write the amount like 12.50.");
        let yen = parse_amount("12.5", Currency::Jpy).expect_err("half a yen");
        assert_eq!(yen.to_string(), "JPY has no decimals. Write a whole number.");
        assert_eq!(too_large.to_string(), "This is too much at once. 100000000.00 EUR is the most.");
    }

    #[test]
    fn reckoning_minds_currency_and_size() {
        let (euro, yen) = (Money::new(1, Currency::Eur), Money::new(1, Currency::Jpy));
        let most = Money::new(i64::MAX, Currency::Eur);
        assert_eq!(euro.checked_add(euro), Ok(Money::new(2, Currency::Eur)));
        assert_eq!(euro.checked_sub(most), Ok(Money::new(1 - i64::MAX, Currency::Eur)));
        assert_eq!(euro.checked_add(most), Err(MoneyError::Overflow));
        assert_eq!(Money::new(-2, Currency::Eur).checked_sub(most), Err(MoneyError::Overflow));
        let mixed = Err(MoneyError::OtherCurrency { left: Currency::Eur, right: Currency::Jpy });
        assert_eq!(euro.checked_add(yen), mixed);
        assert_eq!(euro.checked_sub(yen), mixed);
        assert!(euro.is_positive() && !Money::zero(Currency::Eur).is_positive());
    }

    #[test]
    fn currencies_travel_as_their_code() {
        for currency in Currency::ALL {
            let text = serde_json::to_string(&currency).expect("JSON");
            assert_eq!(text, format!("\"{currency}\""));
            assert_eq!(serde_json::from_str::<Currency>(&text).expect("a currency"), currency);
        }
        for wrong in ["eur", "XXX", "", "EURO", " EUR"] {
            assert_eq!(wrong.parse::<Currency>(), Err(UnknownCurrency), "{wrong:?}");
        }
    }

    #[test]
    fn leftovers_go_to_the_largest_remainders() {
        assert_eq!(allocate(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(allocate(10, &[1, 2, 4]), [1, 3, 6]);
        assert_eq!(allocate(-100, &[1, 1, 1]), [-34, -33, -33]);
        assert_eq!(allocate(5, &[0, 0]), [3, 2]);
        assert_eq!(allocate(5, &[0, 7]), [0, 5]);
        assert_eq!(allocate(5, &[]), [0; 0]);
        assert_eq!(allocate(i64::MIN, &[u64::MAX, 0]), [i64::MIN, 0]);
    }

    #[test]
    fn rates_round_to_the_nearest() {
        let rate = |points| BasisPoints::try_from(points).expect("a rate");
        assert_eq!(rate(290).of(1000), 29);
        assert_eq!(rate(5000).of(1), 1);
        assert_eq!(rate(4999).of(1), 0);
        assert_eq!(rate(5000).of(-1), 0);
        assert_eq!(rate(10_000).of(i64::MAX), i64::MAX);
        assert_eq!(BasisPoints::try_from(10_001), Err(RateError));
        for (points, text) in [(0, "0 %"), (290, "2.9 %"), (1500, "15 %"), (5, "0.05 %"), (1234, "12.34 %")] {
            assert_eq!(rate(points).to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn parts_add_up_and_are_fair(minor in any::<i64>(), weights in proptest::collection::vec(any::<u64>(), 1..20)) {
            let parts = allocate(minor, &weights);
            prop_assert_eq!(parts.iter().copied().map(i128::from).sum::<i128>(), i128::from(minor));
            let total: u128 = weights.iter().copied().map(u128::from).sum();
            prop_assume!(total > 0);
            for (part, weight) in parts.iter().zip(&weights) {
                // Less than one unit away from the exact share.
                let exact = u128::from(minor.unsigned_abs()) * u128::from(*weight);
                let part = u128::from(part.unsigned_abs());
                prop_assert!(part == exact / total || part == exact / total + 1);
            }
        }

        #[test]
        fn no_rate_is_more_than_a_unit_off(minor in any::<i64>(), points in 0_u16..=10_000) {
            let part = BasisPoints::try_from(points).expect("a rate").of(minor);
            let off = i128::from(part) * 10_000 - i128::from(minor) * i128::from(points);
            prop_assert!((-4_999..=5_000).contains(&off), "{off}");
        }

        #[test]
        fn what_is_written_is_read_again(minor in 0..=MAX_AMOUNT, which in 0_usize..5) {
            let money = Money::new(minor, Currency::ALL[which]);
            prop_assert_eq!(parse_amount(&money.to_decimal(), money.currency), Ok(money));
        }

        #[test]
        fn reading_never_panics(text in ".{0,70}", which in 0_usize..5) {
            if let Ok(money) = parse_amount(&text, Currency::ALL[which]) {
                prop_assert!((0..=MAX_AMOUNT).contains(&money.minor));
            }
        }
    }
}
