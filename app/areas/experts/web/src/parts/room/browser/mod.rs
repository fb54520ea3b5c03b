//! The call itself: camera and microphone, and the connection to the other one's browser. On the server there is none.
//!
//! A page that joins says that it is there. Whoever hears that, answers, and both open a connection; their browsers
//! then tell each other by signals how they would send and receive, and where they can be reached. The expert's page
//! offers first, and the client's waits for that a while. When both offer at the same time, the client gives way
//! ("perfect negotiation", <https://w3c.github.io/webrtc-pc/#perfect-negotiation-example>). A page that is loaded anew
//! has another word, so that all of it begins anew.

#[cfg(target_arch = "wasm32")]
mod call;
#[cfg(target_arch = "wasm32")]
mod media;
#[cfg(target_arch = "wasm32")]
mod peer;
#[cfg(not(target_arch = "wasm32"))]
mod rendered;

use experts_core::talk::Way;
use leptos::{html::Video, prelude::*};

#[cfg(not(target_arch = "wasm32"))]
pub use self::rendered::{Call, is_shut_out};
#[cfg(target_arch = "wasm32")]
pub use self::{call::Call, media::is_shut_out};

/// How far the connection to the other one's browser is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "nothing is connected on the server"))]
pub enum Link {
    /// No page of the other one's is there.
    Alone,
    /// One is, and they are looking for a way.
    Connecting,
    /// They have one.
    Connected,
    /// Nothing comes at the moment.
    Unsteady,
    /// It broke, and is tried again.
    Lost,
    /// It was tried often enough.
    GivenUp,
    /// Another page of this account's goes on.
    Replaced,
    /// The other one left.
    Left,
}

/// What a page shows of the call.
#[derive(Clone, Copy)]
pub struct Shown {
    /// How this page takes part; nothing, while it doesn't.
    pub way: RwSignal<Option<Way>>,
    /// Whether it is about to: the browser asks for camera and microphone.
    pub joining: RwSignal<bool>,
    /// Why it takes part with less than was wanted.
    pub why_less: RwSignal<Option<String>>,
    /// Whether its microphone is on.
    pub microphone: RwSignal<bool>,
    /// Whether its camera is.
    pub camera: RwSignal<bool>,
    /// How far the connection is.
    pub link: RwSignal<Link>,
    /// How the other page takes part.
    pub their_way: RwSignal<Option<Way>>,
    /// Whether its microphone is on.
    pub their_microphone: RwSignal<bool>,
    /// Whether its camera is.
    pub their_camera: RwSignal<bool>,
    /// Whether the browser plays nothing before somebody presses something.
    pub silent: RwSignal<bool>,
    /// Where one sees oneself.
    pub own_place: NodeRef<Video>,
    /// Where one sees the other one.
    pub their_place: NodeRef<Video>,
}

impl Shown {
    fn new() -> Self {
        Self {
            way: RwSignal::new(None),
            joining: RwSignal::new(false),
            why_less: RwSignal::new(None),
            microphone: RwSignal::new(true),
            camera: RwSignal::new(true),
            link: RwSignal::new(Link::Alone),
            their_way: RwSignal::new(None),
            their_microphone: RwSignal::new(true),
            their_camera: RwSignal::new(true),
            silent: RwSignal::new(false),
            own_place: NodeRef::new(),
            their_place: NodeRef::new(),
        }
    }
}
