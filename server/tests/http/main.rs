//! The real router on a real socket with a real database, asked over HTTP.

mod access;
mod forms;
mod live;
mod protection;
mod site;
mod support;
