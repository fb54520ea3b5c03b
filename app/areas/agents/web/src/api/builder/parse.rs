//! What came over the wire, read. What can't be an id is the id of nothing.

use std::collections::BTreeMap;

use agents_core::{Error, Language, NewCheck, Rule, Spec, ToolMode, agent::Point, check::MOST_CHARS};
use identity_core::command::PortraitChange;
use kernel::{AccountId, CheckId, Currency, FieldError, McpServerId, MediaId, Problem, SourceId, parse_amount};
use serde::de::DeserializeOwned;
use web::Failure;

/// An agent's id.
pub fn agent(text: &str) -> Result<AccountId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchAgent))
}

/// A check's id.
pub fn check(text: &str) -> Result<CheckId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchCheck))
}

/// A source's id.
pub fn source(text: &str) -> Result<SourceId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchSource))
}

/// A server's id.
pub fn server(text: &str) -> Result<McpServerId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchServer))
}

/// One side of a comparison: `draft`, or the number of a version.
pub fn point(text: &str) -> Result<Point, Failure> {
    match text {
        "draft" => Ok(Point::Draft),
        number => number.parse().map(Point::Version).map_err(|_| Failure::from(Error::NoSuchVersion)),
    }
}

/// Which of the ways to change a portrait was taken: a picture chosen now counts more than one chosen before.
pub fn portrait(chosen: &str, kept: &str, remove: bool) -> Result<PortraitChange, FieldError> {
    match [chosen, kept].into_iter().find(|id| !id.is_empty()).map(str::parse::<MediaId>) {
        Some(Ok(id)) => Ok(PortraitChange::Set(id)),
        Some(Err(_)) => Err(FieldError::new("portrait", "This picture is no longer there. Choose it again.")),
        None if remove => Ok(PortraitChange::Remove),
        None => Ok(PortraitChange::Keep),
    }
}

/// What was typed into the builder, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub instructions: String,
    pub tone: String,
    pub style: String,
    pub topics: String,
    pub length: String,
    pub greeting: String,
    pub suggestions: String,
    pub model: String,
    pub liveliness: String,
    pub max_output_tokens: String,
    pub remembers: bool,
}

/// Reads a draft. What may be done with tools stands in another form, and is given here.
pub fn draft(typed: Typed, tools: BTreeMap<String, ToolMode>) -> Result<Spec, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let length = word(&typed.length);
    if length.is_none() {
        wrong.push(FieldError::new("length", "Choose how long answers are."));
    }
    let number = |text: &str| text.trim().parse().ok();
    let liveliness = (!typed.liveliness.trim().is_empty()).then(|| number(&typed.liveliness).unwrap_or(u32::MAX));
    let spec = Spec {
        instructions: typed.instructions,
        tone: typed.tone,
        style: typed.style,
        topics: lines(&typed.topics),
        length: length.unwrap_or_default(),
        greeting: typed.greeting,
        suggestions: lines(&typed.suggestions),
        model: typed.model,
        liveliness: liveliness.map(|it| u8::try_from(it).unwrap_or(u8::MAX)),
        // What is no number is out of range, which the field says.
        max_output_tokens: number(&typed.max_output_tokens).unwrap_or(0),
        remembers: typed.remembers,
        tools,
        template: None,
    };
    match spec.parse() {
        Ok(spec) if wrong.is_empty() => Ok(spec),
        Ok(_) => Err(wrong),
        Err(more) => {
            wrong.extend(more);
            Err(wrong)
        }
    }
}

/// Each line that has something on it.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A simple enum by the name it is stored by.
pub fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// What was typed into the form of a check.
#[derive(Debug, Clone, Default)]
pub struct TypedCheck {
    pub question: String,
    pub says: String,
    pub lacks: String,
    pub manner: String,
    pub cites: String,
    pub most: String,
    pub language: String,
}

/// Reads a check: a rule for each line and each choice that asks for one.
pub fn new_check(typed: &TypedCheck) -> Result<NewCheck, Problem> {
    let mut rules: Vec<Rule> = lines(&typed.says).into_iter().map(|text| Rule::Contains { text }).collect();
    rules.extend(lines(&typed.lacks).into_iter().map(|text| Rule::Lacks { text }));
    match typed.manner.as_str() {
        "answers" => rules.push(Rule::Answers),
        "declines" => rules.push(Rule::Declines),
        _ => {}
    }
    match typed.cites.as_str() {
        "" => {}
        "any" => rules.push(Rule::CitesSource { source: None }),
        id => {
            let gone = |_| Problem::field("cites", "The agent no longer knows this. Choose something else.");
            rules.push(Rule::CitesSource { source: Some(id.parse().map_err(gone)?) });
        }
    }
    if !typed.most.trim().is_empty() {
        let most = typed.most.trim().parse().map_err(|_| {
            Problem::field("most", format!("Write a number from 1 to {MOST_CHARS}, or leave it empty."))
        })?;
        rules.push(Rule::AtMostChars { most });
    }
    if !typed.language.is_empty() {
        let language = word::<Language>(&typed.language).unwrap_or(Language::Other);
        rules.push(Rule::InLanguage { language });
    }
    NewCheck::parse(&typed.question, rules).map_err(Problem::invalid)
}

/// An amount of euros that was typed into a field, in cents.
pub fn euros(field: &str, text: &str) -> Result<i64, FieldError> {
    let amount = parse_amount(text.trim(), Currency::Eur);
    amount.map(|money| money.minor).map_err(|error| FieldError::new(field, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_read_line_by_line_and_each_mistake_is_named() {
        let typed = Typed {
            topics: "sync\r\n\r\n  tours ".to_owned(),
            length: "short".to_owned(),
            liveliness: "40".to_owned(),
            max_output_tokens: " 512 ".to_owned(),
            ..Typed::default()
        };
        let spec = draft(typed.clone(), BTreeMap::new()).expect("a draft");
        assert_eq!(
            (spec.topics, spec.liveliness, spec.max_output_tokens),
            (vec!["sync".to_owned(), "tours".to_owned()], Some(40), 512)
        );
        let wrong = Typed {
            length: "huge".to_owned(),
            liveliness: "a lot".to_owned(),
            max_output_tokens: "x".to_owned(),
            ..typed
        };
        let fields: Vec<_> = draft(wrong, BTreeMap::new()).expect_err("wrong").into_iter().map(|it| it.field).collect();
        assert_eq!(fields, ["length", "max_output_tokens", "liveliness"]);
    }

    #[test]
    fn a_check_has_a_rule_for_each_line_and_choice() {
        let typed = TypedCheck {
            question: "How?".to_owned(),
            says: "red button\nten seconds\n".to_owned(),
            lacks: "blue".to_owned(),
            manner: "answers".to_owned(),
            cites: "any".to_owned(),
            most: "500".to_owned(),
            language: "german".to_owned(),
        };
        let check = new_check(&typed).expect("a check");
        assert_eq!(check.rules().len(), 7);
        assert_eq!(check.rules()[1], Rule::Contains { text: "ten seconds".to_owned() });
        assert_eq!(check.rules()[6], Rule::InLanguage { language: Language::German });
        let refused = |typed: TypedCheck, field: &str| {
            let problem = new_check(&typed).expect_err("refused");
            assert!(problem.for_field(field).is_some(), "{problem:?}");
        };
        refused(TypedCheck { question: "How?".to_owned(), ..TypedCheck::default() }, "rules");
        refused(TypedCheck { most: "many".to_owned(), ..typed.clone() }, "most");
        refused(TypedCheck { cites: "x".to_owned(), ..typed.clone() }, "cites");
        refused(TypedCheck { question: " ".to_owned(), ..typed }, "question");
    }

    #[test]
    fn points_and_portraits_are_read() {
        assert_eq!((point("draft"), point("3")), (Ok(Point::Draft), Ok(Point::Version(3))));
        let id = |n: u128| format!("media_{n:032x}");
        assert_eq!(
            portrait(&id(1), &id(2), true).map(|it| it == PortraitChange::Set(id(1).parse().expect("an id"))),
            Ok(true)
        );
        assert_eq!(portrait("", "", true), Ok(PortraitChange::Remove));
        assert!(portrait("made up", "", false).is_err());
    }
}
