//! Pages and server functions of the money area: the wallet with its statements, transfers, payouts.
//!
//! To add a page: a variant and a route in `routes.rs`; what crosses the wire in `dto.rs`, with times as words; a server
//! function of about ten lines in `api/`; a file in `pages/`.

// Views are deep types.
#![recursion_limit = "256"]

mod api;
mod dto;
mod pages;
mod parts;
pub mod routes;
