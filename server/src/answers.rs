//! Agents' answers: who writes them, and how a page follows one word by word.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agents_core::{
    RunState,
    service::{Answerer, McpClient, ReviewInbox, Toolbox, Watch, Words},
};
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use experts_core::service::ExpertCalendars;
use futures::{FutureExt, Stream, StreamExt, stream};
use kernel::{AccountId, Actor, Problem, ProblemKind, RunId};
use market_core::service::MarketTerms;
use models_offline::Offline;
use platform::{
    Config, Database, World,
    files::Files,
    job::{Shared, WorkerOptions},
    models::Chain,
    outbound::Outbound,
    seal::Sealer,
};
use serde::{Deserialize, Serialize};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;
use web::server::{Visit, provide_context};

use crate::{app::App, problem::HttpProblem};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How many answers an account watches at once, in all its tabs.
const MOST_WATCHED: u32 = 30;
/// How often a silent stream says that it is still there.
const STILL_THERE: Duration = Duration::from_secs(15);
/// How long a page waits before it comes back to a stream that broke off.
const COME_BACK_AFTER: Duration = Duration::from_secs(1);
/// How often runs that nobody works on are looked for.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(10);

/// What answers are made with, and what agents' jobs work with.
#[derive(Clone)]
pub struct Means {
    chain: Arc<Chain>,
    outbound: Outbound,
    servers: Arc<McpClient>,
    sealer: Arc<Sealer>,
}

impl Means {
    /// What there is by these settings.
    ///
    /// # Errors
    /// When a model can't be asked with them, or the key that secrets are sealed with can't be had.
    pub fn gather(config: &Config, world: &World) -> Result<Self, Failed> {
        let chain = Arc::new(models_remote::chain(&config.models, Some(Arc::new(Offline::default())), world)?);
        let outbound = Outbound::new(&config.public_url)?;
        let sealer = Sealer::open(config.seal_key.as_ref(), &config.data_folder, world.randomness.as_ref())?;
        let sealer = Arc::new(sealer);
        let servers = Arc::new(McpClient::new(outbound.clone(), Arc::clone(&sealer), &config.tools));
        Ok(Self { chain, outbound, servers, sealer })
    }

    /// Whoever writes answers.
    pub fn answerer(&self, database: &Database, files: &Files, world: &World) -> Answerer {
        let tools = Toolbox::default()
            .with_pages(self.outbound.clone())
            .with_servers(Arc::clone(&self.servers))
            .with_files(files.clone())
            .with_drafts(Arc::new(ReviewInbox::new(database.clone(), world.clone())))
            .with_experts(Arc::new(ExpertCalendars::new(database.clone(), world.clone())));
        Answerer::with_tools(database.clone(), world.clone(), Arc::clone(&self.chain), Arc::new(MarketTerms), tools)
    }

    /// Gives pages and server functions what they read the web and open secrets with.
    pub fn provide(&self) {
        provide_context(self.outbound.clone());
        provide_context(Arc::clone(&self.sealer));
    }

    /// Gives jobs what they find in their context.
    pub fn give(self, options: WorkerOptions) -> WorkerOptions {
        options
            .add_extension(Shared::new(self.outbound))
            .add_extension(Shared::new(self.chain))
            .add_extension(Shared::new(self.servers))
            .add_extension(Shared::new(self.sealer))
    }
}

/// Sees after answers that nobody works on, until told to stop.
pub async fn look_after(answerer: Answerer, stop: CancellationToken) {
    let mut tick = interval(LOOK_AFTER_EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => if let Err(error) = answerer.see_after_left().await {
                tracing::warn!(?error, "could not see after answers that were left");
            },
            () = stop.cancelled() => return,
        }
    }
}

/// How many answers each account watches.
#[derive(Clone, Default)]
pub struct Watched(Arc<Mutex<HashMap<AccountId, u32>>>);

impl Watched {
    fn all(&self) -> MutexGuard<'_, HashMap<AccountId, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more, given back when it is dropped.
    fn place(&self, account: AccountId) -> Option<Place> {
        let mut all = self.all();
        let watched = all.entry(account).or_insert(0);
        if *watched >= MOST_WATCHED {
            return None;
        }
        *watched += 1;
        Some(Place { watched: self.clone(), account })
    }
}

struct Place {
    watched: Watched,
    account: AccountId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.watched.all();
        if let Some(watched) = all.get_mut(&self.account) {
            *watched -= 1;
            if *watched == 0 {
                all.remove(&self.account);
            }
        }
    }
}

/// Where to go on.
#[derive(Debug, Default, Deserialize)]
pub struct From {
    /// The byte up to which the answer has been read.
    #[serde(default)]
    from: usize,
}

/// Follows an answer: `GET /live/answers/<run>?from=<byte>`, as server-sent events
/// (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). The id of each is the byte to go on from, which a browser
/// says by itself when it comes back.
pub async fn watch(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(run): Path<String>,
    Query(From { from }): Query<From>,
    headers: HeaderMap,
) -> Response {
    match watch_from(&app, &visit, &run, last_read(&headers).unwrap_or(from)).await {
        Ok(response) => response,
        Err(problem) => HttpProblem(problem).into_response(),
    }
}

async fn watch_from(app: &App, visit: &Visit, run: &str, from: usize) -> Result<Response, Problem> {
    let actor: Actor = visit.signed_in.as_ref().map(|it| it.actor).ok_or_else(Problem::unauthenticated)?;
    let run: RunId = run.parse().map_err(|_| Problem::not_found("answer"))?;
    let watch = app.answerer.watch(&app.state.world.cx(actor), run, from).await?;
    let place = app.watched.place(actor.account).ok_or_else(|| {
        Problem::new(
            ProblemKind::TooMany,
            "Too many answers are being followed at once. Close a tab, and load this page again.",
        )
    })?;
    let stopping = app.stopping.clone();
    let events = events(watch, place).take_until(async move { stopping.cancelled().await });
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(STILL_THERE));
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store")), unbuffered], sse).into_response())
}

fn last_read(headers: &HeaderMap) -> Option<usize> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}

/// What a page is told.
#[derive(Serialize)]
struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    text: String,
}

#[derive(Serialize)]
struct End {
    state: RunState,
}

fn events(watch: Watch, place: Place) -> impl Stream<Item = Result<Event, Infallible>> {
    let begin = stream::iter([Ok(Event::default().retry(COME_BACK_AFTER).comment("an answer"))]);
    let rest = stream::unfold((watch, place), |(mut watch, place)| {
        async move {
            let words = match watch.next().await {
                Ok(words) => words?,
                Err(error) => {
                    // The page comes back by itself.
                    tracing::warn!(?error, "an answer could not be followed");
                    return None;
                }
            };
            Some((stream::iter(told(words).into_iter().map(Ok)), (watch, place)))
        }
        .boxed()
    });
    begin.chain(rest.flatten())
}

fn told(words: Words) -> Vec<Event> {
    let Words { html, text, read, steps, ended } = words;
    let mut events = Vec::new();
    if html.is_some() || !text.is_empty() {
        events.push(event("words", read, &Told { html, text }));
    }
    if steps && ended.is_none() {
        events.push(event("steps", read, &()));
    }
    events.extend(ended.map(|state| event("end", read, &End { state })));
    events
}

fn event(name: &str, read: usize, data: &impl Serialize) -> Event {
    let event = Event::default().event(name).id(read.to_string());
    event.json_data(data).unwrap_or_else(|error| {
        tracing::error!(%error, "words could not be written as JSON");
        Event::default()
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_account_watches_so_many_and_gives_its_places_back() {
        let (watched, ana) = (Watched::default(), AccountId::from_uuid(Uuid::from_u128(1)));
        let places: Vec<_> = (0..MOST_WATCHED).map(|_| watched.place(ana).expect("a place")).collect();
        assert!(watched.place(ana).is_none());
        assert!(watched.place(AccountId::from_uuid(Uuid::from_u128(2))).is_some());
        drop(places);
        assert!(watched.all().is_empty());
    }
}
