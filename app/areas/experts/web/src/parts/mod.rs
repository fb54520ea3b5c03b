//! What several pages share.

mod copy;
mod draft;
mod frame;
mod look;
mod message;
mod people;
mod reviews;
pub mod room;
mod weeks;
mod words;

pub use copy::FeedAddress;
pub use draft::DraftArea;
pub use frame::{MemberPage, SetupFrame, SetupTab, TestMode, asked};
pub use look::look_again;
pub use message::{Refusal, message_but};
pub use people::{byline, row, shape};
pub use reviews::Reviews;
pub use weeks::Weeks;
pub use words::{came_words, for_ten, ladder_name, languages, most, party_words, state_badge};
