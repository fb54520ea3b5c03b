//! A circuit breaker: a provider in trouble is left alone for a while, and those who ask go elsewhere at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Counts failures in a row.
#[derive(Debug)]
pub struct Breaker {
    failures: u32,
    pause: TimeDelta,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<DateTime<Utc>>,
}

impl Breaker {
    /// One that opens after so many failures, for so long.
    pub fn new(failures: u32, pause: TimeDelta) -> Self {
        Self { failures, pause, state: Mutex::default() }
    }

    /// Whether somebody may ask now; if not, in how long. Once the time is over a single one may, and the others wait for
    /// how it goes. When nothing is heard of that one, the next may after another pause.
    pub fn admit(&self, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let mut state = self.state();
        match state.open_until {
            Some(until) if until > now => Err(until - now),
            Some(_) => {
                state.open_until = Some(now + self.pause);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes how it went.
    pub fn note(&self, well: bool, now: DateTime<Utc>) {
        let mut state = self.state();
        if well {
            *state = State::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= self.failures {
            state.open_until = Some(now + self.pause);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What a panic leaves behind here are still two numbers.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
