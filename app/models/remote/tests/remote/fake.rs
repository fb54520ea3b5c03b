//! A stand-in for a provider on a real socket, which says byte for byte what it is told to, and writes down what it was
//! asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use url::Url;

/// What it does with a connection.
pub enum Step {
    /// Sends this …
    Send(Vec<u8>),
    /// … and this again and again, until nobody listens.
    Forever(Vec<u8>),
    /// Does nothing for so long.
    Wait(Duration),
    /// Does nothing more, and keeps the connection.
    Hang,
}

/// What it was asked.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub head: String,
    pub body: Value,
}

pub struct Fake {
    pub url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Told when somebody hung up before everything was said.
    pub hung_up: Arc<Notify>,
}

impl Fake {
    /// Starts it: each connection gets the next of these answers, and none when there are no more.
    pub async fn start(answers: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let hung_up = Arc::new(Notify::new());
        let (written, told) = (Arc::clone(&seen), Arc::clone(&hung_up));
        tokio::spawn(async move {
            let mut answers: VecDeque<_> = answers.into();
            while let Ok((stream, _)) = listener.accept().await {
                let steps = answers.pop_front().unwrap_or_default();
                tokio::spawn(answer(stream, steps, Arc::clone(&written), Arc::clone(&told)));
            }
        });
        Self { url, seen, hung_up }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic").clone()
    }

    pub fn body(&self) -> Value {
        self.seen().last().expect("a request").body.clone()
    }
}

async fn answer(mut stream: TcpStream, steps: Vec<Step>, seen: Arc<Mutex<Vec<Seen>>>, hung_up: Arc<Notify>) {
    let Some(request) = read(&mut stream).await else { return };
    seen.lock().expect("no panic").push(request);
    for step in steps {
        let sent = match step {
            Step::Send(bytes) => stream.write_all(&bytes).await,
            Step::Forever(bytes) => loop {
                if let Err(gone) = stream.write_all(&bytes).await {
                    break Err(gone);
                }
            },
            Step::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Step::Hang => std::future::pending().await,
        };
        if sent.is_err() {
            hung_up.notify_one();
            return;
        }
    }
    drop(stream.shutdown().await);
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    Some(Seen { path, head, body: serde_json::from_slice(&bytes[end..]).unwrap_or_default() })
}

/// The beginning of a stream. It ends when the connection does.
pub fn stream_head() -> Step {
    Step::Send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".to_vec())
}

/// An answer in one piece.
pub fn plain(status: u16, headers: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    let kind = "content-type: application/json\r\nconnection: close";
    vec![Step::Send(
        format!("HTTP/1.1 {status} Status\r\n{kind}\r\n{headers}content-length: {length}\r\n\r\n{body}").into(),
    )]
}

/// An event, as both dialects write them.
pub fn event(data: &Value) -> Vec<u8> {
    let name = data["type"].as_str().map(|name| format!("event: {name}\n")).unwrap_or_default();
    format!("{name}data: {data}\n\n").into()
}

/// A stream of these events, after which the connection ends.
pub fn stream(events: &[Value]) -> Vec<Step> {
    std::iter::once(stream_head()).chain(events.iter().map(|it| Step::Send(event(it)))).collect()
}

/// The end of a stream of OpenAI's.
pub fn done() -> Step {
    Step::Send(b"data: [DONE]\n\n".to_vec())
}
