//! The way out.

use leptos::prelude::*;
use ui::{Button, ButtonSize, IconName, Variant};
use web::{Form, FormState};

use crate::api;

/// A button that signs this device out.
#[component]
pub fn SignOut() -> impl IntoView {
    let state = FormState::<api::SignOut>::new();
    view! {
        <Form state>
            <Button variant=Variant::Quiet size=ButtonSize::Small icon=IconName::SignOut busy=state.busy()>"Sign out"</Button>
        </Form>
    }
}
