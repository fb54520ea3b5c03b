//! What stands at the head of all pages on which an expert sets something up.

use experts_core::ExpertState;
use leptos::prelude::*;
use ui::{Badge, Button, ButtonLink, ButtonRow, ButtonSize, Card, Checklist, FormSkeleton, Tone, Variant};
use web::{Form, FormState, Loaded};

use crate::{
    api::{self, TurnExpert},
    dto::Setup,
    parts::{Refusal, asked, message_but},
    routes,
};

/// A page on which something is set up: the head, and what the page itself shows of it.
#[component]
pub fn Inside(
    /// The page's own address.
    page: &'static str,
    /// Whether it needs the names of time zones.
    #[prop(optional)]
    with_zones: bool,
    /// What it shows.
    show: fn(Setup) -> AnyView,
) -> impl IntoView {
    let at = asked();
    let setup = Resource::new(move || at.get(), move |_| api::setup(with_zones));
    view! {
        <Loaded resource=setup skeleton=|| view! { <FormSkeleton fields=4 /> } let:setup>
            <Bar setup=setup.clone() page />
            {show(setup)}
        </Loaded>
    }
    .into_any()
}

/// How far it is, what is missing, and the button that lets others book.
#[component]
fn Bar(setup: Setup, page: &'static str) -> impl IntoView {
    let state = setup.state;
    let (tone, word) = match state {
        ExpertState::Draft => (Tone::Neutral, "Not published"),
        ExpertState::Published => (Tone::Success, "Can be booked"),
        ExpertState::Paused => (Tone::Warning, "Takes a break"),
    };
    let is_published = state == ExpertState::Published;
    let steps = [
        (setup.has_profile(), "A line that says what you do, and your time zone", routes::SETUP),
        (setup.has_hours(), "Hours in which you work", routes::SETUP_HOURS),
        (setup.has_service(), "A service with its price", routes::SETUP_SERVICES),
    ];
    let is_ready = steps.iter().all(|(is_done, ..)| *is_done);
    let steps = Vec::from(steps.map(|(is_done, words, href)| (is_done, words.to_owned(), href.to_owned())));
    let note = match (state, is_ready) {
        (ExpertState::Draft, true) => "All is there. Publish it, and others can book you.",
        (ExpertState::Draft, false) => "Before others can book you, this has to be there:",
        (ExpertState::Published, _) => "You are in the directory, and others book what is free.",
        (ExpertState::Paused, _) => "Nobody new can book you. What is booked stays booked.",
    };
    let seen = routes::expert(&setup.handle);
    let begun = setup.begun;
    view! {
        <Card title="How far you are" note actions=move || view! { <Badge tone>{word}</Badge> }>
            {(!is_ready).then(|| view! { <Checklist label="What has to be there" steps /> })}
            <ButtonRow>
                {is_published.then(|| view! { <Turn page wish="pause" label="Take a break" /> })}
                {(!is_published && is_ready).then(|| view! { <Turn page wish="publish" label="Publish" /> })}
                {begun.then(|| view! { <ButtonLink href=seen size=ButtonSize::Small>"See your page"</ButtonLink> })}
            </ButtonRow>
        </Card>
    }
    .into_any()
}

#[component]
fn Turn(page: &'static str, wish: &'static str, label: &'static str) -> impl IntoView {
    let state = FormState::<TurnExpert>::new();
    let variant = if wish == "publish" { Variant::Primary } else { Variant::Secondary };
    view! {
        <Form state>
            <input type="hidden" name="wish" value=wish />
            <input type="hidden" name="page" value=page />
            <Button variant size=ButtonSize::Small busy=state.busy()>{label}</Button>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}
