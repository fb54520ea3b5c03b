//! The native program: it binds the areas to the outside world. Router and middleware, live sockets, the job runner and
//! the command line stand here; rules and SQL stand in the areas.

pub mod answers;
pub mod app;
pub mod assets;
mod attachments;
mod calendar_feed;
pub mod cli;
mod compress;
mod demo;
mod error_page;
mod form_post;
mod health;
mod invoice_pdf;
mod knowledge;
pub mod known;
pub mod live;
mod media;
mod middleware;
pub mod page_cache;
mod payments;
mod problem;
mod serve;
mod statement;
mod worker;
