//! Pages and server functions of the identity area.

pub mod routes;
