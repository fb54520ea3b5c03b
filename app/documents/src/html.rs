//! Web pages: the main text with its headings, lists and tables, without what stands around it on every page.

use scraper::{ElementRef, Html, Node, Selector, node::Element};

use crate::{Block, Document, DocumentError, Format, Limits, Located, Locator, tidy};

/// What is never text for a reader.
const SKIPPED: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video",
    "nav", "aside", "footer", "form", "button", "select", "textarea", "input", "dialog", "menu", "head", "title",
];

/// Words in a class or an id of what stands around the text.
const AROUND: &[&str] = &[
    "nav",
    "navbar",
    "menu",
    "sidebar",
    "footer",
    "cookie",
    "cookies",
    "consent",
    "breadcrumb",
    "breadcrumbs",
    "share",
    "sharing",
    "social",
    "advert",
    "ads",
    "ad",
    "banner",
    "popup",
    "modal",
    "newsletter",
    "related",
    "comments",
    "skip",
];

/// Elements that begin a new line of thought.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "blockquote",
    "figure",
    "figcaption",
    "dl",
    "dt",
    "dd",
    "ul",
    "ol",
    "li",
    "table",
    "hr",
    "details",
    "summary",
    "address",
    "body",
    "html",
    "fieldset",
    "center",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "thead",
    "tbody",
    "tfoot",
    "tr",
];

/// Elements that need no end, so that a page without their ends isn't taken for a deep one.
const NEED_NO_END: &[&str] = &[
    "p", "li", "td", "th", "tr", "dt", "dd", "option", "thead", "tbody", "tfoot", "colgroup", "area", "base", "br",
    "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "html", "head", "body",
];

/// The main part must have this share of the page's text to be taken for it.
const MAIN_SHARE: f64 = 0.3;

/// Reads a page.
pub(crate) fn read(text: &str, limits: &Limits) -> Result<Document, DocumentError> {
    bounded(text, limits)?;
    let page = Html::parse_document(text);
    let title = first(&page, "title").map(|it| tidy(&it.text().collect::<String>())).filter(|it| !it.is_empty());
    let mut reader = Reader::default();
    if let Some(root) = main_part(&page) {
        reader.children(root);
        reader.close();
    }
    Ok(Document { format: Format::Html, title, blocks: reader.blocks, silent_pages: 0 })
}

fn selector(css: &str) -> Option<Selector> {
    Selector::parse(css).ok()
}

fn first<'a>(page: &'a Html, css: &str) -> Option<ElementRef<'a>> {
    page.select(&selector(css)?).next()
}

/// Refuses pages with more elements, or deeper ones, than any page for readers has: the parser's time grows with the product.
fn bounded(text: &str, limits: &Limits) -> Result<(), DocumentError> {
    let (mut tags, mut depth) = (0_usize, 0_usize);
    for piece in text.split('<').skip(1) {
        let closes = piece.starts_with('/');
        let name: String = piece
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(12)
            .collect::<String>()
            .to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        tags += 1;
        match (closes, NEED_NO_END.contains(&name.as_str())) {
            (true, false) => depth = depth.saturating_sub(1),
            (false, false) => depth += 1,
            _ => {}
        }
        if tags > limits.parts || depth > limits.depth {
            return Err(DocumentError::TooComplex);
        }
    }
    Ok(())
}

/// The element that holds the text: what the page calls its main part or its article, if most of the text is there.
fn main_part(page: &Html) -> Option<ElementRef<'_>> {
    let body = first(page, "body")?;
    let all = length(body);
    let mut parts =
        ["main", "[role=main]", "article", "#content", ".content"].into_iter().filter_map(|css| first(page, css));
    parts.find(|part| length(*part) >= all * MAIN_SHARE).or(Some(body))
}

#[expect(clippy::cast_precision_loss, reason = "a page has far fewer characters than a float can count")]
fn length(element: ElementRef<'_>) -> f64 {
    let skipped = |it: &ElementRef<'_>| matches!(it.value().name(), "script" | "style" | "noscript" | "template");
    let mut count = 0;
    for node in element.descendants() {
        let inside = node.parent().and_then(ElementRef::wrap).is_some_and(|parent| skipped(&parent));
        if let (Node::Text(text), false) = (node.value(), inside) {
            count += text.trim().len();
        }
    }
    count as f64
}

fn is_around(element: &Element) -> bool {
    let hidden = element.attr("hidden").is_some() || element.attr("aria-hidden") == Some("true");
    let role =
        matches!(element.attr("role"), Some("navigation" | "banner" | "contentinfo" | "search" | "dialog" | "alert"));
    let names = [element.attr("class"), element.attr("id")].into_iter().flatten();
    let mut words = names.flat_map(|names| names.split([' ', '-', '_', '\n', '\t']));
    // What holds the whole text may have any class.
    let small = !matches!(element.name(), "body" | "html" | "main" | "article");
    hidden || role || (small && words.any(|word| AROUND.contains(&word.to_ascii_lowercase().as_str())))
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Located>,
    text: String,
    anchor: Option<String>,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u32>>,
    mark: Option<String>,
}

impl Reader {
    fn children(&mut self, element: ElementRef<'_>) {
        for child in element.children() {
            if let Node::Text(text) = child.value() {
                self.text.push_str(text);
            } else if let Some(child) = ElementRef::wrap(child) {
                self.element(child);
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>) {
        let value = element.value();
        let name = value.name();
        if SKIPPED.contains(&name) || is_around(value) {
            return;
        }
        match name {
            "br" => self.text.push('\n'),
            "td" | "th" => {
                self.text.push(' ');
                self.children(element);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(element),
            "table" => self.table(element),
            "pre" => {
                self.close();
                let code = element.text().collect::<String>().trim_end().to_owned();
                self.push(Block::Code(code));
            }
            "ul" | "ol" => {
                self.close();
                self.lists.push((name == "ol").then_some(1));
                self.children(element);
                self.close();
                self.lists.pop();
            }
            "li" => self.item(element),
            _ if BLOCKS.contains(&name) => {
                self.close();
                self.children(element);
                self.close();
            }
            _ => self.children(element),
        }
    }

    fn heading(&mut self, element: ElementRef<'_>) {
        self.close();
        self.children(element);
        let text = tidy(&std::mem::take(&mut self.text));
        self.mark = None;
        let id = element.value().attr("id").or_else(|| {
            let around = element.parent().and_then(ElementRef::wrap)?;
            matches!(around.value().name(), "section" | "article").then(|| around.value().attr("id")).flatten()
        });
        self.anchor = id.map(str::to_owned).or_else(|| self.anchor.take());
        let level = element.value().name().as_bytes()[1] - b'0';
        self.push(Block::Heading { level, text });
    }

    fn item(&mut self, element: ElementRef<'_>) {
        self.close();
        self.mark = Some(match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}.", *number - 1)
            }
            _ => "-".to_owned(),
        });
        self.children(element);
        self.close();
        self.mark = None;
    }

    /// A table of values row by row; one that only arranges the page, or has tables in it, as what stands in it.
    fn table(&mut self, table: ElementRef<'_>) {
        self.close();
        let (Some(rows), Some(cells), Some(inner)) = (selector("tr"), selector("th, td"), selector("table")) else {
            return;
        };
        let arranges = table.select(&inner).next().is_some() || table.value().attr("role") == Some("presentation");
        if arranges {
            return self.children(table);
        }
        let mut header: Vec<String> = Vec::new();
        for row in table.select(&rows) {
            let elements: Vec<ElementRef<'_>> = row.select(&cells).collect();
            let texts: Vec<String> =
                elements.iter().map(|cell| tidy(&cell.text().collect::<Vec<_>>().join(" "))).collect();
            let names = elements.len() > 1 && elements.iter().all(|cell| cell.value().name() == "th");
            if names && header.is_empty() {
                header = texts;
            } else if texts.iter().any(|text| !text.is_empty()) {
                self.push(Block::Row { header: header.clone(), cells: texts });
            }
        }
    }

    /// Ends what was being collected.
    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = tidy(&text);
        if text.is_empty() {
            return;
        }
        let block = match self.mark.take() {
            Some(mark) => Block::Item { mark, text },
            None => Block::Paragraph(text),
        };
        self.push(block);
    }

    fn push(&mut self, block: Block) {
        if block.chars() > 0 {
            self.blocks.push(Located { block, locator: Locator::Section { anchor: self.anchor.clone() } });
        }
    }
}
