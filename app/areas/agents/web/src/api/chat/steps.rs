//! The tools that were used for an answer, in words.

use agents_core::{CallState, CallView, RunState, tool};
use chrono::{DateTime, Utc};
use serde_json::Value;
use web::Moment;

use crate::dto::chat as dto;

/// So many characters of what a tool answered are shown.
const SHOWN: usize = 4_000;
/// So many of what it was given, in the line that says what it does.
const NAMED: usize = 120;

/// A step of an answer whose run is so far.
pub(super) fn step(call: CallView, run: RunState, now: DateTime<Utc>) -> dto::Step {
    let state = state(call.state, run);
    let until = call.decide_until.filter(|_| state == dto::StepState::Asks);
    dto::Step {
        id: call.id,
        words: words(&call, state),
        state,
        given: given(&call.arguments),
        result: call.result.as_deref().map(beginning),
        until: until.map(|until| Moment::describe(until, now)),
    }
}

/// A call that waits when its answer has ended is not waited for any more.
fn state(call: CallState, run: RunState) -> dto::StepState {
    match call {
        CallState::Waiting if run == RunState::Deciding => dto::StepState::Asks,
        CallState::Waiting | CallState::Allowed if run.has_ended() => dto::StepState::Left,
        // One that was allowed begins when nothing more has to be decided.
        CallState::Waiting | CallState::Allowed => dto::StepState::Runs,
        CallState::Refused => dto::StepState::Refused,
        CallState::Done => dto::StepState::Done,
        CallState::Failed => dto::StepState::Failed,
    }
}

fn words(call: &CallView, state: dto::StepState) -> String {
    let Doing { does, did, doing, what } = Doing::of(call);
    let verb = match state {
        dto::StepState::Asks => format!("Wants to {does}"),
        dto::StepState::Left => format!("Wanted to {does}"),
        dto::StepState::Runs => doing,
        dto::StepState::Done => did,
        dto::StepState::Refused => format!("Was not allowed to {does}"),
        dto::StepState::Failed => format!("Could not {does}"),
    };
    if what.is_empty() { verb } else { format!("{verb} {what}") }
}

/// What a tool does: "search Magentic for", "Searched Magentic for", "Is searching Magentic for".
struct Doing {
    does: String,
    did: String,
    doing: String,
    what: String,
}

impl Doing {
    fn of(call: &CallView) -> Self {
        let given = |name: &str| short(call.arguments.get(name).and_then(Value::as_str).unwrap_or_default());
        let doing = |does: &str, did: &str, doing: &str, what: String| Self {
            does: does.to_owned(),
            did: did.to_owned(),
            doing: doing.to_owned(),
            what,
        };
        match call.tool.as_str() {
            tool::SEARCH => {
                let what = format!("\u{201c}{}\u{201d}", given("query"));
                doing("search Magentic for", "Searched Magentic for", "Is searching Magentic for", what)
            }
            tool::READ_PAGE => doing("read", "Read", "Is reading", given("address")),
            tool::DRAFT_POST => doing("draft a post", "Drafted a post", "Is drafting a post", String::new()),
            tool::EXPERT_TIMES => {
                let what = experts(&given("handle"), &given("need"));
                doing("look up free times of", "Looked up free times of", "Is looking up free times of", what)
            }
            tool::CALCULATOR => doing("calculate", "Calculated", "Is calculating", given("expression")),
            other => {
                let what = match other.split_once('/') {
                    Some((server, tool)) => format!("{} of {}", short(tool), short(server)),
                    None => short(other),
                };
                doing("use", "Used", "Is using", what)
            }
        }
    }
}

/// Whose times are looked up: one expert's, or those of whoever fits.
fn experts(handle: &str, need: &str) -> String {
    match (handle.trim_start_matches('@'), need) {
        ("", "") => "experts".to_owned(),
        ("", need) => format!("experts for \u{201c}{need}\u{201d}"),
        (handle, _) => format!("@{handle}"),
    }
}

/// A text on one line, short enough for it.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().take(NAMED).collect();
    if shown.len() < line.len() {
        shown.push('\u{2026}');
    }
    shown
}

/// How a long text begins, and how much of it is not shown.
fn beginning(text: &str) -> String {
    let length = text.chars().count();
    if length <= SHOWN {
        return text.to_owned();
    }
    let shown: String = text.chars().take(SHOWN).collect();
    let rest = ui::grouped(u64::try_from(length - SHOWN).unwrap_or(u64::MAX));
    format!("{shown}\u{2026}\n\n({rest} more characters)")
}

/// What a tool was given: an object as its names and values, anything else as it came.
fn given(arguments: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| beginning(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    match arguments {
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        other => vec![("Arguments".to_owned(), text(other))],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn call(tool: &str, arguments: Value, state: CallState) -> CallView {
        let uuid = Uuid::from_u128(1);
        CallView {
            id: kernel::ToolCallId::from_uuid(uuid),
            run: kernel::RunId::from_uuid(uuid),
            tool: tool.to_owned(),
            arguments,
            state,
            result: None,
            created_at: DateTime::UNIX_EPOCH,
            finished_at: None,
            decide_until: Some(DateTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn a_step_says_what_it_does_and_how_far_it_is() {
        let step_of = |call, run| step(call, run, DateTime::UNIX_EPOCH);
        let search = || call(tool::SEARCH, json!({"query": "tea  pots"}), CallState::Waiting);
        let asks = step_of(search(), RunState::Deciding);
        assert_eq!(
            (asks.state, asks.words.as_str()),
            (dto::StepState::Asks, "Wants to search Magentic for “tea pots”")
        );
        assert!(asks.until.is_some() && asks.given == [("query".to_owned(), "tea  pots".to_owned())]);
        let left = step_of(search(), RunState::Failed);
        assert!(left.state == dto::StepState::Left && left.until.is_none());
        let used = step_of(call("clock/now", json!({}), CallState::Done), RunState::Done);
        assert_eq!(used.words, "Used now of clock");
        let sum = step_of(call(tool::CALCULATOR, json!("1 +"), CallState::Failed), RunState::Running);
        assert_eq!((sum.words.as_str(), sum.given.len()), ("Could not calculate", 1));
        let page = step_of(
            call(tool::READ_PAGE, json!({"address": "https://example.org/"}), CallState::Allowed),
            RunState::Running,
        );
        assert_eq!(page.words, "Is reading https://example.org/");
        let times = |arguments| step_of(call(tool::EXPERT_TIMES, arguments, CallState::Done), RunState::Done).words;
        assert_eq!(times(json!({"handle": "@vera", "need": "tax"})), "Looked up free times of @vera");
        assert_eq!(times(json!({"need": "tax"})), "Looked up free times of experts for “tax”");
        assert_eq!(times(json!({})), "Looked up free times of experts");
    }

    #[test]
    fn long_results_are_shown_in_part() {
        assert_eq!(beginning("short"), "short");
        assert!(beginning(&"x".repeat(5_000)).ends_with("(1,000 more characters)"));
    }
}
