//! Pages and server functions of the identity area: the doors through which people sign up, sign in and look after their
//! account. What they do stands in `identity-core`.
//!
//! To add a page: what crosses the wire in `dto.rs`, a server function of about ten lines in `api/` (context, rate limit,
//! parse, service, commit, answer), a file in `pages/`, and a line in `routes.rs`. Forms are `web::Form`s, so they work
//! without JavaScript; their inputs are named after the server function's arguments.

mod api;
mod dto;
mod pages;
mod parts;
pub mod routes;

pub use parts::{HandleField, SettingsFrame, SettingsTab};
