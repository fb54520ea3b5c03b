//! Judges passages and chooses what to quote of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    index::{Entry, Index, Term, float},
    language::Language,
    question::{self, Query, Wanted},
    words::{Word, words},
};

/// How much a word counts that is in the document's title, when the question has others: every passage is about that.
const AMBIENT_WEIGHT: f32 = 0.15;
/// How much the best sentences count in the judgement, against the whole passage.
const SENTENCES: f32 = 0.5;
/// What a number of the right kind beside a word of the question adds, where one is asked for.
const NUMBER_BESIDE: f32 = 0.25;
/// How far they may stand apart, in words.
const BESIDE: usize = 6;
/// What a row of a table adds whose name is asked for.
const ROW_NAMED: f32 = 0.8;
/// What a heading adds whose words are all in the question.
const HEADING_ASKED: f32 = 0.35;
/// What is left of it for each word that names something and isn't there.
const NAME_MISSING: f32 = 0.6;
/// What is left of it when a word that no passage has matters.
const UNHEARD: f32 = 0.85;

/// How much BM25F counts in the order of passages against how much of the question is there.
const SCORE: f32 = 1.6;

/// What is left of it when what no passage has is only what is done with a thing.
const UNHEARD_VERB: f32 = 0.94;
/// What is left of it when all that was found is what the document is about.
const NOTHING_SPECIFIC: f32 = 0.6;

/// A question against an index.
pub(crate) struct Judge<'a> {
    index: &'a Index,
    /// The question.
    pub query: Query,
    looked: Vec<Looked>,
}

/// A term as it is looked for.
struct Looked {
    forms: BTreeMap<String, f32>,
    weight: f32,
    absence: f32,
    names: bool,
    ambient: bool,
    unheard: bool,
}

/// How far a passage answers the question.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Which one.
    pub at: usize,
    /// BM25F.
    pub score: f32,
    /// From 0 to 1: how much of what was asked is there.
    pub confidence: f32,
    /// What its heading and its numbers add to its place in the order.
    bonus: f32,
    /// The best sentence.
    pub best: usize,
}

/// BM25F of every passage for a question.
pub(crate) fn scores(index: &Index, text: &str, before: &[&str], language: Language) -> Vec<f32> {
    let query = question::read(text, before, language);
    index.scores(&query.terms, language)
}

impl<'a> Judge<'a> {
    /// Reads the question for these passages.
    pub fn new(index: &'a Index, text: &str, before: &[&str], language: Language) -> Self {
        let query = question::read(text, before, language);
        let mut looked: Vec<Looked> = query.terms.iter().map(|term| Looked::of(term, index, language)).collect();
        let others: f32 = looked.iter().filter(|it| !it.ambient).map(|it| it.weight).sum();
        for it in looked.iter_mut().filter(|it| it.ambient && others >= 0.5) {
            it.weight *= AMBIENT_WEIGHT;
        }
        Self { index, query, looked }
    }

    /// All passages that have anything of the question, the best first.
    pub fn judged(&self, language: Language) -> Vec<Judged> {
        let scores = self.index.scores(&self.query.terms, language);
        let mut judged: Vec<Judged> = self
            .index
            .entries
            .iter()
            .zip(scores)
            .enumerate()
            .filter(|(_, (entry, score))| *score > 0.0 && !entry.sentences.is_empty())
            .map(|(at, (entry, score))| {
                let (best, confidence) = self.confidence(entry);
                let bonus = self.number_beside(entry, best) + HEADING_ASKED * self.heading_asked(entry);
                Judged { at, score, confidence, bonus, best }
            })
            .collect();
        let top = judged.iter().map(|it| it.score).fold(f32::EPSILON, f32::max);
        let order = |it: &Judged| SCORE * it.score / top + it.confidence + it.bonus;
        judged.sort_by(|a, b| order(b).total_cmp(&order(a)).then(a.at.cmp(&b.at)));
        judged
    }

    /// The best sentence of a passage, and how much of the question the passage answers.
    fn confidence(&self, entry: &Entry) -> (usize, f32) {
        let above =
            self.found_in(|stem| entry.heading.iter().any(|word| word.stem == *stem) || entry.title.contains(stem));
        let whole = self.found_in(|stem| entry.has(stem) || entry.title.contains(stem));
        let sum = |found: &[f32]| self.covered(found);
        let mut best = (0, 0.0, 0.0);
        for at in 0..entry.sentences.len() {
            let here = self.in_sentence(&entry.sentences[at].words);
            let next = entry.sentences.get(at + 1).map(|it| self.in_sentence(&it.words));
            // What stands in the next sentence or above counts nearly as much as what stands in it.
            let near: Vec<f32> = (0..here.len())
                .map(|term| {
                    let next = next.as_ref().map_or(0.0, |next| next[term] * 0.85);
                    here[term].max(next).max(above[term] * 0.85)
                })
                .collect();
            let fits = self.query.wanted.is_in(&entry.sentences[at].text);
            let kind = self.number_beside(entry, at) + if fits { 0.12 } else { 0.0 };
            let value = sum(&near) + 0.3 * sum(&here) + kind;
            if value > best.1 {
                best = (at, value, sum(&near));
            }
        }
        let mut confidence = SENTENCES * best.2 + (1.0 - SENTENCES) * sum(&whole);
        confidence *= self.doubts(&whole);
        if !self.kind_is_near(entry, best.0) {
            confidence *= self.query.wanted.without();
        }
        (best.0, confidence)
    }

    /// The part of the question that was found, from 0 to 1.
    fn covered(&self, found: &[f32]) -> f32 {
        let (mut have, mut miss) = (0.0, 0.0);
        for (found, it) in found.iter().zip(&self.looked) {
            have += found * it.weight;
            miss += (1.0 - found) * it.weight * it.absence;
        }
        have / (have + miss).max(f32::EPSILON)
    }

    /// What of the judgement is left because of words that aren't there.
    fn doubts(&self, whole: &[f32]) -> f32 {
        let missing = |it: &Looked, found: f32| found < 0.5 && !it.ambient;
        let mut left = 1.0;
        for (it, found) in self.looked.iter().zip(whole) {
            if missing(it, *found) && it.names {
                left *= NAME_MISSING;
            } else if missing(it, *found) && it.unheard && it.weight * it.absence >= 0.6 {
                left *= UNHEARD;
            } else if missing(it, *found) && it.unheard && it.weight >= 0.6 {
                left *= UNHEARD_VERB;
            }
        }
        let specific = |(it, found): (&Looked, &f32)| it.weight >= 0.3 && !it.ambient && *found > 0.0;
        let anything = self.looked.iter().zip(whole).any(specific);
        let only_ambient = self.looked.iter().all(|it| it.ambient);
        if anything || only_ambient { left } else { left * NOTHING_SPECIFIC }
    }

    fn kind_is_near(&self, entry: &Entry, best: usize) -> bool {
        entry.sentences.iter().skip(best.saturating_sub(1)).take(4).any(|it| self.query.wanted.is_in(&it.text))
    }

    /// What a number adds that stands beside a word that was asked for: "49 keys", "Keys: 49".
    fn number_beside(&self, entry: &Entry, at: usize) -> f32 {
        if !matches!(self.query.wanted, Wanted::Price | Wanted::Number | Wanted::Time | Wanted::Measure) {
            return 0.0;
        }
        let sentence = &entry.sentences[at];
        if is_row(&sentence.text) {
            let cell = sentence.text.split("; ").next().unwrap_or_default();
            let column = cell.split_once(": ").map_or(0, |(column, _)| words(column, Language::Other).len());
            let length = words(cell, Language::Other).len();
            let name = sentence.words.get(column..length).unwrap_or_default();
            let named = name.iter().filter(|word| self.asked(word)).count();
            return ROW_NAMED * float(named) / float(name.len().max(1));
        }
        let words = &sentence.words;
        let close =
            |number: &Word| words.iter().any(|word| self.asked(word) && word.place.abs_diff(number.place) <= BESIDE);
        if words.iter().any(|word| word.number && close(word)) { NUMBER_BESIDE } else { 0.0 }
    }

    /// Whether a word of a passage is one of those that matter in the question.
    fn asked(&self, word: &Word) -> bool {
        let is = |it: &Looked| it.weight >= 0.5 && it.forms.get(&word.stem).is_some_and(|alike| *alike >= 0.6);
        self.looked.iter().any(|it| !it.ambient && is(it))
    }

    /// The part of the nearest heading that is in the question.
    fn heading_asked(&self, entry: &Entry) -> f32 {
        let own: Vec<&Word> =
            entry.heading[entry.heading.len() - entry.nearest..].iter().filter(|it| !it.number).collect();
        float(own.iter().filter(|word| self.asked(word)).count()) / float(own.len().max(1))
    }

    fn found_in(&self, has: impl Fn(&String) -> bool) -> Vec<f32> {
        let best =
            |it: &Looked| it.forms.iter().filter(|(stem, _)| has(stem)).map(|(_, alike)| *alike).fold(0.0, f32::max);
        self.looked.iter().map(best).collect()
    }

    fn in_sentence(&self, words: &[Word]) -> Vec<f32> {
        let stems: BTreeSet<&String> = words.iter().map(|word| &word.stem).collect();
        self.found_in(|stem| stems.contains(stem))
    }

    /// Which sentences of a passage to quote: the best, and then what belongs to it, up to so many characters.
    pub fn chosen(&self, entry: &Entry, best: usize, room: usize) -> Vec<usize> {
        if is_row(&entry.sentences[best].text) {
            return self.rows(entry, best, room);
        }
        let candidates = self.candidates(entry, best);
        let length = |at: usize| entry.sentences[at].text.chars().count();
        let whole: usize = candidates.iter().map(|at| length(*at)).sum();
        if whole <= room {
            return candidates;
        }
        let step =
            entry.sentences.iter().position(|it| is_item(&it.text)).filter(|_| self.query.wanted == Wanted::Steps);
        if let Some(item) = step.or_else(|| is_item(&entry.sentences[best].text).then_some(best)) {
            return list_around(entry, item, room);
        }
        let other = |at: &usize| *at != best && !is_item(&entry.sentences[*at].text);
        let mut order: Vec<usize> = candidates.into_iter().filter(other).collect();
        let value = |at: usize| self.worth(entry, at, best);
        order.sort_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
        let mut chosen = vec![best];
        let mut used = length(best);
        for at in order {
            if used + length(at) <= room && !repeats(entry, at, &chosen) {
                used += length(at);
                chosen.push(at);
            }
        }
        chosen.sort_unstable();
        chosen
    }

    /// What may be quoted with the best sentence: its own paragraph when that has all that was found, or else the whole passage.
    fn candidates(&self, entry: &Entry, best: usize) -> Vec<usize> {
        let all: Vec<usize> = (0..entry.sentences.len()).filter(|at| !self.is_question(entry, *at)).collect();
        let begin = (0..=best).rev().find(|at| entry.sentences[*at].begins_line).unwrap_or(0);
        let end = (best + 1..entry.sentences.len())
            .find(|at| entry.sentences[*at].begins_line)
            .unwrap_or(entry.sentences.len());
        let found = |range: &[usize]| {
            let words: Vec<Word> = range.iter().flat_map(|at| entry.sentences[*at].words.clone()).collect();
            self.covered(&self.in_sentence(&words))
        };
        let own: Vec<usize> = (begin..end).collect();
        let alone = !is_item(&entry.sentences[begin].text) && !entry.sentences[end - 1].text.ends_with(':');
        let others = all.iter().any(|at| *at > best && is_item(&entry.sentences[*at].text));
        if alone && !others && !self.is_question(entry, begin) && found(&own) >= found(&all) * 0.99 && found(&own) > 0.0
        {
            own
        } else {
            all
        }
    }

    /// How much a sentence adds to the best one. What follows it explains it; what is further away is about something else.
    fn worth(&self, entry: &Entry, at: usize, best: usize) -> f32 {
        let found = self.in_sentence(&entry.sentences[at].words);
        let sum: f32 = found.iter().zip(&self.looked).map(|(found, it)| found * it.weight).sum();
        let fits = self.query.wanted != Wanted::Anything && self.query.wanted.is_in(&entry.sentences[at].text);
        let distance = float(at.abs_diff(best)) + if at < best { 0.5 } else { 0.0 };
        sum + if fits { 0.4 } else { 0.0 } + 0.8 / (1.0 + distance)
    }

    /// Rows of a table that have as much of the question as the best one.
    fn rows(&self, entry: &Entry, best: usize, room: usize) -> Vec<usize> {
        let value = |at: usize| self.covered(&self.in_sentence(&entry.sentences[at].words));
        let mut used = 0;
        let fits = |at: &usize| *at == best || (is_row(&entry.sentences[*at].text) && value(*at) >= value(best) * 0.95);
        let mut rows: Vec<usize> = (0..entry.sentences.len()).filter(fits).collect();
        rows.retain(|at| {
            let length = entry.sentences[*at].text.chars().count();
            used += length;
            *at == best || used <= room
        });
        rows
    }

    /// The question of a question with its answer isn't said again.
    fn is_question(&self, entry: &Entry, at: usize) -> bool {
        at == 0 && entry.sentences.len() > 1 && entry.sentences[0].text.trim_end().ends_with('?')
    }
}

/// Whether a line is an item of a list.
pub(crate) fn is_item(text: &str) -> bool {
    let number = |mark: &str| mark.len() <= 3 && !mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_digit());
    text.starts_with("- ") || text.split_once(". ").is_some_and(|(mark, _)| number(mark))
}

/// A list from its first item, so that no step is left out between others: as much as there is room for, and up to the best.
fn list_around(entry: &Entry, best: usize, room: usize) -> Vec<usize> {
    let belongs = |at: usize| is_item(&entry.sentences[at].text) || !entry.sentences[at].begins_line;
    let first = (0..=best).rev().take_while(|at| belongs(*at)).last().unwrap_or(best);
    let mut used = 0;
    let mut list = Vec::new();
    for at in (first..entry.sentences.len()).take_while(|at| belongs(*at)) {
        used += entry.sentences[at].text.chars().count();
        if at > best && used > room {
            break;
        }
        list.push(at);
    }
    list
}

/// Whether a line is a row of a table, written as `Column: value; Column: value`.
fn is_row(text: &str) -> bool {
    text.split("; ").count() >= 2
        && text.split("; ").filter(|cell| cell.contains(": ")).count() * 2 > text.split("; ").count()
}

/// Whether a sentence says what another says already: most of its words are there.
fn repeats(entry: &Entry, at: usize, chosen: &[usize]) -> bool {
    let stems = |at: usize| entry.sentences[at].words.iter().map(|word| word.stem.as_str()).collect::<BTreeSet<_>>();
    let own = stems(at);
    chosen.iter().any(|other| alike(&own, &stems(*other)) > 0.8)
}

/// The part of all words of two texts that both have.
pub(crate) fn alike(one: &BTreeSet<&str>, other: &BTreeSet<&str>) -> f32 {
    let all = one.union(other).count().max(1);
    float(one.intersection(other).count()) / float(all)
}

impl Looked {
    fn of(term: &Term, index: &Index, language: Language) -> Self {
        let mut forms = index.forms(&term.word, language);
        // Titles aren't part of the index's vocabulary; a document is about what its title says.
        let titled = index.entries.iter().any(|entry| entry.title.contains(&term.word.stem));
        if titled {
            forms.insert(term.word.stem.clone(), 1.0);
        }
        let ambient = titled;
        let weight = term.weight;
        let unheard = forms.is_empty();
        Self { forms, weight, absence: term.absence, names: term.word.names && !term.carried, ambient, unheard }
    }
}
