//! The room of a call: who is there, how long it is left, what is seen of them, what is said and noted.

use std::time::Duration;

use leptos::children::ViewFnOnce;
use leptos::html::{Div, Video};
use leptos::prelude::*;

use crate::clock::{At, LocalTime, TimeForm, browser};
use crate::{AvatarSize, Byline, Icon, IconName};

/// A room: what is seen and pressed, and beside it what is written.
#[component]
pub fn Room(
    /// `RoomPeople`, `RoomStage`, `RoomBar`.
    #[prop(into)]
    main: ViewFnOnce,
    /// `RoomPanel`s.
    #[prop(into)]
    side: ViewFnOnce,
) -> impl IntoView {
    view! {
        <div class="room">
            <div class="room-columns">
                <div class="room-main">{main.run()}</div>
                <div class="room-side">{side.run()}</div>
            </div>
        </div>
    }
    .into_any()
}

/// The head of a room: who is there, and how long it is left.
#[component]
pub fn RoomHead(
    /// `RoomPerson`s.
    children: Children,
    /// `RoomTimer`.
    #[prop(into)]
    timer: ViewFn,
) -> impl IntoView {
    view! {
        <div class="room-head">
            <ul class="room-people" role="list" aria-label="Who is there">{children()}</ul>
            {move || timer.run()}
        </div>
    }
    .into_any()
}

/// One of those who meet.
#[component]
pub fn RoomPerson(
    /// Who.
    who: Byline,
    /// Whether they are there.
    #[prop(into)]
    there: Signal<bool>,
    /// The same in words, or what there is to know of them.
    #[prop(into)]
    words: Signal<String>,
) -> impl IntoView {
    let picture = who.picture(AvatarSize::Small);
    view! {
        <li class="room-person" data-there=move || there.get()>
            {picture}
            <span class="room-person-name">{who.name}</span>
            <span class="room-person-words">{move || words.get()}</span>
        </li>
    }
    .into_any()
}

/// How long a call is left, to the second. Before the page is alive it says until when. Near the end it says so once
/// more.
#[component]
pub fn RoomTimer(
    /// When it ends.
    until: At,
    /// How many seconds were left when that was said.
    left: i64,
    /// From so many seconds before the end on it is near.
    near: i64,
    /// What is said then.
    #[prop(into)]
    warning: String,
    /// Called when nothing is left.
    #[prop(into)]
    on_end: Callback<()>,
) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    let remains = RwSignal::new(None::<i64>);
    Effect::new(move |_| {
        if place.get().is_none() {
            return;
        }
        let begun = browser::seconds();
        remains.set(Some(left.max(0)));
        let tick = move || {
            let now = (left - (browser::seconds() - begun)).max(0);
            // It ends once.
            let ends = now == 0 && remains.try_get_untracked().flatten() != Some(0);
            _ = remains.try_set(Some(now));
            if ends {
                on_end.run(());
            }
        };
        // Without a timer it stands still; the page looks again all the same.
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
    let words = move || match remains.get() {
        None => format!("until {} UTC", until.time(false)),
        Some(left) => format!("{}:{:02}", left / 60, left % 60),
    };
    // Memos: what is said is said once.
    let is_near = Memo::new(move |_| remains.get().is_some_and(|left| left <= near));
    view! {
        <div class="room-timer" data-near=move || is_near.get() node_ref=place>
            <Icon name=IconName::Clock />
            <span class="room-clock" role="timer" aria-label="Time left of the call">{words}</span>
            <span class="room-warning" role="status">{move || is_near.get().then(|| warning.clone())}</span>
        </div>
    }
    .into_any()
}

/// What is seen of both who meet.
#[component]
pub fn RoomStage(
    /// `RoomVideo`s: the other one's, and one's own.
    children: Children,
) -> impl IntoView {
    view! { <section class="room-stage" aria-label="Picture and sound">{children()}</section> }
}

/// What comes of one of both. Where nothing is to be seen, it says why; what is to be heard is heard all the same.
#[component]
pub fn RoomVideo(
    /// Whose it is.
    #[prop(into)]
    label: String,
    /// The element itself, which whoever has the picture fills.
    place: NodeRef<Video>,
    /// Whether it is one's own: small, as in a mirror, and without sound.
    #[prop(optional)]
    mine: bool,
    /// Whether nothing is to be seen.
    #[prop(into)]
    covered: Signal<bool>,
    /// What is in its place then: who it is.
    who: Byline,
    /// And why, in words.
    #[prop(into)]
    words: Signal<String>,
) -> impl IntoView {
    let size = if mine { AvatarSize::Small } else { AvatarSize::Huge };
    let picture = who.picture(size);
    view! {
        <div class="room-video" data-mine=mine data-covered=move || covered.get()>
            <video aria-label=label playsinline=true muted=mine node_ref=place></video>
            <div class="room-cover" hidden=move || !covered.get()>
                {picture}
                <p>{move || words.get()}</p>
            </div>
        </div>
    }
    .into_any()
}

/// What can be pressed during a call.
#[component]
pub fn RoomBar(
    /// `RoomSwitch`es and buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="room-bar" role="group" aria-label="The call">{children()}</div> }
}

/// Something that is on or off. Its name stays; whether it is on is seen and heard.
#[component]
pub fn RoomSwitch(
    /// What it is.
    #[prop(into)]
    label: String,
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Its picture while it is.
    icon: IconName,
    /// Its picture while it is not.
    icon_off: IconName,
    /// Called with what it is to be.
    #[prop(into)]
    on_switch: Callback<bool>,
) -> impl IntoView {
    view! {
        <button
            class="room-switch"
            type="button"
            aria-pressed=move || if on.get() { "true" } else { "false" }
            on:click=move |_| on_switch.run(!on.get_untracked())
        >
            {move || view! { <Icon name=if on.get() { icon } else { icon_off } /> }}
            <span>{label}</span>
        </button>
    }
    .into_any()
}

/// Something beside the picture that can be put away.
#[component]
pub fn RoomPanel(
    /// Its id, unique on the page.
    #[prop(into)]
    id: String,
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Whether it is shown.
    #[prop(into)]
    open: Signal<bool>,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let heading = title_id.clone();
    view! {
        <section class="room-panel" id=id aria-labelledby=title_id hidden=move || !open.get()>
            <h2 id=heading>{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}

/// What was said, the oldest first. What arrives is read out.
#[component]
pub fn RoomTalk(
    /// `RoomSaid`s.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="room-talk" role="log" aria-label="What was said" tabindex="0">
            <ol role="list">{children()}</ol>
        </div>
    }
    .into_any()
}

/// Something that was said. What one said oneself stands on the right.
#[component]
pub fn RoomSaid(
    /// Whether whoever reads said it.
    mine: bool,
    /// Who said it.
    #[prop(into)]
    author: String,
    /// When.
    at: At,
    /// What, as it was typed.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <li class="room-said" data-mine=mine>
            <p class="room-said-head">
                <span>{author}</span>
                " "
                <LocalTime at form=TimeForm::Time />
            </p>
            <p class="room-said-text">{text}</p>
        </li>
    }
    .into_any()
}

/// Shows the end of what was said, once what has just changed stands on the page.
pub fn show_latest() {
    request_animation_frame(|| {
        if let Ok(Some(talk)) = document().query_selector(".room-talk") {
            talk.set_scroll_top(talk.scroll_height());
        }
    });
}

/// The notes of both who meet, side by side where there is room.
#[component]
pub fn RoomNotes(
    /// One's own: a form.
    #[prop(into)]
    mine: ViewFnOnce,
    /// Whose the others are.
    #[prop(into)]
    title: String,
    /// What they are, as they were typed.
    #[prop(into)]
    theirs: Signal<String>,
    /// What stands there while they are empty.
    #[prop(into)]
    empty: String,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| theirs.with(String::is_empty));
    view! {
        <div class="room-notes">
            <div>{mine.run()}</div>
            <div class="room-theirs">
                <h3>{title}</h3>
                {move || {
                    if is_empty.get() {
                        view! { <p class="room-nothing">{empty.clone()}</p> }.into_any()
                    } else {
                        view! { <p class="room-note">{move || theirs.get()}</p> }.into_any()
                    }
                }}
            </div>
        </div>
    }
    .into_any()
}
