//! Text: which glyphs it is written with, how wide they are, and where a line ends.

use harfrust::{Direction, Feature, FontRef, ShapeOptions, ShaperData, Tag, UnicodeBuffer, script};
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::document::Failed;

/// Inter, for Latin, Greek and Cyrillic. `server/assets/inter` says where it comes from.
const REGULAR: &[u8] = include_bytes!("../../assets/inter/inter-regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../../assets/inter/inter-semibold.ttf");
/// Stands where the font has no glyph.
const MISSING: char = '\u{25A1}';

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// As in text.
    Regular,
    /// As in headings.
    Semibold,
}

/// How text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// How heavy.
    pub weight: Weight,
    /// How large, in points.
    pub size: f32,
    /// Whether all digits are equally wide, so that they stand below each other.
    pub tabular: bool,
}

impl Style {
    /// Text of this size.
    pub const fn regular(size: f32) -> Self {
        Self { weight: Weight::Regular, size, tabular: false }
    }

    /// Heavier text of this size.
    pub const fn semibold(size: f32) -> Self {
        Self { weight: Weight::Semibold, size, tabular: false }
    }

    /// The same for figures that stand below each other.
    pub const fn tabular(self) -> Self {
        Self { tabular: true, ..self }
    }
}

/// One line of text, ready to be drawn.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// How it is set.
    pub style: Style,
    /// Its glyphs.
    pub glyphs: Vec<KrillaGlyph>,
    /// How wide it is, in points, without the space it may end with.
    pub width: f32,
}

/// The font in both weights.
pub struct Faces {
    regular: Face,
    semibold: Face,
}

struct Face {
    font: Font,
    shapes: FontRef<'static>,
    shaper: ShaperData,
    missing: KrillaGlyph,
}

impl Faces {
    /// Reads the font.
    ///
    /// # Errors
    /// When it is none.
    pub fn load() -> Result<Self, Failed> {
        Ok(Self { regular: Face::load(REGULAR)?, semibold: Face::load(SEMIBOLD)? })
    }

    fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Semibold => &self.semibold,
        }
    }

    /// What the document embeds.
    pub fn font(&self, weight: Weight) -> Font {
        self.face(weight).font.clone()
    }

    /// Sets text in one line, however long it is.
    pub fn line(&self, text: &str, style: Style) -> Line {
        self.set(readable(text), style)
    }

    /// Sets text in lines that are at most so wide. A line that goes on below ends with the space that stood there, so that
    /// words stay words when they are copied; no-break spaces hold words together and are like any other then.
    pub fn wrap(&self, text: &str, style: Style, width: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut open = String::new();
        for word in self.pieces(&readable(text), style, width) {
            let longer = format!("{open}{word}");
            if !open.is_empty() && self.set(longer.clone(), style).width > width {
                lines.push(self.set(std::mem::replace(&mut open, word), style));
            } else {
                open = longer;
            }
        }
        lines.push(self.set(open, style));
        lines
    }

    /// The words of a text, those that are wider than a line in pieces.
    fn pieces(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let mut pieces = Vec::new();
        for word in text.split_inclusive(' ') {
            let line = self.set(word.to_owned(), style);
            if line.width <= width {
                pieces.push(word.to_owned());
            } else {
                pieces.extend(broken(&line, width));
            }
        }
        pieces
    }

    fn set(&self, text: String, style: Style) -> Line {
        let text = text.replace(['\u{A0}', '\u{202F}'], " ");
        let glyphs = self.face(style.weight).shape(&text, style.tabular);
        let visible = text.trim_end_matches(' ').len();
        let advances = glyphs.iter().filter(|glyph| glyph.text_range.start < visible).map(|glyph| glyph.x_advance);
        let width = advances.sum::<f32>() * style.size;
        Line { text, style, glyphs, width }
    }
}

/// Cuts a word where a line is full.
fn broken(word: &Line, width: f32) -> Vec<String> {
    let mut pieces = Vec::new();
    let (mut begin, mut used) = (0, 0.0);
    for glyph in &word.glyphs {
        let at = glyph.text_range.start;
        let wide = glyph.x_advance * word.style.size;
        if used + wide > width && at > begin {
            pieces.push(word.text[begin..at].to_owned());
            (begin, used) = (at, 0.0);
        }
        used += wide;
    }
    pieces.push(word.text[begin..].to_owned());
    pieces
}

impl Face {
    fn load(bytes: &'static [u8]) -> Result<Self, Failed> {
        let font = Font::new(bytes.into(), 0).ok_or("the font of invoices can't be read")?;
        let shapes = FontRef::new(bytes)?;
        let shaper = ShaperData::new(&shapes);
        let nothing = KrillaGlyph::new(GlyphId::new(0), 0.0, 0.0, 0.0, 0.0, 0..0, None);
        let mut face = Self { font, shapes, shaper, missing: nothing };
        let missing = face.shape(&MISSING.to_string(), false).into_iter().next();
        face.missing = missing.ok_or("the font of invoices lacks a sign for what it lacks")?;
        Ok(face)
    }

    /// The glyphs of a text, from left to right, measured in ems.
    fn shape(&self, text: &str, tabular: bool) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        // The font has the same rules for all of its scripts, and none for others.
        buffer.set_script(script::LATIN);
        let features: &[Feature] = if tabular { &[Feature::new(Tag::new(b"tnum"), 1, ..)] } else { &[] };
        let shaper = self.shaper.shaper(&self.shapes).build();
        let shaped = shaper.shape(buffer, ShapeOptions::new().features(features));
        let starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let end_of = |start: usize| starts.iter().copied().find(|next| *next > start).unwrap_or(text.len());
        let em = self.font.units_per_em();
        let measured = |units: i32| units as f32 / em;
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
        glyphs
            .map(|(info, at)| {
                let start = info.cluster as usize;
                let range = start..end_of(start);
                if info.glyph_id == 0 {
                    return KrillaGlyph { text_range: range, ..self.missing.clone() };
                }
                let (id, advance) = (GlyphId::new(info.glyph_id), measured(at.x_advance));
                KrillaGlyph::new(id, advance, measured(at.x_offset), measured(at.y_offset), 0.0, range, None)
            })
            .collect()
    }
}

/// Text without what can't be seen: controls, joiners, marks of direction. What no document that is meant to last may hold
/// is shown as missing; spaces are one space each.
fn readable(text: &str) -> String {
    let shown = |c: char| match c {
        '\u{A0}' | '\u{202F}' => Some(c),
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() || is_invisible(c) => None,
        c if is_private(c) => Some(MISSING),
        c => Some(c),
    };
    let shown: String = text.chars().filter_map(shown).collect();
    shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Characters that Unicode says are to be ignored by who can't use them (`Default_Ignorable_Code_Point`).
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Characters without a meaning of their own: for private use, or never to be one.
const fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FDD0}'..='\u{FDEF}')
        || (c as u32) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style::regular(10.0);

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn lines_end_between_words() {
        let faces = Faces::load().expect("the font");
        let lines = faces.wrap("one two  three\nfour", STYLE, 45.0);
        assert_eq!(texts(&lines), ["one two ", "three ", "four"]);
        assert!(lines.iter().all(|line| line.width <= 45.0));
        assert_eq!(texts(&faces.wrap("one 2\u{A0}to", STYLE, 30.0)), ["one ", "2 to"]);
        assert_eq!(texts(&faces.wrap("", STYLE, 45.0)), [""]);
    }

    #[test]
    fn a_word_that_is_too_wide_is_cut() {
        let faces = Faces::load().expect("the font");
        let word = "Donaudampfschifffahrtsgesellschaft\u{1F98A}\u{1F98A}\u{1F98A}";
        let lines = faces.wrap(&format!("a {word}"), STYLE, 60.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.width <= 60.0), "{lines:?}");
        assert_eq!(texts(&lines).concat(), format!("a {word}"));
        // Even where nothing finds room, every line takes something.
        assert_eq!(texts(&faces.wrap("ab", STYLE, 1.0)), ["a", "b"]);
    }

    #[test]
    fn the_font_knows_the_scripts_of_europe() {
        let faces = Faces::load().expect("the font");
        for text in ["Größe ąęłśż İıŞş Țț đĐ ơư ặ ≤≥", "Καλημέρα κόσμε ᾧ", "Щука Їжак Ђорђе Қазақ", "12.50 € £ ¥ ₣ №"]
        {
            let line = faces.line(text, STYLE);
            let missing = line.glyphs.iter().filter(|it| it.glyph_id == faces.regular.missing.glyph_id);
            assert_eq!(missing.count(), 0, "{text}");
        }
        // Accents that were typed apart stand on their letters.
        assert_eq!(faces.line("e\u{301}", STYLE).glyphs.len(), 1);
        assert!(faces.line("\u{645}\u{1F98A}", STYLE).glyphs.iter().all(|it| it.glyph_id.to_u32() != 0));
    }

    #[test]
    fn figures_stand_below_each_other() {
        let faces = Faces::load().expect("the font");
        let width = |text| faces.line(text, STYLE.tabular()).width;
        assert!((width("111.11") - width("888.88")).abs() < 0.01);
        assert!(faces.line("111", STYLE).width < faces.line("888", STYLE).width);
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        assert_eq!(readable(" a\u{200B}\u{202E}\tb\u{7}\u{FEFF}\r\n c "), "a b c");
        assert_eq!(readable("\u{E000}\u{FFFF}"), "\u{25A1}\u{25A1}");
        assert_eq!(readable("5\u{A0}kg"), "5\u{A0}kg", "wrapping has to know");
    }
}
