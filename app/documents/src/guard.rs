//! Keeps a hostile file from doing more harm than not being read.
//!
//! A parser can panic, overflow its stack, take all memory, or never end. Panics are caught. The stack is bounded by limits on
//! nesting (`lopdf` has its own, we have ours for pages) and a thread with a roomy stack. Memory is bounded by limits on the
//! file and on what its parts unfold to. What never ends can't be stopped inside a process: it is given up after a deadline and
//! keeps its thread, and because at most [`PLACES`] files are read at a time, at most that many threads can ever be lost; then
//! further files are refused with words that say so.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{RecvTimeoutError, sync_channel},
    },
    thread,
    time::Duration,
};

use crate::{Document, DocumentError, Hint, Limits, extract};

/// How many files are read at the same time, those included that were given up and have not ended.
const PLACES: usize = 8;

/// Parsers of nested things are recursive; their own limits on nesting stay far below this.
const STACK: usize = 16 * 1024 * 1024;

static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// A place among [`PLACES`], given back when the work has really ended.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let taken = TAKEN.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < PLACES).then_some(n + 1));
        taken.is_ok().then_some(Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        TAKEN.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Reads a file on a thread of its own and gives up after [`Limits::millis`]. It blocks: call it where that is allowed.
///
/// # Errors
/// As [`extract`], and [`DocumentError::TookTooLong`] and [`DocumentError::Busy`].
pub fn extract_guarded(
    bytes: Vec<u8>,
    file_name: Option<String>,
    content_type: Option<String>,
    limits: Limits,
) -> Result<Document, DocumentError> {
    within(Duration::from_millis(limits.millis), move || {
        let hint = Hint { file_name: file_name.as_deref(), content_type: content_type.as_deref() };
        extract(&bytes, hint, &limits)
    })
}

fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, DocumentError> + Send + 'static,
) -> Result<T, DocumentError> {
    let place = Place::take().ok_or(DocumentError::Busy)?;
    let (done, result) = sync_channel(1);
    let worker = move || {
        let outcome = catching(work);
        drop(place);
        // Nobody waits any more after the deadline.
        _ = done.send(outcome);
    };
    thread::Builder::new()
        .name("document".to_owned())
        .stack_size(STACK)
        .spawn(worker)
        .map_err(|_| DocumentError::Busy)?;
    match result.recv_timeout(limit) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => Err(DocumentError::TookTooLong),
        Err(RecvTimeoutError::Disconnected) => Err(DocumentError::Broken { what: "file" }),
    }
}

/// Turns a panic of a parser into an error: the file is what caused it.
pub(crate) fn catching<T>(work: impl FnOnce() -> Result<T, DocumentError>) -> Result<T, DocumentError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(DocumentError::Broken { what: "file" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_given_up_and_what_panics_is_an_error() {
        let (release, wait) = sync_channel::<()>(0);
        let stuck = within(Duration::from_millis(20), move || Ok(wait.recv().is_ok()));
        assert_eq!(stuck, Err(DocumentError::TookTooLong));
        assert!(TAKEN.load(Ordering::Acquire) >= 1, "it keeps its place");
        release.send(()).expect("it still waits");

        let broken = within::<()>(Duration::from_secs(20), || panic!("a parser's mistake"));
        assert_eq!(broken, Err(DocumentError::Broken { what: "file" }));
    }
}
