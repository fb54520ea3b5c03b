//! The SQL of this area, checked at compile time. Rows are private to it and become types of the model; no rules.

pub(crate) mod cards;
pub(crate) mod charges;
pub(crate) mod forks;
pub(crate) mod licences;
pub(crate) mod listings;
pub(crate) mod revenue;
pub(crate) mod reviews;
pub(crate) mod sales;
pub(crate) mod search;
pub(crate) mod splits;
pub(crate) mod users;

use kernel::{BasisPoints, Money};

use crate::{Error, listing::CURRENCY};

/// Reads a rate.
fn points(value: i32) -> Result<BasisPoints, Error> {
    u16::try_from(value).ok().and_then(|it| BasisPoints::try_from(it).ok()).ok_or(Error::BadRow("rate"))
}

/// Reads an amount.
const fn euros(minor: i64) -> Money {
    Money::new(minor, CURRENCY)
}

/// Reads what counts something.
fn count(value: i32) -> u32 {
    value.unsigned_abs()
}
