//! The one address of a page that has several.

/// Says in the answer's head which address of a page is the one to be kept and shown, for search engines (RFC 6596). `path` begins
/// with a slash.
#[cfg(not(target_arch = "wasm32"))]
pub fn canonical(path: &str) {
    let address = crate::use_boot().public_url;
    crate::server::append_link(&format!("<{address}{path}>; rel=\"canonical\""));
}

/// In the browser there is no answer to say it in.
#[cfg(target_arch = "wasm32")]
pub const fn canonical(_path: &str) {}
