//! Pages and server functions of the billing area.

mod api;
mod dto;
mod pages;
mod parts;
pub mod routes;
