//! A booking that is asked for, or will happen.

use experts_core::{BookingState, Party, booking::REASON_LIMIT};
use leptos::prelude::*;
use ui::{
    Button, ButtonLink, ButtonRow, Card, Disclosure, Field, FormError, FormStack, IconName, LocalTime, Notice,
    TextInput, TimeForm, Tone, Variant, amount,
};
use web::{Form, FormState};

use super::{When, times::Proposed};
use crate::{
    api::{Accept, Decline},
    dto::Booking,
    parts::{Refusal, message_but, most},
    routes,
};

/// When it is, what is waited for, and what each can do about it.
#[component]
pub fn Open(
    /// The booking.
    it: Booking,
) -> impl IntoView {
    let is_request = it.line.state == BookingState::Requested;
    let (for_when, for_room, for_actions) = (it.clone(), it.clone(), it.clone());
    let title = match (is_request, it.line.me) {
        (true, Party::Expert) => "Waits for your word",
        (true, Party::Client) => "Waits for the expert\u{2019}s word",
        (false, _) => "It is booked",
    };
    let proposal = it.proposal.clone().map(|proposal| {
        let (me, id) = (it.line.me, it.line.id);
        view! { <Proposed proposal me booking=id /> }
    });
    view! {
        {proposal}
        <Card title>
            <When it=for_when />
            {if is_request {
                view! { <Waits it /> }.into_any()
            } else {
                view! { <Room it=for_room /> }.into_any()
            }}
            <Actions it=for_actions />
        </Card>
    }
    .into_any()
}

/// Until when the expert has to say something, and how.
#[component]
fn Waits(it: Booking) -> impl IntoView {
    let until = it.line.due.unwrap_or(it.line.start);
    let price = amount(it.line.price);
    if it.line.me == Party::Client {
        return view! {
            <Notice>
                {format!("{price} are set aside. If there is no yes until ")} <LocalTime at=until />
                ", all of it goes back to your wallet by itself."
            </Notice>
        }
        .into_any();
    }
    let accept = FormState::<Accept>::new();
    let id = it.line.id.to_string();
    let to_decline = id.clone();
    view! {
        <p>{format!("{} has set {price} aside, and waits until ", it.line.other.name)} <LocalTime at=until /> "."</p>
        <Form state=accept>
            <input type="hidden" name="booking" value=id />
            <ButtonRow>
                <Button variant=Variant::Primary icon=IconName::Check busy=accept.busy()>"Accept"</Button>
            </ButtonRow>
            <Refusal message=message_but(accept, &[]) />
        </Form>
        <DeclineForm id=to_decline />
    }
    .into_any()
}

#[component]
fn DeclineForm(id: String) -> impl IntoView {
    let state = FormState::<Decline>::new();
    let open = state.problem().with_untracked(Option::is_some);
    view! {
        <Disclosure title="Decline" note=Some("All of the money goes back".to_owned()) open>
            <Form state>
                <FormStack>
                    <FormError message=message_but(state, &["reason"]) id="decline-error" />
                    <input type="hidden" name="booking" value=id />
                    <Field id="reason" label="Why?" hint="They read it." error=state.error("reason")>
                        <TextInput name="reason" value=state.value("reason", "") required=true maxlength=most(REASON_LIMIT) />
                    </Field>
                    <ButtonRow>
                        <Button variant=Variant::Danger busy=state.busy()>"Decline the call"</Button>
                    </ButtonRow>
                </FormStack>
            </Form>
        </Disclosure>
    }
    .into_any()
}

/// The way to the room, or when it opens.
#[component]
fn Room(it: Booking) -> impl IntoView {
    let href = routes::room(it.line.id);
    if it.room_is_open {
        return view! {
            <Notice tone=Tone::Success title="The room is open" live=true>"You can go in now."</Notice>
            <ButtonRow>
                // Loaded from the server: of all pages that one may ask for camera and microphone.
                <ButtonLink href variant=Variant::Primary icon=IconName::Comment external=true>"Go to the room"</ButtonLink>
            </ButtonRow>
        }
        .into_any();
    }
    let opens = it.room_opens;
    view! {
        <p>"You meet here. The room opens ten minutes before, at " <LocalTime at=opens form=TimeForm::Time /> "."</p>
    }
    .into_any()
}

/// Moving it, cancelling it, and having it in a calendar.
#[component]
fn Actions(it: Booking) -> impl IntoView {
    let id = it.line.id;
    let (may_move, may_cancel) = (it.may_move, it.quote.is_some());
    view! {
        <ButtonRow>
            <ButtonLink href=routes::FEED icon=IconName::Calendar>"Add to calendar"</ButtonLink>
            {may_move
                .then(|| view! { <ButtonLink href=routes::asking(id, "times")>"Propose another time"</ButtonLink> })}
            {may_cancel
                .then(|| view! { <ButtonLink href=routes::asking(id, "cancel") variant=Variant::Quiet>"Cancel"</ButtonLink> })}
        </ButtonRow>
    }
    .into_any()
}
