//! What the server stands on: configuration, the database, the event log, jobs, mail, files, payments, models, pages of
//! others, rate limits and logs. Native only. Areas call it from their services; nothing here knows an area.

pub mod config;
pub mod context;
pub mod database;
pub mod embedded_postgres;
pub mod event;
pub mod files;
pub mod image;
pub mod job;
pub mod log;
pub mod mail;
pub mod markdown;
pub mod media;
pub mod models;
pub mod outbound;
pub mod payments;
pub mod rate_limit;
pub mod seal;
pub mod secret;

pub use config::Config;
pub use context::{Cx, OperatingSystem, World};
pub use database::{Database, Tx};
pub use log::internal;
