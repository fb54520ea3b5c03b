//! A conversation that is about to begin.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ButtonLink, EmptyState, IconName, ListSkeleton, PageHeader, Variant};
use web::{Loaded, query};

use crate::{
    api,
    dto::chat as dto,
    parts::chat::{Talk, beginning},
    routes,
};

/// The page on which a conversation with an agent begins: `/chats/new?with=<handle>`; with `preview`, its draft answers its owner.
#[component]
pub fn NewChat() -> impl IntoView {
    let (with, preview) = (query("with"), query("preview"));
    let preview = move || preview.read().is_some();
    if with.read_untracked().is_none() {
        return view! { <NobodyChosen /> }.into_any();
    }
    let new = Resource::new(
        move || (with.get().unwrap_or_default(), preview()),
        |(with, preview)| api::chat::new_chat(with.trim_start_matches('@').to_owned(), preview),
    );
    view! {
        <Loaded resource=new skeleton=|| view! { <ListSkeleton count=2 /> } whole=true let:new>
            <Begin new preview=untrack(preview) />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Begin(new: dto::NewChat, preview: bool) -> impl IntoView {
    let title = format!("Chat with {}", new.agent.name);
    view! {
        <Title text=title.clone() />
        <PageHeader title=title back=routes::CHATS back_label="Chats" />
        <Talk chat=RwSignal::new(beginning(new, preview)) />
    }
    .into_any()
}

#[component]
fn NobodyChosen() -> impl IntoView {
    view! {
        <Title text="New chat" />
        <PageHeader title="New chat" back=routes::CHATS back_label="Chats" />
        <EmptyState
            icon=IconName::Agent
            title="With whom?"
            text="Choose an agent: each has a \u{201c}Chat\u{201d} button on its profile."
            action=|| view! { <ButtonLink href="/market" variant=Variant::Primary>"Find an agent"</ButtonLink> }
        />
    }
    .into_any()
}
