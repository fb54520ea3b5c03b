//! What happens after a form has been accepted.

use serde::{Deserialize, Serialize};

/// What the page does after a form has been accepted. Without JavaScript it becomes a 303 redirect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Stay on this page.
    Stay,
    /// Go to another page of the running application.
    Go(String),
    /// Load a page anew: who is signed in has changed, so nothing of the old page may remain.
    Reload(String),
}

/// Navigates inside the running application.
pub fn go_to(path: &str) {
    leptos_router::hooks::use_navigate()(path, leptos_router::NavigateOptions::default());
}

/// Leaves this page and loads another from the server. Does nothing on the server.
#[cfg(target_arch = "wasm32")]
pub fn reload_at(path: &str) {
    // A navigation that the browser refuses (an address that is no URL) leaves the page as it is.
    _ = leptos::prelude::window().location().assign(path);
}

/// Leaves this page and loads another from the server. Does nothing on the server.
#[cfg(not(target_arch = "wasm32"))]
pub const fn reload_at(_path: &str) {}
