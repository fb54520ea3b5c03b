//! What both note, side by side. One's own are kept while they are typed.

use std::time::Duration;

use experts_core::booking::NOTES_LIMIT;
use leptos::{prelude::*, task::spawn_local};
use ui::{Button, ButtonRow, ButtonSize, Field, FormError, FormStack, RoomNotes, TextArea, TypedText, Variant};
use web::{Debounce, Failure, Form, FormState};

use super::Talk;
use crate::{
    api::{self, NoteInRoom},
    parts::most,
};

/// So long nothing has to be typed before it is kept.
const PAUSE: Duration = Duration::from_millis(900);

/// How far one's own notes are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    /// Nothing was changed.
    AsBefore,
    /// Something was, and is not kept yet.
    Typing,
    /// All of it is kept.
    All,
    /// It could not be, and why.
    Not(String),
}

impl Kept {
    fn words(&self) -> String {
        match self {
            Self::AsBefore => String::new(),
            Self::Typing => "Not kept yet".to_owned(),
            Self::All => "Kept".to_owned(),
            Self::Not(why) => format!("Not kept: {why}"),
        }
    }
}

/// One's own notes, as they are typed and kept.
#[derive(Clone, Copy)]
struct Own {
    talk: Talk,
    is_saving: StoredValue<bool>,
    kept: RwSignal<Kept>,
}

impl Own {
    /// Keeps what was typed. What is typed meanwhile is kept right after it.
    fn save(self) {
        if self.is_saving.try_get_value() != Some(false) {
            return;
        }
        self.is_saving.set_value(true);
        spawn_local(async move {
            let kept = self.saved().await;
            _ = self.is_saving.try_set_value(false);
            if kept == Kept::All {
                self.talk.call.tell_noted();
            }
            _ = self.kept.try_set(kept);
        });
    }

    /// What was typed last is kept as well when the page is left, or the call is over.
    fn keep_at_end(self) {
        on_cleanup(move || {
            let is_open = |kept: &Kept| matches!(kept, Kept::Typing | Kept::Not(_));
            let is_unkept = self.kept.try_with_untracked(is_open) == Some(true);
            if let Some(text) = self.talk.mine.try_get_untracked().filter(|_| is_unkept) {
                let id = self.talk.id.to_string();
                // Nobody is there any more to be told that it did not go well.
                spawn_local(async move { drop(api::note_in_room(id, text).await) });
            }
        });
    }

    async fn saved(self) -> Kept {
        // Ends when nothing else was typed while it was kept, or it can't be.
        loop {
            let Some(text) = self.talk.mine.try_get_untracked() else { return Kept::Typing };
            let answer = api::note_in_room(self.talk.id.to_string(), text.clone()).await;
            if let Err(Failure(problem)) = answer {
                return Kept::Not(problem.message);
            }
            if self.talk.mine.try_with_untracked(|typed| *typed == text) != Some(false) {
                return Kept::All;
            }
        }
    }
}

/// The notes of both.
#[component]
pub fn Notes(
    /// The room.
    talk: Talk,
    /// Whether it can be changed here.
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let name = talk.name();
    let inside = move || {
        let mine = talk.mine.get_untracked();
        if open {
            view! { <OwnNotes talk /> }.into_any()
        } else if mine.is_empty() {
            view! { <p>"You noted nothing."</p> }.into_any()
        } else {
            view! { <TypedText text=mine /> }.into_any()
        }
    };
    view! {
        <RoomNotes
            mine=inside
            title=format!("Notes of {name}")
            theirs=talk.theirs
            empty=format!("{name} noted nothing yet.")
        />
    }
    .into_any()
}

#[component]
fn OwnNotes(talk: Talk) -> impl IntoView {
    let state = FormState::<NoteInRoom>::new();
    let value = state.value("body", talk.mine.get_untracked());
    let own = Own { talk, is_saving: StoredValue::new(false), kept: RwSignal::new(Kept::AsBefore) };
    own.keep_at_end();
    let pause = Debounce::new(PAUSE);
    let typed = move |text: String| {
        talk.mine.set(text);
        own.kept.set(Kept::Typing);
        pause.ask(move |asked| {
            if asked.is_latest() {
                own.save();
            }
        });
    };
    let done = move |_| {
        own.kept.set(Kept::All);
        talk.call.tell_noted();
    };
    let hint = format!("{} reads them too, also after the call.", talk.name());
    view! {
        <Form state on_done=done>
            <input type="hidden" name="booking" value=talk.id.to_string() />
            <FormStack>
                <FormError message=state.message() id="room-notes-problem" />
                <Field id="room-notes" label="Your notes" hint error=state.error("body")>
                    <TextArea name="body" value rows=6 maxlength=most(NOTES_LIMIT) on_input=typed />
                </Field>
                <ButtonRow>
                    <Button variant=Variant::Quiet size=ButtonSize::Small busy=state.busy()>"Keep my notes"</Button>
                    <span role="status">{move || own.kept.with(Kept::words)}</span>
                </ButtonRow>
            </FormStack>
        </Form>
    }
    .into_any()
}
