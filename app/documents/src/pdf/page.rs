//! Follows what a page draws and notes every piece of text with where it stands.

use std::rc::Rc;

use lopdf::{
    Dictionary, Document as File, Object, ObjectId,
    content::{Content, Operation},
};

use super::font::{Font, Fonts, Named, form, of_resources};
use crate::{DocumentError, Limits};

/// How deep drawings may use drawings.
const FORM_DEPTH: usize = 8;

/// How deep the state may be saved.
const SAVED: usize = 64;

/// How many places up the tree of pages resources are looked for.
const PARENTS: usize = 64;

/// What may still be spent on a file.
pub(crate) struct Budget {
    bytes: usize,
    operations: usize,
    chars: usize,
    limit: usize,
    /// Codes that stand for no known letter.
    pub unknown_glyphs: usize,
}

impl Budget {
    /// The whole of it.
    pub fn of(limits: &Limits) -> Self {
        Self {
            bytes: limits.unfolded,
            operations: limits.parts * 100,
            chars: limits.chars * 2,
            limit: limits.chars,
            unknown_glyphs: 0,
        }
    }

    fn spend_bytes(&mut self, bytes: usize) -> Result<(), DocumentError> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(DocumentError::TooComplex)?;
        Ok(())
    }

    fn spend_operation(&mut self) -> Result<(), DocumentError> {
        self.operations = self.operations.checked_sub(1).ok_or(DocumentError::TooComplex)?;
        Ok(())
    }

    fn spend_chars(&mut self, chars: usize) -> Result<(), DocumentError> {
        self.chars = self.chars.checked_sub(chars).ok_or(DocumentError::TooMuchText { limit: self.limit })?;
        Ok(())
    }
}

/// A piece of text that is drawn in one go.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// What it says.
    pub text: String,
    /// Where it begins.
    pub x: f32,
    /// Where it ends.
    pub end: f32,
    /// Its base line; higher is further up.
    pub y: f32,
    /// The height of its letters.
    pub size: f32,
    /// Whether it is bold.
    pub bold: bool,
}

/// A matrix of six numbers (ISO 32000-1, 8.3.3).
type Matrix = [f32; 6];

const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `a`, then `b`.
fn then(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// The text of a page, piece by piece, in the order in which it is drawn.
pub(crate) fn runs<'a>(
    file: &'a File,
    page: ObjectId,
    fonts: &mut Fonts<'a>,
    budget: &mut Budget,
) -> Result<Vec<Run>, DocumentError> {
    let content = file.get_page_content_with_limit(page, budget.bytes).map_err(|_| DocumentError::TooComplex)?;
    let Some(resources) = resources(file, page) else { return Ok(Vec::new()) };
    let mut pen = Pen { file, fonts, budget, runs: Vec::new(), forms: Vec::new() };
    pen.draw(&content, resources, UNIT)?;
    Ok(pen.runs)
}

/// A page has its resources itself or from above it.
fn resources(file: &File, page: ObjectId) -> Option<&Dictionary> {
    let mut node = file.get_dictionary(page).ok()?;
    for _ in 0..PARENTS {
        if let Ok(found) = node.get_deref(b"Resources", file).and_then(Object::as_dict) {
            return Some(found);
        }
        node = node.get_deref(b"Parent", file).and_then(Object::as_dict).ok()?;
    }
    None
}

/// What of the graphics state concerns text.
#[derive(Clone)]
struct State<'a> {
    place: Matrix,
    font: Option<Rc<Font<'a>>>,
    size: f32,
    leading: f32,
    char_space: f32,
    word_space: f32,
    scale: f32,
    rise: f32,
}

struct Pen<'a, 'b> {
    file: &'a File,
    fonts: &'b mut Fonts<'a>,
    budget: &'b mut Budget,
    runs: Vec<Run>,
    /// The drawings we are inside of.
    forms: Vec<Option<ObjectId>>,
}

/// Where text is being put.
struct Text {
    line: Matrix,
    at: Matrix,
}

impl<'a> Pen<'a, '_> {
    fn draw(&mut self, content: &[u8], resources: &'a Dictionary, place: Matrix) -> Result<(), DocumentError> {
        self.budget.spend_bytes(content.len())?;
        let named = of_resources(self.file, resources);
        let mut state = State {
            place,
            font: None,
            size: 0.0,
            leading: 0.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            rise: 0.0,
        };
        let mut saved = Vec::new();
        let mut text = Text { line: UNIT, at: UNIT };
        for operation in Content::decode_iter(content) {
            self.budget.spend_operation()?;
            // What can't be parsed ends the page; what came before it is kept.
            let Ok(operation) = operation else { break };
            match operation.operator.as_str() {
                "q" if saved.len() < SAVED => saved.push(state.clone()),
                "Q" => state = saved.pop().unwrap_or(state),
                "cm" => state.place = matrix(&operation).map_or(state.place, |matrix| then(&matrix, &state.place)),
                "Do" => self.form(&operation, resources, &state)?,
                "Tf" => self.set_font(&operation, &named, &mut state),
                _ => self.text_operation(&operation, &mut state, &mut text)?,
            }
        }
        Ok(())
    }

    fn set_font(&mut self, operation: &Operation, named: &Named<'a>, state: &mut State<'a>) {
        let name = operation.operands.first().and_then(|name| name.as_name().ok());
        let dictionary = name.and_then(|name| named.get(name));
        state.font = dictionary.map(|dictionary| self.fonts.of(self.file, dictionary));
        state.size = number(operation, 1);
    }

    /// A drawing inside the drawing. One that uses itself is not followed.
    fn form(
        &mut self,
        operation: &Operation,
        resources: &'a Dictionary,
        state: &State<'a>,
    ) -> Result<(), DocumentError> {
        let name = operation.operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default();
        let Some((id, stream)) = form(self.file, resources, name) else { return Ok(()) };
        if self.forms.len() >= FORM_DEPTH || (id.is_some() && self.forms.contains(&id)) {
            return Ok(());
        }
        let content = stream.get_plain_content_with_limit(self.budget.bytes).map_err(|_| DocumentError::TooComplex)?;
        let own = stream.dict.get_deref(b"Resources", self.file).and_then(Object::as_dict).unwrap_or(resources);
        let matrix = stream.dict.get_deref(b"Matrix", self.file).and_then(Object::as_array).ok();
        let matrix = matrix.and_then(|numbers| six(numbers)).unwrap_or(UNIT);
        self.forms.push(id);
        let drawn = self.draw(&content, own, then(&matrix, &state.place));
        self.forms.pop();
        drawn
    }

    fn text_operation(
        &mut self,
        operation: &Operation,
        state: &mut State<'a>,
        text: &mut Text,
    ) -> Result<(), DocumentError> {
        match operation.operator.as_str() {
            "BT" => *text = Text { line: UNIT, at: UNIT },
            "Tc" => state.char_space = number(operation, 0),
            "Tw" => state.word_space = number(operation, 0),
            "Tz" => state.scale = number(operation, 0) / 100.0,
            "TL" => state.leading = number(operation, 0),
            "Ts" => state.rise = number(operation, 0),
            "Td" => text.move_by(number(operation, 0), number(operation, 1)),
            "TD" => {
                state.leading = -number(operation, 1);
                text.move_by(number(operation, 0), number(operation, 1));
            }
            "Tm" => {
                let matrix = matrix(operation).unwrap_or(text.at);
                *text = Text { line: matrix, at: matrix };
            }
            "T*" => text.move_by(0.0, -state.leading),
            "Tj" => self.show_all(operation.operands.get(..1).unwrap_or_default(), state, text)?,
            "'" => {
                text.move_by(0.0, -state.leading);
                self.show_all(operation.operands.get(..1).unwrap_or_default(), state, text)?;
            }
            "\"" => {
                (state.word_space, state.char_space) = (number(operation, 0), number(operation, 1));
                text.move_by(0.0, -state.leading);
                self.show_all(operation.operands.get(2..3).unwrap_or_default(), state, text)?;
            }
            "TJ" => {
                if let Some(Object::Array(parts)) = operation.operands.first() {
                    self.show_all(parts, state, text)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Shows strings and moves by the numbers between them.
    fn show_all(&mut self, parts: &[Object], state: &State<'a>, text: &mut Text) -> Result<(), DocumentError> {
        for part in parts {
            self.budget.spend_operation()?;
            match part {
                Object::String(bytes, _) => self.show(bytes, state, text)?,
                other => {
                    let back = other.as_float().unwrap_or_default();
                    text.advance(-back / 1000.0 * state.size * state.scale);
                }
            }
        }
        Ok(())
    }

    fn show(&mut self, bytes: &[u8], state: &State<'a>, text: &mut Text) -> Result<(), DocumentError> {
        let Some(font) = &state.font else { return Ok(()) };
        let (shown, unknown) = font.text(bytes);
        self.budget.unknown_glyphs += unknown;
        self.budget.spend_chars(shown.chars().count())?;
        let codes = u16::try_from(font.codes(bytes)).unwrap_or(u16::MAX);
        let spaces = u16::try_from(shown.chars().filter(|c| *c == ' ').count()).unwrap_or(u16::MAX);
        let width = font.width(bytes) / 1000.0 * state.size
            + f32::from(codes) * state.char_space
            + f32::from(spaces) * state.word_space;
        let raised = then(&[1.0, 0.0, 0.0, 1.0, 0.0, state.rise], &text.at);
        let begin = then(&raised, &state.place);
        text.advance(width * state.scale);
        let end = then(&text.at, &state.place);
        // Text that runs up or down the page is a mark at its edge.
        let level = begin[0].abs() >= begin[1].abs();
        if !shown.is_empty() && level && begin.iter().all(|it| it.is_finite()) {
            let size = state.size.abs() * begin[2].hypot(begin[3]);
            self.runs.push(Run { text: shown, x: begin[4], end: end[4], y: begin[5], size, bold: font.bold });
        }
        Ok(())
    }
}

impl Text {
    fn move_by(&mut self, x: f32, y: f32) {
        self.line = then(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.at = self.line;
    }

    fn advance(&mut self, x: f32) {
        self.at = then(&[1.0, 0.0, 0.0, 1.0, x, 0.0], &self.at);
    }
}

fn number(operation: &Operation, index: usize) -> f32 {
    operation.operands.get(index).and_then(|it| it.as_float().ok()).unwrap_or_default()
}

fn matrix(operation: &Operation) -> Option<Matrix> {
    six(&operation.operands)
}

fn six(numbers: &[Object]) -> Option<Matrix> {
    let mut matrix = UNIT;
    for (place, number) in matrix.iter_mut().zip(numbers.get(..6)?) {
        *place = number.as_float().ok()?;
    }
    Some(matrix)
}
