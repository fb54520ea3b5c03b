//! The room of a call: one page from before it opens until after it is over.

use experts_core::talk::Phase;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ListSkeleton, PageBody, PageHeader};
use web::{Done, Loaded, MembersOnly, param, use_viewer};

use crate::{
    api, dto,
    parts::{
        TestMode,
        room::{Afterwards, Early, Inside, Talk, Unbooked},
    },
    routes,
};

/// The page of a room.
#[component]
pub fn RoomPage() -> impl IntoView {
    if use_viewer().is_none() {
        return view! {
            <Title text="Call" />
            <PageHeader title="Call" back=routes::BOOKINGS />
            <MembersOnly title="Sign in to go to your call" />
        }
        .into_any();
    }
    let id = param("id");
    // Only when it is another room: a call goes on whatever else stands in the address.
    let room = Resource::new(move || id.get(), api::room);
    view! {
        <Loaded resource=room skeleton=|| view! { <ListSkeleton count=4 /> } whole=true let:room>
            <Whole room />
        </Loaded>
    }
    .into_any()
}

#[component]
fn Whole(room: dto::Room) -> impl IntoView {
    let talk = Talk::new(room.clone());
    talk.listen();
    let (phase, room) = (talk.phase(), StoredValue::new(room));
    let title = format!("Call with {}", talk.name());
    let note = room.with_value(|it| it.line.title.clone());
    let inside = move || {
        let room = room.get_value();
        match phase.get() {
            Phase::Unbooked => view! { <Unbooked talk /> }.into_any(),
            Phase::Early => view! { <Early talk room /> }.into_any(),
            Phase::Open => view! { <Inside talk room /> }.into_any(),
            Phase::Over => view! { <Afterwards talk /> }.into_any(),
        }
    };
    view! {
        <Title text=title.clone() />
        <PageHeader title note=Signal::stored(note) back=routes::booking(talk.id) back_label="The booking" />
        <PageBody>
            <TestMode />
            <Done says=&[
                ("entered", "You are in the room."),
                ("said", "It is said."),
                ("noted", "Your notes are kept."),
                ("longer", "The call is ten minutes longer."),
                ("ended", "The call has ended."),
            ] />
            {inside}
        </PageBody>
    }
    .into_any()
}
