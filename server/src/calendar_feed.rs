//! Somebody's bookings as a calendar that other programs read.

use axum::{
    Extension,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use experts_core::service;
use http::{HeaderValue, header};
use kernel::Problem;
use platform::rate_limit::Limit;
use web::server::Visit;

use crate::{app::App, problem::HttpProblem};

/// Reading of one calendar. Programs come every few minutes at most, and those of many people may come from one address.
const READS: Limit = Limit::per("calendar_feed", 120, 3600);
/// Addresses that lead nowhere, from one network.
const GUESSES: Limit = Limit::per("calendar_guess", 60, 3600);

/// Serves all bookings of whoever has a token: `/calendar/<token>.ics`. Whoever knows the token is let in: calendar programs
/// can't sign in.
pub async fn feed(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(file): Path<String>,
) -> Result<Response, HttpProblem> {
    let token = file.strip_suffix(".ics").unwrap_or_default();
    let (pool, cx) = (app.state.database.pool(), app.state.world.cx(()));
    let owner = match service::feed_owner(pool, token).await {
        Ok(owner) => owner,
        Err(error) => {
            app.state.limit_by(GUESSES, &visit.device.network()).await?;
            return Err(Problem::from(error).into());
        }
    };
    app.state.limit_by(READS, &owner.to_string()).await?;
    let calendar = service::feed(pool, &cx, owner, &app.state.config.public_url).await.map_err(Problem::from)?;
    let mut response = calendar.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"calls.ics\""));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}
