//! The engine as an adapter of the port that all models are asked through.

use std::time::Duration;

use async_trait::async_trait;
use futures::{StreamExt as _, stream};
use platform::models::{
    AnswerLength, Arguments, EndReason, Model, ModelError, ModelProvider, Part, Piece, PieceStream, Prompt, ToolCall,
    ToolSpec, Turn, Usage, price::Price,
};
use serde_json::{Value, json};

use crate::{
    Length, Passage, Question, Said, answer,
    answer::Kind,
    language::{Language, detect},
    material,
    talk::{Speaker, Tone},
};

/// The name it has in settings.
pub const NAME: &str = "offline";

/// The id of its only model.
pub const MODEL: &str = "engine";

/// A token has about as many characters in European languages.
const CHARS_PER_TOKEN: u64 = 4;

/// What is shown of what a tool answered.
const RESULT_CHARS: usize = 300;

/// The built-in answer engine as a provider. It is always there, costs nothing and never asks anybody.
#[derive(Debug, Clone)]
pub struct Offline {
    models: [Model; 1],
    pace: Duration,
}

impl Default for Offline {
    fn default() -> Self {
        Self::with_pace(Duration::from_millis(12))
    }
}

impl Offline {
    /// With a pause before every word but the first; nothing in tests.
    pub fn with_pace(pace: Duration) -> Self {
        let model = Model {
            id: MODEL.to_owned(),
            label: "Built-in answer engine".to_owned(),
            context_window: 1_000_000,
            price: Price { input: 0, output: 0 },
            answers: true,
            tools: true,
            pictures: false,
            embeddings: false,
        };
        Self { models: [model], pace }
    }
}

#[async_trait]
impl ModelProvider for Offline {
    fn name(&self) -> &str {
        NAME
    }

    fn models(&self) -> &[Model] {
        &self.models
    }

    async fn stream(&self, prompt: Prompt) -> Result<PieceStream, ModelError> {
        if prompt.model != MODEL {
            return Err(ModelError::BadRequest(format!("there is no model {}", prompt.model)));
        }
        // Some milliseconds of work for a long prompt: not for a thread that others wait for.
        let pieces = tokio::task::spawn_blocking(move || pieces(&prompt))
            .await
            .map_err(|error| ModelError::Overloaded(error.to_string()))?;
        let pace = self.pace;
        let paced = stream::iter(pieces.into_iter().enumerate()).then(move |(at, piece)| async move {
            if at > 0 && !pace.is_zero() && matches!(piece, Piece::Text(_)) {
                tokio::time::sleep(pace).await;
            }
            Ok(piece)
        });
        Ok(paced.boxed())
    }
}

/// The whole answer in pieces.
fn pieces(prompt: &Prompt) -> Vec<Piece> {
    let input_tokens = tokens(&prompt.system_text()) + prompt.turns.iter().map(turn_tokens).sum::<u64>();
    let usage =
        |output: &str| Piece::Usage(Usage { input_tokens, output_tokens: tokens(output), cached_input_tokens: 0 });
    let (text, call) = reply(prompt);
    if let Some(call) = call {
        let written = call.name.clone() + &serde_json::to_string(&call.arguments).unwrap_or_default();
        return vec![Piece::ToolCall(call), usage(&written), Piece::End(EndReason::ToolCalls)];
    }
    let room = usize::try_from(u64::from(prompt.max_output_tokens) * CHARS_PER_TOKEN).unwrap_or(usize::MAX);
    let (kept, end) = match text.char_indices().nth(room) {
        Some((at, _)) if room > 0 => (&text[..at], EndReason::Length),
        _ => (text.as_str(), EndReason::Stop),
    };
    let mut pieces: Vec<Piece> = kept.split_inclusive([' ', '\n']).map(|word| Piece::Text(word.to_owned())).collect();
    pieces.extend([usage(kept), Piece::End(end)]);
    pieces
}

fn tokens(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX).div_ceil(CHARS_PER_TOKEN)
}

fn turn_tokens(turn: &Turn) -> u64 {
    match turn {
        Turn::User(_) => tokens(&said(turn)),
        Turn::Assistant { text, .. } | Turn::ToolResult { text, .. } => tokens(text),
    }
}

fn said(turn: &Turn) -> String {
    let Turn::User(parts) = turn else { return String::new() };
    let texts = parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        // It compares words, and these are nobody's question.
        Part::Note(_) | Part::Picture(_) => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// What is said, or the tool that is wanted first.
fn reply(prompt: &Prompt) -> (String, Option<ToolCall>) {
    if let Some(Turn::ToolResult { name, text, is_error, .. }) = prompt.turns.last() {
        return (result(prompt, name, text, *is_error), None);
    }
    let turns: Vec<(bool, String)> = prompt
        .turns
        .iter()
        .filter_map(|turn| match turn {
            Turn::User(_) => Some((true, said(turn))),
            Turn::Assistant { text, .. } => Some((false, text.clone())),
            Turn::ToolResult { .. } => None,
        })
        .collect();
    let Some(last) = turns.iter().rposition(|(user, _)| *user) else { return (String::new(), None) };
    let calculator = prompt.tools.iter().find(|tool| is_calculator(tool));
    let question = Question {
        text: &turns[last].1,
        before: turns[..last]
            .iter()
            .map(|(user, text)| if *user { Said::User(text) } else { Said::Agent(text) })
            .collect(),
        passages: prompt
            .passages
            .iter()
            .map(|it| Passage {
                title: &it.source_title,
                heading: it.locator.as_deref().unwrap_or_default(),
                text: &it.text,
            })
            .collect(),
        memories: prompt.memories.iter().map(|memory| memory.text.as_str()).collect(),
        name: &prompt.persona.name,
        tone: &prompt.persona.tone,
        topics: prompt.persona.topics.iter().map(String::as_str).collect(),
        length: match prompt.persona.length {
            AnswerLength::Short => Length::Short,
            AnswerLength::Medium => Length::Medium,
            AnswerLength::Long => Length::Long,
        },
        calculator: calculator.is_some(),
    };
    let answer = answer(&question);
    match (answer.kind, calculator) {
        (Kind::Sum(sum), Some(tool)) => (String::new(), Some(call(tool, &sum, prompt.turns.len()))),
        _ => (answer.text, None),
    }
}

/// What a tool answered is material, too: it is shown on one line, short, and not looked at.
fn result(prompt: &Prompt, tool: &str, text: &str, is_error: bool) -> String {
    let asked = prompt.turns.iter().rev().find(|turn| matches!(turn, Turn::User(_))).map(said).unwrap_or_default();
    let speaker = Speaker {
        name: &prompt.persona.name,
        tone: Tone::of(&prompt.persona.tone),
        topics: Vec::new(),
        language: detect(&asked).unwrap_or(Language::English),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = material::harmless(&line).chars().take(RESULT_CHARS).collect();
    speaker.result(&material::harmless(tool), &shown, is_error)
}

fn is_calculator(tool: &ToolSpec) -> bool {
    tool.name.to_lowercase().contains("calc")
}

/// A call of the calculator with the sum as the first text that its schema asks for.
fn call(tool: &ToolSpec, sum: &str, turns: usize) -> ToolCall {
    let required = tool.schema["required"].as_array().and_then(|names| names.first()).and_then(Value::as_str);
    let first = tool.schema["properties"].as_object().and_then(|it| it.keys().next()).map(String::as_str);
    let name = required.or(first).unwrap_or("expression");
    ToolCall { id: format!("sum-{turns}"), name: tool.name.clone(), arguments: Arguments::Valid(json!({ name: sum })) }
}
