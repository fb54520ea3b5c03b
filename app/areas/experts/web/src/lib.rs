//! Pages and server functions of the experts: the directory, bookings from the first look to what is left of them, and what an
//! expert sets up.
//!
//! To add a page: a variant and a route in `routes.rs`; what crosses the wire in `dto/`, with instants as `ui::At`; a server
//! function of about ten lines in `api/`; a file in `pages/`; and in `parts/` whatever several pages share.

// Views are deep types.
#![recursion_limit = "256"]

mod api;
mod dto;
mod pages;
mod parts;
pub mod routes;
