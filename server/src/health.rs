//! `/healthz`, `/readyz` and `/metrics`.

use std::time::Duration;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Problem, ProblemKind};
use metrics_exporter_prometheus::PrometheusHandle;
use subtle::ConstantTimeEq;
use web::server::Visit;

use crate::{app::App, problem::HttpProblem};

/// The process lives.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The process can serve: it reaches its database, and is not shutting down.
pub async fn readyz(State(app): State<App>) -> Response {
    let reached = tokio::time::timeout(
        Duration::from_secs(2),
        sqlx::query_scalar::<_, i32>("select 1").fetch_one(app.state.database.pool()),
    );
    if app.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match reached.await {
        Ok(Ok(_)) => "ready\n".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database is away\n").into_response(),
    }
}

/// Figures for Prometheus (text format 0.0.4): for this machine, or for whoever has the token.
pub async fn metrics(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Extension(handle): Extension<PrometheusHandle>,
    headers: HeaderMap,
) -> Result<Response, HttpProblem> {
    let allowed = match &app.state.config.metrics_token {
        None => visit.is_local(),
        Some(token) => headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .is_some_and(|given| given.as_bytes().ct_eq(token.reveal().as_bytes()).into()),
    };
    if !allowed {
        return Err(Problem::new(
            ProblemKind::Forbidden,
            "Metrics are for the operator. Set METRICS_TOKEN and send it.",
        )
        .into());
    }
    let pool = app.state.database.pool();
    metrics::gauge!("magentic_database_connections").set(f64::from(pool.size()));
    metrics::gauge!("magentic_live_sockets").set(f64::from(app.hub.sockets()));
    if let Ok((waiting, dead)) = platform::job::backlog(pool).await {
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        {
            metrics::gauge!("magentic_jobs_waiting").set(waiting as f64);
            metrics::gauge!("magentic_jobs_dead").set(dead as f64);
        }
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response())
}
