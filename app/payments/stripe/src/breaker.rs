//! A circuit breaker: whoever does not answer is left alone for a while, and those who ask are told so at once.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// So many failures in a row open it.
const FAILURES: u32 = 5;
/// How long it stays open.
const OPEN: Duration = Duration::from_secs(30);

/// Counts failures in a row.
#[derive(Debug, Default)]
pub struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Whether somebody may ask now; if not, in how long. Once the time is over a single one may, and the others wait
    /// for how it goes: otherwise all who have waited would come at once.
    ///
    /// # Errors
    /// With the time that is left.
    pub fn admit(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.state();
        match state.open_until {
            Some(until) if until > now => Err(until - now),
            Some(_) => {
                state.open_until = Some(now + OPEN);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Notes how it went.
    pub fn note(&self, answered: bool, now: Instant) {
        let mut state = self.state();
        if answered {
            *state = State::default();
        } else {
            state.failures = state.failures.saturating_add(1);
            if state.failures >= FAILURES {
                state.open_until = Some(now + OPEN);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What a panic leaves behind here are still two numbers.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_for_a_while_and_then_tries_one() {
        let (breaker, start) = (Breaker::default(), Instant::now());
        for _ in 1..FAILURES {
            breaker.note(false, start);
        }
        breaker.note(true, start);
        for _ in 1..FAILURES {
            breaker.note(false, start);
            assert_eq!(breaker.admit(start), Ok(()));
        }
        breaker.note(false, start);
        assert_eq!(breaker.admit(start), Err(OPEN));
        assert_eq!(breaker.admit(start + OPEN - Duration::from_secs(1)), Err(Duration::from_secs(1)));
        // One may try; the next has to wait for it.
        let later = start + OPEN;
        assert_eq!(breaker.admit(later), Ok(()));
        assert_eq!(breaker.admit(later), Err(OPEN));
        // It came to nothing, so everybody waits again.
        breaker.note(false, later);
        assert_eq!(breaker.admit(later + OPEN - Duration::from_secs(1)), Err(Duration::from_secs(1)));
        assert_eq!(breaker.admit(later + OPEN), Ok(()));
        breaker.note(true, later + OPEN);
        assert_eq!(breaker.admit(later + OPEN), Ok(()));
        assert_eq!(breaker.admit(later + OPEN), Ok(()));
    }
}
