//! Time and chance in a test's hands.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Clock, Randomness};
use rand::{RngCore, SeedableRng, rngs::StdRng};

/// A clock that stands still until it is moved.
pub struct FrozenClock(Mutex<DateTime<Utc>>);

impl FrozenClock {
    /// Moves the clock forward (or, by a negative span, back).
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }

    /// Sets the clock.
    pub fn set(&self, to: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

impl Default for FrozenClock {
    /// Noon of 1 June 2026, UTC.
    fn default() -> Self {
        Self(Mutex::new(DateTime::UNIX_EPOCH + TimeDelta::days(20_605) + TimeDelta::hours(12)))
    }
}

impl Clock for FrozenClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Randomness that is the same in every run.
pub struct SeededRandomness(Mutex<StdRng>);

impl Default for SeededRandomness {
    fn default() -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(1)))
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}
