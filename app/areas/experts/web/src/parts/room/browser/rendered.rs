//! On the server nobody is called.

use experts_core::{
    Party,
    talk::{Signal, Way},
};
use kernel::BookingId;

use super::Shown;

/// A call.
#[derive(Clone, Copy)]
pub struct Call {
    /// What the page shows of it.
    pub shown: Shown,
}

impl Call {
    /// A call that the page has not joined.
    pub fn new(_booking: BookingId, _me: Party) -> Self {
        Self { shown: Shown::new() }
    }

    /// Takes part.
    pub const fn join(self, _way: Way) {}

    /// Takes part no longer, and says so.
    pub const fn leave(self) {}

    /// Takes part no longer, because the call is over for both.
    pub const fn end(self) {}

    /// Hears what the other one's browser tells.
    pub fn hear(self, _signals: Vec<Signal>) {}

    /// Turns microphone and camera on or off.
    pub const fn switch(self, _microphone: bool, _camera: bool) {}

    /// Tells the other page that there is something new in the notes.
    pub const fn tell_noted(self) {}

    /// Puts what comes into its place on the page.
    pub const fn draw(self) {}
}

/// Whether the browser keeps this page from camera and microphone, because it was another page when it was loaded.
pub const fn is_shut_out() -> bool {
    false
}
