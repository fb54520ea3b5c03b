//! Pages that look the same for every visitor, and the feeds behind them, are made once for all who ask at the same time.
//!
//! A page is kept until something happens (it is kept under the position of the event log it was rendered at) and for a
//! few seconds at most, because it says how long ago things were. Whoever is signed in gets pages of their own. What
//! differs from request to request, the nonce of the scripts and the request's id, is put into each copy.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use memchr::memmem;
use moka::future::Cache;
use web::{Theme, server::Visit};

use crate::app::App;

/// The most that all kept pages weigh, in bytes.
const MOST_BYTES: u64 = 32 << 20;
/// How long a page is kept.
const KEPT: Duration = Duration::from_secs(5);
/// The most that a page may weigh to be kept, in bytes.
const MOST_PAGE_BYTES: usize = 4 << 20;

/// What a page depends on, besides what differs from request to request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    uri: String,
    theme: &'static str,
    may_open_mailbox: bool,
    position: i64,
}

/// A page that is kept: what stands between what differs from request to request.
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    parts: Vec<Part>,
    bytes: usize,
}

enum Part {
    Same(Bytes),
    Nonce,
    RequestId,
}

/// The pages that are kept.
#[derive(Clone)]
pub struct PageCache(Cache<Key, Arc<Page>>);

impl Default for PageCache {
    fn default() -> Self {
        let weight = |_: &Key, page: &Arc<Page>| u32::try_from(page.bytes).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(MOST_BYTES).weigher(weight).time_to_live(KEPT).build())
    }
}

/// Whether a page is the same for every visitor: those that anybody may read.
fn is_for_everybody(path: &str) -> bool {
    let begins = |with: &str| path.starts_with(with);
    matches!(path, "/" | "/public" | "/pricing" | "/market" | "/experts")
        || ["/@", "/posts/", "/market/lst_", "/experts/"].into_iter().any(begins)
}

/// Whether a function answers every visitor alike: those that read what stands on the pages above.
fn reads_for_everybody(path: &str) -> bool {
    let is = |function: &str| path.strip_prefix("/api/").is_some_and(|path| path == function);
    let functions = [
        "social/public_feed",
        "social/posts_of",
        "social/profile",
        "market/market",
        "market/listing",
        "experts/search",
        "experts/expert",
    ];
    functions.into_iter().any(is)
}

/// Whether an answer is wanted as data. Others are led back to the page they come from.
fn wants_data(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    !accepted.into_iter().any(|value| value.contains("text/html"))
}

impl PageCache {
    /// A page for a visitor, from those that are kept, or else as `render` makes it. Of several who ask at the same time
    /// one has it rendered.
    pub async fn page<F>(
        &self,
        app: &App,
        visit: &Visit,
        request: Request,
        render: impl FnOnce(Request) -> F,
    ) -> Response
    where
        F: Future<Output = Response> + Send,
    {
        let Some(key) = key(app, visit, &request) else { return render(request).await };
        let rendered = async {
            let response = render(request).await;
            Page::of(response, visit).await.map(Arc::new)
        };
        match self.0.try_get_with(key.clone(), rendered).await {
            Ok(page) => {
                // What failed, or isn't there, may be there the next time.
                if !page.status.is_success() {
                    self.0.invalidate(&key).await;
                }
                page.copy_for(visit)
            }
            // It could not be read; whoever waited for it is told the same.
            Err(status) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = *status;
                response
            }
        }
    }
}

/// What the page depends on, if it is the same for every visitor.
fn key(app: &App, visit: &Visit, request: &Request) -> Option<Key> {
    let same = request.method() == Method::GET
        && visit.signed_in.is_none()
        && visit.submitted.is_none()
        && (is_for_everybody(request.uri().path())
            || reads_for_everybody(request.uri().path()) && wants_data(request.headers()));
    same.then(|| Key {
        uri: request.uri().to_string(),
        theme: Theme::as_str(visit.theme),
        may_open_mailbox: app.state.may_open_mailbox(visit),
        position: app.state.position.load(Ordering::Acquire),
    })
}

impl Page {
    /// Takes a page apart at what differs from request to request.
    async fn of(response: Response, visit: &Visit) -> Result<Self, StatusCode> {
        let (head, body) = response.into_parts();
        let body = to_bytes(body, MOST_PAGE_BYTES).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        let mut parts = Vec::new();
        let mut from = 0;
        for (at, length, part) in marks(&body, visit) {
            parts.push(Part::Same(body.slice(from..at)));
            parts.push(part);
            from = at + length;
        }
        parts.push(Part::Same(body.slice(from..)));
        let mut headers = head.headers;
        headers.remove(header::CONTENT_LENGTH);
        Ok(Self { status: head.status, headers, parts, bytes: body.len() })
    }

    /// The page for one visitor.
    fn copy_for(&self, visit: &Visit) -> Response {
        let mut body = Vec::with_capacity(self.bytes + 64);
        for part in &self.parts {
            match part {
                Part::Same(bytes) => body.extend_from_slice(bytes),
                Part::Nonce => body.extend_from_slice(visit.nonce.as_bytes()),
                Part::RequestId => body.extend_from_slice(visit.request_id.as_bytes()),
            }
        }
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        response.headers_mut().clone_from(&self.headers);
        response
    }
}

/// Where a page has its nonce and its request's id, in order.
fn marks(body: &[u8], visit: &Visit) -> Vec<(usize, usize, Part)> {
    let find = |what: &str| memmem::find_iter(body, what.as_bytes()).collect::<Vec<_>>();
    let (nonce, id) = (&visit.nonce, &visit.request_id);
    let nonces = find(nonce).into_iter().map(|at| (at, nonce.len(), Part::Nonce));
    let ids = find(id).into_iter().map(|at| (at, id.len(), Part::RequestId));
    let mut marks: Vec<_> = nonces.chain(ids).collect();
    marks.sort_unstable_by_key(|(at, _, _)| *at);
    marks
}
