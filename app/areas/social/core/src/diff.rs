//! What changed between two versions of a text, sentence by sentence.

use serde::{Deserialize, Serialize};

/// What happened to a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It stayed.
    Same,
    /// It came.
    Added,
    /// It went.
    Removed,
}

/// Texts with more pairs of pieces than this are not compared piece by piece: their difference is all of both.
const MOST_PAIRS: usize = 250_000;

/// Compares two texts. The pieces that stayed or were removed make the earlier text, those that stayed or were added the later
/// one. Empty lines are passed over.
pub fn changes<'a>(before: &'a str, after: &'a str) -> Vec<(Change, &'a str)> {
    let (before, after) = (pieces(before), pieces(after));
    let head = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let (old, new) = (&before[head..], &after[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    let (old, same_end) = old.split_at(old.len() - tail);
    let new = &new[..new.len() - tail];

    let mut changes: Vec<(Change, &str)> = before[..head].iter().map(|piece| (Change::Same, *piece)).collect();
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        changes.extend(old.iter().map(|piece| (Change::Removed, *piece)));
        changes.extend(new.iter().map(|piece| (Change::Added, *piece)));
    } else {
        changes.extend(by_longest_common(old, new));
    }
    changes.extend(same_end.iter().map(|piece| (Change::Same, *piece)));
    changes
}

/// Lines, and within them sentences.
fn pieces(text: &str) -> Vec<&str> {
    text.lines()
        .flat_map(|line| {
            let mut rest = line;
            std::iter::from_fn(move || {
                let end = rest.char_indices().zip(rest.chars().skip(1)).find_map(|((at, c), next)| {
                    (matches!(c, '.' | '!' | '?' | '…') && next.is_whitespace()).then_some(at + c.len_utf8())
                });
                let (piece, left) = rest.split_at(end.unwrap_or(rest.len()));
                rest = left;
                (!piece.is_empty()).then_some(piece)
            })
        })
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// The classic table of longest common subsequences, read from its corner.
fn by_longest_common<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Change, &'a str)> {
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            longest[i * width + j] = if one == other {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut changes = Vec::with_capacity(old.len() + new.len());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            changes.push((Change::Same, old[i]));
            i += 1;
            j += 1;
        } else if i < old.len() && (j == new.len() || longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
            changes.push((Change::Removed, old[i]));
            i += 1;
        } else {
            changes.push((Change::Added, new[j]));
            j += 1;
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_changed_sentence_is_one_removed_and_one_added() {
        let shown = changes("One. Two! Three?\n\nFour", "One. Two and a half! Three?\n\nFour");
        assert_eq!(
            shown,
            [
                (Change::Same, "One."),
                (Change::Removed, "Two!"),
                (Change::Added, "Two and a half!"),
                (Change::Same, "Three?"),
                (Change::Same, "Four"),
            ]
        );
        assert_eq!(changes("", "New."), [(Change::Added, "New.")]);
        assert_eq!(changes("v1.2 is out", "v1.3 is out").len(), 2);
        assert!(changes("", "").is_empty());
    }

    #[test]
    fn huge_differences_are_not_compared_piece_by_piece() {
        let (before, after) = ("a\n".repeat(1000), "b\n".repeat(1000));
        assert_eq!(changes(&before, &after).len(), 2000);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_it(before in "[ab.\\n ]{0,60}", after in "[ab.\\n ]{0,60}") {
            let changes = changes(&before, &after);
            let without = |gone: Change| -> Vec<&str> {
                changes.iter().filter(|(change, _)| *change != gone).map(|(_, piece)| *piece).collect()
            };
            prop_assert_eq!(without(Change::Added), pieces(&before));
            prop_assert_eq!(without(Change::Removed), pieces(&after));
        }
    }
}
