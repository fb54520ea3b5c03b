//! What an agent is made of: the form of the builder, as a draft or as a version.

use std::collections::BTreeMap;

use kernel::FieldError;
use serde::{Deserialize, Serialize};

/// The most characters instructions have.
pub const INSTRUCTIONS_LIMIT: usize = 12_000;
/// The most characters a greeting has.
pub const GREETING_LIMIT: usize = 1_000;
/// The most characters tone and style have, each.
pub const MANNER_LIMIT: usize = 200;
/// The most topics, and suggested questions.
pub const MAX_TOPICS: usize = 20;
/// The most suggested questions.
pub const MAX_SUGGESTIONS: usize = 6;
/// The most characters a topic or a suggested question has.
pub const LINE_LIMIT: usize = 160;
/// How long an answer can be made, in tokens.
pub const MAX_OUTPUT_TOKENS: std::ops::RangeInclusive<u32> = 64..=8_192;

/// Everything about an agent that a version keeps. Name, handle and portrait are its account's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spec {
    /// The template it began with.
    pub template: Option<String>,
    /// What it is for and how it goes about it.
    pub instructions: String,
    /// How it sounds, such as "warm".
    pub tone: String,
    /// How it writes, such as "short sentences, no jargon".
    pub style: String,
    /// What it speaks about; anything when empty.
    pub topics: Vec<String>,
    /// How long its answers are.
    pub length: Length,
    /// What it says first.
    pub greeting: String,
    /// Questions that are offered to whoever begins.
    pub suggestions: Vec<String>,
    /// `provider/model`; the first of the chain when empty.
    pub model: String,
    /// From 0 (the same each time) to 100 (lively); the model's own way when empty.
    pub liveliness: Option<u8>,
    /// How long an answer can be, in tokens.
    pub max_output_tokens: u32,
    /// What it may do with each tool; what isn't named is off.
    pub tools: BTreeMap<String, ToolMode>,
    /// Whether it remembers whom it speaks with.
    pub remembers: bool,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            template: None,
            instructions: String::new(),
            tone: String::new(),
            style: String::new(),
            topics: Vec::new(),
            length: Length::Medium,
            greeting: String::new(),
            suggestions: Vec::new(),
            model: String::new(),
            liveliness: None,
            max_output_tokens: 1_024,
            tools: BTreeMap::new(),
            remembers: true,
        }
    }
}

/// How long answers are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// A sentence or two.
    Short,
    /// A paragraph or two.
    #[default]
    Medium,
    /// As long as it takes.
    Long,
}

/// What an agent may do with a tool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolMode {
    /// Use it.
    Allow,
    /// Use it when whoever it works for says yes, each time.
    Ask,
    /// Nothing.
    #[default]
    Off,
}

impl Spec {
    /// Brings what was typed into form, and says what is wrong with it, field by field.
    ///
    /// # Errors
    /// With everything that has to be changed first.
    pub fn parse(mut self) -> Result<Self, Vec<FieldError>> {
        for text in [&mut self.instructions, &mut self.greeting] {
            *text = text.replace("\r\n", "\n").trim().to_owned();
        }
        for line in [&mut self.tone, &mut self.style, &mut self.model] {
            *line = one_line(line);
        }
        for lines in [&mut self.topics, &mut self.suggestions] {
            *lines = lines.iter().map(|line| one_line(line)).filter(|line| !line.is_empty()).collect();
        }
        let wrong = self.wrong();
        if wrong.is_empty() { Ok(self) } else { Err(wrong) }
    }

    fn wrong(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut longest = |field: &str, text: &str, limit: usize| {
            let length = text.chars().count();
            if length > limit {
                let message = format!("This has {length} characters. {limit} is the most.");
                wrong.push(FieldError::new(field, message));
            }
        };
        longest("instructions", &self.instructions, INSTRUCTIONS_LIMIT);
        longest("greeting", &self.greeting, GREETING_LIMIT);
        longest("tone", &self.tone, MANNER_LIMIT);
        longest("style", &self.style, MANNER_LIMIT);
        longest("model", &self.model, MANNER_LIMIT);
        for topic in &self.topics {
            longest("topics", topic, LINE_LIMIT);
        }
        for suggestion in &self.suggestions {
            longest("suggestions", suggestion, LINE_LIMIT);
        }
        if self.topics.len() > MAX_TOPICS {
            wrong.push(FieldError::new("topics", format!("Name at most {MAX_TOPICS} topics.")));
        }
        if self.suggestions.len() > MAX_SUGGESTIONS {
            wrong.push(FieldError::new("suggestions", format!("Suggest at most {MAX_SUGGESTIONS} questions.")));
        }
        if !MAX_OUTPUT_TOKENS.contains(&self.max_output_tokens) {
            let message = format!("Choose from {} to {} tokens.", MAX_OUTPUT_TOKENS.start(), MAX_OUTPUT_TOKENS.end());
            wrong.push(FieldError::new("max_output_tokens", message));
        }
        if self.liveliness.is_some_and(|it| it > 100) {
            wrong.push(FieldError::new("liveliness", "Choose from 0 to 100."));
        }
        wrong
    }

    /// What it may do with a tool.
    pub fn tool(&self, name: &str) -> ToolMode {
        self.tools.get(name).copied().unwrap_or_default()
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(not(target_arch = "wasm32"))]
impl From<Length> for platform::models::AnswerLength {
    fn from(length: Length) -> Self {
        match length {
            Length::Short => Self::Short,
            Length::Medium => Self::Medium,
            Length::Long => Self::Long,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_brought_into_form() {
        let typed = Spec {
            instructions: "\r\n Help.\r\nBe kind. ".to_owned(),
            topics: vec!["  sync   licences ".to_owned(), " ".to_owned()],
            ..Spec::default()
        };
        let spec = typed.parse().expect("valid");
        assert_eq!((spec.instructions.as_str(), spec.topics), ("Help.\nBe kind.", vec!["sync licences".to_owned()]));
    }

    #[test]
    fn each_field_that_is_wrong_is_named() {
        let typed = Spec {
            instructions: "x".repeat(INSTRUCTIONS_LIMIT + 1),
            suggestions: vec!["?".to_owned(); MAX_SUGGESTIONS + 1],
            max_output_tokens: 1,
            liveliness: Some(101),
            ..Spec::default()
        };
        let fields: Vec<_> = typed.parse().expect_err("wrong").into_iter().map(|it| it.field).collect();
        assert_eq!(fields, ["instructions", "suggestions", "max_output_tokens", "liveliness"]);
    }

    #[test]
    fn what_an_older_version_kept_is_still_read() {
        let spec: Spec = serde_json::from_str(r#"{"instructions":"Help."}"#).expect("readable");
        assert_eq!((spec.max_output_tokens, spec.tool("search")), (1_024, ToolMode::Off));
    }
}
