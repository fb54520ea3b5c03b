//! The tools that were used for an answer, and those that wait for a yes or a no.

use kernel::{MessageId, ToolCallId};
use leptos::prelude::*;
use ui::{Button, ButtonRow, ButtonSize, ChatStep, ChatSteps, FormError, IconName, Tone, Variant};
use web::{Form, FormState, Moment};

use super::talk::Talking;
use crate::{
    api::chat::DecideCall,
    dto::chat::{self as dto, StepState},
};

/// The steps of an answer; they change while it is written, without the message being made anew.
#[component]
pub fn Steps(talking: Talking, message: MessageId) -> impl IntoView {
    let steps = Memo::new(move |_| {
        talking.chat.with(|chat| {
            let message = chat.messages.iter().find(|it| it.id == message);
            message.and_then(|it| it.answer.as_ref()).map(|answer| answer.steps.clone()).unwrap_or_default()
        })
    });
    let is_any = Memo::new(move |_| !steps.read().is_empty());
    view! {
        {move || {
            is_any
                .get()
                .then(|| {
                    view! {
                        <ChatSteps>
                            <For each=move || steps.get() key=|step| (step.id, step.state) children=move |step| view! { <Step talking step /> } />
                        </ChatSteps>
                    }
                })
        }}
    }
    .into_any()
}

#[component]
fn Step(talking: Talking, step: dto::Step) -> impl IntoView {
    let dto::Step { id, words, state, given, result, until } = step;
    let (word, tone, icon) = match state {
        StepState::Asks => ("Waiting for you", Tone::Warning, IconName::Shield),
        StepState::Runs => ("Running", Tone::Accent, IconName::Refresh),
        StepState::Done => ("Done", Tone::Neutral, IconName::Check),
        StepState::Refused => ("Refused", Tone::Neutral, IconName::Close),
        StepState::Failed => ("Failed", Tone::Danger, IconName::Warning),
        StepState::Left => ("Not done", Tone::Neutral, IconName::Close),
    };
    let busy = state == StepState::Runs;
    if state == StepState::Asks {
        let decide = move || view! { <Decide talking id until /> };
        return view! { <ChatStep words state=word tone icon given result decide /> }.into_any();
    }
    view! { <ChatStep words state=word tone icon busy given result /> }.into_any()
}

/// Allows or refuses a step.
#[component]
fn Decide(talking: Talking, id: ToolCallId, until: Option<Moment>) -> impl IntoView {
    let state = FormState::<DecideCall>::of(id.to_string());
    let name = talking.name();
    view! {
        <p>
            {format!("{name} goes on when you have decided.")}
            {until.map(|until| view! { <span>{format!(" You can until {}.", until.full)}</span> })}
        </p>
        <Form state on_done=move |_| talking.refresh()>
            <input type="hidden" name="call" value=id.to_string() />
            <FormError message=state.message() id=format!("{id}-problem") />
            <ButtonRow>
                <Button variant=Variant::Primary size=ButtonSize::Small name="wish" value="allow" busy=state.busy()>"Allow"</Button>
                <Button variant=Variant::Secondary size=ButtonSize::Small name="wish" value="refuse" busy=state.busy()>"Refuse"</Button>
            </ButtonRow>
        </Form>
    }
    .into_any()
}
