//! A message, and what can be done with it.

use agents_core::{Judgement, RunState};
use kernel::MessageId;
use leptos::prelude::*;
use social_core::MessageState;
use ui::{
    Button, ButtonKind, ButtonLink, ButtonRow, ButtonSize, ChatBranch, ChatFacts, ChatMessage, ChatText, ChatTools,
    Disclosure, Field, FormError, FormStack, IconButton, IconLink, IconName, Notice, PassageItem, Passages, TextArea,
    Tone, Variant, WithoutScripts,
};
use web::{Form, FormState, query};

use super::{
    attach::{Attached, Attaching, Drafts, PickFiles},
    browser,
    steps::Steps,
    stream::Following,
    talk::{Talking, asked},
};
use crate::{
    api::chat::{AskAgain, AskAgent, Rate, ShowBranch},
    dto::chat as dto,
};

/// Something that was said.
#[component]
pub fn Said(talking: Talking, message: dto::Message) -> impl IntoView {
    let portrait = talking.chat.with_untracked(|chat| chat.agent.as_ref().and_then(|agent| agent.portrait.clone()));
    let is_writing = message.state == MessageState::Writing;
    let (id, mine, author) = (message.id, message.mine, message.author.clone());
    let is_answer = message.answer.is_some();
    let editing = query("edit");
    let is_edited = Memo::new(move |_| mine && editing.read().as_deref() == Some(id.to_string().as_str()));
    let for_tools = message.clone();
    let asks = message.answer.as_ref().is_some_and(|answer| answer.state == RunState::Deciding);
    let inside = move || match (is_edited.get(), is_writing) {
        (false, true) if asks => view! { <ChatText html=message.html.clone() /> }.into_any(),
        (true, _) => view! { <EditQuestion talking message=message.clone() /> }.into_any(),
        (false, true) => view! { <BeingWritten talking message=message.clone() /> }.into_any(),
        (false, false) => view! { <Written talking message=message.clone() /> }.into_any(),
    };
    view! {
        <ChatMessage
            id=id.to_string()
            mine
            author
            portrait
            busy=is_writing && !asks
            tools=move || (!is_writing).then(|| view! { <Tools talking message=for_tools /> })
        >
            {inside}
            {is_answer.then(|| view! { <Steps talking message=id /> })}
        </ChatMessage>
    }
    .into_any()
}

/// An answer that is being written.
#[component]
fn BeingWritten(talking: Talking, message: dto::Message) -> impl IntoView {
    let run = message.answer.as_ref().map(|answer| answer.run);
    view! {
        {match run {
            Some(run) => view! { <Following talking run html=message.html /> }.into_any(),
            None => view! { <ChatText html=message.html /> }.into_any(),
        }}
        <WithoutScripts>
            <ButtonLink href=web::here() size=ButtonSize::Small external=true icon=IconName::Refresh>"Look again"</ButtonLink>
        </WithoutScripts>
    }
    .into_any()
}

/// A message that says what it shall say, with what stands under it.
#[component]
fn Written(talking: Talking, message: dto::Message) -> impl IntoView {
    let dto::Message { id, html, state, attachments, answer, .. } = message;
    let problem = answer.as_ref().and_then(|answer| answer.problem.clone());
    let citations = answer.as_ref().map(|answer| answer.citations.clone()).unwrap_or_default();
    let facts = answer.map(|answer| answer.facts).unwrap_or_default();
    let copy = |code: String| browser::copy(&code, |_| {});
    view! {
        {(!html.is_empty()).then(|| view! { <ChatText html on_copy=Callback::new(copy) /> })}
        {(!attachments.is_empty()).then(|| view! { <Attached talking attachments /> })}
        {(state == MessageState::Stopped).then(|| view! { <Notice>"This answer was stopped."</Notice> })}
        {problem.map(|problem| view! { <Notice tone=Tone::Warning title="There is no whole answer">{problem}</Notice> })}
        {(!citations.is_empty()).then(|| view! { <Cited id citations /> })}
        {(!facts.is_empty()).then(|| view! { <ChatFacts facts /> })}
    }
    .into_any()
}

#[component]
fn Cited(id: MessageId, citations: Vec<dto::Citation>) -> impl IntoView {
    let count = citations.len();
    let passages = citations.into_iter().map(|citation| {
        let dto::Citation { number, title, text } = citation;
        view! { <PassageItem id=format!("cite-{id}-{number}") number title text /> }.into_any()
    });
    let passages = passages.collect_view();
    view! { <Passages count>{passages}</Passages> }
}

/// What can be done with a message.
#[component]
fn Tools(talking: Talking, message: dto::Message) -> impl IntoView {
    let dto::Message { id, mine, body, branch, answer, .. } = message;
    let can_ask = talking.chat.with_untracked(|chat| chat.agent.as_ref().is_some_and(|agent| agent.silent.is_none()));
    let name = talking.name();
    view! {
        <ChatTools>
            <CopyButton body />
            {(mine && can_ask)
                .then(|| view! { <IconLink icon=IconName::Edit label="Ask in other words" href=format!("?edit={id}") /> })}
            {(!mine && can_ask).then(|| view! { <Again talking id name /> })}
            {answer.map(|answer| view! { <Rating talking id answer /> })}
            {branch.map(|branch| view! { <Branches talking id branch /> })}
        </ChatTools>
    }
    .into_any()
}

/// Copies what was said, once the page is alive.
#[component]
fn CopyButton(body: String) -> impl IntoView {
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let copied = RwSignal::new(false);
    let body = StoredValue::new(body);
    let label = Signal::derive(move || if copied.get() { "Copied" } else { "Copy" }.to_owned());
    let press = move |_| body.with_value(|body| browser::copy(body, move |done| _ = copied.try_set(done)));
    view! {
        {move || {
            let icon = if copied.get() { IconName::Check } else { IconName::Copy };
            alive.get().then(|| view! { <IconButton icon label kind=ButtonKind::Button on_click=press /> })
        }}
    }
}

/// Asks again.
#[component]
fn Again(talking: Talking, id: MessageId, name: String) -> impl IntoView {
    let state = FormState::<AskAgain>::of(id.to_string());
    let preview = talking.chat.with_untracked(|chat| chat.preview);
    view! {
        <Form state on_done=move |outcome| talking.asked(&outcome)>
            <input type="hidden" name="message" value=id.to_string() />
            <input type="hidden" name="preview" value=preview.to_string() />
            <IconButton icon=IconName::Refresh label=format!("Have {name} answer again") disabled=state.busy() />
            {move || state.message().get().map(|message| view! { <span role="alert">{message}</span> })}
        </Form>
    }
    .into_any()
}

/// Whether an answer was any good, and why.
#[component]
fn Rating(talking: Talking, id: MessageId, answer: dto::Answer) -> impl IntoView {
    let state = FormState::<Rate>::of(id.to_string());
    let now = answer.judgement;
    let thumb = move |judgement: Judgement| {
        let (icon, label, value) = match judgement {
            Judgement::Good => (IconName::ThumbUp, "Good answer", "good"),
            Judgement::Bad => (IconName::ThumbDown, "Bad answer", "bad"),
        };
        let pressed = now == Some(judgement);
        // Pressed again, it is taken back.
        let value = if pressed { "" } else { value };
        view! { <IconButton icon label name="judgement" value pressed=Signal::stored(pressed) /> }
    };
    view! {
        <Form state on_done=move |_| talking.refresh()>
            <input type="hidden" name="message" value=id.to_string() />
            {thumb(Judgement::Good)} {thumb(Judgement::Bad)}
        </Form>
        {now.map(|now| view! { <Why talking id now note=answer.note /> })}
    }
    .into_any()
}

/// Room to say why.
#[component]
fn Why(talking: Talking, id: MessageId, now: Judgement, note: String) -> impl IntoView {
    let state = FormState::<Rate>::of(format!("{id}-why"));
    let value = if now == Judgement::Good { "good" } else { "bad" };
    let title = if note.is_empty() { "Say why" } else { "What you said of it" };
    let field = format!("why-{id}");
    view! {
        <Disclosure title note=None>
            <Form state on_done=move |_| talking.refresh()>
                <input type="hidden" name="message" value=id.to_string() />
                <input type="hidden" name="judgement" value=value />
                <FormStack>
                    <Field id=field label="Why" hint="The owner of the agent reads this." error=state.error("note")>
                        <TextArea name="note" value=state.value("note", note) rows=2 />
                    </Field>
                    <ButtonRow>
                        <Button size=ButtonSize::Small busy=state.busy()>"Send"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Disclosure>
    }
    .into_any()
}

/// The ways to the other branches.
#[component]
fn Branches(talking: Talking, id: MessageId, branch: dto::Branch) -> impl IntoView {
    let way = move |to: Option<MessageId>, icon, label: &'static str| {
        let state = FormState::<ShowBranch>::of(format!("{id}-{label}"));
        view! {
            <Form state on_done=move |_| talking.refresh()>
                <input type="hidden" name="message" value=to.map(|to| to.to_string()).unwrap_or_default() />
                <IconButton icon label disabled=Signal::stored(to.is_none()) />
            </Form>
        }
        .into_any()
    };
    let dto::Branch { place, count, previous, next } = branch;
    view! {
        <ChatBranch
            place
            count
            previous=move || way(previous, IconName::Back, "Earlier version")
            next=move || way(next, IconName::Forward, "Later version")
        />
    }
    .into_any()
}

/// Asks in other words: the conversation goes another way from there.
#[component]
fn EditQuestion(talking: Talking, message: dto::Message) -> impl IntoView {
    let state = FormState::<AskAgent>::of(message.id.to_string());
    let drafts = Drafts::new(state);
    let working = Signal::derive(move || state.busy().get() || drafts.uploading());
    let has_files = !message.attachments.is_empty();
    let chat = talking.chat;
    let (agent, conversation) = chat.with_untracked(|chat| (asked(chat), chat.id));
    let here = leptos_router::hooks::use_location().pathname;
    let done = move |outcome: web::Outcome| {
        talking.go.run(here.get_untracked());
        talking.asked(&outcome);
    };
    let field = format!("edit-{}", message.id);
    let files = field.clone();
    view! {
        <Form state multipart=true on_done=done>
            <input type="hidden" name="agent" value=agent.map(|it| it.to_string()).unwrap_or_default() />
            <input type="hidden" name="conversation" value=conversation.map(|it| it.to_string()).unwrap_or_default() />
            <input type="hidden" name="parent" value=message.parent.map(|it| it.to_string()).unwrap_or_default() />
            <input type="hidden" name="preview" value=move || chat.read().preview.to_string() />
            <input type="hidden" name="submission" value=move || chat.read().submission.clone() />
            <FormStack>
                <FormError message=state.message() id=format!("{field}-problem") />
                <Field
                    id=field
                    label="Ask in other words"
                    hint="What was said so far stays; you can go back and forth between both."
                    error=state.error("body")
                >
                    <TextArea name="body" value=state.value("body", message.body) rows=3 />
                </Field>
                {has_files.then(|| view! { <Notice>"Attached files stay with what was asked first. Attach them again here if the agent needs them."</Notice> })}
                <Attaching talking drafts id=files />
                <ButtonRow>
                    <PickFiles drafts />
                    <Button variant=Variant::Primary size=ButtonSize::Small busy=working>"Ask"</Button>
                    <ButtonLink href="?" size=ButtonSize::Small variant=Variant::Quiet>"Cancel"</ButtonLink>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}
