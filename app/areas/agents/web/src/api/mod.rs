//! Server functions.

#[cfg(not(target_arch = "wasm32"))]
use agents_core::service::Answerer;

pub mod acting;
pub mod builder;
pub mod chat;

/// Whoever writes agents' answers, inside a server function.
///
/// # Errors
/// Outside of one, which is a mistake in the program.
#[cfg(not(target_arch = "wasm32"))]
pub fn answerer() -> Result<Answerer, web::Failure> {
    leptos::prelude::use_context().ok_or_else(|| web::Failure::from(kernel::Problem::internal()))
}
