//! Passes the words of an answer on as they come, and keeps them.

use std::time::Duration;

use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use platform::{
    Tx,
    models::{Answer, EndReason, ModelError, Piece, ToolCall, Usage},
};
use social_core::service as social;
use tokio::time;

use super::{ALIVE_FOR, Asking, Desk, Task, asking::place, rounds::SoFar};
use crate::{
    Citation, Error, Found, RunProblem,
    run::numbers_cited,
    service::streams::Stream,
    store::{calls::Round, runs},
};

/// How often what has been written is kept, and whether somebody stopped it elsewhere is looked at. So much of an answer is
/// lost at most when this process ends in the middle; whoever watches has every word at once, from memory.
pub(super) const KEPT_EVERY: Duration = Duration::from_secs(2);

/// How a round ended.
pub(super) enum Ended {
    /// The model has said what it had to say.
    Whole,
    /// It wants tools to be used, and to be asked again.
    Calls(Vec<ToolCall>),
    /// Somebody stopped it.
    Stopped,
    /// It came to nothing, or broke off.
    Broken(RunProblem),
}

impl Desk {
    /// Passes the words of a round on until it ends.
    pub(super) async fn write(
        &self,
        task: &Task,
        asking: &Asking,
        answer: Answer,
        stream: &Stream,
        so_far: &mut SoFar,
    ) -> Result<(Ended, Round), Error> {
        let model = answer.by.name();
        let mut writing =
            Writing { begins: so_far.text.len(), usage: None, kept: so_far.text.len(), calls: Vec::new() };
        let mut pieces = answer.pieces;
        let mut clock = time::interval_at(time::Instant::now() + KEPT_EVERY, KEPT_EVERY);
        // Beside the words, which wait for nothing; one after the other, so that nothing older is kept over something newer.
        let mut keeping = FuturesUnordered::new();
        keeping.push(self.begins(task, model.clone()).boxed());
        so_far.model = Some(model);
        let ended = loop {
            tokio::select! {
                piece = pieces.next() => match piece {
                    Some(Ok(piece)) => if let Some(ended) = writing.take(piece, so_far, stream) { break ended },
                    Some(Err(ModelError::Timeout(_))) => break Ended::Broken(RunProblem::TimedOut),
                    Some(Err(error)) => {
                        tracing::warn!(run = %task.run, %error, "an answer broke off");
                        break Ended::Broken(RunProblem::BrokenOff);
                    }
                    None => break Ended::Broken(RunProblem::BrokenOff),
                },
                Some(goes_on) = keeping.next() => if !goes_on? { break Ended::Stopped },
                () = stream.nudged() => clock.reset_immediately(),
                _ = clock.tick(), if keeping.is_empty() => {
                    keeping.push(self.keep(task, writing.unkept(&so_far.text)).boxed());
                }
            }
        };
        while let Some(kept) = keeping.next().await {
            kept?;
        }
        let text = so_far.text[writing.begins..].trim_start_matches(BETWEEN).to_owned();
        // Of an answer that broke off nobody says what it used up: then as much as it can have been.
        let usage = writing.usage.unwrap_or_else(|| Usage {
            input_tokens: asking.prompt.most_input_tokens(),
            output_tokens: u64::try_from(text.len()).unwrap_or(u64::MAX).min(asking.prompt.max_output_tokens.into()),
            ..Usage::default()
        });
        let cost = answer.by.model.price.cost(&usage).unwrap_or_default();
        so_far.used(usage, cost);
        Ok((ended, Round { number: 0, text, usage, cost }))
    }

    /// Notes that the first words came, and from whom.
    async fn begins(&self, task: &Task, model: String) -> Result<bool, Error> {
        let mut tx = self.database.begin_unhurried().await?;
        runs::first_piece(&mut *tx, task.run, &model, self.world.now()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Keeps what has been written, if there is more of it. Whether to go on: somebody may have stopped it.
    async fn keep(&self, task: &Task, text: Option<String>) -> Result<bool, Error> {
        let mut tx = self.database.begin_unhurried().await?;
        let mut goes_on = runs::stay_alive(&mut *tx, task.run, self.world.now() + ALIVE_FOR).await?;
        if let Some(text) = text.filter(|_| goes_on) {
            goes_on = social::write_answer(&mut *tx, task.message, &text).await?;
        }
        tx.commit().await?;
        Ok(goes_on)
    }

    /// Keeps what has been written with something else.
    pub(super) async fn keep_text(&self, tx: &mut Tx, task: &Task, text: &str) -> Result<(), Error> {
        social::write_answer(&mut **tx, task.message, text).await?;
        Ok(())
    }
}

/// What stands between the words of two rounds.
const BETWEEN: &str = "\n\n";

/// A round, so far. Its words are the last ones of the answer's.
struct Writing {
    /// Where its words begin, in bytes.
    begins: usize,
    /// What the model says it has used up.
    usage: Option<Usage>,
    /// How much of the text has been kept, in bytes.
    kept: usize,
    calls: Vec<ToolCall>,
}

impl Writing {
    /// The text, if there is more of it than was kept.
    fn unkept(&mut self, text: &str) -> Option<String> {
        let more = self.kept < text.len();
        self.kept = text.len();
        more.then(|| text.to_owned())
    }

    /// Takes a piece of the answer; how the round ended, when it has.
    fn take(&mut self, piece: Piece, so_far: &mut SoFar, stream: &Stream) -> Option<Ended> {
        match piece {
            Piece::Text(text) => {
                if self.begins > 0 && self.begins == so_far.text.len() {
                    stream.write(BETWEEN);
                    so_far.text.push_str(BETWEEN);
                }
                stream.write(&text);
                so_far.text.push_str(&text);
            }
            Piece::Usage(usage) => self.usage = Some(usage),
            Piece::ToolCall(call) => self.calls.push(call),
            Piece::End(EndReason::Filtered) => return Some(Ended::Broken(RunProblem::Refused)),
            Piece::End(_) if self.calls.is_empty() => return Some(Ended::Whole),
            Piece::End(_) => return Some(Ended::Calls(std::mem::take(&mut self.calls))),
        }
        None
    }
}

pub(in crate::service) fn citations(text: &str, found: &[Found]) -> Vec<Citation> {
    let cited = |number: u32| {
        let found = found.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        Some(Citation {
            number,
            passage: found.passage,
            source: found.source,
            title: found.title.clone(),
            locator: place(found),
            text: found.text.clone(),
        })
    };
    numbers_cited(text).into_iter().filter_map(cited).collect()
}
