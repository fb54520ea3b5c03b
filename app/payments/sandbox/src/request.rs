//! Requests with a key: done once, however often they are sent.

use std::fmt::Display;

use chrono::TimeDelta;
use kernel::Money;
use platform::{Tx, payments::PaymentError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{Sandbox, error::Error, store};

/// How long a key is remembered.
pub(crate) const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// SHA-256 of what was asked for. Each part goes in with its length, so that no two lists of parts look the same.
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    /// Begins with the name of the request.
    pub(crate) fn of(what: &str) -> Self {
        Self(Sha256::new()).with(what)
    }

    /// Adds a part.
    pub(crate) fn with(mut self, part: impl Display) -> Self {
        let text = part.to_string();
        self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(text.as_bytes());
        self
    }

    /// Adds an amount.
    pub(crate) fn money(self, amount: Money) -> Self {
        self.with(amount.minor).with(amount.currency)
    }

    fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// What became of a key.
pub(crate) enum Asked<T> {
    /// It was answered before, like this.
    Before(Result<T, PaymentError>),
    /// It is new, and to be answered now.
    Now(Request),
}

/// A request that is being worked on. Everybody else who sends its key waits until it is answered.
pub(crate) struct Request {
    /// Whatever is done for it belongs in here.
    pub(crate) tx: Tx,
    key: String,
}

/// An answer as it is kept. Refusals are kept, too: who asks again the same way is refused again.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer<T> {
    Done(T),
    Refused { code: Option<String>, message: String },
}

impl Sandbox {
    /// Looks a key up, and takes it when it is new.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, key: &str, what: Fingerprint) -> Result<Asked<T>, Error> {
        if key.is_empty() || key.len() > 255 {
            return Err(Error::refused("idempotency_key_invalid", "An idempotency key has 1 to 255 characters."));
        }
        let fingerprint = what.finish();
        let mut tx = self.database.begin().await?;
        // Waits for whoever has just taken the same key, until that one is answered or has failed.
        if store::requests::take(&mut tx, key, &fingerprint, self.world.now()).await? {
            return Ok(Asked::Now(Request { tx, key: key.to_owned() }));
        }
        let (taken_for, answer) =
            store::requests::find(&mut tx, key).await?.ok_or(Error::BadRow("request that was swept at this moment"))?;
        if taken_for != fingerprint {
            let message = format!("The idempotency key {key} was used before with another request.");
            return Err(Error::refused("idempotency_key_in_use", message));
        }
        let answer = answer.ok_or(Error::BadRow("request without an answer"))?;
        match serde_json::from_value(answer).map_err(|_| Error::BadRow("answer to a request"))? {
            Answer::Done(answer) => Ok(Asked::Before(Ok(answer))),
            Answer::Refused { code, message } => Ok(Asked::Before(Err(PaymentError::Refused { code, message }))),
        }
    }
}

impl Request {
    /// Answers. The answer and what was done for it are kept together, or neither is. Whoever refuses does so before
    /// anything is done, for the transaction is committed all the same.
    pub(crate) async fn answer<T: Serialize>(mut self, answer: Result<T, Error>) -> Result<T, PaymentError> {
        let kept = match &answer {
            Ok(answer) => serde_json::to_value(Answer::Done(answer)),
            Err(Error::Refused { code, message }) => {
                serde_json::to_value(Answer::<()>::Refused { code: code.clone(), message: message.clone() })
            }
            // Not an answer: another try may bring one.
            Err(_) => return answer.map_err(Into::into),
        };
        let kept = kept.map_err(|_| Error::BadRow("answer to a request"))?;
        store::requests::answer(&mut self.tx, &self.key, &kept).await?;
        self.tx.commit().await.map_err(Error::Database)?;
        answer.map_err(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_can_not_run_into_each_other() {
        let of = |parts: &[&str]| parts.iter().fold(Fingerprint::of("x"), Fingerprint::with).finish();
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["ab", ""]), of(&["ab"]));
    }
}
