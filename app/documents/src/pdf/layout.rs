//! Pieces of text as lines, and lines as headings, paragraphs and items: by where they stand and how large they are.

use std::collections::{BTreeMap, HashMap};

use super::page::Run;
use crate::{Block, Located, Locator, tidy};

/// A gap between two pieces that is wider than this part of their size is a space.
const SPACE: f32 = 0.18;

/// A gap that is wider than this stands between columns of a table.
const COLUMN: f32 = 1.8;

/// Letters that are larger than those of the text by this factor are a heading's.
const LARGER: f32 = 1.12;

/// A heading has at most this many characters.
const HEADING_CHARS: usize = 120;

struct Line {
    text: String,
    x: f32,
    end: f32,
    y: f32,
    size: f32,
    bold: bool,
    page: u32,
}

/// The text of all pages as blocks.
pub(crate) fn blocks(pages: &[Vec<Run>]) -> Vec<Located> {
    let mut lines: Vec<Line> = Vec::new();
    for (number, runs) in (1..).zip(pages) {
        lines.extend(lines_of(runs, number));
    }
    let lines = without_margins(lines, pages.len());
    let body = usual_size(&lines);
    let levels = heading_levels(&lines, body);
    let mut writer = Writer { blocks: Vec::new(), open: None };
    let mut before: Option<&Line> = None;
    for line in &lines {
        match level(line, body, &levels) {
            Some(level) => writer.heading(level, line, before),
            None => writer.line(line, before),
        }
        before = Some(line);
    }
    writer.close();
    writer.blocks
}

/// Puts pieces that stand on one line together, in the order in which they were drawn.
fn lines_of(runs: &[Run], page: u32) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for run in runs {
        let same = lines.last_mut().filter(|line| {
            let height = line.size.max(run.size).max(1.0);
            (line.y - run.y).abs() < height * 0.5 && run.x > line.x - height && run.x > line.end - height * 3.0
        });
        if let Some(line) = same {
            line.add(run);
        } else if !run.text.trim().is_empty() {
            let (x, end, y, size, bold) = (run.x, run.end, run.y, run.size, run.bold);
            lines.push(Line { text: run.text.clone(), x, end, y, size, bold, page });
        }
    }
    for line in &mut lines {
        line.text = tidy(&line.text);
    }
    lines.retain(|line| !line.text.is_empty());
    lines
}

impl Line {
    fn add(&mut self, run: &Run) {
        let gap = run.x - self.end;
        let size = self.size.max(run.size).max(1.0);
        if gap > size * COLUMN && !run.text.trim().is_empty() {
            self.text.push_str(" | ");
        } else if gap > size * SPACE && !self.text.ends_with(' ') && !run.text.starts_with(' ') {
            self.text.push(' ');
        }
        self.text.push_str(&run.text);
        self.end = self.end.max(run.end);
        if !run.text.trim().is_empty() {
            self.size = self.size.max(run.size);
            self.bold &= run.bold;
        }
    }
}

/// Leaves out what stands at the top or bottom of most pages: titles that run along, and numbers of pages.
fn without_margins(lines: Vec<Line>, pages: usize) -> Vec<Line> {
    let mut first: BTreeMap<u32, usize> = BTreeMap::new();
    let mut last: BTreeMap<u32, usize> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        first.entry(line.page).or_insert(index);
        last.insert(line.page, index);
    }
    let at_edge = |index: usize, line: &Line| {
        [&first, &last].iter().any(|edge| edge.get(&line.page).is_some_and(|at| at.abs_diff(index) <= 1))
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, line) in lines.iter().enumerate().filter(|(index, line)| at_edge(*index, line)) {
        *seen.entry(without_digits(&line.text)).or_default() += usize::from(index < lines.len());
    }
    let runs_along = |index: usize, line: &Line| {
        let bare = without_digits(&line.text);
        let number =
            bare.trim_matches(|c: char| !c.is_alphabetic()).len() <= 4 && line.text.chars().any(|c| c.is_ascii_digit());
        let often = seen.get(&bare).is_some_and(|count| *count >= 3 && *count * 2 >= pages);
        pages > 1 && at_edge(index, line) && line.text.len() < 120 && (often || (number && line.text.len() <= 12))
    };
    let kept: Vec<bool> = lines.iter().enumerate().map(|(index, line)| !runs_along(index, line)).collect();
    lines.into_iter().zip(kept).filter_map(|(line, keep)| keep.then_some(line)).collect()
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Sizes are told apart to a fifth of a point.
#[expect(clippy::cast_possible_truncation, reason = "a size in fifths of a point is far below any limit")]
fn step(size: f32) -> i32 {
    (size * 5.0).round() as i32
}

/// The size that most characters have.
fn usual_size(lines: &[Line]) -> f32 {
    let mut counts: BTreeMap<i32, (usize, f32)> = BTreeMap::new();
    for line in lines {
        let entry = counts.entry(step(line.size)).or_insert((0, line.size));
        entry.0 += line.text.chars().count();
    }
    counts.values().max_by_key(|(count, _)| *count).map_or(10.0, |(_, size)| *size)
}

fn looks_like_heading(line: &Line, body: f32) -> bool {
    let short = line.text.chars().count() <= HEADING_CHARS && line.text.chars().any(char::is_alphabetic);
    let larger = line.size > body * LARGER;
    let bold = line.bold && line.text.chars().count() <= 70 && !line.text.ends_with(['.', ',', ';', ':']);
    short && !line.text.contains(" | ") && (larger || bold)
}

/// The sizes of headings, the largest first.
fn heading_levels(lines: &[Line], body: f32) -> Vec<i32> {
    let mut sizes: Vec<i32> =
        lines.iter().filter(|line| looks_like_heading(line, body)).map(|line| step(line.size)).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.dedup();
    sizes
}

fn level(line: &Line, body: f32, levels: &[i32]) -> Option<u8> {
    let at = levels.iter().position(|size| *size == step(line.size))?;
    looks_like_heading(line, body).then(|| u8::try_from(at + 1).unwrap_or(6).min(6))
}

struct Writer {
    blocks: Vec<Located>,
    open: Option<(String, u32, u32, f32)>,
}

impl Writer {
    fn heading(&mut self, level: u8, line: &Line, before: Option<&Line>) {
        self.close();
        // A heading on two lines.
        let goes_on = before.is_some_and(|before| {
            before.page == line.page
                && step(before.size) == step(line.size)
                && (before.y - line.y).abs() < line.size * 1.6
        });
        if let (true, Some(Located { block: Block::Heading { level: above, text }, .. })) =
            (goes_on, self.blocks.last_mut())
            && *above == level
        {
            join(text, &line.text);
            return;
        }
        let locator = Locator::Pages { first: line.page, last: line.page };
        self.blocks.push(Located { block: Block::Heading { level, text: line.text.clone() }, locator });
    }

    fn line(&mut self, line: &Line, before: Option<&Line>) {
        let item = mark(&line.text).is_some();
        let table = line.text.contains(" | ");
        let new = match (&self.open, before) {
            (Some((text, ..)), Some(before)) => {
                let gap = before.y - line.y;
                let moved_on = before.page != line.page || gap < 0.0;
                let ended = text.ends_with(['.', '!', '?', ':']);
                let wide_gap = !moved_on && gap > line.size.max(before.size) * 1.75;
                let indented = !moved_on && ended && line.x > before.x + line.size * 0.9;
                let short = ended && before.end < self.widest() - line.size * 6.0;
                item || table || before.text.contains(" | ") || wide_gap || indented || short || (moved_on && ended)
            }
            _ => true,
        };
        if new {
            self.close();
            self.open = Some((line.text.clone(), line.page, line.page, line.end));
        } else if let Some((text, _, last, end)) = &mut self.open {
            join(text, &line.text);
            *last = line.page;
            *end = end.max(line.end);
        }
    }

    fn widest(&self) -> f32 {
        self.open.as_ref().map_or(0.0, |(.., end)| *end)
    }

    fn close(&mut self) {
        let Some((text, first, last, _)) = self.open.take() else { return };
        let block = match mark(&text) {
            Some((mark, rest)) => Block::Item { mark: mark.to_owned(), text: rest.to_owned() },
            None => Block::Paragraph(text),
        };
        self.blocks.push(Located { block, locator: Locator::Pages { first, last } });
    }
}

/// Puts a line to the one above it; a word that was broken at its end is mended.
fn join(text: &mut String, line: &str) {
    let broken = text.strip_suffix('-').is_some_and(|rest| rest.ends_with(char::is_alphabetic));
    if broken && line.starts_with(char::is_lowercase) {
        text.pop();
    } else {
        text.push(' ');
    }
    text.push_str(line);
}

/// The mark of an item.
fn mark(text: &str) -> Option<(&str, &str)> {
    let (mark, rest) = text.split_once(' ')?;
    let bullet = matches!(mark, "•" | "-" | "–" | "*" | "◦" | "▪" | "‣" | "·");
    let number = mark.len() <= 3
        && mark.strip_suffix(['.', ')']).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    (bullet || number).then_some((if bullet { "-" } else { mark }, rest))
}
