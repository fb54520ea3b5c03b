//! Live sockets. One hub per process follows the event log and tells each open socket what happens on the topics it
//! listens to. A socket that comes back says the last position it saw, and gets what it missed from the log.
//!
//! What there is to listen to, and what is heard of a fact, is in `topic`; who may listen, and who of those who do is
//! meant, here.

mod topic;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension,
    extract::{
        State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code},
    },
    response::{IntoResponse, Response},
};
use identity_core::event::SessionRevoked;
use kernel::{AccountId, Actor, BookingId, Problem, ProblemKind, SessionId};
use platform::{
    Database,
    event::{self, Position, Recorded},
};
use social_core::{Topic as Posts, live as social};
use sqlx::postgres::PgListener;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;
use web::{
    live::{Listen, Told},
    server::Visit,
};

use self::topic::{Happened, Topic};
use crate::{app::App, known::Known, problem::HttpProblem};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// What a socket that lags may have waiting before it is closed; it then comes back and catches up from the log.
const MOST_WAITING: usize = 256;
/// How many missed events are told one by one; beyond that a page loads afresh.
const MOST_MISSED: i64 = 1_000;
/// What the names of events about accounts and sessions begin with.
const IDENTITY: &str = "identity.";
/// How many sockets may be open to one address at once: a whole school behind it finds room, one program does not take all.
const MOST_OF_A_NETWORK: u32 = 500;
/// How many topics one socket may listen to.
const MOST_TOPICS: usize = 50;
/// How often a silent socket is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// How long it may stay silent.
const SILENT_FOR_AT_MOST: Duration = Duration::from_secs(75);

/// All sockets of this process.
#[derive(Clone)]
pub struct Hub {
    sockets: Arc<Mutex<Sockets>>,
    position: Arc<AtomicI64>,
    known: Known,
    most_sockets: u32,
}

#[derive(Default)]
struct Sockets {
    next: u64,
    open: HashMap<u64, Socket>,
    by_network: HashMap<String, u32>,
    by_topic: HashMap<Topic, HashSet<u64>>,
}

/// Who of those that listen is told.
enum Meant {
    /// Nobody.
    Nobody,
    /// Everybody.
    All,
    /// These accounts.
    Only(HashSet<AccountId>),
}

struct Socket {
    actor: Option<Actor>,
    session: Option<SessionId>,
    /// Where it comes from, unless that is this machine.
    network: Option<String>,
    topics: Vec<Topic>,
    out: mpsc::Sender<Out>,
}

/// What the hub hands to a socket's own task.
enum Out {
    Text(Utf8Bytes),
    Close(CloseFrame),
}

impl Hub {
    /// A hub without sockets. `position` is kept at the last position told, and `known` hears of what concerns it.
    pub fn new(position: Arc<AtomicI64>, known: Known, most_sockets: u32) -> Self {
        Self { sockets: Arc::default(), position, known, most_sockets }
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> u32 {
        u32::try_from(self.locked().open.len()).unwrap_or(u32::MAX)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Sockets> {
        // A panic elsewhere leaves the maps consistent enough: each change is a single insert or remove.
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> Position {
        Position(self.position.load(Ordering::Acquire))
    }

    /// Says goodbye to every socket; they come back to another instance, or to this one when it is up again.
    pub fn close_all(&self) {
        let frame = CloseFrame { code: close_code::AWAY, reason: Utf8Bytes::from_static("the server is restarting") };
        for socket in self.locked().open.values() {
            _ = socket.out.try_send(Out::Close(frame.clone()));
        }
    }

    fn open(
        &self,
        actor: Option<Actor>,
        session: Option<SessionId>,
        network: Option<String>,
    ) -> Option<(u64, mpsc::Receiver<Out>)> {
        let mut sockets = self.locked();
        if sockets.open.len() >= usize::try_from(self.most_sockets).unwrap_or(usize::MAX) {
            return None;
        }
        if let Some(network) = &network {
            let open = sockets.by_network.entry(network.clone()).or_insert(0);
            if *open >= MOST_OF_A_NETWORK {
                return None;
            }
            *open += 1;
        }
        let (out, waiting) = mpsc::channel(MOST_WAITING);
        sockets.next += 1;
        let id = sockets.next;
        sockets.open.insert(id, Socket { actor, session, network, topics: Vec::new(), out });
        Some((id, waiting))
    }

    fn close(&self, id: u64) {
        let mut sockets = self.locked();
        if let Some(socket) = sockets.open.remove(&id) {
            sockets.forget_topics(id, &socket.topics);
            sockets.give_back(socket.network);
        }
    }

    /// Listens to these topics in place of those before. The position up to which the caller must catch up by itself:
    /// everything after it will be told.
    fn listen(&self, id: u64, topics: Vec<Topic>) -> Position {
        let mut sockets = self.locked();
        let before = sockets.open.get_mut(&id).map(|socket| std::mem::replace(&mut socket.topics, topics.clone()));
        sockets.forget_topics(id, &before.unwrap_or_default());
        for topic in topics {
            sockets.by_topic.entry(topic).or_default().insert(id);
        }
        // Read under the lock, which telling takes too: no notice falls between the two.
        self.last()
    }

    /// Follows the event log until told to stop.
    pub async fn run(self, database: Database, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                result = self.follow(&database) => {
                    if let Err(error) = result {
                        tracing::warn!(%error, "lost the event log; trying again");
                    }
                    sleep(Duration::from_secs(1)).await;
                }
                () = stop.cancelled() => {}
            }
        }
    }

    async fn follow(&self, database: &Database) -> Result<(), Failed> {
        let pool = database.pool();
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all([event::APPENDED, event::SEQUENCED]).await?;
        // Notices may be lost with a connection; the log is looked at every so often all the same.
        let mut tick = interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                notice = listener.try_recv() => { notice?; }
                _ = tick.tick() => {}
            }
            // Many notices may have come at once; one look serves them all.
            while listener.next_buffered().is_some() {}
            while event::sequence(pool).await? > 0 {}
            self.catch_up(database).await?;
        }
    }

    async fn catch_up(&self, database: &Database) -> Result<(), Failed> {
        loop {
            let events = event::read_after(database.pool(), self.last(), 500).await?;
            let Some(last) = events.last().map(|event| event.position) else { return Ok(()) };
            for recorded in &events {
                self.tell(database, recorded).await?;
            }
            self.position.store(last.0, Ordering::Release);
        }
    }

    /// Tells everybody concerned of one event.
    async fn tell(&self, database: &Database, recorded: &Recorded) -> Result<(), Failed> {
        if recorded.kind.as_str().starts_with(IDENTITY) {
            self.known.forget();
        }
        if let Some(revoked) = recorded.read::<SessionRevoked>() {
            self.sign_out(revoked.session);
        }
        let Some(happened) = Happened::of(recorded) else {
            self.position.fetch_max(recorded.position.0, Ordering::AcqRel);
            return Ok(());
        };
        let mut audience: Vec<(Topic, Option<HashSet<AccountId>>)> = Vec::new();
        let hiding = self.hiding(database, &happened).await?;
        for topic in happened.topics() {
            match self.meant(database, topic, &happened).await? {
                Meant::Nobody => {}
                Meant::All => audience.push((topic, None)),
                Meant::Only(among) => audience.push((topic, Some(among))),
            }
        }
        let mut sockets = self.locked();
        // First, so that whoever hears of it and asks at once is not answered with a page from before.
        self.position.fetch_max(recorded.position.0, Ordering::AcqRel);
        for (topic, only) in audience {
            sockets.send(topic, only.as_ref(), &hiding, &text(&happened.told(topic, recorded.position)));
        }
        Ok(())
    }

    /// Who of those that listen to a topic is meant.
    async fn meant(&self, database: &Database, topic: Topic, happened: &Happened) -> Result<Meant, Failed> {
        match (topic, happened) {
            (Topic::Social(Posts::HomeFeed), Happened::Social(notice)) => {
                let connected = self.accounts_listening(topic);
                if connected.is_empty() {
                    return Ok(Meant::Nobody);
                }
                let among = social::home_audience(database.pool(), notice.author, &connected).await?;
                Ok(Meant::Only(among.into_iter().collect()))
            }
            // Whoever listens to one of these was asked before whether they may, or everybody may.
            _ => Ok(Meant::All),
        }
    }

    /// Who of those connected chose not to see the agent that something is about.
    async fn hiding(&self, database: &Database, happened: &Happened) -> Result<HashSet<AccountId>, Failed> {
        let notice = match happened {
            Happened::Social(notice) if notice.by_agent => notice,
            _ => return Ok(HashSet::new()),
        };
        let listening: HashSet<AccountId> =
            happened.topics().into_iter().flat_map(|topic| self.accounts_listening(topic)).collect();
        let listening: Vec<AccountId> = listening.into_iter().collect();
        let hiding = social_core::service::hiding_among(database.pool(), notice.author, &listening).await?;
        Ok(hiding.into_iter().collect())
    }

    fn accounts_listening(&self, topic: Topic) -> Vec<AccountId> {
        let sockets = self.locked();
        let listening = sockets.by_topic.get(&topic).into_iter().flatten();
        let accounts: HashSet<AccountId> =
            listening.filter_map(|id| sockets.open.get(id)?.actor.map(|actor| actor.account)).collect();
        accounts.into_iter().collect()
    }

    fn sign_out(&self, session: SessionId) {
        let frame = CloseFrame { code: close_code::POLICY, reason: Utf8Bytes::from_static("signed out") };
        for socket in self.locked().open.values().filter(|socket| socket.session == Some(session)) {
            _ = socket.out.try_send(Out::Close(frame.clone()));
        }
    }
}

impl Sockets {
    fn forget_topics(&mut self, id: u64, topics: &[Topic]) {
        for topic in topics {
            if let Some(listening) = self.by_topic.get_mut(topic) {
                listening.remove(&id);
                if listening.is_empty() {
                    self.by_topic.remove(topic);
                }
            }
        }
    }

    /// Counts a socket of a network that is gone.
    fn give_back(&mut self, network: Option<String>) {
        let Some(network) = network else { return };
        if let Some(open) = self.by_network.get_mut(&network) {
            *open -= 1;
            if *open == 0 {
                self.by_network.remove(&network);
            }
        }
    }

    fn send(&mut self, topic: Topic, only: Option<&HashSet<AccountId>>, hiding: &HashSet<AccountId>, text: &Utf8Bytes) {
        let Some(listening) = self.by_topic.get(&topic) else { return };
        let mut too_slow = Vec::new();
        for id in listening {
            let Some(socket) = self.open.get(id) else { continue };
            let account = socket.actor.map(|actor| actor.account);
            let meant = only.is_none_or(|only| account.is_some_and(|account| only.contains(&account)))
                && account.is_none_or(|account| !hiding.contains(&account));
            if meant && socket.out.try_send(Out::Text(text.clone())).is_err() {
                too_slow.push(*id);
            }
        }
        for id in too_slow {
            // Dropping the sender ends the socket's task, which closes the connection.
            if let Some(socket) = self.open.remove(&id) {
                self.give_back(socket.network);
                self.forget_topics(id, &socket.topics);
            }
        }
    }
}

/// What happened with posts.
fn notices(happened: &[(Position, Happened)]) -> impl Iterator<Item = &social_core::Notice> {
    happened.iter().filter_map(|(_, it)| match it {
        Happened::Social(notice) => Some(notice),
        Happened::Room(..) => None,
    })
}

fn text(told: &Told) -> Utf8Bytes {
    serde_json::to_string(told).unwrap_or_default().into()
}

/// Opens a live socket.
pub async fn connect(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let actor = visit.signed_in.as_ref().map(|it| it.actor);
    let session = visit.signed_in.as_ref().map(|it| it.session);
    let network = (!visit.is_local()).then(|| visit.device.network());
    let Some((id, waiting)) = app.hub.open(actor, session, network) else {
        let problem = Problem::new(ProblemKind::Unavailable, "Too many live connections at the moment.");
        return HttpProblem(problem).into_response();
    };
    let hub = app.hub.clone();
    upgrade
        // Pages say little, and what we say is short: small buffers keep thousands of sockets cheap.
        .read_buffer_size(1 << 10)
        .write_buffer_size(0)
        .max_write_buffer_size(64 << 10)
        .max_message_size(16 << 10)
        .max_frame_size(16 << 10)
        .on_failed_upgrade({
            let hub = hub.clone();
            move |_| hub.close(id)
        })
        .on_upgrade(async move |socket| {
            Talk { hub: hub.clone(), database: app.state.database.clone(), actor, id }.run(socket, waiting).await;
            hub.close(id);
        })
}

/// One socket's own task.
struct Talk {
    hub: Hub,
    database: Database,
    actor: Option<Actor>,
    id: u64,
}

impl Talk {
    async fn run(&self, mut socket: WebSocket, mut waiting: mpsc::Receiver<Out>) {
        let mut heard = Instant::now();
        let mut ping = interval(PING_EVERY);
        loop {
            let sent = tokio::select! {
                message = socket.recv() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Text(words))) => self.obey(&mut socket, &words).await,
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                        Some(Ok(_)) => Ok(()),
                    }
                }
                out = waiting.recv() => match out {
                    Some(Out::Text(words)) => socket.send(Message::Text(words)).await,
                    Some(Out::Close(frame)) => {
                        _ = socket.send(Message::Close(Some(frame))).await;
                        return;
                    }
                    // The hub gave this socket up because it was too slow.
                    None => return,
                },
                _ = ping.tick() => {
                    if heard.elapsed() > SILENT_FOR_AT_MOST {
                        return;
                    }
                    socket.send(Message::Ping(bytes::Bytes::new())).await
                }
            };
            if sent.is_err() {
                return;
            }
        }
    }

    /// Does what a page asks for: listen to topics, and hear what happened on them since it last listened.
    async fn obey(&self, socket: &mut WebSocket, words: &str) -> Result<(), axum::Error> {
        let Ok(listen) = serde_json::from_str::<Listen>(words) else {
            let frame = CloseFrame { code: close_code::INVALID, reason: Utf8Bytes::from_static("not understood") };
            return socket.send(Message::Close(Some(frame))).await;
        };
        let words: Vec<String> = listen.topics.into_iter().take(MOST_TOPICS).collect();
        let allowed = match self.allowed(&words).await {
            Ok(allowed) => allowed,
            Err(error) => {
                // Whoever can't be asked refuses nobody: the page comes back.
                tracing::warn!(%error, "could not tell who may listen");
                let frame = CloseFrame { code: close_code::AGAIN, reason: Utf8Bytes::from_static("try again") };
                return socket.send(Message::Close(Some(frame))).await;
            }
        };
        let mut topics = Vec::new();
        for (word, topic) in words.into_iter().zip(allowed) {
            match topic {
                Some(topic) => topics.push(topic),
                None => socket.send(Message::Text(text(&Told::Refused { topic: word }))).await?,
            }
        }
        let until = self.hub.listen(self.id, topics.clone());
        let missed = match self.missed(&topics, Position(listen.after), until).await {
            Ok(Some(missed)) => missed,
            Ok(None) => vec![text(&Told::Reset { position: until.0 })],
            Err(error) => {
                tracing::warn!(%error, "could not read what a socket missed");
                vec![text(&Told::Reset { position: until.0 })]
            }
        };
        for words in missed {
            socket.send(Message::Text(words)).await?;
        }
        socket.send(Message::Text(text(&Told::Caught { position: until.0 }))).await
    }

    /// The topics of these names to which the listener may listen; nothing in the place of others.
    async fn allowed(&self, words: &[String]) -> Result<Vec<Option<Topic>>, Failed> {
        let topics: Vec<Option<Topic>> = words.iter().map(|word| word.parse().ok()).collect();
        let room = |topic: &Option<Topic>| match topic {
            Some(Topic::Room(booking)) => Some(*booking),
            _ => None,
        };
        let rooms: Vec<BookingId> = topics.iter().filter_map(room).collect();
        let mine = match self.actor {
            Some(actor) => experts_core::live::may_listen(self.database.pool(), actor.account, &rooms).await?,
            None => HashSet::new(),
        };
        let may = |topic: &Topic| match topic {
            Topic::Social(posts) => social::may_listen(self.actor.as_ref(), posts),
            Topic::Room(booking) => mine.contains(booking),
        };
        Ok(topics.into_iter().map(|topic| topic.filter(&may)).collect())
    }

    /// What happened on the topics between two positions; `None` when it is too much, or the page's position is not one
    /// of this log (the database was replaced under it).
    async fn missed(
        &self,
        topics: &[Topic],
        after: Position,
        until: Position,
    ) -> Result<Option<Vec<Utf8Bytes>>, Failed> {
        if topics.is_empty() || after == until {
            return Ok(Some(Vec::new()));
        }
        if after > until {
            // A page can be ahead of this instance for a moment, as another one rendered it; much ahead is another log.
            return Ok((after.0 - until.0 < MOST_MISSED).then(Vec::new));
        }
        let events = event::read_after(self.database.pool(), after, MOST_MISSED + 1).await?;
        if i64::try_from(events.len()).unwrap_or(i64::MAX) > MOST_MISSED {
            return Ok(None);
        }
        let happened: Vec<(Position, Happened)> = events
            .iter()
            .filter(|event| event.position <= until)
            .filter_map(|event| Some((event.position, Happened::of(event)?)))
            .collect();
        let followed = self.followed_among(topics, &happened).await?;
        let hidden = self.hidden_among(&happened).await?;
        let is_meant = |topic: &Topic, happened: &Happened| match happened {
            Happened::Social(notice) => {
                let is_hidden = notice.by_agent && hidden.contains(&notice.author);
                !is_hidden && (*topic != Topic::Social(Posts::HomeFeed) || followed.contains(&notice.author))
            }
            Happened::Room(..) => true,
        };
        let mut missed = Vec::new();
        for (position, happened) in &happened {
            let heard = happened.topics().into_iter().filter(|topic| topics.contains(topic));
            missed.extend(
                heard.filter(|topic| is_meant(topic, happened)).map(|topic| text(&happened.told(topic, *position))),
            );
        }
        Ok(Some(missed))
    }

    /// Those of the agents that the listener chose not to see.
    async fn hidden_among(&self, happened: &[(Position, Happened)]) -> Result<HashSet<AccountId>, Failed> {
        let Some(actor) = self.actor else { return Ok(HashSet::new()) };
        let agents: HashSet<AccountId> =
            notices(happened).filter(|notice| notice.by_agent).map(|notice| notice.author).collect();
        let agents: Vec<AccountId> = agents.into_iter().collect();
        let hidden = social_core::service::hidden_among(self.database.pool(), actor.account, &agents).await?;
        Ok(hidden.into_iter().collect())
    }

    /// Those of the authors whose posts belong in the listener's home feed.
    async fn followed_among(
        &self,
        topics: &[Topic],
        happened: &[(Position, Happened)],
    ) -> Result<HashSet<AccountId>, Failed> {
        match self.actor {
            Some(actor) if topics.contains(&Topic::Social(Posts::HomeFeed)) => {
                let authors: HashSet<AccountId> = notices(happened).map(|notice| notice.author).collect();
                let authors: Vec<AccountId> = authors.into_iter().collect();
                let followed = social::home_authors(self.database.pool(), actor.account, &authors).await?;
                Ok(followed.into_iter().collect())
            }
            _ => Ok(HashSet::new()),
        }
    }
}
