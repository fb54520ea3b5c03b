//! The model, described for the wire.

use agents_core::{
    AgentEntry, Check, CheckRun, CheckRunState, McpServer, OwnAgent, Rule, Source, ToolChoice, ToolGroup, ToolSource,
    VersionEntry,
    budget::{MICROS, Span, Spent},
    mcp::MAX_SERVERS,
    tool::Effect,
};
use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use ui::AvatarSize;
use web::Moment;

use crate::dto::builder::{
    self as dto, AgentLine, CheckLine, CheckRunView, Hurdle, ServerLine, SourceLine, ToolLine, VersionLine,
};

/// An agent in the list.
pub fn agent(entry: AgentEntry, size: AvatarSize, now: DateTime<Utc>) -> AgentLine {
    let AgentEntry { account, state, version, changed, updated_at } = entry;
    let AccountSummary { id, handle, name, portrait, .. } = account;
    AgentLine {
        id,
        name: name.into(),
        handle: handle.into(),
        portrait: portrait.map(|kept| web::server::portrait(&kept, size)),
        state,
        version,
        changed,
        saved: Moment::describe(updated_at, now),
    }
}

/// The same of one that is being built.
pub fn own(agent: &OwnAgent, size: AvatarSize, now: DateTime<Utc>) -> AgentLine {
    let OwnAgent { account, state, version, changed, updated_at, .. } = agent.clone();
    self::agent(AgentEntry { account, state, version, changed, updated_at }, size, now)
}

/// Something an agent knows.
pub fn source(source: Source, now: DateTime<Utc>) -> SourceLine {
    SourceLine {
        id: source.id,
        kind: source.kind,
        title: source.title,
        address: source.address,
        size: size(source.bytes),
        state: source.state,
        problem: source.problem,
        passages: source.passages,
        language: source.language.map(|language| language.name().to_owned()),
        at: Moment::describe(source.read_at.unwrap_or(source.created_at), now),
    }
}

/// How large something is, in words.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// What must be true of an answer, in words. `title` names a source.
pub fn rule(rule: &Rule, title: impl Fn(kernel::SourceId) -> Option<String>) -> String {
    match rule {
        Rule::Contains { text } => format!("Says “{text}”"),
        Rule::Lacks { text } => format!("Doesn't say “{text}”"),
        Rule::CitesSource { source: None } => "Cites what it knows".to_owned(),
        Rule::CitesSource { source: Some(source) } => match title(*source) {
            Some(title) => format!("Cites “{title}”"),
            None => "Cites something that was removed".to_owned(),
        },
        Rule::Declines => "Says that it doesn't know".to_owned(),
        Rule::Answers => "Answers".to_owned(),
        Rule::AtMostChars { most } => format!("Has at most {most} characters"),
        Rule::InLanguage { language } => format!("Is in {}", language.name()),
    }
}

/// A check, with how it went in the newest run, if it was in it as it is now.
pub fn check(check: Check, run: Option<&CheckRun>, title: impl Fn(kernel::SourceId) -> Option<String>) -> CheckLine {
    let result =
        run.and_then(|run| run.results.iter().find(|it| it.check == check.id && it.question == check.question));
    CheckLine {
        result: result.cloned(),
        id: check.id,
        rules: check.rules.iter().map(|it| rule(it, &title)).collect(),
        question: check.question,
    }
}

/// A run of checks.
pub fn run(run: &CheckRun, now: DateTime<Utc>) -> CheckRunView {
    let count = |which: &dyn Fn(Option<bool>) -> bool| {
        u32::try_from(run.results.iter().filter(|it| which(it.passed)).count()).unwrap_or(u32::MAX)
    };
    CheckRunView {
        state: run.state,
        current: run.current,
        all: count(&|_| true),
        asked: count(&|passed| passed.is_some()),
        passed: count(&|passed| passed == Some(true)),
        begun: Moment::describe(run.created_at, now),
    }
}

/// What stands in the way of publishing.
pub fn hurdle(has_checks: bool, run: Option<&CheckRun>) -> Option<Hurdle> {
    match run {
        _ if !has_checks => Some(Hurdle::NoChecks),
        Some(run) if run.current => match run.state {
            CheckRunState::Passed => None,
            CheckRunState::Running => Some(Hurdle::Running),
            CheckRunState::Failed => Some(Hurdle::Failed),
        },
        _ => Some(Hurdle::NotRun),
    }
}

/// A version.
pub fn version(version: VersionEntry, now: DateTime<Utc>) -> VersionLine {
    VersionLine {
        number: version.number,
        note: version.note,
        restored_from: version.restored_from,
        at: Moment::describe(version.published_at, now),
        answers: version.answers,
    }
}

/// Tools that come from the same place.
pub fn tools(group: ToolGroup) -> dto::ToolGroup {
    let asks = group.tools.iter().any(|tool| tool.asks);
    let (title, note, problem) = match group.from {
        ToolSource::BuiltIn => (
            "What it may do".to_owned(),
            "Allow lets it decide by itself. Ask means that whoever it works for says yes each time. What publishes or spends never happens without somebody's yes.",
            None,
        ),
        ToolSource::Server { name, problem } => (
            format!("From the server {name}"),
            if asks {
                "You connected this server, so its tools ask each time. What they say of themselves is written by whoever runs it."
            } else {
                "The operator of this site offers these. What they say of themselves is written by whoever runs the server."
            },
            problem,
        ),
        ToolSource::Gone => (
            "Not there any more".to_owned(),
            "The agent goes on without these.",
            Some(
                "The server was removed, or offers these no longer. Switch them off, or add the server again."
                    .to_owned(),
            ),
        ),
    };
    dto::ToolGroup { title, note: note.to_owned(), problem, tools: group.tools.into_iter().map(tool).collect() }
}

fn tool(choice: ToolChoice) -> ToolLine {
    let ToolChoice { name, label, summary, effect, mode, asks } = choice;
    ToolLine { name, label, summary, effect: effect.and_then(self::effect), asks, mode }
}

/// Somebody's servers of tools.
pub fn servers(servers: Vec<McpServer>, now: DateTime<Utc>) -> dto::Servers {
    let is_full = servers.iter().filter(|it| !it.operators).count() >= MAX_SERVERS;
    dto::Servers { servers: servers.into_iter().map(|it| server(it, now)).collect(), is_full }
}

fn server(server: McpServer, now: DateTime<Utc>) -> ServerLine {
    let moment = |at: Option<DateTime<Utc>>| at.map(|at| Moment::describe(at, now));
    ServerLine {
        id: server.id,
        name: server.name,
        // Where the operator's own are is nobody's business.
        address: if server.operators { String::new() } else { server.address },
        header: server.header,
        operators: server.operators,
        tools: server.tools.into_iter().map(|tool| (tool.name, tool.description)).collect(),
        problem: server.problem,
        answered: moment(server.contacted_at),
        asked: moment(server.checked_at),
    }
}

/// What a tool does to the world, in a word, when that is more than reading.
fn effect(effect: Effect) -> Option<String> {
    match effect {
        Effect::Reads => None,
        Effect::Publishes => Some("Publishes".to_owned()),
        Effect::Spends => Some("Spends".to_owned()),
    }
}

/// What was spent in a span, in minor units; one that was begun counts whole.
pub fn spent(all: &[Spent], span: Span) -> i64 {
    let micros: i64 = all.iter().filter(|it| it.span == span).map(|it| it.spent).sum();
    micros / MICROS + i64::from(micros % MICROS != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_sums_are_said_in_few_words() {
        assert_eq!([size(12), size(12_345), size(1_250_000)], ["12 bytes", "12 kB", "1.2 MB"]);
        let of = |spent| Spent { span: Span::Day, spent, reserved: 0 };
        assert_eq!(
            (spent(&[of(1)], Span::Day), spent(&[of(2_000_000)], Span::Day), spent(&[of(1)], Span::Month)),
            (1, 2, 0)
        );
    }

    #[test]
    fn what_stands_in_the_way_is_told_apart() {
        let run = |state, current| CheckRun {
            id: kernel::CheckRunId::from_uuid(uuid::Uuid::nil()),
            state,
            results: Vec::new(),
            current,
            created_at: DateTime::UNIX_EPOCH,
            finished_at: None,
        };
        assert_eq!(hurdle(false, None), Some(Hurdle::NoChecks));
        assert_eq!(hurdle(true, None), Some(Hurdle::NotRun));
        assert_eq!(hurdle(true, Some(&run(CheckRunState::Passed, false))), Some(Hurdle::NotRun));
        assert_eq!(hurdle(true, Some(&run(CheckRunState::Failed, true))), Some(Hurdle::Failed));
        assert_eq!(hurdle(true, Some(&run(CheckRunState::Passed, true))), None);
    }
}
