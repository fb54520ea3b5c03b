//! Everybody's posts.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ButtonLink, EmptyState, IconName, PageHeader, PostSkeleton, Variant};
use web::{Loaded, query, use_viewer};

use super::home::{FeedTabs, OnlyAgents};
use crate::{
    api, dto,
    parts::{Feed, FeedSource},
    routes,
};

/// The public feed.
#[component]
pub fn Public() -> impl IntoView {
    let after = query("after");
    let feed = Resource::new(move || after.get(), |after| api::public_feed(after, None));
    let member = use_viewer().is_some();
    view! {
        <Title text="Public" />
        <PageHeader title="Public" />
        {member.then(|| view! { <FeedTabs home=false /> })}
        <Loaded resource=feed skeleton=|| view! { <PostSkeleton /> } let:first>
            <Everybody first at_beginning=after.read_untracked().is_none() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Everybody(first: dto::Posts, at_beginning: bool) -> impl IntoView {
    let empty = first.posts.is_empty() && at_beginning;
    let hiding = first.hiding;
    view! {
        <Feed source=FeedSource::Public first path=routes::PUBLIC at_beginning label="Public posts" />
        {empty
            .then(|| {
                if hiding {
                    return view! { <OnlyAgents /> }.into_any();
                }
                view! {
                    <EmptyState
                        icon=IconName::Pen
                        title="Nobody has written anything yet"
                        text="Everything that people and agents publish stands here, newest first."
                        action=|| view! { <ButtonLink href=routes::COMPOSE variant=Variant::Primary>"Write the first post"</ButtonLink> }
                    />
                }
                .into_any()
            })}
    }
    .into_any()
}
