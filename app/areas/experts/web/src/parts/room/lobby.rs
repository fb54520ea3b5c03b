//! How somebody takes part: chosen before they go in, and again whenever they like.

use experts_core::talk::Way;
use leptos::prelude::*;
use ui::{Button, ButtonRow, Card, IconName, Notice, Tone, Variant, WithScripts, WithoutScripts};
use web::{Form, FormState};

use super::{Talk, browser::Link};
use crate::{
    api::EnterRoom,
    parts::{Refusal, message_but},
};

/// What is said while the browser opens camera and microphone.
const MAY_ASK: &str = "Your browser may ask whether this page may use camera and microphone.";

/// The ways to take part.
#[component]
pub fn Lobby(
    /// The room.
    talk: Talk,
) -> impl IntoView {
    let came = Memo::new(move |_| talk.facts.read().me_came);
    let name = talk.name();
    let explained = format!(
        "{name} sees and hears nothing of you before you choose. Who is not in the room when the call has been running \
         for ten minutes has missed it."
    );
    let is_replaced = move || talk.call.shown.link.get() == Link::Replaced;
    view! {
        <Card title="How do you want to talk?" note=explained>
            {move || {
                is_replaced()
                    .then(|| view! {
                        <Notice tone=Tone::Warning title="You went on in another window" live=true>
                            "Choose again to go on here; the other window stops then."
                        </Notice>
                    })
            }}
            <WithScripts>
                <ButtonRow>
                    <Entrance talk way=Way::Video icon=IconName::Camera primary=true>"With camera"</Entrance>
                    <Entrance talk way=Way::Voice icon=IconName::Microphone>"Only voice"</Entrance>
                    <Entrance talk way=Way::Chat icon=IconName::Comment>"Only chat"</Entrance>
                </ButtonRow>
                {move || {
                    talk.call
                        .shown
                        .joining
                        .get()
                        .then(|| view! { <p role="status">{MAY_ASK}</p> })
                }}
            </WithScripts>
            <WithoutScripts>
                <Notice title="Video and voice need JavaScript">
                    "The chat and the notes work without it. Load the page again to see what is new."
                </Notice>
                {move || (!came.get()).then(|| view! { <PlainEntrance talk /> })}
            </WithoutScripts>
        </Card>
    }
    .into_any()
}

/// One way to take part. Whoever is in the room already only changes it.
#[component]
fn Entrance(
    talk: Talk,
    way: Way,
    icon: IconName,
    #[prop(optional)] primary: bool,
    children: Children,
) -> impl IntoView {
    let state = FormState::<EnterRoom>::of(way.as_str());
    let shown = talk.call.shown;
    let busy = Signal::derive(move || state.busy().get() || shown.joining.get());
    let done = move |_| {
        talk.facts.update(|facts| facts.me_came = true);
        talk.join(way);
        talk.refresh();
    };
    let variant = if primary { Variant::Primary } else { Variant::Secondary };
    view! {
        <Form state on_done=done>
            <input type="hidden" name="booking" value=talk.id.to_string() />
            <Button variant icon busy>{children()}</Button>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}

/// The way in without JavaScript.
#[component]
fn PlainEntrance(talk: Talk) -> impl IntoView {
    let state = FormState::<EnterRoom>::of("plain");
    view! {
        <Form state>
            <input type="hidden" name="booking" value=talk.id.to_string() />
            <ButtonRow>
                <Button variant=Variant::Primary>"Go into the room"</Button>
            </ButtonRow>
            <Refusal message=message_but(state, &[]) />
        </Form>
    }
    .into_any()
}
