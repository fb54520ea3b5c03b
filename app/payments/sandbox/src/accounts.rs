//! Test bank accounts that payouts go to: which there are, and how what was typed on a page becomes one of them. The
//! numbers are Stripe's (<https://docs.stripe.com/connect/testing>).

use kernel::FieldError;

/// A bank account that can be used in the sandbox.
#[derive(Debug)]
pub struct TestAccount {
    /// Its IBAN, without spaces.
    pub iban: &'static str,
    /// What becomes of payouts to it, in words for whoever tries it.
    pub does: &'static str,
    pub(crate) arrival: Arrival,
}

/// All of them.
pub const ACCOUNTS: &[TestAccount] = &[
    TestAccount {
        iban: "DE89370400440532013000",
        does: "Payouts arrive after five seconds.",
        arrival: Arrival::Arrives,
    },
    TestAccount {
        iban: "DE62370400440532013001",
        does: "Payouts come back after five seconds.",
        arrival: Arrival::ComesBack,
    },
];

/// What becomes of payouts to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    Arrives,
    ComesBack,
}

impl Arrival {
    /// The form the database stores.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Arrives => "arrives",
            Self::ComesBack => "comes_back",
        }
    }

    /// Reads the form the database stores.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Arrives, Self::ComesBack].into_iter().find(|it| it.as_str() == text)
    }
}

/// Reads an IBAN that somebody typed.
pub(crate) fn find_account(typed: &str) -> Result<&'static TestAccount, FieldError> {
    let wrong = |message: &str| Err(FieldError::new("iban", message));
    if typed.trim().is_empty() {
        return wrong("Enter an IBAN.");
    }
    let iban: String = typed.chars().filter(|c| !c.is_whitespace()).take(40).collect::<String>().to_ascii_uppercase();
    if !is_iban(&iban) {
        return wrong("This is not an IBAN. Check the letters and digits.");
    }
    match ACCOUNTS.iter().find(|account| account.iban == iban) {
        Some(account) => Ok(account),
        None => wrong("This is the sandbox: use one of the test accounts, such as DE89 3704 0044 0532 0130 00."),
    }
}

/// Whether the check digits of an IBAN fit the rest (ISO 13616: with its first four characters last, and each letter read
/// as a number from 10 on, it leaves 1 when divided by 97).
fn is_iban(text: &str) -> bool {
    let Some((start, rest)) = text.split_at_checked(4) else { return false };
    let shaped = start.bytes().zip(*b"AA00").all(|(b, like)| match like {
        b'A' => b.is_ascii_uppercase(),
        _ => b.is_ascii_digit(),
    });
    if !shaped || !(11..=30).contains(&rest.len()) {
        return false;
    }
    let mut remainder = 0;
    for c in rest.chars().chain(start.chars()) {
        let Some(value) = c.to_digit(36) else { return false };
        remainder = (remainder * if value < 10 { 10 } else { 100 } + value) % 97;
    }
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_checked() {
        let good = "DE89370400440532013000 GB82WEST12345698765432 NO9386011117947 MT84MALT011000012345MTLCAST001S";
        assert!(good.split(' ').all(is_iban));
        let bad = " DE89 DE88370400440532013000 8937DE0400440532013000 DE8937040044053201300ü GB82WEST12345698765433";
        assert!(!bad.split(' ').any(is_iban));
        assert!(ACCOUNTS.iter().all(|account| is_iban(account.iban)));
    }

    #[test]
    fn only_test_accounts_are_taken() {
        let found = find_account(" de89 3704 0044 0532 0130 00 ").expect("a test account");
        assert_eq!(found.arrival, Arrival::Arrives);
        let told = |typed: &str| find_account(typed).expect_err("no test account").message;
        assert_eq!(told(" "), "Enter an IBAN.");
        assert_eq!(told("DE88370400440532013000"), "This is not an IBAN. Check the letters and digits.");
        assert!(told("GB82 WEST 1234 5698 7654 32").starts_with("This is the sandbox: use one of the test accounts"));
    }
}
