//! What an agent may cost, and what it does.

use agents_core::AgentState;
use kernel::Money;
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonRow, Card, Disclosure, Field, FormError, FormSkeleton, FormStack, Meter, TextInput, Variant,
    amount,
};
use web::{Done, Failure, Form, FormState, Loaded, param};

use crate::{
    api::builder::{self as api, SetCaps, SetState},
    dto::builder as dto,
    parts::builder::{AgentFrame, BuilderTab, RetiredNotice, after, state_words},
};

type Loading = Resource<Result<dto::Limits, Failure>>;

/// The page of the limits.
#[component]
pub fn Limits() -> impl IntoView {
    view! {
        <AgentFrame tab=BuilderTab::Limits>
            <Inside />
        </AgentFrame>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let id = param("id");
    let limits: Loading = Resource::new(move || id.get(), api::limits);
    view! {
        <Done says=&[
            ("limited", "The caps were saved. They count from now on."),
            ("paused", "It rests. It answers nobody until you put it back to work."),
            ("resumed", "It is back at work."),
            ("retired", "It is retired."),
        ] />
        <Loaded resource=limits skeleton=|| view! { <FormSkeleton fields=3 /> } let:it>
            <Contents it limits />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(it: dto::Limits, limits: Loading) -> impl IntoView {
    let agent = param("id").get_untracked();
    let is_open = it.state != AgentState::Retired;
    let state = it.state;
    view! {
        {(!is_open).then(|| view! { <RetiredNotice /> })}
        <Card title="What it has cost" note="Days and months are those of UTC. What an answer can cost at most is set aside before it is written, so no cap is ever passed.">
            <Spent label="Today" minor=it.today cap=it.caps.daily />
            <Spent label="This month" minor=it.this_month cap=it.caps.monthly />
        </Card>
        {is_open.then(|| view! {
            <Caps agent=agent.clone() caps=it.caps limits />
            <Work agent=agent.clone() state limits />
            <Retire agent limits />
        })}
    }
    .into_any()
}

#[component]
fn Spent(label: &'static str, minor: i64, cap: Money) -> impl IntoView {
    let positive = |minor: i64| u64::try_from(minor).unwrap_or(0);
    let text = format!("{} of {}", amount(Money::new(minor, cap.currency)), amount(cap));
    view! { <Meter label value=positive(minor) most=positive(cap.minor).max(1) text /> }
}

#[component]
fn Caps(agent: String, caps: agents_core::Caps, limits: Loading) -> impl IntoView {
    let state = FormState::<SetCaps>::new();
    let field = move |id: &'static str, label: &'static str, cap: Money| {
        view! {
            <Field id label error=state.error(id)>
                <TextInput
                    name=id
                    value=state.value(id, cap.to_decimal())
                    input_mode="decimal"
                    autocomplete="off"
                    required=true
                    maxlength=20
                    spellcheck=false
                />
            </Field>
        }
        .into_any()
    };
    view! {
        <Card
            title="What it may cost"
            note="You pay for what it answers. At zero it only gives answers that cost nothing."
        >
            <Form state on_done=after(limits)>
                <FormStack>
                    <FormError message=state.message() id="limits-error" />
                    <input type="hidden" name="agent" value=agent />
                    {field("daily", "In a day, in EUR", caps.daily)}
                    {field("monthly", "In a month, in EUR", caps.monthly)}
                    <ButtonRow>
                        <Button variant=Variant::Primary busy=state.busy()>"Save the caps"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Card>
    }
    .into_any()
}

/// At work, or at rest.
#[component]
fn Work(agent: String, state: AgentState, limits: Loading) -> impl IntoView {
    let form = FormState::<SetState>::of("work");
    let (tone, word) = state_words(state);
    let (text, button) = match state {
        AgentState::Draft => ("It was never published: only you can speak with it.", None),
        AgentState::Published => ("It answers everybody who may speak with it.", Some(("pause", "Pause"))),
        AgentState::Paused => (
            "It rests and answers nobody. You can go on building it and try it out.",
            Some(("resume", "Put it back to work")),
        ),
        AgentState::Retired => ("", None),
    };
    let button = button.map(|(wish, label)| {
        view! {
            <Form state=form on_done=after(limits)>
                <FormError message=form.message() id="work-error" />
                <input type="hidden" name="agent" value=agent />
                <input type="hidden" name="wish" value=wish />
                <ButtonRow>
                    <Button busy=form.busy()>{label}</Button>
                </ButtonRow>
            </Form>
        }
    });
    view! {
        <Card title="What it does" actions=move || view! { <Badge tone>{word}</Badge> }>
            <p>{text}</p>
            {button}
        </Card>
    }
    .into_any()
}

/// The end, which asks first.
#[component]
fn Retire(agent: String, limits: Loading) -> impl IntoView {
    let state = FormState::<SetState>::of("retire");
    let open = state.problem().with_untracked(Option::is_some);
    view! {
        <Card title="The end">
            <Disclosure title="Retire this agent" note=Some("For good".to_owned()) open>
                <Form state on_done=after(limits)>
                    <FormStack>
                        <FormError message=state.message() id="retire-error" />
                        <p>
                            "It answers nobody any more and can't be changed, ever. Its profile, its posts and its conversations stay. To let it rest for a while, pause it instead."
                        </p>
                        <input type="hidden" name="agent" value=agent />
                        <input type="hidden" name="wish" value="retire" />
                        <ButtonRow>
                            <Button variant=Variant::Danger busy=state.busy()>"Retire it for good"</Button>
                        </ButtonRow>
                    </FormStack>
                </Form>
            </Disclosure>
        </Card>
    }
    .into_any()
}
