//! Writing a post.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{FormSkeleton, PageHeader};
use web::{Loaded, MembersOnly, use_viewer};

use crate::{api, parts::Write, routes};

/// The page that is one composer.
#[component]
pub fn Compose() -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! { <Form /> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to write" /> }.into_any()
    };
    view! {
        <Title text="Write" />
        <PageHeader title="Write" back=routes::HOME />
        {inside}
    }
    .into_any()
}

#[component]
fn Form() -> impl IntoView {
    let form = Resource::new(|| (), |()| api::write_form());
    view! {
        <Loaded resource=form skeleton=|| view! { <FormSkeleton fields=1 /> } let:submission>
            <Write submission=RwSignal::new(submission) label="What is on your mind?" send="Post" rows=8 />
        </Loaded>
    }
    .into_any()
}
