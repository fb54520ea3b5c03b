//! Style sheets, scripts, fonts and pictures of the built site. Hashed names never change their content, so browsers keep
//! them for good; each has been compressed when it was built.

use std::{
    collections::HashMap,
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
use web::Parts;

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
        let hashed = hashes.is_some();
        let hashes = hashes.unwrap_or_default();
        let parts = parts(&root, &hashes);
        Self { hashed, assets: Assets { parts, ..assets(&hashes) }, files }
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

/// The hash of a kind of file, with a dot before it, from the list that `cargo leptos` writes beside the program: `js: …`,
/// `wasm: …`, `css: …`, and for a module in parts `manifest: …` and `split: …`.
fn dotted_hash(hashes: &str, kind: &str) -> Option<String> {
    let hash = hashes.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.trim() == kind);
    hash.map(|(_, hash)| format!(".{}", hash.trim()))
}

fn assets(hashes: &str) -> Assets {
    let path = |kind: &str| format!("/pkg/magentic{}.{kind}", dotted_hash(hashes, kind).unwrap_or_default());
    Assets { styles: path("css"), script: path("js"), module: path("wasm"), parts: None }
}

/// Which parts of the module each lazy page needs, if it was built in parts.
fn parts(root: &Path, hashes: &str) -> Option<Parts> {
    let (manifest, loader) = (dotted_hash(hashes, "manifest")?, dotted_hash(hashes, "split")?);
    let manifest = root.join(format!("pkg/__wasm_split_manifest{manifest}.json"));
    let needed: HashMap<String, Vec<String>> = serde_json::from_str(&fs::read_to_string(manifest).ok()?).ok()?;
    Some(Parts::new("/pkg", format!("__wasm_split{loader}.js"), needed))
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
