//! The lines of a calendar: a name, parameters, a value.

use std::borrow::Cow;

/// The lines of a calendar, those that were folded whole again, without the empty ones.
///
/// Whoever writes calendars folds lines in the middle of a word, breaks them in all ways there are, and leaves some
/// out: what makes no sense is passed over by whoever reads it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut physical = text.split('\n').map(|it| it.strip_suffix('\r').unwrap_or(it)).peekable();
    std::iter::from_fn(move || {
        let first = physical.find(|it| !it.is_empty())?;
        let mut line = Cow::Borrowed(first);
        while let Some(more) = physical.next_if(|it| it.starts_with([' ', '\t'])) {
            line.to_mut().push_str(&more[1..]);
        }
        Some(line)
    })
}

/// A line, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// What it is about, as written.
    name: &'a str,
    /// `;KEY=VALUE` for each parameter.
    parameters: &'a str,
    /// What it says, as written.
    pub(super) value: &'a str,
}

impl<'a> Line<'a> {
    /// Takes a line apart at the first colon that is not quoted.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let (head, value) = line.split_at_checked(unquoted(line, ':')?)?;
        let (name, parameters) = head.split_at_checked(head.find(';').unwrap_or(head.len()))?;
        Some(Self { name, parameters, value: value.strip_prefix(':')?.trim() })
    }

    /// The name in capital letters, unless it is longer than any that means something here.
    pub(super) fn name(&self) -> String {
        if self.name.len() > 40 { String::new() } else { self.name.to_ascii_uppercase() }
    }

    /// What a parameter says, without its quotes.
    pub(super) fn parameter(&self, key: &str) -> Option<&'a str> {
        let mut rest = self.parameters;
        while let Some(parameters) = rest.strip_prefix(';') {
            let end = unquoted(parameters, ';').unwrap_or(parameters.len());
            let (parameter, after) = parameters.split_at_checked(end)?;
            rest = after;
            if let Some((name, value)) = parameter.split_once('=')
                && name.eq_ignore_ascii_case(key)
            {
                return Some(value.trim_matches('"'));
            }
        }
        None
    }
}

/// Where a character is for the first time outside of quotes.
fn unquoted(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    text.find(|it: char| {
        quoted ^= it == '"';
        !quoted && it == wanted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lines_are_whole_again() {
        let text = "A:1\r\nB:2\r\n 3\r\n\t4\n\n\r\nC:\n  5\n é\r\n";
        assert_eq!(lines(text).collect::<Vec<_>>(), ["A:1", "B:234", "C: 5é"]);
        assert_eq!(lines(" A:1\r\n B").collect::<Vec<_>>(), [" A:1B"]);
        assert_eq!(lines("").count(), 0);
    }

    #[test]
    fn lines_are_taken_apart() {
        let text = r#"DTSTART;VALUE=DATE-TIME;TZID="(UTC+01:00) Rome; Bern":20260601T090000"#;
        let line = Line::parse(text).expect("a line");
        assert_eq!((line.name().as_str(), line.value), ("DTSTART", "20260601T090000"));
        assert_eq!(line.parameter("tzid"), Some("(UTC+01:00) Rome; Bern"));
        assert_eq!(line.parameter("VALUE"), Some("DATE-TIME"));
        assert_eq!(line.parameter("X"), None);
        let line = Line::parse("summary:a:b;c").expect("a line");
        assert_eq!((line.name().as_str(), line.value, line.parameter("c")), ("SUMMARY", "a:b;c", None));
        for wrong in ["", "BEGIN", "A;B=\"c:d", "<html>"] {
            assert_eq!(Line::parse(wrong), None, "{wrong}");
        }
    }
}
