//! The real router on a real socket with a real database, asked over HTTP.

#![expect(clippy::expect_used, reason = "a test can't go on without")]

mod access;
mod builder;
mod chats;
mod experts;
mod forms;
mod invoices;
mod live;
mod protection;
mod site;
mod support;
mod webhooks;
