//! From a question to an answer.

use std::collections::BTreeSet;

use crate::{
    Passage,
    index::{self, Index},
    language::{Language, detect},
    material,
    memory::{self, Remembered},
    select::{Judge, Judged, alike, is_item},
    sums,
    talk::{self, Speaker, Talk, Tone},
};

/// Below this it says that it doesn't know. Set by the quality set, between what is in the sources and what is not.
const ENOUGH: f32 = 0.52;

/// Below this a passage isn't even named as what could be told instead.
const NEAR: f32 = 0.25;

/// A second passage is quoted when it is nearly as good as the first, by this factor.
const NEARLY: f32 = 0.92;

/// A second passage that has more of these words in common with the first says nothing new.
const SAME: f32 = 0.55;

/// What is read of a question.
const MOST_CHARS: usize = 2_000;

/// How long answers are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Length {
    /// A sentence or two.
    Short,
    /// A paragraph.
    #[default]
    Medium,
    /// Several paragraphs.
    Long,
}

impl Length {
    /// How many characters are quoted of a passage, and how many passages.
    const fn room(self) -> (usize, usize) {
        match self {
            Self::Short => (240, 1),
            Self::Medium => (520, 2),
            Self::Long => (1_000, 3),
        }
    }
}

/// Something that was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// By whoever asks.
    User(&'a str),
    /// By whoever answers.
    Agent(&'a str),
}

/// A question with everything that may answer it.
#[derive(Debug, Clone, Default)]
pub struct Question<'a> {
    /// What is asked.
    pub text: &'a str,
    /// What was said before, the oldest first.
    pub before: Vec<Said<'a>>,
    /// Passages that may answer it. The first is cited as `[1]`.
    pub passages: Vec<Passage<'a>>,
    /// What is remembered of whoever asks.
    pub memories: Vec<&'a str>,
    /// The name of whoever answers.
    pub name: &'a str,
    /// How it sounds.
    pub tone: &'a str,
    /// What it speaks about.
    pub topics: Vec<&'a str>,
    /// How long its answers are.
    pub length: Length,
    /// Whether a calculator may be used.
    pub calculator: bool,
}

/// What kind of answer it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// From passages, which are cited.
    Cited,
    /// From what is remembered.
    Remembered,
    /// Small talk, and what it says of itself.
    Talk,
    /// That it doesn't know.
    Unknown,
    /// None yet: this sum is to be done by the calculator.
    Sum(String),
}

/// A passage that is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Which of the question's passages, from 0. In the text it is `[1]` for 0.
    pub passage: usize,
    /// What is quoted of it.
    pub quote: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What kind it is.
    pub kind: Kind,
    /// What is said, as Markdown.
    pub text: String,
    /// What is quoted, in the order of the text.
    pub citations: Vec<Citation>,
    /// From 0 to 1: how sure it is that this answers the question.
    pub confidence: f32,
}

impl Answer {
    fn said(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), citations: Vec::new(), confidence: 1.0 }
    }
}

/// The language that most of the passages are in.
pub(crate) fn usual_language(passages: &[Passage<'_>]) -> Language {
    let mut text = String::new();
    for passage in passages.iter().take(20) {
        text.push_str(&passage.text[..passage.text.floor_char_boundary(400)]);
        text.push(' ');
    }
    detect(&text).unwrap_or_default()
}

/// Answers a question from its passages and memories, or says that they don't.
pub fn answer(question: &Question<'_>) -> Answer {
    let text = talk::without_greeting(&question.text[..question.text.floor_char_boundary(MOST_CHARS)]);
    let usual = usual_language(&question.passages);
    let asked = asked_before(question);
    let language = detect(text).or_else(|| asked.last().and_then(|text| detect(text))).unwrap_or(usual);
    let speaker = Speaker { name: question.name, tone: Tone::of(question.tone), topics: topics(question), language };
    if let Some(answer) = without_sources(question, text, &speaker) {
        return answer;
    }
    let remembered = memory::look(text, &question.memories, language);
    let index = Index::of(&question.passages, usual);
    let judge = Judge::new(&index, text, &asked, language);
    let judged = judge.judged(language);
    let sure = judged.first().map_or(0.0, |it| it.confidence);
    match remembered {
        Some(Remembered::Nothing) => Answer::said(Kind::Remembered, speaker.nothing_remembered()),
        Some(Remembered::These(which, confidence)) if confidence >= sure => {
            from_memories(question, &which, confidence, &speaker)
        }
        _ if sure < ENOUGH => unknown(question, &judged, sure, &speaker),
        _ => quoted(question, &index, &judge, &judged, &speaker),
    }
}

/// What was asked before, without small talk.
fn asked_before<'a>(question: &Question<'a>) -> Vec<&'a str> {
    let asked = question.before.iter().filter_map(|said| match said {
        Said::User(text) if talk::talk(text, question.name).is_none() => Some(*text),
        _ => None,
    });
    asked.collect()
}

/// What needs no sources: small talk and sums.
fn without_sources(question: &Question<'_>, text: &str, speaker: &Speaker<'_>) -> Option<Answer> {
    if text.trim().is_empty() {
        return Some(Answer::said(Kind::Talk, speaker.reply(Talk::Fine)));
    }
    if let Some(talk) = talk::talk(text, question.name) {
        return Some(Answer::said(Kind::Talk, speaker.reply(talk)));
    }
    let sum = sums::sum_in(text)?;
    Some(match question.calculator {
        true => Answer::said(Kind::Sum(sum), String::new()),
        false => Answer::said(Kind::Unknown, speaker.no_calculator()),
    })
}

fn from_memories(question: &Question<'_>, which: &[usize], confidence: f32, speaker: &Speaker<'_>) -> Answer {
    let mut text = speaker.remembered().to_owned();
    for at in which {
        text.push_str("\n- ");
        text.push_str(&material::harmless(question.memories[*at].trim()).replace('\n', " "));
    }
    Answer { confidence, ..Answer::said(Kind::Remembered, text) }
}

/// What it speaks about, by its owner's words or by its sources' titles.
fn topics(question: &Question<'_>) -> Vec<String> {
    if !question.topics.is_empty() {
        return question.topics.iter().map(|topic| (*topic).to_owned()).collect();
    }
    let mut titles: Vec<String> = Vec::new();
    for passage in &question.passages {
        let title = material::harmless(passage.title.trim());
        if !title.is_empty() && !material::addresses_machine(&title) && !titles.contains(&title) {
            titles.push(title);
        }
    }
    titles.truncate(5);
    titles
}

/// Says that it doesn't know, and names up to three headings of passages that come near.
fn unknown(question: &Question<'_>, judged: &[Judged], sure: f32, speaker: &Speaker<'_>) -> Answer {
    let mut near: Vec<String> = Vec::new();
    for it in judged.iter().filter(|it| it.confidence >= NEAR) {
        let passage = &question.passages[it.at];
        let heading =
            material::harmless(index::without_place(passage.heading).rsplit('›').next().unwrap_or_default().trim());
        let heading = if heading.is_empty() { material::harmless(passage.title.trim()) } else { heading };
        let fits = !heading.is_empty() && heading.chars().count() <= 100 && !material::addresses_machine(&heading);
        if fits && !near.contains(&heading) && near.len() < 3 {
            near.push(heading);
        }
    }
    if near.is_empty() {
        near = speaker.topics.clone();
    }
    Answer { confidence: sure, ..Answer::said(Kind::Unknown, speaker.unknown(&near)) }
}

/// Quotes the best passage, and others that add to it.
fn quoted(
    question: &Question<'_>,
    index: &Index,
    judge: &Judge<'_>,
    judged: &[Judged],
    speaker: &Speaker<'_>,
) -> Answer {
    let (room, most) = question.length.room();
    let first = &judged[0];
    let mut citations: Vec<Citation> = Vec::new();
    let mut used: Vec<BTreeSet<&str>> = Vec::new();
    for it in judged.iter().take(6) {
        let enough = it.at == first.at || (it.confidence >= first.confidence * NEARLY && it.score >= first.score * 0.7);
        let entry = &index.entries[it.at];
        let stems: BTreeSet<&str> =
            entry.sentences.iter().flat_map(|it| &it.words).map(|word| word.stem.as_str()).collect();
        if !enough || citations.len() >= most || used.iter().any(|other| alike(other, &stems) > SAME) {
            continue;
        }
        let room = if citations.is_empty() { room } else { room / 2 };
        let chosen = judge.chosen(entry, it.best, room);
        citations.push(Citation { passage: it.at, quote: written(entry, &chosen) });
        used.push(stems);
    }
    let parts: Vec<String> = citations.iter().map(|it| with_number(&it.quote, it.passage + 1)).collect();
    let lead = speaker.lead();
    let text = if lead.is_empty() || question.length == Length::Short {
        parts.join("\n\n")
    } else {
        format!("{lead}\n\n{}", parts.join("\n\n"))
    };
    Answer { kind: Kind::Cited, text, citations, confidence: first.confidence.min(1.0) }
}

/// Sentences as they stood: those of one line together, lines under each other, and `…` where something was left out.
fn written(entry: &crate::index::Entry, chosen: &[usize]) -> String {
    let mut text = String::new();
    let mut last: Option<usize> = None;
    for at in chosen {
        let sentence = &entry.sentences[*at];
        let new_line = sentence.begins_line
            || last.is_some_and(|last| (last + 1..*at).any(|between| entry.sentences[between].begins_line));
        match last {
            None => {}
            Some(_) if new_line => text.push('\n'),
            Some(last) if last + 1 < *at => text.push_str(" … "),
            Some(_) => text.push(' '),
        }
        text.push_str(without_answer_mark(&sentence.text));
        last = Some(*at);
    }
    text
}

fn without_answer_mark(text: &str) -> &str {
    ["A: ", "Answer: ", "Antwort: ", "R: "].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text)
}

/// Lines of a quotation are paragraphs or items, and its number stands at its end.
fn with_number(quote: &str, number: usize) -> String {
    let lines: Vec<&str> = quote.lines().collect();
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            text.push_str(if is_item(line) && is_item(lines[at - 1]) { "\n" } else { "\n\n" });
        }
        text.push_str(line);
    }
    format!("{text} [{number}]")
}
