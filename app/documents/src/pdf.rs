//! PDFs. `lopdf` reads the file: its objects, its streams and its fonts' encodings, each within a limit. What is drawn is
//! followed here, operator by operator (ISO 32000-1, 9.4), so that every step is counted and can't go round in circles.

mod font;
mod layout;
mod page;

use lopdf::{Document as File, Error, LoadOptions, ObjectId};

use crate::{Document, DocumentError, Format, Limits};

/// A page that draws nothing but a number or a stamp has no text.
const SILENT_BELOW: usize = 12;

/// Reads the text of a PDF.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Document, DocumentError> {
    let options = LoadOptions { max_decompressed_size: Some(share(bytes, limits)), ..LoadOptions::default() };
    let file = File::load_mem_with_options(bytes, options).map_err(|error| in_words(&error))?;
    // An empty password has been tried by now.
    if file.is_encrypted() && file.encryption_state.is_none() {
        return Err(DocumentError::Encrypted);
    }
    let ids: Vec<ObjectId> = file.page_iter().take(limits.pages + 1).collect();
    if ids.is_empty() {
        return Err(DocumentError::Broken { what: "PDF" });
    }
    if ids.len() > limits.pages {
        return Err(DocumentError::TooManyPages {
            pages: file.page_iter().take(limits.pages * 50).count(),
            limit: limits.pages,
        });
    }
    let mut budget = page::Budget::of(limits);
    let mut fonts = font::Fonts::default();
    let mut pages = Vec::with_capacity(ids.len());
    for id in ids {
        pages.push(page::runs(&file, id, &mut fonts, &mut budget)?);
    }
    let silent = pages.iter().filter(|runs| chars(runs) < SILENT_BELOW).count();
    if silent == pages.len() {
        // Glyphs were drawn that no letter is known of, or none at all.
        return Err(if budget.unknown_glyphs > 50 { DocumentError::UnreadableFonts } else { DocumentError::Scanned });
    }
    let readable: usize = pages.iter().map(|runs| chars(runs)).sum();
    if budget.unknown_glyphs > readable {
        return Err(DocumentError::UnreadableFonts);
    }
    let blocks = layout::blocks(&pages);
    let silent_pages = u32::try_from(silent).unwrap_or(u32::MAX);
    Ok(Document { format: Format::Pdf, title: title(&file), blocks, silent_pages })
}

fn chars(runs: &[page::Run]) -> usize {
    runs.iter().map(|run| run.text.trim().chars().count()).sum()
}

fn title(file: &File) -> Option<String> {
    let info = file.dereference(file.trailer.get(b"Info").ok()?).ok()?.1.as_dict().ok()?;
    let title = lopdf::decode_text_string(info.get_deref(b"Title", file).ok()?).ok()?;
    let title = crate::tidy(&title);
    // Programs leave their own names and those of files there.
    let made_by_program =
        title.contains('\\') || title.contains('/') || title.starts_with("Microsoft Word") || title.len() > 200;
    (!title.is_empty() && title != "untitled" && !made_by_program).then_some(title)
}

fn in_words(error: &Error) -> DocumentError {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => DocumentError::Encrypted,
        Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })
        | Error::RecursionLimit
        | Error::ReferenceLimit => DocumentError::TooComplex,
        _ => DocumentError::Broken { what: "PDF" },
    }
}

/// What each stream may unfold to while the file is loaded. Only streams of objects are unfolded then; a file may have many, and
/// their sum is what must be bounded.
fn share(bytes: &[u8], limits: &Limits) -> usize {
    let streams =
        bytes.iter().enumerate().filter(|(at, byte)| **byte == b'/' && is_object_stream(&bytes[at + 1..])).count();
    (limits.unfolded / streams.max(1)).clamp(64 * 1024, limits.unfolded)
}

/// Whether a name is `ObjStm`, any letter of which may be written as `#` and two digits.
fn is_object_stream(mut rest: &[u8]) -> bool {
    for wanted in b"ObjStm" {
        let (byte, used) = match rest {
            [b'#', high, low, ..] => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let Some(value) = digit(*high).zip(digit(*low)) else { return false };
                (u8::try_from(value.0 * 16 + value.1).unwrap_or_default(), 3)
            }
            [byte, ..] => (*byte, 1),
            [] => return false,
        };
        if byte != *wanted {
            return false;
        }
        rest = &rest[used..];
    }
    true
}
