//! Problems as HTTP responses: problem+json (RFC 9457) for programs.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use kernel::Problem;

use crate::error_page::Told;

/// A problem on its way out of a handler.
#[derive(Debug)]
pub struct HttpProblem(pub Problem);

impl From<Problem> for HttpProblem {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for HttpProblem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.0.retry_after;
        let told = Told(self.0.clone());
        let mut body = serde_json::to_value(&self.0).unwrap_or_default();
        if let Some(members) = body.as_object_mut() {
            // The members RFC 9457 names, beside our own.
            members.insert("type".to_owned(), "about:blank".into());
            members.insert("title".to_owned(), self.0.kind.title().into());
            members.insert("status".to_owned(), status.as_u16().into());
            members.insert("detail".to_owned(), self.0.message.into());
        }
        let mut response = (status, Json(body)).into_response();
        response.extensions_mut().insert(told);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
