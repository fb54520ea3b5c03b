//! What came over the wire, read. What can't be an id is the id of nothing.

use billing_core::{Error, PayWith, command::StartCheckout, command::What};
use chrono::{DateTime, Utc};
use kernel::{CheckoutId, Currency, InvoiceId, Money, PriceId, Problem, ProblemKind, SubscriptionId};
use web::Failure;

/// What somebody pays with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// What is in the wallet.
    Wallet,
    /// The card that was left.
    SavedCard,
    /// Another card, on a page of the provider's.
    OtherCard,
}

impl Way {
    const ALL: [(&str, Self); 3] = [("wallet", Self::Wallet), ("card", Self::SavedCard), ("other", Self::OtherCard)];

    /// Reads what was chosen.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let found = Self::ALL.into_iter().find(|(word, _)| *word == text).map(|(_, way)| way);
        found.ok_or_else(|| Failure::from(Problem::field("pay_with", "Choose what to pay with.")))
    }

    /// The same, where money is what is bought.
    pub fn parse_card(text: &str) -> Result<Self, Failure> {
        match Self::parse(text)? {
            Self::Wallet => Err(Failure::from(Problem::field("pay_with", "Choose a card."))),
            card => Ok(card),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::SavedCard => "card",
            Self::OtherCard => "other",
        }
    }

    /// What a checkout begins with. The key holds what was chosen: to choose otherwise is another wish, while sending
    /// the same again is not.
    pub fn start(self, what: What, seen: Option<Money>, key: &str) -> Result<StartCheckout, Failure> {
        let amount = match what {
            What::TopUp(amount) => format!("-{}{}", amount.minor(), amount.currency()),
            _ => String::new(),
        };
        let key = if key.is_empty() { String::new() } else { format!("{key}-{}{amount}", self.word()) };
        Ok(StartCheckout {
            what,
            pay_with: if self == Self::Wallet { PayWith::Wallet } else { PayWith::Card },
            saved_card: self == Self::SavedCard,
            seen,
            key: key.parse().map_err(|error| Failure::from(Error::Key(error)))?,
        })
    }
}

/// A form that none of our pages sends.
pub fn unreadable() -> Failure {
    Failure::from(Problem::new(ProblemKind::BadRequest, "The form could not be read. Reload the page and try again."))
}

/// The total that was shown.
pub fn seen(minor: i64, currency: &str) -> Result<Money, Failure> {
    let currency: Currency = currency.parse().map_err(|_| unreadable())?;
    Ok(Money::new(minor, currency))
}

/// An instant that was shown.
pub fn instant(text: &str) -> Result<DateTime<Utc>, Failure> {
    text.parse().map_err(|_| unreadable())
}

/// A price's id.
pub fn price(text: &str) -> Result<PriceId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchPrice))
}

/// A checkout's id.
pub fn checkout(text: &str) -> Result<CheckoutId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchCheckout))
}

/// A subscription's id.
pub fn subscription(text: &str) -> Result<SubscriptionId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchSubscription))
}

/// An invoice's id.
pub fn invoice(text: &str) -> Result<InvoiceId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchInvoice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_choice_is_another_wish() {
        let what = What::Price(format!("price_{:032x}", 1).parse().expect("an id"));
        let key = |way: Way| way.start(what, None, "k").map(|start| start.key.as_str().to_owned());
        assert_eq!(key(Way::Wallet), Ok("k-wallet".to_owned()));
        assert_eq!(key(Way::OtherCard), Ok("k-other".to_owned()));
        assert!(Way::Wallet.start(what, None, "").is_err());
    }

    #[test]
    fn money_is_not_bought_with_money_that_is_there() {
        assert!(Way::parse_card("wallet").is_err() && Way::parse("cash").is_err());
        assert_eq!(Way::parse_card("other"), Ok(Way::OtherCard));
    }
}
