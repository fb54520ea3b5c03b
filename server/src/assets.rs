//! Style sheets, scripts, fonts and pictures of the built site. Hashed names never change their content, so browsers keep
//! them for good; each has been compressed when it was built.

use std::path::{Path, PathBuf};

use axum::{
    body::Body,
    http::{HeaderValue, Request, StatusCode, header},
    response::Response,
};
use leptos::config::LeptosOptions;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Where the built site is.
#[derive(Clone)]
pub struct Site {
    /// For the document's head.
    pub options: LeptosOptions,
    files: ServeDir,
}

impl Site {
    /// Finds the built site: where the setting says, or beside the program, or where `cargo leptos` puts it.
    pub fn find(configured: Option<&Path>) -> Self {
        let program_folder = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf));
        let beside = program_folder.clone().map(|folder| folder.join("site")).filter(|folder| folder.is_dir());
        let root = configured.map(Path::to_path_buf).or(beside).unwrap_or_else(|| PathBuf::from("target/site"));
        let hashed = program_folder.is_some_and(|folder| folder.join("hash.txt").is_file());
        let options = LeptosOptions::builder()
            .output_name("magentic")
            .site_root(root.to_string_lossy().into_owned())
            .hash_files(hashed)
            .build();
        let files = ServeDir::new(&root).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
        Self { options, files }
    }

    /// The file at this request's path, if the site has it.
    pub async fn serve(&self, request: Request<Body>) -> Option<Response> {
        let path = request.uri().path().to_owned();
        let response = self.files.clone().oneshot(request).await.ok()?;
        if response.status() == StatusCode::NOT_FOUND || response.status() == StatusCode::METHOD_NOT_ALLOWED {
            return None;
        }
        let mut response = response.map(Body::new);
        let hashed = self.options.hash_files && path.starts_with("/pkg/");
        let cache = if hashed || path.starts_with("/fonts/") {
            "public, max-age=31536000, immutable"
        } else {
            // The service worker and the manifest are asked for anew each time; the rest changes with releases only.
            "public, no-cache"
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        Some(response)
    }
}
