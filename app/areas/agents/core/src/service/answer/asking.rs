//! What a model is asked: who answers, what it remembers and knows, and the conversation so far.

use std::collections::HashMap;

use futures::try_join;
use kernel::{AccountId, MessageId, PageSize};
use platform::models::{Cost, Memory, Part, Passage, Persona, Prompt, Turn, prompt::most_tokens};
use social_core::service as social;

use super::{Desk, Task};
use crate::{
    Error, Found, RunProblem, Spec,
    service::{embed::unit, retrieve, tools::Offer},
    store::{memories, passages, runs},
};

/// How many passages a model is given.
const PASSAGES: usize = 8;
/// How many memories a model is given.
const MEMORIES: u8 = 50;
/// So much of a question is turned into a vector, in characters.
const EMBEDDED: usize = 2_000;
/// How many characters of the conversation a model is given.
const HISTORY: usize = 60_000;

/// What a model is asked, and what is needed of it afterwards.
pub(in crate::service) struct Asking {
    pub(super) prompt: Prompt,
    pub(super) found: Vec<Found>,
    pub(super) question: String,
    pub(super) remembers: bool,
    /// Whose agent it is.
    pub(in crate::service) owner: AccountId,
    /// The tools that it may use.
    pub(in crate::service) offer: Offer,
    /// What was spent in gathering it.
    pub(super) spent: Cost,
    /// Why it can't be asked at all.
    pub(super) refused: Option<RunProblem>,
}

/// A question as a model sees it that makes embeddings.
#[derive(Default)]
struct Seen {
    by: Option<(String, Vec<f32>)>,
    spent: Cost,
    refused: Option<RunProblem>,
}

impl Desk {
    /// Gathers what the model is asked.
    pub(super) async fn asking(&self, task: &Task) -> Result<Asking, Error> {
        let pool = self.database.pool();
        let agent = self.as_agent(task);
        // The first word waits for all of this: what does not need each other is read at once.
        let (subject, branch) = try_join!(runs::subject(pool, task.agent, task.version), async {
            social::branch(pool, &agent, task.conversation, Some(task.question)).await.map_err(Error::from)
        },)?;
        let (subject, history) = (subject.ok_or(Error::NoSuchAgent)?, branch.messages);
        let spec = match task.version {
            Some(_) => subject.spec,
            None => runs::draft(pool, task.agent).await?.ok_or(Error::NoSuchAgent)?,
        };
        let question = history.last().map(|message| message.body.clone()).unwrap_or_default();
        let ((mut found, seen), attached, offer, memories) = try_join!(
            self.found(task, &question),
            self.attached(task, &history, &spec.model),
            self.tools.offer(pool, task.purpose, subject.owner, &spec),
            self.memories(task, &spec),
        )?;
        found.extend(attached.found);
        let prompt = Prompt {
            model: spec.model.clone(),
            persona: persona(subject.name, &spec),
            memories,
            passages: found.iter().map(passage).collect(),
            turns: turns(&history, task.agent, attached.parts),
            tools: offer.specs(),
            max_output_tokens: spec.max_output_tokens,
            temperature: spec.liveliness.map(|it| f32::from(it) / 100.0),
        };
        Ok(Asking {
            prompt,
            found,
            question,
            remembers: spec.remembers && task.version.is_some(),
            owner: subject.owner,
            offer,
            spent: seen.spent,
            refused: seen.refused,
        })
    }

    /// What the agent knows of it.
    async fn found(&self, task: &Task, question: &str) -> Result<(Vec<Found>, Seen), Error> {
        let seen = self.seen(task, question).await?;
        let embedding = seen.by.as_ref().map(|(model, vector)| (model.as_str(), vector.as_slice()));
        let found = retrieve(self.database.pool(), task.agent, question, embedding, PASSAGES).await?;
        Ok((found, seen))
    }

    /// Has the question turned into a vector, where what the agent knows has been. When that fails, words have to do.
    async fn seen(&self, task: &Task, question: &str) -> Result<Seen, Error> {
        let Some(embedder) = self.chain.embedder() else { return Ok(Seen::default()) };
        let model = embedder.name();
        let asked: String = question.chars().filter(|c| *c != '\0').take(EMBEDDED).collect();
        if asked.trim().is_empty() || !passages::has_embeddings(self.database.pool(), task.agent, &model).await? {
            return Ok(Seen::default());
        }
        let price = embedder.model.price;
        let Ok(most) = price.of_input(most_tokens(&asked)) else { return Ok(Seen::default()) };
        if let Some(problem) = self.reserve_in_all(task, most).await? {
            return Ok(Seen { refused: Some(problem), ..Seen::default() });
        }
        match self.chain.embed(&[asked]).await {
            Ok(mut made) => {
                let spent = price.cost(&made.usage).unwrap_or(most);
                Ok(Seen { by: made.vectors.pop().map(|vector| (model, unit(vector))), spent, refused: None })
            }
            Err(error) => {
                tracing::warn!(run = %task.run, %error, "a question could not be turned into a vector");
                Ok(Seen::default())
            }
        }
    }

    async fn memories(&self, task: &Task, spec: &Spec) -> Result<Vec<Memory>, Error> {
        if !spec.remembers {
            return Ok(Vec::new());
        }
        let (beginning, size) = (memories::beginning(), PageSize::clamped(MEMORIES));
        let now = self.world.now();
        let page = memories::list(self.database.pool(), task.asker, Some(task.agent), beginning, now, size).await?;
        Ok(page.items.into_iter().map(|it| Memory { id: it.id.to_string(), text: it.body }).collect())
    }
}

pub(in crate::service) fn persona(name: String, spec: &Spec) -> Persona {
    Persona {
        name,
        instructions: spec.instructions.clone(),
        tone: spec.tone.clone(),
        style: spec.style.clone(),
        topics: spec.topics.clone(),
        length: spec.length.into(),
    }
}

pub(in crate::service) fn passage(found: &Found) -> Passage {
    Passage {
        id: found.passage.to_string(),
        source_title: found.title.clone(),
        locator: Some(place(found)).filter(|place| !place.is_empty()),
        text: found.text.clone(),
        score: found.score,
    }
}

/// Where a passage stands, in the form that `documents` gives it: `Care › Factory reset, page 3`.
pub(super) fn place(found: &Found) -> String {
    [found.heading.as_str(), found.locator.as_str()]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The conversation as turns: the youngest messages that fit, those without a word left out.
fn turns(history: &[social_core::Message], agent: AccountId, mut attached: HashMap<MessageId, Vec<Part>>) -> Vec<Turn> {
    let mut room = HISTORY;
    let mut turns = Vec::new();
    for message in history.iter().rev().filter(|message| !message.body.trim().is_empty()) {
        let length = message.body.len();
        // The question itself stands there in any case.
        if length > room && !turns.is_empty() {
            break;
        }
        room = room.saturating_sub(length);
        let body = message.body.clone();
        turns.push(if message.author == agent {
            Turn::assistant(body)
        } else {
            let attached = attached.remove(&message.id).unwrap_or_default();
            Turn::User(std::iter::once(Part::Text(body)).chain(attached).collect())
        });
    }
    turns.reverse();
    turns
}
