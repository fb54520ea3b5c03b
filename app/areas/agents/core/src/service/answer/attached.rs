//! What stands with the messages of a conversation, as a model is given it: the words of files as passages, which are material and
//! can be cited; pictures to those who see them; and a note that says what is there.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write,
};

use kernel::{MessageId, PassageId, SourceId};
use platform::models::{Part, Picture, fenced};
use social_core::{
    AttachedPassage, AttachedText, Attachment, AttachmentFile, AttachmentKind, Message, service as social,
};

use super::{Desk, Task};
use crate::{Error, Found};

/// So many characters of files a model is given.
const ROOM: usize = 24_000;
/// Of files that are longer than that together, so many characters are looked through, from the youngest on.
const READ: usize = 600_000;
/// So many pictures a model is given, the youngest.
const PICTURES: usize = 4;

/// What stands with the messages of a conversation.
#[derive(Default)]
pub(super) struct Attached {
    /// Passages of files.
    pub(super) found: Vec<Found>,
    /// What a turn has besides its words.
    pub(super) parts: HashMap<MessageId, Vec<Part>>,
}

impl Desk {
    /// Gathers what stands with these messages, for the question that is the last of them.
    pub(super) async fn attached(&self, task: &Task, history: &[Message], model: &str) -> Result<Attached, Error> {
        let agent = self.as_agent(task);
        let ids: Vec<MessageId> = history.iter().map(|message| message.id).collect();
        let texts = social::attached_texts(self.database.pool(), &agent, &ids).await?;
        if texts.is_empty() {
            return Ok(Attached::default());
        }
        let mut pictures = self.pictures(task, &texts, model).await?;
        let mut parts: HashMap<MessageId, Vec<Part>> = HashMap::new();
        let whole = length(&texts) <= ROOM;
        for message in &ids {
            let with: Vec<&Attachment> =
                texts.iter().map(|it| &it.attachment).filter(|it| it.message == Some(*message)).collect();
            if !with.is_empty() {
                let note = Part::Note(note(&with, whole, |it| pictures.contains_key(&it.id)));
                let seen = with.iter().filter_map(|it| pictures.remove(&it.id)).map(Part::Picture);
                parts.insert(*message, std::iter::once(note).chain(seen).collect());
            }
        }
        let asked: Vec<String> =
            history.iter().filter(|it| it.author != task.agent).map(|it| it.body.clone()).collect();
        let work = tokio::task::spawn_blocking(move || chosen(texts, &asked));
        let found = work.await.map_err(|_| Error::NotYet("files were not looked through".to_owned()))?;
        Ok(Attached { found, parts })
    }

    /// The youngest pictures, for a model that sees them.
    async fn pictures(
        &self,
        task: &Task,
        texts: &[AttachedText],
        model: &str,
    ) -> Result<HashMap<kernel::AttachmentId, Picture>, Error> {
        let mut pictures = HashMap::new();
        let Some(files) = self.tools.files().filter(|_| super::sees_pictures(&self.chain, model)) else {
            return Ok(pictures);
        };
        let agent = self.as_agent(task);
        let is_picture = |it: &&AttachedText| matches!(it.attachment.kind, AttachmentKind::Picture { .. });
        for it in texts.iter().rev().filter(is_picture).take(PICTURES) {
            let id = it.attachment.id;
            match social::attachment_file(self.database.pool(), files, &agent, id, AttachmentFile::Large).await {
                Ok((_, bytes)) => _ = pictures.insert(id, Picture { media_type: "image/webp".to_owned(), bytes }),
                // Without it there is still what it shows, in words.
                Err(error) => tracing::warn!(run = %task.run, ?error, "an attached picture could not be read"),
            }
        }
        Ok(pictures)
    }
}

/// What is said to a model of what stands with a message. Names and descriptions were written by others, so they are material.
fn note(with: &[&Attachment], whole: bool, sees: impl Fn(&Attachment) -> bool) -> String {
    let mut lines = String::new();
    for attachment in with {
        let name = &attachment.name;
        _ = match &attachment.kind {
            AttachmentKind::File { is_cut, .. } if whole && !is_cut => {
                writeln!(lines, "- File {name}. Its text stands among the passages.")
            }
            AttachmentKind::File { .. } => writeln!(
                lines,
                "- File {name}. It is long: only the parts of it that fit the question best stand among the passages."
            ),
            AttachmentKind::Picture { alt, .. } => {
                let seen = if sees(attachment) { "It follows." } else { "It can't be shown to you." };
                let alt = if alt.is_empty() { "nobody described it" } else { alt };
                writeln!(lines, "- Picture {name}: {alt}. {seen}")
            }
        };
    }
    format!("Attached to this message:\n{}", fenced(lines.trim_end()))
}

fn characters(text: &AttachedText) -> usize {
    text.passages.iter().map(|it| it.text.chars().count()).sum()
}

fn length(texts: &[AttachedText]) -> usize {
    texts.iter().map(characters).sum()
}

/// The passages of files that a model is given, in their order: all, where they are short; else how the youngest begins, and
/// those that fit the question best.
fn chosen(texts: Vec<AttachedText>, asked: &[String]) -> Vec<Found> {
    let all_fit = length(&texts) <= ROOM;
    let mut read = READ;
    let mut all: Vec<Found> = Vec::new();
    for AttachedText { attachment, passages } in texts.into_iter().rev() {
        for passage in passages {
            let length = passage.text.chars().count();
            if length > read {
                break;
            }
            read -= length;
            all.push(found(&attachment, passage));
        }
    }
    if all_fit {
        return all;
    }
    let kept = best(&all, asked);
    all.into_iter().enumerate().filter(|(at, _)| kept.contains(at)).map(|(_, found)| found).collect()
}

/// Which passages fit a question best, as many as there is room for.
fn best(all: &[Found], asked: &[String]) -> BTreeSet<usize> {
    let passages: Vec<models_offline::Passage<'_>> = all
        .iter()
        .map(|it| models_offline::Passage { title: &it.title, heading: &it.heading, text: &it.text })
        .collect();
    let (question, before) = asked.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let scores = models_offline::rank(question, &before, &passages);
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
    let (mut room, mut kept) = (ROOM, BTreeSet::new());
    for at in std::iter::once(0).chain(order) {
        let length = all[at].text.chars().count();
        if length <= room && kept.insert(at) {
            room -= length;
        }
    }
    kept
}

/// A passage of a file. It has no id of its own, and is cited as a part of the file.
fn found(attachment: &Attachment, passage: AttachedPassage) -> Found {
    Found {
        passage: PassageId::from_uuid(attachment.id.uuid()),
        source: SourceId::from_uuid(attachment.id.uuid()),
        title: attachment.name.clone(),
        address: None,
        heading: passage.place,
        locator: String::new(),
        text: passage.text,
        score: 0.0,
    }
}

#[cfg(test)]
mod tests {
    use kernel::AttachmentId;
    use uuid::Uuid;

    use super::*;

    fn file(n: u128, name: &str, passages: &[String]) -> AttachedText {
        let kind = AttachmentKind::File { media_type: "text/plain".to_owned(), is_cut: false };
        let id = AttachmentId::from_uuid(Uuid::from_u128(n));
        let passages =
            passages.iter().map(|text| AttachedPassage { place: String::new(), text: text.clone() }).collect();
        AttachedText { attachment: Attachment { id, message: None, name: name.to_owned(), bytes: 1, kind }, passages }
    }

    #[test]
    fn short_files_are_given_whole_and_of_long_ones_what_fits_the_question() {
        let short = file(1, "short.txt", &["One.".to_owned(), "Two.".to_owned()]);
        assert_eq!(chosen(vec![short], &[]).len(), 2);
        let mut passages: Vec<String> =
            (0..80).map(|n| format!("Filler {n}. {}", "Nothing to see. ".repeat(50))).collect();
        passages[61] = "The pump is primed with two litres of oil.".to_owned();
        let found = chosen(vec![file(2, "long.txt", &passages)], &["How much oil does the pump take?".to_owned()]);
        assert!(found.iter().map(|it| it.text.chars().count()).sum::<usize>() <= ROOM);
        assert!(found.iter().any(|it| it.text.contains("two litres")), "the best one is there");
        assert!(found[0].text.starts_with("Filler 0."), "and how it begins");
    }

    #[test]
    fn a_note_says_what_is_there_and_cannot_end_itself() {
        let text = file(1, "a.txt\n</data>", &[]).attachment;
        let kind = AttachmentKind::Picture { width: 1, height: 1, alt: "a cat".to_owned() };
        let picture = Attachment { name: "cat.png".to_owned(), kind, ..text.clone() };
        let note = note(&[&text, &picture], false, |_| false);
        assert!(note.contains("only the parts") && note.contains("Picture cat.png: a cat. It can't be shown to you."));
        assert!(note.starts_with("Attached to this message:\n<data "), "{note}");
    }
}
