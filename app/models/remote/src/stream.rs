//! Events become pieces, one at a time, while somebody looks at the clock.

use std::collections::VecDeque;

use futures::{StreamExt, stream};
use platform::models::{ModelError, Piece, PieceStream, Stage};
use sse_stream::Sse;
use tokio::time::{Instant, timeout_at};

use crate::http::Events;

/// Understands the events of a dialect.
pub trait Read: Send + 'static {
    /// Takes in an event and puts the pieces that follow from it at the end of `pieces`.
    ///
    /// # Errors
    /// When it can't be understood, or says that something went wrong.
    fn read(&mut self, event: &Sse, pieces: &mut VecDeque<Piece>) -> Result<Sign, ModelError>;

    /// Whether the answer is whole although the provider did not say goodbye, with what is still to be given on.
    fn finish(&mut self, pieces: &mut VecDeque<Piece>) -> bool;
}

/// What an event says about the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It is at work.
    AtWork,
    /// Nothing; it may as well have stopped working.
    None,
}

struct Reading<R> {
    from: Events,
    reader: R,
    pieces: VecDeque<Piece>,
    stage: Stage,
    next_by: Instant,
    done: bool,
}

/// The pieces of an answer. After an error or the end nothing comes.
pub fn pieces(from: Events, reader: impl Read) -> PieceStream {
    let next_by = from.first_by;
    let reading = Reading { from, reader, pieces: VecDeque::new(), stage: Stage::FirstPiece, next_by, done: false };
    stream::unfold(reading, |mut reading| async move { Some((reading.next().await?, reading)) }).boxed()
}

impl<R: Read> Reading<R> {
    async fn next(&mut self) -> Option<Result<Piece, ModelError>> {
        loop {
            if let Some(piece) = self.pieces.pop_front() {
                if matches!(piece, Piece::End(_)) {
                    self.done = true;
                    self.pieces.clear();
                }
                return Some(Ok(piece));
            }
            if self.done {
                return None;
            }
            if let Err(error) = self.take_in().await {
                self.done = true;
                self.pieces.clear();
                return Some(Err(error));
            }
        }
    }

    async fn take_in(&mut self) -> Result<(), ModelError> {
        let by = self.next_by.min(self.from.end_by);
        let Ok(event) = timeout_at(by, self.from.events.next()).await else {
            let stage = if by == self.from.end_by { Stage::Whole } else { self.stage };
            return Err(ModelError::Timeout(stage));
        };
        let Some(event) = event.transpose()? else {
            return if self.reader.finish(&mut self.pieces) { Ok(()) } else { Err(cut_off()) };
        };
        if self.reader.read(&event, &mut self.pieces)? == Sign::AtWork {
            self.stage = Stage::NextPiece;
            self.next_by = Instant::now() + self.from.between;
        }
        Ok(())
    }
}

fn cut_off() -> ModelError {
    ModelError::Broken("it broke off".to_owned())
}
