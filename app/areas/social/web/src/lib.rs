//! Pages and server functions of the social area.

pub mod routes;
