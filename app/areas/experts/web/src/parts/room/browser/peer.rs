//! A connection to the other one's browser.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use experts_core::talk::What;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    MediaStream, RtcConfiguration, RtcIceCandidateInit, RtcIceServer, RtcPeerConnection, RtcPeerConnectionIceEvent,
    RtcPeerConnectionState, RtcSdpType, RtcSessionDescriptionInit, RtcSignalingState, RtcTrackEvent,
    js_sys::{Array, Object, futures::JsFuture},
};

use super::media;
use crate::dto::IceServer;

/// What a connection tells.
pub enum Told {
    /// Something for the other page.
    What(What),
    /// What comes from there.
    Stream(MediaStream),
    /// How far it is.
    State(RtcPeerConnectionState),
}

/// A connection.
pub struct Peer {
    connection: RtcPeerConnection,
    /// Whether it gives way when both offer something at the same time.
    is_polite: bool,
    /// What is to be sent, as long as it isn't.
    own: RefCell<Option<MediaStream>>,
    makes_offer: Cell<bool>,
    ignores_offer: Cell<bool>,
    takes_answer: Cell<bool>,
    tell: Box<dyn Fn(Told)>,
    listeners: RefCell<Option<Listeners>>,
}

/// What the connection calls as long as it is there.
type Listeners = (
    Closure<dyn FnMut()>,
    Closure<dyn FnMut(RtcPeerConnectionIceEvent)>,
    Closure<dyn FnMut(RtcTrackEvent)>,
    Closure<dyn FnMut()>,
);

impl Peer {
    /// Opens a connection over which a stream is to be sent: once [`Peer::send`] is called, or the other page has offered
    /// something. `None` when the browser can't.
    pub fn open(
        servers: &[IceServer],
        is_polite: bool,
        stream: &MediaStream,
        tell: impl Fn(Told) + 'static,
    ) -> Option<Rc<Self>> {
        let peer = Rc::new(Self {
            connection: RtcPeerConnection::new_with_configuration(&configuration(servers)).ok()?,
            is_polite,
            // Another handle of it. What browsers call a clone would have tracks of its own.
            own: RefCell::new(Some(Clone::clone(stream))),
            makes_offer: Cell::new(false),
            ignores_offer: Cell::new(false),
            takes_answer: Cell::new(false),
            tell: Box::new(tell),
            listeners: RefCell::new(None),
        });
        peer.listen();
        Some(peer)
    }

    /// Sends what is to be sent. From here on it offers that to the other page, or answers with it.
    pub fn send(&self) {
        let Some(stream) = self.own.take() else { return };
        for track in media::tracks(&stream.get_tracks()) {
            _ = self.connection.add_track_0(&track, &stream);
        }
    }

    fn listen(self: &Rc<Self>) {
        let peer = Rc::downgrade(self);
        let negotiate = Closure::<dyn FnMut()>::new(move || {
            if let Some(peer) = peer.upgrade() {
                spawn_local(async move { peer.offer().await });
            }
        });
        let peer = Rc::downgrade(self);
        let candidate =
            Closure::<dyn FnMut(RtcPeerConnectionIceEvent)>::new(move |event: RtcPeerConnectionIceEvent| {
                // Without one, there are no more; the other browser need not know.
                let found = event.candidate().filter(|it| !it.candidate().is_empty());
                if let (Some(peer), Some(it)) = (peer.upgrade(), found) {
                    let (candidate, mid, line) = (it.candidate(), it.sdp_mid(), it.sdp_m_line_index());
                    (peer.tell)(Told::What(What::Candidate { candidate, mid, line }));
                }
            });
        let peer = Rc::downgrade(self);
        let track = Closure::<dyn FnMut(RtcTrackEvent)>::new(move |event: RtcTrackEvent| {
            let stream = event.streams().get(0).dyn_into::<MediaStream>();
            if let (Some(peer), Ok(stream)) = (peer.upgrade(), stream) {
                (peer.tell)(Told::Stream(stream));
            }
        });
        let peer = Rc::downgrade(self);
        let state = Closure::<dyn FnMut()>::new(move || {
            if let Some(peer) = peer.upgrade() {
                (peer.tell)(Told::State(peer.connection.connection_state()));
            }
        });
        let connection = &self.connection;
        connection.set_onnegotiationneeded(Some(negotiate.as_ref().unchecked_ref()));
        connection.set_onicecandidate(Some(candidate.as_ref().unchecked_ref()));
        connection.set_ontrack(Some(track.as_ref().unchecked_ref()));
        connection.set_onconnectionstatechange(Some(state.as_ref().unchecked_ref()));
        *self.listeners.borrow_mut() = Some((negotiate, candidate, track, state));
    }

    /// Says how it would send and receive.
    async fn offer(&self) {
        self.makes_offer.set(true);
        // It fails when an offer of the other one's has come in between: then that one is answered.
        if self.describe_itself().await.is_ok() {
            self.tell_description();
        }
        self.makes_offer.set(false);
    }

    /// Takes what the other page says of how it would send and receive, or that it does. An offer is answered.
    ///
    /// # Errors
    /// When the browser refuses it.
    pub async fn describe(&self, kind: RtcSdpType, sdp: &str) -> Result<(), JsValue> {
        let is_offer = kind == RtcSdpType::Offer;
        let is_stable = self.connection.signaling_state() == RtcSignalingState::Stable || self.takes_answer.get();
        let collides = is_offer && (self.makes_offer.get() || !is_stable);
        self.ignores_offer.set(collides && !self.is_polite);
        if self.ignores_offer.get() {
            return Ok(());
        }
        let description = RtcSessionDescriptionInit::new(kind);
        description.set_sdp(sdp);
        self.takes_answer.set(!is_offer);
        // Whoever gives way takes their own offer back with this.
        let taken = JsFuture::from(self.connection.set_remote_description(&description)).await;
        self.takes_answer.set(false);
        taken?;
        if is_offer {
            // Into the places that the offer has for it.
            self.send();
            self.describe_itself().await?;
            self.tell_description();
        }
        Ok(())
    }

    /// Takes where the other page can be reached.
    ///
    /// # Errors
    /// When the browser refuses it, unless it belongs to an offer that was ignored.
    pub async fn candidate(&self, candidate: &str, mid: Option<&str>, line: Option<u16>) -> Result<(), JsValue> {
        let init = RtcIceCandidateInit::new(candidate);
        init.set_sdp_mid(mid);
        init.set_sdp_m_line_index(line);
        let added = self.connection.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
        match JsFuture::from(added).await {
            Err(error) if !self.ignores_offer.get() => Err(error),
            _ => Ok(()),
        }
    }

    /// Looks for another way to the same page.
    pub fn restart(&self) {
        // Browsers without it look by themselves, or the call begins anew.
        _ = media::call(&self.connection, "restartIce", &JsValue::UNDEFINED);
    }

    /// Ends the connection. Nothing more is told.
    pub fn close(&self) {
        drop(self.own.take());
        self.connection.set_onnegotiationneeded(None);
        self.connection.set_onicecandidate(None);
        self.connection.set_ontrack(None);
        self.connection.set_onconnectionstatechange(None);
        self.connection.close();
        drop(self.listeners.take());
    }

    /// An offer or an answer, whichever it is time for.
    async fn describe_itself(&self) -> Result<(), JsValue> {
        // Browsers find out themselves when they are told nothing; the type demands something.
        let nothing: RtcSessionDescriptionInit = Object::new().unchecked_into();
        JsFuture::from(self.connection.set_local_description(&nothing)).await.map(drop)
    }

    fn tell_description(&self) {
        let Some(description) = self.connection.local_description() else { return };
        let sdp = description.sdp();
        match description.type_() {
            RtcSdpType::Offer => (self.tell)(Told::What(What::Offer { sdp })),
            RtcSdpType::Answer => (self.tell)(Told::What(What::Answer { sdp })),
            _ => {}
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.close();
    }
}

fn configuration(servers: &[IceServer]) -> RtcConfiguration {
    let list = Array::new();
    for server in servers {
        let entry = RtcIceServer::new();
        entry.set_urls(&JsValue::from_str(&server.url));
        if let Some((name, secret)) = &server.credentials {
            entry.set_username(name);
            entry.set_credential(secret);
        }
        list.push(&entry);
    }
    let configuration = RtcConfiguration::new();
    configuration.set_ice_servers(&list);
    configuration
}
