//! The dialect of OpenAI's chat completions and embeddings. Requests are the library's types; answers are read by our own,
//! which let go what they don't know: many speak this dialect, and few of them to the letter.

use std::collections::{BTreeMap, VecDeque};

use async_openai::types::{
    chat::{
        ChatCompletionMessageToolCall, ChatCompletionMessageToolCalls, ChatCompletionRequestAssistantMessage,
        ChatCompletionRequestMessage, ChatCompletionRequestMessageContentPartImage,
        ChatCompletionRequestMessageContentPartText, ChatCompletionRequestSystemMessage,
        ChatCompletionRequestToolMessage, ChatCompletionRequestUserMessage, ChatCompletionRequestUserMessageContent,
        ChatCompletionRequestUserMessageContentPart, ChatCompletionStreamOptions, ChatCompletionTool,
        ChatCompletionTools, CreateChatCompletionRequest, FunctionCall, FunctionObject, ImageUrl,
    },
    embeddings::{CreateEmbeddingRequest, EmbeddingInput, EncodingFormat},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use platform::{
    config::Secret,
    models::{
        Arguments, Embeddings, EndReason, ModelError, Part, Piece, Prompt, ToolCall, ToolSpec, Turn, Usage, fenced,
    },
};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, InvalidHeaderValue};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use sse_stream::Sse;

use crate::{
    http::{Http, judge_words, unreadable},
    stream::{Read, Sign},
};

/// So many texts are sent at once to be made into vectors.
const BATCH: usize = 128;
/// So many tools can be called at once.
const MOST_CALLS: usize = 64;

/// What goes with each request.
pub fn headers(key: Option<&Secret>) -> Result<HeaderMap, InvalidHeaderValue> {
    let mut headers = HeaderMap::new();
    if let Some(key) = key {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", key.reveal()))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// A prompt as OpenAI takes it. `is_original` says that it is OpenAI that gets it: there the length has another name, and
/// models that think refuse a temperature.
pub fn request(prompt: &Prompt, is_original: bool) -> CreateChatCompletionRequest {
    let system = ChatCompletionRequestSystemMessage { content: prompt.system_text().into(), name: None };
    let turns = prompt.turns.iter().map(message);
    let tools: Vec<_> = prompt.tools.iter().map(tool).collect();
    let thinks = ["gpt-5", "gpt-6", "o1", "o3", "o4"].iter().any(|prefix| prompt.model.starts_with(prefix));
    #[expect(deprecated, reason = "those who speak as OpenAI does know this name of the length only")]
    CreateChatCompletionRequest {
        model: prompt.model.clone(),
        messages: std::iter::once(ChatCompletionRequestMessage::System(system)).chain(turns).collect(),
        tools: (!tools.is_empty()).then_some(tools),
        max_completion_tokens: is_original.then_some(prompt.max_output_tokens),
        max_tokens: (!is_original).then_some(prompt.max_output_tokens),
        temperature: prompt.temperature.filter(|_| !(is_original && thinks)),
        stream: Some(true),
        stream_options: Some(ChatCompletionStreamOptions { include_usage: Some(true), ..Default::default() }),
        ..Default::default()
    }
}

fn message(turn: &Turn) -> ChatCompletionRequestMessage {
    match turn {
        Turn::User(parts) => ChatCompletionRequestUserMessage { content: content(parts), name: None }.into(),
        Turn::Assistant { text, calls } => ChatCompletionRequestAssistantMessage {
            content: (!text.is_empty()).then(|| text.as_str().into()),
            tool_calls: (!calls.is_empty()).then(|| calls.iter().map(call).collect()),
            ..Default::default()
        }
        .into(),
        Turn::ToolResult { call, text, .. } => {
            ChatCompletionRequestToolMessage { content: fenced(text).into(), tool_call_id: call.clone() }.into()
        }
    }
}

fn content(parts: &[Part]) -> ChatCompletionRequestUserMessageContent {
    if let [Part::Text(text)] = parts {
        return ChatCompletionRequestUserMessageContent::Text(text.clone());
    }
    let part = |part: &Part| match part {
        Part::Text(text) | Part::Note(text) => {
            ChatCompletionRequestUserMessageContentPart::Text(ChatCompletionRequestMessageContentPartText {
                text: text.clone(),
                ..Default::default()
            })
        }
        Part::Picture(picture) => {
            let url = format!("data:{};base64,{}", picture.media_type, STANDARD.encode(&picture.bytes));
            ChatCompletionRequestUserMessageContentPart::ImageUrl(ChatCompletionRequestMessageContentPartImage {
                image_url: ImageUrl { url, detail: None },
                ..Default::default()
            })
        }
    };
    ChatCompletionRequestUserMessageContent::Array(parts.iter().map(part).collect())
}

fn call(call: &ToolCall) -> ChatCompletionMessageToolCalls {
    let arguments = match &call.arguments {
        Arguments::Valid(value) => value.to_string(),
        Arguments::Invalid(text) => text.clone(),
    };
    let function = FunctionCall { name: call.name.clone(), arguments };
    ChatCompletionMessageToolCalls::Function(ChatCompletionMessageToolCall { id: call.id.clone(), function })
}

fn tool(tool: &ToolSpec) -> ChatCompletionTools {
    let function = FunctionObject {
        name: tool.name.clone(),
        description: Some(tool.description.clone()),
        parameters: Some(schema(tool)),
        strict: None,
    };
    ChatCompletionTools::Function(ChatCompletionTool { function })
}

/// The schema of a tool's arguments, of which there may be none.
pub fn schema(tool: &ToolSpec) -> Value {
    if tool.schema.is_object() { tool.schema.clone() } else { json!({"type": "object", "properties": {}}) }
}

/// A piece of the stream (<https://platform.openai.com/docs/api-reference/chat-streaming>).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    usage: Option<TokenUsage>,
    error: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Delta {
    content: Option<Content>,
    tool_calls: Option<Vec<CallDelta>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Other(IgnoredAny),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CallDelta {
    index: Option<u32>,
    id: Option<String>,
    function: Option<FunctionDelta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FunctionDelta {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenUsage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

impl From<TokenUsage> for Usage {
    fn from(usage: TokenUsage) -> Self {
        Self {
            input_tokens: usage.prompt_tokens.unwrap_or(0),
            cached_input_tokens: usage.prompt_tokens_details.and_then(|it| it.cached_tokens).unwrap_or(0),
            output_tokens: usage.completion_tokens.unwrap_or(0),
        }
    }
}

#[derive(Default)]
struct PartialCall {
    id: String,
    name: String,
    arguments: String,
}

/// Reads an answer.
pub struct Reader {
    key: Option<Secret>,
    calls: BTreeMap<u32, PartialCall>,
    has_called: bool,
    finished: Option<EndReason>,
}

impl Reader {
    /// One that keeps the key out of what it says.
    pub fn new(key: Option<Secret>) -> Self {
        Self { key, calls: BTreeMap::new(), has_called: false, finished: None }
    }

    fn read_choice(&mut self, choice: Choice, pieces: &mut VecDeque<Piece>) -> Result<(), ModelError> {
        let delta = choice.delta.unwrap_or_default();
        if let Some(Content::Text(text)) = delta.content.filter(|it| !matches!(it, Content::Text(it) if it.is_empty()))
        {
            pieces.push_back(Piece::Text(text));
        }
        for (place, call) in (0..).zip(delta.tool_calls.unwrap_or_default()) {
            self.read_call(place, call)?;
        }
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.finished = Some(end_reason(&reason));
            self.give_calls(pieces);
        }
        Ok(())
    }

    fn read_call(&mut self, place: u32, delta: CallDelta) -> Result<(), ModelError> {
        let index = delta.index.unwrap_or(place);
        let call = self.calls.entry(index).or_default();
        if let Some(id) = delta.id.filter(|id| !id.is_empty()) {
            call.id = id;
        }
        let function = delta.function.unwrap_or_default();
        if let Some(name) = function.name.filter(|name| !name.is_empty()) {
            call.name = name;
        }
        call.arguments.push_str(function.arguments.as_deref().unwrap_or_default());
        if self.calls.len() > MOST_CALLS {
            return Err(ModelError::Broken("more tools are called than anybody needs".to_owned()));
        }
        Ok(())
    }

    /// Tools that are called come in parts, and are known to be whole when the answer is.
    fn give_calls(&mut self, pieces: &mut VecDeque<Piece>) {
        for (index, call) in std::mem::take(&mut self.calls) {
            let id = if call.id.is_empty() { format!("call_{index}") } else { call.id };
            let arguments = Arguments::read(&call.arguments);
            self.has_called = true;
            pieces.push_back(Piece::ToolCall(ToolCall { id, name: call.name, arguments }));
        }
    }
}

fn end_reason(word: &str) -> EndReason {
    match word {
        "stop" => EndReason::Stop,
        "length" => EndReason::Length,
        "tool_calls" | "function_call" => EndReason::ToolCalls,
        "content_filter" => EndReason::Filtered,
        _ => EndReason::Other,
    }
}

impl Read for Reader {
    fn read(&mut self, event: &Sse, pieces: &mut VecDeque<Piece>) -> Result<Sign, ModelError> {
        let Some(data) = event.data.as_deref().map(str::trim).filter(|data| !data.is_empty()) else {
            return Ok(Sign::None);
        };
        if data == "[DONE]" {
            return if self.finish(pieces) { Ok(Sign::AtWork) } else { Err(unfinished()) };
        }
        let chunk: Chunk = serde_json::from_str(data).map_err(|error| unreadable(&error))?;
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Err(judge_words(&error, None, self.key.as_ref()));
        }
        // There is one choice, because one was asked for.
        if let Some(choice) = chunk.choices.unwrap_or_default().into_iter().next() {
            self.read_choice(choice, pieces)?;
        }
        if let Some(usage) = chunk.usage {
            pieces.push_back(Piece::Usage(usage.into()));
        }
        Ok(Sign::AtWork)
    }

    fn finish(&mut self, pieces: &mut VecDeque<Piece>) -> bool {
        let Some(reason) = self.finished else { return false };
        // Some say `stop` when they call tools.
        let calls = self.has_called && matches!(reason, EndReason::Stop | EndReason::Other);
        pieces.push_back(Piece::End(if calls { EndReason::ToolCalls } else { reason }));
        true
    }
}

fn unfinished() -> ModelError {
    ModelError::Broken("it ended without saying why".to_owned())
}

#[derive(Deserialize)]
struct EmbeddingsAnswer {
    data: Vec<Embedding>,
    #[serde(default)]
    usage: TokenUsage,
}

#[derive(Deserialize)]
struct Embedding {
    #[serde(default)]
    index: usize,
    embedding: Vec<f32>,
}

/// Turns texts into vectors, some at a time.
pub async fn embed(http: &Http, model: &str, texts: &[String]) -> Result<Embeddings, ModelError> {
    let mut all = Embeddings { vectors: Vec::with_capacity(texts.len()), usage: Usage::default() };
    for batch in texts.chunks(BATCH) {
        let request = CreateEmbeddingRequest {
            model: model.to_owned(),
            input: EmbeddingInput::StringArray(batch.to_vec()),
            encoding_format: Some(EncodingFormat::Float),
            user: None,
            dimensions: None,
        };
        let mut answer: EmbeddingsAnswer = http.json("embeddings", &request).await?;
        answer.data.sort_by_key(|embedding| embedding.index);
        let length = all.vectors.first().or(answer.data.first().map(|it| &it.embedding)).map_or(0, Vec::len);
        let fits = |it: &Embedding| it.embedding.len() == length && it.embedding.iter().all(|part| part.is_finite());
        if answer.data.len() != batch.len() || length == 0 || !answer.data.iter().all(fits) {
            return Err(ModelError::Broken("not a vector for each text".to_owned()));
        }
        all.vectors.extend(answer.data.into_iter().map(|it| it.embedding));
        all.usage.input_tokens = all.usage.input_tokens.saturating_add(answer.usage.prompt_tokens.unwrap_or(0));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openai_itself_is_asked_otherwise_than_those_who_speak_like_it() {
        let prompt = |model: &str| Prompt {
            model: model.to_owned(),
            max_output_tokens: 100,
            temperature: Some(0.5),
            ..Prompt::default()
        };
        for (model, is_original, temperature, name) in [
            ("gpt-5-mini", true, Value::Null, "max_completion_tokens"),
            ("gpt-4.1", true, json!(0.5), "max_completion_tokens"),
            ("gpt-5-mini", false, json!(0.5), "max_tokens"),
        ] {
            let request = serde_json::to_value(request(&prompt(model), is_original)).expect("JSON");
            assert_eq!((&request["temperature"], &request[name]), (&temperature, &json!(100)), "{model}");
            let names = ["max_tokens", "max_completion_tokens"];
            assert_eq!(names.iter().filter(|name| request.get(**name).is_some()).count(), 1);
        }
    }
}
