//! Time and chance are arguments: a test or a simulation supplies its own.

use chrono::{DateTime, Utc};

/// Tells the time. The real one stands in `platform`; tests freeze or move it.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// Supplies random bytes. The real one is the operating system's; tests seed theirs.
pub trait Randomness: Send + Sync + 'static {
    /// Fills `bytes`, which may become a secret, so the real source is a cryptographic one.
    fn fill(&self, bytes: &mut [u8]);
}
