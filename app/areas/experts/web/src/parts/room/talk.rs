//! What a page knows of its room, and how it hears of what is new.

use std::time::Duration;

use experts_core::{
    BookingState, Party,
    talk::{self, Phase, RoomNotice, RoomNoticeKind, Way, What},
};
use kernel::BookingId;
use leptos::{ev, prelude::*, task::spawn_local};
use ui::Byline;
use web::{
    Failure, browser,
    live::{self, Connection, Heard},
    use_viewer,
};

use super::{browser::Call, packet::signals};
use crate::{
    api,
    dto::{self, RoomFacts, Said},
    parts::byline,
};

/// How often a page looks whether there is a reason to ask, in seconds.
const LOOK: i64 = 5;
/// Of a call that is not booked yet nothing is heard, so it is asked for every so many seconds.
const UNBOOKED: i64 = 30;

/// The room of a page.
#[derive(Clone, Copy)]
pub struct Talk {
    /// The booking.
    pub id: BookingId,
    /// Which of both the reader is.
    pub me: Party,
    /// The reader.
    pub own: StoredValue<Byline>,
    /// The other one.
    pub other: StoredValue<Byline>,
    /// How far the room is, and who is there.
    pub facts: RwSignal<RoomFacts>,
    /// What was said, the oldest first.
    pub said: RwSignal<Vec<Said>>,
    /// What the reader noted.
    pub mine: RwSignal<String>,
    /// What the other one noted.
    pub theirs: RwSignal<String>,
    /// The call itself.
    pub call: Call,
    /// The last signal that is known.
    last_signal: StoredValue<i64>,
    /// Whether something is being asked for, and whether it has to be asked for again.
    asking: StoredValue<(bool, bool)>,
    /// Whether the last question got no answer.
    unanswered: StoredValue<bool>,
    /// How many seconds ago the facts came.
    age: StoredValue<i64>,
}

impl Talk {
    /// The room that the server rendered.
    pub fn new(room: dto::Room) -> Self {
        let (id, me) = (room.line.id, room.line.me);
        let own = use_viewer().map(|viewer| Byline {
            name: viewer.name,
            href: social_web::routes::profile(viewer.handle.as_str()),
            handle: viewer.handle.to_string(),
            avatar: viewer.portrait,
            shape: ui::AvatarShape::Person,
        });
        let other = byline(&room.line.other);
        Self {
            id,
            me,
            own: StoredValue::new(own.unwrap_or_else(|| other.clone())),
            other: StoredValue::new(other),
            facts: RwSignal::new(room.facts),
            said: RwSignal::new(room.said),
            mine: RwSignal::new(room.notes.mine.body),
            theirs: RwSignal::new(room.notes.theirs.body),
            call: Call::new(id, me),
            last_signal: StoredValue::new(room.last_signal),
            asking: StoredValue::new((false, false)),
            unanswered: StoredValue::new(false),
            age: StoredValue::new(0),
        }
    }

    /// The other one's name.
    pub fn name(self) -> String {
        self.other.with_value(|it| it.name.clone())
    }

    /// How far the room is.
    pub fn phase(self) -> Memo<Phase> {
        Memo::new(move |_| self.facts.read().phase)
    }

    /// Follows what happens in the room, from now on until the page is left.
    pub fn listen(self) {
        live::listen(talk::topic(self.id), move |heard| {
            if !matches!(&heard, Heard::Notice { notice, .. } if self.is_own_signal(notice.get())) {
                self.refresh();
            }
        });
        let connection = live::use_connection();
        // It is said again with each message; only that it has become so is of interest.
        let is_up = Memo::new(move |_| connection.get() == Connection::Up);
        Effect::new(move |_| {
            if is_up.get() {
                // Whatever was not told while it was down.
                self.refresh();
            }
        });
        Effect::new(move |_| {
            let tick = move || self.look(connection);
            // Without a timer, what is heard has to do.
            if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(LOOK.unsigned_abs())) {
                on_cleanup(move || handle.clear());
            }
            let focused = window_event_listener(ev::focus, move |_| {
                self.refresh();
                self.refresh_notes();
            });
            on_cleanup(move || focused.remove());
        });
        let phase = self.phase();
        Effect::new(move |_| {
            if phase.get() == Phase::Over {
                self.call.end();
            }
        });
    }

    /// Whether a notice tells what this reader's own browser said.
    fn is_own_signal(self, notice: &str) -> bool {
        let notice = serde_json::from_str::<RoomNotice>(notice);
        notice.is_ok_and(|it| it.kind == RoomNoticeKind::Signalled && it.by == Some(self.me))
    }

    /// Asks, if there is a reason to: nothing is heard, or something has become of the room by itself.
    fn look(self, connection: Signal<Connection>) {
        let Some(age) = self.age.try_update_value(|age| {
            *age += LOOK;
            *age
        }) else {
            return;
        };
        let is_due = self.facts.try_with_untracked(next_change).flatten().is_some_and(|next| age >= next);
        let is_deaf = connection.try_get_untracked() != Some(Connection::Up);
        let is_over = self.facts.try_with_untracked(|it| it.phase == Phase::Over) == Some(true);
        if is_due || self.unanswered.try_get_value() == Some(true) || (is_deaf && !is_over) {
            self.refresh();
        }
    }

    /// Asks what is new. While something is being asked for, it is asked once more afterwards.
    pub fn refresh(self) {
        match self.asking.try_get_value() {
            None => {}
            Some((true, _)) => self.asking.set_value((true, true)),
            Some((false, _)) => {
                self.asking.set_value((true, false));
                spawn_local(self.ask());
            }
        }
    }

    async fn ask(self) {
        // Ends when nobody wants to know more, the page is left, or there is no answer.
        loop {
            let Some(last) = self.said.try_with_untracked(|said| said.last().map(|it| it.id.to_string())) else {
                return;
            };
            let Some(signal) = self.last_signal.try_get_value() else { return };
            let news = api::room_news(self.id.to_string(), last, signal).await;
            let more = match news {
                Ok(news) => self.take(news),
                Err(Failure(problem)) => {
                    leptos::logging::log!("what is new in the room could not be asked: {problem}");
                    _ = self.unanswered.try_set_value(true);
                    false
                }
            };
            match self.asking.try_get_value() {
                Some((_, again)) if more || (again && self.unanswered.try_get_value() == Some(false)) => {
                    _ = self.asking.try_set_value((true, false));
                }
                _ => {
                    _ = self.asking.try_set_value((false, false));
                    return;
                }
            }
        }
    }

    /// Takes what is new. Whether there is more.
    fn take(self, news: dto::RoomNews) -> bool {
        let dto::RoomNews { facts, said, signals: told, more } = news;
        _ = self.unanswered.try_set_value(false);
        _ = self.age.try_set_value(0);
        _ = self.facts.try_set(facts);
        if !said.is_empty() {
            _ = self.said.try_update(|all| all.extend(said));
        }
        if let Some((last, _)) = told.last() {
            _ = self.last_signal.try_set_value(*last);
        }
        let told = signals(&told);
        if told.iter().any(|it| it.what == What::Noted) {
            self.refresh_notes();
        }
        self.call.hear(told);
        more
    }

    /// Asks what the other one noted.
    pub fn refresh_notes(self) {
        spawn_local(async move {
            // They are asked for again when the page is looked at again.
            if let Ok(notes) = api::room_notes(self.id.to_string()).await
                && self.theirs.try_with_untracked(|before| *before != notes) == Some(true)
            {
                _ = self.theirs.try_set(notes);
            }
        });
    }

    /// Takes part in the call, and remembers how for when the page is loaded anew.
    pub fn join(self, way: Way) {
        browser::save(&self.key(), way.as_str());
        self.call.join(way);
    }

    /// Takes part no longer, also not when the page is loaded anew: the reader chooses again.
    pub fn leave(self) {
        browser::forget(&self.key());
        self.call.leave();
    }

    /// How the reader took part before the page was loaded anew.
    pub fn remembered(self) -> Option<Way> {
        browser::load(&self.key()).as_deref().and_then(Way::parse)
    }

    fn key(self) -> String {
        format!("{}:{}", talk::topic(self.id), self.own.with_value(|it| it.handle.clone()))
    }
}

/// In how many seconds from when they were asked for the facts are others by themselves.
fn next_change(facts: &RoomFacts) -> Option<i64> {
    match facts.phase {
        Phase::Unbooked => Some(UNBOOKED),
        Phase::Early => Some(facts.to_open),
        Phase::Open if facts.to_start > 0 => Some(facts.to_start),
        Phase::Open => Some(facts.left),
        // It is settled within a minute.
        Phase::Over => (facts.state == BookingState::Confirmed).then_some(0),
    }
}

#[cfg(test)]
mod tests {
    use ui::At;

    use super::*;

    #[test]
    fn a_page_knows_when_it_has_to_ask() {
        let facts = |phase, state, to_open, to_start, left| RoomFacts {
            phase,
            state,
            opens: At(0),
            end: At(0),
            to_open,
            to_start,
            left,
            me_came: false,
            other_came: false,
            slices: 1,
        };
        let confirmed = |phase, to_open, to_start, left| facts(phase, BookingState::Confirmed, to_open, to_start, left);
        assert_eq!(next_change(&confirmed(Phase::Early, 60, 660, 1_260)), Some(60));
        assert_eq!(next_change(&confirmed(Phase::Open, 0, 300, 900)), Some(300));
        assert_eq!(next_change(&confirmed(Phase::Open, 0, 0, 400)), Some(400));
        assert_eq!(next_change(&confirmed(Phase::Over, 0, 0, 0)), Some(0), "until it is settled");
        assert_eq!(next_change(&facts(Phase::Over, BookingState::Completed, 0, 0, 0)), None);
    }
}
