//! A page in place of a bare problem: what somebody sees in a browser when no page could be rendered, because the database was
//! away, a handler panicked, or it took too long.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, Method, Request, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Problem, ProblemKind};
use web::{Theme, server::THEME_COOKIE};

use crate::{
    app::App,
    middleware::{RequestId, cookie},
};

/// The problem that a response tells of, as an extension of it.
#[derive(Debug, Clone)]
pub struct Told(pub Problem);

/// Puts a page in the place of a problem that a browser asked a page for. Programs get it as it is.
pub async fn explain(State(app): State<App>, request: Request<Body>, next: Next) -> Response {
    if !wants_page(&request) {
        return next.run(request).await;
    }
    let theme = cookie(request.headers(), THEME_COOKIE).map_or(Theme::System, Theme::parse);
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let here = (request.method() == Method::GET)
        .then(|| request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string));
    let mut response = next.run(request).await;
    let Some(problem) = problem_of(&mut response) else { return response };
    let again = matches!(problem.kind, ProblemKind::Internal | ProblemKind::Unavailable | ProblemKind::TooMany);
    let reference = id.filter(|_| matches!(problem.kind, ProblemKind::Internal | ProblemKind::Unavailable));
    let page = ::app::failed_document(&app.site.assets, theme, problem, here.filter(|_| again), reference);
    let kept = response.headers().get(header::RETRY_AFTER).cloned();
    let mut explained = (response.status(), page).into_response();
    let headers = explained.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(after) = kept {
        headers.insert(header::RETRY_AFTER, after);
    }
    explained
}

/// Whether a request is a browser's, for a page.
fn wants_page(request: &Request<Body>) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.contains("text/html") && !request.uri().path().starts_with("/api/")
}

fn problem_of(response: &mut Response) -> Option<Problem> {
    if response.status() == StatusCode::GATEWAY_TIMEOUT {
        let words = "This took too long, so it was broken off. Please try again in a moment.";
        return Some(Problem::new(ProblemKind::Unavailable, words));
    }
    response.extensions_mut().remove::<Told>().map(|told| told.0)
}
