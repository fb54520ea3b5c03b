//! What is said in writing.

use leptos::prelude::*;
use ui::{ChatBox, ChatSend, FormError, RoomSaid, RoomTalk, show_latest};
use web::{Form, FormState};

use super::Talk;
use crate::{api::SayInRoom, dto::Said};

/// What was said, and as long as the room is open, where one says something.
#[component]
pub fn Chat(
    /// The room.
    talk: Talk,
    /// Whether something can be said.
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| talk.said.with(Vec::is_empty));
    let count = Memo::new(move |_| talk.said.with(Vec::len));
    Effect::new(move |_| {
        if count.get() > 0 {
            show_latest();
        }
    });
    let nothing =
        if open { "Nothing was said yet. Both of you can read it afterwards as well." } else { "Nothing was said." };
    view! {
        <RoomTalk>
            <For each=move || talk.said.get() key=|said| said.id children=move |said| view! { <Message talk said /> } />
        </RoomTalk>
        {move || is_empty.get().then(|| view! { <p>{nothing}</p> })}
        {open.then(|| view! { <Write talk /> })}
    }
    .into_any()
}

#[component]
fn Message(talk: Talk, said: Said) -> impl IntoView {
    let Said { mine, body, at, .. } = said;
    let author = if mine { "You".to_owned() } else { talk.name() };
    view! { <RoomSaid mine author at text=body /> }.into_any()
}

#[component]
fn Write(talk: Talk) -> impl IntoView {
    let state = FormState::<SayInRoom>::new();
    let body = RwSignal::new(state.value("body", ""));
    let problem = state.problem();
    let message = Signal::derive(move || problem.with(|it| it.as_ref().map(|it| it.message.clone())));
    let invalid = Signal::derive(move || problem.with(Option::is_some));
    // What is typed while it is being sent is the next message. What was refused comes back, unless there is one.
    let sent = StoredValue::new(String::new());
    let send = move |()| {
        sent.set_value(body.get_untracked());
        body.set(String::new());
    };
    Effect::new(move |_| {
        if problem.with(Option::is_some) && body.with_untracked(String::is_empty) {
            body.set(sent.get_value());
        }
    });
    let done = move |_| talk.refresh();
    view! {
        <Form state on_send=send on_done=done>
            <input type="hidden" name="booking" value=talk.id.to_string() />
            <FormError message id="room-say-problem" />
            <ChatBox
                id="room-text"
                name="body"
                label=format!("Write to {}", talk.name())
                value=body.get_untracked()
                text=body
                invalid
                on_input=move |text| body.set(text)
            >
                <ChatSend label="Send" busy=state.busy() />
            </ChatBox>
        </Form>
    }
    .into_any()
}
