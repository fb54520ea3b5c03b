//! Pages and server functions of the market: the grid, listings, buying, selling, earnings.
//!
//! To add a page: a variant and a route in `routes.rs`; what crosses the wire in `dto/`, with times as words; a server function
//! of about ten lines in `api/`; a file in `pages/`; and in `parts/` whatever several pages share.

// Views are deep types.
#![recursion_limit = "256"]

mod api;
mod dto;
mod pages;
mod parts;
pub mod routes;
