//! Where everything stands. Points from the upper left corner of a page; text stands on its baseline.

use super::{
    text::{Faces, Line, Style},
    words::{Tone, Words},
};

/// An A4 page.
pub const PAGE: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 56.0;
const RIGHT: f32 = PAGE.0 - 56.0;
const TOP: f32 = 56.0;
/// Where what it is for and what it comes to end, at the latest.
const BOTTOM: f32 = 758.0;
const FOOT: f32 = 796.0;

const BODY: Style = Style::regular(9.5);
const STRONG: Style = Style::semibold(9.5);
const SMALL: Style = Style::regular(8.5);
const LABEL: Style = Style::semibold(8.5);
/// From the heads of columns to the first row.
const HEADS: f32 = 8.0;
/// From one line of text to the next.
const LEADING: f32 = 13.5;
/// Between columns.
const GAP: f32 = 16.0;
/// Above and below the text of a row.
const PADDING: f32 = 7.0;
/// Where what stands on the right begins: there the column of times does.
const MIDDLE: f32 = RIGHT - AMOUNT - TAX - PERIOD - 2.0 * GAP;
/// How wide the columns of amounts, of rates of tax and of times are.
const AMOUNT: f32 = 104.0;
const TAX: f32 = 40.0;
const PERIOD: f32 = 92.0;
/// How wide the names of facts are.
const FACT: f32 = 84.0;

/// A colour, as the web pages have it on white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

const INK: Colour = Colour(0x18, 0x17, 0x22);
const SOFT: Colour = Colour(0x55, 0x54, 0x6a);
const FAINT: Colour = Colour(0x6a, 0x69, 0x7d);
const HAIRLINE: Colour = Colour(0xe7, 0xe6, 0xee);
const STRONG_LINE: Colour = Colour(0x8b, 0x8a, 0x9b);
const SUNKEN: Colour = Colour(0xf6, 0xf6, 0xfa);
const GOOD: (Colour, Colour) = (Colour(0x15, 0x6c, 0x43), Colour(0xe9, 0xf7, 0xef));
const DUE: (Colour, Colour) = (Colour(0x51, 0x38, 0xcf), Colour(0xf0, 0xed, 0xff));
const WARNING: (Colour, Colour) = (Colour(0x85, 0x4d, 0x06), Colour(0xfd, 0xf4, 0xe3));

/// What something is, for those who have it read to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing: it only looks nice.
    Ornament,
    /// Nothing: it helps to find one's way through the pages.
    Furniture,
    /// The heading.
    Heading,
    /// A paragraph, or a line of it: those with the same number are one.
    Paragraph(usize),
    /// A part of a cell of a table.
    Cell {
        /// The table.
        table: Table,
        /// The row.
        row: usize,
        /// The column.
        column: usize,
    },
}

/// The tables there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// What else is to be known.
    Facts,
    /// What it is for; its first row has the heads of the columns.
    Rows,
    /// What it comes to.
    Sums,
}

/// Something on a page.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub role: Role,
    /// Where its left end is; or, for a shape, its left side.
    pub x: f32,
    /// Where its baseline is; or, for a shape, its upper side.
    pub y: f32,
    /// Which colour it has.
    pub colour: Colour,
    /// What it looks like.
    pub look: Look,
}

/// What something looks like.
#[derive(Debug, Clone)]
pub enum Look {
    /// Text.
    Text(Line),
    /// A filled rectangle: its width, its height, and how round its corners are.
    Rectangle(f32, f32, f32),
    /// The mark of the platform, of this size.
    Mark(f32),
}

/// Places everything, and gives the pages.
pub fn pages(words: &Words, faces: &Faces) -> Vec<Vec<Item>> {
    let mut placing = Placing { words, faces, full: Vec::new(), page: Vec::new(), paragraphs: 0, y: TOP };
    placing.letterhead();
    placing.heading();
    placing.parties();
    placing.rows();
    placing.sums();
    placing.finish()
}

struct Placing<'a> {
    words: &'a Words,
    faces: &'a Faces,
    full: Vec<Vec<Item>>,
    page: Vec<Item>,
    /// How many paragraphs there are.
    paragraphs: usize,
    /// How far the page is used.
    y: f32,
}

/// A column of the table of what it is for.
#[derive(Clone, Copy)]
struct Column {
    x: f32,
    width: f32,
    /// Whether text ends at the right side.
    right: bool,
    style: Style,
}

impl Placing<'_> {
    fn paragraph(&mut self) -> Role {
        self.paragraphs += 1;
        Role::Paragraph(self.paragraphs)
    }

    fn line(&mut self, role: Role, x: f32, y: f32, colour: Colour, line: Line) {
        if !line.glyphs.is_empty() {
            self.page.push(Item { role, x, y, colour, look: Look::Text(line) });
        }
    }

    fn text(&mut self, role: Role, x: f32, y: f32, colour: Colour, style: Style, text: &str) {
        self.line(role, x, y, colour, self.faces.line(text, style));
    }

    /// Text that ends at `right`.
    fn text_to(&mut self, role: Role, right: f32, y: f32, colour: Colour, style: Style, text: &str) {
        let line = self.faces.line(text, style);
        self.line(role, right - line.width, y, colour, line);
    }

    fn shape(&mut self, x: f32, y: f32, colour: Colour, look: Look) {
        self.page.push(Item { role: Role::Ornament, x, y, colour, look });
    }

    fn rule(&mut self, x: f32, y: f32, colour: Colour) {
        self.shape(x, y, colour, Look::Rectangle(RIGHT - x, 0.75, 0.0));
    }

    /// Who wrote it, and whether it is only a test.
    fn letterhead(&mut self) {
        let words = self.words;
        let (name, address) = words.from.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
        self.shape(LEFT, self.y, INK, Look::Mark(28.0));
        let role = self.paragraph();
        self.text(role, LEFT + 38.0, self.y + 19.5, INK, Style::semibold(15.0), name);
        let above = LEADING * address.len().saturating_sub(1) as f32 / 2.0;
        let mut y = (self.y + 17.5 - above).max(self.y + 9.0);
        for line in address {
            let role = self.paragraph();
            self.text_to(role, RIGHT, y, SOFT, SMALL, line);
            y += LEADING;
        }
        self.y = y.max(self.y + 28.0);
        if words.test {
            let (ink, ground) = WARNING;
            self.y += 20.0;
            self.shape(LEFT, self.y, ground, Look::Rectangle(RIGHT - LEFT, 26.0, 6.0));
            let role = self.paragraph();
            self.text(role, LEFT + 12.0, self.y + 16.4, ink, STRONG, "Test mode \u{2013} no real money");
            self.y += 26.0;
        }
    }

    /// What it is, its number, and how far it is.
    fn heading(&mut self) {
        let words = self.words;
        let y = self.y + 62.0;
        self.text(Role::Heading, LEFT, y, INK, Style::semibold(26.0), words.kind);
        let role = self.paragraph();
        self.text(role, LEFT, y + 20.0, SOFT, Style::regular(12.0), &words.number);
        let (tone, word) = words.state;
        let (ink, ground) = match tone {
            Tone::Neutral => (SOFT, SUNKEN),
            Tone::Good => GOOD,
            Tone::Due => DUE,
        };
        let line = self.faces.line(word, STRONG);
        let (width, x) = (line.width + 22.0, RIGHT - line.width - 22.0);
        self.shape(x, y - 18.0, ground, Look::Rectangle(width, 22.0, 11.0));
        let role = self.paragraph();
        self.line(role, x + 11.0, y - 3.6, ink, line);
        self.y = y + 38.0;
    }

    /// Who it is made out to, and what else is to be known.
    fn parties(&mut self) {
        let words = self.words;
        self.rule(LEFT, self.y, HAIRLINE);
        let top = self.y + 24.0;
        if !words.to.is_empty() {
            let role = self.paragraph();
            self.text(role, LEFT, top, FAINT, LABEL, words.to_label);
        }
        let mut left = top + LEADING + 2.0;
        for (at, line) in words.to.iter().enumerate() {
            let role = self.paragraph();
            let style = if at == 0 && words.to.len() > 1 { STRONG } else { BODY };
            for line in self.faces.wrap(line, style, MIDDLE - LEFT - 2.0 * GAP) {
                self.line(role, LEFT, left, INK, line);
                left += LEADING;
            }
        }
        let mut right = top;
        for (row, (name, value)) in words.facts.iter().enumerate() {
            let cell = |column| Role::Cell { table: Table::Facts, row, column };
            self.text(cell(0), MIDDLE, right, FAINT, LABEL, name);
            for line in self.faces.wrap(value, BODY, RIGHT - MIDDLE - FACT - GAP) {
                self.line(cell(1), MIDDLE + FACT + GAP, right, INK, line);
                right += LEADING;
            }
            right += 3.5;
        }
        self.y = left.max(right) + 22.0;
    }

    /// The columns of what it is for. The first has the room that the others leave.
    fn columns(&self) -> Vec<Column> {
        let mut columns = vec![
            Column { x: 0.0, width: AMOUNT, right: true, style: BODY.tabular() },
            Column { x: 0.0, width: TAX, right: true, style: BODY.tabular() },
        ];
        if self.words.heads.len() > 3 {
            columns.push(Column { x: 0.0, width: PERIOD, right: false, style: BODY });
        }
        let mut end = RIGHT;
        for column in &mut columns {
            column.x = end - column.width;
            end = column.x - GAP;
        }
        columns.push(Column { x: LEFT, width: end - LEFT, right: false, style: BODY });
        columns.reverse();
        columns
    }

    /// What it is for. Every page that it goes on has the heads of the columns.
    fn rows(&mut self) {
        let (words, columns) = (self.words, self.columns());
        let mut begun = false;
        for (at, cells) in words.rows.iter().enumerate() {
            let cells = cells.iter().zip(&columns);
            let cells: Vec<_> = cells.map(|(text, column)| self.faces.wrap(text, column.style, column.width)).collect();
            let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
            let height = lines as f32 * LEADING + 2.0 * PADDING;
            // The last row stays with what it all comes to.
            let with_it = if at + 1 == words.rows.len() { self.height_of_sums() } else { 0.0 };
            if self.y + HEADS + height + with_it > BOTTOM {
                self.next_page();
                begun = false;
            }
            if !begun {
                self.heads(&columns, at == 0);
                begun = true;
            }
            self.row(at + 1, cells, &columns);
            self.y += height;
            self.rule(LEFT, self.y, HAIRLINE);
        }
        if words.rows.is_empty() {
            self.heads(&columns, true);
        }
    }

    /// The heads of the columns. They are read out once.
    fn heads(&mut self, columns: &[Column], first: bool) {
        let words = self.words;
        for (column, (head, at)) in words.heads.iter().zip(columns).enumerate() {
            let role = if first { Role::Cell { table: Table::Rows, row: 0, column } } else { Role::Furniture };
            if at.right {
                self.text_to(role, at.x + at.width, self.y, FAINT, LABEL, head);
            } else {
                self.text(role, at.x, self.y, FAINT, LABEL, head);
            }
        }
        self.y += HEADS;
        self.rule(LEFT, self.y, STRONG_LINE);
    }

    fn row(&mut self, row: usize, cells: Vec<Vec<Line>>, columns: &[Column]) {
        for (at, (lines, column)) in cells.into_iter().zip(columns).enumerate() {
            let colour = if at == 0 || at + 1 == columns.len() { INK } else { SOFT };
            let mut y = self.y + PADDING + 10.0;
            for line in lines {
                let x = if column.right { column.x + column.width - line.width } else { column.x };
                self.line(Role::Cell { table: Table::Rows, row, column: at }, x, y, colour, line);
                y += LEADING;
            }
        }
    }

    fn height_of_sums(&self) -> f32 {
        10.0 + self.words.sums.iter().map(|sum| if sum.strong { 27.0 } else { 18.0 }).sum::<f32>()
    }

    /// What it comes to.
    fn sums(&mut self) {
        let words = self.words;
        self.y += 10.0;
        for (row, sum) in words.sums.iter().enumerate() {
            let (style, ink, name) = if sum.strong { (Style::semibold(11.0), INK, INK) } else { (BODY, INK, SOFT) };
            if sum.strong {
                self.y += 5.0;
                self.rule(MIDDLE, self.y, STRONG_LINE);
                self.y += 4.0;
            }
            self.y += 18.0;
            let cell = |column| Role::Cell { table: Table::Sums, row, column };
            self.text(cell(0), MIDDLE, self.y - 4.0, name, style, &sum.label);
            self.text_to(cell(1), RIGHT, self.y - 4.0, ink, style.tabular(), &sum.amount);
        }
    }

    fn next_page(&mut self) {
        self.full.push(std::mem::take(&mut self.page));
        let title = self.words.title();
        self.text(Role::Furniture, LEFT, TOP, FAINT, SMALL, &format!("{title}, continued"));
        self.y = TOP + 34.0;
    }

    /// Gives the pages, now that it is known how many there are.
    fn finish(mut self) -> Vec<Vec<Item>> {
        self.full.push(std::mem::take(&mut self.page));
        let count = self.full.len();
        let name = self.words.from.first().map_or("", String::as_str);
        let left = format!("{name} \u{B7} {}", self.words.number);
        for at in 0..count {
            self.page = std::mem::take(&mut self.full[at]);
            self.rule(LEFT, FOOT - 18.0, HAIRLINE);
            self.text(Role::Furniture, LEFT, FOOT, FAINT, SMALL, &left);
            let number = format!("Page {} of {count}", at + 1);
            self.text_to(Role::Furniture, RIGHT, FOOT, FAINT, SMALL.tabular(), &number);
            self.full[at] = std::mem::take(&mut self.page);
        }
        self.full
    }
}

#[cfg(test)]
mod tests {
    use super::{super::document::samples::*, *};

    fn placed(invoice: &billing_core::InvoiceView) -> Vec<Vec<Item>> {
        let faces = Faces::load().expect("the font");
        pages(&Words::of(invoice, &letterhead(true)), &faces)
    }

    fn right_end(item: &Item) -> f32 {
        match &item.look {
            Look::Text(line) => item.x + line.width,
            Look::Rectangle(width, ..) => item.x + width,
            Look::Mark(size) => item.x + size,
        }
    }

    #[test]
    fn nothing_leaves_the_page() {
        let mut wide = invoice((0..60).map(|at| line(&"W".repeat(200), 1190 * at, 1900, None)).collect());
        wide.bill_to = format!("{}\n{}", "Q".repeat(120), "\u{1F98A}\n".repeat(200));
        let pages = placed(&wide);
        assert!(pages.len() > 10);
        for item in pages.iter().flatten() {
            assert!(item.x >= LEFT - 0.1 && right_end(item) <= RIGHT + 0.1, "{item:?}");
            assert!(item.y <= if matches!(item.role, Role::Cell { .. }) { BOTTOM } else { FOOT }, "{item:?}");
        }
    }

    #[test]
    fn what_it_comes_to_stands_with_the_last_row() {
        for rows in 0..40 {
            let pages = placed(&invoice((0..rows).map(|at| line("Plan", 100 + at, 1900, None)).collect()));
            let last = pages.last().expect("a page");
            let has = |of| last.iter().any(|it| matches!(it.role, Role::Cell { table, .. } if table == of));
            assert!(has(Table::Sums) && has(Table::Rows), "{rows}");
        }
    }

    #[test]
    fn every_row_is_placed_once() {
        let pages = placed(&invoice((0..60).map(|at| line("Plan", 100 + at, 1900, None)).collect()));
        let mut rows: Vec<usize> = pages
            .iter()
            .flatten()
            .filter_map(|it| match it.role {
                Role::Cell { table: Table::Rows, row, column: 0 } => Some(row),
                _ => None,
            })
            .collect();
        let placed = rows.len();
        rows.dedup();
        assert_eq!((rows, placed), ((0..=60).collect(), 61));
    }
}
