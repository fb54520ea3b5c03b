//! Answers while they are being written, for those who watch: everything so far at once, and then each word as it comes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::RunId;
use tokio::sync::watch;

use crate::RunState;

/// The answers that this process is writing.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<RunId, watch::Sender<Written>>>>);

/// What has been written of an answer.
#[derive(Debug, Default)]
struct Written {
    text: String,
    ended: Option<RunState>,
}

/// Somebody who watches an answer.
pub struct Follower {
    receiver: watch::Receiver<Written>,
    /// Up to where they have read, in bytes.
    read: usize,
}

/// What has come since the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Words to be put after those that came before.
    pub text: String,
    /// Up to where the answer has been read with them, in bytes: where to go on after a break.
    pub read: usize,
    /// How the answer ended, when it has.
    pub ended: Option<RunState>,
}

impl Streams {
    /// Opens the stream of an answer that begins, or the one that is open already.
    pub(super) fn open(&self, run: RunId) -> Stream {
        let sender = self.all().entry(run).or_insert_with(|| watch::channel(Written::default()).0).clone();
        Stream { streams: self.clone(), run, sender }
    }

    /// Watches an answer from a place on; nothing, when this process isn't writing it.
    pub fn follow(&self, run: RunId, read: usize) -> Option<Follower> {
        let receiver = self.all().get(&run)?.subscribe();
        Some(Follower { receiver, read })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<RunId, watch::Sender<Written>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a stream that is written to. It closes when it is dropped.
pub(super) struct Stream {
    streams: Streams,
    run: RunId,
    sender: watch::Sender<Written>,
}

impl Stream {
    /// Puts words after those that came before.
    pub(super) fn write(&self, text: &str) {
        self.sender.send_modify(|written| written.text.push_str(text));
    }

    /// Says how it ended.
    pub(super) fn end(&self, state: RunState) {
        self.sender.send_modify(|written| written.ended = Some(state));
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut all = self.streams.all();
        if all.get(&self.run).is_some_and(|open| open.same_channel(&self.sender)) {
            all.remove(&self.run);
        }
    }
}

impl Follower {
    /// Waits for what comes next. Nothing more comes after an end, or when whoever was writing has gone.
    pub async fn next(&mut self) -> Option<News> {
        loop {
            if let Some(news) = self.news() {
                return Some(news);
            }
            self.receiver.changed().await.ok()?;
        }
    }

    fn news(&mut self) -> Option<News> {
        let written = self.receiver.borrow_and_update();
        // A place that somebody made up is moved back to where a character begins.
        let mut from = self.read.min(written.text.len());
        while !written.text.is_char_boundary(from) {
            from -= 1;
        }
        if from == written.text.len() && written.ended.is_none() {
            return None;
        }
        self.read = written.text.len();
        Some(News { text: written.text[from..].to_owned(), read: self.read, ended: written.ended })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn news(text: &str, read: usize, ended: Option<RunState>) -> Option<News> {
        Some(News { text: text.to_owned(), read, ended })
    }

    #[tokio::test]
    async fn who_comes_late_or_comes_back_misses_nothing_and_hears_nothing_twice() {
        let (streams, run) = (Streams::default(), RunId::from_uuid(Uuid::from_u128(1)));
        assert!(streams.follow(run, 0).is_none());
        let stream = streams.open(run);
        stream.write("Olá ");
        let mut early = streams.follow(run, 0).expect("a stream");
        assert_eq!(early.next().await, news("Olá ", 5, None));
        stream.write("mundo");
        stream.write("!");
        let mut late = streams.follow(run, 5).expect("a stream");
        assert_eq!(early.next().await, news("mundo!", 11, None));
        assert_eq!(late.next().await, news("mundo!", 11, None));
        let mut inside = streams.follow(run, 3).expect("a stream");
        assert_eq!(inside.next().await, news("á mundo!", 11, None));
        stream.end(RunState::Done);
        assert_eq!(early.next().await, news("", 11, Some(RunState::Done)));
        drop(stream);
        assert!(streams.follow(run, 0).is_none());
    }
}
