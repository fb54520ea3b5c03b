//! The words every part of Magentic shares. Compiles for the server and the browser, and does no I/O:
//! whatever needs a database, a clock or a socket stands in `platform` or `web`.

mod actor;
mod clock;
mod email;
pub mod event;
mod handle;
mod id;
mod page;
mod problem;

pub use actor::{Actor, Provenance, Via};
pub use clock::{Clock, Randomness};
pub use email::{EmailAddress, EmailError};
pub use handle::{Handle, HandleError};
pub use id::{
    Account, AccountId, Event, EventId, Id, IdError, Kind, Mail, MailId, Media, MediaId, Post, PostId, Session,
    SessionId,
};
pub use page::{Cursor, CursorError, Page, PageSize};
pub use problem::{FieldError, Problem, ProblemKind};
