//! Text without markup: paragraphs between empty lines, headings by how they stand there, lists, questions with answers.

use crate::{Block, Document, Format, Located, Locator, tidy};

/// A heading is short; a longer line alone is a paragraph.
const HEADING_CHARS: usize = 80;

/// Reads a text.
pub(crate) fn read(text: &str) -> Document {
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].trim().is_empty() {
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|line| lines[*line].trim().is_empty()).unwrap_or(lines.len());
        group(&lines, at, end, &mut blocks);
        at = end;
    }
    Document { format: Format::Plain, title: None, blocks, silent_pages: 0 }
}

/// The lines between two empty ones.
fn group(lines: &[&str], mut at: usize, end: usize, blocks: &mut Vec<Located>) {
    if let Some((level, text, used)) = heading(&lines[at..end]) {
        push(blocks, Block::Heading { level, text }, at, at + used - 1);
        at += used;
    }
    let mut first = at;
    let mut open: Option<(String, String)> = None;
    for (index, line) in lines.iter().enumerate().take(end).skip(at) {
        let line = tidy(line);
        if let Some((mark, rest)) = item(&line) {
            close(blocks, open.take(), first, index.saturating_sub(1));
            open = Some((mark.to_owned(), rest.to_owned()));
            first = index;
        } else if let Some((_, text)) = &mut open {
            let gap = if begins_answer(&line) { '\n' } else { ' ' };
            text.push(gap);
            text.push_str(&line);
        } else {
            open = Some((String::new(), line));
            first = index;
        }
    }
    close(blocks, open, first, end - 1);
}

fn close(blocks: &mut Vec<Located>, open: Option<(String, String)>, first: usize, last: usize) {
    let Some((mark, text)) = open else { return };
    let block = if mark.is_empty() { Block::Paragraph(text) } else { Block::Item { mark, text } };
    push(blocks, block, first, last);
}

fn push(blocks: &mut Vec<Located>, block: Block, first: usize, last: usize) {
    let line = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
    blocks.push(Located { block, locator: Locator::Lines { first: line(first), last: line(last.max(first)) } });
}

/// A line that is underlined, numbered like a section, or short, alone and without an end.
fn heading(group: &[&str]) -> Option<(u8, String, usize)> {
    let text = tidy(group[0]);
    if text.chars().count() > HEADING_CHARS || item(&text).is_some_and(|(mark, _)| !mark.ends_with(['.', ')'])) {
        return None;
    }
    let underline = group.get(1).map(|line| line.trim()).filter(|line| line.len() >= 3);
    if let Some(mark) = underline.and_then(|line| ["=", "-"].into_iter().find(|mark| line.replace(mark, "").is_empty()))
    {
        return Some((if mark == "=" { 1 } else { 2 }, text, 2));
    }
    let sections = numbered(&text);
    let alone = group.len() == 1;
    let ends = text.ends_with(['.', ',', ';', '!']) || text.contains(": ");
    let shouted = text.chars().any(char::is_alphabetic) && text.to_uppercase() == text && text.chars().count() > 3;
    match sections {
        Some(level) if alone && !ends => Some((level, text, 1)),
        None if (alone || shouted) && !ends && text.chars().any(char::is_alphabetic) && !is_question(&text) => {
            Some((2, text.trim_end_matches(':').to_owned(), 1))
        }
        _ => None,
    }
}

fn is_question(text: &str) -> bool {
    text.starts_with("Q:") || text.starts_with("Q.") || text.starts_with("F:")
}

pub(crate) fn begins_answer(text: &str) -> bool {
    ["A:", "Answer:", "Antwort:", "R:", "Resposta:", "Respuesta:", "Réponse:"].iter().any(|mark| text.starts_with(mark))
}

/// The level of `2.3 Cables`: as many as it has numbers.
fn numbered(text: &str) -> Option<u8> {
    let (number, title) = text.split_once(' ')?;
    let parts: Vec<&str> = number.trim_end_matches('.').split('.').collect();
    let digits =
        parts.iter().all(|part| !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit()));
    (digits && title.chars().next().is_some_and(char::is_uppercase))
        .then(|| u8::try_from(parts.len().min(6)).unwrap_or(6))
}

/// The mark of a list's item and what comes after it.
fn item(line: &str) -> Option<(&str, &str)> {
    let (mark, rest) = line.split_once(' ')?;
    let bullet = matches!(mark, "-" | "*" | "•" | "–" | "·" | "▪" | "+");
    let number = mark.len() <= 4
        && mark.strip_suffix(['.', ')']).is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()));
    (bullet || number).then_some((if bullet { "-" } else { mark }, rest))
}
