//! The room while it is open.

use experts_core::{Party, talk::WARN_SECONDS};
use leptos::prelude::*;
use ui::{ChatStatus, Disclosure, Room, RoomHead, RoomPanel, RoomPerson, RoomTimer, TypedText};

use super::{
    Talk,
    ask::Asked,
    browser::is_shut_out,
    chat::Chat,
    lobby::Lobby,
    notes::Notes,
    stage::{Bar, Stage},
    words::about_them,
};
use crate::dto;

/// The room while it is open: who is there, the call, the chat and the notes.
#[component]
pub fn Inside(
    /// The room.
    talk: Talk,
    /// What the server rendered of it.
    room: dto::Room,
) -> impl IntoView {
    let (chat, notes) = (RwSignal::new(true), RwSignal::new(true));
    let price = room.line.price;
    come_back(talk);
    view! {
        <Asked talk price />
        <Room
            main=move || {
                view! {
                    <Head talk />
                    <Call talk />
                    <Bar talk chat notes />
                    <About room />
                }
            }
            side=move || view! { <Written talk chat notes /> }
        />
    }
    .into_any()
}

/// Whoever was in the call before the page was loaded anew is in it again.
fn come_back(talk: Talk) {
    Effect::new(move |_| {
        if is_shut_out() {
            web::reload_at(&crate::routes::room(talk.id));
            return;
        }
        let came = talk.facts.with_untracked(|it| it.me_came);
        if let Some(way) = talk.remembered().filter(|_| came) {
            talk.join(way);
        }
    });
}

/// Who is there, and how long the call is left.
#[component]
fn Head(talk: Talk) -> impl IntoView {
    let shown = talk.call.shown;
    let me_came = Memo::new(move |_| talk.facts.read().me_came);
    let other_came = Memo::new(move |_| talk.facts.read().other_came);
    let own_words = move || {
        let words = if me_came.get() { "You are in the room" } else { "You are not in the room yet" };
        words.to_owned()
    };
    let their_words =
        Memo::new(move |_| about_them(other_came.get(), shown.link.get(), shown.their_way.get()).to_owned());
    let name = talk.name();
    let spoken = Signal::derive(move || format!("{name}: {}", their_words.get()));
    // Made anew when the call is made longer, and only then.
    let end = Memo::new(move |_| talk.facts.read().end);
    let timer = move || {
        let until = end.get();
        let left = talk.facts.with_untracked(|it| it.left);
        let on_end = move |()| talk.refresh();
        view! { <RoomTimer until left near=WARN_SECONDS warning="Less than two minutes are left." on_end /> }
    };
    view! {
        <ChatStatus text=spoken />
        <RoomHead timer>
            <RoomPerson who=talk.other.get_value() there=other_came words=their_words />
            <RoomPerson who=talk.own.get_value() there=me_came words=Signal::derive(own_words) />
        </RoomHead>
    }
    .into_any()
}

/// The call, or the ways into it.
#[component]
fn Call(talk: Talk) -> impl IntoView {
    let takes_part = Memo::new(move |_| talk.call.shown.way.get().is_some());
    move || {
        if takes_part.get() { view! { <Stage talk /> }.into_any() } else { view! { <Lobby talk /> }.into_any() }
    }
}

/// What the call is about.
#[component]
fn About(room: dto::Room) -> impl IntoView {
    let (brief, bring) = (room.brief, room.bring);
    let whose = match room.line.me {
        Party::Expert => format!("In the words of {}:", room.line.other.name),
        Party::Client => "In your words:".to_owned(),
    };
    view! {
        <Disclosure title=format!("What it is about: {}", room.line.title) open=true>
            {if brief.is_empty() {
                view! { <p>"Nothing was written about it."</p> }.into_any()
            } else {
                view! { <p>{whose}</p> <TypedText text=brief /> }.into_any()
            }}
            {(!bring.is_empty()).then(|| view! { <p>"To bring:"</p> <TypedText text=bring.clone() /> })}
        </Disclosure>
    }
    .into_any()
}

/// The chat and the notes, once one is in the room.
#[component]
fn Written(talk: Talk, chat: RwSignal<bool>, notes: RwSignal<bool>) -> impl IntoView {
    let came = Memo::new(move |_| talk.facts.read().me_came);
    move || {
        came.get().then(|| {
            view! {
                <RoomPanel id="chat" title="Chat" open=chat>
                    <Chat talk open=true />
                </RoomPanel>
                <RoomPanel id="notes" title="Notes" open=notes>
                    <Notes talk open=true />
                </RoomPanel>
            }
        })
    }
}
