//! What letters the codes of a font stand for, and how wide they are.

use std::{collections::BTreeMap, rc::Rc};

use lopdf::{Dictionary, Document as File, Encoding, Object, ObjectId};

/// What the table of a font's letters may unfold to.
const TABLE_BYTES: usize = 4 * 1024 * 1024;

/// How many widths of a font are kept.
const WIDTHS: usize = 70_000;

/// A font as far as reading needs it.
pub(crate) struct Font<'a> {
    encoding: Option<Encoding<'a>>,
    /// Codes of two bytes, as composite fonts nearly always have.
    wide: bool,
    widths: BTreeMap<u32, f32>,
    usual_width: f32,
    /// Its name says that it is bold.
    pub bold: bool,
}

/// Fonts that were looked at, by where they stand; pages share them.
#[derive(Default)]
pub(crate) struct Fonts<'a> {
    known: BTreeMap<usize, Rc<Font<'a>>>,
}

impl<'a> Fonts<'a> {
    /// The font of a dictionary.
    pub fn of(&mut self, file: &'a File, dictionary: &'a Dictionary) -> Rc<Font<'a>> {
        let key = std::ptr::from_ref(dictionary).addr();
        Rc::clone(self.known.entry(key).or_insert_with(|| Rc::new(Font::read(file, dictionary))))
    }
}

impl<'a> Font<'a> {
    fn read(file: &'a File, dictionary: &'a Dictionary) -> Self {
        let subtype = dictionary.get_deref(b"Subtype", file).and_then(Object::as_name).unwrap_or_default();
        let wide = subtype == b"Type0";
        let name = dictionary.get_deref(b"BaseFont", file).and_then(Object::as_name).unwrap_or_default();
        let name = String::from_utf8_lossy(name).to_lowercase();
        let mut font = Self {
            encoding: encoding(file, dictionary, wide),
            wide,
            widths: BTreeMap::new(),
            usual_width: if wide { 1000.0 } else { 500.0 },
            bold: ["bold", "black", "heavy", "semibold"].iter().any(|word| name.contains(word)),
        };
        if wide {
            font.read_wide_widths(file, dictionary)
        } else {
            font.read_widths(file, dictionary)
        };
        font
    }

    fn read_widths(&mut self, file: &File, dictionary: &Dictionary) -> Option<()> {
        let first = dictionary.get_deref(b"FirstChar", file).ok()?.as_i64().ok()?;
        let first = u32::try_from(first).ok()?;
        let widths = dictionary.get_deref(b"Widths", file).ok()?.as_array().ok()?;
        for (code, width) in (first..).zip(widths.iter().take(256)) {
            let width = file.dereference(width).ok().and_then(|(_, width)| width.as_float().ok());
            self.widths.extend(width.map(|width| (code, width)));
        }
        Some(())
    }

    /// `/W`: runs of `first [w w w]` and `first last w` (ISO 32000-1, 9.7.4.3).
    fn read_wide_widths(&mut self, file: &File, dictionary: &Dictionary) -> Option<()> {
        let descendants = dictionary.get_deref(b"DescendantFonts", file).ok()?.as_array().ok()?;
        let descendant = file.dereference(descendants.first()?).ok()?.1.as_dict().ok()?;
        if let Ok(width) = descendant.get_deref(b"DW", file).and_then(Object::as_float) {
            self.usual_width = width;
        }
        let runs = descendant.get_deref(b"W", file).ok()?.as_array().ok()?;
        let number = |object: &Object| u32::try_from(object.as_i64().ok()?).ok();
        let mut rest = runs.as_slice();
        while let [first, second, after @ ..] = rest {
            let first = number(first)?;
            if let Ok((_, Object::Array(widths))) = file.dereference(second) {
                let widths = (first..).zip(widths).filter_map(|(code, width)| Some((code, width.as_float().ok()?)));
                self.widths.extend(widths.take(WIDTHS.saturating_sub(self.widths.len())));
                rest = after;
            } else {
                let [width, after @ ..] = after else { break };
                let (last, width) = (number(second)?, width.as_float().ok()?);
                let room = WIDTHS.saturating_sub(self.widths.len());
                self.widths.extend((first..=last).take(room).map(|code| (code, width)));
                rest = after;
            }
        }
        Some(())
    }

    /// The text of a shown string, and how many of its codes stand for no known letter.
    pub fn text(&self, bytes: &[u8]) -> (String, usize) {
        let text = self.encoding.as_ref().and_then(|encoding| encoding.bytes_to_string(bytes).ok());
        let Some(text) = text else { return (String::new(), self.codes(bytes)) };
        let unknown = |c: char| c == '\u{fffd}' || ('\u{e000}'..='\u{f8ff}').contains(&c);
        let bad = text.chars().filter(|c| unknown(*c)).count();
        (text.chars().filter(|c| !unknown(*c)).map(unligated).collect(), bad)
    }

    /// How many codes a string has.
    pub fn codes(&self, bytes: &[u8]) -> usize {
        if self.wide { bytes.len() / 2 } else { bytes.len() }
    }

    /// How wide a string is, in thousandths of the font's size.
    pub fn width(&self, bytes: &[u8]) -> f32 {
        let of = |code: u32| self.widths.get(&code).copied().unwrap_or(self.usual_width);
        if self.wide {
            bytes.chunks_exact(2).map(|pair| of(u32::from(pair[0]) << 8 | u32::from(pair[1]))).sum()
        } else {
            bytes.iter().map(|byte| of(u32::from(*byte))).sum()
        }
    }
}

/// The font's own table of letters is the best source; its encoding is the next.
fn encoding<'a>(file: &'a File, dictionary: &'a Dictionary, wide: bool) -> Option<Encoding<'a>> {
    let own = dictionary.get(b"ToUnicode").ok().and_then(|_| {
        let mut table = Dictionary::new();
        table.set("Type", Object::Name(b"Font".to_vec()));
        table.set("ToUnicode", dictionary.get(b"ToUnicode").ok()?.clone());
        match table.get_font_encoding_with_limit(file, TABLE_BYTES) {
            Ok(Encoding::UnicodeMapEncoding(map)) => Some(Encoding::UnicodeMapEncoding(map)),
            _ => None,
        }
    });
    if own.is_some() {
        return own;
    }
    let encoding = dictionary.get_font_encoding_with_limit(file, TABLE_BYTES).ok()?;
    // Codes of a composite font are numbers of glyphs; without a table of their own nothing says which letters they are.
    match encoding {
        Encoding::OneByteEncoding(_) if wide => None,
        known => Some(known),
    }
}

/// Some files store spaces as other spaces.
fn unligated(c: char) -> char {
    if c == '\u{a0}' || c == '\t' { ' ' } else { c }
}

/// A font by the name that a page gives it.
pub(crate) type Named<'a> = BTreeMap<Vec<u8>, &'a Dictionary>;

/// The fonts that a dictionary of resources names.
pub(crate) fn of_resources<'a>(file: &'a File, resources: &'a Dictionary) -> Named<'a> {
    let fonts = resources.get_deref(b"Font", file).and_then(Object::as_dict);
    let Ok(fonts) = fonts else { return Named::new() };
    let dictionaries =
        fonts.iter().filter_map(|(name, font)| Some((name.clone(), file.dereference(font).ok()?.1.as_dict().ok()?)));
    dictionaries.collect()
}

/// A drawing that a page uses by name, with its place in the file.
pub(crate) fn form<'a>(
    file: &'a File,
    resources: &'a Dictionary,
    name: &[u8],
) -> Option<(Option<ObjectId>, &'a lopdf::Stream)> {
    let objects = resources.get_deref(b"XObject", file).and_then(Object::as_dict).ok()?;
    let (id, object) = file.dereference(objects.get(name).ok()?).ok()?;
    let stream = object.as_stream().ok()?;
    let subtype = stream.dict.get_deref(b"Subtype", file).and_then(Object::as_name).ok()?;
    (subtype == b"Form").then_some((id, stream))
}
