//! Text to be copied into other programs.

use leptos::prelude::*;
use ui::{Button, ButtonKind, ButtonRow, ButtonSize, IconButton, IconName, ReadOnlyInput, Variant};
use web::{Form, FormState, browser};

use super::{Refusal, message_but};
use crate::api::RenewFeed;

/// Copies a text, once the page is alive.
#[component]
pub fn CopyButton(
    /// What is copied.
    text: String,
    /// What it is, at the end of "Copy".
    label: &'static str,
) -> impl IntoView {
    let (alive, copied) = (browser::alive(), RwSignal::new(None::<bool>));
    let text = StoredValue::new(text);
    let said = move || match copied.get() {
        None => format!("Copy {label}"),
        Some(true) => "Copied".to_owned(),
        Some(false) => "Your browser does not let us copy".to_owned(),
    };
    let press = move |_: leptos::ev::MouseEvent| {
        text.with_value(|text| browser::copy(text, move |went_well| _ = copied.try_set(Some(went_well))));
    };
    view! {
        {move || {
            let icon = if copied.get() == Some(true) { IconName::Check } else { IconName::Copy };
            alive
                .get()
                .then(|| view! { <IconButton icon label=Signal::derive(said) kind=ButtonKind::Button on_click=press /> })
        }}
        <span class="visually-hidden" role="status">{move || copied.get().map(|_| said())}</span>
    }
    .into_any()
}

/// Where other programs read somebody's bookings, with a way to a new address.
#[component]
pub fn FeedAddress(
    /// The address.
    address: String,
    /// The page on which it stands.
    page: &'static str,
) -> impl IntoView {
    let state = FormState::<RenewFeed>::new();
    let copy = address.clone();
    view! {
        <ReadOnlyInput
            id="feed"
            label="The address of your calendar"
            value=address
            action=move || view! { <CopyButton text=copy label="the address" /> }
        />
        <p>
            "Add it to your calendar program as a calendar from the internet. It holds all of your bookings, and changes when they do."
        </p>
        <p>"Whoever knows the address can read them. If somebody else has it, make a new one: the old one ends at once."</p>
        <Form state>
            <input type="hidden" name="page" value=page />
            <ButtonRow>
                <Button variant=Variant::Quiet size=ButtonSize::Small busy=state.busy()>"Make a new address"</Button>
            </ButtonRow>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}
