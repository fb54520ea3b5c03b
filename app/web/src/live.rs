//! The live socket: one per tab, for all topics. It comes back by itself after a lost connection and asks for what it
//! missed, by the position of the last event it saw, so nothing is lost and nothing comes twice.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What a page says to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listen {
    /// The topics it wants from now on, in place of those before.
    pub topics: Vec<String>,
    /// The last position it has seen.
    pub after: i64,
}

/// What the server says to a page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Something happened on a topic.
    Notice {
        /// The topic.
        topic: String,
        /// The event's place in the log.
        position: i64,
        /// What happened, as the area that owns the topic writes it.
        notice: Box<RawValue>,
    },
    /// All up to this position has been told.
    Caught {
        /// The position.
        position: i64,
    },
    /// Too much was missed to be told one by one: load afresh.
    Reset {
        /// Where to go on from.
        position: i64,
    },
    /// A topic that this account may not listen to, or that doesn't exist.
    Refused {
        /// The topic.
        topic: String,
    },
}

/// What a listener hears.
#[derive(Debug, Clone)]
pub enum Heard {
    /// Something happened.
    Notice {
        /// The event's place in the log.
        position: i64,
        /// What happened, as the area that owns the topic writes it.
        notice: Box<RawValue>,
    },
    /// So much was missed that the list should be loaded afresh.
    Reset,
}

/// Whether the live socket is up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Connection {
    /// Not needed so far, or on its way.
    #[default]
    Waiting,
    /// Up.
    Up,
    /// Lost; it is being tried again.
    Lost,
    /// Up, but not for all that the page shows: its account is no longer signed in here.
    Refused,
}

#[cfg(target_arch = "wasm32")]
pub use browser::{listen, provide_live, use_connection};
#[cfg(not(target_arch = "wasm32"))]
pub use rendered::{listen, provide_live, use_connection};

/// On the server nothing is live.
#[cfg(not(target_arch = "wasm32"))]
mod rendered {
    use leptos::prelude::*;

    use super::{Connection, Heard};

    /// Makes the live socket available to everything below.
    pub fn provide_live() {}

    /// Hears what happens on a topic until the caller's owner is gone.
    pub fn listen(_topic: String, _hear: impl Fn(Heard) + 'static) {}

    /// Whether the live socket is up.
    pub fn use_connection() -> Signal<Connection> {
        Signal::stored(Connection::Waiting)
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::{cell::RefCell, collections::HashMap, rc::Rc};

    use futures::{
        FutureExt, SinkExt, StreamExt,
        channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
        pin_mut, select,
    };
    use gloo_net::websocket::{Message, futures::WebSocket};
    use leptos::{prelude::*, task::spawn_local};

    use super::{Connection, Heard, Listen, Told};
    use crate::use_boot;

    /// The longest pause between two tries, in milliseconds.
    const LONGEST_PAUSE: u32 = 15_000;

    type Hear = Rc<dyn Fn(Heard)>;

    /// The tab's one socket.
    #[derive(Clone)]
    struct Live {
        listeners: Rc<RefCell<HashMap<u32, (String, Hear)>>>,
        next_listener: Rc<RefCell<u32>>,
        position: Rc<RefCell<i64>>,
        changed: UnboundedSender<()>,
        connection: RwSignal<Connection>,
    }

    /// Makes the live socket available to everything below. It connects once somebody listens.
    pub fn provide_live() {
        let (changed, changes) = unbounded();
        let live = Live {
            listeners: Rc::default(),
            next_listener: Rc::default(),
            position: Rc::new(RefCell::new(use_boot().position)),
            changed,
            connection: RwSignal::new(Connection::Waiting),
        };
        provide_context(StoredValue::new_local(live.clone()));
        spawn_local(live.run(changes));
    }

    /// Hears what happens on a topic until the caller's owner is gone.
    pub fn listen(topic: String, hear: impl Fn(Heard) + 'static) {
        let Some(live) = use_context::<StoredValue<Live, LocalStorage>>() else { return };
        let live = live.get_value();
        let id = {
            let mut next = live.next_listener.borrow_mut();
            *next += 1;
            *next
        };
        live.listeners.borrow_mut().insert(id, (topic, Rc::new(hear)));
        live.announce();
        let live = StoredValue::new_local(live);
        on_cleanup(move || {
            if let Some(live) = live.try_get_value() {
                live.listeners.borrow_mut().remove(&id);
                live.announce();
            }
        });
    }

    /// Whether the live socket is up.
    pub fn use_connection() -> Signal<Connection> {
        match use_context::<StoredValue<Live, LocalStorage>>() {
            Some(live) => live.get_value().connection.into(),
            None => Signal::stored(Connection::Waiting),
        }
    }

    impl Live {
        fn announce(&self) {
            // The other end lives as long as the tab.
            _ = self.changed.unbounded_send(());
        }

        async fn run(self, mut changes: UnboundedReceiver<()>) {
            let mut pause = 500;
            loop {
                while self.listeners.borrow().is_empty() {
                    if changes.next().await.is_none() {
                        return;
                    }
                }
                if self.converse(&mut changes).await {
                    pause = 500;
                }
                self.connection.set(Connection::Lost);
                // Up to twice the pause, at random, so that a thousand tabs don't come back in the same instant.
                let jitter = web_sys::js_sys::Math::random() * f64::from(pause);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 15 000")]
                let jitter = jitter as u32;
                gloo_timers::future::TimeoutFuture::new(pause + jitter).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }

        /// One connection, from its beginning to its loss. Whether it ever was up.
        async fn converse(&self, changes: &mut UnboundedReceiver<()>) -> bool {
            let Some(address) = socket_address() else { return false };
            let Ok(socket) = WebSocket::open(&address) else { return false };
            let (mut out, incoming) = socket.split();
            let incoming = incoming.fuse();
            pin_mut!(incoming);
            if out.send(self.wish()).await.is_err() {
                return false;
            }
            let mut was_up = false;
            loop {
                select! {
                    message = incoming.next() => match message {
                        Some(Ok(Message::Text(text))) => {
                            was_up = true;
                            if self.connection.get_untracked() != Connection::Refused {
                                self.connection.set(Connection::Up);
                            }
                            if let Ok(told) = serde_json::from_str(&text) {
                                self.take(told);
                            }
                        }
                        Some(Ok(Message::Bytes(_))) => {}
                        Some(Err(_)) | None => return was_up,
                    },
                    change = changes.next().fuse() => {
                        if change.is_none() || out.send(self.wish()).await.is_err() {
                            return was_up;
                        }
                    }
                }
            }
        }

        fn wish(&self) -> Message {
            let mut topics: Vec<String> = self.listeners.borrow().values().map(|(topic, _)| topic.clone()).collect();
            topics.sort_unstable();
            topics.dedup();
            let listen = Listen { topics, after: *self.position.borrow() };
            Message::Text(serde_json::to_string(&listen).unwrap_or_default())
        }

        fn take(&self, told: Told) {
            match told {
                Told::Notice { topic, position, notice } => {
                    self.advance(position);
                    self.tell(Some(&topic), &Heard::Notice { position, notice });
                }
                Told::Caught { position } => self.advance(position),
                Told::Reset { position } => {
                    self.advance(position);
                    self.tell(None, &Heard::Reset);
                }
                Told::Refused { .. } => self.connection.set(Connection::Refused),
            }
        }

        fn advance(&self, position: i64) {
            let mut last = self.position.borrow_mut();
            *last = position.max(*last);
        }

        fn tell(&self, topic: Option<&str>, heard: &Heard) {
            // Copied out first: a listener may add or remove listeners.
            let listeners: Vec<Hear> = self
                .listeners
                .borrow()
                .values()
                .filter(|(its, _)| topic.is_none_or(|topic| topic == its))
                .map(|(_, hear)| Rc::clone(hear))
                .collect();
            for hear in listeners {
                hear(heard.clone());
            }
        }
    }

    fn socket_address() -> Option<String> {
        let location = window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        Some(format!("{scheme}://{}/live", location.host().ok()?))
    }
}
