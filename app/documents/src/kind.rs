//! What a file is, by its content. Its name and media type only decide between things that look the same.

use crate::{DocumentError, Format, Hint};

/// How far a PDF's header may stand from the beginning; readers have always allowed some bytes before it.
const PDF_HEADER_WITHIN: usize = 1024;

/// What is looked at of a text to tell what it is.
const LOOK: usize = 16 * 1024;

/// Where a PDF begins in a file, if it is one.
pub(crate) fn pdf_start(bytes: &[u8]) -> Option<usize> {
    let head = &bytes[..bytes.len().min(PDF_HEADER_WITHIN)];
    head.windows(5).position(|window| window == b"%PDF-")
}

/// Refuses kinds that are no text, by name where people are likely to upload them.
pub(crate) fn refuse_foreign(bytes: &[u8]) -> Result<(), DocumentError> {
    const AS_PDF: &str = "Save it as PDF or as plain text and upload that.";
    const AS_TEXT: &str = "Upload what it says as text.";
    let foreign = |what, advice| Err(DocumentError::Foreign { what, advice });
    let office = |part: &[u8]| bytes[..bytes.len().min(64 * 1024)].windows(part.len()).any(|window| window == part);
    match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] if office(b"word/") => foreign("a Word document", AS_PDF),
        [b'P', b'K', 3 | 5, 4 | 6, ..] if office(b"xl/") => {
            foreign("an Excel workbook", "Save the sheet as CSV and upload that.")
        }
        [b'P', b'K', 3 | 5, 4 | 6, ..] if office(b"ppt/") => foreign("a PowerPoint presentation", AS_PDF),
        [b'P', b'K', 3 | 5, 4 | 6, ..] if office(b"epub+zip") => foreign("an e-book", AS_PDF),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => foreign("an archive", "Unpack it and upload the files in it."),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => foreign("an old Office document", AS_PDF),
        [b'{', b'\\', b'r', b't', b'f', ..] => foreign("an RTF document", AS_PDF),
        [0x1F, 0x8B, ..] | [b'7', b'z', 0xBC, 0xAF, ..] | [b'R', b'a', b'r', b'!', ..] => {
            foreign("an archive", "Unpack it and upload the files in it.")
        }
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => {
            foreign("a picture", AS_TEXT)
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => foreign("a picture", AS_TEXT),
        [b'I', b'D', b'3', ..] | [b'O', b'g', b'g', b'S', ..] | [b'f', b'L', b'a', b'C', ..] => {
            foreign("a sound recording", AS_TEXT)
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => foreign("a video or a recording", AS_TEXT),
        _ => Ok(()),
    }
}

/// What a text is.
pub(crate) fn of_text(text: &str, hint: Hint<'_>) -> Format {
    let look = prefix(text, LOOK);
    if looks_like_html(look) {
        return Format::Html;
    }
    let hinted = by_hint(hint);
    let csv = delimiter(look, hinted == Some(Format::Csv)).is_some();
    match hinted {
        Some(Format::Csv) if csv => Format::Csv,
        Some(Format::Markdown) => Format::Markdown,
        _ if looks_like_markdown(look) => Format::Markdown,
        _ if csv && hinted.is_none() => Format::Csv,
        _ => Format::Plain,
    }
}

fn by_hint(hint: Hint<'_>) -> Option<Format> {
    let name = hint.file_name.unwrap_or_default().to_ascii_lowercase();
    let media = hint.content_type.unwrap_or_default().to_ascii_lowercase();
    let named = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if named(&[".csv", ".tsv"]) || media.starts_with("text/csv") || media.starts_with("text/tab-separated-values") {
        Some(Format::Csv)
    } else if named(&[".md", ".markdown"]) || media.starts_with("text/markdown") {
        Some(Format::Markdown)
    } else if named(&[".txt", ".text"]) {
        Some(Format::Plain)
    } else {
        None
    }
}

pub(crate) fn prefix(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn looks_like_html(text: &str) -> bool {
    let start = prefix(text.trim_start(), 1024).to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") || start.contains("<head") {
        return true;
    }
    let tags =
        ["<body", "<div", "<p>", "<p ", "<table", "<ul>", "<h1", "<h2", "<section", "<article", "<main", "<span"];
    start.starts_with('<') && tags.iter().any(|tag| start.contains(tag))
}

fn looks_like_markdown(text: &str) -> bool {
    let mut signs = 0;
    for line in text.lines().take(400) {
        let line = line.trim_end();
        let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
        let heading = (1..=6).contains(&hashes) && line[hashes..].starts_with(' ');
        let fence = line.starts_with("```");
        let rule =
            line.len() > 4 && line.starts_with('|') && line.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' '));
        let inline = line.contains("](") || line.matches("**").count() >= 2;
        signs += usize::from(heading || fence || rule) * 2 + usize::from(inline);
    }
    signs >= 2
}

/// What separates the values of a CSV file, if the text is one: the character that stands equally often in nearly every line.
pub(crate) fn delimiter(text: &str, named_so: bool) -> Option<u8> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(30).collect();
    let least = if named_so { 1 } else { 3 };
    if lines.len() < least {
        return None;
    }
    [b';', b'\t', b'|', b','].into_iter().find(|mark| {
        let counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, *mark)).collect();
        let columns = counts[0];
        let equal = counts.iter().filter(|count| **count == columns).count();
        // A text without that name must be regular indeed: prose has commas, too.
        columns >= 1 && if named_so { equal * 2 >= counts.len() } else { columns >= 2 && equal == counts.len() }
    })
}

fn outside_quotes(line: &str, mark: u8) -> usize {
    let mut quoted = false;
    line.bytes()
        .filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted && *byte == mark
        })
        .count()
}
