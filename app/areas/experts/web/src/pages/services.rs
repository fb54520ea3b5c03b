//! What an expert can be asked about.

use experts_core::{
    ServiceView,
    expert::{BRING_LIMIT, MOST_SERVICES, SERVICE_LIMIT, TITLE_LIMIT},
};
use leptos::prelude::*;
use ui::{
    Badge, Button, ButtonRow, ButtonSize, Card, Disclosure, Field, FormError, FormStack, Notice, TextArea, TextInput,
    Tone, Variant,
};
use web::{Done, Form, FormState};

use super::setup::Inside;
use crate::{
    api::{SaveService, WithdrawService},
    dto::Setup,
    parts::{Refusal, SetupFrame, SetupTab, for_ten, message_but, most},
    routes,
};

/// The fields of the form that say themselves what is wrong with them.
const FIELDS: &[&str] = &["title", "description", "bring", "price"];

/// The page of what an expert can be asked about.
#[component]
pub fn ServicesPage() -> impl IntoView {
    view! {
        <SetupFrame tab=SetupTab::Services>
            <Done says=&[
                ("offered", "It is saved. Bookings there are keep the price they were made at."),
                ("withdrawn", "It is not offered any more. Bookings of it stay."),
                ("published", "You are in the directory. Others can book you now."),
                ("paused", "You take a break. Nobody new can book you."),
            ] />
            <Inside page=routes::SETUP_SERVICES show=contents />
        </SetupFrame>
    }
    .into_any()
}

fn contents(setup: Setup) -> AnyView {
    if !setup.begun {
        return view! {
            <Notice title="Your profile comes first">
                "Your time zone is in it. " <a href=routes::SETUP>"Fill it in"</a>
            </Notice>
        }
        .into_any();
    }
    view! { <All services=setup.services /> }.into_any()
}

#[component]
fn All(services: Vec<ServiceView>) -> impl IntoView {
    let is_first = services.is_empty();
    let opens = FormState::<SaveService>::of("new").problem().with_untracked(Option::is_some);
    let rows = services.into_iter().map(|service| view! { <One service /> }.into_any()).collect_view();
    view! {
        <Card
            title="What you can be asked about"
            note=format!("Each is a call of ten minutes, at its own price; both can agree to go on. At most {MOST_SERVICES}.")
        >
            {is_first.then(|| view! { <p>"Nothing yet. Say what somebody can ask you about, and what ten minutes cost."</p> })}
            {rows}
            <Disclosure title="Offer something" open={is_first || opens}>
                <ServiceForm service=None />
            </Disclosure>
        </Card>
    }
    .into_any()
}

#[component]
fn One(service: ServiceView) -> impl IntoView {
    let withdraw = FormState::<WithdrawService>::of(service.id.to_string());
    let save = FormState::<SaveService>::of(service.id.to_string());
    let open = [save.problem(), withdraw.problem()].iter().any(|it| it.with_untracked(Option::is_some));
    let (id, offered) = (service.id.to_string(), service.offered);
    let (title, note) = (service.title.clone(), Some(for_ten(service.price)));
    view! {
        <Disclosure
            title
            note
            open
            mark=move || (!offered).then(|| view! { <Badge tone=Tone::Neutral>"Not offered"</Badge> })
        >
            <ServiceForm service=Some(service) />
            {offered
                .then(|| view! {
                    <Form state=withdraw>
                        <input type="hidden" name="service" value=id />
                        <ButtonRow>
                            <Button variant=Variant::Quiet size=ButtonSize::Small busy=withdraw.busy()>"Offer it no longer"</Button>
                        </ButtonRow>
                        <Refusal message=message_but(withdraw, &[]) />
                    </Form>
                })}
        </Disclosure>
    }
    .into_any()
}

#[component]
fn ServiceForm(service: Option<ServiceView>) -> impl IntoView {
    let key = service.as_ref().map_or_else(|| "new".to_owned(), |it| it.id.to_string());
    let state = FormState::<SaveService>::of(key.clone());
    let id = service.as_ref().map(|it| it.id.to_string()).unwrap_or_default();
    let words = match &service {
        None => "Offer it",
        Some(it) if it.offered => "Save the changes",
        Some(_) => "Offer it again",
    };
    let (title, description, bring, price) = match service {
        Some(it) => (it.title, it.description, it.bring, it.price.to_decimal()),
        None => Default::default(),
    };
    view! {
        <Form state>
            <FormStack>
                <FormError message=message_but(state, FIELDS) id=format!("{key}-error") />
                <input type="hidden" name="service" value=id />
                <Field id=format!("{key}-title") label="What it is called" error=state.error("title")>
                    <TextInput name="title" value=state.value("title", title) required=true maxlength=most(TITLE_LIMIT) />
                </Field>
                <Field
                    id=format!("{key}-price")
                    label="Ten minutes cost, in EUR"
                    hint="Magentic keeps 15 % of it."
                    error=state.error("price")
                >
                    <TextInput
                        name="price"
                        value=state.value("price", price)
                        input_mode="decimal"
                        required=true
                        maxlength=12
                        spellcheck=false
                        autocomplete="off"
                    />
                </Field>
                <Field id=format!("{key}-description") label="What it is" optional=true error=state.error("description")>
                    <TextArea
                        name="description"
                        value=state.value("description", description)
                        rows=3
                        maxlength=most(SERVICE_LIMIT)
                    />
                </Field>
                <Field
                    id=format!("{key}-bring")
                    label="What they should bring"
                    hint="So that the ten minutes are not spent looking for it."
                    optional=true
                    error=state.error("bring")
                >
                    <TextInput name="bring" value=state.value("bring", bring) maxlength=most(BRING_LIMIT) />
                </Field>
                <ButtonRow>
                    <Button variant=Variant::Primary busy=state.busy()>{words}</Button>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}
