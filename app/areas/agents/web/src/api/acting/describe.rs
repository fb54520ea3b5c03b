//! The model, described for the wire.

use agents_core::{
    AgentEntry, AgentState, Error,
    acting::{Act, ActState, Acting, Schedule},
    budget::MICROS,
    clock::Zone,
    command::WEEKDAYS,
    figures::{Figures, RunLine, RunRecord, Span},
    review::{Proposal, ReviewItem, WaitsFor},
};
use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, Money, Page, PostId};
use platform::{Database, markdown};
use ui::AvatarSize;
use web::{Failure, Moment};

use super::zones::ZONES;
use crate::{dto::acting as dto, routes::acting as routes};

fn head(account: AccountSummary) -> dto::AgentHead {
    dto::AgentHead {
        id: account.id.to_string(),
        name: account.name.into(),
        handle: account.handle.into(),
        portrait: account.portrait.map(|kept| web::server::portrait(&kept, AvatarSize::Medium)),
    }
}

fn post(id: PostId) -> String {
    social_web::routes::post(id)
}

/// A page of the inbox.
pub async fn inbox(
    database: &Database,
    page: Page<ReviewItem>,
    mine: Page<AgentEntry>,
    now: DateTime<Utc>,
) -> Result<dto::Inbox, Failure> {
    let mut items = Vec::with_capacity(page.items.len());
    for item in page.items {
        let answers = answered(database, &item.proposal).await?;
        items.push(line(&item, answers.as_ref(), now));
    }
    Ok(dto::Inbox {
        items,
        next: page.next.map(|cursor| cursor.to_string()),
        agents: mine.items.into_iter().map(|entry| head(entry.account)).collect(),
    })
}

fn line(item: &ReviewItem, answers: Option<&dto::Answered>, now: DateTime<Utc>) -> dto::ReviewLine {
    let title = match (&item.proposal, answers) {
        (Proposal::Post { .. }, _) => "Wants to post".to_owned(),
        (Proposal::Comment { .. }, Some(answered)) => format!("Wants to answer @{}", answered.handle),
        (Proposal::Comment { .. }, None) => "Wants to answer something that was deleted".to_owned(),
        (Proposal::Other { payload, .. }, _) => {
            payload.get("title").and_then(|it| it.as_str()).unwrap_or("Wants something decided").to_owned()
        }
    };
    let words = item.edited.as_ref().unwrap_or(&item.proposal).body();
    dto::ReviewLine {
        id: item.id,
        agent: head(item.agent.clone()),
        title,
        html: markdown::render(words),
        waits_for: waits_for(item.waits_for).to_owned(),
        confidence: item.confidence,
        state: item.state,
        at: Moment::describe(item.created_at, now),
        until: Moment::describe(item.expires_at, now).full,
        result: item.result.map(post),
    }
}

const fn waits_for(reason: WaitsFor) -> &'static str {
    match reason {
        WaitsFor::Everything => "You look at everything that it writes.",
        WaitsFor::Unsure => "It is less sure than you want it to be.",
        WaitsFor::NotEarned => "Too few of its drafts in a row were approved as they were.",
        WaitsFor::Asked => "Somebody asked it for a draft.",
    }
}

async fn answered(database: &Database, proposal: &Proposal) -> Result<Option<dto::Answered>, Failure> {
    let Proposal::Comment { parent, .. } = proposal else { return Ok(None) };
    let found = social_core::service::written(database.pool(), *parent)
        .await
        .map_err(|error| Failure::from(Error::Social(error)))?;
    Ok(found.map(|it| dto::Answered { handle: it.handle.into(), html: it.body_html, href: post(it.post) }))
}

/// An item with all there is to know.
pub async fn review(database: &Database, item: ReviewItem, now: DateTime<Utc>) -> Result<dto::ReviewFull, Failure> {
    let answers = answered(database, &item.proposal).await?;
    Ok(dto::ReviewFull {
        line: line(&item, answers.as_ref(), now),
        body: item.edited.as_ref().unwrap_or(&item.proposal).body().to_owned(),
        changes: item.changes(),
        decided: item.decided_at.map(|at| Moment::describe(at, now)),
        run: item.run.map(|run| routes::run(item.agent.id, run)),
        is_text: !matches!(item.proposal, Proposal::Other { .. }),
        note: item.note,
        answers,
    })
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// What an agent may do by itself.
pub fn acting(
    agent: AccountId,
    state: AgentState,
    acting: Acting,
    schedules: Vec<Schedule>,
    today: u8,
    acts: Vec<Act>,
    now: DateTime<Utc>,
) -> dto::ActingPage {
    let all_day = acting.hours.from == acting.hours.until;
    let time = |minute| if all_day { String::new() } else { clock(minute) };
    let mut zones: Vec<(String, String)> =
        ZONES.iter().map(|name| ((*name).to_owned(), name.replace('_', " "))).collect();
    if !ZONES.contains(&acting.zone.as_str()) {
        zones.push((acting.zone.clone(), acting.zone.replace('_', " ")));
    }
    let zone = Zone::named(&acting.zone);
    dto::ActingPage {
        from: time(acting.hours.from),
        until: time(acting.hours.until),
        zones,
        schedules: schedules.into_iter().map(|it| schedule(it, zone.as_ref())).collect(),
        today,
        acts: acts.iter().map(|act| act_line(agent, act, now)).collect(),
        state,
        acting,
    }
}

fn schedule(it: Schedule, zone: Option<&Zone>) -> dto::ScheduleLine {
    const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let chosen: Vec<usize> = (0..7).filter(|at| it.weekdays & (1 << at) != 0).collect();
    let days = match chosen.as_slice() {
        [0, 1, 2, 3, 4, 5, 6] => "Every day".to_owned(),
        [0, 1, 2, 3, 4] => "Monday to Friday".to_owned(),
        [5, 6] => "Saturday and Sunday".to_owned(),
        some => some.iter().map(|at| NAMES[*at]).collect::<Vec<_>>().join(", "),
    };
    dto::ScheduleLine {
        id: it.id,
        instructions: it.instructions,
        times: it.times.iter().map(|minute| clock(*minute)).collect::<Vec<_>>().join(", "),
        weekdays: chosen.iter().map(|at| WEEKDAYS[*at].to_owned()).collect(),
        days,
        catch_up: it.catch_up,
        active: it.active,
        next: it.next.iter().filter_map(|at| Some(zone?.written(*at))).collect(),
    }
}

fn act_line(agent: AccountId, act: &Act, now: DateTime<Utc>) -> dto::ActLine {
    let words = match (act.state, act.left) {
        (ActState::Waiting, _) => "Its time has not come.",
        (ActState::Working, _) => "It is writing.",
        (ActState::Proposed, _) => "The draft waits for you.",
        (ActState::Published, _) => "Published.",
        (ActState::Left, left) => left.map_or("Nothing came of it.", agents_core::acting::Left::words),
    };
    let href = match (act.state, act.post, act.run, act.mention) {
        (ActState::Proposed, ..) => Some(routes::INBOX.to_owned()),
        (_, Some(published), ..) => Some(post(published)),
        (_, _, Some(run), _) => Some(routes::run(agent, run)),
        (_, _, _, Some(mention)) => Some(post(mention)),
        _ => None,
    };
    dto::ActLine {
        what: if act.mention.is_some() { "Mention" } else { "Schedule" }.to_owned(),
        at: Moment::describe(act.due_at, now),
        state: act.state,
        words: words.to_owned(),
        href,
    }
}

/// Millionths of a cent as euros, with as many decimals as say something.
pub fn euros(micro: i64) -> String {
    let hundredths = micro.unsigned_abs() / 10_000;
    match (micro, hundredths) {
        (0, _) => "0.00 EUR".to_owned(),
        (_, 0) => "under 0.0001 EUR".to_owned(),
        (_, 1..10_000) => format!("0.{hundredths:04} EUR"),
        _ => {
            let cents = (micro.unsigned_abs() + 500_000) / 1_000_000;
            format!("{}.{:02} EUR", ui::grouped(cents / 100), cents % 100)
        }
    }
}

/// What agents cost and bring.
pub fn dashboard(figures: Vec<Figures>) -> dto::Dashboard {
    let days =
        figures.first().map(|first| first.days.iter().map(|(day, _)| day.format("%-d %b").to_string()).collect());
    dto::Dashboard { days: days.unwrap_or_default(), agents: figures.into_iter().map(agent_figures).collect() }
}

fn agent_figures(it: Figures) -> dto::AgentFigures {
    let revenue = match it.revenue.as_slice() {
        [] => "0.00 EUR".to_owned(),
        some => some.iter().map(|money| ui::amount(*money)).collect::<Vec<_>>().join(", "),
    };
    let drafts = it.drafts;
    dto::AgentFigures {
        agent: head(it.account),
        state: it.state,
        today: span(it.today, it.caps.daily),
        month: span(it.month, it.caps.monthly),
        costs: it.days.iter().map(|(_, micro)| micro.unsigned_abs()).collect(),
        cost_words: it.days.iter().map(|(_, micro)| euros(*micro)).collect(),
        revenue,
        waiting: drafts.waiting,
        decided: [drafts.approved, drafts.edited, drafts.rejected, drafts.taken_over],
        rated: it.rated,
    }
}

fn span(it: Span, cap: Money) -> dto::SpanFigures {
    let cap_micro = cap.minor.saturating_mul(MICROS);
    let used = it.spent.saturating_add(it.reserved);
    let left = cap_micro.saturating_sub(used).max(0);
    dto::SpanFigures {
        runs: it.runs,
        tokens: it.tokens.unsigned_abs(),
        spent: euros(it.spent),
        used: (used.unsigned_abs(), cap_micro.unsigned_abs()),
        cap: format!("{} of {}, {} left", euros(used), ui::amount(cap), euros(left)),
    }
}

/// A page of runs.
pub fn runs(page: Page<RunLine>, now: DateTime<Utc>) -> dto::Runs {
    let next = page.next.map(|cursor| cursor.to_string());
    dto::Runs { runs: page.items.into_iter().map(|it| run_line(it, now)).collect(), next }
}

fn run_line(it: RunLine, now: DateTime<Utc>) -> dto::RunLine {
    let seconds = |millis: i64| format!("{}.{} s", millis / 1_000, millis % 1_000 / 100);
    dto::RunLine {
        id: it.id,
        purpose: it.purpose,
        state: it.state,
        problem: it.problem.map(|problem| problem.words().to_owned()),
        model: it.model,
        version: it.version,
        tokens: (it.input_tokens.unsigned_abs(), it.output_tokens.unsigned_abs()),
        cost: euros(it.cost_micro),
        at: Moment::describe(it.created_at, now),
        times: (it.first_word.map(seconds), it.took.map(seconds)),
    }
}

/// A run with what was said.
pub fn run(record: RunRecord, now: DateTime<Utc>) -> dto::RunFull {
    // What it was told to post about is an owner's text and no Markdown, but reads the same.
    let html = |text: String| markdown::render(&text);
    let words = record.words.map(|words| dto::RunWords {
        question: words.question.map(html),
        answer: words.answer.map(html),
        citations: words
            .citations
            .into_iter()
            .map(|it| {
                let place = if it.locator.is_empty() { String::new() } else { format!(", {}", it.locator) };
                (it.number, format!("{}{place}", it.title), it.text)
            })
            .collect(),
        tools: words.tools.into_iter().map(|it| (it.tool, it.state, it.arguments, it.result)).collect(),
    });
    dto::RunFull { line: run_line(record.line, now), words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_have_the_decimals_that_say_something() {
        let shown = [0, 9_999, 10_000, 5_320_000, 99_999_999, 100_000_000, 123_456_789_000].map(euros);
        let expected =
            ["0.00 EUR", "under 0.0001 EUR", "0.0001 EUR", "0.0532 EUR", "0.9999 EUR", "1.00 EUR", "1,234.57 EUR"];
        assert_eq!(shown, expected);
    }
}
