//! To watch an answer being written, from wherever somebody has read up to: word by word where this process writes it, and
//! from what has been kept of it where another one does.

use std::time::Duration;

use kernel::{Actor, RunId};
use platform::{Cx, markdown};
use social_core::service as social;
use tokio::time;

use super::{Answerer, Follower};
use crate::{Error, RunState, store::runs};

/// How often what another process has kept of an answer is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Words of an answer, to be put after those that came before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Paragraphs that are complete with these words, as sanitised HTML: they come in place of the text that stood after
    /// the paragraphs before them.
    pub html: Option<String>,
    /// What comes after that, as it was written. With `html` the whole beginning of the next paragraph; without, what is
    /// to be added to it.
    pub text: String,
    /// Up to where the answer has been read with them, in bytes: where to go on after a break.
    pub read: usize,
    /// Whether there is something new of its steps: a tool was called, or has answered.
    pub steps: bool,
    /// How the answer ended, when it has.
    pub ended: Option<RunState>,
}

/// Somebody who watches an answer.
pub struct Watch {
    answerer: Answerer,
    run: RunId,
    live: Option<Follower>,
    /// The answer so far, as far as it is known here.
    text: String,
    /// Up to where it has been told.
    told: usize,
    told_blocks: Blocks,
    /// What has been told of its steps, where another process takes them.
    told_steps: i64,
    is_over: bool,
}

impl Answerer {
    /// Watches an answer in a conversation of the actor's, from the byte `from` on.
    ///
    /// # Errors
    /// When there is none.
    pub async fn watch(&self, cx: &Cx<Actor>, run: RunId, from: usize) -> Result<Watch, Error> {
        let pool = self.database().pool();
        let view = runs::find(pool, run).await?.ok_or(Error::NoSuchRun)?;
        match view.conversation {
            Some(conversation) if social::is_member(pool, cx, conversation).await? => {}
            None if view.asker == cx.actor.account => {}
            _ => return Err(Error::NoSuchRun),
        }
        let (live, text) = (None, String::new());
        let told_blocks = Blocks::default();
        Ok(Watch { answerer: self.clone(), run, live, text, told: from, told_blocks, told_steps: 0, is_over: false })
    }
}

impl Watch {
    /// Waits for what comes next; nothing more, after an end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<Words>, Error> {
        while !self.is_over {
            if self.live.is_none() {
                self.live = self.answerer.streams().follow(self.run, self.text.len());
            }
            let words = match &mut self.live {
                Some(live) => match live.next().await {
                    Some(news) => {
                        self.text.push_str(&news.text);
                        self.told(news.steps, news.ended)
                    }
                    // Whoever was writing has gone, or another process writes it.
                    None => {
                        self.live = None;
                        self.look().await?
                    }
                },
                None => self.look().await?,
            };
            match words {
                Some(words) => return Ok(Some(words)),
                None if self.is_over => {}
                None if self.live.is_none() => time::sleep(LOOK_EVERY).await,
                None => {}
            }
        }
        Ok(None)
    }

    /// Looks at what has been kept.
    async fn look(&mut self) -> Result<Option<Words>, Error> {
        let Some(kept) = runs::kept(self.answerer.database().pool(), self.run).await? else {
            // With its conversation the answer is gone.
            self.is_over = true;
            return Ok(None);
        };
        if let Some(more) = kept.body.strip_prefix(self.text.as_str()) {
            self.text.push_str(more);
        }
        let steps = kept.steps != self.told_steps;
        self.told_steps = kept.steps;
        Ok(self.told(steps, kept.ended))
    }

    /// What is new since the last time.
    fn told(&mut self, steps: bool, ended: Option<RunState>) -> Option<Words> {
        self.is_over = ended.is_some();
        // Somebody may have read further than what is known here: it comes.
        if self.text.len() <= self.told && !steps && ended.is_none() {
            return None;
        }
        let mut from = self.told.min(self.text.len());
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        self.told_blocks.read(&self.text[..from]);
        let before = self.told_blocks.end;
        self.told_blocks.read(&self.text);
        let after = self.told_blocks.end;
        self.told = self.told.max(self.text.len());
        let html = (after > before).then(|| markdown::render(&self.text[before..after]));
        let text = self.text[if html.is_some() { after } else { from }..].to_owned();
        Some(Words { html, text, read: self.told, steps, ended })
    }
}

/// Where the complete blocks of a Markdown text end: at the last empty line that is not in a block of code. What has been
/// read follows from the text alone, so whoever comes back finds the same end.
#[derive(Debug, Default)]
struct Blocks {
    /// The end of the complete blocks.
    end: usize,
    /// Up to where complete lines have been read.
    read: usize,
    /// The mark that began a block of code which is still open.
    fence: Option<String>,
}

impl Blocks {
    /// Reads on in a text that begins with what was read before.
    fn read(&mut self, text: &str) {
        while let Some(length) = text.get(self.read..).and_then(|rest| rest.find('\n')) {
            let line = text[self.read..self.read + length].trim();
            self.read += length + 1;
            match &self.fence {
                Some(fence) => {
                    if line.starts_with(fence.as_str()) && line.trim_start_matches(&fence[..1]).is_empty() {
                        self.fence = None;
                    }
                }
                None if line.is_empty() => self.end = self.read,
                None => self.fence = fence(line),
            }
        }
    }
}

/// The mark with which a line begins a block of code.
fn fence(line: &str) -> Option<String> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = line.chars().take_while(|it| *it == mark).count();
    (length >= 3).then(|| mark.to_string().repeat(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> &str {
        let mut blocks = Blocks::default();
        blocks.read(text);
        &text[..blocks.end]
    }

    #[test]
    fn a_block_is_complete_with_the_empty_line_after_it() {
        assert_eq!(end("One\ntwo"), "");
        assert_eq!(end("One\n\nTwo"), "One\n\n");
        assert_eq!(end("One\n\nTwo\n  \n\nThree\n"), "One\n\nTwo\n  \n\n");
        let code = "Look:\n\n```rust\nfn a() {}\n\nfn b() {}\n";
        assert_eq!(end(code), "Look:\n\n");
        assert_eq!(end(&format!("{code}```\n\nDone")), format!("{code}```\n\n"));
        assert_eq!(end("~~~~\n~~~\n\n```\n\n"), "");
    }

    #[test]
    fn reading_on_comes_to_the_same_end_as_reading_at_once() {
        let text = "Hé\n\n- a\n- b\n\n```\nx\n\ny\n```\n\nend";
        for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)) {
            let mut blocks = Blocks::default();
            blocks.read(&text[..cut]);
            blocks.read(text);
            assert_eq!(&text[..blocks.end], end(text), "cut at {cut}");
        }
    }
}
