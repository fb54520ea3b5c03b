//! Style sheets, scripts, fonts and pictures of the built site. Hashed names never change their content, so browsers keep
//! them for good; each has been compressed when it was built.

use std::{
    fs,
    path::{Path, PathBuf},
};

use app::Assets;
use axum::{
    body::Body,
    http::{HeaderValue, Request, StatusCode, header},
    response::Response,
};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Where the built site is.
#[derive(Clone)]
pub struct Site {
    /// What a page needs, by its hashed names.
    pub assets: Assets,
    hashed: bool,
    files: ServeDir,
}

impl Site {
    /// Finds the built site: where the setting says, or beside the program, or where `cargo leptos` puts it.
    pub fn find(configured: Option<&Path>) -> Self {
        let program_folder = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf));
        let beside = program_folder.clone().map(|folder| folder.join("site")).filter(|folder| folder.is_dir());
        let root = configured.map(Path::to_path_buf).or(beside).unwrap_or_else(|| PathBuf::from("target/site"));
        let hashes = program_folder.and_then(|folder| fs::read_to_string(folder.join("hash.txt")).ok());
        let files =
            ServeDir::new(&root).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
        Self { hashed: hashes.is_some(), assets: assets(hashes.as_deref().unwrap_or_default()), files }
    }

    /// The file at this request's path, if the site has it.
    pub async fn serve(&self, request: Request<Body>) -> Option<Response> {
        let path = request.uri().path().to_owned();
        let response = self.files.clone().oneshot(request).await.ok()?;
        if response.status() == StatusCode::NOT_FOUND || response.status() == StatusCode::METHOD_NOT_ALLOWED {
            return None;
        }
        let mut response = response.map(Body::new);
        let hashed = self.hashed && path.starts_with("/pkg/");
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

/// Reads the list of hashes that `cargo leptos` writes beside the program: `js: …`, `wasm: …`, `css: …`.
fn assets(hashes: &str) -> Assets {
    let path = |kind: &str| {
        let hash = hashes.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.trim() == kind);
        let hash = hash.map(|(_, hash)| format!(".{}", hash.trim())).unwrap_or_default();
        format!("/pkg/magentic{hash}.{kind}")
    };
    Assets { styles: path("css"), script: path("js"), module: path("wasm") }
}

#[cfg(test)]
mod tests {
    use super::assets;

    #[test]
    fn names_carry_their_hashes() {
        let hashed = assets("css: abc\njs: def\nwasm: 123\n");
        assert_eq!(hashed.styles, "/pkg/magentic.abc.css");
        assert_eq!(hashed.module, "/pkg/magentic.123.wasm");
        assert_eq!(assets("").script, "/pkg/magentic.js");
    }
}
