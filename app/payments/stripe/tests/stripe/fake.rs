//! A stand-in for Stripe on a real socket. It writes down what it is asked, keeps its promise about keys, and fails when
//! it is told to.

use std::{
    collections::{HashMap, VecDeque},
    fs, panic,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use payments_stripe::Stripe;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

/// What it was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    /// The query, or the body.
    pub params: Vec<(String, String)>,
}

impl Seen {
    /// Method and path.
    pub fn what(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of text"))
    }

    pub fn key(&self) -> Option<&str> {
        self.header("idempotency-key")
    }
}

/// What it does instead of answering as it should.
pub enum Step {
    /// Does what it was asked, and then the connection breaks.
    Lose,
    /// Answers this, and does nothing.
    Say(u16, &'static [(&'static str, &'static str)], String),
    /// Does what it was asked, and answers this.
    Do(Value),
}

impl Step {
    /// An error in Stripe's words.
    pub fn error(status: u16, error: Value) -> Self {
        Self::Say(status, &[], json!({"error": error}).to_string())
    }
}

#[derive(Default)]
struct Inner {
    seen: Vec<Seen>,
    script: VecDeque<Step>,
    done: HashMap<String, (Vec<(String, String)>, Value)>,
    effects: usize,
}

/// The stand-in.
pub struct Fake {
    pub url: Url,
    inner: Arc<Mutex<Inner>>,
}

impl Fake {
    pub async fn start() -> Self {
        let inner = Arc::<Mutex<Inner>>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    pub fn stripe(&self) -> Stripe {
        super::stripe(&self.url)
    }

    /// What it shall do with the next requests, one after another.
    pub fn then(&self, steps: impl IntoIterator<Item = Step>) {
        lock(&self.inner).script.extend(steps);
    }

    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.inner).seen.clone()
    }

    /// How often something happened.
    pub fn effects(&self) -> usize {
        lock(&self.inner).effects
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().expect("nobody panics with it")
}

async fn answer(
    State(inner): State<Arc<Mutex<Inner>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let text = if method == Method::GET { uri.query().unwrap_or_default() } else { body.as_str() };
    let params: Vec<_> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let seen = Seen { method: method.to_string(), path: uri.path().to_owned(), headers, params };
    if let Some(folder) = super::setting("STRIPE_RECORDINGS") {
        record(folder.as_ref(), &seen);
    }
    let step = {
        let mut inner = lock(&inner);
        inner.seen.push(seen.clone());
        inner.script.pop_front()
    };
    match step {
        None => finish(&mut lock(&inner), &seen, standard(&seen)),
        Some(Step::Do(value)) => finish(&mut lock(&inner), &seen, value),
        Some(Step::Say(status, headers, body)) => {
            let mut response = (StatusCode::from_u16(status).expect("a status"), body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(*name, value.parse().expect("a header"));
            }
            response
        }
        Some(Step::Lose) => {
            finish(&mut lock(&inner), &seen, standard(&seen));
            // Ends the connection's task without a word, and so the connection.
            panic::resume_unwind(Box::new(()))
        }
    }
}

/// Does it, unless that key has been there; then the answer is the same again, or an error if the request is not.
fn finish(inner: &mut Inner, seen: &Seen, value: Value) -> Response {
    let Some(key) = seen.key() else { return value.to_string().into_response() };
    match inner.done.get(key) {
        Some((params, done)) if *params == seen.params => done.to_string().into_response(),
        Some(_) => {
            let error =
                json!({"error": {"type": "idempotency_error", "message": "Keys can only be used with the same."}});
            (StatusCode::BAD_REQUEST, error.to_string()).into_response()
        }
        None => {
            inner.effects += 1;
            inner.done.insert(key.to_owned(), (seen.params.clone(), value.clone()));
            value.to_string().into_response()
        }
    }
}

/// What Stripe would say when all goes well.
fn standard(seen: &Seen) -> Value {
    let parts: Vec<_> = seen.path.split('/').skip(2).collect();
    match (seen.method.as_str(), parts.as_slice()) {
        ("POST", ["customers"]) => json!({"id": "cus_1", "object": "customer"}),
        ("POST", ["checkout", "sessions"]) => {
            json!({"id": "cs_test_1", "url": "https://checkout.stripe.com/c/pay/cs_test_1#x", "status": "open"})
        }
        (_, ["checkout", "sessions", ..]) => json!({"id": "cs_test_1", "url": null, "status": "expired"}),
        ("POST", ["billing_portal", "sessions"]) => {
            json!({"id": "bps_1", "url": "https://billing.stripe.com/p/session/test_1/flow"})
        }
        (_, ["payment_intents", ..]) if seen.path.ends_with("payment_intents") && seen.method == "GET" => {
            json!({"object": "list", "data": [], "has_more": false})
        }
        ("POST", ["payment_intents", id, "cancel"]) => not_paid(id, "canceled"),
        (_, ["payment_intents", ..]) => intent("pi_1"),
        ("POST", ["refunds"]) => json!({"id": "re_1", "object": "refund", "status": "pending"}),
        (_, ["payment_methods", ..]) => json!({"id": "pm_1", "customer": null}),
        ("POST", ["accounts"]) => json!({"id": "acct_1"}),
        ("GET", ["accounts", _]) => json!({"id": "acct_1", "details_submitted": true, "payouts_enabled": false}),
        ("POST", ["account_links"]) => json!({"url": "https://connect.stripe.com/setup/e/acct_1/x", "expires_at": 1}),
        ("POST", ["transfers", _, "reversals"]) => json!({"id": "trr_1"}),
        (_, ["transfers", ..]) => json!({"id": "tr_1", "reversed": false}),
        ("POST", ["payouts"]) => json!({"id": "po_1", "status": "pending"}),
        ("POST", ["products"]) => json!({"id": "prod_1"}),
        ("POST", ["prices"]) => json!({"id": "price_1"}),
        _ => unreachable!("nobody asks for {}", seen.what()),
    }
}

/// A payment that has succeeded, of which some went back, with a card that was kept.
pub fn intent(id: &str) -> Value {
    json!({
        "id": id, "object": "payment_intent", "amount": 1250, "amount_received": 1250, "currency": "eur",
        "created": 1_800_000_000, "status": "succeeded", "last_payment_error": null, "customer": "cus_1",
        "metadata": {"magentic_payment": super::charge("", "").payment.to_string()},
        "client_secret": format!("{id}_secret_hunter2"),
        "latest_charge": {"id": "ch_1", "object": "charge", "amount": 1250, "amount_refunded": 250},
        "payment_method": {"id": "pm_1", "object": "payment_method", "type": "card", "customer": "cus_1",
            "card": {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2031, "funding": "credit"}},
    })
}

/// The same before a card has paid it.
pub fn not_paid(id: &str, status: &str) -> Value {
    let mut intent = intent(id);
    (intent["status"], intent["amount_received"]) = (json!(status), json!(0));
    (intent["latest_charge"], intent["payment_method"]) = (Value::Null, Value::Null);
    intent
}

/// Keeps a request, to be held against Stripe's own types (`tools/check-stripe-requests.sh`).
fn record(folder: &Path, seen: &Seen) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let params: serde_json::Map<_, _> = seen.params.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let version = seen.header("stripe-version");
    let request = json!({"method": seen.method, "path": seen.path, "version": version, "params": params});
    fs::write(folder.join(format!("{number:04}.json")), request.to_string()).expect("a recording");
}
