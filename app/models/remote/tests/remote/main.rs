//! The remote adapters over real sockets: against a stand-in of our own that can be told to fail, and, where it runs,
//! against one that others wrote (`tools/with-model-fakes.sh`).

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

mod aimock;
mod answers;
mod chain;
mod failures;
mod fake;
mod requests;

use std::time::Duration;

use futures::StreamExt;
use models_remote::{Dialect, Limits, Remote};
use platform::{
    config::{RemoteConfig, Secret},
    models::{EndReason, Model, ModelError, ModelProvider, Piece, PieceStream, Price, Prompt, ToolCall, Turn, Usage},
};
use url::Url;

const KEY: &str = "sk-hunter2";
/// Long enough for a machine with much else to do, and short enough to wait for.
const SOON: Duration = Duration::from_secs(1);
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    first_piece: Duration::from_secs(20),
    between: Duration::from_secs(20),
    whole: Duration::from_secs(40),
};

const DIALECTS: [Dialect; 2] = [Dialect::OpenAi, Dialect::Anthropic];

fn model(id: &str) -> Model {
    Model {
        id: id.to_owned(),
        label: id.to_owned(),
        context_window: 8_000,
        price: Price { input: 25, output: 200 },
        answers: true,
        tools: true,
        pictures: true,
        embeddings: true,
    }
}

fn remote(dialect: Dialect, url: &Url, limits: Limits) -> Remote {
    let config = RemoteConfig { base: url.clone(), key: Some(Secret::from(KEY)), models: vec![model("m")] };
    match dialect {
        Dialect::OpenAi => Remote::openai(&config, limits),
        Dialect::Anthropic => Remote::anthropic(&config, limits),
    }
    .expect("an adapter")
}

fn prompt(text: &str) -> Prompt {
    Prompt { model: "m".to_owned(), turns: vec![Turn::user(text)], max_output_tokens: 100, ..Prompt::default() }
}

/// An answer that was read to its end.
#[derive(Debug, Default, PartialEq)]
struct Whole {
    text: String,
    pieces: usize,
    calls: Vec<ToolCall>,
    usage: Option<Usage>,
    end: Option<EndReason>,
    error: Option<ModelError>,
}

async fn whole(mut pieces: PieceStream) -> Whole {
    let mut whole = Whole::default();
    while let Some(piece) = pieces.next().await {
        assert!(whole.end.is_none() && whole.error.is_none(), "nothing comes after the end: {piece:?}");
        match piece {
            Ok(Piece::Text(text)) => {
                whole.pieces += 1;
                whole.text.push_str(&text);
            }
            Ok(Piece::ToolCall(call)) => whole.calls.push(call),
            Ok(Piece::Usage(usage)) => whole.usage = Some(usage),
            Ok(Piece::End(reason)) => whole.end = Some(reason),
            Err(error) => whole.error = Some(error),
        }
    }
    whole
}

/// Asks, and reads the answer to its end.
async fn ask(remote: &Remote, prompt: Prompt) -> Result<Whole, ModelError> {
    Ok(whole(remote.stream(prompt).await?).await)
}
