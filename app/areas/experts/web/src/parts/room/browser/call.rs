//! Who is called, with what, and what both pages tell each other.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    time::Duration,
};

use experts_core::{
    Party,
    talk::{Signal, Way, What},
};
use gloo_timers::future::TimeoutFuture;
use kernel::{BookingId, ProblemKind};
use leptos::{prelude::*, task::spawn_local};
use web::Failure;
use web_sys::{HtmlVideoElement, MediaStream, RtcPeerConnectionState, RtcSdpType, js_sys::futures::JsFuture};

use super::{
    Link, Shown,
    media::{self, Opened},
    peer::{Peer, Told},
};
use crate::{api, dto::IceServer, parts::room::packet::packet};

/// So long two pages may look for a way to each other, before all of it begins anew.
const CONNECTING: Duration = Duration::from_secs(25);
/// The page that gives way waits so long for what the other one offers, so that they don't both offer at once.
const OFFERING: Duration = Duration::from_secs(3);
/// And so long for another way, after the first one broke.
const MENDING: Duration = Duration::from_secs(10);
/// Without success it is tried so often.
const MOST_FAILURES: u32 = 8;
/// What can't be sent is tried again so often, with pauses of some seconds.
const MOST_TRIES: u32 = 20;
/// The longest of these pauses, in seconds.
const LONGEST_PAUSE: u32 = 10;

/// A call. It ends with the page.
#[derive(Clone, Copy)]
pub struct Call {
    /// What the page shows of it.
    pub shown: Shown,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

impl Call {
    /// A call that the page has not joined.
    pub fn new(booking: BookingId, me: Party) -> Self {
        let shown = Shown::new();
        let inner = StoredValue::new_local(Rc::new(Inner {
            booking: booking.to_string(),
            is_polite: me == Party::Client,
            servers: RefCell::default(),
            shown,
            word: RefCell::new(media::word()),
            other: RefCell::default(),
            own: RefCell::default(),
            theirs: RefCell::default(),
            peer: RefCell::default(),
            connections: Cell::new(0),
            failures: Cell::new(0),
            outbox: RefCell::default(),
            is_sending: Cell::new(false),
            inbox: RefCell::default(),
            is_taking: Cell::new(false),
            beginnings: Cell::new(0),
            is_gone: Cell::new(false),
        }));
        on_cleanup(move || {
            if let Some(call) = inner.try_get_value() {
                call.is_gone.set(true);
                call.leave();
            }
        });
        Self { shown, inner }
    }

    /// Takes part.
    pub fn join(self, way: Way) {
        let is_free = self.shown.joining.try_get_untracked() == Some(false);
        if let Some(call) = self.inner.try_get_value().filter(|_| is_free) {
            self.shown.joining.set(true);
            spawn_local(async move { call.join(way).await });
        }
    }

    /// Takes part no longer, and says so.
    pub fn leave(self) {
        if let Some(call) = self.inner.try_get_value() {
            call.leave();
        }
    }

    /// Takes part no longer, because the call is over for both.
    pub fn end(self) {
        if let Some(call) = self.inner.try_get_value() {
            call.stop();
        }
    }

    /// Hears what the other one's browser tells.
    pub fn hear(self, signals: Vec<Signal>) {
        let Some(call) = self.inner.try_get_value().filter(|call| call.takes_part()) else { return };
        call.inbox.borrow_mut().extend(signals);
        if !call.is_taking.replace(true) {
            spawn_local(async move { call.take_all().await });
        }
    }

    /// Turns microphone and camera on or off.
    pub fn switch(self, microphone: bool, camera: bool) {
        let Some(call) = self.inner.try_get_value() else { return };
        if let Some(own) = &*call.own.borrow() {
            media::tracks(&own.get_audio_tracks()).for_each(|track| track.set_enabled(microphone));
            media::tracks(&own.get_video_tracks()).for_each(|track| track.set_enabled(camera));
        }
        self.shown.microphone.set(microphone);
        self.shown.camera.set(camera);
        call.tell_switched();
    }

    /// Tells the other page that there is something new in the notes.
    pub fn tell_noted(self) {
        if let Some(call) = self.inner.try_get_value() {
            call.say(None, What::Noted);
        }
    }

    /// Puts what comes into its place on the page.
    pub fn draw(self) {
        if let Some(call) = self.inner.try_get_value() {
            call.draw();
        }
    }
}

struct Inner {
    booking: String,
    /// Whether this page gives way when both offer something at the same time.
    is_polite: bool,
    servers: RefCell<Vec<IceServer>>,
    shown: Shown,
    /// This page's word.
    word: RefCell<String>,
    /// The word of the other one's page, once it is known.
    other: RefCell<Option<String>>,
    /// What comes of camera and microphone.
    own: RefCell<Option<MediaStream>>,
    /// What comes from the other page.
    theirs: RefCell<Option<MediaStream>>,
    peer: RefCell<Option<Rc<Peer>>>,
    /// How many connections there were: what an earlier one still tells is of no use.
    connections: Cell<u32>,
    /// How often in a row it failed.
    failures: Cell<u32>,
    /// What is still to be sent.
    outbox: RefCell<VecDeque<Signal>>,
    is_sending: Cell<bool>,
    /// What came and is still to be taken.
    inbox: RefCell<VecDeque<Signal>>,
    is_taking: Cell<bool>,
    /// How often it began or stopped: browsers never answer what a connection was asked that was closed meanwhile, so
    /// whoever waits for that from before is left to itself.
    beginnings: Cell<u32>,
    /// Whether the page was left.
    is_gone: Cell<bool>,
}

impl Inner {
    fn takes_part(&self) -> bool {
        self.shown.way.try_get_untracked().flatten().is_some()
    }

    fn way(&self) -> Way {
        self.shown.way.try_get_untracked().flatten().unwrap_or(Way::Chat)
    }

    fn link(&self, link: Link) {
        _ = self.shown.link.try_set(link);
    }

    async fn join(self: Rc<Self>, wanted: Way) {
        let beginning = self.beginnings.get();
        let Opened { way, stream, why_less } = media::open(wanted).await;
        match api::room_servers(self.booking.clone()).await {
            Ok(servers) => *self.servers.borrow_mut() = servers,
            // In one network it goes without.
            Err(problem) => leptos::logging::log!("no servers are known: {problem}"),
        }
        _ = self.shown.joining.try_set(false);
        if self.is_gone.get() || self.beginnings.get() != beginning {
            // The page was left, or the call was over, while the browser asked.
            stream.iter().for_each(media::stop);
            return;
        }
        let before = self.own.replace(stream);
        before.iter().for_each(media::stop);
        _ = self.shown.why_less.try_set(why_less);
        _ = self.shown.microphone.try_set(way != Way::Chat);
        _ = self.shown.camera.try_set(way == Way::Video);
        _ = self.shown.way.try_set(Some(way));
        self.failures.set(0);
        self.begin();
    }

    /// Says that this page is there. All that was before it is forgotten.
    fn begin(self: &Rc<Self>) {
        self.close();
        self.forget_inbox();
        *self.word.borrow_mut() = media::word();
        *self.other.borrow_mut() = None;
        self.link(Link::Alone);
        self.say(None, What::Here { way: self.way() });
    }

    fn leave(self: &Rc<Self>) {
        if self.takes_part() {
            let other = self.other.borrow().clone();
            self.say(other, What::Left);
        }
        self.stop();
        self.link(Link::Alone);
    }

    /// Ends the connection, and turns camera and microphone off.
    fn stop(&self) {
        self.close();
        *self.other.borrow_mut() = None;
        self.forget_inbox();
        let own = self.own.take();
        own.iter().for_each(media::stop);
        _ = self.shown.way.try_set(None);
        _ = self.shown.their_way.try_set(None);
        self.draw();
    }

    /// Ends the connection.
    fn close(&self) {
        self.connections.set(self.connections.get().wrapping_add(1));
        let peer = self.peer.take();
        if let Some(peer) = peer {
            peer.close();
        }
        self.theirs.take();
        self.draw();
    }

    fn forget_inbox(&self) {
        self.beginnings.set(self.beginnings.get().wrapping_add(1));
        self.inbox.borrow_mut().clear();
        self.is_taking.set(false);
    }

    async fn take_all(self: Rc<Self>) {
        let beginning = self.beginnings.get();
        // Ends when nothing is left; what comes meanwhile is taken as well.
        loop {
            let next = self.inbox.borrow_mut().pop_front();
            let Some(signal) = next else { break };
            self.take(signal).await;
            if self.beginnings.get() != beginning {
                return;
            }
        }
        self.is_taking.set(false);
    }

    /// Does what a signal says, if it is for this page and from the one that it talks with.
    async fn take(self: &Rc<Self>, signal: Signal) {
        let Signal { from, to, what } = signal;
        let is_for_others = to.as_ref().is_some_and(|to| *to != *self.word.borrow());
        if is_for_others || !self.takes_part() {
            return;
        }
        if let What::Here { way } = what {
            self.meet(from, way, to.is_none());
            return;
        }
        if self.other.borrow().as_ref() != Some(&from) {
            return;
        }
        let peer = self.peer.borrow().clone();
        let done = match (what, peer) {
            (What::Offer { sdp }, Some(peer)) => peer.describe(RtcSdpType::Offer, &sdp).await,
            (What::Answer { sdp }, Some(peer)) => peer.describe(RtcSdpType::Answer, &sdp).await,
            (What::Candidate { candidate, mid, line }, Some(peer)) => {
                peer.candidate(&candidate, mid.as_deref(), line).await
            }
            (What::Switched { microphone, camera }, _) => {
                _ = self.shown.their_microphone.try_set(microphone);
                _ = self.shown.their_camera.try_set(camera);
                Ok(())
            }
            (What::Left, _) => {
                self.part();
                Ok(())
            }
            (What::Replaced, _) => {
                self.stop();
                self.link(Link::Replaced);
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(error) = done {
            // What does not fit any more, or another browser's word: the connection says itself when it fails.
            leptos::logging::log!("a signal was not taken: {error:?}");
        }
    }

    /// A page of the other one's is there.
    fn meet(self: &Rc<Self>, from: String, way: Way, wants_answer: bool) {
        let is_known = self.other.borrow().as_ref() == Some(&from);
        let before = self.other.replace(Some(from.clone()));
        if let Some(before) = before.filter(|_| !is_known) {
            self.say(Some(before), What::Replaced);
        }
        // Before anything else: the other page takes nothing from one that it doesn't know.
        if wants_answer {
            self.say(Some(from), What::Here { way: self.way() });
        }
        if is_known {
            return;
        }
        _ = self.shown.their_way.try_set(Some(way));
        _ = self.shown.their_microphone.try_set(true);
        _ = self.shown.their_camera.try_set(true);
        self.connect(way);
        self.tell_switched();
    }

    /// The other one left.
    fn part(&self) {
        self.close();
        *self.other.borrow_mut() = None;
        _ = self.shown.their_way.try_set(None);
        self.link(Link::Left);
    }

    /// Opens a connection, if both are to be heard.
    fn connect(self: &Rc<Self>, their_way: Way) {
        self.close();
        let own = self.own.borrow().clone().filter(|_| their_way != Way::Chat);
        let Some(own) = own else { return self.link(Link::Alone) };
        let (call, number) = (Rc::downgrade(self), self.connections.get());
        let peer = Peer::open(&self.servers.borrow(), self.is_polite, &own, move |told| {
            if let Some(call) = call.upgrade().filter(|call| call.connections.get() == number) {
                call.told(told);
            }
        });
        self.link(if peer.is_some() { Link::Connecting } else { Link::Lost });
        *self.peer.borrow_mut() = peer;
        self.send_after(if self.is_polite { OFFERING } else { Duration::ZERO });
        self.begin_anew_after(CONNECTING);
    }

    /// Sends what is to be sent after a while, unless it is sent by then or the connection is another one.
    fn send_after(self: &Rc<Self>, pause: Duration) {
        let (call, number) = (Rc::downgrade(self), self.connections.get());
        set_timeout(
            move || {
                let Some(call) = call.upgrade().filter(|call| call.connections.get() == number) else { return };
                let peer = call.peer.borrow().clone();
                if let Some(peer) = peer {
                    peer.send();
                }
            },
            pause,
        );
    }

    fn told(self: &Rc<Self>, told: Told) {
        match told {
            Told::What(what) => {
                let other = self.other.borrow().clone();
                self.say(other, what);
            }
            Told::Stream(stream) => {
                *self.theirs.borrow_mut() = Some(stream);
                self.draw();
            }
            Told::State(RtcPeerConnectionState::Connected) => {
                self.failures.set(0);
                self.link(Link::Connected);
            }
            Told::State(RtcPeerConnectionState::Disconnected) => self.link(Link::Unsteady),
            Told::State(RtcPeerConnectionState::Failed) => {
                self.link(Link::Lost);
                self.mend();
            }
            Told::State(_) => {}
        }
    }

    /// Looks for another way to the other page; if there is none, all of it begins anew.
    fn mend(self: &Rc<Self>) {
        if let Some(peer) = &*self.peer.borrow() {
            peer.restart();
        }
        self.begin_anew_after(MENDING);
    }

    /// Begins anew after a while, unless there is a connection by then. Not for ever: whoever is behind such a wall has
    /// the chat.
    fn begin_anew_after(self: &Rc<Self>, pause: Duration) {
        let (call, number) = (Rc::downgrade(self), self.connections.get());
        set_timeout(
            move || {
                let Some(call) = call.upgrade().filter(|call| call.connections.get() == number) else { return };
                let is_apart = matches!(call.shown.link.try_get_untracked(), Some(Link::Connecting | Link::Lost));
                let failures = call.failures.get() + 1;
                if !is_apart || !call.takes_part() {
                    return;
                }
                if failures > MOST_FAILURES {
                    return call.link(Link::GivenUp);
                }
                call.failures.set(failures);
                call.begin();
            },
            pause,
        );
    }

    /// Tells the other page what of this one is on.
    fn tell_switched(self: &Rc<Self>) {
        let on = |signal: RwSignal<bool>| signal.try_get_untracked().unwrap_or(true);
        let (microphone, camera) = (on(self.shown.microphone), on(self.shown.camera));
        let other = self.other.borrow().clone();
        if let Some(other) = other {
            self.say(Some(other), What::Switched { microphone, camera });
        }
    }

    /// Sends something to the other page, after all that was to be sent before.
    fn say(self: &Rc<Self>, to: Option<String>, what: What) {
        let from = self.word.borrow().clone();
        self.outbox.borrow_mut().push_back(Signal { from, to, what });
        if !self.is_sending.replace(true) {
            let call = Rc::clone(self);
            spawn_local(async move { call.send_all().await });
        }
    }

    async fn send_all(self: Rc<Self>) {
        let mut tries = 0;
        loop {
            let next = packet(self.outbox.borrow().iter());
            let Some((text, count)) = next else { break };
            match api::signal_in_room(self.booking.clone(), text).await {
                Err(Failure(problem)) if tries < MOST_TRIES && may_pass(problem.kind) && !self.is_gone.get() => {
                    tries += 1;
                    let seconds = problem.retry_after.unwrap_or(tries).clamp(1, LONGEST_PAUSE);
                    TimeoutFuture::new(seconds * 1_000).await;
                }
                // Sent, or never to be: the room is closed.
                _ => {
                    tries = 0;
                    drop(self.outbox.borrow_mut().drain(..count));
                }
            }
        }
        self.is_sending.set(false);
    }

    fn draw(&self) {
        let Shown { own_place, their_place, silent, .. } = self.shown;
        let place = |place: NodeRef<leptos::html::Video>| place.try_get_untracked().flatten();
        if let Some(video) = place(own_place) {
            // One doesn't hear oneself.
            video.set_muted(true);
            put(&video, self.own.borrow().as_ref(), None);
        }
        if let Some(video) = place(their_place) {
            put(&video, self.theirs.borrow().as_ref(), Some(silent));
        }
    }
}

/// Whether something may succeed when it is tried again.
const fn may_pass(kind: ProblemKind) -> bool {
    matches!(kind, ProblemKind::Unavailable | ProblemKind::TooMany | ProblemKind::Internal)
}

/// Plays a stream in its place. `silent` is told whether the browser wants something to be pressed first.
fn put(video: &HtmlVideoElement, stream: Option<&MediaStream>, silent: Option<RwSignal<bool>>) {
    // Nothing is heard of a place that has left the page.
    let stream = stream.filter(|_| video.is_connected());
    let is_same = video.src_object().as_ref() == stream;
    if !is_same {
        video.set_src_object(stream);
    }
    if stream.is_none() || (is_same && !video.paused()) {
        return;
    }
    let Ok(playing) = video.play() else { return };
    spawn_local(async move {
        let refused = match JsFuture::from(playing).await {
            Ok(_) => false,
            Err(error) => media::name_of(&error) == "NotAllowedError",
        };
        if let Some(silent) = silent {
            _ = silent.try_set(refused);
        }
    });
}
