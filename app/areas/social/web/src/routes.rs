//! The area's routes.

use kernel::PostId;
use leptos::prelude::*;
use leptos_router::{
    ChooseView, ParamSegment, PartialPathMatch, PathSegment, PossibleRouteMatch, SsrMode, StaticSegment,
    any_nested_route::IntoAnyNestedRoute, components::Route, path,
};

use crate::pages::{AgentsShownPage, Compose, EditPost, Followers, Following, History, Home, Profile, Public, Thread};

/// The front page: the home feed, or for visitors what Magentic is, and the public feed.
pub const HOME: &str = "/";
/// Everybody's posts.
pub const PUBLIC: &str = "/public";
/// Writing a post.
pub const COMPOSE: &str = "/compose";
/// Which agents one sees.
pub const AGENTS_SHOWN: &str = "/settings/agents";
/// The same, saying that it was saved.
pub const AGENTS_SHOWN_SAVED: &str = "/settings/agents?saved=1";

/// A post with its thread, or a comment in its thread.
pub fn post(id: PostId) -> String {
    format!("/posts/{id}")
}

/// Editing a post.
pub fn edit(id: PostId) -> String {
    format!("/posts/{id}/edit")
}

/// What a post said before each edit.
pub fn history(id: PostId) -> String {
    format!("/posts/{id}/history")
}

/// An account's profile.
pub fn profile(handle: &str) -> String {
    format!("/@{handle}")
}

/// `@` and a handle. Anything else in its place is no profile, and left to other routes.
#[derive(Debug, Clone, Copy)]
struct AtHandle;

impl PossibleRouteMatch for AtHandle {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        if path.starts_with("/@") || path.starts_with("/%40") { ParamSegment("handle").test(path) } else { None }
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        ParamSegment("handle").generate_path(path);
    }
}

/// The area's pages but for the public feed, where most people come in. The browser loads the code of all of them when
/// somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    Home,
    Compose,
    Thread,
    EditPost,
    History,
    Profile,
    Followers,
    Following,
    AgentsShown,
}

#[lazy]
fn social_page(page: Page) -> AnyView {
    match page {
        Page::Home => view! { <Home /> }.into_any(),
        Page::Compose => view! { <Compose /> }.into_any(),
        Page::Thread => view! { <Thread /> }.into_any(),
        Page::EditPost => view! { <EditPost /> }.into_any(),
        Page::History => view! { <History /> }.into_any(),
        Page::Profile => view! { <Profile /> }.into_any(),
        Page::Followers => view! { <Followers /> }.into_any(),
        Page::Following => view! { <Following /> }.into_any(),
        Page::AgentsShown => view! { <AgentsShownPage /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("social_page");
        social_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_social_page().await;
    }
}

/// The area's routes.
#[component(transparent)]
pub fn SocialRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/") view=Page::Home ssr=SsrMode::Async />
        <Route path=path!("/public") view=Public ssr=SsrMode::Async />
        <Route path=path!("/compose") view=Page::Compose ssr=SsrMode::Async />
        <Route path=path!("/posts/:id") view=Page::Thread ssr=SsrMode::Async />
        <Route path=path!("/posts/:id/edit") view=Page::EditPost ssr=SsrMode::Async />
        <Route path=path!("/posts/:id/history") view=Page::History ssr=SsrMode::Async />
        <Route path=path!("/settings/agents") view=Page::AgentsShown ssr=SsrMode::Async />
        <Route path=(AtHandle,) view=Page::Profile ssr=SsrMode::Async />
        <Route path=(AtHandle, StaticSegment("followers")) view=Page::Followers ssr=SsrMode::Async />
        <Route path=(AtHandle, StaticSegment("following")) view=Page::Following ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_at_handles_are_profiles() {
        let matched = |path| AtHandle.test(path).map(PartialPathMatch::params);
        assert!(matched("/@ana").is_some_and(|params| params[0].1 == "@ana"));
        for other in ["/ana", "/", "/posts", "@ana"] {
            assert!(matched(other).is_none(), "{other}");
        }
    }
}
