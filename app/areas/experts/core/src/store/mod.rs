//! SQL, and nothing else: no rules, no gate. Checked at compile time against the migrations.

pub(crate) mod bookings;
pub(crate) mod calendars;
pub(crate) mod directory;
pub(crate) mod disputes;
pub(crate) mod experts;
pub(crate) mod feeds;
pub(crate) mod notes;
pub(crate) mod published;
pub(crate) mod reminders;
pub(crate) mod reschedules;
pub(crate) mod reviews;
pub(crate) mod rooms;
pub(crate) mod services;
pub(crate) mod slices;
pub(crate) mod waitlist;

use kernel::Money;

use crate::booking::CURRENCY;

/// An amount as the database has it.
pub(crate) const fn euros(minor: i64) -> Money {
    Money::new(minor, CURRENCY)
}

/// A count that the database keeps from being negative.
pub(crate) fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
