//! What every request passes through, outermost first: an id and a line in the log, security headers, the check that a
//! change comes from our own pages, and who is signed in.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use identity_core::{Authenticated, Device};
use kernel::{Problem, ProblemKind, Randomness};
use platform::{config::PaymentsConfig, secret::Token};
use tracing::Instrument;
use web::{
    Theme,
    server::{THEME_COOKIE, Visit, session_cookie_name},
};

use crate::{app::App, problem::HttpProblem};

/// The header that carries the request's id, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request, as an extension of it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Gives the request an id, writes one line about it, and counts it.
pub async fn observe(State(app): State<App>, mut request: Request<Body>, next: Next) -> Response {
    let id = RequestId(short_id(app.state.world.randomness.as_ref()));
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let path = logged(request.uri().path()).to_owned();
    let begun = Instant::now();
    let span = tracing::info_span!("request", id = %id.0);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    span.in_scope(|| {
        if quiet(&path) {
            tracing::debug!(%method, path, status, took_ms = millis(took), "answered");
        } else {
            tracing::info!(%method, path, status, took_ms = millis(took), "answered");
        }
    });
    let labels =
        [("method", method.as_str().to_owned()), ("status", status.to_string()), ("area", area(&path).to_owned())];
    metrics::counter!("magentic_http_requests_total", &labels).increment(1);
    metrics::histogram!("magentic_http_request_seconds", "area" => area(&path)).record(took.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// A path as it is logged. Whoever knows the name of a calendar can read it.
fn logged(path: &str) -> &str {
    if path.starts_with("/calendar/") { "/calendar/\u{2026}" } else { path }
}

fn short_id(randomness: &dyn Randomness) -> String {
    let mut bytes = [0; 8];
    randomness.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// Whether a line about this path would only be noise.
fn quiet(path: &str) -> bool {
    ["/pkg/", "/fonts/", "/media/", "/healthz", "/readyz", "/metrics"].iter().any(|prefix| path.starts_with(prefix))
}

/// What part of the server a path belongs to: few values, so that the figures stay few.
fn area(path: &str) -> &'static str {
    match path.split('/').nth(1).unwrap_or_default() {
        "api" => "api",
        "live" => "live",
        "media" => "media",
        "pkg" | "fonts" => "assets",
        "healthz" | "readyz" | "metrics" => "health",
        _ => "pages",
    }
}

/// Writes the headers that tell browsers what our pages may do.
pub async fn protect(State(app): State<App>, request: Request<Body>, next: Next) -> Response {
    let payments = &app.state.config.payments;
    let form = if request.uri().path().starts_with(CARD_FORMS) { CardSites::of(payments) } else { None };
    let in_room = is_room(request.uri().path());
    let mut response = next.run(request).await;
    let nonce = response.extensions_mut().remove::<Nonce>();
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if app.state.config.secure() {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
    let nonce = nonce.as_ref().map(|nonce| nonce.0.as_str());
    let form = form.as_ref().filter(|_| nonce.is_some());
    let policies = [
        (header::CONTENT_SECURITY_POLICY, content_security_policy(nonce, &pages_of_payments(payments), form)),
        (HeaderName::from_static("permissions-policy"), permissions_policy(form, in_room)),
    ];
    for (name, policy) in policies {
        if let Ok(value) = HeaderValue::from_str(&policy) {
            headers.entry(name).or_insert(value);
        }
    }
    response
}

/// Where the pages with a form for cards are. They alone may load the payment provider's script.
const CARD_FORMS: &str = "/checkout/card/";

/// What a form for cards needs of other sites (<https://docs.stripe.com/security/guide#content-security-policy>).
struct CardSites {
    scripts: String,
    frames: String,
    requests: String,
}

impl CardSites {
    /// `None` where cards are entered on the provider's pages.
    fn of(payments: &PaymentsConfig) -> Option<Self> {
        let PaymentsConfig::Stripe { card_form: Some(form), .. } = payments else { return None };
        let origin = form.script.origin().ascii_serialization();
        if form.script.host_str() == Some("js.stripe.com") {
            return Some(Self {
                scripts: "https://js.stripe.com https://*.js.stripe.com".to_owned(),
                frames: "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com".to_owned(),
                requests: "https://api.stripe.com".to_owned(),
            });
        }
        // A stand-in has all of it in one place.
        Some(Self { scripts: origin.clone(), frames: origin.clone(), requests: origin })
    }
}

/// Whether a page is the room of a call, in which two people see and hear each other.
fn is_room(path: &str) -> bool {
    let booking = path.strip_prefix("/bookings/").and_then(|rest| rest.strip_suffix("/room"));
    booking.is_some_and(|booking| !booking.is_empty() && !booking.contains('/'))
}

/// What pages may use of the device: nothing. The frames with the fields for a card may ask for what has been paid with, and the
/// rooms of calls for camera and microphone.
fn permissions_policy(form: Option<&CardSites>, in_room: bool) -> String {
    let payment = form.map(|form| {
        let frames: Vec<String> = form.frames.split(' ').map(|frame| format!(" \"{frame}\"")).collect();
        format!("self{}", frames.concat())
    });
    let payment = payment.unwrap_or_default();
    let own = if in_room { "self" } else { "" };
    format!("camera=({own}), geolocation=(), microphone=({own}), payment=({payment}), usb=(), interest-cohort=()")
}

/// The nonce of the scripts of a page, as an extension of its response.
#[derive(Debug, Clone)]
struct Nonce(String);

/// Content Security Policy Level 3. A page may run its own scripts by nonce, and what those load; anything else nothing.
/// Forms are sent to ourselves, and may lead on to `elsewhere`. A page with a form for cards also loads what that needs.
fn content_security_policy(nonce: Option<&str>, elsewhere: &str, form: Option<&CardSites>) -> String {
    let scripts = match nonce {
        Some(nonce) => format!("'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        None => "'none'".to_owned(),
    };
    let (more_scripts, frames, requests) = form.map_or_else(Default::default, |it| {
        (format!(" {}", it.scripts), format!("frame-src {}; ", it.frames), format!(" {}", it.requests))
    });
    format!(
        "default-src 'none'; script-src {scripts}{more_scripts}; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; {frames}connect-src 'self'{requests}; manifest-src 'self'; worker-src 'self'; \
         form-action 'self'{elsewhere}; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// Where the payment provider's pages are, to which a form leads without JavaScript. The sandbox's are our own.
fn pages_of_payments(payments: &PaymentsConfig) -> String {
    const STRIPE: &str = " https://billing.stripe.com https://checkout.stripe.com https://connect.stripe.com";
    match payments {
        PaymentsConfig::Sandbox => String::new(),
        PaymentsConfig::Stripe { api_base, .. } if api_base.host_str() == Some("api.stripe.com") => STRIPE.to_owned(),
        // A stand-in has its pages beside its API.
        PaymentsConfig::Stripe { api_base, .. } => format!(" {}", api_base.origin().ascii_serialization()),
    }
}

/// Refuses changes, and live sockets, that another site's page asks for in our visitor's name.
pub async fn same_origin(State(app): State<App>, request: Request<Body>, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let upgrades = request.headers().contains_key(header::UPGRADE);
    if (changes || upgrades) && !is_same_origin(request.headers(), app.state.config.public_url.origin()) {
        tracing::warn!(origin = ?request.headers().get(header::ORIGIN), "refused a request from another site");
        let problem = Problem::new(
            ProblemKind::Forbidden,
            "This request came from another site, so it was refused. Open Magentic itself and try again.",
        );
        return HttpProblem(problem).into_response();
    }
    next.run(request).await
}

/// Whether a request comes from our own pages, by what browsers say that pages can't forge. Programs that are no browsers
/// say nothing, and carry nobody's cookies unknowingly.
fn is_same_origin(headers: &HeaderMap, ours: url::Origin) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(origin) = text(header::ORIGIN) {
        let Ok(origin) = url::Url::parse(origin) else { return false };
        if origin.origin() == ours {
            return true;
        }
        // The same server under another of its names: `localhost` for `127.0.0.1`.
        let host = text(header::HOST).unwrap_or_default();
        return !host.is_empty() && origin.authority() == host;
    }
    !matches!(text(HeaderName::from_static("sec-fetch-site")), Some("cross-site" | "same-site"))
}

/// What proxies add to what they pass on: RFC 7239, and what came before it.
const FORWARDED: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/// Finds out who sends the request, and leaves it as a `Visit` for all that follow.
pub async fn identify(State(app): State<App>, mut request: Request<Body>, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let _changing = changes.then(|| app.known.changing());
    let headers = request.headers();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = client_address(headers, peer, app.state.config.trusted_proxies);
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = session_token(headers, session_cookie_name(&app.state.config));
    let signed_in = match authenticate(&app, token).await {
        Ok(signed_in) => signed_in,
        Err(error) => return HttpProblem(error.into()).into_response(),
    };
    let visit = Visit {
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        device: Device::new(user_agent, address),
        forwarded: FORWARDED.iter().any(|name| headers.contains_key(*name)),
        nonce: Token::generate(app.state.world.randomness.as_ref()).reveal().to_owned(),
        theme: cookie(headers, THEME_COOKIE).map_or(Theme::System, Theme::parse),
        signed_in,
        submitted: None,
    };
    let nonce = Nonce(visit.nonce.clone());
    request.extensions_mut().insert(visit);
    let mut response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if is_page {
        response.extensions_mut().insert(nonce);
        // A page shows who is signed in, so no cache in between may keep it.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Cookie"));
    }
    response
}

async fn authenticate(app: &App, token: Option<Token>) -> Result<Option<Authenticated>, identity_core::Error> {
    match token {
        Some(token) => app.known.recognise(app.state.database.pool(), &app.state.world, &token).await,
        None => Ok(None),
    }
}

/// The token of a session: from the cookie of a browser, or as the bearer token of a program.
fn session_token(headers: &HeaderMap, cookie_name: &str) -> Option<Token> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    bearer.or_else(|| cookie(headers, cookie_name)).and_then(Token::presented)
}

/// The value of a cookie (RFC 6265 §5.4).
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Where a request comes from. Each proxy appends to `X-Forwarded-For` whom it heard from, so with n trusted proxies the
/// n-th entry from the right is the truth and everything left of it is hearsay.
fn client_address(headers: &HeaderMap, peer: Option<IpAddr>, trusted_proxies: u8) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    match usize::from(trusted_proxies) {
        0 => peer,
        proxies => hops.iter().rev().nth(proxies - 1).and_then(|hop| hop.parse().ok()).unwrap_or(peer),
    }
}

#[cfg(test)]
mod tests {
    use platform::payments::CardFormSetup;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn other_sites_are_told_apart() {
        let ours = || url::Url::parse("https://magentic.example").expect("a URL").origin();
        let same = |pairs: &[(&'static str, &'static str)]| is_same_origin(&headers(pairs), ours());
        assert!(same(&[("origin", "https://magentic.example")]));
        assert!(same(&[("origin", "http://localhost:3000"), ("host", "localhost:3000")]));
        assert!(same(&[]));
        assert!(!same(&[("origin", "https://evil.example"), ("host", "magentic.example")]));
        assert!(!same(&[("origin", "null"), ("host", "magentic.example")]));
        assert!(!same(&[("sec-fetch-site", "cross-site")]));
        assert!(!same(&[("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn addresses_are_believed_as_far_as_proxies_are_trusted() {
        let peer: IpAddr = [10, 0, 0, 1].into();
        let forged = headers(&[("x-forwarded-for", "1.1.1.1, 192.0.2.7")]);
        assert_eq!(client_address(&forged, Some(peer), 0), peer);
        assert_eq!(client_address(&forged, Some(peer), 1), IpAddr::from([192, 0, 2, 7]));
        assert_eq!(client_address(&HeaderMap::new(), Some(peer), 1), peer);
    }

    #[test]
    fn a_form_for_cards_may_load_what_it_needs_and_nothing_else_may() {
        let stripe = |script: &str| PaymentsConfig::Stripe {
            secret_key: "sk_test_1".into(),
            webhook_secrets: Vec::new(),
            api_base: "https://api.stripe.com".parse().expect("a URL"),
            card_form: (!script.is_empty()).then(|| {
                let script = script.parse().expect("a URL");
                Box::new(CardFormSetup { script, key: "pk_test_1".to_owned() })
            }),
        };
        assert!(CardSites::of(&PaymentsConfig::Sandbox).is_none() && CardSites::of(&stripe("")).is_none());
        let form = CardSites::of(&stripe("https://js.stripe.com/v3/")).expect("a form");
        let policy = content_security_policy(Some("n"), "", Some(&form));
        for part in [
            "script-src 'self' 'nonce-n' 'wasm-unsafe-eval' https://js.stripe.com https://*.js.stripe.com;",
            "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;",
            "connect-src 'self' https://api.stripe.com;",
            "frame-ancestors 'none'; base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        let form = CardSites::of(&stripe("http://127.0.0.1:8420/js.stripe.com/v3/")).expect("a form");
        let policy = content_security_policy(Some("n"), "", Some(&form));
        assert!(policy.contains("frame-src http://127.0.0.1:8420;") && !policy.contains("stripe"), "{policy}");
        assert!(permissions_policy(Some(&form), false).contains("payment=(self \"http://127.0.0.1:8420\")"));
        let policy = content_security_policy(Some("n"), " https://checkout.stripe.com", None);
        assert!(!policy.contains("frame-src") && policy.contains("form-action 'self' https://checkout.stripe.com;"));
        assert!(policy.contains("connect-src 'self';") && permissions_policy(None, false).contains("payment=()"));
    }

    #[test]
    fn only_rooms_of_calls_may_ask_for_camera_and_microphone() {
        assert!(is_room("/bookings/bkg_1/room"));
        for path in
            ["/", "/bookings", "/bookings//room", "/bookings/room", "/bookings/a/b/room", "/bookings/bkg_1/room/"]
        {
            assert!(!is_room(path), "{path}");
        }
        let room = permissions_policy(None, true);
        assert!(room.contains("camera=(self)") && room.contains("microphone=(self)"), "{room}");
        assert!(room.contains("geolocation=()") && room.contains("payment=()"), "{room}");
        let other = permissions_policy(None, false);
        assert!(other.contains("camera=()") && other.contains("microphone=()"), "{other}");
    }

    #[test]
    fn cookies_are_read_by_name() {
        let headers = headers(&[("cookie", "theme=dark; session=abc")]);
        assert_eq!(cookie(&headers, "session"), Some("abc"));
        assert_eq!(cookie(&headers, "sess"), None);
    }
}
