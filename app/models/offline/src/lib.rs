//! The built-in answer engine: what answers when no model is configured. It is no language model. It finds the passages that
//! fit a question, quotes the sentences that answer it, and says so plainly when none does. The same question with the same
//! passages always gives the same answer, and it costs nothing.
//!
//! [`Offline`] is the adapter of [`platform::models`]. [`answer`] is the whole of it, a pure function; [`rank`] is its judgement of passages alone, for retrieval to use.
//! What it reads is material, whoever wrote it: there is nothing in here that could follow an instruction.

mod answer;
mod index;
mod language;
mod material;
mod memory;
mod provider;
mod question;
mod select;
mod sums;
mod synonyms;
mod talk;
mod words;

pub use answer::{Answer, Citation, Kind, Length, Question, Said, answer};
pub use language::Language;
pub use provider::{MODEL, NAME, Offline};

/// A passage that may answer a question.
#[derive(Debug, Clone, Copy)]
pub struct Passage<'a> {
    /// The title of its document.
    pub title: &'a str,
    /// Its headings with `›` between them, the nearest last, and where it stands: as `documents::Chunk::place` gives it.
    pub heading: &'a str,
    /// Its text; lines are paragraphs, items and rows.
    pub text: &'a str,
}

/// How well each passage fits a question, in the order of the passages: 0 for not at all, and higher for better without a limit.
/// Earlier questions, the latest last, are used when the question points back to them.
pub fn rank(question: &str, before: &[&str], passages: &[Passage<'_>]) -> Vec<f32> {
    let usual = answer::usual_language(passages);
    let index = index::Index::of(passages, usual);
    select::scores(&index, question, before, language::detect(question).unwrap_or(usual))
}

/// What to look for when passages are first fetched from a large store: the question's words that matter, and those of the
/// questions before it when it points back to them.
pub fn search_words(question: &str, before: &[&str]) -> Vec<String> {
    let language = language::detect(question).or_else(|| language::detect(&before.join(" "))).unwrap_or_default();
    question::read(question, before, language).terms.into_iter().map(|term| term.word.folded).collect()
}
