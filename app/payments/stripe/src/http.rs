//! How Stripe is asked: requests as `async-stripe` builds them, over our own connections. Its own client loses the status
//! of an answer that it can't read, has no limit on how long it waits, and repeats requests under other keys.

use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use kernel::Randomness;
use platform::{
    OperatingSystem,
    config::Secret,
    payments::{NewCharge, PaymentError, PaymentSnapshot},
};
use reqwest::{
    Client, Method, RequestBuilder as HttpRequest, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect,
};
use serde::de::DeserializeOwned;
use stripe_client_core::{RequestBuilder, StripeMethod, VERSION};
use url::Url;

use crate::{
    SetupError,
    answer::{Error, ErrorAnswer},
    breaker::Breaker,
};

/// How long a request may take. Each attempt gets what is left.
#[derive(Clone, Copy)]
struct Limits {
    /// Until there is a connection.
    connect: Duration,
    /// All attempts and the pauses between them.
    total: Duration,
    /// The pause after the first attempt, at most. It doubles.
    pause: Duration,
}

const LIMITS: Limits =
    Limits { connect: Duration::from_secs(10), total: Duration::from_secs(25), pause: Duration::from_millis(500) };
/// How often one request is sent in all.
const ATTEMPTS: u32 = 3;
/// With less time left no other attempt is made: it could hardly be answered.
const LEAST: Duration = Duration::from_secs(3);
/// The longest pause that we let Stripe impose on somebody who waits for the page.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The longest answer that we read. A hundred payments are half of it.
const LONGEST_ANSWER: usize = 1 << 20;

/// Connections to Stripe.
pub struct Http {
    client: Client,
    base: String,
    breaker: Breaker,
    limits: Limits,
}

/// Why there is no good answer.
#[derive(Debug)]
pub enum Failure {
    /// Stripe says no.
    Refused {
        /// The status of the answer.
        status: StatusCode,
        /// What it says.
        error: Box<Error>,
    },
    /// Nobody knows whether it happened.
    Unknown(String),
    /// It did not happen.
    Busy {
        /// In how many seconds to ask again, if that is known.
        retry_after: Option<u32>,
    },
}

impl Failure {
    /// What we say no to ourselves, as Stripe could not be asked so.
    pub fn refused(message: &str) -> Self {
        Self::Refused { status: StatusCode::BAD_REQUEST, error: Error::local(message).into() }
    }

    /// The payment that a card refused, if that is what was answered
    /// (<https://docs.stripe.com/error-handling#payment-errors>).
    pub fn declined(&self, charge: &NewCharge) -> Option<PaymentSnapshot> {
        match self {
            Self::Refused { status: StatusCode::PAYMENT_REQUIRED, error } => error.declined(charge),
            _ => None,
        }
    }
}

impl From<Failure> for PaymentError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { status, error } => Self::Refused {
                code: error.code,
                message: error.message.unwrap_or_else(|| format!("status {}", status.as_u16())),
            },
            Failure::Unknown(what) => Self::Unknown(what),
            Failure::Busy { retry_after } => Self::Busy { retry_after },
        }
    }
}

/// What became of one attempt.
struct Trouble {
    failure: Failure,
    /// Whether the same may be sent again.
    again: bool,
    /// How long Stripe wants us to wait.
    wait: Option<Duration>,
}

impl Trouble {
    const fn last(failure: Failure) -> Self {
        Self { failure, again: false, wait: None }
    }

    const fn passing(failure: Failure) -> Self {
        Self { failure, again: true, wait: None }
    }
}

/// A request with what goes into its headers.
struct Call<'a> {
    request: RequestBuilder,
    key: Option<HeaderValue>,
    account: Option<&'a str>,
}

impl Http {
    /// Prepares connections; none is made yet.
    pub fn new(secret_key: &Secret, base: &Url) -> Result<Self, SetupError> {
        Self::with(secret_key, base, LIMITS)
    }

    fn with(secret_key: &Secret, base: &Url, limits: Limits) -> Result<Self, SetupError> {
        // The client is built without a crypto library of its own and takes the process's. It is no error when
        // somebody has set one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", secret_key.reveal())).map_err(|_| SetupError::SecretKey)?;
        authorization.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization);
        // The requests are those of this version, so the answers have to be too, whatever the account's own version is.
        headers.insert("stripe-version", HeaderValue::from_static(VERSION.as_str()));
        let client = Client::builder()
            .user_agent(concat!("Magentic/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(limits.connect)
            // Stripe never does, and the key must not go elsewhere.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(SetupError::Client)?;
        let base = base.as_str().trim_end_matches('/').to_owned();
        Ok(Self { client, base, breaker: Breaker::default(), limits })
    }

    /// Asks for something that changes nothing.
    pub async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        self.send(&Call { request, key: None, account: None }).await
    }

    /// Asks for a change. Sent again with the same key it is the same change
    /// (<https://docs.stripe.com/api/idempotent_requests>).
    pub async fn write<T: DeserializeOwned>(&self, request: RequestBuilder, key: &str) -> Result<T, Failure> {
        self.send(&Call { request, key: Some(header(key)?), account: None }).await
    }

    /// Asks for a change in an account that is connected to ours (<https://docs.stripe.com/connect/authentication>).
    pub async fn write_as<T: DeserializeOwned>(
        &self,
        account: &str,
        request: RequestBuilder,
        key: &str,
    ) -> Result<T, Failure> {
        self.send(&Call { request, key: Some(header(key)?), account: Some(account) }).await
    }

    /// Asks for a change that does no harm when it is made twice, with a key that holds for the attempts of this call.
    pub async fn write_anew<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        self.write(request, &format!("once-{:016x}{:016x}", chance(), chance())).await
    }

    async fn send<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, Failure> {
        self.breaker.admit(Instant::now()).map_err(|left| busy(Some(left)))?;
        let answer = self.attempts(call).await;
        // Who refuses is there. Who has too much to do is better left alone.
        let answered = matches!(answer, Ok(_) | Err(Failure::Refused { .. }));
        self.breaker.note(answered, Instant::now());
        serde_json::from_slice(&answer?).map_err(|error| {
            // The error's own words may quote the answer.
            let (kind, line) = (error.classify(), error.line());
            Failure::Unknown(format!(
                "an answer to {} that can't be read: {kind:?} error in line {line}",
                call.request.path
            ))
        })
    }

    async fn attempts(&self, call: &Call<'_>) -> Result<Vec<u8>, Failure> {
        let started = Instant::now();
        let mut unclear = false;
        let mut attempt = 1;
        loop {
            let left = self.limits.total.saturating_sub(started.elapsed());
            let trouble = match self.attempt(call, left).await {
                Ok(body) => return Ok(body),
                Err(trouble) => trouble,
            };
            unclear |= matches!(trouble.failure, Failure::Unknown(_));
            let pause = trouble.wait.unwrap_or_else(|| self.pause(attempt));
            let in_time = started.elapsed() + pause + LEAST <= self.limits.total;
            if !trouble.again || attempt == ATTEMPTS || pause > LONGEST_PAUSE || !in_time {
                return Err(match trouble.failure {
                    // This attempt did not happen, but one before it may have.
                    Failure::Busy { .. } if unclear => Failure::Unknown("no answer, and then no connection".to_owned()),
                    failure => failure,
                });
            }
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// How long to wait after an attempt: longer each time, and not the same for all who wait.
    fn pause(&self, attempt: u32) -> Duration {
        let longest = self.limits.pause * 2_u32.pow(attempt - 1);
        let half = longest / 2;
        half + half.mul_f64(f64::from(u32::try_from(chance() >> 32).unwrap_or(0)) / f64::from(u32::MAX))
    }

    async fn attempt(&self, call: &Call<'_>, left: Duration) -> Result<Vec<u8>, Trouble> {
        let started = Instant::now();
        let path = call.request.path.as_str();
        let response = match self.http_request(call).timeout(left).send().await {
            Ok(response) => response,
            Err(error) => {
                let milliseconds = started.elapsed().as_millis();
                tracing::warn!(path, milliseconds, error = causes(&error), "Stripe did not answer");
                return Err(unsent(&error));
            }
        };
        let status = response.status();
        let headers = response.headers().clone();
        let body = body(response).await;
        let (request, milliseconds) = (text(&headers, "request-id"), started.elapsed().as_millis());
        let method = http_method(call.request.method);
        tracing::debug!(%method, path, status = status.as_u16(), request, milliseconds, "Stripe answered");
        let body = body?;
        if status.is_success() { Ok(body) } else { Err(judge(status, &headers, &body)) }
    }

    fn http_request(&self, call: &Call<'_>) -> HttpRequest {
        let RequestBuilder { query, body, path, method } = &call.request;
        let mut url = format!("{}/v1{path}", self.base);
        if let Some(query) = query.as_deref().filter(|query| !query.is_empty()) {
            url.push('?');
            url.push_str(query);
        }
        let mut request = self.client.request(http_method(*method), url);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.clone());
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(account) = call.account {
            request = request.header("stripe-account", account);
        }
        request
    }
}

const fn http_method(method: StripeMethod) -> Method {
    match method {
        StripeMethod::Get => Method::GET,
        StripeMethod::Post => Method::POST,
        StripeMethod::Delete => Method::DELETE,
    }
}

/// A key as a header. Without one a request that is sent twice would happen twice.
fn header(key: &str) -> Result<HeaderValue, Failure> {
    let header = HeaderValue::from_str(key).ok().filter(|_| (1..=255).contains(&key.len()));
    header.ok_or_else(|| Failure::refused("a key of 1 to 255 plain characters is needed"))
}

/// What it means that a request could not be sent, or got no answer.
fn unsent(error: &reqwest::Error) -> Trouble {
    if error.is_connect() {
        // Without a connection nothing was sent.
        Trouble::passing(busy(None))
    } else if error.is_builder() {
        Trouble::last(Failure::refused("this can't be written as a request"))
    } else if error.is_timeout() {
        Trouble::last(Failure::Unknown("no answer in time".to_owned()))
    } else {
        Trouble::passing(Failure::Unknown(format!("the connection broke: {}", causes(error))))
    }
}

/// The reasons of an error, without the address, which is in the first of them.
fn causes(error: &reqwest::Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Reads an answer, up to a limit.
async fn body(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unsent(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_ANSWER {
            return Err(Trouble::last(Failure::Unknown("an answer that does not end".to_owned())));
        }
    }
    Ok(body)
}

/// What an answer other than a good one means (<https://docs.stripe.com/error-low-level>).
fn judge(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Trouble {
    let wait = text(headers, RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok());
    let wait = wait.map(|seconds: u32| Duration::from_secs(seconds.into()));
    let error = serde_json::from_slice::<ErrorAnswer>(body).ok().map(|answer| answer.error);
    let code = error.as_ref().and_then(|error| error.code.as_deref());
    let kind = error.as_ref().and_then(|error| error.kind.as_deref());
    let unclear = || Failure::Unknown(format!("status {}", status.as_u16()));
    let mut trouble = match status {
        // Turned away at the door.
        StatusCode::TOO_MANY_REQUESTS => Trouble::passing(busy(wait)),
        StatusCode::CONFLICT if code == Some("lock_timeout") => Trouble::passing(busy(wait)),
        // Somebody else is asking with the same key just now.
        StatusCode::CONFLICT => Trouble::passing(unclear()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::FAILED_DEPENDENCY => Trouble::passing(unclear()),
        _ if status.is_server_error() => Trouble::passing(unclear()),
        // Something else was asked with this key before, and that may well have happened.
        _ if kind == Some("idempotency_error") => Trouble::last(unclear()),
        _ => Trouble::last(match error {
            Some(error) if status.is_client_error() => Failure::Refused { status, error: error.into() },
            // Not Stripe's words: something in between has answered.
            _ => unclear(),
        }),
    };
    trouble.wait = wait;
    match text(headers, "stripe-should-retry") {
        Some("true") => trouble.again = true,
        Some("false") => trouble.again = false,
        _ => {}
    }
    trouble
}

fn busy(wait: Option<Duration>) -> Failure {
    // Rounded up: a second too early is asked in vain.
    let seconds = wait.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    Failure::Busy { retry_after: seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)) }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Chance for what need not be repeatable.
fn chance() -> u64 {
    let mut bytes = [0; 8];
    OperatingSystem.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn who_is_silent_is_not_waited_for() {
        let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", silent.local_addr().expect("an address")).parse().expect("a URL");
        let total = Duration::from_millis(200);
        let http = Http::with(&Secret::from("sk_test_1"), &base, Limits { total, ..LIMITS }).expect("connections");
        let started = Instant::now();
        let answer = http.write::<IgnoredAny>(RequestBuilder::new(StripeMethod::Post, "/customers"), "key").await;
        assert!(matches!(&answer, Err(Failure::Unknown(what)) if what == "no answer in time"), "{answer:?}");
        assert!((total..LEAST).contains(&started.elapsed()), "{:?}", started.elapsed());
    }

    #[test]
    fn pauses_grow_and_differ() {
        let base = "https://stripe.example".parse().expect("a URL");
        let http = Http::new(&Secret::from("sk_test_1"), &base).expect("connections");
        for (attempt, range) in [(1, 250..=500), (2, 500..=1000)] {
            let pauses: Vec<_> = (0..20).map(|_| http.pause(attempt).as_millis()).collect();
            assert!(pauses.iter().all(|pause| range.contains(pause)), "{pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
        }
    }
}
