//! Where earnings are paid out to.

use leptos::prelude::*;
use ui::{Button, Card, FormSkeleton, Notice, Tone, Variant};
use web::{Form, FormState, Loaded, here, query};

use crate::{
    api::{self, SetUpPayouts},
    dto::PayoutDestination,
    parts::{MemberPage, Refusal, look_again},
};

/// How often the page looks by itself whether it can be paid out there.
const LOOKS: u32 = 20;

/// The page of where earnings are paid out to.
#[component]
pub fn PayoutDestinationPage() -> impl IntoView {
    view! {
        <MemberPage title="Where payouts go" back=money_web::routes::PAYOUTS sign_in="Sign in to say where payouts go">
            <Inside />
        </MemberPage>
    }
    .into_any()
}

#[component]
fn Inside() -> impl IntoView {
    let back = query("back");
    let destination = Resource::new(|| (), |()| api::payout_destination());
    look_again(
        destination,
        LOOKS,
        move |it| *it == PayoutDestination::Incomplete && back.get_untracked().is_some(),
        api::payout_destination,
    );
    view! {
        <Loaded resource=destination skeleton=|| view! { <FormSkeleton fields=1 /> } let:destination>
            <Contents destination came_back=back.get_untracked().is_some() />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Contents(
    destination: PayoutDestination,
    /// Whether they come from the page on which one says it.
    came_back: bool,
) -> impl IntoView {
    let again = here();
    let says = match destination {
        PayoutDestination::Missing => view! {
            <Notice title="Nobody has said yet where your payouts go">
                "You name your bank account on a page of our payment provider's. We never see its number."
            </Notice>
        }
        .into_any(),
        PayoutDestination::Incomplete if came_back => view! {
            <Notice tone=Tone::Accent title="It is being looked at">
                "This takes a few seconds as a rule. The page shows by itself when it is done. "
                <a href=again rel="external">"Look again"</a>
            </Notice>
        }
        .into_any(),
        PayoutDestination::Incomplete => view! {
            <Notice tone=Tone::Warning title="Something is missing">
                "It was begun, and is not complete or still being looked at. Until then payouts that you ask for wait."
            </Notice>
        }
        .into_any(),
        PayoutDestination::Ready => view! {
            <Notice tone=Tone::Success title="Payouts can go to your bank" live=came_back>
                "What you ask for is sent there by itself."
            </Notice>
        }
        .into_any(),
    };
    let (verb, variant) = match destination {
        PayoutDestination::Missing => ("Say where payouts go", Variant::Primary),
        PayoutDestination::Incomplete => ("Go on saying where payouts go", Variant::Primary),
        PayoutDestination::Ready => ("Change where payouts go", Variant::Secondary),
    };
    let state = FormState::<SetUpPayouts>::new();
    view! {
        {says}
        <Card>
            <Form state>
                <Button variant busy=state.busy()>{verb}</Button>
                <Refusal message=state.message() />
            </Form>
        </Card>
    }
    .into_any()
}
