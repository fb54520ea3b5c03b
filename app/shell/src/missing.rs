//! The page of an address there is nothing at.

use kernel::Problem;
use leptos::prelude::*;
use web::ProblemPage;

/// Says that there is nothing here, with the status that says so to programs.
#[component]
pub fn Missing() -> impl IntoView {
    #[cfg(not(target_arch = "wasm32"))]
    web::server::set_status(404);
    view! { <ProblemPage problem=Problem::not_found("page") /> }
}
