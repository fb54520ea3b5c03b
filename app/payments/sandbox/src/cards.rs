//! Test cards: which there are, how they behave, and how what was typed on a page becomes one of them. The numbers are
//! Stripe's (<https://docs.stripe.com/testing>), but for the two that take their time, which Stripe has no cards for.

use std::fmt;

use chrono::{DateTime, Datelike, Utc};
use kernel::FieldError;

/// A card that can be used in the sandbox.
#[derive(Debug)]
pub struct TestCard {
    /// Its number, without spaces.
    pub number: &'static str,
    /// Such as `visa`.
    pub brand: &'static str,
    /// What it does, in words for whoever tries it.
    pub does: &'static str,
    pub(crate) nature: Result<Behaviour, Reason>,
}

/// All of them, in the order in which they are offered.
pub const CARDS: &[TestCard] = &[
    card("4242424242424242", "visa", "Pays.", Ok(Behaviour::Succeeds)),
    card("5555555555554444", "mastercard", "Pays.", Ok(Behaviour::Succeeds)),
    card("378282246310005", "amex", "Pays. Its security code has four digits.", Ok(Behaviour::Succeeds)),
    card("4000000000000002", "visa", "Is declined.", Err(Reason::Generic)),
    card("4000000000009995", "visa", "Is declined: too little money.", Err(Reason::InsufficientFunds)),
    card("4000000000009987", "visa", "Is declined: the card was lost.", Err(Reason::LostCard)),
    card("4000000000000069", "visa", "Is declined: the card has expired.", Err(Reason::ExpiredCard)),
    card("4000000000000127", "visa", "Is declined: wrong security code.", Err(Reason::IncorrectCvc)),
    card("4000000000000119", "visa", "Is declined: something went wrong at the bank.", Err(Reason::ProcessingError)),
    card(
        "4000002500003155",
        "visa",
        "Has to be confirmed once (3-D Secure); when it is kept, later payments go through by themselves.",
        Ok(Behaviour::ConfirmOnce),
    ),
    card(
        "4000002760003184",
        "visa",
        "Has to be confirmed for every payment (3-D Secure); while its owner is away it is declined.",
        Ok(Behaviour::ConfirmAlways),
    ),
    card(
        "4000000000000341",
        "visa",
        "Pays on a page and can be kept; each later charge is declined.",
        Ok(Behaviour::DeclinesLater),
    ),
    card("4000000000000259", "visa", "Pays, and its owner disputes it at once.", Ok(Behaviour::Disputed)),
    card("4000000000005126", "visa", "Pays; a refund to it comes back after ten seconds.", Ok(Behaviour::RefundFails)),
    card("4000000000022220", "visa", "Takes ten seconds, and then pays.", Ok(Behaviour::SucceedsLate)),
    card("4000000000033334", "visa", "Takes ten seconds, and then fails.", Ok(Behaviour::FailsLate)),
];

const fn card(
    number: &'static str,
    brand: &'static str,
    does: &'static str,
    nature: Result<Behaviour, Reason>,
) -> TestCard {
    TestCard { number, brand, does, nature }
}

/// How a card behaves that is not declined at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Succeeds,
    Disputed,
    RefundFails,
    ConfirmOnce,
    ConfirmAlways,
    DeclinesLater,
    SucceedsLate,
    FailsLate,
}

/// What comes of a try to charge a card, or to keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It went through.
    Succeeded,
    /// It did not.
    Declined(Decline),
    /// Its owner has to confirm it with their bank.
    Confirm,
    /// It takes a while.
    Late,
}

impl Behaviour {
    const ALL: [Self; 8] = [
        Self::Succeeds,
        Self::Disputed,
        Self::RefundFails,
        Self::ConfirmOnce,
        Self::ConfirmAlways,
        Self::DeclinesLater,
        Self::SucceedsLate,
        Self::FailsLate,
    ];

    /// The form the database stores.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeds => "succeeds",
            Self::Disputed => "disputed",
            Self::RefundFails => "refund_fails",
            Self::ConfirmOnce => "confirm_once",
            Self::ConfirmAlways => "confirm_always",
            Self::DeclinesLater => "declines_later",
            Self::SucceedsLate => "succeeds_late",
            Self::FailsLate => "fails_late",
        }
    }

    /// Reads the form the database stores.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// What comes of paying with it on a page, where its owner is.
    pub(crate) const fn on_page(self) -> Outcome {
        match self {
            Self::Succeeds | Self::Disputed | Self::RefundFails | Self::DeclinesLater => Outcome::Succeeded,
            Self::ConfirmOnce | Self::ConfirmAlways => Outcome::Confirm,
            Self::SucceedsLate | Self::FailsLate => Outcome::Late,
        }
    }

    /// What comes of leaving it for payments to come.
    pub(crate) const fn when_left(self) -> Outcome {
        match self {
            Self::ConfirmOnce | Self::ConfirmAlways => Outcome::Confirm,
            _ => Outcome::Succeeded,
        }
    }

    /// What comes of charging it while its owner is away.
    pub(crate) fn off_session(self) -> Outcome {
        match self {
            // One that has to be confirmed once was, or it would not have been kept.
            Self::Succeeds | Self::Disputed | Self::RefundFails | Self::ConfirmOnce => Outcome::Succeeded,
            Self::ConfirmAlways => Outcome::Declined(Decline::authentication_required()),
            Self::DeclinesLater => Outcome::Declined(Reason::Generic.decline()),
            Self::SucceedsLate | Self::FailsLate => Outcome::Late,
        }
    }

    /// What comes of what took a while.
    pub(crate) fn in_the_end(self) -> Outcome {
        match self {
            Self::FailsLate => Outcome::Declined(Decline::attempt_failed()),
            _ => Outcome::Succeeded,
        }
    }
}

/// Why a card is declined at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Generic,
    InsufficientFunds,
    LostCard,
    ExpiredCard,
    IncorrectCvc,
    ProcessingError,
}

impl Reason {
    /// As Stripe says it (<https://docs.stripe.com/declines/codes>).
    pub(crate) fn decline(self) -> Decline {
        let (code, decline_code, message) = match self {
            Self::Generic => ("card_declined", "generic_decline", "Your card was declined."),
            Self::InsufficientFunds => ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
            Self::LostCard => ("card_declined", "lost_card", "Your card was declined."),
            Self::ExpiredCard => ("expired_card", "expired_card", "Your card has expired."),
            Self::IncorrectCvc => ("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
            Self::ProcessingError => (
                "processing_error",
                "processing_error",
                "An error occurred while processing your card. Try again in a little bit.",
            ),
        };
        Decline::new(code, Some(decline_code), message)
    }
}

/// Why a try failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decline {
    pub(crate) code: String,
    pub(crate) decline_code: Option<String>,
    pub(crate) message: String,
}

impl Decline {
    fn new(code: &str, decline_code: Option<&str>, message: &str) -> Self {
        Self { code: code.to_owned(), decline_code: decline_code.map(str::to_owned), message: message.to_owned() }
    }

    /// The bank wants to hear it from the card's owner, who is not there.
    fn authentication_required() -> Self {
        let code = "authentication_required";
        Self::new(code, Some(code), "Your card was declined. This transaction requires authentication.")
    }

    /// The card's owner did not confirm it with their bank. `kind` is what it was for: a payment, or keeping the card.
    pub(crate) fn not_confirmed(kind: &str) -> Self {
        let message = "We are unable to authenticate your payment method. Please choose a different payment method and \
                       try again.";
        Self::new(&format!("{kind}_authentication_failure"), None, message)
    }

    /// What took its time came to nothing.
    fn attempt_failed() -> Self {
        Self::new("payment_intent_payment_attempt_failed", None, "The payment failed.")
    }

    /// The most exact name there is for it.
    pub(crate) fn exactly(&self) -> &str {
        self.decline_code.as_deref().filter(|code| *code != "generic_decline").unwrap_or(&self.code)
    }
}

/// What stands on the form for a card.
#[derive(Clone, Default)]
pub struct CardForm {
    /// The number; spaces and hyphens don't matter.
    pub number: String,
    /// The month it is good until: `12/34`, `1234`, `12 / 2034`.
    pub expiry: String,
    /// The security code.
    pub cvc: String,
    /// The name on the card.
    pub name: String,
}

impl fmt::Debug for CardForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Somebody may have typed a real card.
        f.write_str("CardForm(…)")
    }
}

/// A test card, as it was typed.
#[derive(Debug)]
pub(crate) struct Entered {
    pub(crate) card: &'static TestCard,
    pub(crate) exp_month: u8,
    pub(crate) exp_year: u16,
}

impl CardForm {
    /// Reads the form, or says all that is wrong with it.
    pub(crate) fn read(&self, now: DateTime<Utc>) -> Result<Entered, Vec<FieldError>> {
        let number = find_card(&self.number);
        let expiry = read_expiry(&self.expiry, now);
        // Three digits, as most have, while nobody knows which card it is.
        let digits = if number.as_ref().is_ok_and(|card| card.brand == "amex") { 4 } else { 3 };
        let wrong = [
            number.as_ref().err().map(|message| ("number", *message)),
            expiry.as_ref().err().map(|message| ("expiry", *message)),
            check_cvc(&self.cvc, digits).map(|message| ("cvc", message)),
            check_name(&self.name).map(|message| ("name", message)),
        ];
        match (number, expiry) {
            (Ok(card), Ok((exp_month, exp_year))) if wrong.iter().all(Option::is_none) => {
                Ok(Entered { card, exp_month, exp_year })
            }
            _ => Err(wrong.into_iter().flatten().map(|(field, message)| FieldError::new(field, message)).collect()),
        }
    }
}

fn find_card(typed: &str) -> Result<&'static TestCard, &'static str> {
    if typed.trim().is_empty() {
        return Err("Enter a card number.");
    }
    let number: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{A0}')).take(20).collect();
    if !(12..=19).contains(&number.len()) || !luhn(&number) {
        return Err("This is not a card number. Check the digits.");
    }
    CARDS
        .iter()
        .find(|card| card.number == number)
        .ok_or("This is the sandbox: use one of the test cards, such as 4242 4242 4242 4242.")
}

/// Whether the last digit of a number fits the others (ISO/IEC 7812-1, annex B).
fn luhn(number: &str) -> bool {
    let mut sum = 0;
    for (place, digit) in number.chars().rev().enumerate() {
        let Some(digit) = digit.to_digit(10).filter(|_| digit.is_ascii_digit()) else { return false };
        sum += match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        };
    }
    sum % 10 == 0
}

fn read_expiry(typed: &str, now: DateTime<Utc>) -> Result<(u8, u16), &'static str> {
    const MALFORMED: &str = "Write the date as month and year, like 12/34.";
    if typed.trim().is_empty() {
        return Err("Enter the date until which the card is good.");
    }
    let compact: String = typed.chars().filter(|c| !c.is_whitespace()).take(8).collect();
    let (month, year) = match compact.split_once(['/', '-']) {
        Some(parts) => parts,
        None if matches!(compact.len(), 4 | 6) => compact.split_at_checked(2).ok_or(MALFORMED)?,
        None => return Err(MALFORMED),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(month) || !digits(year) || !matches!(month.len(), 1 | 2) {
        return Err(MALFORMED);
    }
    let month: u8 = month.parse().ok().filter(|month| (1..=12).contains(month)).ok_or("A year has 12 months.")?;
    let year: u16 = match year.len() {
        2 => year.parse().map(|year: u16| 2000 + year).map_err(|_| MALFORMED)?,
        4 => year.parse().map_err(|_| MALFORMED)?,
        _ => return Err(MALFORMED),
    };
    if has_expired(month, year, now) {
        return Err("This date has passed. Use one in the future.");
    }
    // Cards are good for some years; this is a year that was typed wrong.
    if i32::from(year) > now.year() + 50 || year > 2099 {
        return Err("This date is too far ahead. Check the year.");
    }
    Ok((month, year))
}

/// Whether a card is not good any more. It is good until its month ends.
pub(crate) fn has_expired(month: u8, year: u16, now: DateTime<Utc>) -> bool {
    (i32::from(year), u32::from(month)) < (now.year(), now.month())
}

fn check_cvc(typed: &str, digits: usize) -> Option<&'static str> {
    let typed = typed.trim();
    let fits = typed.len() == digits && typed.bytes().all(|b| b.is_ascii_digit());
    match (typed.is_empty(), fits, digits) {
        (true, ..) => Some("Enter the security code."),
        (_, true, _) => None,
        (_, _, 4) => Some("The security code of this card has four digits."),
        _ => Some("The security code has three digits."),
    }
}

fn check_name(typed: &str) -> Option<&'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        Some("Enter the name on the card.")
    } else if typed.chars().any(char::is_control) || typed.chars().nth(120).is_some() {
        Some("A name stands on one line and has at most 120 characters.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-06-30T23:59:59Z".parse().expect("an instant")
    }

    fn form(number: &str, expiry: &str, cvc: &str, name: &str) -> CardForm {
        CardForm { number: number.into(), expiry: expiry.into(), cvc: cvc.into(), name: name.into() }
    }

    fn wrong(form: &CardForm) -> Vec<String> {
        form.read(now()).expect_err("something is wrong").into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn test_cards_are_card_numbers_and_told_apart() {
        for (place, card) in CARDS.iter().enumerate() {
            assert!(luhn(card.number), "{}", card.number);
            assert!(CARDS[..place].iter().all(|other| other.number != card.number), "{}", card.number);
        }
        for behaviour in Behaviour::ALL {
            assert_eq!(Behaviour::parse(behaviour.as_str()), Some(behaviour));
        }
        assert_eq!(Behaviour::parse("declined"), None);
    }

    #[test]
    fn reads_what_people_type() {
        for number in ["4242424242424242", " 4242 4242 4242 4242 ", "4242-4242-4242-4242", "4242\u{A0}424242424242"] {
            let entered = form(number, "12/34", "123", "Ada").read(now()).expect(number);
            assert_eq!((entered.card.number, entered.exp_month, entered.exp_year), ("4242424242424242", 12, 2034));
        }
        for expiry in ["12/34", "1234", "12 / 34", "12 / 2034", "122034", " 12-34", "12/2034 "] {
            let entered = form(CARDS[0].number, expiry, " 123 ", "Ada").read(now()).expect(expiry);
            assert_eq!((entered.exp_month, entered.exp_year), (12, 2034), "{expiry}");
        }
        let entered = form(CARDS[0].number, "6/26", "123", "Ada").read(now()).expect("good until the end of the month");
        assert_eq!((entered.exp_month, entered.exp_year), (6, 2026));
        form("3782 822463 10005", "12/34", "1234", "Ada").read(now()).expect("four digits");
    }

    #[test]
    fn says_all_that_is_wrong() {
        assert_eq!(wrong(&CardForm::default()), ["number", "expiry", "cvc", "name"]);
        assert_eq!(wrong(&form(CARDS[0].number, "12/34", "1234", "Ada")), ["cvc"]);
        assert_eq!(wrong(&form("378282246310005", "12/34", "123", "Ada")), ["cvc"]);
        assert_eq!(wrong(&form(CARDS[0].number, "12/34", "12a", "A\nda")), ["cvc", "name"]);
        assert_eq!(wrong(&form(CARDS[0].number, "12/34", "123", &"a".repeat(121))), ["name"]);
        let bad_dates = "13/34 00/34 5/26 12/1999 12/34/5 12 12/3 ab/cd 1/ü ü234 12/77 ١٢/٣٤ +1/34 /34 12/";
        for expiry in bad_dates.split(' ') {
            assert_eq!(wrong(&form(CARDS[0].number, expiry, "123", "Ada")), ["expiry"], "{expiry}");
        }
        for number in
            ["4242424242424241", "4242", "abcd", "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "0", &"4".repeat(1_000_000), "42424242424242420"]
        {
            let errors = form(number, "12/34", "123", "Ada").read(now()).expect_err("not a number");
            assert_eq!(errors[0].message, "This is not a card number. Check the digits.");
        }
        // Good numbers, but not for here.
        for number in ["6011111111111117", "4000056655665556", "4000000000000010"] {
            let errors = form(number, "12/34", "123", "Ada").read(now()).expect_err("not a test card");
            assert!(errors[0].message.starts_with("This is the sandbox: use one of the test cards"), "{errors:?}");
        }
    }

    #[test]
    fn forms_hide_what_was_typed() {
        assert!(!format!("{:?}", form("4242", "12/34", "987", "Ada")).contains(['4', '9']));
    }
}
