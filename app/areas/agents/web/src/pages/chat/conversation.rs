//! A conversation.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Button, ButtonLink, ButtonRow, ButtonSize, Card, Field, FormError, FormStack, IconName, ListSkeleton, Menu,
    MenuButton, MenuDivider, MenuLink, Notice, PageHeader, TextInput, Tone, Variant,
};
use web::{Form, FormState, Loaded, param, query};

use crate::{
    api::{
        self,
        chat::{ChooseTraining, DeleteChat, RenameChat},
    },
    dto::chat as dto,
    parts::chat::Talk,
    routes,
};

/// The page of a conversation.
#[component]
pub fn Chat() -> impl IntoView {
    let (id, until) = (param("id"), query("until"));
    let chat = Resource::new(move || (id.get(), until.get()), |(id, until)| api::chat::chat(id, until));
    view! {
        <Loaded resource=chat skeleton=|| view! { <ListSkeleton count=4 /> } whole=true let:chat>
            <Whole chat earlier=until.read_untracked().is_some() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Whole(chat: dto::Chat, earlier: bool) -> impl IntoView {
    let chat = RwSignal::new(chat);
    let title = Signal::derive(move || chat.read().title.clone());
    let (rename, delete) = (query("rename"), query("delete"));
    view! {
        <Title text=title.get_untracked() />
        <PageHeader title back=routes::CHATS back_label="Chats" actions=move || view! { <More chat /> } />
        {move || rename.get().map(|_| view! { <Rename chat /> })}
        {move || delete.get().map(|_| view! { <Delete chat /> })}
        {chat
            .read_untracked()
            .preview
            .then(|| view! { <Notice>"This is a conversation with the draft. Only you can see it, and it is in no list."</Notice> })}
        <Talk chat earlier />
    }
    .into_any()
}

/// What can be done with the whole of it.
#[component]
fn More(chat: RwSignal<dto::Chat>) -> impl IntoView {
    let state = FormState::<ChooseTraining>::new();
    let conversation = move || chat.with(|chat| chat.id.map(|id| id.to_string()).unwrap_or_default());
    let is_mine = chat.read_untracked().is_mine;
    let agent = chat.with_untracked(|chat| chat.agent.clone());
    let memories = chat.read_untracked().memories;
    let done = move |_| chat.update(|chat| chat.trains = !chat.trains);
    view! {
        <Menu label="More about this chat">
            {agent
                .map(|agent| {
                    let remembers = match memories {
                        0 => format!("What {} remembers of you", agent.name),
                        count => format!("What {} remembers of you ({count})", agent.name),
                    };
                    view! {
                        <MenuLink icon=IconName::User href=format!("/@{}", agent.handle)>{format!("Profile of {}", agent.name)}</MenuLink>
                        <MenuLink icon=IconName::History href=routes::memories_of(&agent.handle)>{remembers}</MenuLink>
                    }
                })}
            <MenuLink icon=IconName::Wallet href="/settings/spending">"What you let yourself spend"</MenuLink>
            <Form state on_done=done>
                <input type="hidden" name="conversation" value=conversation />
                <input type="hidden" name="allowed" value=move || (!chat.read().trains).to_string() />
                <MenuButton icon=IconName::Shield>
                    {move || {
                        if chat.read().trains { "Don't let anybody learn from this chat" } else { "Allow learning from this chat" }
                    }}
                </MenuButton>
            </Form>
            <MenuDivider />
            <MenuLink icon=IconName::Edit href="?rename=1">"Rename"</MenuLink>
            {is_mine.then(|| view! { <MenuLink icon=IconName::Trash href="?delete=1">"Delete"</MenuLink> })}
        </Menu>
    }
    .into_any()
}

#[component]
fn Rename(chat: RwSignal<dto::Chat>) -> impl IntoView {
    let state = FormState::<RenameChat>::new();
    let (id, title) = chat.with_untracked(|chat| (chat.id, chat.title.clone()));
    let address = id.map(routes::chat).unwrap_or_default();
    let back = address.clone();
    let done = move |outcome: web::Outcome| {
        web::reload_at(match &outcome {
            web::Outcome::Go(path) => path,
            _ => &back,
        });
    };
    view! {
        <Card title="Rename this chat">
            <Form state on_done=done>
                <input type="hidden" name="conversation" value=id.map(|id| id.to_string()).unwrap_or_default() />
                <FormStack>
                    <FormError message=state.message() />
                    <Field id="chat-title" label="Title" error=state.error("title")>
                        <TextInput name="title" value=state.value("title", title) maxlength=120 required=true />
                    </Field>
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Save"</Button>
                        <ButtonLink href=address variant=Variant::Quiet>"Cancel"</ButtonLink>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn Delete(chat: RwSignal<dto::Chat>) -> impl IntoView {
    let state = FormState::<DeleteChat>::new();
    let id = chat.read_untracked().id;
    let address = id.map(routes::chat).unwrap_or_default();
    view! {
        <Notice tone=Tone::Danger title="Delete this chat?">
            <p>
                "Everything that was said in it is deleted, for good. What the agent remembers of you stays; you can delete that "
                <a href=routes::MEMORIES>"in your settings"</a> "."
            </p>
            <Form state>
                <input type="hidden" name="conversation" value=id.map(|id| id.to_string()).unwrap_or_default() />
                <FormError message=state.message() id="delete-problem" />
                <ButtonRow>
                    <Button variant=Variant::Danger size=ButtonSize::Small busy=state.busy()>"Delete"</Button>
                    <ButtonLink href=address size=ButtonSize::Small variant=Variant::Quiet>"Keep it"</ButtonLink>
                </ButtonRow>
            </Form>
        </Notice>
    }
    .into_any()
}
