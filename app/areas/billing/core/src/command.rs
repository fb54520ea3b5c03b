//! What somebody wants done, parsed. Who they are is not in here: that comes from the context.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use kernel::{Currency, FieldError, InvoiceId, Money, PriceId, Problem, ProductId, SubscriptionId};
use money_core::{Amount, Key};

use crate::{Feature, Grant, PayWith, Per, ProductCode, TaxRate};

/// The least and the most that is put into a wallet at once: 5.00 and 10,000.00, or as many hundreds of yen.
const TOP_UPS: (i64, i64) = (500, 1_000_000);
/// The most features of one product.
const MOST_GRANTS: usize = 30;

/// Somebody begins to pay for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartCheckout {
    /// For what.
    pub what: What,
    /// With what.
    pub pay_with: PayWith,
    /// With the card that was left, rather than on a page for another one.
    pub saved_card: bool,
    /// The total they have seen. When it is no longer right, nothing happens.
    pub seen: Option<Money>,
    /// What makes it happen once.
    pub key: Key,
}

/// What somebody pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Money for the wallet.
    TopUp(Amount),
    /// A product, at one of its prices.
    Price(PriceId),
    /// A subscription goes over to another price, as it was reckoned for an instant.
    Change {
        /// Which.
        subscription: SubscriptionId,
        /// To which price.
        to: PriceId,
        /// As of when.
        reckoned_at: DateTime<Utc>,
    },
    /// An invoice that could not be collected.
    Invoice(InvoiceId),
}

/// An amount for the wallet.
///
/// # Errors
/// When it is too little or too much for a card.
pub fn top_up(amount: Amount) -> Result<What, Problem> {
    let currency = amount.currency();
    // A yen is worth about a cent, so the numbers fit every currency we know.
    let (least, most) = TOP_UPS;
    if amount.minor() < least {
        return Err(Problem::field("amount", format!("At least {} can be put in.", Money::new(least, currency))));
    }
    if amount.minor() > most {
        return Err(Problem::field("amount", format!("At most {} can be put in at once.", Money::new(most, currency))));
    }
    Ok(What::TopUp(amount))
}

/// What an owner does with a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manage {
    /// It is to end with the period.
    CancelAtEnd,
    /// It is to rest from the end of the period on.
    PauseAtEnd,
    /// Whatever was decided for the end of the period, it goes on; or, when it rests, it goes on now.
    Resume,
    /// It is paid with something else from now on.
    PayWith(PayWith),
}

/// What stands on somebody's invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillTo {
    /// The name.
    pub name: String,
    /// The address, in lines.
    pub address: String,
    /// What the tax office calls them.
    pub tax_id: String,
}

impl BillTo {
    /// Takes what somebody typed.
    ///
    /// # Errors
    /// When something is too long.
    pub fn parse(name: &str, address: &str, tax_id: &str) -> Result<Self, Problem> {
        let mut wrong = Vec::new();
        let mut text = |field: &'static str, text: &str, most: usize| {
            let lines = text.lines().map(|line| line.chars().filter(|c| !c.is_control()).collect::<String>());
            let text = lines.map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n").trim().to_owned();
            if text.chars().count() > most {
                wrong.push(FieldError::new(field, format!("This is too long: {most} characters are the most.")));
            }
            text
        };
        let bill = Self {
            name: text("name", &name.replace('\n', " "), 120),
            address: text("address", address, 400),
            tax_id: text("tax_id", &tax_id.replace('\n', " "), 40),
        };
        if wrong.is_empty() { Ok(bill) } else { Err(Problem::invalid(wrong)) }
    }
}

/// A product is made or changed by an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveProduct {
    /// Which; a new one when empty.
    pub id: Option<ProductId>,
    /// What it is called in addresses. It stays what it was.
    pub code: ProductCode,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub summary: String,
    /// What of its price is tax.
    pub tax_rate: TaxRate,
    /// Whether it can be bought.
    pub on_sale: bool,
    /// What it gives.
    pub grants: Vec<Grant>,
}

impl SaveProduct {
    /// Takes what somebody typed. Features come one to a line: `agents_at_work 5`, `priority_support`, and with
    /// `credits` behind the number what is used up: `api_calls 10000 credits`.
    ///
    /// # Errors
    /// With every field that is wrong.
    pub fn parse(
        id: Option<ProductId>,
        code: &str,
        name: &str,
        summary: &str,
        tax_rate: &str,
        on_sale: bool,
        grants: &str,
    ) -> Result<Self, Problem> {
        let mut wrong = Vec::new();
        let code = code.parse().map_err(|error| wrong.push(FieldError::new("code", format!("{error}")))).ok();
        let tax_rate = TaxRate::parse(tax_rate);
        let tax_rate = tax_rate.map_err(|error| wrong.push(FieldError::new("tax_rate", error.to_string()))).ok();
        let grants = parse_grants(grants).map_err(|message| wrong.push(FieldError::new("grants", message))).ok();
        let visible = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let (name, summary) = (visible(name), visible(summary));
        let (name, summary) = (name.trim(), summary.trim());
        if name.is_empty() || name.chars().count() > 80 {
            wrong.push(FieldError::new("name", "A name has 1 to 80 characters."));
        }
        if summary.chars().count() > 300 {
            wrong.push(FieldError::new("summary", "This is too long: 300 characters are the most."));
        }
        match (code, tax_rate, grants) {
            (Some(code), Some(tax_rate), Some(grants)) if wrong.is_empty() => {
                Ok(Self { id, code, name: name.to_owned(), summary: summary.to_owned(), tax_rate, on_sale, grants })
            }
            _ => Err(Problem::invalid(wrong)),
        }
    }
}

fn parse_grants(text: &str) -> Result<Vec<Grant>, String> {
    let (mut grants, mut seen) = (Vec::new(), BTreeSet::new());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let feature: Feature = words.next().unwrap_or_default().parse().map_err(|error| format!("{line}: {error}"))?;
        let amount = words.next().map(|word| word.parse::<u32>().map(i64::from));
        let amount = amount.transpose().map_err(|_| format!("{line}: after the feature comes a number."))?;
        let as_credits = match words.next() {
            None => false,
            Some("credits") if amount.is_some_and(|amount| amount > 0) => true,
            Some(_) => return Err(format!("{line}: after the number only the word credits may stand.")),
        };
        if words.next().is_some() || !seen.insert(feature.clone()) {
            return Err(format!("{line}: a feature stands once, on a line of its own."));
        }
        grants.push(Grant { feature, amount, as_credits });
    }
    if grants.len() > MOST_GRANTS {
        return Err(format!("A product has at most {MOST_GRANTS} features."));
    }
    Ok(grants)
}

/// A product gets a price, instead of the one it has for that currency and way of paying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPrice {
    /// Which product.
    pub product: ProductId,
    /// How much, tax included. Nothing is a price, too.
    pub amount: Money,
    /// How often.
    pub per: Per,
    /// How long a new subscriber pays nothing.
    pub trial_days: u16,
}

impl SetPrice {
    /// Takes what somebody typed.
    ///
    /// # Errors
    /// With every field that is wrong.
    pub fn parse(
        product: ProductId,
        amount: &str,
        currency: &str,
        per: &str,
        trial_days: &str,
    ) -> Result<Self, Problem> {
        let mut wrong = Vec::new();
        let currency = currency.parse::<Currency>();
        let currency = currency.map_err(|error| wrong.push(FieldError::new("currency", error.to_string()))).ok();
        let amount = currency.and_then(|currency| {
            let parsed = kernel::parse_amount(amount, currency);
            parsed.map_err(|error| wrong.push(FieldError::new("amount", error.to_string()))).ok()
        });
        let per = Per::parse(per);
        if per.is_none() {
            wrong.push(FieldError::new("per", "Choose once, each month or each year."));
        }
        let trial = match trial_days.trim() {
            "" => Some(0),
            text => text.parse::<u16>().ok().filter(|days| *days <= 365),
        };
        if trial.is_none() {
            wrong.push(FieldError::new("trial_days", "A trial has 0 to 365 days."));
        }
        if per == Some(Per::Once) && trial.is_some_and(|days| days > 0) {
            wrong.push(FieldError::new("trial_days", "What is bought once has no trial."));
        }
        if let (Some(amount), Some(Per::Once)) = (amount, per)
            && amount.minor == 0
        {
            wrong.push(FieldError::new("amount", "What is bought once costs something."));
        }
        match (amount, per, trial) {
            (Some(amount), Some(per), Some(trial_days)) if wrong.is_empty() => {
                Ok(Self { product, amount, per, trial_days })
            }
            _ => Err(Problem::invalid(wrong)),
        }
    }
}

/// An administrator gives money back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// Of which invoice.
    pub invoice: InvoiceId,
    /// How much of it.
    pub amount: Amount,
    /// To the card that paid, rather than into the wallet.
    pub to_card: bool,
    /// Why, for the credit note.
    pub reason: String,
    /// What makes it happen once.
    pub key: Key,
}

/// Somebody gets credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveCredits {
    /// Who.
    pub account: kernel::AccountId,
    /// Of what.
    pub meter: Feature,
    /// How much, more than nothing.
    pub amount: i64,
    /// Until when they can be used.
    pub expires_at: DateTime<Utc>,
    /// What for, for those who look later.
    pub reason: String,
    /// What makes it happen once.
    pub key: Key,
}

/// Credits are set aside while what they pay for runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// Whose.
    pub account: kernel::AccountId,
    /// Of what.
    pub meter: Feature,
    /// How much, more than nothing.
    pub amount: i64,
    /// For how long: then what was not used goes back.
    pub lasts: chrono::TimeDelta,
    /// What makes it happen once.
    pub key: Key,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_typed_in_a_few_lines() {
        let parse = |grants: &str| SaveProduct::parse(None, "pro", "Pro", "", "19", true, grants);
        let pro = parse("agents_at_work 5\n\n priority_support\napi_calls 10000 credits\n").expect("a product");
        assert_eq!(pro.grants.len(), 3);
        assert_eq!((pro.grants[1].amount, pro.grants[2].as_credits), (None, true));
        for bad in ["Agents 5", "agents five", "agents 5 5", "agents credits", "agents 1\nagents 2", "agents 0 credits"]
        {
            let problem = parse(bad).expect_err("refused");
            assert!(problem.for_field("grants").is_some(), "{bad}");
        }
        let all = SaveProduct::parse(None, "P", " ", &"x".repeat(301), "60", true, "!").expect_err("all wrong");
        assert_eq!(all.fields.len(), 5);
    }

    #[test]
    fn prices_are_refused_by_field() {
        use kernel::Id;
        let product = Id::from_uuid(uuid::Uuid::from_u128(1));
        let price = |amount, per, trial| SetPrice::parse(product, amount, "EUR", per, trial);
        assert_eq!(price("9.90", "month", "14").map(|price| price.amount.minor), Ok(990));
        assert_eq!(price("0", "month", "").map(|price| price.trial_days), Ok(0));
        for (amount, per, trial, field) in [
            ("-1", "month", "", "amount"),
            ("0", "once", "", "amount"),
            ("9.999", "year", "", "amount"),
            ("1", "week", "", "per"),
            ("1", "month", "366", "trial_days"),
            ("1", "once", "3", "trial_days"),
        ] {
            let problem = price(amount, per, trial).expect_err("refused");
            assert!(problem.for_field(field).is_some(), "{amount} {per} {trial}");
        }
    }

    #[test]
    fn top_ups_have_bounds() {
        let amount = |minor, currency| Amount::new(Money::new(minor, currency)).expect("an amount");
        assert!(top_up(amount(500, Currency::Eur)).is_ok() && top_up(amount(1_000_000, Currency::Eur)).is_ok());
        let told = |minor, currency| {
            let problem = top_up(amount(minor, currency)).expect_err("refused");
            problem.for_field("amount").unwrap_or_default().to_owned()
        };
        assert_eq!(told(499, Currency::Eur), "At least 5.00 EUR can be put in.");
        assert_eq!(told(1_000_001, Currency::Usd), "At most 10000.00 USD can be put in at once.");
        assert_eq!(told(499, Currency::Jpy), "At least 500 JPY can be put in.");
    }
}
