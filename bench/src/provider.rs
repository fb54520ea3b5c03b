//! A stand-in for a provider of models. It speaks as OpenAI does (<https://platform.openai.com/docs/api-reference/chat-streaming>) and
//! says words at a steady pace: what has to come is known, and when, so whoever asks knows what is missing and what came late.

use std::{convert::Infallible, net::SocketAddr, str::FromStr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::sse::{Event, Sse},
    routing::post,
    serve::ListenerExt,
};
use clap::Args;
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    time::{Instant, sleep_until},
};

use crate::Failed;

/// So many words has a paragraph.
const PARAGRAPH: u32 = 40;

/// A model of its own, and how fast it speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Its name.
    pub model: String,
    /// How many tokens it says.
    pub tokens: u32,
    first: Duration,
    per_second: u32,
}

/// Where it listens, and to what it answers.
#[derive(Debug, Args)]
pub struct Options {
    /// Address and port.
    #[arg(long)]
    listen: SocketAddr,
    /// Its models: `<name>:<milliseconds until the first token>:<tokens per second>:<tokens>`.
    #[arg(long = "model", required = true)]
    models: Vec<Pace>,
}

impl FromStr for Pace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(':').collect();
        let [model, first, per_second, tokens] = parts[..] else {
            return Err(format!("{text} is not <name>:<milliseconds>:<tokens per second>:<tokens>"));
        };
        let number = |text: &str| text.parse::<u32>().map_err(|_| format!("{text} is no number"));
        let (first, per_second, tokens) = (number(first)?, number(per_second)?, number(tokens)?);
        if per_second == 0 || tokens == 0 {
            return Err(format!("{text} says nothing"));
        }
        Ok(Self { model: model.to_owned(), tokens, first: Duration::from_millis(first.into()), per_second })
    }
}

impl Pace {
    /// How many bytes it says.
    pub fn bytes(&self) -> usize {
        (0..self.tokens).map(|token| self.token(token).len()).sum()
    }

    /// How long it takes from the question to the last token.
    pub fn takes(&self) -> Duration {
        self.at(self.tokens)
    }

    /// When a token comes, after the question.
    fn at(&self, token: u32) -> Duration {
        self.first + Duration::from_secs(1) * token / self.per_second
    }

    fn token(&self, token: u32) -> &'static str {
        match token + 1 {
            place if place == self.tokens => "word.",
            place if place % PARAGRAPH == 0 => "word.\n\n",
            _ => "word ",
        }
    }
}

/// Answers until it is ended.
///
/// # Errors
/// When it can't listen there.
pub async fn serve(options: Options) -> Result<(), Failed> {
    // What is measured is not to wait for acknowledgements.
    let listener = TcpListener::bind(options.listen).await?.tap_io(|stream| drop(stream.set_nodelay(true)));
    let models: Arc<[Pace]> = options.models.into();
    let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(models);
    Ok(axum::serve(listener, router).await?)
}

async fn answer(
    State(models): State<Arc<[Pace]>>,
    Json(asked): Json<Value>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let begun = Instant::now();
    let pace = models.iter().find(|pace| asked["model"] == pace.model.as_str()).ok_or(StatusCode::NOT_FOUND)?.clone();
    let usage = json!({"prompt_tokens": 1_000, "completion_tokens": pace.tokens});
    let end = [
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}).to_string(),
        json!({"choices": [], "usage": usage}).to_string(),
        "[DONE]".to_owned(),
    ];
    let words = stream::iter(0..pace.tokens).then(move |token| {
        let (at, text) = (begun + pace.at(token), pace.token(token));
        async move {
            sleep_until(at).await;
            json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}).to_string()
        }
    });
    Ok(Sse::new(words.chain(stream::iter(end)).map(|data| Ok(Event::default().data(data)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_read_and_says_what_comes_when() {
        let pace: Pace = "quick:20:200:50".parse().expect("a pace");
        assert_eq!((pace.model.as_str(), pace.tokens), ("quick", 50));
        assert_eq!((pace.at(0), pace.at(10)), (Duration::from_millis(20), Duration::from_millis(70)));
        assert_eq!(pace.takes(), Duration::from_millis(270));
        assert_eq!(pace.bytes(), 49 * 5 + 2 + 5);
        for wrong in ["", "quick:20:200", "quick:20:0:50", "quick:20:200:0", "quick:a:200:50"] {
            assert!(wrong.parse::<Pace>().is_err(), "{wrong}");
        }
    }
}
