//! Answers while they are being written, for those who watch: everything so far at once, and then each word as it comes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::RunId;
use tokio::sync::{Notify, watch};

use crate::RunState;

/// The answers that this process is writing.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<RunId, Open>>>);

#[derive(Clone)]
struct Open {
    sender: watch::Sender<Written>,
    /// Tells whoever writes that it may have been stopped.
    nudge: Arc<Notify>,
}

/// What has been written of an answer.
#[derive(Debug, Default)]
struct Written {
    text: String,
    /// How often something was said of its steps.
    steps: u64,
    ended: Option<RunState>,
}

/// Somebody who watches an answer.
pub struct Follower {
    receiver: watch::Receiver<Written>,
    /// Up to where they have read, in bytes.
    read: usize,
    /// What they have heard of its steps.
    steps: u64,
}

/// What has come since the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Words to be put after those that came before.
    pub text: String,
    /// Up to where the answer has been read with them, in bytes: where to go on after a break.
    pub read: usize,
    /// Whether there is something new of its steps: a tool was called, or has answered.
    pub steps: bool,
    /// How the answer ended, when it has.
    pub ended: Option<RunState>,
}

impl Streams {
    /// Opens the stream of an answer that begins, or the one that is open already.
    pub(super) fn open(&self, run: RunId) -> Stream {
        let new = || Open { sender: watch::channel(Written::default()).0, nudge: Arc::default() };
        let Open { sender, nudge } = self.all().entry(run).or_insert_with(new).clone();
        Stream { streams: self.clone(), run, sender, nudge }
    }

    /// Lets whoever writes an answer here look at once whether it was stopped.
    pub fn nudge(&self, run: RunId) {
        if let Some(open) = self.all().get(&run) {
            open.nudge.notify_one();
        }
    }

    /// Watches an answer from a place on; nothing, when this process isn't writing it.
    pub fn follow(&self, run: RunId, read: usize) -> Option<Follower> {
        let receiver = self.all().get(&run)?.sender.subscribe();
        Some(Follower { receiver, read, steps: 0 })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<RunId, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of a stream that is written to. It closes when it is dropped.
pub(super) struct Stream {
    streams: Streams,
    run: RunId,
    sender: watch::Sender<Written>,
    nudge: Arc<Notify>,
}

impl Stream {
    /// Waits until somebody may have stopped it.
    pub(super) async fn nudged(&self) {
        self.nudge.notified().await;
    }

    /// Puts words after those that came before.
    pub(super) fn write(&self, text: &str) {
        self.sender.send_modify(|written| written.text.push_str(text));
    }

    /// Says that a tool was called, or has answered.
    pub(super) fn step(&self) {
        self.sender.send_modify(|written| written.steps += 1);
    }

    /// Says how it ended.
    pub(super) fn end(&self, state: RunState) {
        self.sender.send_modify(|written| written.ended = Some(state));
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut all = self.streams.all();
        if all.get(&self.run).is_some_and(|open| open.sender.same_channel(&self.sender)) {
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
        let steps = written.steps != self.steps;
        if from == written.text.len() && !steps && written.ended.is_none() {
            return None;
        }
        (self.read, self.steps) = (written.text.len(), written.steps);
        Some(News { text: written.text[from..].to_owned(), read: self.read, steps, ended: written.ended })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn news(text: &str, read: usize, ended: Option<RunState>) -> Option<News> {
        Some(News { text: text.to_owned(), read, steps: false, ended })
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
        stream.step();
        let stepped = Some(News { text: String::new(), read: 11, steps: true, ended: None });
        assert_eq!((early.next().await, late.next().await), (stepped.clone(), stepped));
        stream.end(RunState::Done);
        assert_eq!(early.next().await, news("", 11, Some(RunState::Done)));
        drop(stream);
        assert!(streams.follow(run, 0).is_none());
    }
}
