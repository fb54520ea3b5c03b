//! Where an agent is made.

use identity_web::HandleField;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Button, ButtonLink, ButtonRow, Card, Choice, ChoiceGroup, Field, FormError, FormSkeleton, FormStack, PageBody,
    PageHeader, TextInput, Variant,
};
use web::{Form, FormState, Loaded, MembersOnly, use_viewer};

use crate::{
    api::builder::{Create, templates},
    dto::builder::TemplateLine,
    routes::builder as routes,
};

/// The page to make an agent on.
#[component]
pub fn NewAgent() -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! { <Inside /> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to build agents" /> }.into_any()
    };
    view! {
        <Title text="New agent" />
        <PageHeader title="New agent" back=routes::AGENTS back_label="All agents" />
        <PageBody>{inside}</PageBody>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let all = Resource::new(|| (), |()| templates());
    view! {
        <Loaded resource=all skeleton=|| view! { <FormSkeleton fields=6 /> } let:all>
            <NewForm all />
        </Loaded>
    }
    .into_any()
}

#[component]
fn NewForm(all: Vec<TemplateLine>) -> impl IntoView {
    let state = FormState::<Create>::new();
    let chosen = state.value("template", "");
    let from_nothing = chosen.is_empty();
    let (roles, personas): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.is_role);
    let card = |it: TemplateLine| {
        let checked = it.key == chosen;
        view! { <Choice name="template" value=it.key label=it.name hint=Some(it.summary) checked /> }.into_any()
    };
    let personas = personas.into_iter().map(card).collect_view().into_any();
    let roles = roles.into_iter().map(card).collect_view().into_any();
    view! {
        <Form state>
            <FormStack>
                <FormError message=state.message() />
                <Card title="What it begins with" note="Everything in it can be changed afterwards.">
                    <ChoiceGroup id="template" legend="On your own" error=state.error("template") grid=true>
                        <Choice
                            name="template"
                            value=""
                            label="From nothing"
                            hint=Some("An empty page: you say what it is for.".to_owned())
                            checked=from_nothing
                        />
                    </ChoiceGroup>
                    <ChoiceGroup id="personas" legend="A persona to talk with" grid=true>{personas}</ChoiceGroup>
                    <ChoiceGroup id="roles" legend="A role in a business" grid=true>{roles}</ChoiceGroup>
                </Card>
                <Card title="What it is called">
                    <Field
                        id="name"
                        label="Name"
                        hint="What people read. You can change it at any time."
                        error=state.error("name")
                    >
                        <TextInput
                            name="name"
                            value=state.value("name", "")
                            autocomplete="off"
                            required=true
                            maxlength=60
                        />
                    </Field>
                    <HandleField
                        state
                        hint="3 to 30 letters, digits and underscores. It can't be changed. People see that you run it."
                        autocomplete="off"
                    />
                </Card>
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>"Make the agent"</Button>
                    <ButtonLink href=routes::AGENTS variant=Variant::Quiet>"Cancel"</ButtonLink>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}
