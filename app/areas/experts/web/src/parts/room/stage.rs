//! What is seen and heard of both, and what can be pressed during a call.

use experts_core::{Party, talk::Way};
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, ButtonLink, ButtonRow, ButtonSize, IconName, Notice, RoomBar, RoomStage, RoomSwitch, RoomVideo,
    Tone, Variant,
};
use web::browser;

use super::{Talk, words::why_unseen};

/// Both pictures, and what there is to know of them.
#[component]
pub fn Stage(
    /// The room.
    talk: Talk,
) -> impl IntoView {
    let shown = talk.call.shown;
    let name = StoredValue::new(talk.name());
    Effect::new(move |_| {
        // Whenever one of them is there, or something else is to be seen in it.
        _ = (shown.own_place.get(), shown.their_place.get(), shown.way.get());
        talk.call.draw();
    });
    let why = Memo::new(move |_| {
        let (link, way, camera) = (shown.link.get(), shown.their_way.get(), shown.their_camera.get());
        name.with_value(|name| why_unseen(name, link, way, camera))
    });
    let muted = move || shown.their_way.get().is_some_and(|way| way != Way::Chat) && !shown.their_microphone.get();
    let own_words = move || match shown.way.get() {
        Some(Way::Video) => "Your camera is off".to_owned(),
        Some(Way::Voice) => "Only your voice".to_owned(),
        _ => "Only the chat".to_owned(),
    };
    let sees_self = move || shown.way.get() == Some(Way::Video) && shown.camera.get();
    let other = talk.other.get_value();
    view! {
        <RoomStage>
            <RoomVideo
                label=other.name.clone()
                place=shown.their_place
                covered=Signal::derive(move || why.read().is_some())
                who=other
                words=Signal::derive(move || why.get().unwrap_or_default())
            />
            <RoomVideo
                label="You"
                place=shown.own_place
                mine=true
                covered=Signal::derive(move || !sees_self())
                who=talk.own.get_value()
                words=Signal::derive(own_words)
            />
        </RoomStage>
        {move || {
            muted()
                .then(|| view! {
                    <p role="status">{name.with_value(|name| format!("{name} has the microphone off."))}</p>
                })
        }}
        {move || {
            shown.why_less.get().map(|why| view! { <Notice tone=Tone::Warning live=true>{why}</Notice> })
        }}
        {move || shown.silent.get().then(|| view! { <Silent talk /> })}
    }
    .into_any()
}

/// The browser wants something to be pressed before it plays anything.
#[component]
fn Silent(talk: Talk) -> impl IntoView {
    let press = move |_: leptos::ev::MouseEvent| talk.call.draw();
    view! {
        <Notice tone=Tone::Warning title="You hear nothing yet" live=true>
            <p>"Your browser plays nothing before you press something."</p>
            <Button kind=ButtonKind::Button size=ButtonSize::Small on_click=press>"Play"</Button>
        </Notice>
    }
    .into_any()
}

/// What can be pressed during a call.
#[component]
pub fn Bar(
    /// The room.
    talk: Talk,
    /// Whether the chat is shown.
    chat: RwSignal<bool>,
    /// Whether the notes are.
    notes: RwSignal<bool>,
) -> impl IntoView {
    let (shown, alive) = (talk.call.shown, browser::alive());
    let has_voice = move || matches!(shown.way.get(), Some(Way::Video | Way::Voice));
    let has_video = move || shown.way.get() == Some(Way::Video);
    view! {
        <RoomBar>
            {move || has_voice().then(|| view! { <MicrophoneSwitch talk /> })}
            {move || has_video().then(|| view! { <CameraSwitch talk /> })}
            {move || alive.get().then(|| view! { <PanelSwitches chat notes /> })}
            {move || shown.way.get().is_some().then(|| view! { <Otherwise talk /> })}
            <Links talk />
        </RoomBar>
    }
    .into_any()
}

#[component]
fn MicrophoneSwitch(talk: Talk) -> impl IntoView {
    let shown = talk.call.shown;
    let on_switch = move |on: bool| talk.call.switch(on, shown.camera.get_untracked());
    view! {
        <RoomSwitch
            label="Microphone"
            on=shown.microphone
            icon=IconName::Microphone
            icon_off=IconName::MicrophoneOff
            on_switch
        />
    }
    .into_any()
}

#[component]
fn CameraSwitch(talk: Talk) -> impl IntoView {
    let shown = talk.call.shown;
    let on_switch = move |on: bool| talk.call.switch(shown.microphone.get_untracked(), on);
    view! { <RoomSwitch label="Camera" on=shown.camera icon=IconName::Camera icon_off=IconName::CameraOff on_switch /> }
        .into_any()
}

/// What stands beside the picture.
#[component]
fn PanelSwitches(chat: RwSignal<bool>, notes: RwSignal<bool>) -> impl IntoView {
    let (turn_chat, turn_notes) = (move |on: bool| chat.set(on), move |on: bool| notes.set(on));
    view! {
        <RoomSwitch label="Chat" on=chat icon=IconName::Comment icon_off=IconName::Comment on_switch=turn_chat />
        <RoomSwitch label="Notes" on=notes icon=IconName::Edit icon_off=IconName::Edit on_switch=turn_notes />
    }
    .into_any()
}

/// Taking part in another way.
#[component]
fn Otherwise(talk: Talk) -> impl IntoView {
    let press = move |_: leptos::ev::MouseEvent| talk.leave();
    view! {
        <Button kind=ButtonKind::Button variant=Variant::Quiet size=ButtonSize::Small on_click=press>
            "Talk in another way"
        </Button>
    }
    .into_any()
}

/// What is asked about before it is done.
#[component]
fn Links(talk: Talk) -> impl IntoView {
    let both = Memo::new(move |_| talk.facts.with(|it| it.me_came && it.other_came));
    let begun = Memo::new(move |_| talk.facts.read().to_start <= 0);
    let is_client = talk.me == Party::Client;
    view! {
        <ButtonRow>
            {move || {
                (both.get() && is_client)
                    .then(|| view! {
                        <ButtonLink href="?ask=more" size=ButtonSize::Small icon=IconName::Plus>
                            "Ten minutes more"
                        </ButtonLink>
                    })
            }}
            {move || {
                begun
                    .get()
                    .then(|| view! {
                        <ButtonLink href="?ask=broken" size=ButtonSize::Small variant=Variant::Quiet>
                            "It doesn\u{2019}t work"
                        </ButtonLink>
                    })
            }}
            {move || {
                both.get()
                    .then(|| view! {
                        <ButtonLink
                            href="?ask=end"
                            size=ButtonSize::Small
                            variant=Variant::Danger
                            icon=IconName::HangUp
                        >
                            "End the call"
                        </ButtonLink>
                    })
            }}
        </ButtonRow>
    }
    .into_any()
}
