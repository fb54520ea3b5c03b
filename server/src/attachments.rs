//! Pictures and files that stand with messages: in and out.

use agents_core::{command::NewFile, knowledge::FILE_LIMIT, limits, service};
use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::{AttachmentId, FieldError, Problem, ProblemKind};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use social_core::{Attachment, AttachmentFile, AttachmentKind};
use web::server::{State as Shared, Visit};

use crate::{app::App, problem::HttpProblem};

/// How the inputs of a form begin that hold such files: `attachments[1][file]`. What was kept arrives as `attachments[1][id]`.
pub const INPUT: &str = "attachments[";

/// What the file is called.
#[derive(Debug, Deserialize)]
pub struct UploadQuery {
    #[serde(default)]
    name: String,
}

/// Takes one file as the raw body, and keeps it until it is sent with a message.
pub async fn upload(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Json<Attachment>, HttpProblem> {
    // Whoever may not is told so before their file is read.
    if visit.signed_in.is_none() {
        return Err(HttpProblem(Problem::unauthenticated()));
    }
    let read = axum::body::to_bytes(request.into_body(), FILE_LIMIT).await;
    let bytes = read.map_err(|_| HttpProblem(too_large(&query.name)))?;
    Ok(Json(keep(&app.state, &visit, &query.name, bytes).await?))
}

/// Keeps a file for whoever is signed in.
pub async fn keep(shared: &Shared, visit: &Visit, name: &str, bytes: Bytes) -> Result<Attachment, Problem> {
    let signed_in = visit.signed_in.as_ref().ok_or_else(Problem::unauthenticated)?;
    shared.limit_by(limits::ATTACH, &signed_in.actor.account.to_string()).await?;
    let file = NewFile::parse(name, bytes)
        .map_err(|wrong| Problem::field("attachments", format!("{name}: {}", wrong.message)))?;
    let cx = shared.world.cx(signed_in.actor);
    Ok(service::attach_file(&shared.database, &shared.files, &cx, &file).await?)
}

/// The refusal of a file that is too long.
fn too_large(name: &str) -> Problem {
    let message = format!("{name}: This file has more than 20 MB. Make it smaller, or send it in parts.");
    Problem {
        fields: vec![FieldError::new("attachments", message.clone())],
        ..Problem::new(ProblemKind::TooLarge, message)
    }
}

/// Serves a file of an attachment: `/attachments/att_…/small.webp`, `large.webp` or `file`. Only the members of its conversation
/// may see it; before it was sent, only who uploaded it.
pub async fn file(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, HttpProblem> {
    let actor = visit.signed_in.as_ref().ok_or_else(Problem::unauthenticated)?.actor;
    let missing = || HttpProblem(Problem::not_found("file"));
    let id: AttachmentId = id.parse().map_err(|_| missing())?;
    let file = AttachmentFile::parse(&file).ok_or_else(missing)?;
    let (pool, cx) = (app.state.database.pool(), app.state.world.cx(actor));
    let (attachment, bytes) = social_core::service::attachment_file(pool, &app.state.files, &cx, id, file)
        .await
        .map_err(|error| HttpProblem(error.into()))?;
    let (media_type, disposition, cache) = match &attachment.kind {
        AttachmentKind::Picture { .. } => ("image/webp", "inline", "private, max-age=300"),
        AttachmentKind::File { media_type, .. } => (media_type.as_str(), "attachment", "private, no-store"),
    };
    let header_of = |text: &str| HeaderValue::from_str(text).map_err(|error| platform::internal(&error));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header_of(media_type)?);
    headers.insert(header::CONTENT_DISPOSITION, header_of(&named(disposition, &attachment.name))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}

/// A disposition with the name of a file: in plain letters for those who know no others, and as it is (RFC 6266).
fn named(disposition: &str, name: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let plain: String = name.chars().map(|c| if fits(&c) { c } else { '_' }).collect();
    format!("{disposition}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn names_of_files_cannot_end_the_header() {
        assert_eq!(
            named("attachment", "Über\"; x=\r\n1.pdf"),
            "attachment; filename=\"_ber__ x___1.pdf\"; filename*=UTF-8''%C3%9Cber%22%3B%20x%3D%0D%0A1%2Epdf"
        );
    }
}
