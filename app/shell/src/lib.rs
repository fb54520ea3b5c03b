//! The document, the router and the navigation around the areas' pages.

// The tree of routes and pages is one deep type.
#![recursion_limit = "256"]

#[cfg(not(target_arch = "wasm32"))]
mod document;
mod frame;
mod missing;

#[cfg(not(target_arch = "wasm32"))]
pub use document::document;
use frame::Frame;
use identity_web::routes::IdentityRoutes;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Router, Routes};
use missing::Missing;
use social_web::routes::SocialRoutes;

/// The application, on the server and in the browser alike.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    web::provide_boot();
    web::live::provide_live();
    offline_ready();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Magentic".to_owned() } else { format!("{page} · Magentic") } />
        <Router>
            <Frame>
                <Routes fallback=|| view! { <Missing /> }>
                    <IdentityRoutes />
                    <SocialRoutes />
                </Routes>
            </Frame>
        </Router>
    }
}

/// Lets the browser keep what it needs to show a page without a connection.
fn offline_ready() {
    #[cfg(target_arch = "wasm32")]
    Effect::new(|| {
        // Browsers have no service workers where a page is not secure; the application works without.
        let container = web_sys::js_sys::Reflect::get(&window().navigator(), &"serviceWorker".into());
        if container.is_ok_and(|container| container.is_object()) {
            _ = window().navigator().service_worker().register("/sw.js");
        }
    });
}
