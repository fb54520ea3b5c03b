//! Pages and answers that are there as a whole are compressed in one go, with a context that each thread keeps.
//!
//! `tower_http`'s layer, which takes what is left, compresses any body as a stream: it does not know how long the body will be, so
//! zstd prepares for the longest, half a megabyte of memory for each answer, and hands it on in many small pieces.

use std::cell::RefCell;

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use zstd::bulk::Compressor;

/// What weighs less stays as it is: it fits into the packet that is sent anyway.
const LEAST_BYTES: u64 = 512;
/// What weighs more is compressed as a stream, piece by piece.
const MOST_BYTES: usize = 1 << 20;
/// zstd's level: half as fast again as the next, and a tenth larger.
const LEVEL: i32 = 1;

/// Compresses an answer that is there as a whole for whoever understands zstd.
pub async fn compress(request: Request, next: Next) -> Response {
    let understood = takes_zstd(request.headers());
    let response = next.run(request).await;
    if !understood || !is_worth_it(&response) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST_BYTES).await else {
        let mut failed = Response::new(Body::empty());
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return failed;
    };
    let Some(compressed) = compressed(&bytes) else { return Response::from_parts(head, Body::from(bytes)) };
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::ACCEPT_RANGES);
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    head.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(head, Body::from(compressed))
}

/// Whether a client takes zstd without reserve (RFC 9110 §12.5.3). One that weighs it against others gets what it likes best, from the
/// next layer.
fn takes_zstd(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim().eq_ignore_ascii_case("zstd"))
}

/// Whether a body is text that is there as a whole, and not encoded yet.
fn is_worth_it(response: &Response) -> bool {
    let headers = response.headers();
    let is_text = headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        [&b"text/html"[..], b"application/json"].iter().any(|text| kind.as_bytes().starts_with(text))
    });
    let is_whole = response
        .body()
        .size_hint()
        .exact()
        .is_some_and(|bytes| bytes >= LEAST_BYTES && usize::try_from(bytes).is_ok_and(|bytes| bytes <= MOST_BYTES));
    let is_plain = !headers.contains_key(header::CONTENT_ENCODING) && !headers.contains_key(header::CONTENT_RANGE);
    is_text && is_whole && is_plain
}

/// The bytes compressed, if zstd does so.
fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL).ok());
    }
    COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut()?.compress(bytes).ok())
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware::from_fn, routing::get};
    use tower::ServiceExt;

    use super::*;

    fn text() -> String {
        "<p>A page says things more than once.</p>".repeat(100)
    }

    async fn asked(accepted: &str, path: &str) -> (HeaderMap, Vec<u8>) {
        let page = || async { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text()) };
        let picture = || async { ([(header::CONTENT_TYPE, "image/webp")], text()) };
        let note = || async { ([(header::CONTENT_TYPE, "text/html")], "short") };
        let router = Router::new()
            .route("/page", get(page))
            .route("/picture", get(picture))
            .route("/note", get(note))
            .layer(from_fn(compress));
        let request = Request::get(path).header(header::ACCEPT_ENCODING, accepted).body(Body::empty()).expect("valid");
        let (head, body) = router.oneshot(request).await.expect("an answer").into_parts();
        (head.headers, to_bytes(body, MOST_BYTES).await.expect("a body").to_vec())
    }

    #[tokio::test]
    async fn pages_are_compressed_for_those_who_understand_it() {
        let (headers, body) = asked("gzip, deflate, br, zstd", "/page").await;
        assert_eq!(headers[header::CONTENT_ENCODING], "zstd");
        assert_eq!(headers[header::VARY], "accept-encoding");
        assert!(body.len() < text().len() / 10, "{} bytes", body.len());
        assert_eq!(zstd::bulk::decompress(&body, MOST_BYTES).expect("zstd"), text().into_bytes());
    }

    #[tokio::test]
    async fn what_is_not_understood_or_not_worth_it_stays_as_it_is() {
        for (accepted, path) in
            [("gzip, br", "/page"), ("gzip, zstd;q=0.1", "/page"), ("zstd", "/picture"), ("zstd", "/note")]
        {
            let (headers, body) = asked(accepted, path).await;
            assert!(!headers.contains_key(header::CONTENT_ENCODING), "{accepted} {path}");
            assert!(body == text().as_bytes() || body == b"short");
        }
    }
}
