//! Invoices as files: PDFs that last (PDF/A-2a) and can be read to people (PDF/UA-1).

mod document;
mod layout;
mod paper;
mod text;
mod words;

use axum::{
    Extension,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use billing_core::service;
use http::{HeaderValue, header};
use kernel::{InvoiceId, Problem};
use platform::rate_limit::Limit;
use web::server::Visit;

use crate::{app::App, problem::HttpProblem};
use document::render;
use words::Letterhead;

/// Invoices that one account downloads.
const DOWNLOADS: Limit = Limit::per("invoice_pdf", 60, 3600);

/// Serves an invoice or a credit note to whom it is made out to, or to an administrator: `/billing/invoices/inv_…/pdf`.
pub async fn pdf(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Result<Response, HttpProblem> {
    let actor = visit.signed_in.as_ref().ok_or_else(Problem::unauthenticated)?.actor;
    let pool = app.state.database.pool();
    app.state.limit_by(DOWNLOADS, &actor.account.to_string()).await?;
    let id: InvoiceId = id.parse().map_err(|_| Problem::not_found("invoice"))?;
    let invoice = service::invoice(pool, actor, id).await.map_err(Problem::from)?;
    let address = app.state.config.public_url.host_str().unwrap_or_default();
    let letterhead = Letterhead { from: format!("Magentic\n{address}"), test: app.state.payments.is_test() };
    let name = HeaderValue::from_str(&format!("inline; filename=\"{}.pdf\"", invoice.summary.number))
        .map_err(|error| platform::internal(&error))?;
    let drawn = tokio::task::spawn_blocking(move || render(&invoice, &letterhead)).await;
    let file =
        drawn.map_err(|error| platform::internal(&error))?.map_err(|error| platform::internal(error.as_ref()))?;
    let mut response = file.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}
