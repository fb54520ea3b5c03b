//! Where one writes to an agent.

use std::time::Duration;

use leptos::prelude::*;
use social_core::MessageState;
use ui::{Button, ButtonSize, ChatBox, ChatSend, FormError, IconName, ModeLabel, Notice, Variant};
use web::{Form, FormState, Outcome, use_boot, use_viewer};

use super::{
    attach::{Attaching, Drafts, PickFiles},
    browser,
    talk::{Talking, asked},
};
use crate::api::chat::{Agree, AskAgent, Stop};

/// The id of the text on the page; there is one on each.
const TEXT_ID: &str = "chat-text";

/// The form for the next question; or why there is none.
#[component]
pub fn Write(talking: Talking) -> impl IntoView {
    let chat = talking.chat;
    let silent = Memo::new(move |_| {
        chat.with(|chat| match &chat.agent {
            Some(agent) => agent.silent.clone(),
            None => Some("This agent is gone. What was said stays here.".to_owned()),
        })
    });
    let writing = Memo::new(move |_| {
        chat.with(|chat| {
            let last = chat.messages.last().filter(|message| message.state == MessageState::Writing)?;
            last.answer.as_ref().map(|answer| answer.run)
        })
    });
    let refusal = Memo::new(move |_| {
        chat.with(|chat| chat.agent.as_ref().and_then(|agent| Some((agent.refusal.clone()?, agent.to_agree.clone()))))
    });
    view! {
        {move || writing.get().map(|run| view! { <StopButton talking run=run.to_string() /> })}
        {move || match silent.get() {
            Some(silent) => view! { <Notice>{silent}</Notice> }.into_any(),
            None => match refusal.get() {
                Some((words, to_agree)) => view! { <Refused talking words to_agree /> }.into_any(),
                None => view! { <Asking talking /> }.into_any(),
            },
        }}
    }
    .into_any()
}

/// Why nothing can be asked at the moment, with the way on.
#[component]
fn Refused(talking: Talking, words: String, to_agree: Option<(i64, String)>) -> impl IntoView {
    let state = FormState::<Agree>::new();
    let agent = talking.chat.with_untracked(asked).map(|id| id.to_string()).unwrap_or_default();
    let done = move |_| {
        talking.chat.update(|chat| {
            if let Some(agent) = &mut chat.agent {
                (agent.refusal, agent.to_agree) = (None, None);
            }
        });
        talking.refresh();
    };
    view! {
        <Notice title="Before you go on">
            <p>{words}</p>
            {to_agree
                .map(|(minor, price)| {
                    view! {
                        <Form state on_done=done>
                            <input type="hidden" name="agent" value=agent />
                            <input type="hidden" name="minor" value=minor.to_string() />
                            <FormError message=state.message() id="agree-problem" />
                            <Button size=ButtonSize::Small busy=state.busy()>{format!("Agree to {price} a message")}</Button>
                        </Form>
                    }
                })}
        </Notice>
    }
    .into_any()
}

#[component]
fn StopButton(talking: Talking, run: String) -> impl IntoView {
    let state = FormState::<Stop>::new();
    view! {
        <Form state on_done=move |_| talking.refresh()>
            <input type="hidden" name="run" value=run />
            <Button size=ButtonSize::Small icon=IconName::Stop busy=state.busy()>"Stop"</Button>
        </Form>
    }
    .into_any()
}

#[component]
fn Asking(talking: Talking) -> impl IntoView {
    let chat = talking.chat;
    let state = FormState::<AskAgent>::new();
    let body = RwSignal::new(state.value("body", ""));
    let drafts = Drafts::new(state);
    let viewer = use_viewer().map(|viewer| viewer.id.to_string()).unwrap_or_default();
    let place = chat.with_untracked(|chat| match (chat.id, asked(chat)) {
        (Some(id), _) => id.to_string(),
        (None, agent) => agent.map(|agent| agent.to_string()).unwrap_or_default(),
    });
    let key = StoredValue::new(format!("draft:{viewer}:{place}"));
    keep(key, body);
    let done = move |outcome: Outcome| {
        body.set(String::new());
        drafts.clear();
        _ = key.try_with_value(|key| browser::forget(key));
        talking.asked(&outcome);
    };
    let name = talking.name();
    let problem = state.problem();
    let message = Signal::derive(move || problem.with(|it| it.as_ref().map(|it| it.message.clone())));
    let invalid = Signal::derive(move || problem.with(Option::is_some));
    let working = Signal::derive(move || state.busy().get() || drafts.uploading());
    let hidden = move |of: fn(&crate::dto::chat::Chat) -> String| move || chat.with(of);
    view! {
        <Form state multipart=true on_done=done>
            <input type="hidden" name="agent" value=hidden(|it| asked(it).map(|id| id.to_string()).unwrap_or_default()) />
            <input type="hidden" name="conversation" value=hidden(|it| it.id.map(|id| id.to_string()).unwrap_or_default()) />
            <input
                type="hidden"
                name="parent"
                value=hidden(|it| it.messages.last().map(|last| last.id.to_string()).unwrap_or_default())
            />
            <input type="hidden" name="submission" value=hidden(|it| it.submission.clone()) />
            <input type="hidden" name="preview" value=hidden(|it| it.preview.to_string()) />
            <FormError message />
            <Attaching talking drafts id="chat" />
            <ChatBox
                id=TEXT_ID
                name="body"
                label=format!("Ask {name}")
                value=body.get_untracked()
                text=body
                invalid
                on_input=move |text| body.set(text)
                tools=move || {
                    view! {
                        <PickFiles drafts />
                        <Known talking />
                    }
                }
            >
                <ChatSend label="Send" busy=working />
            </ChatBox>
        </Form>
    }
    .into_any()
}

/// What there is to know before one asks: who answers, and what that costs.
#[component]
fn Known(talking: Talking) -> impl IntoView {
    let note = move || talking.chat.with(|chat| chat.agent.as_ref().and_then(|agent| agent.note.clone()));
    view! {
        {use_boot().offline_answers.then(|| view! { <ModeLabel label="Offline answers \u{2013} no model configured" /> })}
        {move || note().map(|note| view! { <span>{note}</span> })}
    }
    .into_any()
}

/// Brings back what was typed and not sent, and from then on keeps each change.
fn keep(key: StoredValue<String>, body: RwSignal<String>) {
    let bring_back = move || {
        // The page may have been left already; and what stands there came from a refused form, or was just typed.
        if body.try_with_untracked(String::is_empty) != Some(true) {
            return;
        }
        let kept = browser::typed_before(TEXT_ID).or_else(|| key.try_with_value(|key| browser::load(key)).flatten());
        if let Some(kept) = kept {
            body.set(kept);
        }
    };
    // Once the effects of the text area itself run: from then on it takes over what is set.
    Effect::new(move |_| set_timeout(bring_back, Duration::ZERO));
    Effect::watch(
        move || body.get(),
        move |body, _, _| {
            // What was sent empties the text, and may lead to another page before this runs.
            _ = key.try_with_value(|key| {
                if body.trim().is_empty() { browser::forget(key) } else { browser::save(key, body) }
            });
        },
        false,
    );
}

/// A question that the agent suggests.
#[component]
pub fn Suggested(talking: Talking, place: usize, question: String) -> impl IntoView {
    let chat = talking.chat;
    let state = FormState::<AskAgent>::of(format!("suggested-{place}"));
    let agent = chat.with_untracked(asked).map(|id| id.to_string()).unwrap_or_default();
    view! {
        <Form state on_done=move |outcome| talking.asked(&outcome)>
            <input type="hidden" name="agent" value=agent />
            <input type="hidden" name="conversation" value=move || chat.with(|it| it.id.map(|id| id.to_string()).unwrap_or_default()) />
            <input type="hidden" name="submission" value=move || chat.read().submission.clone() />
            <input type="hidden" name="preview" value=move || chat.read().preview.to_string() />
            <input type="hidden" name="body" value=question.clone() />
            <Button variant=Variant::Secondary wide=true busy=state.busy()>{question}</Button>
            <FormError message=state.message() id=format!("suggested-{place}-problem") />
        </Form>
    }
    .into_any()
}
