//! Tokens: secrets that are given out once and kept only as hashes.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Randomness;
use sha2::{Digest, Sha256};

/// A secret of 256 random bits, as it travels in a cookie or a link. Never logged: its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// What is kept of a token. A token has full entropy, so a plain SHA-256 can't be reversed and can be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl Token {
    /// Makes a new one.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        let mut bytes = [0; 32];
        randomness.fill(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Takes one that somebody presents. `None` when it cannot be one of ours.
    pub fn presented(text: &str) -> Option<Self> {
        let well_formed = text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok();
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The secret itself, for the cookie or the link.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What to store, or to look up.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TokenHash {
    /// The bytes, for the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
