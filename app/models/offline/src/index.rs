//! How well passages fit a question. BM25F (S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
//! 2009, section 3.6): frequencies of a word in the fields of a passage are normalised by the fields' lengths, weighted, added,
//! and only then saturated. Here a frequency may be a fraction, because a synonym or a part of a compound counts less than
//! the word itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Passage,
    language::{Language, detect},
    material, synonyms,
    words::{Word, words},
};

/// BM25's saturation.
const K1: f32 = 1.2;
/// How much the length of the text counts against it, and that of the headings.
const B: [f32; 2] = [0.65, 0.4];
/// How much a word in the text counts, and one in the headings.
const FIELD: [f32; 2] = [1.0, 2.2];
/// How much a word counts that is not in the nearest heading but in one above it.
const ABOVE: f32 = 0.45;

const SYNONYM: f32 = 0.7;
const COMPOUND: f32 = 0.65;
const RELATED: f32 = 0.75;
const MISSPELT: f32 = 0.7;

/// What neighbouring words of the question that are neighbours in the text, too, add at most, as a part of the score.
const PHRASE: f32 = 0.25;

/// A word of the question.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    /// The word.
    pub word: Word,
    /// How much it matters, apart from how rare it is.
    pub weight: f32,
    /// How much of its weight counts against a passage that doesn't have it.
    pub absence: f32,
    /// It comes from an earlier question.
    pub carried: bool,
}

/// A sentence, an item or a row of a passage.
#[derive(Debug)]
pub(crate) struct Sentence {
    /// As it stands there.
    pub text: String,
    /// Its words.
    pub words: Vec<Word>,
    /// It is the first of its line.
    pub begins_line: bool,
}

/// A passage as it is compared.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Words of its headings and its place.
    pub heading: Vec<Word>,
    /// How many of them, at the end, are of the nearest heading.
    pub nearest: usize,
    /// Words of its document's title.
    pub title: BTreeSet<String>,
    /// Its text, without what addresses whoever answers.
    pub sentences: Vec<Sentence>,
    /// How often each word is in the text, and in the headings.
    counts: [BTreeMap<String, f32>; 2],
}

/// All passages.
pub(crate) struct Index {
    /// In the order in which they were given.
    pub entries: Vec<Entry>,
    /// How many passages have a word.
    frequency: BTreeMap<String, f32>,
    lengths: [f32; 2],
}

/// Counts are small; a float holds them exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of words are far below what a float holds exactly")]
pub(crate) fn float(count: usize) -> f32 {
    count as f32
}

impl Index {
    /// Reads the passages. Those whose language can't be told are taken for `usual`.
    pub fn of(passages: &[Passage<'_>], usual: Language) -> Self {
        let entries: Vec<Entry> = passages.iter().map(|passage| Entry::of(passage, usual)).collect();
        let mut frequency: BTreeMap<String, f32> = BTreeMap::new();
        let mut lengths = [0.0; 2];
        for entry in &entries {
            let distinct: BTreeSet<&String> = entry.counts.iter().flat_map(BTreeMap::keys).collect();
            for stem in distinct {
                *frequency.entry(stem.clone()).or_default() += 1.0;
            }
            for (length, counts) in lengths.iter_mut().zip(&entry.counts) {
                *length += counts.values().sum::<f32>();
            }
        }
        let lengths = lengths.map(|sum: f32| (sum / float(entries.len().max(1))).max(1.0));
        Self { entries, frequency, lengths }
    }

    /// What a term is looked for as: the stems of the passages that it, or something like it, has.
    pub fn forms(&self, term: &Word, language: Language) -> BTreeMap<String, f32> {
        let mut forms: BTreeMap<String, f32> = BTreeMap::new();
        for stem in self.frequency.keys() {
            let alike = likeness(term, stem, language);
            if alike > 0.0 {
                forms.insert(stem.clone(), alike);
            }
        }
        if forms.is_empty() && !term.names && !term.number && term.folded.chars().count() >= 5 {
            let near = self.frequency.keys().filter(|stem| one_letter_apart(&term.stem, stem));
            forms.extend(near.map(|stem| (stem.clone(), MISSPELT)));
        }
        forms
    }

    /// How rare the best form of a term is: Robertson and Spärck Jones' weight, kept positive.
    pub fn rarity(&self, forms: &BTreeMap<String, f32>) -> f32 {
        let all = float(self.entries.len());
        let best = forms.values().copied().fold(0.0, f32::max);
        let having: f32 = forms
            .iter()
            .filter(|(_, alike)| **alike >= best)
            .map(|(stem, _)| self.frequency.get(stem).copied().unwrap_or_default())
            .fold(0.0, f32::max);
        (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
    }

    /// How well each passage fits.
    pub fn scores(&self, terms: &[Term], language: Language) -> Vec<f32> {
        let looked: Vec<(f32, BTreeMap<String, f32>)> = terms
            .iter()
            .map(|term| {
                let forms = self.forms(&term.word, language);
                (term.weight * self.rarity(&forms), forms)
            })
            .collect();
        let score = |entry: &Entry| {
            let sum: f32 = looked.iter().map(|(weight, forms)| weight * self.saturated(entry, forms)).sum();
            sum * (1.0 + PHRASE * entry.phrases(terms))
        };
        self.entries.iter().map(score).collect()
    }

    fn saturated(&self, entry: &Entry, forms: &BTreeMap<String, f32>) -> f32 {
        let mut frequency = 0.0;
        for (field, counts) in entry.counts.iter().enumerate() {
            let length = counts.values().sum::<f32>();
            let found: f32 = forms.iter().filter_map(|(stem, alike)| counts.get(stem).map(|count| count * alike)).sum();
            frequency += FIELD[field] * found / (1.0 - B[field] + B[field] * length / self.lengths[field]);
        }
        // A passage that only has something like the word must not score like one that has it.
        let best = forms.iter().filter(|(stem, _)| entry.has(stem)).map(|(_, alike)| *alike).fold(0.0, f32::max);
        best * frequency / (K1 + frequency)
    }
}

impl Entry {
    fn of(passage: &Passage<'_>, usual: Language) -> Self {
        let language = detect(passage.text).unwrap_or(usual);
        let path = without_place(passage.heading);
        let heading = words(path, language);
        let title = words(passage.title, language).into_iter().map(|word| word.stem).collect();
        let sentences = material::sentences(passage.text, language);
        let mut counts = [BTreeMap::new(), BTreeMap::new()];
        for word in sentences.iter().flat_map(|sentence| &sentence.words) {
            *counts[0].entry(word.stem.clone()).or_default() += 1.0;
        }
        let nearest = path.rsplit('›').next().map_or(0, |nearest| words(nearest, language).len());
        for (at, word) in heading.iter().enumerate() {
            let count = if at + nearest >= heading.len() { 1.0 } else { ABOVE };
            *counts[1].entry(word.stem.clone()).or_default() += count;
        }
        Self { heading, nearest, title, sentences, counts }
    }

    /// Whether the text or the headings have a stem.
    pub fn has(&self, stem: &str) -> bool {
        self.counts.iter().any(|counts| counts.contains_key(stem))
    }

    /// The part of neighbours in the question that are neighbours here, in either order.
    fn phrases(&self, terms: &[Term]) -> f32 {
        let pairs: Vec<(&str, &str)> = terms
            .windows(2)
            .filter(|pair| pair[1].word.place.abs_diff(pair[0].word.place) <= 2 && pair[0].carried == pair[1].carried)
            .map(|pair| (pair[0].word.stem.as_str(), pair[1].word.stem.as_str()))
            .collect();
        if pairs.is_empty() {
            return 0.0;
        }
        let near = |words: &[Word], pair: &(&str, &str)| {
            words.windows(2).any(|two| {
                let (one, other) = (two[0].stem.as_str(), two[1].stem.as_str());
                two[1].place - two[0].place <= 3 && ((one, other) == *pair || (other, one) == *pair)
            })
        };
        let found = pairs.iter().filter(|pair| {
            near(&self.heading, pair) || self.sentences.iter().any(|sentence| near(&sentence.words, pair))
        });
        float(found.count()) / float(pairs.len())
    }
}

/// Headings without the page or the lines that stand after them.
pub(crate) fn without_place(heading: &str) -> &str {
    let is_place = |text: &str| {
        let word = text.trim().split(' ').next().unwrap_or_default();
        matches!(word, "page" | "pages" | "line" | "lines" | "row" | "rows") || word.starts_with('#')
    };
    match heading.rsplit_once(", ") {
        Some((before, after)) if is_place(after) => before,
        None if is_place(heading) => "",
        _ => heading,
    }
}

/// How much a stem of a passage counts for a word of the question: 1 for the same, 0 for another.
pub(crate) fn likeness(term: &Word, stem: &str, language: Language) -> f32 {
    if term.stem == stem || term.stem.strip_suffix('s') == Some(stem) || stem.strip_suffix('s') == Some(&term.stem) {
        return 1.0;
    }
    if term.number || stem.starts_with(|c: char| c.is_ascii_digit()) {
        return 0.0;
    }
    let synonym = if synonyms::are(language, &term.stem, stem) { SYNONYM } else { 0.0 };
    synonym.max(related(&term.stem, stem)).max(if language == Language::German { german(term, stem) } else { 0.0 })
}

/// Words of one family that the stemmer keeps apart, such as `transpose` and `transposition`.
fn related(one: &str, other: &str) -> f32 {
    let shared = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let (short, long) =
        (one.chars().count().min(other.chars().count()), one.chars().count().max(other.chars().count()));
    if shared >= 5 && shared + 1 >= short && long - shared <= 4 { RELATED } else { 0.0 }
}

fn german(term: &Word, stem: &str) -> f32 {
    // "baden" is in "Badestelle" without its last letter.
    let open = term.folded.strip_suffix('n').filter(|open| stem.starts_with(open));
    compound(&term.stem, stem).max(open.map_or(0.0, |open| compound(open, stem)))
}

/// German puts words together: `Frist` is found in `Rückgabefrist`, and the other way round.
fn compound(one: &str, other: &str) -> f32 {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let fits = short.chars().count() >= 4 && long.chars().count() >= short.chars().count() + 3;
    // The stemmer takes an ending off; what a compound begins with may keep it.
    if fits && (long.ends_with(short) || long.starts_with(short)) { COMPOUND } else { 0.0 }
}

/// Whether two words differ by one letter that is missing, added, another, or two that changed places.
fn one_letter_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 1 || one.len().max(other.len()) < 4 || one.first() != other.first() {
        return false;
    }
    let same_start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let same_end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let longest = one.len().max(other.len());
    if same_start + same_end + 1 >= longest {
        return true;
    }
    let (a, b) = (&one[same_start..], &other[same_start..]);
    one.len() == other.len() && same_start + same_end + 2 == longest && a[0] == b[1] && a[1] == b[0]
}
