//! E-mail addresses.

use std::{fmt, str::FromStr};

use email_address::{EmailAddress as Parsed, Options};
use serde::{Deserialize, Serialize};

/// An address that mail can be sent to (RFC 5321 syntax, a domain with a dot, no display name).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why an address was refused, in words for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing was given.
    #[error("Enter your e-mail address.")]
    Empty,
    /// More than 254 characters.
    #[error("This address is too long. An e-mail address has at most 254 characters.")]
    TooLong,
    /// Not of the form `name@example.org`.
    #[error("This is not an e-mail address. It looks like name@example.org.")]
    Malformed,
}

impl EmailAddress {
    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two addresses the same account: hardly any provider tells capitals apart, so we don't.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        // RFC 5321 §4.5.3.1.3: a path has at most 256 octets with its brackets.
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(EmailError::Malformed);
        }
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        Parsed::parse_with_options(text, options).map_err(|_| EmailError::Malformed)?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_addresses_and_refuses_the_rest() {
        for good in ["ana@example.org", " Ana.Costa+news@mail.example.co.uk ", "ü@example.org"] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for bad in [
            "ana",
            "ana@",
            "@example.org",
            "ana@localhost",
            "Ana <ana@example.org>",
            "a@b.c\r\nBcc: x@y.z",
            "a b@example.org",
        ] {
            assert_eq!(bad.parse::<EmailAddress>(), Err(EmailError::Malformed), "{bad:?}");
        }
        assert_eq!("".parse::<EmailAddress>(), Err(EmailError::Empty));
        assert_eq!(format!("{}@example.org", "a".repeat(300)).parse::<EmailAddress>(), Err(EmailError::TooLong));
    }
}
