//! The dialect of Anthropic's messages (<https://docs.anthropic.com/en/api/messages>). What is not known in an answer is
//! let go, as they ask for: new kinds of events and blocks may come at any time.

use std::collections::{BTreeMap, VecDeque};

use base64::{Engine, engine::general_purpose::STANDARD};
use platform::{
    config::Secret,
    models::{Arguments, EndReason, ModelError, Part, Piece, Prompt, ToolCall, ToolSpec, Turn, Usage, fenced},
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sse_stream::Sse;

use crate::{
    http::{judge_words, unreadable},
    openai::schema,
    stream::{Read, Sign},
};

/// So many blocks can be open at once.
const MOST_BLOCKS: usize = 64;
const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("anthropic-version"), HeaderValue::from_static("2023-06-01"));

/// What goes with each request.
pub fn headers(key: Option<&Secret>) -> Result<HeaderMap, InvalidHeaderValue> {
    let mut headers = HeaderMap::from_iter([VERSION]);
    if let Some(key) = key {
        let mut value = HeaderValue::from_str(key.reveal())?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static("x-api-key"), value);
    }
    Ok(headers)
}

/// A prompt as Anthropic takes it.
#[derive(Serialize)]
pub struct Request {
    model: String,
    max_tokens: u32,
    system: String,
    messages: Vec<Message>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    stream: bool,
}

#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: Vec<Value>,
}

/// Makes the request of a prompt.
pub fn request(prompt: &Prompt) -> Request {
    let tool = |it: &ToolSpec| json!({"name": it.name, "description": it.description, "input_schema": schema(it)});
    Request {
        model: prompt.model.clone(),
        max_tokens: prompt.max_output_tokens,
        system: prompt.system_text(),
        messages: messages(&prompt.turns),
        tools: prompt.tools.iter().map(tool).collect(),
        temperature: prompt.temperature,
        stream: true,
    }
}

/// Turns of one side after each other are one message, which begins with the results of tools; nothing is empty, and the
/// first word is not the agent's.
fn messages(turns: &[Turn]) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for turn in turns {
        let (role, content) = blocks(turn);
        if content.is_empty() {
            continue;
        }
        if messages.is_empty() && role == "assistant" {
            messages.push(Message { role: "user", content: vec![text("(The conversation begins.)")] });
        }
        match messages.last_mut().filter(|last| last.role == role) {
            Some(last) => last.content.extend(content),
            None => messages.push(Message { role, content }),
        }
    }
    messages
}

fn blocks(turn: &Turn) -> (&'static str, Vec<Value>) {
    match turn {
        Turn::User(parts) => ("user", parts.iter().filter_map(part).collect()),
        Turn::Assistant { text: words, calls } => {
            let words = (!words.trim().is_empty()).then(|| text(words.trim_end()));
            ("assistant", words.into_iter().chain(calls.iter().map(call)).collect())
        }
        Turn::ToolResult { call, text, is_error, .. } => {
            let result =
                json!({"type": "tool_result", "tool_use_id": call, "content": fenced(text), "is_error": is_error});
            ("user", vec![result])
        }
    }
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

fn part(part: &Part) -> Option<Value> {
    match part {
        Part::Text(words) | Part::Note(words) => (!words.trim().is_empty()).then(|| text(words)),
        Part::Picture(picture) => {
            let data = STANDARD.encode(&picture.bytes);
            let source = json!({"type": "base64", "media_type": picture.media_type, "data": data});
            Some(json!({"type": "image", "source": source}))
        }
    }
}

fn call(call: &ToolCall) -> Value {
    // Only an object is taken here.
    let input = match &call.arguments {
        Arguments::Valid(value) => value.clone(),
        Arguments::Invalid(text) => json!({"unreadable": text}),
    };
    json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
}

/// An event of the stream (<https://docs.anthropic.com/en/docs/build-with-claude/streaming>).
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Started,
    },
    ContentBlockStart {
        index: u32,
        content_block: Block,
    },
    ContentBlockDelta {
        index: u32,
        delta: BlockDelta,
    },
    ContentBlockStop {
        index: u32,
    },
    MessageDelta {
        delta: MessageDelta,
        #[serde(default)]
        usage: TokenUsage,
    },
    MessageStop,
    Ping,
    Error {
        error: Value,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct Started {
    #[serde(default)]
    usage: TokenUsage,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        #[serde(default)]
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        #[serde(default)]
        input: Value,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BlockDelta {
    TextDelta {
        text: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct MessageDelta {
    #[serde(default)]
    stop_reason: Option<String>,
}

/// Each number is the sum so far, and is left out when it has not changed.
#[derive(Default, Clone, Copy, Deserialize)]
#[serde(default)]
struct TokenUsage {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl TokenUsage {
    fn merge(&mut self, later: Self) {
        self.input_tokens = later.input_tokens.or(self.input_tokens);
        self.cache_creation_input_tokens = later.cache_creation_input_tokens.or(self.cache_creation_input_tokens);
        self.cache_read_input_tokens = later.cache_read_input_tokens.or(self.cache_read_input_tokens);
        self.output_tokens = later.output_tokens.or(self.output_tokens);
    }
}

impl From<TokenUsage> for Usage {
    fn from(usage: TokenUsage) -> Self {
        let cached = usage.cache_read_input_tokens.unwrap_or(0);
        let parts = [usage.input_tokens.unwrap_or(0), usage.cache_creation_input_tokens.unwrap_or(0), cached];
        Self {
            input_tokens: parts.into_iter().fold(0, u64::saturating_add),
            cached_input_tokens: cached,
            output_tokens: usage.output_tokens.unwrap_or(0),
        }
    }
}

struct PartialCall {
    id: String,
    name: String,
    arguments: String,
}

/// Reads an answer.
pub struct Reader {
    key: Option<Secret>,
    usage: TokenUsage,
    calls: BTreeMap<u32, PartialCall>,
    finished: Option<EndReason>,
}

impl Reader {
    /// One that keeps the key out of what it says.
    pub fn new(key: Option<Secret>) -> Self {
        Self { key, usage: TokenUsage::default(), calls: BTreeMap::new(), finished: None }
    }

    fn count(&mut self, usage: TokenUsage, pieces: &mut VecDeque<Piece>) {
        self.usage.merge(usage);
        pieces.push_back(Piece::Usage(self.usage.into()));
    }

    fn open(&mut self, index: u32, block: Block, pieces: &mut VecDeque<Piece>) -> Result<(), ModelError> {
        match block {
            Block::Text { text } => say(text, pieces),
            Block::ToolUse { id, name, input } => {
                // An input that comes at once; as a rule it is empty here and comes in parts.
                let is_whole = input.as_object().is_some_and(|input| !input.is_empty());
                let arguments = if is_whole { input.to_string() } else { String::new() };
                self.calls.insert(index, PartialCall { id, name, arguments });
                if self.calls.len() > MOST_BLOCKS {
                    return Err(ModelError::Broken("more tools are called than anybody needs".to_owned()));
                }
            }
            Block::Unknown => {}
        }
        Ok(())
    }

    fn go_on(&mut self, index: u32, delta: BlockDelta, pieces: &mut VecDeque<Piece>) {
        match delta {
            BlockDelta::TextDelta { text } => say(text, pieces),
            BlockDelta::InputJsonDelta { partial_json } => {
                if let Some(call) = self.calls.get_mut(&index) {
                    call.arguments.push_str(&partial_json);
                }
            }
            BlockDelta::Unknown => {}
        }
    }

    fn close(&mut self, index: u32, pieces: &mut VecDeque<Piece>) {
        if let Some(PartialCall { id, name, arguments }) = self.calls.remove(&index) {
            let arguments = Arguments::read(&arguments);
            pieces.push_back(Piece::ToolCall(ToolCall { id, name, arguments }));
        }
    }
}

fn say(text: String, pieces: &mut VecDeque<Piece>) {
    if !text.is_empty() {
        pieces.push_back(Piece::Text(text));
    }
}

fn end_reason(word: &str) -> EndReason {
    match word {
        "end_turn" | "stop_sequence" => EndReason::Stop,
        "max_tokens" | "model_context_window_exceeded" => EndReason::Length,
        "tool_use" => EndReason::ToolCalls,
        "refusal" => EndReason::Filtered,
        _ => EndReason::Other,
    }
}

impl Read for Reader {
    fn read(&mut self, event: &Sse, pieces: &mut VecDeque<Piece>) -> Result<Sign, ModelError> {
        let Some(data) = event.data.as_deref().map(str::trim).filter(|data| !data.is_empty()) else {
            return Ok(Sign::None);
        };
        match serde_json::from_str(data).map_err(|error| unreadable(&error))? {
            Event::MessageStart { message } => self.count(message.usage, pieces),
            Event::ContentBlockStart { index, content_block } => self.open(index, content_block, pieces)?,
            Event::ContentBlockDelta { index, delta } => self.go_on(index, delta, pieces),
            Event::ContentBlockStop { index } => self.close(index, pieces),
            Event::MessageDelta { delta, usage } => {
                self.finished = delta.stop_reason.as_deref().map(end_reason).or(self.finished);
                self.count(usage, pieces);
            }
            Event::MessageStop if self.finish(pieces) => {}
            Event::MessageStop => return Err(ModelError::Broken("it ended without saying why".to_owned())),
            Event::Error { error } => return Err(judge_words(&error, None, self.key.as_ref())),
            Event::Ping | Event::Unknown => return Ok(Sign::None),
        }
        Ok(Sign::AtWork)
    }

    fn finish(&mut self, pieces: &mut VecDeque<Piece>) -> bool {
        let Some(reason) = self.finished else { return false };
        // A call that was cut short is never closed.
        let open: Vec<u32> = self.calls.keys().copied().collect();
        for index in open {
            self.close(index, pieces);
        }
        pieces.push_back(Piece::End(reason));
        true
    }
}
