//! The area's routes.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, components::Route, path};

/// The area's routes.
#[component(transparent)]
pub fn IdentityRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/stub-identity") view=|| () /> }.into_inner()
}
