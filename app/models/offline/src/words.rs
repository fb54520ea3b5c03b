//! Texts as the words they are compared by.

use std::{collections::HashMap, sync::LazyLock};

use unicode_segmentation::UnicodeSegmentation as _;

use crate::language::{Language, folded, is_light, is_stop, stem};

/// A text is not looked at beyond this many words.
const MOST_WORDS: usize = 4_000;

/// A word of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// What it is compared by: its stem, or the number it is.
    pub stem: String,
    /// Small letters without accents.
    pub folded: String,
    /// Its place among all words of the text, those without meaning included.
    pub place: usize,
    /// It begins with a capital and doesn't begin its sentence, or has digits in it: it names something.
    pub names: bool,
    /// It begins with a capital and doesn't begin its sentence.
    pub capital: bool,
    /// A number.
    pub number: bool,
    /// It says little about what is asked.
    pub light: bool,
    /// It means nothing alone.
    pub stop: bool,
    /// Two words with a hyphen between them, as one; they are there as two as well.
    pub joined: bool,
}

/// The words of a text that mean something alone.
pub fn words(text: &str, language: Language) -> Vec<Word> {
    let mut words = all(text, language);
    words.retain(|word| !word.stop);
    words
}

/// All words of a text.
pub fn all(text: &str, language: Language) -> Vec<Word> {
    let mut words = Vec::new();
    let mut place = 0;
    let mut begins = true;
    let mut hyphen = false;
    for token in text.split_word_bounds() {
        if place >= MOST_WORDS {
            break;
        }
        if let Some(sign) = named_sign(token) {
            words.push(plain(sign, language, place));
            place += 1;
        } else if token.chars().any(char::is_alphanumeric) {
            for part in parts(token, language) {
                let word = word(&part, language, place, begins);
                words.extend(words.last().filter(|_| hyphen).and_then(|before| joined(before, &word, language)));
                words.push(word);
                place += 1;
                begins = false;
                hyphen = false;
            }
        } else if token.contains(['.', '!', '?', ':', '\n', ';', '"', '“', '„', '¿', '¡', '|', '/']) {
            begins = true;
        }
        hyphen = token == "-";
    }
    words
}

/// `plug-in` is looked for as `plugin`, too.
fn joined(before: &Word, word: &Word, language: Language) -> Option<Word> {
    let letters = |word: &Word| word.folded.len() > 1 && word.folded.chars().all(char::is_alphabetic);
    let folded = format!("{}{}", before.folded, word.folded);
    let stem = stem(language, &folded);
    (letters(before) && letters(word)).then(|| Word {
        stem,
        folded,
        stop: false,
        light: true,
        joined: true,
        ..word.clone()
    })
}

/// Signs that are read as words.
fn named_sign(token: &str) -> Option<&'static str> {
    Some(match token {
        "€" => "euro",
        "$" => "dollar",
        "£" => "pound",
        "%" => "percent",
        "°" => "degree",
        _ => return None,
    })
}

fn plain(word: &str, language: Language, place: usize) -> Word {
    Word { stem: stem(language, word), folded: folded(word), place, light: true, ..Word::default() }
}

/// `12V` is two words; `MK2` is one; of `l'achat` the second half is the word.
fn parts(token: &str, language: Language) -> Vec<String> {
    let token = token.replace('’', "'");
    let token = match token.split_once('\'') {
        Some((before, after)) if language == Language::French && before.chars().count() <= 2 => after.to_owned(),
        _ => token,
    };
    let digits = token.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
    match digits {
        Some(at) if at > 0 && token[..at].ends_with(|c: char| c.is_ascii_digit()) => {
            vec![token[..at].to_owned(), token[at..].to_owned()]
        }
        _ => vec![token],
    }
}

fn word(token: &str, language: Language, place: usize, begins: bool) -> Word {
    let folded = folded(token);
    let starts_with_digit = token.starts_with(|c: char| c.is_ascii_digit());
    if let Some(number) = starts_with_digit.then(|| number(token)).or_else(|| number_word(&folded).map(str::to_owned)) {
        let (names, light) = (starts_with_digit, !starts_with_digit);
        return Word { stem: number, folded, place, names, number: true, light, ..Word::default() };
    }
    let capital = token.chars().next().is_some_and(char::is_uppercase);
    let all_capitals = token.chars().count() > 1 && token.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
    if is_stop(language, &folded) {
        return Word { stem: folded.clone(), folded, place, light: true, stop: true, ..Word::default() };
    }
    let stem = match token.strip_suffix('s') {
        // "LFOs": the stemmer wants a vowel before it takes the plural away.
        Some(one) if one.chars().count() > 1 && one.chars().all(char::is_uppercase) => crate::language::folded(one),
        _ => stem(language, token),
    };
    let light = is_light(language, &stem);
    let named = capital && !begins && token.chars().count() > 1;
    // Every German noun begins with a capital.
    let letter = capital && !begins && token.chars().count() == 1;
    let names =
        (named && language != Language::German) || letter || all_capitals || token.chars().any(|c| c.is_ascii_digit());
    Word { light: light && !names, stem, folded, place, names, capital: named, ..Word::default() }
}

/// One form of a number however it is written: `1,000`, `1.000` and `1000`; `3,50` and `3.5`.
fn number(text: &str) -> String {
    let text = text.trim_end_matches(['.', ',']);
    let groups: Vec<&str> = text.split(['.', ',']).collect();
    let thousands = groups.len() > 1 && groups[1..].iter().all(|group| group.len() == 3) && groups[0].len() <= 3;
    if thousands && groups[0] != "0" {
        return groups.concat();
    }
    match text.rsplit_once(['.', ',']) {
        Some((whole, rest)) => {
            let (whole, rest) = (whole.replace(['.', ','], ""), rest.trim_end_matches('0'));
            if rest.is_empty() { whole } else { format!("{whole}.{rest}") }
        }
        None => text.to_owned(),
    }
}

fn number_word(word: &str) -> Option<&'static str> {
    const NUMBERS: &[(&str, &str)] = &[
        ("2", "two zwei dois duas dos deux"),
        ("3", "three drei tres trois"),
        ("4", "four vier quatro cuatro quatre"),
        ("5", "five funf cinco cinq"),
        ("6", "six sechs seis"),
        ("7", "seven sieben sete siete sept"),
        ("8", "eight acht oito ocho huit"),
        ("9", "nine neun nove nueve neuf"),
        ("10", "ten zehn dez diez dix"),
        ("12", "twelve zwolf doze doce douze"),
        ("14", "fourteen vierzehn catorze quatorze"),
        ("16", "sixteen sechzehn"),
        ("20", "twenty zwanzig vinte veinte vingt"),
        ("24", "twenty-four"),
        ("30", "thirty dreissig trinta treinta trente"),
    ];
    static BY_WORD: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        NUMBERS.iter().flat_map(|(number, words)| words.split(' ').map(|word| (word, *number))).collect()
    });
    BY_WORD.get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str, language: Language) -> Vec<String> {
        words(text, language).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn words_are_told_apart_as_readers_do() {
        assert_eq!(
            stems("The tickets cost €1,000.50 or 12V", Language::English),
            ["ticket", "cost", "euro", "1000.5", "12", "v"]
        );
        assert_eq!(stems("1.000 und 3,50", Language::German), ["1000", "3.5"]);
        assert_eq!(stems("l’achat d'un billet", Language::French), ["achat", "billet"]);
        assert_eq!(stems("二つ 👩‍👩‍👧 नमस्ते שלום", Language::Other).len(), 4);
        let names: Vec<bool> =
            words("Ask Ana about MIDI and mk2.", Language::English).iter().map(|it| it.names).collect();
        assert_eq!(names, [false, true, true, true]);
        assert!(words("", Language::English).is_empty());
    }
}
