//! Server functions: context, rate limit, parse, service, commit, answer.

mod after;
mod book;
mod bookings;
#[cfg(not(target_arch = "wasm32"))]
mod describe;
mod diary;
#[cfg(not(target_arch = "wasm32"))]
mod limits;
#[cfg(not(target_arch = "wasm32"))]
mod parse;
mod read;
mod room;
mod setup;
#[cfg(not(target_arch = "wasm32"))]
mod times;

pub use after::{DecideDispute, DisputeCall, HideNotes, PublishNotes, Reply, ReviewCall, SaveNotes, disputes};
pub use book::{
    Accept, Agree, AwaitMoney, CancelBooking, Decline, Disagree, HoldTime, LetGo, PayNow, Propose, StopWaiting, Wait,
};
pub use bookings::{booking, bookings};
pub use diary::diary;
pub use read::{Asked, expert, search};
pub use room::*;
pub use setup::{
    AddCalendar, RemoveCalendar, RenewFeed, SaveHours, SaveProfile, SaveService, TurnExpert, WithdrawService, affected,
    calendars, feed, setup,
};
