//! What calls cost: whole numbers all the way, rounded once, when they become money.

use std::fmt;

use kernel::{Currency, Money};
use serde::{Deserialize, Serialize};

use super::{Prompt, Usage};

/// So many parts has a minor unit.
const MICROS: i64 = 1_000_000;

/// What a model costs: minor units (cents) for a million tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// For tokens of the prompt.
    pub input: u32,
    /// For tokens of the answer.
    pub output: u32,
}

/// What something costs, in millionths of a minor unit. Never less than nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Cost(i64);

/// A cost that can't be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cost is less than nothing, or more than can be counted")]
pub struct CostError;

impl Cost {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// How many millionths of a minor unit.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Both together.
    ///
    /// # Errors
    /// When it is more than can be counted.
    pub fn checked_add(self, other: Self) -> Result<Self, CostError> {
        self.0.checked_add(other.0).map(Self).ok_or(CostError)
    }

    /// What is left of it.
    ///
    /// # Errors
    /// When `other` is more.
    pub fn checked_sub(self, other: Self) -> Result<Self, CostError> {
        Self::try_from(self.0.checked_sub(other.0).ok_or(CostError)?)
    }

    /// As money: a minor unit that was begun counts whole. Add up first and round then.
    pub const fn round_up(self, currency: Currency) -> Money {
        let begun = if self.0 % MICROS == 0 { 0 } else { 1 };
        Money::new(self.0 / MICROS + begun, currency)
    }
}

impl TryFrom<i64> for Cost {
    type Error = CostError;

    fn try_from(micros: i64) -> Result<Self, CostError> {
        if micros < 0 { Err(CostError) } else { Ok(Self(micros)) }
    }
}

impl From<Cost> for i64 {
    fn from(cost: Cost) -> Self {
        cost.0
    }
}

impl fmt::Display for Cost {
    /// In minor units: `0.0425`, `3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / MICROS, self.0 % MICROS);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{rest:06}").trim_end_matches('0'))
    }
}

impl Price {
    /// What costs nothing.
    pub const FREE: Self = Self { input: 0, output: 0 };

    /// What a call cost, exactly: tokens times cents for a million of them are millionths of a cent.
    ///
    /// # Errors
    /// When it is more than can be counted.
    pub fn cost(self, usage: &Usage) -> Result<Cost, CostError> {
        let of = |tokens: u64, price: u32| tokens.checked_mul(price.into()).ok_or(CostError);
        let micros = of(usage.input_tokens, self.input)?.checked_add(of(usage.output_tokens, self.output)?);
        micros.and_then(|micros| i64::try_from(micros).ok()).map(Cost).ok_or(CostError)
    }

    /// What so many tokens of a prompt cost, when nothing is answered.
    ///
    /// # Errors
    /// When it is more than can be counted.
    pub fn of_input(self, tokens: u64) -> Result<Cost, CostError> {
        self.cost(&Usage { input_tokens: tokens, ..Usage::default() })
    }

    /// The most that a call with this prompt can cost: to be reserved before it is made.
    ///
    /// # Errors
    /// When it is more than can be counted.
    pub fn most(self, prompt: &Prompt) -> Result<Cost, CostError> {
        self.cost(&Usage {
            input_tokens: prompt.most_input_tokens(),
            output_tokens: prompt.max_output_tokens.into(),
            ..Usage::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::{Part, ToolSpec, Turn};

    const PRICE: Price = Price { input: 25, output: 200 };

    fn usage(input_tokens: u64, output_tokens: u64) -> Usage {
        Usage { input_tokens, output_tokens, ..Usage::default() }
    }

    #[test]
    fn a_call_costs_what_its_tokens_cost() {
        let cost = PRICE.cost(&usage(1_000, 200)).expect("a cost");
        assert_eq!((cost.micros(), cost.to_string().as_str()), (65_000, "0.065"));
        assert_eq!(cost.round_up(Currency::Eur), Money::new(1, Currency::Eur));
        let exact = PRICE.cost(&usage(1_000_000, 1_000_000)).expect("a cost");
        assert_eq!(exact.round_up(Currency::Eur), Money::new(225, Currency::Eur));
        assert_eq!(exact.to_string(), "225");
        assert_eq!(Cost::ZERO.round_up(Currency::Eur), Money::zero(Currency::Eur));
        assert_eq!(Price::FREE.cost(&usage(u64::MAX, u64::MAX)), Ok(Cost::ZERO));
    }

    #[test]
    fn what_cannot_be_counted_is_an_error() {
        assert_eq!(PRICE.cost(&usage(u64::MAX, 1)), Err(CostError));
        assert_eq!(PRICE.cost(&usage(1 << 60, 0)), Err(CostError));
        let most = Cost::try_from(i64::MAX).expect("a cost");
        assert_eq!(most.checked_add(most), Err(CostError));
        assert_eq!(Cost::ZERO.checked_sub(most), Err(CostError));
        assert_eq!(Cost::try_from(-1), Err(CostError));
        assert!(serde_json::from_str::<Cost>("-1").is_err());
        assert_eq!(most.round_up(Currency::Usd).minor, i64::MAX / MICROS + 1);
    }

    #[test]
    fn the_most_counts_everything_that_is_sent() {
        let mut prompt = Prompt { max_output_tokens: 1_000, ..Prompt::default() };
        let mut last = PRICE.most(&prompt).expect("a cost");
        assert!(last >= PRICE.cost(&usage(0, 1_000)).expect("a cost"));
        let more: [fn(&mut Prompt); 4] = [
            |prompt| prompt.persona.instructions = "Be kind.".to_owned(),
            |prompt| prompt.turns.push(Turn::User(vec![Part::Text("\u{1F980}".repeat(100))])),
            |prompt| prompt.tools.push(ToolSpec { name: "add".to_owned(), ..ToolSpec::default() }),
            |prompt| prompt.max_output_tokens += 1,
        ];
        for add in more {
            add(&mut prompt);
            let most = PRICE.most(&prompt).expect("a cost");
            assert!(most > last);
            last = most;
        }
    }

    proptest! {
        #[test]
        fn rounding_is_up_and_by_less_than_one(micros in 0_i64..) {
            let money = Cost::try_from(micros).expect("a cost").round_up(Currency::Eur);
            let off = i128::from(money.minor) * i128::from(MICROS) - i128::from(micros);
            prop_assert!((0..i128::from(MICROS)).contains(&off));
        }
    }
}
