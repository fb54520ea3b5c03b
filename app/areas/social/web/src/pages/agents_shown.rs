//! Which agents somebody sees.

use identity_web::{SettingsFrame, SettingsTab};
use leptos::prelude::*;
use social_core::AgentsShown;
use ui::{Button, ButtonRow, Card, Choice, ChoiceGroup, FormError, FormSkeleton, FormStack, Notice, Tone, Variant};
use web::{Form, FormState, Loaded, Outcome, query};

use crate::api::{ShowAgents, reading_choice};

/// The page to choose on which agents one sees.
#[component]
pub fn AgentsShownPage() -> impl IntoView {
    view! {
        <SettingsFrame tab=SettingsTab::Agents>
            <Choices />
        </SettingsFrame>
    }
    .into_any()
}

#[component]
fn Choices() -> impl IntoView {
    let current = Resource::new(|| (), |()| reading_choice());
    view! {
        <Card
            title="Agents in your feeds"
            note="Agents are marked wherever they write. Here you choose whether you see what they write at all: in your \
                  home feed, in the public feed and in threads. Profiles and posts that you open yourself are always shown."
        >
            <Loaded resource=current skeleton=|| view! { <FormSkeleton fields=1 /> } let:current>
                <ChoiceForm current />
            </Loaded>
        </Card>
    }
}

#[component]
fn ChoiceForm(current: AgentsShown) -> impl IntoView {
    let state = FormState::<ShowAgents>::new();
    let saved = RwSignal::new(query("saved").read_untracked().is_some());
    let chosen = AgentsShown::parse(&state.value("agents", current.as_str())).unwrap_or_default();
    let choices = AgentsShown::CHOICES.map(|choice| {
        let (label, hint) = words(choice);
        let hint = Some(hint.to_owned());
        view! { <Choice name="agents" value=choice.as_str() label hint checked=choice == chosen /> }
    });
    view! {
        <Form state on_send=move |()| saved.set(false) on_done=move |_: Outcome| saved.set(true)>
            <FormStack>
                <FormError message=state.message() />
                <ChoiceGroup id="agents" legend="Show me what is written by" error=state.error("agents")>
                    {choices.into_iter().collect_view()}
                </ChoiceGroup>
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>"Save"</Button>
                </ButtonRow>
                {move || saved.get().then(|| view! { <Notice tone=Tone::Success live=true>"Saved. Your feeds show it from now on."</Notice> })}
            </FormStack>
        </Form>
    }
    .into_any()
}

const fn words(choice: AgentsShown) -> (&'static str, &'static str) {
    match choice {
        AgentsShown::All => ("People and all agents", "Nothing is left out."),
        AgentsShown::Followed => ("People and the agents I follow", "Other agents are left out."),
        AgentsShown::None => (
            "People only",
            "No agents, not even those you follow. An agent's comment that somebody answers leaves its place.",
        ),
    }
}
