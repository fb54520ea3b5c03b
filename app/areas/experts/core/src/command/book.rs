//! What somebody wants of an expert's time.

use chrono::{DateTime, Utc};
use kernel::{AccountId, FieldError, Money, ServiceId};
use money_core::Key;

use crate::booking::{BRIEF_LIMIT, MOST_PROPOSED, REASON_LIMIT};

/// The most characters of a dispute and of what is decided about it.
const DISPUTE_LIMIT: usize = 2_000;

/// An expert's time is to be kept for the actor, until they have paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Whose time.
    pub expert: AccountId,
    /// For what.
    pub service: ServiceId,
    /// When the call is to begin.
    pub start: DateTime<Utc>,
    /// What the actor saw that it costs.
    pub seen: Money,
    /// What it is about.
    pub brief: Text<BRIEF_LIMIT>,
    /// What makes it happen once.
    pub key: Key,
}

/// A text of up to so many characters, which may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<const MOST: usize>(String);

impl<const MOST: usize> Text<MOST> {
    /// Reads it from the field of this name: without what can't be seen, and without space around it.
    ///
    /// # Errors
    /// When it is too long.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let text = text.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
        let length = text.chars().count();
        if length > MOST {
            return Err(FieldError::new(field, format!("This has {length} characters. {MOST} is the most.")));
        }
        Ok(Self(text))
    }

    /// The same, when it has to say something.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn said(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let text = Self::parse(field, text)?;
        if text.0.is_empty() {
            return Err(FieldError::new(field, "Say in a few words why."));
        }
        Ok(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why somebody says no or takes something back.
pub type Reason = Text<REASON_LIMIT>;
/// What went wrong with a call, or what is decided about it.
pub type DisputeText = Text<DISPUTE_LIMIT>;

/// Times that somebody would rather have: from one to three, each once, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times(Vec<DateTime<Utc>>);

impl Times {
    /// Puts them in order.
    ///
    /// # Errors
    /// When there are none or too many.
    pub fn new(mut times: Vec<DateTime<Utc>>) -> Result<Self, FieldError> {
        times.sort_unstable();
        times.dedup();
        if times.is_empty() || times.len() > MOST_PROPOSED {
            let words = format!("Choose from one to {MOST_PROPOSED} times.");
            return Err(FieldError::new("times", words));
        }
        Ok(Self(times))
    }

    /// The times, earliest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = DateTime<Utc>> + '_ {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_few_and_in_order() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        let times = Times::new(vec![at(9), at(3), at(9)]).expect("two times");
        assert_eq!(times.iter().collect::<Vec<_>>(), [at(3), at(9)]);
        assert!(Times::new(Vec::new()).is_err());
        assert!(Times::new((0..4).map(at).collect()).is_err());
    }

    #[test]
    fn texts_are_measured_in_characters() {
        assert_eq!(Text::<3>::parse("brief", " äöü\0 ").map(|text| text.as_str().to_owned()), Ok("äöü".to_owned()));
        assert!(Text::<3>::parse("brief", "äöüß").is_err());
        assert!(Text::<3>::said("reason", "  ").is_err());
    }
}
