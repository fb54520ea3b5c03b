//! What it costs to go over to another price in the middle of a period.

use chrono::{DateTime, Utc};
use kernel::Money;

use crate::{PriceView, period};

/// The period somebody is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paid<'a> {
    /// At which price.
    pub price: &'a PriceView,
    /// When it began.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// Whether nothing was paid for it.
    pub is_trial: bool,
}

/// When a change happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeTiming {
    /// At once, and the difference is paid.
    Now,
    /// With the next period.
    AtRenewal,
}

/// What a change comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// When it happens.
    pub timing: ChangeTiming,
    /// What is given back for the rest of the period, below zero or nothing.
    pub credit: Money,
    /// What the new price comes to for the time from now on.
    pub charge: Money,
    /// When the period that is paid then began.
    pub period_start: DateTime<Utc>,
    /// When it ends.
    pub period_end: DateTime<Utc>,
}

/// Why there is nothing to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// It is the same price.
    #[error("This is the plan you have.")]
    Same,
    /// Subscriptions are not bought once.
    #[error("This is not a subscription.")]
    NotRecurring,
    /// In another currency.
    #[error("A subscription stays in its currency. End this one first, and then subscribe in the other currency.")]
    OtherCurrency,
}

impl Change {
    /// What is to be paid now.
    pub const fn total(&self) -> Money {
        Money::new(self.credit.minor + self.charge.minor, self.charge.currency)
    }
}

/// Reckons a change at the instant `at`. What costs more by the month takes effect at once: the rest of the old period
/// is given back, and the new price is paid for the time from now on, each to the second and rounded to the nearest
/// minor unit. What doesn't waits for the next period. Going over to another length of period begins a new one. While
/// nothing is paid, as in a trial, every change is at once and free.
///
/// # Errors
/// When there is nothing to change.
pub fn reckon(paid: Paid<'_>, next: &PriceView, anchor_day: u8, at: DateTime<Utc>) -> Result<Change, ChangeError> {
    let (old, new) = (paid.price, next);
    let currency = new.amount.currency;
    if old.id == new.id {
        return Err(ChangeError::Same);
    }
    if old.amount.currency != currency {
        return Err(ChangeError::OtherCurrency);
    }
    let nothing = Money::zero(currency);
    let (Some(old_months), Some(new_months)) = (old.per.months(), new.per.months()) else {
        return Err(ChangeError::NotRecurring);
    };
    let (start, end) = (paid.start, paid.end);
    if paid.is_trial {
        let timing = ChangeTiming::Now;
        return Ok(Change { timing, credit: nothing, charge: nothing, period_start: start, period_end: end });
    }
    // By the month, without dividing: old / old_months < new / new_months.
    let dearer =
        i128::from(old.amount.minor) * i128::from(new_months) < i128::from(new.amount.minor) * i128::from(old_months);
    let longer = new_months > old_months;
    if !dearer && !longer {
        let period_end = period::end(end, new.per, anchor_day);
        let timing = ChangeTiming::AtRenewal;
        return Ok(Change { timing, credit: nothing, charge: new.amount, period_start: end, period_end });
    }
    let rest = |amount: Money| Money::new(share(amount.minor, start, end, at), currency);
    let credit = rest(old.amount);
    let credit = Money::new(-credit.minor, currency);
    if old.per == new.per {
        let (timing, charge) = (ChangeTiming::Now, rest(new.amount));
        return Ok(Change { timing, credit, charge, period_start: start, period_end: end });
    }
    let period_end = period::end(at, new.per, period::anchor_day(at));
    if new.amount.minor + credit.minor < 0 {
        // Money is not paid out by a change of plan: it waits until what was paid is used up.
        let period_end = period::end(end, new.per, anchor_day);
        let timing = ChangeTiming::AtRenewal;
        return Ok(Change { timing, credit: nothing, charge: new.amount, period_start: end, period_end });
    }
    Ok(Change { timing: ChangeTiming::Now, credit, charge: new.amount, period_start: at, period_end })
}

/// What of an amount falls on the time from `at` to `end`, rounded to the nearest minor unit.
pub fn share(amount: i64, start: DateTime<Utc>, end: DateTime<Utc>, at: DateTime<Utc>) -> i64 {
    let whole = i128::from((end - start).num_seconds().max(1));
    let left = i128::from((end - at).num_seconds()).clamp(0, whole);
    i64::try_from((i128::from(amount) * left * 2 + whole).div_euclid(whole * 2)).unwrap_or(amount)
}

/// The price of a month, for comparing: a twelfth of a year's.
#[cfg(not(target_arch = "wasm32"))]
pub fn by_the_month(amount: Money, per: crate::Per) -> Money {
    let months = i64::from(per.months().unwrap_or(1));
    Money::new((amount.minor * 2 + months).div_euclid(months * 2), amount.currency)
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, Id};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::Per;

    fn price(id: u128, minor: i64, per: Per) -> PriceView {
        let amount = Money::new(minor, Currency::Eur);
        PriceView { id: Id::from_uuid(Uuid::from_u128(id)), version: 1, amount, per, trial_days: 0, retired: false }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn june(price: &PriceView) -> Paid<'_> {
        Paid { price, start: at("2026-06-01T00:00:00Z"), end: at("2026-07-01T00:00:00Z"), is_trial: false }
    }

    #[test]
    fn dearer_is_at_once_and_cheaper_at_renewal() {
        let (small, large) = (price(1, 1000, Per::Month), price(2, 3000, Per::Month));
        let up = reckon(june(&small), &large, 1, at("2026-06-16T00:00:00Z")).expect("a change");
        assert_eq!((up.timing, up.credit.minor, up.charge.minor), (ChangeTiming::Now, -500, 1500));
        assert_eq!(up.period_end, at("2026-07-01T00:00:00Z"));
        let down = reckon(june(&large), &small, 1, at("2026-06-16T00:00:00Z")).expect("a change");
        assert_eq!((down.timing, down.credit.minor, down.charge.minor), (ChangeTiming::AtRenewal, 0, 1000));
        assert_eq!(down.period_start, at("2026-07-01T00:00:00Z"));
        assert_eq!(reckon(june(&small), &small, 1, at("2026-06-16T00:00:00Z")), Err(ChangeError::Same));
        let once = price(3, 500, Per::Once);
        assert_eq!(reckon(june(&small), &once, 1, at("2026-06-16T00:00:00Z")), Err(ChangeError::NotRecurring));
    }

    #[test]
    fn a_year_begins_anew_and_gives_back_the_rest_of_the_month() {
        let (month, year) = (price(1, 1000, Per::Month), price(2, 10_000, Per::Year));
        let up = reckon(june(&month), &year, 1, at("2026-06-11T00:00:00Z")).expect("a change");
        assert_eq!((up.timing, up.credit.minor, up.total().minor), (ChangeTiming::Now, -667, 9333));
        assert_eq!((up.period_start, up.period_end), (at("2026-06-11T00:00:00Z"), at("2027-06-11T00:00:00Z")));
    }

    #[test]
    fn a_trial_changes_for_nothing() {
        let (small, large) = (price(1, 1000, Per::Month), price(2, 3000, Per::Month));
        let trial = Paid { is_trial: true, ..june(&small) };
        let change = reckon(trial, &large, 1, at("2026-06-16T00:00:00Z")).expect("a change");
        assert_eq!((change.timing, change.total().minor), (ChangeTiming::Now, 0));
    }

    proptest! {
        #[test]
        fn nobody_is_owed_by_a_change(
            old in 0_i64..=10_000_000, new in 0_i64..=10_000_000, second in 0_i64..=2_592_000, years in any::<(bool, bool)>(),
        ) {
            let per = |year| if year { Per::Year } else { Per::Month };
            let (old, new) = (price(1, old, per(years.0)), price(2, new, per(years.1)));
            let paid = june(&old);
            let change = reckon(paid, &new, 1, paid.start + chrono::TimeDelta::seconds(second)).expect("a change");
            prop_assert!(change.total().minor >= 0);
            prop_assert!(-change.credit.minor <= old.amount.minor && change.charge.minor <= new.amount.minor);
            prop_assert!(change.period_end > change.period_start);
        }
    }
}
