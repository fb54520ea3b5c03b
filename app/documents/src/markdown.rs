//! Markdown, by its structure. HTML inside it is left out as markup and kept as text.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::{Block, Document, DocumentError, Format, Limits, Located, Locator, tidy};

/// Reads Markdown with tables.
pub(crate) fn read(text: &str, limits: &Limits) -> Result<Document, DocumentError> {
    let body = without_front_matter(text);
    let skipped = text.len() - body.len();
    let lines = Lines::of(text);
    let mut reader = Reader::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for (count, (event, range)) in Parser::new_ext(body, options).into_offset_iter().enumerate() {
        if count > limits.parts * 4 {
            return Err(DocumentError::TooComplex);
        }
        let locator = Locator::Lines {
            first: lines.at(range.start + skipped),
            last: lines.at((range.end + skipped).saturating_sub(1).max(range.start + skipped)),
        };
        reader.take(event, locator);
    }
    reader.close_paragraph();
    let title = reader.blocks.iter().find_map(|it| match &it.block {
        Block::Heading { level: 1, text } => Some(text.clone()),
        _ => None,
    });
    Ok(Document { format: Format::Markdown, title, blocks: reader.blocks, silent_pages: 0 })
}

/// Settings of site generators between two lines of `---`.
fn without_front_matter(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("---\n") else { return text };
    rest.split_once("\n---\n").map_or(text, |(_, body)| body)
}

/// Where lines begin, to tell the line of a place.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    fn at(&self, place: usize) -> u32 {
        u32::try_from(self.0.partition_point(|newline| *newline < place) + 1).unwrap_or(u32::MAX)
    }
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Located>,
    text: String,
    /// The first locator of the text that is being collected.
    locator: Option<Locator>,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    mark: Option<String>,
    header: Vec<String>,
    cells: Vec<String>,
    in_head: bool,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, locator: Locator) {
        match event {
            Event::Start(tag) => self.start(&tag, locator),
            Event::End(end) => self.end(end, locator),
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::Html(html) | Event::InlineHtml(html) => self.text.push_str(&without_tags(&html)),
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Rule => self.close_paragraph(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, locator: Locator) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock => {
                if self.mark.is_none() {
                    self.close_paragraph();
                } else if !self.text.is_empty() {
                    self.text.push(' ');
                }
                self.locator.get_or_insert(locator);
            }
            Tag::List(first) => {
                self.close_paragraph();
                self.lists.push(*first);
            }
            Tag::Item => {
                self.close_paragraph();
                self.mark = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}.", *number - 1)
                    }
                    _ => "-".to_owned(),
                });
                self.locator = Some(locator);
            }
            Tag::Table(_) => {
                self.close_paragraph();
                self.header.clear();
            }
            Tag::TableHead => self.in_head = true,
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd, locator: Locator) {
        match end {
            TagEnd::Heading(level) => self.close_heading(level, locator),
            TagEnd::CodeBlock if self.mark.is_none() => {
                let text = std::mem::take(&mut self.text);
                self.push(Block::Code(text.trim_end().to_owned()), locator);
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock if self.mark.is_none() => self.close_paragraph(),
            TagEnd::Item => {
                self.close_paragraph();
                self.mark = None;
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::TableCell => self.cells.push(tidy(&std::mem::take(&mut self.text))),
            TagEnd::TableHead => {
                self.in_head = false;
                self.header = std::mem::take(&mut self.cells);
            }
            TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.cells);
                self.push(Block::Row { header: self.header.clone(), cells }, locator);
            }
            _ => {}
        }
    }

    fn close_heading(&mut self, level: HeadingLevel, locator: Locator) {
        let text = tidy(&std::mem::take(&mut self.text));
        let level = match level {
            HeadingLevel::H1 => 1,
            HeadingLevel::H2 => 2,
            HeadingLevel::H3 => 3,
            HeadingLevel::H4 => 4,
            HeadingLevel::H5 => 5,
            HeadingLevel::H6 => 6,
        };
        if !text.is_empty() {
            self.push(Block::Heading { level, text }, locator);
        }
    }

    fn close_paragraph(&mut self) {
        let text = lines_tidied(&std::mem::take(&mut self.text));
        let locator = self.locator.take();
        let (false, Some(locator)) = (text.is_empty(), locator) else { return };
        let block = match self.mark.take() {
            Some(mark) => Block::Item { mark, text: text.replace('\n', " ") },
            None => Block::Paragraph(text),
        };
        self.push(block, locator);
    }

    fn push(&mut self, block: Block, locator: Locator) {
        self.locator = None;
        self.blocks.push(Located { block, locator });
    }
}

/// One line, except that an answer begins a new one.
fn lines_tidied(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for line in text.lines().map(tidy).filter(|line| !line.is_empty()) {
        if !tidied.is_empty() {
            tidied.push(if crate::plain::begins_answer(&line) { '\n' } else { ' ' });
        }
        tidied.push_str(&line);
    }
    tidied
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}
