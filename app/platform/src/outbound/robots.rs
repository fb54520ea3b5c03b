//! What a site asks of programs that read it (robots.txt, RFC 9309).

use url::Url;

/// What we are called, to sites and in their rules.
pub(super) const NAME: &str = "Magentic";

/// The most rules of a site that are looked at, and the most bytes of one: what comparing takes stays small.
const MOST_RULES: usize = 1_000;
const LONGEST_RULE: usize = 500;

/// The rules for us. None forbid nothing.
#[derive(Debug, Default)]
pub(super) struct Robots {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    allow: bool,
    pattern: String,
}

impl Robots {
    /// Reads the rules that are for us, or, when none are, those for everybody.
    pub(super) fn parse(text: &str) -> Self {
        let mut ours = None::<Vec<Rule>>;
        let mut everybodys = Vec::new();
        // Whom the group is for that is being read, and whether its head is over.
        let (mut for_us, mut for_all, mut in_rules) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match key.as_str() {
                "user-agent" => {
                    if in_rules {
                        (for_us, for_all, in_rules) = (false, false, false);
                    }
                    let name: &str = value.split(['/', ' ']).next().unwrap_or_default();
                    for_us |= name.eq_ignore_ascii_case(NAME);
                    for_all |= name == "*";
                    if for_us {
                        ours.get_or_insert_default();
                    }
                }
                "allow" | "disallow" => {
                    in_rules = true;
                    if value.is_empty() || value.len() > LONGEST_RULE {
                        continue;
                    }
                    let rule = || Rule { allow: key == "allow", pattern: escaped(value) };
                    if let Some(ours) = ours.as_mut().filter(|it| for_us && it.len() < MOST_RULES) {
                        ours.push(rule());
                    }
                    if for_all && everybodys.len() < MOST_RULES {
                        everybodys.push(rule());
                    }
                }
                _ => {}
            }
        }
        Self { rules: ours.unwrap_or(everybodys) }
    }

    /// Whether a page may be read: the longest rule that fits decides, and of two as long the one that allows.
    pub(super) fn allow(&self, address: &Url) -> bool {
        let path = address.query().map_or_else(|| address.path().to_owned(), |it| format!("{}?{it}", address.path()));
        if path == "/robots.txt" {
            return true;
        }
        let fitting = self.rules.iter().filter(|rule| fits(rule.pattern.as_bytes(), path.as_bytes()));
        fitting.max_by_key(|rule| (rule.pattern.len(), rule.allow)).is_none_or(|rule| rule.allow)
    }
}

/// A pattern as addresses are written: letters beyond ASCII are escaped.
fn escaped(pattern: &str) -> String {
    let mut escaped = String::with_capacity(pattern.len());
    for c in pattern.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            let mut buffer = [0; 4];
            escaped.extend(c.encode_utf8(&mut buffer).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    escaped
}

/// Whether a path begins as a pattern says: `*` stands for anything, `$` at its end for the end.
fn fits(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, to_end) = pattern.strip_suffix(b"$").map_or((pattern, false), |it| (it, true));
    let (mut at, mut place) = (0, 0);
    // Where the last star is, and how much it stands for: if what follows doesn't fit, it stands for one more.
    let mut star: Option<(usize, usize)> = None;
    loop {
        if at == pattern.len() && (!to_end || place == path.len()) {
            return true;
        }
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, place));
            at += 1;
        } else if at < pattern.len() && pattern.get(at) == path.get(place) {
            at += 1;
            place += 1;
        } else if let Some((starred, stood)) = star.filter(|(_, stood)| *stood < path.len()) {
            star = Some((starred, stood + 1));
            at = starred + 1;
            place = stood + 1;
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(rules: &str, path: &str) -> bool {
        Robots::parse(rules).allow(&Url::parse("https://example.org").expect("a URL").join(path).expect("a path"))
    }

    #[test]
    fn the_longest_rule_of_our_group_decides() {
        let rules = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-Agent: magentic/1.0 # us\nDisallow: /private\n\
                     Allow: /private/open\nDisallow: /*.pdf$\nDisallow: /straße\nCrawl-delay: 3\nDisallow:\n";
        for (path, allowed) in [
            ("/", true),
            ("/private", false),
            ("/private/open/day", true),
            ("/a/b.pdf", false),
            ("/a/b.pdf?x", true),
            ("/stra%C3%9Fe/1", false),
            ("/robots.txt", true),
        ] {
            assert_eq!(allows(rules, path), allowed, "{path}");
        }
        assert!(!allows("User-agent: *\nDisallow: /", "/a"));
        assert!(allows("User-agent: *\nDisallow: /a\nAllow: /a", "/a"));
        assert!(allows("nonsense\n\0", "/a") && allows("", "/a"));
    }

    #[test]
    fn stars_are_tried_without_end_and_end() {
        assert!(fits(b"/a*b*c", b"/a--b--b--c--") && !fits(b"/a*b*c$", b"/a--b--b--c--"));
        assert!(fits(b"/*$", b"/anything") && fits(b"", b"/") && fits(b"/*", b"/"));
        let many = "*a".repeat(2_000);
        assert!(!fits(format!("/{many}b").as_bytes(), format!("/{}", "a".repeat(2_000)).as_bytes()));
    }
}
