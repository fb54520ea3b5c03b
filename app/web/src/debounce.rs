//! Waiting until somebody stops typing.

use std::time::Duration;

use leptos::prelude::*;

/// Runs what was asked for last, once nothing has been asked for for a while. Only in the browser: nobody types on the
/// server.
#[derive(Clone, Copy)]
pub struct Debounce {
    wait: Duration,
    waiting: StoredValue<Option<TimeoutHandle>>,
    latest: StoredValue<u32>,
}

/// One thing that was asked for; knows whether it is still the latest.
#[derive(Clone, Copy)]
pub struct Asked {
    number: u32,
    latest: StoredValue<u32>,
}

impl Asked {
    /// Whether nothing newer has been asked for, so that the answer still matters. False once the page is left.
    pub fn is_latest(self) -> bool {
        self.latest.try_get_value() == Some(self.number)
    }
}

impl Debounce {
    /// Waits for this long.
    pub fn new(wait: Duration) -> Self {
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        on_cleanup(move || {
            if let Some(Some(handle)) = waiting.try_get_value() {
                handle.clear();
            }
        });
        Self { wait, waiting, latest: StoredValue::new(0) }
    }

    /// Asks for something, in place of what was asked for before.
    pub fn ask(self, run: impl FnOnce(Asked) + 'static) {
        if let Some(handle) = self.waiting.get_value() {
            handle.clear();
        }
        let number = self.latest.get_value().wrapping_add(1);
        self.latest.set_value(number);
        let asked = Asked { number, latest: self.latest };
        // Without a timer, the question is simply not asked: it was only for comfort.
        self.waiting.set_value(set_timeout_with_handle(move || run(asked), self.wait).ok());
    }
}
