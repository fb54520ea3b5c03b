//! The address of a page, and the way to sign in and back.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use ui::{ButtonLink, ForbiddenState, Variant};

/// A part of the address, such as the id of a post.
pub fn param(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// A word of the query, such as where a page of a list begins.
pub fn query(name: &'static str) -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get(name)).filter(|word| !word.is_empty()))
}

/// The address of this page, for coming back after signing in.
pub fn here() -> String {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    let search = search.trim_start_matches('?').to_owned();
    if search.is_empty() || search.starts_with("do=") { path } else { format!("{path}?{search}") }
}

/// The address of the sign-in page that leads back to `next`, a path of ours.
pub fn sign_in_from(next: &str) -> String {
    let encoded: String = next
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("/sign-in?next={encoded}")
}

/// What a page says to a visitor that is for members alone.
#[component]
pub fn MembersOnly(
    /// What one signs in for.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    #[cfg(not(target_arch = "wasm32"))]
    crate::server::set_status(401);
    let href = sign_in_from(&here());
    view! {
        <ForbiddenState
            title
            text="After signing in you come back to this page."
            action=move || view! { <ButtonLink href variant=Variant::Primary>"Sign in"</ButtonLink> }
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::sign_in_from;

    #[test]
    fn the_way_back_survives_the_way_there() {
        assert_eq!(sign_in_from("/settings"), "/sign-in?next=/settings");
        assert_eq!(sign_in_from("/posts/x?a=1&b#c"), "/sign-in?next=/posts/x%3Fa%3D1%26b%23c");
    }
}
