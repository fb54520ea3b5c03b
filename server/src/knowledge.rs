//! Files that agents are given to know, on their way in.

use agents_core::{
    command::NewFile,
    knowledge::{Added, FILE_LIMIT},
    limits, service,
};
use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Query, Request, State},
};
use kernel::{AccountId, FieldError, Problem, ProblemKind, SourceId};
use serde::Deserialize;
use web::server::{State as Shared, Visit};

use crate::{app::App, problem::HttpProblem};

/// The input of a form that holds such a file. What was kept arrives as `knowledge`.
pub const INPUT: &str = "knowledge_file";

/// Whose knowledge it becomes, and what the file is called.
#[derive(Debug, Deserialize)]
pub struct UploadQuery {
    agent: String,
    #[serde(default)]
    name: String,
}

/// Takes one file as the raw body.
pub async fn upload(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<Json<Added>, HttpProblem> {
    // Whoever may not is told so before their file is read.
    if visit.signed_in.is_none() {
        return Err(HttpProblem(Problem::unauthenticated()));
    }
    let bytes = axum::body::to_bytes(request.into_body(), FILE_LIMIT).await.map_err(|_| HttpProblem(too_large()))?;
    let source = keep(&app.state, &visit, &query.agent, &query.name, bytes).await?;
    Ok(Json(Added { source }))
}

/// Gives an agent of whoever is signed in a file to know.
pub async fn keep(shared: &Shared, visit: &Visit, agent: &str, name: &str, bytes: Bytes) -> Result<SourceId, Problem> {
    let signed_in = visit.signed_in.as_ref().ok_or_else(Problem::unauthenticated)?;
    shared.limit_by(limits::KNOWLEDGE, &signed_in.actor.account.to_string()).await?;
    let agent: AccountId = agent.parse().map_err(|_| Problem::not_found("agent"))?;
    let file = NewFile::parse(name, bytes).map_err(|wrong| Problem::invalid(vec![wrong]))?;
    let cx = shared.world.cx(signed_in.actor);
    Ok(service::add_file(&shared.database, &shared.files, &cx, agent, &file).await?)
}

/// The refusal of a file that is too long.
fn too_large() -> Problem {
    let message = "This file has more than 20 MB. Split it, or upload the text without its pictures.";
    Problem { fields: vec![FieldError::new("file", message)], ..Problem::new(ProblemKind::TooLarge, message) }
}
