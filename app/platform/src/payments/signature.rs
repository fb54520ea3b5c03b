//! Signatures of webhooks, as Stripe makes them (<https://docs.stripe.com/webhooks#verify-manually>): HMAC-SHA256 over
//! the time, a full stop and the body, hexadecimal, in a header `t=<unix seconds>,v1=<signature>`.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::config::Secret;

/// The header's name.
pub const HEADER: &str = "stripe-signature";
/// How far the time of a signature may be from ours.
const TOLERANCE: TimeDelta = TimeDelta::seconds(300);

/// Why a signature was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is none, or it isn't of the form.
    #[error("The header Stripe-Signature is missing or not of the form t=…,v1=….")]
    Malformed,
    /// It was made with another secret, or for another body.
    #[error("The signature does not fit the body. Check the signing secret.")]
    Wrong,
    /// It was made too long ago, or in the future.
    #[error("The signature was made more than five minutes ago or ahead. Check the clock, or send it anew.")]
    Old,
}

/// Checks the signature of a body. Any of the secrets will do.
///
/// # Errors
/// When it is malformed, made by somebody else, or too old.
pub fn verify(secrets: &[Secret], header: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), SignatureError> {
    let (mut time, mut candidates) = (None, Vec::new());
    for (name, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
        match name {
            "t" => time = Some(value),
            // Other schemes are no proof.
            "v1" => candidates.extend(hex::decode(value)),
            _ => {}
        }
    }
    let time = time.ok_or(SignatureError::Malformed)?;
    let at = time.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let at = at.ok_or(SignatureError::Malformed)?;
    if candidates.is_empty() {
        return Err(SignatureError::Malformed);
    }
    let fits = secrets
        .iter()
        .filter(|secret| !secret.reveal().trim().is_empty())
        .filter_map(|secret| mac(secret, time, body))
        // Compares in constant time.
        .any(|mac| candidates.iter().any(|candidate| mac.clone().verify_slice(candidate).is_ok()));
    if !fits {
        return Err(SignatureError::Wrong);
    }
    if (now - at).abs() > TOLERANCE { Err(SignatureError::Old) } else { Ok(()) }
}

/// Signs a body, and gives the header.
pub fn sign(secret: &Secret, body: &[u8], now: DateTime<Utc>) -> String {
    let time = now.timestamp().to_string();
    let signature = mac(secret, &time, body).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default();
    format!("t={time},v1={signature}")
}

fn mac(secret: &Secret, time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).ok()?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    #[test]
    fn known_answer() {
        // Reckoned with `openssl dgst -sha256 -hmac whsec_test`.
        let header = sign(&Secret::from("whsec_test"), BODY, at(1_700_000_000));
        assert_eq!(header, "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925");
    }

    #[test]
    fn only_the_fresh_and_right_are_taken() {
        let (secret, other) = (Secret::from("whsec_one"), Secret::from("whsec_two"));
        let now = at(1_700_000_000);
        let header = sign(&secret, BODY, now);
        let check = |header: &str, body: &[u8], seconds: i64| {
            verify(&[other.clone(), secret.clone()], header, body, now + TimeDelta::seconds(seconds))
        };
        assert_eq!(check(&header, BODY, 0), Ok(()));
        assert_eq!(check(&header, BODY, 300), Ok(()));
        assert_eq!(check(&header, BODY, 301), Err(SignatureError::Old));
        assert_eq!(check(&header, BODY, -301), Err(SignatureError::Old));
        assert_eq!(check(&header, b"{}", 0), Err(SignatureError::Wrong));
        assert_eq!(check(&header.replace("v1=", "v0="), BODY, 0), Err(SignatureError::Malformed));
        assert_eq!(check(&header.replace("t=17", "t=18"), BODY, 0), Err(SignatureError::Wrong));
        assert_eq!(check(&format!("{header},v1=00,v0=11"), BODY, 0), Ok(()));
        for malformed in ["", "t=1700000000", "v1=00", "t=x,v1=00", "t=99999999999999999,v1=00", "nonsense"] {
            assert_eq!(check(malformed, BODY, 0), Err(SignatureError::Malformed), "{malformed}");
        }
        assert_eq!(
            verify(&[Secret::from(" ")], &sign(&Secret::from(" "), BODY, now), BODY, now),
            Err(SignatureError::Wrong)
        );
        assert_eq!(verify(&[], &header, BODY, now), Err(SignatureError::Wrong));
    }
}
