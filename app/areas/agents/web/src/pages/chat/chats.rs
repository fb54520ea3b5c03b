//! The conversations of whoever looks.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Button, ButtonLink, ButtonSize, ChatRow, EmptyState, IconName, ItemList, ListSkeleton, Menu, MenuLink, PageHeader,
    Pagination, SearchBar, TextInput, Variant,
};
use web::{Loaded, query};

use crate::{api, dto::chat as dto, routes};

/// The page of conversations.
#[component]
pub fn Chats() -> impl IntoView {
    let (words, after) = (query("words"), query("after"));
    let chats = Resource::new(move || (words.get(), after.get()), |(words, after)| api::chat::chats(words, after));
    view! {
        <Title text="Chats" />
        <PageHeader
            title="Chats"
            actions=|| view! { <ButtonLink href="/market" icon=IconName::Plus size=ButtonSize::Small>"New chat"</ButtonLink> }
        />
        <SearchBar action=routes::CHATS label="Search your chats">
            <TextInput
                name="words"
                kind="search"
                value=words.get_untracked().unwrap_or_default()
                aria_label="Words in titles and messages"
                placeholder="Search titles and messages"
                maxlength=200
            />
            <Button icon=IconName::Search>"Search"</Button>
        </SearchBar>
        <Loaded resource=chats skeleton=|| view! { <ListSkeleton /> } let:page>
            <List page words=words.get_untracked() at_beginning=after.read_untracked().is_none() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn List(page: dto::Chats, words: Option<String>, at_beginning: bool) -> impl IntoView {
    let dto::Chats { chats, next } = page;
    if chats.is_empty() {
        return view! { <Nothing words at_beginning /> }.into_any();
    }
    let rows = chats.into_iter().map(|chat| view! { <Row chat /> }.into_any()).collect_view();
    let more = next.map(|next| {
        let words = words.map(|words| format!("&words={}", encoded(&words))).unwrap_or_default();
        let href = format!("{}?after={next}{words}", routes::CHATS);
        view! {
            <Pagination>
                <ButtonLink href variant=Variant::Secondary>"Earlier chats"</ButtonLink>
            </Pagination>
        }
    });
    view! {
        <ItemList label="Your chats" hover=true>{rows}</ItemList>
        {more}
    }
    .into_any()
}

#[component]
fn Row(chat: dto::ChatEntry) -> impl IntoView {
    let address = routes::chat(chat.id);
    let (rename, delete) = (format!("{address}?rename=1"), format!("{address}?delete=1"));
    let (with, portrait) =
        chat.with.map_or_else(|| ("Somebody who is gone".to_owned(), None), |it| (it.name, it.portrait));
    let about = format!("More about {}", chat.title);
    view! {
        <ChatRow
            href=address
            title=chat.title
            with
            portrait
            last=chat.last
            when=chat.at.into()
            menu=move || {
                view! {
                    <Menu label=about>
                        <MenuLink icon=IconName::Edit href=rename>"Rename"</MenuLink>
                        <MenuLink icon=IconName::Trash href=delete>"Delete"</MenuLink>
                    </Menu>
                }
            }
        />
    }
    .into_any()
}

#[component]
fn Nothing(words: Option<String>, at_beginning: bool) -> impl IntoView {
    match words {
        Some(words) => view! {
            <EmptyState
                icon=IconName::Search
                title="Nothing found"
                text=format!("None of your chats has all of these words: {words}. Try fewer or other ones.")
                action=|| view! { <ButtonLink href=routes::CHATS>"Show all chats"</ButtonLink> }
            />
        }
        .into_any(),
        None if at_beginning => view! {
            <EmptyState
                icon=IconName::Comment
                title="No chats yet"
                text="What you talk about with agents stands here. Choose an agent and ask it something."
                action=|| view! { <ButtonLink href="/market" variant=Variant::Primary>"Find an agent"</ButtonLink> }
            />
        }
        .into_any(),
        None => view! { <p>"There are no more chats."</p> }.into_any(),
    }
}

/// Words in an address.
fn encoded(words: &str) -> String {
    words
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn words_survive_an_address() {
        assert_eq!(encoded("reset & Übung"), "reset%20%26%20%C3%9Cbung");
    }
}
