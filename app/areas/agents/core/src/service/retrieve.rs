//! Retrieval: the passages of an agent that may answer a question.
//!
//! What keeps it fast when an agent knows a hundred thousand passages, and when a thousand agents do:
//!
//! - The agent is one of the words of its passages, so one index (`passages_by_words`) intersects "of this agent" with
//!   "has this word", and never visits anybody else's passages.
//! - `knowledge_words` says in how many passages of the agent a word is. The rarest words of a question are searched for
//!   first, until what they are in is enough to choose from ([`VISITED`]); words that are nearly everywhere are left to the
//!   ranking. Where all words are common, passages that have several of them together are searched for. So a search reads two
//!   or three thousand rows at most, whatever is asked.
//! - They are first put in order by how rare the words are that they have, which needs none of their text; only the best
//!   [`RANKED`] are ranked by how near to each other the words stand, and only the best [`JUDGED`] are read and judged as the
//!   offline engine judges them.
//!
//! A word that no passage has is looked for among those that begin like it, a letter or two apart. An agent that knows no more
//! than [`ALL_JUDGED`] passages has all of them judged, so that nothing is missed for want of the same word.
//!
//! Embeddings, where a model made them, give a second order, and the two are fused by reciprocal ranks (Cormack, Clarke and
//! Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", 2009). An agent that knows up
//! to [`ALL_COMPARED`] passages has all of them compared; of one that knows more, those that the words found.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{AccountId, PassageId};
use models_offline::Passage;
use sqlx::PgPool;

use crate::{
    Error,
    knowledge::Found,
    store::{
        knowledge,
        passages::{self, Clause},
    },
};

/// Up to so many passages are all judged.
const ALL_JUDGED: i64 = 120;
/// Up to so many passages are all compared by their embeddings.
const ALL_COMPARED: i64 = 1_000;
/// About so many passages are visited for the words of a question.
const VISITED: i64 = 2_000;
/// So many are visited at most for each of the ways in which words that are everywhere are searched for.
const VISITED_COMMON: i64 = 1_500;
/// So many are ranked by their words' places.
const RANKED: i64 = 300;
/// So many are read and judged.
const JUDGED: i64 = 60;
/// So much of a question is read, in characters, and so many of its words are looked for.
const QUESTION: usize = 2_000;
const WORDS: usize = 40;
/// The constant of reciprocal rank fusion, as in the paper.
const FUSION: f32 = 60.0;

/// The passages of an agent that may answer a question, best first, at most so many. `embedding` is the question as a model
/// (its name, then the vector, of unit length) sees it. The caller has asked the gate whether the agent may be spoken with;
/// passages of others are never found, nor those of sources that are not ready or were removed.
///
/// # Errors
/// When the database fails.
pub async fn retrieve(
    pool: &PgPool,
    agent: AccountId,
    question: &str,
    embedding: Option<(&str, &[f32])>,
    most: usize,
) -> Result<Vec<Found>, Error> {
    let question: String = question.chars().filter(|c| *c != '\0').take(QUESTION).collect();
    let extent = knowledge::extent(pool, agent, None).await?;
    let known = i64::from(extent.passages);
    if known == 0 {
        return Ok(Vec::new());
    }
    let candidates = if known <= ALL_JUDGED {
        passages::all(pool, agent, ALL_JUDGED).await?
    } else {
        by_words(pool, agent, &question, known).await?
    };
    let by_words = judged(question, passages::load(pool, agent, &candidates).await?, known <= ALL_JUDGED).await?;
    let Some((model, vector)) = embedding else {
        return Ok(by_words.into_iter().take(most).collect());
    };
    let near =
        by_embedding(pool, agent, model, vector, (known > ALL_COMPARED).then_some(candidates.as_slice())).await?;
    fused(pool, agent, by_words, &near, most).await
}

/// Passages that have the words of the question, those with the rarest first.
async fn by_words(pool: &PgPool, agent: AccountId, question: &str, known: i64) -> Result<Vec<PassageId>, Error> {
    let mut words = passages::words_of(pool, agent, question).await?;
    words.truncate(WORDS);
    let mut frequencies = passages::frequencies(pool, agent, &words).await?;
    let found: BTreeSet<String> = frequencies.iter().map(|(word, _)| word.clone()).collect();
    let mut meant = Vec::new();
    for word in words.into_iter().filter(|word| !found.contains(word)) {
        meant.extend(nearest(pool, agent, &word).await?);
    }
    meant.retain(|word| !found.contains(word));
    frequencies.extend(passages::frequencies(pool, agent, &meant).await?);
    frequencies.sort_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
    frequencies.dedup();
    let Some((rarest, _)) = frequencies.first() else { return Ok(Vec::new()) };
    let (clauses, each) = clauses(&frequencies, known);
    let found = passages::search(pool, agent, &clauses, (each, RANKED, JUDGED)).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    // Common words that are nowhere together.
    let alone = Clause { words: vec![rarest.clone()], weight: 1.0 };
    passages::search(pool, agent, &[alone], (VISITED_COMMON, RANKED, JUDGED)).await
}

/// What is searched for, given in how many passages each word is, the rarest first; and how many passages are visited for
/// each of it at most.
fn clauses(frequencies: &[(String, i64)], known: i64) -> (Vec<Clause>, i64) {
    let mut visited = 0;
    let (mut rare, mut common) = (Vec::new(), Vec::new());
    for (word, passages) in frequencies {
        visited += passages;
        let clause = Clause { words: vec![word.clone()], weight: rarity(*passages, known) };
        if visited <= VISITED { rare.push(clause) } else { common.push(clause) }
    }
    if !rare.is_empty() || common.is_empty() {
        return (rare, VISITED);
    }
    // Everything is common: what has all of it, and what has the two that are least so.
    let together = |some: &[Clause]| Clause {
        words: some.iter().flat_map(|it| it.words.clone()).collect(),
        weight: some.iter().map(|it| it.weight).sum(),
    };
    let mut wanted = vec![together(&common)];
    if common.len() > 2 {
        wanted.push(together(&common[..2]));
    }
    (wanted, VISITED_COMMON)
}

/// How much a word says: Robertson and Spärck Jones' weight, kept positive.
fn rarity(passages: i64, known: i64) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "counts of passages are far below what a float holds exactly")]
    let (having, all) = (passages as f32, known.max(passages) as f32);
    (1.0 + (all - having + 0.5) / (having + 0.5)).ln()
}

/// The words that somebody may have meant who wrote one that no passage has: the nearest of those with the same beginning.
async fn nearest(pool: &PgPool, agent: AccountId, word: &str) -> Result<Vec<String>, Error> {
    let length = word.chars().count();
    if length < 4 || word.chars().any(|c| c.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let beginning: String = word.chars().take(if length > 5 { 2 } else { 1 }).collect();
    let near = passages::beginning_with(pool, agent, &beginning).await?;
    let most = if length > 7 { 2 } else { 1 };
    let mut distances: Vec<(usize, String)> =
        near.into_iter().map(|other| (distance(word, &other, most), other)).filter(|(it, _)| *it <= most).collect();
    distances.sort();
    let best = distances.first().map(|(distance, _)| *distance);
    Ok(distances.into_iter().filter(|(distance, _)| Some(*distance) == best).take(3).map(|(_, word)| word).collect())
}

/// How many letters have to be changed, added, left out, or exchanged with their neighbour to make one word of another
/// (optimal string alignment). Beyond `most` any larger number.
fn distance(one: &str, other: &str, most: usize) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > most {
        return most + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, its) in other.iter().enumerate() {
            let changed = row[j] + usize::from(letter != its);
            let mut least = changed.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *letter == other[j - 1] && one[i - 1] == *its {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(most + 1)
}

/// Puts passages in the order in which the offline engine would use them. Those that it sees nothing in are left out; when it
/// sees something in none, because it doesn't know the language for instance, what the words found stays as it is.
async fn judged(question: String, mut found: Vec<Found>, all_of_them: bool) -> Result<Vec<Found>, Error> {
    let judge = move || {
        let material: Vec<Passage<'_>> =
            found.iter().map(|it| Passage { title: &it.title, heading: &it.heading, text: &it.text }).collect();
        let scores = models_offline::rank(&question, &[], &material);
        for (passage, score) in found.iter_mut().zip(scores) {
            passage.score = score;
        }
        if all_of_them || found.iter().any(|it| it.score > 0.0) {
            found.retain(|it| it.score > 0.0);
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found
    };
    tokio::task::spawn_blocking(judge).await.map_err(|_| Error::NotYet("judging passages was broken off".to_owned()))
}

/// The passages that a model puts nearest to the question.
async fn by_embedding(
    pool: &PgPool,
    agent: AccountId,
    model: &str,
    vector: &[f32],
    of: Option<&[PassageId]>,
) -> Result<Vec<PassageId>, Error> {
    let known = passages::embeddings(pool, agent, model, of, ALL_COMPARED).await?;
    let mut near: Vec<(f32, PassageId)> = known
        .into_iter()
        .filter(|(_, other)| other.len() == vector.len())
        .map(|(id, other)| (vector.iter().zip(&other).map(|(one, other)| one * other).sum(), id))
        .filter(|(likeness, _): &(f32, _)| *likeness > 0.0)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    near.truncate(usize::try_from(JUDGED).unwrap_or(usize::MAX));
    Ok(near.into_iter().map(|(_, id)| id).collect())
}

/// Fuses both orders by reciprocal ranks.
async fn fused(
    pool: &PgPool,
    agent: AccountId,
    by_words: Vec<Found>,
    near: &[PassageId],
    most: usize,
) -> Result<Vec<Found>, Error> {
    let mut scores: BTreeMap<PassageId, f32> = BTreeMap::new();
    let words: Vec<PassageId> = by_words.iter().map(|it| it.passage).collect();
    for order in [words.as_slice(), near] {
        let mut rank = FUSION;
        for id in order {
            rank += 1.0;
            *scores.entry(*id).or_default() += 1.0 / rank;
        }
    }
    let mut best: Vec<(PassageId, f32)> = scores.into_iter().collect();
    best.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    best.truncate(most);
    let mut loaded: BTreeMap<PassageId, Found> = by_words.into_iter().map(|it| (it.passage, it)).collect();
    let missing: Vec<PassageId> = best.iter().map(|(id, _)| *id).filter(|id| !loaded.contains_key(id)).collect();
    loaded.extend(passages::load(pool, agent, &missing).await?.into_iter().map(|it| (it.passage, it)));
    let found = best.into_iter().filter_map(|(id, score)| Some(Found { score, ..loaded.remove(&id)? }));
    Ok(found.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_apart_are_counted() {
        for (one, other, apart) in [
            ("refund", "refund", 0),
            ("refnud", "refund", 1),
            ("refun", "refund", 1),
            ("rückgabe", "ruckgab", 2),
            ("a", "bcdef", 3),
        ] {
            assert_eq!(distance(one, other, 2), apart, "{one} {other}");
        }
    }

    #[test]
    fn rare_words_are_searched_for_and_common_ones_together() {
        let words = |some: &[(&str, i64)]| {
            let some: Vec<(String, i64)> = some.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect();
            clauses(&some, 100_000).0.into_iter().map(|it| it.words.join("+")).collect::<Vec<_>>()
        };
        assert_eq!(words(&[("rare", 10), ("some", 1_500), ("common", 60_000)]), ["rare", "some"]);
        assert_eq!(words(&[("a", 30_000), ("b", 40_000), ("c", 60_000)]), ["a+b+c", "a+b"]);
        assert_eq!(words(&[("a", 30_000)]), ["a"]);
        assert!(words(&[]).is_empty());
        assert!(rarity(10, 100) > rarity(90, 100) && rarity(200, 100) > 0.0);
    }
}
