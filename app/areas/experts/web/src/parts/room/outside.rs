//! The room while it is not open: before, and afterwards.

use leptos::prelude::*;
use ui::{
    ButtonLink, ButtonRow, Card, Countdown, LocalTime, Notice, Room, RoomPanel, TimeForm, Tone, TypedText, Variant,
};

use super::{Talk, browser::is_shut_out, chat::Chat, notes::Notes, words::came_to};
use crate::{dto, routes};

/// From so many seconds before it opens on the page counts them.
const COUNTED: i64 = 3_600;

/// The call is not booked yet.
#[component]
pub fn Unbooked(
    /// The room.
    talk: Talk,
) -> impl IntoView {
    view! {
        <Notice title="This call is not booked yet">
            "You meet here once it is paid and agreed. This page opens the room by itself."
        </Notice>
        <ButtonRow>
            <ButtonLink href=routes::booking(talk.id) variant=Variant::Primary>"Look at the booking"</ButtonLink>
        </ButtonRow>
    }
    .into_any()
}

/// The room is not open yet: when it opens, and what the call is about.
#[component]
pub fn Early(
    /// The room.
    talk: Talk,
    /// What the server rendered of it.
    room: dto::Room,
) -> impl IntoView {
    let opens = Memo::new(move |_| talk.facts.read().opens);
    let (brief, bring) = (room.brief, room.bring);
    Effect::new(move |_| {
        if is_shut_out() {
            web::reload_at(&routes::room(talk.id));
        }
    });
    view! {
        <Card
            title="The room is not open yet"
            note="It opens ten minutes before the call. You may leave this page open: it opens the room by itself."
        >
            <p>{move || view! { <LocalTime at=opens.get() form=TimeForm::Full /> }}</p>
            {move || {
                let until = opens.get();
                let left = talk.facts.with_untracked(|it| it.to_open);
                let on_end = move |()| talk.refresh();
                (left <= COUNTED).then(|| view! { <Countdown until left label="Time until the room opens" on_end /> })
            }}
        </Card>
        {(!brief.is_empty())
            .then(|| view! {
                <Card title=format!("What it is about: {}", room.line.title)><TypedText text=brief /></Card>
            })}
        {(!bring.is_empty()).then(|| view! { <Card title="To bring"><TypedText text=bring /></Card> })}
        <ButtonRow>
            <ButtonLink href=routes::booking(talk.id)>"Look at the booking"</ButtonLink>
        </ButtonRow>
    }
    .into_any()
}

/// The call is over, or does not happen: what it came to, and what was said and noted.
#[component]
pub fn Afterwards(
    /// The room.
    talk: Talk,
) -> impl IntoView {
    let state = Memo::new(move |_| talk.facts.read().state);
    let name = StoredValue::new(talk.name());
    let came = move || name.with_value(|name| came_to(state.get(), talk.me, name));
    view! {
        {move || {
            let (title, text) = came();
            view! { <Notice tone=Tone::Accent title live=true>{text}</Notice> }
        }}
        <ButtonRow>
            <ButtonLink href=routes::booking(talk.id) variant=Variant::Primary>"Go to the booking"</ButtonLink>
        </ButtonRow>
        <Room
            main=move || view! {
                <RoomPanel id="chat" title="What was said" open=true><Chat talk /></RoomPanel>
            }
            side=move || view! {
                <RoomPanel id="notes" title="Notes" open=true><Notes talk /></RoomPanel>
            }
        />
    }
    .into_any()
}
