//! The area's routes.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, components::Route, path};

/// The area's routes.
#[component(transparent)]
pub fn SocialRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/stub-social") view=|| () /> }.into_inner()
}
