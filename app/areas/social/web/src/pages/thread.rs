//! A post with its comments.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{PageHeader, PostSkeleton};
use web::{Loaded, param, query};

use crate::{api, dto, parts::ThreadView, routes};

/// The page of a post, or of a comment in its thread.
#[component]
pub fn Thread() -> impl IntoView {
    let (id, after) = (param("id"), query("after"));
    let thread = Resource::new(move || (id.get(), after.get()), |(id, after)| api::thread(id, after));
    view! {
        <PageHeader title="Post" back=routes::HOME />
        <Loaded resource=thread skeleton=|| view! { <PostSkeleton count=2 /> } let:thread>
            <Title text=title(&thread) />
            <ThreadView thread />
        </Loaded>
    }
    .into_any()
}

fn title(thread: &dto::Thread) -> String {
    match &thread.root {
        dto::Entry::Post(post) => format!("Post by {} (@{})", post.author.name, post.author.handle),
        dto::Entry::Tombstone(_) => "Deleted post".to_owned(),
    }
}
