//! Statements as files: a table for spreadsheets.

use std::{
    fs::File,
    io::{Seek, SeekFrom},
};

use axum::{
    Extension,
    body::Body,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use kernel::{LedgerAccountId, ListingId, Problem};
use money_core::service;
use platform::rate_limit::Limit;
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use web::server::Visit;

use crate::{app::App, problem::HttpProblem};

/// Statements that one account downloads.
const DOWNLOADS: Limit = Limit::per("statement_csv", 60, 3600);

/// Which statement.
#[derive(Debug, Deserialize)]
pub struct Asked {
    of: String,
}

/// Serves the whole statement of one of the visitor's accounts of the ledger: `/wallet/statement.csv?of=lacc_…`. It is written to
/// a file first, so that it takes no memory, its length is known, and a failure is told as one.
pub async fn csv(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpProblem> {
    let actor = visit.signed_in.as_ref().ok_or_else(Problem::unauthenticated)?.actor;
    let pool = app.state.database.pool();
    app.state.limit_by(DOWNLOADS, &actor.account.to_string()).await?;
    let account: LedgerAccountId = asked.of.parse().map_err(|_| Problem::not_found("statement"))?;
    let mut file = tempfile::tempfile().map_err(|error| platform::internal(&error))?;
    service::statement_csv(pool, actor, account, &mut file).await.map_err(Problem::from)?;
    let length = file.stream_position().map_err(|error| platform::internal(&error))?;
    file.seek(SeekFrom::Start(0)).map_err(|error| platform::internal(&error))?;
    Ok(table(file, length, "attachment; filename=\"statement.csv\""))
}

/// Which earnings: of a listing, or all.
#[derive(Debug, Deserialize)]
pub struct AskedEarnings {
    #[serde(default)]
    of: Option<String>,
}

/// Serves all that the visitor earned on the market, line by line: `/market/earnings.csv`, with `?of=lst_…` of one listing alone.
pub async fn earnings(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Query(asked): Query<AskedEarnings>,
) -> Result<Response, HttpProblem> {
    let actor = visit.signed_in.as_ref().ok_or_else(Problem::unauthenticated)?.actor;
    app.state.limit_by(DOWNLOADS, &actor.account.to_string()).await?;
    let of: Option<ListingId> = asked.of.map(|of| of.parse().map_err(|_| Problem::not_found("listing"))).transpose()?;
    let cx = app.state.world.cx(actor);
    let mut file = tempfile::tempfile().map_err(|error| platform::internal(&error))?;
    let pool = app.state.database.pool();
    market_core::service::statement_csv(pool, &cx, of, &mut file).await.map_err(Problem::from)?;
    let length = file.stream_position().map_err(|error| platform::internal(&error))?;
    file.seek(SeekFrom::Start(0)).map_err(|error| platform::internal(&error))?;
    Ok(table(file, length, "attachment; filename=\"earnings.csv\""))
}

/// A table to keep, for whoever asked and nobody else.
fn table(file: File, length: u64, name: &'static str) -> Response {
    let mut response = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
