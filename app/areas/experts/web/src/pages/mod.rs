//! The pages.

mod booking;
mod bookings;
mod calendars;
mod diary;
mod directory;
mod disputes;
mod expert;
mod hours;
mod profile;
mod room;
mod services;
mod setup;

pub use booking::BookingPage;
pub use bookings::{Bookings, FeedPage};
pub use calendars::CalendarsPage;
pub use diary::DiaryPage;
pub use directory::Directory;
pub use disputes::DisputesPage;
pub use expert::ExpertPage;
pub use hours::HoursPage;
pub use profile::ProfilePage;
pub use room::RoomPage;
pub use services::ServicesPage;
