//! Reckons exactly: with fractions of whole numbers of any length, never with rounded ones.

use std::{fmt::Write, iter::Peekable, str::Chars};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde::Deserialize;
use serde_json::Value;

use super::texts;

/// What models are told of it.
pub(super) const DESCRIPTION: &str = "Reckons exactly with + - * / ^, percent (15% is 0.15), brackets and decimal numbers. Use it for every sum instead of \
     reckoning yourself.";
/// The longest expression, in characters.
const LONGEST: usize = 1_000;
/// How deep brackets stand in each other at most.
const DEEPEST: usize = 60;
/// The most bits that a number has on the way.
const BITS: u64 = 20_000;
/// So many decimals are written out; a number that has more is rounded, and says so.
const DECIMALS: usize = 30;
/// The longest fraction that is written beside a rounded number, in digits.
const FRACTION: usize = 60;

/// The schema of its arguments.
pub(super) fn schema() -> Value {
    texts(&[("expression", "The sum, such as (19.90 * 3 + 4.5) * 1.19", LONGEST)])
}

/// What it is called with.
#[derive(Deserialize)]
pub(super) struct Arguments {
    expression: String,
}

/// Reckons.
pub(super) fn make(arguments: &Arguments) -> Result<String, String> {
    if arguments.expression.chars().count() > LONGEST {
        return Err(format!("This is longer than {LONGEST} characters. Reckon in steps."));
    }
    let mut reader = Reader { rest: arguments.expression.chars().peekable(), depth: 0 };
    let number = reader.sum()?;
    match reader.next_sign() {
        None => Ok(written(&number)),
        Some(',') => Err("Write numbers without commas: 1234.5".to_owned()),
        Some(other) => Err(format!("\"{other}\" is not expected there. Use + - * / ^ % ( ) and decimal numbers.")),
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
}

impl Reader<'_> {
    /// The next character that is no space.
    fn next_sign(&mut self) -> Option<char> {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
        self.rest.peek().copied()
    }

    fn takes(&mut self, signs: &[char]) -> Option<char> {
        let sign = self.next_sign().filter(|sign| signs.contains(sign))?;
        self.rest.next();
        Some(sign)
    }

    fn sum(&mut self) -> Result<BigRational, String> {
        let mut number = self.product()?;
        while let Some(sign) = self.takes(&['+', '-', '−', '–']) {
            let other = self.product()?;
            number = bounded(if sign == '+' { number + other } else { number - other })?;
        }
        Ok(number)
    }

    fn product(&mut self) -> Result<BigRational, String> {
        let mut number = self.signed()?;
        while let Some(sign) = self.takes(&['*', '×', '·', '/', '÷', ':']) {
            let other = self.signed()?;
            let multiplied = matches!(sign, '*' | '×' | '·');
            if !multiplied && other.is_zero() {
                return Err("Nothing can be divided by zero.".to_owned());
            }
            number = bounded(if multiplied { number * other } else { number / other })?;
        }
        Ok(number)
    }

    fn signed(&mut self) -> Result<BigRational, String> {
        let mut negative = false;
        while let Some(sign) = self.takes(&['+', '-', '−', '–']) {
            negative ^= sign != '+';
        }
        let number = self.power()?;
        Ok(if negative { -number } else { number })
    }

    /// Binds stronger than a sign before it, and from the right: `-2^2` is -4, `2^3^2` is 512.
    fn power(&mut self) -> Result<BigRational, String> {
        let base = self.percent()?;
        if self.takes(&['^']).is_none() {
            return Ok(base);
        }
        self.deeper()?;
        let exponent = self.signed()?;
        self.depth -= 1;
        raised(&base, &exponent)
    }

    fn percent(&mut self) -> Result<BigRational, String> {
        let mut number = self.number()?;
        while self.takes(&['%']).is_some() {
            number = bounded(number / BigRational::from_integer(BigInt::from(100)))?;
        }
        Ok(number)
    }

    fn number(&mut self) -> Result<BigRational, String> {
        if self.takes(&['(']).is_some() {
            self.deeper()?;
            let number = self.sum()?;
            self.depth -= 1;
            self.takes(&[')']).ok_or("A bracket is not closed.")?;
            return Ok(number);
        }
        self.next_sign();
        let mut digits = String::new();
        let mut decimals = None;
        while let Some(c) = self.rest.next_if(|c| c.is_ascii_digit() || *c == '.' || *c == '_') {
            match c {
                '.' if decimals.is_some() => return Err("A number has two decimal points.".to_owned()),
                '.' => decimals = Some(0_u32),
                '_' => {}
                digit => {
                    digits.push(digit);
                    decimals = decimals.map(|it| it + 1);
                }
            }
        }
        let whole: BigInt = digits.parse().map_err(|_| match self.rest.peek() {
            None => "The sum ends too early.".to_owned(),
            Some(c) => format!("\"{c}\" is not expected there. Use + - * / ^ % ( ) and decimal numbers."),
        })?;
        bounded(BigRational::new(whole, BigInt::from(10).pow(decimals.unwrap_or(0))))
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEEPEST { Err("There are too many brackets in each other.".to_owned()) } else { Ok(()) }
    }
}

fn bounded(number: BigRational) -> Result<BigRational, String> {
    if number.numer().bits() > BITS || number.denom().bits() > BITS {
        return Err("The numbers become too long. Reckon with smaller ones.".to_owned());
    }
    Ok(number)
}

fn raised(base: &BigRational, exponent: &BigRational) -> Result<BigRational, String> {
    if !exponent.is_integer() {
        return Err("Only whole numbers can stand after ^.".to_owned());
    }
    let too_long = || "The numbers become too long. Reckon with smaller ones.".to_owned();
    let exponent = exponent.to_integer().to_i32().ok_or_else(too_long)?;
    if exponent < 0 && base.is_zero() {
        return Err("Nothing can be divided by zero.".to_owned());
    }
    // Before it is worked out: how long it would be.
    let bits = base.numer().bits().max(base.denom().bits());
    let trivial = base.is_zero() || (base.denom().is_one() && base.numer().abs().is_one());
    if !trivial && bits.saturating_mul(exponent.unsigned_abs().into()) > BITS {
        return Err(too_long());
    }
    Ok(if trivial && exponent != 0 {
        // One and minus one are themselves again, however often.
        if exponent % 2 == 0 { base * base } else { base.clone() }
    } else {
        base.pow(exponent)
    })
}

/// A number as people write it: exactly where it ends, rounded with a note where it does not.
fn written(number: &BigRational) -> String {
    let scale = BigInt::from(10).pow(u32::try_from(DECIMALS).unwrap_or(0));
    let scaled = number * BigRational::from_integer(scale.clone());
    let rounded = scaled.round().to_integer();
    let (whole, rest) = (rounded.abs() / &scale, rounded.abs() % &scale);
    let decimals = format!("{:0>width$}", rest.to_string(), width = DECIMALS);
    let decimals = decimals.trim_end_matches('0');
    let mut text = format!("{}{whole}", if rounded.is_negative() { "-" } else { "" });
    if !decimals.is_empty() {
        _ = write!(text, ".{decimals}");
    }
    if !scaled.is_integer() {
        let fraction = number.to_string();
        text.push_str(" (rounded)");
        if fraction.len() <= FRACTION {
            text.push_str(&format!(", exactly {fraction}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reckoned(expression: &str) -> Result<String, String> {
        make(&Arguments { expression: expression.to_owned() })
    }

    #[test]
    fn sums_are_exact() {
        for (expression, result) in [
            ("0.1 + 0.2", "0.3"),
            ("12 * (3 + 4)", "84"),
            ("15/100* 80", "12"),
            ("80 * 15%", "12"),
            ("-2^2", "-4"),
            ("(-2)^2", "4"),
            ("2^3^2", "512"),
            ("2^-2", "0.25"),
            ("1 - 0.9999999999999999999999", "0.0000000000000000000001"),
            ("99999999999999999999 + 1", "100000000000000000000"),
            ("(19.90 * 3 + 4.5) * 1.19", "76.398"),
            ("7 ÷ 2 × 2", "7"),
            ("1_000 - -1", "1001"),
            ("(-1)^1000001", "-1"),
            ("0^0", "1"),
        ] {
            assert_eq!(reckoned(expression).as_deref(), Ok(result), "{expression}");
        }
        assert_eq!(reckoned("1/3").expect("a number"), format!("0.{} (rounded), exactly 1/3", "3".repeat(30)));
    }

    #[test]
    fn what_is_no_sum_is_said() {
        for (expression, said) in [
            ("", "ends too early"),
            ("1 +", "ends too early"),
            ("1 / 0", "divided by zero"),
            ("0^-1", "divided by zero"),
            ("(1", "not closed"),
            ("1)", "not expected"),
            ("1,000", "without commas"),
            ("1.2.3", "two decimal points"),
            ("2^0.5", "whole numbers"),
            ("9^9^9^9", "too long"),
            ("2^99999999999", "too long"),
            ("system('ls')", "not expected"),
        ] {
            let words = reckoned(expression).expect_err(expression);
            assert!(words.contains(said), "{expression}: {words}");
        }
        assert!(reckoned(&"(".repeat(500)).expect_err("deep").contains("brackets"));
        assert!(reckoned(&"9*".repeat(499)).expect_err("an end").contains("early"));
        assert!(reckoned(&"1".repeat(2_000)).expect_err("long").contains("characters"));
    }
}
