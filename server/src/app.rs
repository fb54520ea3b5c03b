//! The router: every door of the server, and what a request passes through on its way.

use std::{sync::Arc, time::Duration};

use agents_core::service::Answerer;
use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, StatusCode},
    middleware::{from_fn, from_fn_with_state, map_request},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use kernel::{Problem, ProblemKind};
use metrics_exporter_prometheus::PrometheusHandle;
use platform::Database;
use social_core::shop::Shop;
use tokio_util::sync::CancellationToken;
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer,
};
use web::server::{State as Shared, Visit, provide_context, provide_server};

use crate::{
    answers::{self, Means, Watched},
    assets::Site,
    attachments, calendar_feed,
    compress::compress,
    error_page, form_post, health, invoice_pdf, knowledge,
    known::Known,
    live,
    live::Hub,
    media, middleware,
    page_cache::PageCache,
    payments,
    problem::HttpProblem,
    statement,
};

/// The most the body of a request may weigh, in bytes: four pictures and a post.
const MOST_BODY_BYTES: usize = 45 << 20;
/// The most an event of a payment provider may weigh, in bytes.
const MOST_WEBHOOK_BYTES: usize = 1 << 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What every handler is given.
#[derive(Clone)]
pub struct App {
    /// What pages and server functions share.
    pub state: Shared,
    /// Who writes agents' answers.
    pub answerer: Answerer,
    /// What the web is read with, and secrets are opened with.
    pub means: Means,
    /// How many answers each account watches.
    pub watched: Watched,
    /// The live sockets.
    pub hub: Hub,
    /// The built site.
    pub site: Arc<Site>,
    /// Who was recognised a moment ago.
    pub known: Known,
    /// Pages that are the same for every visitor.
    pub pages: PageCache,
    /// Cancelled when the server begins to shut down.
    pub stopping: CancellationToken,
}

impl App {
    /// Provides what pages and server functions need to everything that handles this request: one function for both doors.
    fn provide(&self, visit: Visit) {
        provide_server(self.state.clone(), visit);
        provide_context(self.answerer.clone());
        self.means.provide();
        provide_context(shop(&self.state.database));
    }
}

/// Says to the pages of profiles who offers something on the market.
fn shop(database: &Database) -> Shop {
    let database = database.clone();
    Shop::new(move |account| {
        let database = database.clone();
        Box::pin(async move { market_core::service::sells(database.pool(), account).await.map_err(Problem::from) })
    })
}

/// Builds the router.
pub fn router(app: App, metrics: PrometheusHandle) -> Router {
    // Says so when a test has built a router before; one executor serves them all.
    _ = any_spawner::Executor::init_tokio();
    let inner = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/live", any(live::connect))
        .route("/live/answers/{run}", get(answers::watch))
        .route("/media/{id}/{file}", get(media::variant))
        .route("/attachments/{id}/{file}", get(attachments::file))
        .route("/wallet/statement.csv", get(statement::csv))
        .route("/market/earnings.csv", get(statement::earnings))
        .route("/billing/invoices/{id}/pdf", get(invoice_pdf::pdf))
        .route("/calendar/{file}", get(calendar_feed::feed))
        .route("/webhooks/{provider}", post(payments::webhook).layer(DefaultBodyLimit::max(MOST_WEBHOOK_BYTES)))
        .route("/api/upload", post(media::upload))
        .route("/api/attachment", post(attachments::upload))
        .route("/api/knowledge", post(knowledge::upload))
        .route("/api/{*function}", any(server_function))
        .fallback(page_or_file)
        .layer(Extension(metrics))
        .with_state(app.clone());
    Router::new()
        .fallback_service(inner.clone())
        .layer(from_fn_with_state((app.clone(), inner), form_post::take_form_posts))
        .layer(from_fn_with_state(app.clone(), middleware::identify))
        .layer(from_fn_with_state(app.clone(), middleware::same_origin))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PATIENCE))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), error_page::explain))
        .layer(from_fn(compress))
        // Streams, and for those who don't know zstd. What was compressed when it was built stays as it is, and so do pictures.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(app.clone(), middleware::protect))
        .layer(from_fn_with_state(app, middleware::observe))
        .layer(map_request(without_empty_query))
}

/// `/path?` is `/path`: one address for one page.
async fn without_empty_query(mut request: Request) -> Request {
    if request.uri().query() == Some("")
        && let Ok(uri) = request.uri().path().parse()
    {
        *request.uri_mut() = uri;
    }
    request
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = words, "a handler panicked");
    metrics::counter!("magentic_panics_total").increment(1);
    HttpProblem(Problem::internal()).into_response()
}

/// Calls a server function.
async fn server_function(State(app): State<App>, Extension(visit): Extension<Visit>, request: Request) -> Response {
    if server_fn::axum::get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return HttpProblem(Problem::not_found("function")).into_response();
    }
    let pages = app.pages.clone();
    let (theirs, of) = (app.clone(), visit.clone());
    pages.page(&app, &visit, request, move |request| call_now(theirs, of, request)).await
}

async fn call_now(app: App, visit: Visit, request: Request) -> Response {
    let provide = move || app.provide(visit.clone());
    leptos_axum::handle_server_fns_with_context(provide, request).await.into_response()
}

/// Serves a file of the built site, or else renders a page.
async fn page_or_file(State(app): State<App>, Extension(visit): Extension<Visit>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let problem = Problem::new(ProblemKind::BadRequest, "Pages can only be read. Reload the page and try again.");
        return HttpProblem(problem).into_response();
    }
    let looks_like_file = request.uri().path().rsplit('/').next().is_some_and(|name| name.contains('.'));
    if looks_like_file {
        let (head, _) = request.into_parts();
        let for_file = Request::from_parts(head.clone(), Body::empty());
        if let Some(file) = app.site.serve(for_file).await {
            return file;
        }
        return render(app, visit, Request::from_parts(head, Body::empty())).await;
    }
    render(app, visit, request).await
}

async fn render(app: App, visit: Visit, request: Request) -> Response {
    let pages = app.pages.clone();
    let (theirs, of) = (app.clone(), visit.clone());
    pages.page(&app, &visit, request, move |request| render_now(theirs, of, request)).await
}

async fn render_now(app: App, visit: Visit, request: Request) -> Response {
    let assets = app.site.assets.clone();
    let theme = visit.theme;
    let provide = move || app.provide(visit.clone());
    let document = move || ::app::document(assets.clone(), theme);
    // Whole pages, not streams: they read the same without JavaScript, and the status comes from what was found.
    let (head, body) = leptos_axum::render_app_async_with_context(provide, document)(request).await.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(page) => Response::from_parts(head, Body::from(page)),
        Err(error) => HttpProblem(platform::internal(&error)).into_response(),
    }
}
