//! The room of a call: going in, talking, ten minutes more, and the end.

use leptos::prelude::*;
use server_fn::codec::GetUrl;
use web::{Failure, Json, Outcome};

use crate::dto;

#[cfg(not(target_arch = "wasm32"))]
use {
    super::{
        book::{invalid, said},
        describe::{self, at},
        parse,
    },
    crate::routes,
    experts_core::{
        Error, Party,
        command::{NewNote, Text},
        expert::Note,
        service,
        talk::{self, MESSAGE_LIMIT, Phase, RoomNews as News, RoomView, SignalText},
    },
    kernel::{BookingId, RoomMessageId},
    platform::{Cx, Tx, rate_limit::Limit},
    web::server::Server,
};

/// Going in, ten minutes more, and the end.
#[cfg(not(target_arch = "wasm32"))]
const DO: Limit = Limit::per("experts.room", 60, 600);
/// Messages.
#[cfg(not(target_arch = "wasm32"))]
const SAY: Limit = Limit::per("experts.room_say", 40, 60);
/// Notes, which are kept while they are typed.
#[cfg(not(target_arch = "wasm32"))]
const NOTE: Limit = Limit::per("experts.room_note", 100, 60);
/// What browsers tell each other: some dozens for each connection.
#[cfg(not(target_arch = "wasm32"))]
const SIGNAL: Limit = Limit::per("experts.room_signal", 240, 60);

/// The room of a call of the reader's.
#[server(prefix = "/api", endpoint = "experts/room", input = GetUrl, output = Json)]
pub async fn room(
    /// The booking's id.
    id: String,
) -> Result<dto::Room, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let id = parse::booking(&id)?;
    let it = service::room(pool, &cx, id).await.map_err(Failure::from)?;
    let (mine, theirs) = service::notes(pool, &cx, id).await.map_err(Failure::from)?;
    Ok(described(it, mine, theirs))
}

#[cfg(not(target_arch = "wasm32"))]
fn described(room: RoomView, mine: Note, theirs: Note) -> dto::Room {
    let note = |note: Note| dto::Note { body: note.body, consents: note.consents };
    let it = &room.booking;
    let facts = facts(&Facts {
        me: it.me,
        state: it.state,
        phase: room.phase,
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        expert_came: it.expert_came_at.is_some(),
        client_came: it.client_came_at.is_some(),
        slices: room.slices,
        now: room.now,
    });
    dto::Room {
        line: describe::line(it),
        facts,
        said: room.said.into_iter().map(|said| message(it.me, said)).collect(),
        last_signal: room.last_signal,
        notes: dto::Notes { mine: note(mine), theirs: note(theirs) },
        brief: room.booking.brief,
        bring: room.booking.bring,
    }
}

/// What is known of a room, from whichever question.
#[cfg(not(target_arch = "wasm32"))]
struct Facts {
    me: Party,
    state: experts_core::BookingState,
    phase: Phase,
    starts_at: chrono::DateTime<chrono::Utc>,
    ends_at: chrono::DateTime<chrono::Utc>,
    expert_came: bool,
    client_came: bool,
    slices: i16,
    now: chrono::DateTime<chrono::Utc>,
}

#[cfg(not(target_arch = "wasm32"))]
fn facts(it: &Facts) -> dto::RoomFacts {
    // A part of a second counts as one: nothing is over before it is.
    let until = |instant: chrono::DateTime<chrono::Utc>| {
        let left = (instant - it.now).num_milliseconds();
        (left.max(0) + 999) / 1_000
    };
    let opens_at = talk::opens_at(it.starts_at);
    let (me_came, other_came) = match it.me {
        Party::Expert => (it.expert_came, it.client_came),
        Party::Client => (it.client_came, it.expert_came),
    };
    dto::RoomFacts {
        phase: it.phase,
        state: it.state,
        opens: at(opens_at),
        end: at(it.ends_at),
        to_open: until(opens_at),
        to_start: until(it.starts_at),
        left: until(it.ends_at),
        me_came,
        other_came,
        slices: it.slices,
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn message(me: Party, said: talk::Said) -> dto::Said {
    dto::Said { id: said.id, mine: said.by == me, body: said.body, at: at(said.at) }
}

/// What is new in the room of a call of the reader's: after a message (from the beginning on, without one) and after a
/// signal.
#[server(prefix = "/api", endpoint = "experts/room_news", input = GetUrl, output = Json)]
pub async fn room_news(
    /// The booking's id.
    id: String,
    /// The last message that is known.
    #[server(default)]
    after_message: Option<String>,
    /// The last signal that is known.
    #[server(default)]
    after_signal: i64,
) -> Result<dto::RoomNews, Failure> {
    let server = Server::current()?;
    let (pool, cx) = (server.database.pool(), server.cx()?);
    let id = parse::booking(&id)?;
    let after_message = after_message.filter(|id| !id.is_empty()).map(|id| message_id(&id)).transpose()?;
    let news = service::news(pool, &cx, id, after_message, after_signal).await.map_err(Failure::from)?;
    let News { me, said, signals, more, .. } = news;
    let facts = facts(&Facts {
        me,
        state: news.state,
        phase: news.phase,
        starts_at: news.starts_at,
        ends_at: news.ends_at,
        expert_came: news.expert_came,
        client_came: news.client_came,
        slices: news.slices,
        now: news.now,
    });
    let said = said.into_iter().map(|said| message(me, said)).collect();
    Ok(dto::RoomNews { facts, said, signals, more })
}

/// The id of a message. What can't be one was made by nobody.
#[cfg(not(target_arch = "wasm32"))]
fn message_id(text: &str) -> Result<RoomMessageId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::Cursor(kernel::CursorError)))
}

/// Servers that help both browsers to reach each other, with what lets them use those. Only those who meet are told,
/// and only as long as the room is open.
#[server(prefix = "/api", endpoint = "experts/room_servers", input = GetUrl, output = Json)]
pub async fn room_servers(
    /// The booking's id.
    id: String,
) -> Result<Vec<dto::IceServer>, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let is_open =
        service::room_is_open(server.database.pool(), &cx, parse::booking(&id)?).await.map_err(Failure::from)?;
    let servers = server.config.ice_servers.iter().filter(|_| is_open).map(|it| {
        let credentials = it.credentials.as_ref();
        let credentials = credentials.map(|(name, secret)| (name.clone(), secret.reveal().to_owned()));
        dto::IceServer { url: it.url.clone(), credentials }
    });
    Ok(servers.collect())
}

/// What each of these begins with that somebody does in a room.
#[cfg(not(target_arch = "wasm32"))]
async fn begun(booking: &str, limit: Limit) -> Result<(Server, Cx, Tx, BookingId), Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(limit).await?;
    let id = parse::booking(booking)?;
    let tx = server.begin().await?;
    Ok((server, cx, tx, id))
}

/// And what it ends with: a page that is alive stays as it is, without JavaScript it is loaded anew.
#[cfg(not(target_arch = "wasm32"))]
async fn done(server: &Server, tx: Tx, id: BookingId, word: &str) -> Result<Outcome, Failure> {
    server.commit(tx).await?;
    Ok(said(server, &routes::room(id), word))
}

/// Goes into the room of a call.
#[server(prefix = "/api", endpoint = "experts/enter_room")]
pub async fn enter_room(#[server(default)] booking: String) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking, DO).await?;
    service::check_in(&mut tx, &cx, id).await.map_err(Failure::from)?;
    done(&server, tx, id, "entered").await
}

/// Says something in the room of a call.
#[server(prefix = "/api", endpoint = "experts/say_in_room")]
pub async fn say_in_room(
    #[server(default)] booking: String,
    /// What.
    #[server(default)]
    body: String,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking, SAY).await?;
    let text = Text::<MESSAGE_LIMIT>::parse("body", &body).map_err(invalid)?;
    service::say(&mut tx, &cx, id, &text).await.map_err(Failure::from)?;
    done(&server, tx, id, "said").await
}

/// Hands on what the reader's browser tells the other one's.
#[server(prefix = "/api", endpoint = "experts/signal_in_room", output = Json)]
pub async fn signal_in_room(
    #[server(default)] booking: String,
    /// Signals, as JSON in a list.
    #[server(default)]
    body: String,
) -> Result<(), Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(SIGNAL).await?;
    let id = parse::booking(&booking)?;
    let text = match SignalText::parse(&body) {
        Ok(text) => text,
        Err(wrong) => {
            // Whoever is a stranger here is told that, and nothing of what would be right.
            service::room_is_open(server.database.pool(), &cx, id).await.map_err(Failure::from)?;
            return Err(invalid(wrong));
        }
    };
    let mut tx = server.begin().await?;
    service::signal(&mut tx, &cx, id, &text).await.map_err(Failure::from)?;
    server.commit(tx).await
}

/// Keeps what the reader notes during a call. Whether something public may be made of it stays as it was.
#[server(prefix = "/api", endpoint = "experts/note_in_room")]
pub async fn note_in_room(
    #[server(default)] booking: String,
    /// The notes, in the place of those before.
    #[server(default)]
    body: String,
) -> Result<Outcome, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    server.limit(NOTE).await?;
    let id = parse::booking(&booking)?;
    let note = NewNote::parse(&body, None).map_err(|wrong| Failure::from(Error::Invalid(wrong)))?;
    let mut tx = server.begin().await?;
    service::save_notes(&mut tx, &cx, id, &note).await.map_err(Failure::from)?;
    done(&server, tx, id, "noted").await
}

/// What the other one noted.
#[server(prefix = "/api", endpoint = "experts/room_notes", input = GetUrl, output = Json)]
pub async fn room_notes(
    /// The booking's id.
    id: String,
) -> Result<String, Failure> {
    let server = Server::current()?;
    let cx = server.cx()?;
    let (_, theirs) = service::notes(server.database.pool(), &cx, parse::booking(&id)?).await.map_err(Failure::from)?;
    Ok(theirs.body)
}

/// Makes a call ten minutes longer, which the reader pays.
#[server(prefix = "/api", endpoint = "experts/extend_call")]
pub async fn extend_call(
    #[server(default)] booking: String,
    /// The price that was seen, in minor units.
    #[server(default)]
    seen: String,
    /// How many slices were seen to be paid for: the same wish sent twice is one.
    #[server(default)]
    place: String,
) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking, DO).await?;
    let seen = parse::seen("price", &seen)?;
    // What is no number was seen by nobody, and is refused as another price.
    let place = place.parse().unwrap_or(i16::MAX);
    service::extend(&mut tx, &cx, id, seen, place).await.map_err(Failure::from)?;
    done(&server, tx, id, "longer").await
}

/// Ends a call before its time.
#[server(prefix = "/api", endpoint = "experts/end_call")]
pub async fn end_call(#[server(default)] booking: String) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking, DO).await?;
    service::end(&mut tx, &cx, id).await.map_err(Failure::from)?;
    done(&server, tx, id, "ended").await
}

/// Says that a call failed for technical reasons.
#[server(prefix = "/api", endpoint = "experts/call_broken")]
pub async fn call_broken(#[server(default)] booking: String) -> Result<Outcome, Failure> {
    let (server, cx, mut tx, id) = begun(&booking, DO).await?;
    service::broken(&mut tx, &cx, id).await.map_err(Failure::from)?;
    done(&server, tx, id, "ended").await
}
