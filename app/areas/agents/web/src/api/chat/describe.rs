//! The model, described for the wire.

use std::collections::HashMap;

use agents_core::{
    AgentState, CallView, Caps, Error, Face, MemoryView, Rating, RunView,
    budget::{MICROS, Span, Spent},
    service,
    terms::Standing,
};
use futures::try_join;
use identity_core::{AccountKind, AccountSummary};
use kernel::{AccountId, Actor, ConversationId, MessageId, Page, RunId};
use platform::{Cx, markdown};
use social_core::{Attachment, AttachmentFile, AttachmentKind, ConversationEntry, service as social};
use ui::AvatarSize;
use web::{Failure, Moment, server::Server};

use super::steps;
use crate::{api::answerer, dto::chat as dto, routes};

/// The model of the built-in answer engine, and what people read of it.
const BUILT_IN: (&str, &str) = ("offline/engine", "the built-in answer engine");

/// Somebody who takes part.
fn party(account: &AccountSummary) -> dto::Party {
    dto::Party {
        handle: account.handle.to_string(),
        name: account.name.to_string(),
        portrait: account.portrait.as_ref().map(|kept| web::server::portrait(kept, AvatarSize::Medium)),
        is_agent: account.kind == AccountKind::Agent,
    }
}

/// An agent that somebody talks with.
fn agent(face: Face, standing: Standing, sees_pictures: bool) -> dto::Agent {
    let dto::Party { handle, name, portrait, .. } = party(&face.account);
    let silent = match face.state {
        _ if face.answers => None,
        AgentState::Published | AgentState::Draft | AgentState::Paused => Some(format!(
            "{name} rests at the moment, because its owner paused it. What was said stays here, and what you type is kept."
        )),
        AgentState::Retired => {
            Some(format!("{name} is retired and answers nobody any more. What was said stays here."))
        }
    };
    dto::Agent {
        id: face.account.id,
        handle,
        name,
        portrait,
        owner: face.account.owner_handle.map(String::from),
        silent,
        greeting_html: markdown::render(&face.greeting),
        suggestions: face.suggestions,
        remembers: face.remembers,
        sees_pictures,
        note: standing.note,
        refusal: standing.problem,
        to_agree: standing.to_agree.map(|price| (price.minor, ui::amount(price))),
    }
}

/// An agent, with how the actor stands to it; a draft costs its owner nothing.
pub async fn agent_of(server: &Server, cx: &Cx<Actor>, face: Face, preview: bool) -> Result<dto::Agent, Failure> {
    let standing = if preview {
        Standing::default()
    } else {
        answerer()?.terms().standing(server.database.pool(), cx, face.account.id).await.map_err(Failure::from)?
    };
    let sees_pictures = answerer()?.sees_pictures(&face.model);
    Ok(agent(face, standing, sees_pictures))
}

/// A page of conversations.
pub async fn chats(server: &Server, page: Page<ConversationEntry>) -> Result<dto::Chats, Failure> {
    let others: Vec<AccountId> = page.items.iter().filter_map(|entry| entry.others.first().copied()).collect();
    let accounts = identity_core::service::summaries(server.database.pool(), &others).await.map_err(Failure::from)?;
    let now = server.world.now();
    let chats = page.items.into_iter().map(|entry| dto::ChatEntry {
        id: entry.id,
        with: entry.others.first().and_then(|other| accounts.get(other)).map(party),
        title: titled(entry.title),
        last: one_line(&entry.last),
        at: Moment::describe(entry.active_at, now),
    });
    Ok(dto::Chats { chats: chats.collect(), next: page.next.map(|next| next.to_string()) })
}

fn titled(title: String) -> String {
    if title.is_empty() { "Untitled".to_owned() } else { title }
}

/// A text on one line, without the marks of Markdown that would only be in the way there.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !matches!(c, '*' | '#' | '`' | '>' | '|')).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A conversation of the actor's.
pub async fn chat(
    server: &Server,
    cx: &Cx<Actor>,
    id: ConversationId,
    until: Option<MessageId>,
) -> Result<dto::Chat, Failure> {
    let pool = server.database.pool();
    // Whoever waits for an answer waits for this first: what does not need each other is read at once.
    let (conversation, branch) =
        try_join!(async { social::conversation(pool, cx, id).await.map_err(Failure::from) }, async {
            social::branch(pool, cx, id, until).await.map_err(Failure::from)
        },)?;
    let answers: Vec<MessageId> = branch.messages.iter().map(|message| message.id).collect();
    let me = cx.actor.account;
    let other = conversation.members.iter().find(|member| member.kind == AccountKind::Agent && member.id != me);
    let other = other.map(|other| other.id);
    let ((runs, calls, agent), attachments, ratings, remembering, trains) = try_join!(
        answering(server, cx, other, &answers),
        async { social::attachments(pool, cx, &answers).await.map_err(Failure::from) },
        async { service::ratings_of(pool, cx, &answers).await.map_err(Failure::from) },
        async { service::remembering(pool, cx).await.map_err(Failure::from) },
        async { service::may_train(pool, cx, Some(id)).await.map_err(Failure::from) },
    )?;
    let preview = is_preview(&runs);
    let mut describing = Describing {
        me,
        names: conversation.members.iter().map(|member| (member.id, member.name.to_string())).collect(),
        runs: runs.into_iter().filter_map(|run| Some((run.message?, run))).collect(),
        calls: by_run(calls),
        attachments: by_message(attachments),
        ratings: ratings.into_iter().map(|rating| (rating.message, rating)).collect(),
        now: server.world.now(),
    };
    Ok(dto::Chat {
        id: Some(id),
        title: titled(conversation.title),
        preview,
        agent,
        is_mine: conversation.creator == me,
        messages: branch.messages.into_iter().map(|message| describing.message(message)).collect(),
        before: branch.before,
        memories: remembering.into_iter().find(|(agent, _)| Some(*agent) == other).map_or(0, |(_, count)| count),
        trains,
        submission: server.submission_key(),
    })
}

/// Who gave these answers, by which steps, and the agent that can be asked on, if it is still there.
async fn answering(
    server: &Server,
    cx: &Cx<Actor>,
    agent: Option<AccountId>,
    answers: &[MessageId],
) -> Result<(Vec<RunView>, Vec<CallView>, Option<dto::Agent>), Failure> {
    let pool = server.database.pool();
    let runs = service::runs_of(pool, cx, answers).await.map_err(Failure::from)?;
    let ids: Vec<RunId> = runs.iter().map(|run| run.id).collect();
    let preview = is_preview(&runs);
    let (calls, agent) =
        try_join!(async { service::tool_calls(pool, cx, &ids).await.map_err(Failure::from) }, async {
            let Some(agent) = agent else { return Ok(None) };
            match service::face(pool, cx, agent, preview).await {
                Ok(face) => agent_of(server, cx, face, preview).await.map(Some),
                Err(Error::NoSuchAgent) => Ok(None),
                Err(error) => Err(Failure::from(error)),
            }
        },)?;
    Ok((runs, calls, agent))
}

/// Whether somebody tries a draft of theirs.
fn is_preview(runs: &[RunView]) -> bool {
    runs.iter().any(|run| run.version.is_none())
}

fn by_run(calls: Vec<CallView>) -> HashMap<RunId, Vec<CallView>> {
    let mut by_run: HashMap<RunId, Vec<CallView>> = HashMap::new();
    for call in calls {
        by_run.entry(call.run).or_default().push(call);
    }
    by_run
}

fn by_message(attachments: Vec<Attachment>) -> HashMap<MessageId, Vec<dto::Attachment>> {
    let mut by_message: HashMap<MessageId, Vec<dto::Attachment>> = HashMap::new();
    for it in attachments {
        let Some(message) = it.message else { continue };
        by_message.entry(message).or_default().push(attachment(it));
    }
    by_message
}

fn attachment(it: Attachment) -> dto::Attachment {
    let (file, picture) = match it.kind {
        AttachmentKind::Picture { width, height, alt } => {
            let src = AttachmentFile::Small.path(it.id);
            (AttachmentFile::Large, Some(dto::Thumbnail { src, alt, width, height }))
        }
        AttachmentKind::File { .. } => (AttachmentFile::Whole, None),
    };
    dto::Attachment { id: it.id, name: it.name, size: ui::file_size(it.bytes), href: file.path(it.id), picture }
}

/// What is needed to describe messages.
struct Describing {
    me: AccountId,
    names: HashMap<AccountId, String>,
    runs: HashMap<MessageId, RunView>,
    calls: HashMap<RunId, Vec<CallView>>,
    attachments: HashMap<MessageId, Vec<dto::Attachment>>,
    ratings: HashMap<MessageId, Rating>,
    now: chrono::DateTime<chrono::Utc>,
}

impl Describing {
    fn message(&mut self, message: social_core::Message) -> dto::Message {
        let run = self.runs.remove(&message.id);
        let rating = self.ratings.remove(&message.id);
        let calls = run.as_ref().and_then(|run| self.calls.remove(&run.id)).unwrap_or_default();
        let cited: Vec<u32> = run.iter().flat_map(|run| &run.citations).map(|citation| citation.number).collect();
        dto::Message {
            id: message.id,
            parent: message.parent,
            mine: message.author == self.me,
            author: self.names.get(&message.author).cloned().unwrap_or_else(|| "Somebody".to_owned()),
            html: ui::with_citations(&message.body_html, &message.id.to_string(), &cited),
            body: message.body,
            state: message.state,
            at: Moment::describe(message.created_at, self.now),
            branch: branch(message.id, &message.siblings),
            attachments: self.attachments.remove(&message.id).unwrap_or_default(),
            answer: run.map(|run| {
                let steps = calls.into_iter().map(|call| steps::step(call, run.state, self.now)).collect();
                answer(run, steps, rating)
            }),
        }
    }
}

fn branch(id: MessageId, siblings: &[MessageId]) -> Option<dto::Branch> {
    let place = siblings.iter().position(|it| *it == id).filter(|_| siblings.len() > 1)?;
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Some(dto::Branch {
        place: number(place + 1),
        count: number(siblings.len()),
        previous: place.checked_sub(1).and_then(|it| siblings.get(it)).copied(),
        next: siblings.get(place + 1).copied(),
    })
}

fn answer(run: RunView, steps: Vec<dto::Step>, rating: Option<Rating>) -> dto::Answer {
    let facts = facts(&run);
    let (judgement, note) = rating.map_or((None, String::new()), |rating| (Some(rating.judgement), rating.note));
    let citations = run.citations.into_iter().map(|citation| dto::Citation {
        number: citation.number,
        title: [citation.title, citation.locator]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        text: citation.text,
    });
    dto::Answer {
        run: run.id,
        state: run.state,
        problem: run.problem.map(|problem| problem.words().to_owned()),
        facts,
        steps,
        citations: citations.collect(),
        judgement,
        note,
    }
}

/// Who wrote it, what was read and written, and what that cost.
fn facts(run: &RunView) -> Vec<String> {
    let Some(model) = &run.model else { return Vec::new() };
    let by = if model == BUILT_IN.0 { BUILT_IN.1 } else { model };
    let tokens = |count: i64| ui::grouped(u64::try_from(count).unwrap_or(0));
    let cost = match run.cost_micro {
        0 => "It cost nothing to run.".to_owned(),
        micro => format!("It cost {} to run.", euros(micro)),
    };
    vec![
        format!("Written by {by}."),
        format!("{} tokens read, {} written.", tokens(run.input_tokens), tokens(run.output_tokens)),
        cost,
    ]
}

/// Millionths of a cent as euros, to the hundredth of a cent.
fn euros(micro: i64) -> String {
    let parts = micro.saturating_add(5_000) / (MICROS / 100);
    let mut text = format!("{}.{:04}", parts / 10_000, parts % 10_000);
    while text.ends_with('0') && text.len() - text.find('.').unwrap_or(0) > 3 {
        text.pop();
    }
    format!("{text} EUR")
}

/// What agents remember of somebody.
pub async fn memories(
    server: &Server,
    cx: &Cx<Actor>,
    of: Option<AccountSummary>,
    page: Page<MemoryView>,
) -> Result<dto::Memories, Failure> {
    let (pool, now) = (server.database.pool(), server.world.now());
    let remembering = service::remembering(pool, cx).await.map_err(Failure::from)?;
    let ids: Vec<AccountId> = remembering.iter().map(|(agent, _)| *agent).collect();
    let accounts = identity_core::service::summaries(pool, &ids).await.map_err(Failure::from)?;
    let trains = service::may_train(pool, cx, None).await.map_err(Failure::from)?;
    let memory = |memory: MemoryView| dto::Memory {
        id: memory.id,
        agent: accounts.get(&memory.agent).map(|it| it.name.to_string()).unwrap_or_default(),
        source: memory.conversation.zip(memory.message).map(|(chat, message)| routes::message(chat, message)),
        body: memory.body,
        at: Moment::describe(memory.created_at, now),
        edited: memory.edited_at.map(|at| Moment::describe(at, now)),
        until: memory.expires_at.map(|at| at.format("%-d %B %Y").to_string()),
    };
    Ok(dto::Memories {
        agents: remembering.iter().filter_map(|(agent, count)| Some((party(accounts.get(agent)?), *count))).collect(),
        of: of.as_ref().map(party),
        memories: page.items.into_iter().map(memory).collect(),
        next: page.next.map(|next| next.to_string()),
        trains,
    })
}

/// What somebody spends by use.
pub fn spending(spent: &[Spent], caps: Option<Caps>) -> dto::Spending {
    let spans = [(Span::Day, "Today"), (Span::Month, "This month")].map(|(span, name)| {
        let of = spent.iter().find(|it| it.span == span);
        let (spent, reserved) = of.map_or((0, 0), |it| (it.spent, it.reserved));
        dto::SpendingOf {
            span: name.to_owned(),
            spent: euros(spent),
            reserved: euros(reserved),
            left: caps.map(|caps| euros(caps.micros(span).saturating_sub(spent + reserved).max(0))),
        }
    });
    dto::Spending {
        spans: spans.into(),
        daily: caps.map(|caps| caps.daily.to_decimal()),
        monthly: caps.map(|caps| caps.monthly.to_decimal()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_written_for_people() {
        assert_eq!(
            [300_000, 1, 5_000, 100_000_000, 123_456_789].map(euros),
            ["0.003 EUR", "0.00 EUR", "0.0001 EUR", "1.00 EUR", "1.2346 EUR"]
        );
    }

    #[test]
    fn what_was_said_last_stands_on_one_line() {
        assert_eq!(one_line("## Reset\n\n- **Hold** `A`\n> now"), "Reset - Hold A now");
    }
}
