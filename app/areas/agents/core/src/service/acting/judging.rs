//! Whether what an agent wrote is published at once, or waits for its owner.

use std::collections::HashSet;

use crate::{
    Citation, Found,
    acting::Acting,
    review::{ReviewState, WaitsFor},
    service::answer::{Written, citations},
};

/// How sure an agent is whose words refer to nothing that it knows, in percent.
const UNFOUNDED: u8 = 20;
/// The same of one that knows nothing it could refer to.
const UNFOUNDABLE: u8 = 40;
/// Words shorter than this say little, in characters.
const SHORT: usize = 4;

/// The most characters that are quoted of a passage.
const QUOTED: usize = 400;

/// What the built-in engine posts when it is time. It answers questions, and what an owner wants posted is seldom one: then it
/// quotes what it knows best about that.
pub(super) fn about_something(written: Written, found: &[Found]) -> Written {
    let Some(best) = found.first().filter(|_| knows_nothing(&written)) else { return written };
    let text = fitted(&best.text, QUOTED);
    let citations = citations("[1]", found);
    Written { text, citations, ..written }
}

/// Whether the built-in engine found nothing to say.
pub(super) fn knows_nothing(written: &Written) -> bool {
    is_quoted(written) && written.citations.is_empty()
}

/// Whether the built-in engine wrote it, which quotes: from the same passages it says the same.
pub(super) fn is_quoted(written: &Written) -> bool {
    written.model.as_deref().and_then(|model| model.split('/').next()) == Some(models_offline::NAME)
}

/// How sure an agent can be of what it wrote, in percent: how much of it stands in the passages that it refers to. The same for
/// all who write, as none of them says of itself how sure it is: the offline engine quotes, and comes near 100; a model that
/// goes beyond what it was given falls as far as it goes.
pub(super) fn confidence(text: &str, citations: &[Citation], found: &[Found]) -> u8 {
    if citations.is_empty() {
        return if found.is_empty() { UNFOUNDABLE } else { UNFOUNDED };
    }
    let known: HashSet<String> = citations.iter().flat_map(|it| words(&it.text).chain(words(&it.title))).collect();
    let said: Vec<String> = words(text).collect();
    let founded = said.iter().filter(|word| known.contains(*word)).count();
    let percent = (founded * 100).checked_div(said.len()).unwrap_or(0);
    u8::try_from(percent).unwrap_or(100).max(UNFOUNDED)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORT);
    words.map(str::to_lowercase)
}

/// Why a draft waits for its owner; nothing, when it is published at once. `latest` is how the agent's latest drafts were
/// decided, the last one first.
pub(super) fn waits_for(acting: &Acting, confidence: u8, latest: &[ReviewState]) -> Option<WaitsFor> {
    let in_a_row = latest.iter().take_while(|state| **state == ReviewState::Approved).count();
    if acting.reviews_all {
        Some(WaitsFor::Everything)
    } else if confidence < acting.threshold {
        Some(WaitsFor::Unsure)
    } else if in_a_row < usize::from(acting.unedited_needed) {
        Some(WaitsFor::NotEarned)
    } else {
        None
    }
}

/// A text as it is published: without the numbers of what it refers to, which lead nowhere there, and no longer than a post.
pub(super) fn fitted(text: &str, most: usize) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        let end = rest[start..].find(']').map(|length| start + length);
        let number = end.filter(|end| {
            let inside = &rest[start + 1..*end];
            let is_list =
                inside.split(',').all(|it| !it.trim().is_empty() && it.trim().bytes().all(|b| b.is_ascii_digit()));
            is_list && !rest[end + 1..].starts_with('(')
        });
        match number {
            Some(end) => {
                plain.push_str(rest[..start].trim_end_matches(' '));
                rest = &rest[end + 1..];
            }
            None => {
                plain.push_str(&rest[..=start]);
                rest = &rest[start + 1..];
            }
        }
    }
    plain.push_str(rest);
    let plain = plain.trim();
    match plain.char_indices().nth(most) {
        None => plain.to_owned(),
        Some((cut, _)) => {
            let beginning = &plain[..cut];
            // Where a sentence ends, if that is not too early.
            let end = beginning.rfind(['.', '!', '?', '\n']).filter(|end| *end > cut / 2).map_or(cut, |end| end + 1);
            beginning.get(..end).unwrap_or(beginning).trim_end().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;
    use uuid::Uuid;

    use super::*;

    fn citation(text: &str) -> Citation {
        Citation {
            number: 1,
            passage: Id::from_uuid(Uuid::from_u128(1)),
            source: Id::from_uuid(Uuid::from_u128(2)),
            title: "Manual".to_owned(),
            locator: String::new(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn an_agent_is_as_sure_as_its_words_are_founded() {
        let manual = [citation("The battery charges in forty minutes. Use the cable that came with it.")];
        assert_eq!(confidence("The battery charges in forty minutes [1].", &manual, &[]), 100);
        let half = confidence("The battery charges quickly everywhere [1].", &manual, &[]);
        assert!((UNFOUNDED..=60).contains(&half), "{half}");
        assert_eq!(confidence("Pigeons conquered Lisbon yesterday [1].", &manual, &[]), UNFOUNDED);
        assert_eq!(confidence("Hello there, friend.", &[], &[]), UNFOUNDABLE);
    }

    #[test]
    fn what_is_published_at_once_was_earned() {
        use ReviewState::{Approved, Edited, Rejected};
        let acting = Acting { reviews_all: false, threshold: 70, unedited_needed: 2, ..Acting::default() };
        assert_eq!(
            waits_for(&Acting { reviews_all: true, ..acting.clone() }, 100, &[Approved; 5]),
            Some(WaitsFor::Everything)
        );
        assert_eq!(waits_for(&acting, 69, &[Approved; 5]), Some(WaitsFor::Unsure));
        assert_eq!(waits_for(&acting, 70, &[]), Some(WaitsFor::NotEarned));
        assert_eq!(waits_for(&acting, 70, &[Approved, Rejected, Approved]), Some(WaitsFor::NotEarned));
        assert_eq!(waits_for(&acting, 70, &[Edited, Approved, Approved]), Some(WaitsFor::NotEarned));
        assert_eq!(waits_for(&acting, 70, &[Approved, Approved, Rejected]), None);
        assert_eq!(waits_for(&Acting { unedited_needed: 0, ..acting }, 70, &[Rejected]), None);
    }

    #[test]
    fn a_post_has_no_numbers_that_lead_nowhere_and_is_no_longer_than_it_may_be() {
        assert_eq!(
            fitted(" Forty minutes [1]. See [the manual](https://a.example) [2, 3] [a]. ", 100),
            "Forty minutes. See [the manual](https://a.example) [a]."
        );
        assert_eq!(fitted("[1](https://a.example) and [", 100), "[1](https://a.example) and [");
        assert_eq!(fitted("One two. Three four. Five", 22), "One two. Three four.");
        assert_eq!(fitted("Olá olá olá olá", 6), "Olá ol");
    }
}
