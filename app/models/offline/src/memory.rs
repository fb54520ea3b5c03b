//! Answers from what is remembered of whom it speaks with.

use crate::{
    Passage,
    index::Index,
    language::{Language, folded},
    material,
    select::Judge,
};

/// How much of the question a memory must have to answer it.
const ENOUGH: f32 = 0.62;

/// How many memories are told at most when somebody asks for all of them.
const ALL: usize = 12;

/// What of the memories answers a question about whoever asks it.
pub(crate) enum Remembered {
    /// These memories, and how surely.
    These(Vec<usize>, f32),
    /// Somebody asks for everything, and there is nothing.
    Nothing,
}

/// Looks for an answer in the memories, if the question is about whoever asks it.
pub(crate) fn look(question: &str, memories: &[&str], language: Language) -> Option<Remembered> {
    let plain = format!(" {} ", folded(question).split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join(" "));
    let kept: Vec<usize> = (0..memories.len())
        .filter(|at| !material::addresses_machine(memories[*at]) && !memories[*at].trim().is_empty())
        .collect();
    if ALL_ASKED.iter().any(|phrase| plain.contains(phrase)) {
        return Some(match kept.len() {
            0 => Remembered::Nothing,
            _ => Remembered::These(kept.into_iter().take(ALL).collect(), 1.0),
        });
    }
    if kept.is_empty() || !FIRST_PERSON.iter().any(|word| plain.contains(&format!(" {word} "))) {
        return None;
    }
    let passages: Vec<Passage<'_>> =
        kept.iter().map(|at| Passage { title: "", heading: "", text: memories[*at] }).collect();
    let index = Index::of(&passages, language);
    let judge = Judge::new(&index, question, &[], language);
    let judged = judge.judged(language);
    let best = judged.iter().map(|it| it.confidence).fold(0.0, f32::max);
    let fitting: Vec<usize> = judged
        .iter()
        .filter(|it| it.confidence >= ENOUGH && it.confidence >= best * 0.9)
        .take(3)
        .map(|it| kept[it.at])
        .collect();
    (!fitting.is_empty()).then_some(Remembered::These(fitting, best))
}

const ALL_ASKED: &[&str] = &[
    " know about me ",
    " remember about me ",
    " you remember me ",
    " who am i ",
    " was weisst du uber mich ",
    " erinnerst du dich an mich ",
    " wer bin ich ",
    " sabes sobre mim ",
    " sabe sobre mim ",
    " quem sou eu ",
    " sabes de mi ",
    " quien soy ",
    " sais de moi ",
    " sais tu de moi ",
    " sais sur moi ",
    " qui suis je ",
];

const FIRST_PERSON: &[&str] = &[
    "my", "i", "me", "mine", "mein", "meine", "meinen", "meiner", "ich", "mich", "mir", "meu", "minha", "meus",
    "minhas", "eu", "mim", "mi", "mis", "yo", "mon", "ma", "mes", "je", "moi", "j",
];
