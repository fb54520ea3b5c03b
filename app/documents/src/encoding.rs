//! Bytes as text. Files come from everywhere: with and without a mark of their encoding, and with the wrong one.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::{DocumentError, Hint};

/// What is looked at for a page's own word about its encoding; browsers look at as much.
const META_WITHIN: usize = 1024;

/// Decodes a text: by its mark, as UTF-8, as what it or its sender says it is, or as what it is most likely.
pub(crate) fn decode(bytes: &[u8], hint: Hint<'_>) -> Result<String, DocumentError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return checked(&encoding.decode_without_bom_handling(&bytes[mark..]).0);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return checked(text);
    }
    if let Some(wide) = utf16_without_mark(bytes) {
        return checked(&wide.decode_without_bom_handling(bytes).0);
    }
    let declared = declared(bytes, hint).filter(|encoding| *encoding != UTF_8);
    if let Some(text) =
        declared.and_then(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes))
    {
        return checked(&text);
    }
    checked(&guessed(bytes).decode_without_bom_handling(bytes).0)
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    // A single broken character doesn't make a UTF-8 file something else.
    let valid = bytes.utf8_chunks().map(|chunk| chunk.valid().len()).sum::<usize>();
    let wide = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if wide && valid * 1000 > bytes.len() * 995 { UTF_8 } else { detector.guess(None, Utf8Detection::Allow) }
}

/// Text in UTF-16 has a zero in nearly every second byte, as long as it is in a European language.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let look = &bytes[..bytes.len().min(4096)];
    let zeros = |odd: usize| look.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let many = look.len() * 2 / 5;
    match (zeros(0), zeros(1)) {
        (even, odd) if even > many && odd * 20 < look.len() => Some(UTF_16BE),
        (even, odd) if odd > many && even * 20 < look.len() => Some(UTF_16LE),
        _ => None,
    }
}

fn declared(bytes: &[u8], hint: Hint<'_>) -> Option<&'static Encoding> {
    let by_sender = hint.content_type.and_then(|media| label(media.as_bytes()));
    by_sender.or_else(|| {
        let head = &bytes[..bytes.len().min(META_WITHIN)];
        head.contains(&b'<').then(|| label(head)).flatten()
    })
}

/// The encoding after `charset=`.
fn label(text: &[u8]) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let at = lower.windows(8).position(|window| window == b"charset=")? + 8;
    let name: Vec<u8> = lower[at..]
        .iter()
        .copied()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .collect();
    Encoding::for_label(&name)
}

/// Refuses what only looked like text.
fn checked(text: &str) -> Result<String, DocumentError> {
    let look = crate::kind::prefix(text, 64 * 1024);
    let odd = |c: char| {
        c == '\u{fffd}' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{b}' | '\u{1a}'))
    };
    let (all, odd) = look.chars().fold((0_usize, 0_usize), |(all, bad), c| (all + 1, bad + usize::from(odd(c))));
    if odd * 50 > all {
        Err(DocumentError::NotText)
    } else {
        Ok(text.replace("\r\n", "\n").replace(['\r', '\u{c}'], "\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_the_encodings_they_come_in() {
        let text = "Größe, façade, não, señor: die Rückgabe ist möglich, naïve Gäste zahlen 5 Pfund.";
        let latin = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let signed = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
        for bytes in [text.as_bytes().to_vec(), latin, wide, marked, signed] {
            assert_eq!(decode(&bytes, Hint::default()).as_deref(), Ok(text));
        }
        let polish = "Zażółć gęślą jaźń. Zwrot pieniędzy następuje w ciągu czternastu dni.";
        let bytes = encoding_rs::ISO_8859_2.encode(polish).0.into_owned();
        let hint = Hint { content_type: Some("text/plain; charset=ISO-8859-2"), ..Hint::default() };
        assert_eq!(decode(&bytes, hint).as_deref(), Ok(polish));
        // A sender who is wrong about it does no harm to UTF-8.
        assert_eq!(decode(polish.as_bytes(), hint).as_deref(), Ok(polish));
        let one_bad = [text.repeat(20).as_bytes(), b"\xFF"].concat();
        assert!(decode(&one_bad, Hint::default()).is_ok_and(|it| it.starts_with(text)));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let noise: Vec<u8> = (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert_eq!(decode(&noise, Hint::default()), Err(DocumentError::NotText));
    }
}
