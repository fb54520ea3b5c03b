//! Conversations with agents.

use kernel::{ConversationId, MessageId};
use leptos::prelude::*;
use leptos_router::{ChooseView, SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

use crate::pages::chat::{Chat, Chats, Memories, NewChat, Spending};

/// The conversations of whoever looks.
pub const CHATS: &str = "/chats";
/// What agents remember of whoever looks.
pub const MEMORIES: &str = "/settings/memories";

/// A conversation.
pub fn chat(id: ConversationId) -> String {
    format!("{CHATS}/{id}")
}

/// A message in its conversation.
pub fn message(chat: ConversationId, message: MessageId) -> String {
    format!("{CHATS}/{chat}#{message}")
}

/// What an agent remembers of whoever looks.
pub fn memories_of(handle: &str) -> String {
    format!("{MEMORIES}?of={handle}")
}

/// The pages. The browser loads the code of all of them when somebody first goes to one.
#[derive(Debug, Clone, Copy)]
enum Page {
    Chats,
    NewChat,
    Chat,
    Memories,
    Spending,
}

#[lazy]
fn chat_page(page: Page) -> AnyView {
    match page {
        Page::Chats => view! { <Chats /> }.into_any(),
        Page::NewChat => view! { <NewChat /> }.into_any(),
        Page::Chat => view! { <Chat /> }.into_any(),
        Page::Memories => view! { <Memories /> }.into_any(),
        Page::Spending => view! { <Spending /> }.into_any(),
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        #[cfg(not(target_arch = "wasm32"))]
        web::announce_parts("chat_page");
        chat_page(self).await
    }

    async fn preload(&self) {
        #[cfg(target_arch = "wasm32")]
        __preload_chat_page().await;
    }
}

/// The routes.
#[component(transparent)]
pub fn ChatRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/chats") view=Page::Chats ssr=SsrMode::Async />
        <Route path=path!("/chats/new") view=Page::NewChat ssr=SsrMode::Async />
        <Route path=path!("/chats/:id") view=Page::Chat ssr=SsrMode::Async />
        <Route path=path!("/settings/memories") view=Page::Memories ssr=SsrMode::Async />
        <Route path=path!("/settings/spending") view=Page::Spending ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
