//! Models: the port to whoever writes an agent's answers. Adapters are the remote ones, which speak with OpenAI, Anthropic
//! and whatever speaks like them, and the offline answer engine, which is built in. All are asked through
//! [`ModelProvider`] with a [`Prompt`] that knows no provider, and answer in [`Piece`]s as they come.
//!
//! A [`Chain`](chain::Chain) asks several one after the other. What a call may cost at most is known before it is made
//! ([`Price::most`](price::Price::most)), and what it did cost follows from its [`Usage`].

mod breaker;
pub mod catalogue;
pub mod chain;
pub mod price;
pub mod prompt;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::{
    chain::{Answer, Chain, ChainError, Link},
    price::{Cost, CostError, Price},
    prompt::{AnswerLength, Memory, Part, Passage, Persona, Picture, Prompt, ToolSpec, Turn, fenced},
};

/// An answer while it is being written. It ends with [`Piece::End`], or with an error; what came before an error stays
/// with whoever reads. Dropping it ends the call.
pub type PieceStream = BoxStream<'static, Result<Piece, ModelError>>;

/// Whoever writes answers.
#[async_trait]
pub trait ModelProvider: Send + Sync {
    /// The name it has in settings and before the model's in `openai/gpt-5-mini`: small letters, no slash.
    fn name(&self) -> &str;

    /// What it offers.
    fn models(&self) -> &[Model];

    /// Begins an answer by the model that the prompt names (its [`Model::id`]). Pieces are given on as they come. Nothing
    /// is repeated: that is for the chain to decide.
    ///
    /// # Errors
    /// See [`ModelError`]. What goes wrong later is an item of the stream.
    async fn stream(&self, prompt: Prompt) -> Result<PieceStream, ModelError>;

    /// Turns texts into vectors, one for each, all of one length.
    ///
    /// # Errors
    /// See [`ModelError`]; [`ModelError::Unsupported`] where there are no embeddings.
    async fn embed(&self, model: &str, texts: &[String]) -> Result<Embeddings, ModelError> {
        let _ = texts;
        Err(ModelError::Unsupported(format!("{}/{model} makes no embeddings", self.name())))
    }
}

/// A model that somebody offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// What its provider calls it.
    pub id: String,
    /// What people read.
    pub label: String,
    /// How many tokens prompt and answer may have together.
    pub context_window: u32,
    /// What it costs.
    pub price: Price,
    /// Whether it writes answers.
    pub answers: bool,
    /// Whether it calls tools.
    pub tools: bool,
    /// Whether it sees pictures.
    pub pictures: bool,
    /// Whether it makes embeddings.
    pub embeddings: bool,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Words to be put after those that came before.
    Text(String),
    /// The model wants a tool to be used. Comes whole.
    ToolCall(ToolCall),
    /// What the call has used up so far. When it comes more than once the last one counts.
    Usage(Usage),
    /// The answer is complete. Nothing comes after it.
    End(EndReason),
}

/// A tool that a model wants to be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Names the call; its result is given back under it.
    pub id: String,
    /// Which tool. Perhaps none that there is.
    pub name: String,
    /// With what.
    pub arguments: Arguments,
}

/// What a model wants to use a tool with. Nobody has held it against the tool's schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arguments {
    /// A JSON object.
    Valid(Value),
    /// Something else, as it came.
    Invalid(String),
}

impl Arguments {
    /// Reads what a model wrote. Nothing at all means no arguments.
    pub fn read(text: &str) -> Self {
        match serde_json::from_str::<Value>(text) {
            Ok(object @ Value::Object(_)) => Self::Valid(object),
            _ if text.trim().is_empty() => Self::Valid(Value::Object(serde_json::Map::new())),
            _ => Self::Invalid(text.to_owned()),
        }
    }
}

/// What a call has used up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt, all of them.
    pub input_tokens: u64,
    /// Those of them that the provider remembered from an earlier call. It may ask less for them; we count them in full.
    pub cached_input_tokens: u64,
    /// Tokens of the answer, with those the model thought with.
    pub output_tokens: u64,
}

/// Why an answer is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The model has said what it had to say.
    Stop,
    /// It had no more tokens to say it with.
    Length,
    /// It waits for the results of tools.
    ToolCalls,
    /// The provider stopped it because of what it was saying.
    Filtered,
    /// Something that we don't know.
    Other,
}

/// Texts as vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// One for each text, in their order.
    pub vectors: Vec<Vec<f32>>,
    /// What it has used up.
    pub usage: Usage,
}

/// How far a call was when it took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// There was no connection.
    Connect,
    /// Nothing of the answer had come.
    FirstPiece,
    /// The answer stopped in the middle.
    NextPiece,
    /// It went on and on.
    Whole,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection was made",
            Self::FirstPiece => "no answer began",
            Self::NextPiece => "the answer did not go on",
            Self::Whole => "the answer did not end",
        })
    }
}

/// Why there is no answer, or no whole one. For the log: people get words of the area that asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The key is wrong, or may not do this.
    #[error("the provider does not accept the key")]
    Unauthorised,
    /// We ask too often, or have used up what was paid for.
    #[error("the provider wants fewer requests")]
    RateLimited {
        /// How long to wait, if it says so.
        retry_after: Option<Duration>,
    },
    /// It can't be reached, has too much to do, or fails.
    #[error("the provider is not able to answer: {0}")]
    Overloaded(String),
    /// It failed too often just now, and is not asked.
    #[error("the provider is not asked: {0}")]
    Resting(String),
    /// It took too long.
    #[error("the provider took too long: {0}")]
    Timeout(Stage),
    /// What came can't be read, or broke off.
    #[error("the answer is broken: {0}")]
    Broken(String),
    /// It understood, and will not answer this.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// It can't be asked like this; there may be no such model.
    #[error("the provider does not understand the request: {0}")]
    BadRequest(String),
    /// The prompt is longer than the model reads.
    #[error("the prompt is longer than the model reads")]
    ContextTooLong,
    /// This model can't do what is asked for.
    #[error("not possible: {0}")]
    Unsupported(String),
}

impl ModelError {
    /// Whether the same request may succeed a little later.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Overloaded(_) | Self::Resting(_) | Self::Timeout(_) | Self::Broken(_) => {
                true
            }
            Self::Unauthorised
            | Self::Refused(_)
            | Self::BadRequest(_)
            | Self::ContextTooLong
            | Self::Unsupported(_) => false,
        }
    }

    /// Whether somebody else may answer what this one didn't. Who will not answer because of what was asked is not gone
    /// around.
    pub const fn may_go_elsewhere(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    /// Whether it says that the provider itself is in trouble, rather than that one request is.
    pub const fn is_providers(&self) -> bool {
        self.is_retryable() || matches!(self, Self::Unauthorised)
    }
}

/// A provider that is shared.
pub type Provider = Arc<dyn ModelProvider>;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_an_object_or_kept_as_they_came() {
        assert_eq!(Arguments::read(r#"{"a":1}"#), Arguments::Valid(json!({"a": 1})));
        assert_eq!(Arguments::read(" "), Arguments::Valid(json!({})));
        for wrong in ["{\"a\":", "[1]", "\"text\"", "null", "nonsense"] {
            assert_eq!(Arguments::read(wrong), Arguments::Invalid(wrong.to_owned()));
        }
    }

    #[test]
    fn a_refusal_ends_it_and_a_wrong_key_does_not() {
        assert!(!ModelError::Unauthorised.is_retryable() && ModelError::Unauthorised.may_go_elsewhere());
        assert!(!ModelError::Refused(String::new()).may_go_elsewhere());
        assert!(ModelError::Timeout(Stage::FirstPiece).is_retryable());
        assert!(!ModelError::ContextTooLong.is_providers());
    }
}
