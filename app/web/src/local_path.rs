//! Where to go afterwards: a page of ours, and never a stranger's.

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
}
