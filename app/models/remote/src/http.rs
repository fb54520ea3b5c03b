//! How providers are asked: over connections of our own, so that a limit stands at each step. The clients that come with
//! libraries read answers of any size and wait as long as it takes (`docs/decisions/0009-models-over-own-connections.md`).

use std::{
    error::Error as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt, stream::BoxStream};
use platform::{
    config::Secret,
    models::{ModelError, Stage},
};
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
    redirect,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sse_stream::{Sse, SseByteStream};
use tokio::time::{Instant, timeout_at};
use url::Url;

/// How long a provider may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until there is a connection.
    pub connect: Duration,
    /// From the request to the first sign of an answer. Some models think before they speak.
    pub first_piece: Duration,
    /// From one sign to the next.
    pub between: Duration,
    /// From the request to the end of the answer.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_piece: Duration::from_secs(90),
            between: Duration::from_secs(45),
            whole: Duration::from_secs(600),
        }
    }
}

/// The longest error that we read.
const LONGEST_ERROR: usize = 64 << 10;
/// The longest answer that we read which is no stream. A hundred embeddings are a tenth of it.
const LONGEST_ANSWER: usize = 32 << 20;
/// The longest event of a stream.
const LONGEST_EVENT: u64 = 1 << 20;
/// What a stream may have on top of …
const STREAM_BASE: u64 = 1 << 20;
/// … so many bytes for each token of the answer: a token often comes in an event of its own, of some hundred bytes.
const STREAM_PER_TOKEN: u64 = 2 << 10;
/// So much of what a provider says is repeated in our log.
const LONGEST_MESSAGE: usize = 300;

/// Connections to a provider.
pub struct Http {
    client: Client,
    base: String,
    key: Option<Secret>,
    limits: Limits,
}

/// The events of an answer, and until when they have to come.
pub struct Events {
    /// The events.
    pub events: BoxStream<'static, Result<Sse, ModelError>>,
    /// When the first sign of an answer has to be there.
    pub first_by: Instant,
    /// When the answer has to end.
    pub end_by: Instant,
    /// How long it may be silent.
    pub between: Duration,
}

impl Http {
    /// Prepares connections; none is made yet.
    pub fn new(base: &Url, headers: HeaderMap, key: Option<Secret>, limits: Limits) -> Result<Self, reqwest::Error> {
        // The client is built without a crypto library of its own and takes the process's. It is no error when
        // somebody has set one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .user_agent(concat!("Magentic/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(limits.connect)
            // Pieces are small and wanted at once.
            .tcp_nodelay(true)
            // The key must not go elsewhere.
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self { client, base: base.as_str().trim_end_matches('/').to_owned(), key, limits })
    }

    /// Asks for an answer as a stream of events, of at most so many tokens.
    pub async fn events(&self, path: &str, request: &impl Serialize, most: u32) -> Result<Events, ModelError> {
        let asked = Instant::now();
        let (first_by, end_by) = (asked + self.limits.first_piece, asked + self.limits.whole);
        let response = in_time(first_by, self.send(path, request)).await?;
        if is_json(&response) {
            let body = in_time(first_by, body(response, LONGEST_ERROR)).await?;
            let error = serde_json::from_slice::<Value>(&body).ok().filter(|answer| answer.get("error").is_some());
            return Err(match error {
                Some(answer) => judge_words(&answer["error"], None, self.key.as_ref()),
                None => ModelError::Broken("it is no stream".to_owned()),
            });
        }
        let longest = STREAM_BASE + STREAM_PER_TOKEN * u64::from(most);
        let events = limited_events(response.bytes_stream(), longest);
        Ok(Events { events, first_by, end_by, between: self.limits.between })
    }

    /// Asks for something that is answered in one piece.
    pub async fn json<T: DeserializeOwned>(&self, path: &str, request: &impl Serialize) -> Result<T, ModelError> {
        let by = Instant::now() + self.limits.first_piece;
        let response = in_time(by, self.send(path, request)).await?;
        let body = in_time(by, body(response, LONGEST_ANSWER)).await?;
        serde_json::from_slice(&body).map_err(|error| unreadable(&error))
    }

    async fn send(&self, path: &str, request: &impl Serialize) -> Result<Response, ModelError> {
        let started = Instant::now();
        let sent = self.client.post(format!("{}/{path}", self.base)).json(request).send().await;
        let response = sent.map_err(|error| unsent(&error))?;
        let (status, milliseconds) = (response.status(), started.elapsed().as_millis());
        tracing::debug!(path, status = status.as_u16(), milliseconds, "a model's provider answered");
        if status.is_success() {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = body(response, LONGEST_ERROR).await.unwrap_or_default();
        Err(self.judge(status, &headers, &body))
    }

    /// What an answer other than a good one means (<https://platform.openai.com/docs/guides/error-codes>,
    /// <https://docs.anthropic.com/en/api/errors>).
    fn judge(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ModelError {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        let error = answer.get("error").unwrap_or(&answer);
        let quota = error["code"] == "insufficient_quota";
        match status.as_u16() {
            401..=403 => ModelError::Unauthorised,
            429 if quota => ModelError::Unauthorised,
            429 => ModelError::RateLimited { retry_after: retry_after(headers) },
            413 => ModelError::ContextTooLong,
            408 | 409 | 425 => ModelError::Overloaded(format!("status {}", status.as_u16())),
            500.. => ModelError::Overloaded(format!("status {}", status.as_u16())),
            _ => judge_words(error, Some(status), self.key.as_ref()),
        }
    }

    /// The key, so that it can be kept out of what is logged.
    pub fn key(&self) -> Option<Secret> {
        self.key.clone()
    }
}

/// What an error means by its words, which are all there is when it comes within a stream.
pub fn judge_words(error: &Value, status: Option<StatusCode>, key: Option<&Secret>) -> ModelError {
    let word = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let (code, kind) = (word("code"), word("type"));
    let message = error.as_str().unwrap_or_else(|| word("message"));
    let lower = message.to_lowercase();
    let too_long = ["context length", "context size", "prompt is too long", "context window"];
    if code == "context_length_exceeded"
        || kind == "exceed_context_size_error"
        || kind == "request_too_large"
        || too_long.iter().any(|words| lower.contains(words))
    {
        return ModelError::ContextTooLong;
    }
    match (kind, code) {
        (_, "content_policy_violation" | "content_filter" | "invalid_prompt") => {
            ModelError::Refused(quoted(message, key))
        }
        ("authentication_error" | "permission_error" | "billing_error", _)
        | (_, "invalid_api_key" | "insufficient_quota") => ModelError::Unauthorised,
        ("rate_limit_error" | "rate_limit_exceeded", _) | (_, "rate_limit_exceeded") => {
            ModelError::RateLimited { retry_after: None }
        }
        ("invalid_request_error" | "not_found_error", _) => ModelError::BadRequest(quoted(message, key)),
        _ => match status {
            Some(status) if message.is_empty() => ModelError::BadRequest(format!("status {}", status.as_u16())),
            Some(_) => ModelError::BadRequest(quoted(message, key)),
            // Something went wrong over there while it was answering.
            None => ModelError::Overloaded(quoted(message, key)),
        },
    }
}

/// What a provider says, short enough for the log and without the key, should it be in there.
fn quoted(message: &str, key: Option<&Secret>) -> String {
    let message: String = message.chars().filter(|c| !c.is_control()).collect();
    let key = key.map(Secret::reveal).filter(|key| !key.is_empty());
    let message = key.map_or_else(|| message.clone(), |key| message.replace(key, "***"));
    message.chars().take(LONGEST_MESSAGE).collect()
}

/// How long a provider wants us to wait, when it says so in seconds or milliseconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let milliseconds = number("retry-after-ms").map(|wait| wait / 1000.0);
    let seconds = milliseconds.or_else(|| number(RETRY_AFTER.as_str()))?;
    Duration::try_from_secs_f64(seconds).ok()
}

async fn in_time<T>(by: Instant, call: impl Future<Output = Result<T, ModelError>>) -> Result<T, ModelError> {
    timeout_at(by, call).await.unwrap_or(Err(ModelError::Timeout(Stage::FirstPiece)))
}

fn is_json(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

/// Reads an answer, up to a limit.
async fn body(mut response: Response, longest: usize) -> Result<Vec<u8>, ModelError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken_off(&error))? {
        if body.len() + chunk.len() > longest {
            return Err(ModelError::Broken("the answer is larger than any should be".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Bytes that may not be read.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("the connection broke")]
    Connection(#[source] reqwest::Error),
    #[error("the answer is larger than any should be")]
    TooLarge,
}

/// Divides bytes into events, and stops when an event, or all of them, are larger than they may be.
fn limited_events(
    bytes: impl Stream<Item = Result<Bytes, reqwest::Error>> + Send + 'static,
    longest: u64,
) -> BoxStream<'static, Result<Sse, ModelError>> {
    let unfinished = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&unfinished);
    let mut all = 0;
    let limited = bytes.map(move |chunk| {
        let chunk = chunk.map_err(Unread::Connection)?;
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        all += length;
        // Counted from the last event that was found.
        let event = counted.fetch_add(length, Ordering::Relaxed) + length;
        if all > longest || event > LONGEST_EVENT { Err(Unread::TooLarge) } else { Ok(chunk) }
    });
    let events = SseByteStream::new(Box::pin(limited)).inspect(move |_| unfinished.store(0, Ordering::Relaxed));
    events.map(|event| event.map_err(|error| unparsed(&error))).boxed()
}

fn unparsed(error: &sse_stream::Error) -> ModelError {
    match error {
        sse_stream::Error::Body(cause) => match cause.downcast_ref::<Unread>() {
            Some(Unread::Connection(error)) => broken_off(error),
            Some(Unread::TooLarge) => ModelError::Broken(cause.to_string()),
            None => ModelError::Broken("the connection broke".to_owned()),
        },
        _ => ModelError::Broken("it is no text".to_owned()),
    }
}

/// What it means that a request could not be sent, or got no answer.
fn unsent(error: &reqwest::Error) -> ModelError {
    if error.is_builder() {
        ModelError::BadRequest("this can't be written as a request".to_owned())
    } else if error.is_connect() && error.is_timeout() {
        ModelError::Timeout(Stage::Connect)
    } else {
        ModelError::Overloaded(causes(error))
    }
}

fn broken_off(error: &reqwest::Error) -> ModelError {
    ModelError::Broken(format!("the connection broke: {}", causes(error)))
}

/// The reasons of an error, without the address, which is in the first of them.
fn causes(error: &reqwest::Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// An answer that is no JSON, or other than it should be. The error's own words may quote the answer.
pub fn unreadable(error: &serde_json::Error) -> ModelError {
    ModelError::Broken(format!("{:?} error in column {}", error.classify(), error.column()))
}
