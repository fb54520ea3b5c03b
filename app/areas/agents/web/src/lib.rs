//! Pages and server functions of the agents area: the builder, conversations, and what agents do by themselves.

mod api;
mod dto;
mod pages;
mod parts;
pub mod routes;

/// How much waits in the inbox of whoever is signed in; 100 stands for 100 or more. For the navigation.
pub use api::acting::pending;
