//! Where to go after signing in: a page of ours, and never a stranger's.

/// Takes the address of one of our own pages: a path and what belongs to it.
pub fn local_path(next: &str) -> Option<&str> {
    // Browsers read `//host` and `/\host` as another host, and leave out tabs and line breaks before they look.
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(|c| c.is_control() || c.is_whitespace())
        && next.len() <= 500;
    local.then_some(next)
}

/// The address of the sign-in page that leads back to this path.
pub fn sign_in_from(path: &str) -> String {
    let encoded: String = path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("/sign-in?next={encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_gone_to() {
        for ours in ["/", "/settings/devices", "/@ana?tab=likes#post", "/compose?to=%2F%2Fx"] {
            assert_eq!(local_path(ours), Some(ours));
        }
        let long = format!("/{}", "x".repeat(600));
        for theirs in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "settings",
            &long,
        ] {
            assert_eq!(local_path(theirs), None, "{theirs:?}");
        }
    }

    #[test]
    fn the_way_back_survives_the_way_there() {
        assert_eq!(sign_in_from("/settings"), "/sign-in?next=/settings");
        assert_eq!(sign_in_from("/a?b=c&d"), "/sign-in?next=/a%3Fb%3Dc%26d");
    }
}
