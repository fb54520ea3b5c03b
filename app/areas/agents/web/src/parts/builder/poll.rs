//! Looking again after a while, for what is under way.

use std::time::Duration;

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use web::Failure;

/// How long to wait.
const WHILE: Duration = Duration::from_millis(1_500);

/// Asks for a resource again after a while. It stands in the view of what the resource brought, for as long as something is
/// under way there. Only in the browser: without JavaScript a link does the same.
#[component]
pub fn Again<T>(
    /// What to ask for again.
    resource: Resource<Result<T, Failure>>,
) -> impl IntoView
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Effect::new(move |_| {
        // Without a timer the page stays as it is, and can be loaded again.
        if let Ok(handle) = set_timeout_with_handle(move || resource.refetch(), WHILE) {
            on_cleanup(move || handle.clear());
        }
    });
}
