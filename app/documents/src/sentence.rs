//! Where sentences end. Unicode's rules (UAX #29) know marks but no abbreviations, so what they cut after "e.g." or "3." is
//! put together again.

use unicode_segmentation::UnicodeSegmentation as _;

/// After these a full stop doesn't end a sentence: English, German, Portuguese, Spanish, French.
const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "etc", "vs", "approx", "no", "nos", "mr", "mrs", "ms", "dr", "prof", "st", "fig", "p", "pp", "vol",
    "min", "max", "incl", "excl", "resp", "ca", "z.b", "z", "d.h", "u.a", "o.ä", "bzw", "usw", "ggf", "inkl", "zzgl",
    "nr", "abs", "evtl", "std", "tel", "str", "art", "sr", "sra", "ex", "p.ex", "pág", "núm", "av", "aprox", "máx",
    "mín", "m", "mme", "env", "par ex", "cf", "éd", "hr", "fr", "mind", "vgl", "sog", "jan", "feb", "aug", "sept",
    "sep", "oct", "nov", "dec", "okt", "dez", "inc", "ltd", "co", "ave", "u", "d", "a",
];

/// German writes the day before them with a full stop.
const MONTHS: &[&str] = &["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"];

/// The sentences of a text, trimmed, none empty. A line break ends a sentence, too.
pub fn split(text: &str) -> Vec<&str> {
    text.split('\n').flat_map(in_line).collect()
}

fn in_line(line: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let bounds: Vec<(usize, &str)> = line.split_sentence_bound_indices().collect();
    for (index, (at, piece)) in bounds.iter().enumerate() {
        let end = at + piece.len();
        let next = bounds.get(index + 1).map(|(_, piece)| *piece);
        if next.is_some_and(|next| goes_on(&line[start..end], next)) {
            continue;
        }
        sentences.push(line[start..end].trim());
        start = end;
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// Whether a sentence that seems to have ended goes on in what follows.
fn goes_on(so_far: &str, next: &str) -> bool {
    let Some(body) = so_far.trim_end().strip_suffix('.') else { return false };
    let word = body.rsplit([' ', '(', '\u{a0}']).next().unwrap_or(body);
    let lower = word.to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    // "am 3. März", or "2. Press", where it begins an item.
    let digits = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()) && word.len() <= 2;
    let number = digits && (body == word || MONTHS.iter().any(|month| next.trim_start().starts_with(month)));
    let begins_small = next.trim_start().chars().next().is_some_and(|c| c.is_lowercase() || c.is_ascii_digit());
    initial || number || begins_small || ABBREVIATIONS.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn sentences_end_where_readers_end_them() {
        assert_eq!(split("One. Two! Three? Four"), ["One.", "Two!", "Three?", "Four"]);
        assert_eq!(split("Use a cable, e.g. Type Bee. It fits."), ["Use a cable, e.g. Type Bee.", "It fits."]);
        assert_eq!(
            split("Am 3. März öffnen wir, z. B. Um neun. Danach nicht."),
            ["Am 3. März öffnen wir, z. B. Um neun.", "Danach nicht."]
        );
        assert_eq!(split("It costs 3.50 in all. Dr. Who pays."), ["It costs 3.50 in all.", "Dr. Who pays."]);
        assert_eq!(split("a\n\nb\n"), ["a", "b"]);
        assert!(split(" \n ").is_empty());
    }
}
