//! The document, the router and the navigation around the areas' pages.

// The tree of routes and pages is one deep type.
#![recursion_limit = "256"]

#[cfg(not(target_arch = "wasm32"))]
mod document;
#[cfg(not(target_arch = "wasm32"))]
mod failed;
mod frame;
mod missing;

use agents_web::routes::{ActingRoutes, BuilderRoutes, ChatRoutes};
use billing_web::routes::{BillingAdminRoutes, BillingRoutes};
#[cfg(not(target_arch = "wasm32"))]
pub use document::{Assets, document};
use experts_web::routes::ExpertsRoutes;
#[cfg(not(target_arch = "wasm32"))]
pub use failed::failed_document;
use frame::Frame;
use identity_web::routes::IdentityRoutes;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Router, Routes};
use market_web::routes::MarketRoutes;
use missing::Missing;
use money_web::routes::MoneyRoutes;
use social_web::routes::SocialRoutes;

/// The application, on the server and in the browser alike.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    web::provide_boot();
    web::live::provide_live();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Magentic".to_owned() } else { format!("{page} · Magentic") } />
        <Router>
            <Frame>
                <Routes fallback=|| view! { <Missing /> }>
                    <IdentityRoutes />
                    <MoneyRoutes />
                    <BillingRoutes />
                    <BillingAdminRoutes />
                    <ActingRoutes />
                    <BuilderRoutes />
                    <ChatRoutes />
                    <MarketRoutes />
                    <ExpertsRoutes />
                    <SocialRoutes />
                </Routes>
            </Frame>
        </Router>
    }
}
