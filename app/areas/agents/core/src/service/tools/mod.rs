//! The tools of agents: what an agent may use, whether what a model calls them with is right, and what they do.
//!
//! What a tool answers, and what a server says of its tools, was written by others. It is given to a model as material, between
//! marks, and shown to people as text.

mod calculator;
mod client;
mod draft;
mod page;
mod search;
mod times;

use std::{collections::BTreeMap, sync::Arc};

use jsonschema::Validator;
use kernel::AccountId;
use platform::{
    files::Files,
    models::{Arguments, ToolCall, ToolSpec},
    outbound::Outbound,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sqlx::PgPool;

pub(super) use self::client::sealed_for;
pub use self::{
    client::McpClient,
    draft::{DraftPost, Drafts, ReviewInbox},
    times::{ExpertTimes, FreeExpert, TimesWanted},
};
use super::answer::{Asking, Task};
use crate::{
    CallState, Error, Purpose, Spec, ToolMode,
    store::{
        calls::Call,
        mcp::{self, Row},
    },
    tool::{self, RESULT_LIMIT},
};

/// The most bytes that a tool is called with.
const ARGUMENTS_LIMIT: usize = 20_000;
/// The most characters of the words in which a model is told what is wrong.
const WORDS_LIMIT: usize = 2_000;
/// So many things that are wrong are told at once.
const WRONG: usize = 3;

/// What tools work with. Without it there are those that need nothing but the database.
#[derive(Clone, Default)]
pub struct Toolbox {
    outbound: Option<Outbound>,
    servers: Option<Arc<McpClient>>,
    drafts: Option<Arc<dyn Drafts>>,
    experts: Option<Arc<dyn ExpertTimes>>,
    files: Option<Files>,
}

impl Toolbox {
    /// The same, able to read pages.
    #[must_use]
    pub fn with_pages(self, outbound: Outbound) -> Self {
        Self { outbound: Some(outbound), ..self }
    }

    /// The same, able to use servers.
    #[must_use]
    pub fn with_servers(self, servers: Arc<McpClient>) -> Self {
        Self { servers: Some(servers), ..self }
    }

    /// Whoever speaks with servers.
    pub(super) fn servers(&self) -> Option<&Arc<McpClient>> {
        self.servers.as_ref()
    }

    /// The same, able to see the pictures that somebody attached.
    #[must_use]
    pub fn with_files(self, files: Files) -> Self {
        Self { files: Some(files), ..self }
    }

    /// Where pictures are kept that somebody attached.
    pub(super) fn files(&self) -> Option<&Files> {
        self.files.as_ref()
    }

    /// The same, with somewhere to lay drafts.
    #[must_use]
    pub fn with_drafts(self, drafts: Arc<dyn Drafts>) -> Self {
        Self { drafts: Some(drafts), ..self }
    }

    /// The same, able to look up when experts are free.
    #[must_use]
    pub fn with_experts(self, experts: Arc<dyn ExpertTimes>) -> Self {
        Self { experts: Some(experts), ..self }
    }
}

/// A tool that an agent may use.
struct Offered {
    /// Its name in drafts: of a built-in one, or `server/tool`.
    name: String,
    spec: ToolSpec,
    mode: ToolMode,
    validator: Validator,
    kind: Kind,
}

enum Kind {
    Search,
    ReadPage,
    DraftPost,
    ExpertTimes,
    Calculator,
    Server(Box<Row>, String),
}

/// The tools that an agent may use for an answer, by the names that a model calls them by.
#[derive(Default)]
pub(super) struct Offer {
    tools: BTreeMap<String, Offered>,
    /// Those that are there, and switched off.
    off: Vec<String>,
}

impl Toolbox {
    /// What an agent may use.
    pub(super) async fn offer(
        &self,
        pool: &PgPool,
        purpose: Purpose,
        owner: AccountId,
        spec: &Spec,
    ) -> Result<Offer, Error> {
        let mut offer = Offer::default();
        // Where nobody waits for the answer, nobody can be asked.
        let asks = matches!(purpose, Purpose::Chat | Purpose::Preview);
        for built_in in &tool::BUILT_IN {
            let Some((kind, described, schema)) = self.built_in(built_in.name) else { continue };
            offer.add(built_in.name, spec.tool(built_in.name), asks, kind, (described, schema));
        }
        let named = spec.tools.iter().any(|(name, mode)| name.contains('/') && *mode != ToolMode::Off);
        let servers = if named && self.servers.is_some() { mcp::of_owner(pool, owner).await? } else { Vec::new() };
        for row in servers {
            for tool in &row.view.tools {
                let name = row.view.tool_name(tool);
                let kind = Kind::Server(Box::new(row.clone()), tool.name.clone());
                // What somebody connected asks each time, whatever a draft says; what the operator chose goes by the draft.
                let mode = match spec.tool(&name) {
                    ToolMode::Allow if !row.view.operators => ToolMode::Ask,
                    mode => mode,
                };
                offer.add(&name, mode, asks, kind, (tool.description.as_str(), tool.schema.clone()));
            }
        }
        Ok(offer)
    }

    /// A built-in tool, if what it works with is there: what models are told of it, and its schema.
    fn built_in(&self, name: &str) -> Option<(Kind, &'static str, Value)> {
        match name {
            tool::SEARCH => Some((Kind::Search, search::DESCRIPTION, search::schema())),
            tool::READ_PAGE if self.outbound.is_some() => Some((Kind::ReadPage, page::DESCRIPTION, page::schema())),
            tool::DRAFT_POST if self.drafts.is_some() => Some((Kind::DraftPost, draft::DESCRIPTION, draft::schema())),
            tool::EXPERT_TIMES if self.experts.is_some() => {
                Some((Kind::ExpertTimes, times::DESCRIPTION, times::schema()))
            }
            tool::CALCULATOR => Some((Kind::Calculator, calculator::DESCRIPTION, calculator::schema())),
            _ => None,
        }
    }

    /// Makes a call. What came of it, or words on why nothing did.
    pub(super) async fn make(
        &self,
        pool: &PgPool,
        task: &Task,
        asking: &Asking,
        call: &Call,
    ) -> Result<String, String> {
        // What was offered when the model called may be gone since: somebody decided in between.
        let offered = asking.offer.tools.get(&model_name(&call.tool)).ok_or_else(|| no_such(&call.tool))?;
        let arguments = call.arguments.as_object().cloned().unwrap_or_default();
        let made = match &offered.kind {
            Kind::Search => search::make(pool, task.asker, &parsed(arguments)?).await,
            Kind::Calculator => return calculator::make(&parsed(arguments)?),
            Kind::ReadPage => match &self.outbound {
                Some(outbound) => return page::make(outbound, &parsed(arguments)?).await,
                None => return Err(no_such(&call.tool)),
            },
            Kind::DraftPost => match &self.drafts {
                Some(drafts) => draft::make(drafts.as_ref(), task, asking.owner, call.id, &parsed(arguments)?).await,
                None => return Err(no_such(&call.tool)),
            },
            Kind::ExpertTimes => match &self.experts {
                Some(experts) => times::make(experts.as_ref(), task.asker, &parsed(arguments)?).await,
                None => return Err(no_such(&call.tool)),
            },
            Kind::Server(row, tool) => match &self.servers {
                Some(servers) => return servers.call(row, tool, arguments).await,
                None => return Err(no_such(&call.tool)),
            },
        };
        made.unwrap_or_else(|error| {
            tracing::error!(run = %task.run, tool = call.tool, ?error, "a tool failed");
            Err("This tool does not work at the moment. Go on without it.".to_owned())
        })
    }
}

impl Offer {
    fn add(&mut self, name: &str, mode: ToolMode, asks: bool, kind: Kind, (description, schema): (&str, Value)) {
        if mode == ToolMode::Off || (mode == ToolMode::Ask && !asks) {
            self.off.push(name.to_owned());
            return;
        }
        // A schema that makes no sense: what it is called with could not be held against it.
        let Ok(validator) = jsonschema::validator_for(&schema) else { return };
        let description = description.chars().take(WORDS_LIMIT).collect();
        let spec = ToolSpec { name: model_name(name), description, schema };
        let offered = Offered { name: name.to_owned(), spec, mode, validator, kind };
        self.tools.entry(offered.spec.name.clone()).or_insert(offered);
    }

    /// What models are told of the tools.
    pub(super) fn specs(&self) -> Vec<ToolSpec> {
        self.tools.values().map(|offered| offered.spec.clone()).collect()
    }

    /// The name in drafts of a tool that a model called.
    pub(super) fn name_of(&self, called: &str) -> String {
        let known = self.tools.get(called).map(|offered| offered.name.clone());
        known.unwrap_or_else(|| storable(called).chars().take(200).collect())
    }

    /// What becomes of a call, or why nothing does, in words for the model.
    pub(super) fn judge(&self, call: &ToolCall) -> Result<CallState, (CallState, String)> {
        let failed = |words: String| (CallState::Failed, words);
        let Some(offered) = self.tools.get(&call.name) else {
            if self.off.iter().any(|name| model_name(name) == call.name) {
                return Err((CallState::Refused, format!("The tool {} is switched off.", storable(&call.name))));
            }
            return Err(failed(self.unknown(&call.name)));
        };
        let Arguments::Valid(arguments) = &call.arguments else {
            return Err(failed("The arguments are not a JSON object. Call the tool again with one.".to_owned()));
        };
        if arguments.to_string().len() > ARGUMENTS_LIMIT {
            return Err(failed(format!(
                "The arguments have more than {ARGUMENTS_LIMIT} bytes. Call the tool with less."
            )));
        }
        let wrong: Vec<String> = offered
            .validator
            .iter_errors(arguments)
            .take(WRONG)
            .map(|error| match error.instance_path().as_str() {
                "" => error.to_string(),
                path => format!("{path}: {error}"),
            })
            .collect();
        if !wrong.is_empty() {
            return Err(failed(format!("The arguments don't fit the tool's schema: {}", wrong.join("; "))));
        }
        Ok(if offered.mode == ToolMode::Ask { CallState::Waiting } else { CallState::Allowed })
    }

    fn unknown(&self, called: &str) -> String {
        let names: Vec<&str> = self.tools.keys().map(String::as_str).collect();
        let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let called: String = storable(called).chars().take(100).collect();
        format!("There is no tool named {called}. There are: {there}.")
    }
}

fn no_such(name: &str) -> String {
    format!("The tool {name} is not there any more.")
}

/// The name by which models call a tool: letters, digits, `_` and `-`, at most 64 of them.
pub(super) fn model_name(name: &str) -> String {
    let plain = name.replace('/', "__");
    plain.chars().map(|c| if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '_' }).take(64).collect()
}

/// What a call is made with, for the database: an object, or as a text what the model wrote instead of one.
pub(super) fn stored_arguments(arguments: &Arguments) -> Value {
    match arguments {
        Arguments::Valid(value) if value.to_string().len() <= ARGUMENTS_LIMIT => without_nul(value.clone()),
        Arguments::Valid(value) => Value::String(storable(&value.to_string()).chars().take(WORDS_LIMIT).collect()),
        Arguments::Invalid(text) => Value::String(storable(text).chars().take(WORDS_LIMIT).collect()),
    }
}

/// The database keeps no NUL.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(storable(&text)),
        Value::Array(items) => items.into_iter().map(without_nul).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (storable(&name), without_nul(value))).collect())
        }
        other => other,
    }
}

/// A text without the one character that the database does not keep.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// What a tool answered, as long as a model is given it.
pub(super) fn shortened(text: &str) -> String {
    let text = storable(text);
    if text.chars().count() <= RESULT_LIMIT {
        return text;
    }
    let mut cut: String = text.chars().take(RESULT_LIMIT).collect();
    cut.push_str("\n[Cut off here: this was longer.]");
    cut
}

/// The arguments of a built-in tool, which have been held against its schema.
fn parsed<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| format!("The arguments can't be read: {error}"))
}

/// The schema of an object with these fields, each a text, all of which are needed.
fn texts(fields: &[(&str, &str, usize)]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|(name, description, longest)| {
            let schema = json!({"type": "string", "description": description, "minLength": 1, "maxLength": longest});
            ((*name).to_owned(), schema)
        })
        .collect();
    let required: Vec<&str> = fields.iter().map(|(name, _, _)| *name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: Arguments) -> ToolCall {
        ToolCall { id: "a".to_owned(), name: name.to_owned(), arguments }
    }

    fn offer(mode: ToolMode) -> Offer {
        let mut offer = Offer::default();
        let (kind, described, schema) = Toolbox::default().built_in(tool::CALCULATOR).expect("a calculator");
        offer.add(tool::CALCULATOR, mode, true, kind, (described, schema));
        offer
    }

    #[test]
    fn calls_are_held_against_what_was_offered() {
        let offer = offer(ToolMode::Allow);
        let valid = Arguments::Valid(json!({"expression": "1 + 1"}));
        assert_eq!(offer.judge(&call("calculator", valid.clone())), Ok(CallState::Allowed));
        for (name, arguments, said) in [
            ("transfer_money", valid.clone(), "There is no tool named transfer_money. There are: calculator."),
            ("calculator", Arguments::Invalid("{".to_owned()), "not a JSON object"),
            ("calculator", Arguments::Valid(json!({})), "expression"),
            ("calculator", Arguments::Valid(json!({"expression": 3})), "/expression"),
            ("calculator", Arguments::Valid(json!({"expression": "1", "to": "x"})), "to"),
            ("calculator", Arguments::Valid(json!({"expression": "1".repeat(30_000)})), "bytes"),
        ] {
            let (state, words) = offer.judge(&call(name, arguments)).expect_err("wrong");
            assert!(state == CallState::Failed && words.contains(said), "{words}");
        }
    }

    #[test]
    fn what_asks_waits_and_what_is_off_is_refused() {
        let valid = || call("calculator", Arguments::Valid(json!({"expression": "1 + 1"})));
        assert_eq!(offer(ToolMode::Ask).judge(&valid()), Ok(CallState::Waiting));
        let (state, words) = offer(ToolMode::Off).judge(&valid()).expect_err("off");
        assert!(state == CallState::Refused && words.contains("switched off"));
        assert!(offer(ToolMode::Off).specs().is_empty());
    }

    #[test]
    fn names_are_such_as_models_take() {
        assert_eq!(model_name("files/read.text file"), "files__read_text_file");
        assert_eq!(model_name(&"x".repeat(100)).len(), 64);
    }

    #[test]
    fn nothing_comes_into_the_database_that_it_does_not_keep() {
        let arguments = Arguments::Valid(json!({"a\0": ["b\0", {"c": "\0"}]}));
        assert_eq!(stored_arguments(&arguments), json!({"a": ["b", {"c": ""}]}));
        assert_eq!(shortened(&"x\0".repeat(40_000)).chars().filter(|c| *c == 'x').count(), RESULT_LIMIT);
    }
}
