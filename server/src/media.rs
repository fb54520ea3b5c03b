//! Uploaded pictures: in and out.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{FromRequest, Multipart, Path, Query, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::{MediaId, Problem, ProblemKind};
use platform::{
    image::{MAX_UPLOAD_BYTES, Purpose},
    media::{self, StoredMedia},
};
use serde::Deserialize;
use web::{
    server::{State as Shared, Visit},
    upload::Uploaded,
};

use crate::{app::App, problem::HttpProblem};

/// What a picture is for.
#[derive(Debug, Deserialize)]
pub struct UploadQuery {
    purpose: String,
}

/// Takes one picture, as the raw body or as a part of a form, and keeps it until a post or a profile shows it.
pub async fn upload(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Json<Uploaded>, HttpProblem> {
    let purpose = parse_purpose(&query.purpose)?;
    let bytes = read_body(request).await?;
    let stored = keep(&app.state, &visit, bytes, purpose).await?;
    Ok(Json(Uploaded { media: stored.id, url: stored.url(480), width: stored.width, height: stored.height }))
}

fn parse_purpose(word: &str) -> Result<Purpose, Problem> {
    match word {
        "post" => Ok(Purpose::Post),
        "portrait" => Ok(Purpose::Portrait),
        _ => Err(Problem::new(ProblemKind::BadRequest, "The purpose of an upload is post or portrait.")),
    }
}

/// Stores a picture for whoever is signed in.
pub async fn keep(shared: &Shared, visit: &Visit, bytes: Bytes, purpose: Purpose) -> Result<StoredMedia, Problem> {
    let signed_in = visit.signed_in.as_ref().ok_or_else(Problem::unauthenticated)?;
    let who = signed_in.actor.account.to_string();
    shared.limit_by(identity_core::limits::UPLOAD, &who).await?;
    let cx = shared.world.cx(signed_in.actor);
    media::upload(&shared.database, &shared.files, &cx, bytes, purpose).await.map_err(Problem::from)
}

async fn read_body(request: Request) -> Result<Bytes, Problem> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/form-data"));
    if !is_form {
        return axum::body::to_bytes(request.into_body(), MAX_UPLOAD_BYTES).await.map_err(|_| too_large());
    }
    let unreadable = || Problem::new(ProblemKind::BadRequest, "The form could not be read.");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        if field.file_name().is_some() {
            return field.bytes().await.map_err(|_| too_large());
        }
    }
    Err(Problem::field("image", "Choose a picture."))
}

/// The refusal of a body that is too long.
pub fn too_large() -> Problem {
    let megabytes = MAX_UPLOAD_BYTES / 1_000_000;
    Problem::new(
        ProblemKind::TooLarge,
        format!("A picture may have at most {megabytes} MB. Make it smaller and try again."),
    )
}

/// Serves one variant of a picture: `/media/media_…/960.webp`. What is shown somewhere is public and never changes; what
/// is not yet shown anywhere only its owner may see.
pub async fn variant(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, HttpProblem> {
    let missing = || HttpProblem(Problem::not_found("picture"));
    let id: MediaId = id.parse().map_err(|_| missing())?;
    let (width, extension) = file.split_once('.').ok_or_else(missing)?;
    let width: u32 = width.parse().map_err(|_| missing())?;
    let stored = media::get(app.state.database.pool(), id)
        .await
        .map_err(|error| HttpProblem(platform::internal(&error)))?
        .ok_or_else(missing)?;
    let mine = visit.signed_in.as_ref().is_some_and(|it| it.actor.account == stored.owner);
    if !(stored.attached || mine) || stored.encoding.extension() != extension || !stored.variants.contains(&width) {
        return Err(missing());
    }
    let bytes =
        media::read_variant(&app.state.files, &stored, width).await.map_err(|error| HttpProblem(error.into()))?;
    let cache = if stored.attached { "public, max-age=31536000, immutable" } else { "private, no-store" };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(stored.encoding.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}
