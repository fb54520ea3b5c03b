//! Cuts a document into passages: long enough to answer from, short enough to be cited.

use serde::{Deserialize, Serialize};

use crate::{Block, Document, Located, Locator, plain, sentence};

/// A passage is not ended before it has this many characters, unless a heading comes.
const LEAST: usize = 400;

/// A passage doesn't get longer than this by what is added to it.
const MOST: usize = 900;

/// How much of the end of a part is repeated at the beginning of the next, when a single paragraph is cut.
const OVERLAP: usize = 160;

/// A passage of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// The headings above it, highest first.
    pub heading_path: Vec<String>,
    /// Where it stands.
    pub locator: Locator,
    /// Its text. Paragraphs, items and rows are lines; the values of a row have the names of their columns.
    pub text: String,
}

impl Chunk {
    /// Its headings and where it stands, for people to read: `Care › Factory reset, page 3`. The offline engine knows this form.
    pub fn place(&self) -> String {
        let (path, at) = (self.heading_path.join(" › "), self.locator.to_string());
        if path.is_empty() || at.is_empty() { path + &at } else { format!("{path}, {at}") }
    }
}

/// Cuts a document into passages by its structure: a heading begins a new one, paragraphs, items and rows stay whole, and a question
/// stays with its answer. Only a paragraph that is too long by itself is cut, between sentences, with a small overlap. The same
/// document always gives the same passages.
pub fn chunk(document: &Document) -> Vec<Chunk> {
    let mut cutter = Cutter { path: Vec::new(), open: None, chunks: Vec::new() };
    let mut blocks = document.blocks.iter().peekable();
    while let Some(located) = blocks.next() {
        match &located.block {
            Block::Heading { level, text } => cutter.heading(*level, text),
            Block::Paragraph(text) if text.split_once('\n').is_some_and(|(first, _)| asks(first)) => {
                cutter.pair(text, located);
            }
            Block::Paragraph(text) if asks(text) => {
                let answer = blocks.next_if(|next| is_answer(&next.block));
                cutter.question(text, located, answer);
            }
            block => cutter.add(&rendered(block), &located.locator, matches!(block, Block::Item { .. })),
        }
    }
    cutter.flush();
    cutter.chunks
}

struct Open {
    text: String,
    locator: Locator,
}

struct Cutter {
    path: Vec<(u8, String)>,
    open: Option<Open>,
    chunks: Vec<Chunk>,
}

impl Cutter {
    fn heading(&mut self, level: u8, text: &str) {
        self.flush();
        self.path.retain(|(above, _)| *above < level);
        self.path.push((level, text.to_owned()));
    }

    /// A question is a heading for its answer, and they stay together.
    fn question(&mut self, question: &str, at: &Located, answer: Option<&Located>) {
        let Some(answer) = answer else {
            return self.add(question, &at.locator, false);
        };
        let text = format!("{question}\n{}", rendered(&answer.block));
        let block = Block::Paragraph(text.clone());
        self.pair(&text, &Located { block, locator: at.locator.to(&answer.locator) });
    }

    /// A question and its answer on the lines below it.
    fn pair(&mut self, text: &str, at: &Located) {
        self.flush();
        let question = text.lines().next().unwrap_or_default();
        self.path.push((u8::MAX, without_mark(question).to_owned()));
        self.add(text, &at.locator, false);
        self.flush();
        self.path.pop();
    }

    /// Adds a part to the open passage, or begins a new one with it. An item goes with the line that announces it.
    fn add(&mut self, text: &str, locator: &Locator, item: bool) {
        let length = text.chars().count();
        let before = self.open.as_ref().map_or(0, |open| open.text.chars().count());
        if before > 0 && before + length > MOST {
            let announced = item.then(|| self.take_announcement()).flatten();
            self.flush();
            if let Some((line, at)) = announced {
                self.open = Some(Open { text: line, locator: at });
            }
        } else if before >= LEAST && !item && before + length > (LEAST + MOST) / 2 {
            self.flush();
        }
        if length > MOST {
            self.flush();
            return self.add_cut(text, locator);
        }
        match &mut self.open {
            Some(open) => {
                open.text.push('\n');
                open.text.push_str(text);
                open.locator = open.locator.to(locator);
            }
            None => self.open = Some(Open { text: text.to_owned(), locator: locator.clone() }),
        }
    }

    /// The last line of the open passage, if it announces a list and isn't all there is.
    fn take_announcement(&mut self) -> Option<(String, Locator)> {
        let open = self.open.as_mut()?;
        let (rest, line) = open.text.rsplit_once('\n')?;
        let (rest, line) = (rest.to_owned(), line.to_owned());
        line.ends_with(':').then(|| {
            open.text = rest;
            (line, open.locator.clone())
        })
    }

    fn add_cut(&mut self, text: &str, locator: &Locator) {
        for part in cut(text) {
            self.open = Some(Open { text: part, locator: locator.clone() });
            self.flush();
        }
    }

    fn flush(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.text.trim().is_empty() {
            return;
        }
        let heading_path = self.path.iter().map(|(_, text)| text.clone()).collect();
        self.chunks.push(Chunk { heading_path, locator: open.locator, text: open.text });
    }
}

/// A long paragraph in parts: whole sentences, the last of each part once more at the beginning of the next.
fn cut(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut part: Vec<&str> = Vec::new();
    let mut length = 0;
    for sentence in sentence::split(text).into_iter().flat_map(pieces) {
        let more = sentence.chars().count() + 1;
        if length > 0 && length + more > MOST {
            parts.push(part.join(" "));
            let last = part.last().copied().filter(|last| last.chars().count() <= OVERLAP && part.len() > 1);
            part = last.into_iter().collect();
            length = part.iter().map(|it| it.chars().count() + 1).sum();
        }
        part.push(sentence);
        length += more;
    }
    parts.push(part.join(" "));
    parts
}

/// A sentence that is too long by itself, cut between words, or anywhere where there are none.
fn pieces(sentence: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while let Some((end, _)) = rest.char_indices().nth(MOST) {
        let at = rest[..end].rfind([' ', ';', ',']).filter(|at| *at > end / 2).unwrap_or(end);
        let (piece, after) = rest.split_at(at);
        pieces.push(piece.trim());
        rest = after.trim_start();
    }
    pieces.push(rest);
    pieces
}

fn rendered(block: &Block) -> String {
    match block {
        Block::Heading { text, .. } | Block::Paragraph(text) | Block::Code(text) => text.clone(),
        Block::Item { mark, text } => format!("{mark} {text}"),
        Block::Row { header, cells } => row(header, cells),
    }
}

/// `Ticket: Day pass; Price: €45`: a row that can be read, found and quoted without the rest of its table.
fn row(header: &[String], cells: &[String]) -> String {
    let named = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| {
        match header.get(column).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name}: {cell}"),
            None => cell.clone(),
        }
    });
    named.collect::<Vec<_>>().join("; ")
}

const QUESTION_MARKS: &[&str] = &["Q:", "Q.", "Question:", "Frage:", "F:", "P:", "Pergunta:", "Pregunta:"];

fn asks(text: &str) -> bool {
    text.chars().count() <= 200 && (text.ends_with('?') || QUESTION_MARKS.iter().any(|mark| text.starts_with(mark)))
}

fn is_answer(block: &Block) -> bool {
    match block {
        Block::Paragraph(text) => plain::begins_answer(text) || !asks(text),
        _ => false,
    }
}

fn without_mark(question: &str) -> &str {
    QUESTION_MARKS.iter().find_map(|mark| question.strip_prefix(mark)).unwrap_or(question).trim()
}
