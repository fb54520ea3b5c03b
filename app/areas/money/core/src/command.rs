//! What somebody wants done, parsed. Who they are is not in here: that comes from the context.

use std::fmt;

use chrono::TimeDelta;
use kernel::{
    AccountId, BasisPoints, Currency, FieldError, HoldId, LedgerAccountId, MAX_AMOUNT, Money, PayoutId, Problem,
    TransferId,
};

use crate::{Amount, Key, Memo, PayoutNews, Subject, TransferKind};

/// The most payees of one payment.
const MOST_LINES: usize = 50;

/// What one payee gets of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Who gets it.
    pub to: AccountId,
    /// What the payer pays for it.
    pub amount: Amount,
    /// What of that the platform keeps.
    pub fee: Fee,
}

/// What the platform keeps of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fee {
    /// A rate of it.
    Rate(BasisPoints),
    /// So many minor units, where the area that has it paid divided it; never more than there is.
    Exactly(i64),
}

impl From<BasisPoints> for Fee {
    fn from(rate: BasisPoints) -> Self {
        Self::Rate(rate)
    }
}

impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(rate) => write!(f, "{}", rate.get()),
            Self::Exactly(minor) => write!(f, "={minor}"),
        }
    }
}

impl Line {
    /// What the platform keeps, in minor units.
    pub fn fee_minor(&self) -> i64 {
        match self.fee {
            Fee::Rate(rate) => rate.of(self.amount.minor()),
            Fee::Exactly(minor) => minor.clamp(0, self.amount.minor()),
        }
    }
}

/// How a payment is divided: of one currency, and in sum an amount that can be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    lines: Vec<Line>,
    total: Amount,
}

/// What is wrong with the division of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinesError {
    /// Nobody gets anything.
    #[error("A payment needs somebody who is paid.")]
    Nobody,
    /// More payees than we take.
    #[error("A payment has at most {} lines.", MOST_LINES)]
    TooMany,
    /// Two currencies in one payment.
    #[error("A payment has one currency.")]
    OtherCurrency,
    /// The parts are less or more than the whole.
    #[error("The parts come to {parts}, but the payment is {whole}.")]
    DoesNotAddUp {
        /// The sum of the parts.
        parts: Money,
        /// What it should be.
        whole: Money,
    },
    /// More than can be moved at once.
    #[error("This is too much at once. {most} is the most.")]
    TooLarge {
        /// What would be possible.
        most: Money,
    },
}

impl Lines {
    /// Puts together who gets what.
    ///
    /// # Errors
    /// When that is nobody or too many, or not of one currency, or too much.
    pub fn new(lines: Vec<Line>) -> Result<Self, LinesError> {
        let currency = lines.first().ok_or(LinesError::Nobody)?.amount.currency();
        if lines.len() > MOST_LINES {
            return Err(LinesError::TooMany);
        }
        if lines.iter().any(|line| line.amount.currency() != currency) {
            return Err(LinesError::OtherCurrency);
        }
        // Fifty times the most there can be fits.
        let minor = lines.iter().map(|line| line.amount.minor()).sum();
        let too_large = LinesError::TooLarge { most: Money::new(MAX_AMOUNT, currency) };
        let total = Amount::new(Money::new(minor, currency)).map_err(|_| too_large)?;
        Ok(Self { lines, total })
    }

    /// The same, checked against what the whole should be.
    ///
    /// # Errors
    /// When the parts are not valid, or come to something else.
    pub fn of(whole: Amount, lines: Vec<Line>) -> Result<Self, LinesError> {
        let lines = Self::new(lines)?;
        if lines.total == whole {
            Ok(lines)
        } else if lines.currency() == whole.currency() {
            Err(LinesError::DoesNotAddUp { parts: lines.total.money(), whole: whole.money() })
        } else {
            Err(LinesError::OtherCurrency)
        }
    }

    /// All of it to one payee.
    pub fn one(to: AccountId, amount: Amount, fee: BasisPoints) -> Self {
        Self { lines: vec![Line { to, amount, fee: fee.into() }], total: amount }
    }

    /// The lines.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Line> {
        self.lines.iter()
    }

    /// All of them together.
    pub const fn total(&self) -> Amount {
        self.total
    }

    /// Of what.
    pub const fn currency(&self) -> Currency {
        self.total.currency()
    }

    /// What the platform keeps of all of them.
    pub fn fee(&self) -> Money {
        Money::new(self.lines.iter().map(Line::fee_minor).sum(), self.currency())
    }
}

impl From<LinesError> for Problem {
    fn from(error: LinesError) -> Self {
        let field = match error {
            LinesError::Nobody | LinesError::TooMany => "lines",
            LinesError::OtherCurrency => "currency",
            LinesError::DoesNotAddUp { .. } | LinesError::TooLarge { .. } => "amount",
        };
        Self::invalid(vec![FieldError::new(field, error.to_string())])
    }
}

/// Money that came from outside, for a wallet. Asked for by what hears of payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopUp {
    /// Whose wallet.
    pub account: AccountId,
    /// How much.
    pub amount: Amount,
    /// What the payment is known by outside: the same one comes in once.
    pub key: Key,
    /// What stands on the statement.
    pub memo: Memo,
    /// What it was for.
    pub subject: Option<Subject>,
}

/// A top-up is taken back from outside: a dispute, or a payment that failed late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReverseTopUp {
    /// The top-up.
    pub top_up: TransferId,
    /// How much of it.
    pub amount: Amount,
    /// What makes it happen once.
    pub key: Key,
    /// What stands on the statement.
    pub memo: Memo,
}

/// A payment from a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pay {
    /// Who pays.
    pub payer: AccountId,
    /// Who gets what of it.
    pub lines: Lines,
    /// How long until the payees can have it paid out.
    pub frees_after: TimeDelta,
    /// What makes it happen once.
    pub key: Key,
    /// What stands on the statement.
    pub memo: Memo,
    /// What it was for.
    pub subject: Option<Subject>,
}

/// Money of a wallet is set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceHold {
    /// Whose money.
    pub payer: AccountId,
    /// How much.
    pub amount: Amount,
    /// For how long: then what has not been taken goes back.
    pub lasts: TimeDelta,
    /// What makes it happen once.
    pub key: Key,
    /// What stands on the statement.
    pub memo: Memo,
    /// What it is for.
    pub subject: Option<Subject>,
}

/// Money that was set aside is taken, in whole or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The hold.
    pub hold: HoldId,
    /// Who gets what of it.
    pub lines: Lines,
    /// How long until the payees can have it paid out.
    pub frees_after: TimeDelta,
    /// What makes it happen once.
    pub key: Key,
    /// What stands on the statement.
    pub memo: Memo,
}

/// A payment, or the capture of a hold, is given back, in whole or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The payment.
    pub payment: TransferId,
    /// How much of it.
    pub amount: Amount,
    /// What makes it happen once.
    pub key: Key,
    /// What stands on the statement.
    pub memo: Memo,
}

/// Earnings are to be paid out to the actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPayout {
    /// How much.
    pub amount: Amount,
    /// What makes it happen once.
    pub key: Key,
}

/// What was heard of a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkPayout {
    /// The payout.
    pub payout: PayoutId,
    /// The news.
    pub news: PayoutNews,
}

/// A transfer that another area puts together itself. It may move wallets, earnings and the platform's own accounts;
/// what is held, pending or on its way out moves by the use cases that keep its books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Why money moves.
    pub kind: TransferKind,
    /// What makes it happen once. Its area begins it with its own name.
    pub key: Key,
    /// What stands on the statement.
    pub memo: Memo,
    /// What it is for.
    pub subject: Option<Subject>,
    /// What comes into which account, or less than nothing: what goes out. Sums to zero in each currency.
    pub postings: Vec<(LedgerAccountId, i64)>,
}

#[cfg(test)]
mod tests {
    use kernel::Id;
    use uuid::Uuid;

    use super::*;

    fn line(minor: i64, currency: Currency) -> Line {
        let amount = Amount::new(Money::new(minor, currency)).expect("an amount");
        Line {
            to: Id::from_uuid(Uuid::from_u128(1)),
            amount,
            fee: BasisPoints::try_from(1_000).expect("a rate").into(),
        }
    }

    #[test]
    fn lines_are_of_one_currency_and_add_up() {
        use Currency::{Eur, Usd};
        let lines = Lines::new(vec![line(100, Eur), line(55, Eur)]).expect("lines");
        assert_eq!((lines.total().minor(), lines.fee().minor), (155, 16));
        assert_eq!(Lines::new(vec![]), Err(LinesError::Nobody));
        assert_eq!(Lines::new(vec![line(1, Eur); 51]), Err(LinesError::TooMany));
        assert_eq!(Lines::new(vec![line(1, Eur), line(1, Usd)]), Err(LinesError::OtherCurrency));
        let too_large = Lines::new(vec![line(MAX_AMOUNT, Eur), line(1, Eur)]).expect_err("too large");
        let problem = Problem::from(too_large);
        assert_eq!(problem.for_field("amount"), Some("This is too much at once. 100000000.00 EUR is the most."));
        let whole = line(156, Eur).amount;
        let off = Lines::of(whole, vec![line(100, Eur), line(55, Eur)]).expect_err("a cent is missing");
        assert_eq!(off.to_string(), "The parts come to 1.55 EUR, but the payment is 1.56 EUR.");
        assert_eq!(Lines::of(whole, vec![line(156, Usd)]), Err(LinesError::OtherCurrency));
        assert!(Lines::of(whole, vec![line(156, Eur)]).is_ok());
    }
}
