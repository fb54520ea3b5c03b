//! Asks for answers, of a provider directly and through the product, and notes when words came.

use std::time::{Duration, Instant};

use futures::StreamExt;
use kernel::AccountId;
use platform::{Database, World, secret::Token};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use sse_stream::{Sse, SseByteStream};
use tokio::time::timeout_at;
use uuid::Uuid;

use crate::{Failed, ledger, provider::Pace};

/// How many members ask, in turn. Each may ask thirty times in five minutes, and follow as many answers.
const MEMBERS: i64 = 100;
/// How long an answer may take beyond what its model takes. What came until then counts.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whoever can be asked.
pub trait Answers: Send + Sync + 'static {
    /// Puts a question, and comes back when the answer can be heard.
    ///
    /// # Errors
    /// When it is refused.
    fn ask(&self, number: usize, question: &str) -> impl Future<Output = Result<Coming, Failed>> + Send;

    /// Hears an answer.
    ///
    /// # Errors
    /// When the connection breaks.
    fn hear(&self, coming: Coming) -> impl Future<Output = Result<Heard, Failed>> + Send;
}

/// A provider that is asked directly.
pub struct Provider {
    client: Client,
    address: String,
    pace: Pace,
}

/// The product, as those see it who are signed in.
pub struct Product {
    client: Client,
    address: String,
    members: Vec<String>,
    agent: String,
    pace: Pace,
}

/// An answer that is about to come.
pub struct Coming {
    asked: Instant,
    steps: Steps,
    response: Response,
}

/// When what was done to ask was done, after it was begun.
#[derive(Debug, Clone, Copy, Default)]
pub struct Steps {
    /// The question stood in its conversation.
    pub asked: Duration,
    /// The conversation with it had been read.
    pub read: Duration,
    /// The answer was being followed.
    pub followed: Duration,
}

/// An answer that came.
pub struct Heard {
    asked: Instant,
    /// What was done to ask.
    pub steps: Steps,
    /// When words came.
    words: Vec<Instant>,
    /// Whether every one of them did.
    pub whole: bool,
}

/// What an event says.
enum Said {
    Words,
    End { whole: bool },
    Nothing,
}

impl Heard {
    /// How long the first words took, if any came.
    pub fn first(&self) -> Option<Duration> {
        self.words.first().map(|at| *at - self.asked)
    }

    /// How long it took from some words to the next.
    pub fn gaps(&self) -> impl Iterator<Item = Duration> {
        self.words.windows(2).map(|pair| pair[1] - pair[0])
    }

    /// How many times words came.
    pub fn events(&self) -> usize {
        self.words.len()
    }

    /// From the first words to the last.
    pub fn lasted(&self) -> Duration {
        self.gaps().sum()
    }
}

impl Coming {
    /// Listens until the end, or until it should long have come.
    async fn hear(self, pace: &Pace, mut read: impl FnMut(&Sse) -> Said) -> Result<Heard, Failed> {
        let Self { asked, steps, response } = self;
        let mut events = SseByteStream::new(response.bytes_stream());
        let mut heard = Heard { asked, steps, words: Vec::new(), whole: false };
        let until = tokio::time::Instant::from_std(asked + pace.takes() + PATIENCE);
        while let Ok(Some(event)) = timeout_at(until, events.next()).await {
            let at = Instant::now();
            match read(&event?) {
                Said::Words => heard.words.push(at),
                Said::End { whole } => {
                    heard.whole = whole;
                    break;
                }
                Said::Nothing => {}
            }
        }
        Ok(heard)
    }
}

fn client() -> Result<Client, Failed> {
    // It is no error when somebody has set one already.
    drop(rustls::crypto::ring::default_provider().install_default());
    Ok(Client::builder().tcp_nodelay(true).no_proxy().build()?)
}

impl Provider {
    /// The provider at an address, asked for a model.
    ///
    /// # Errors
    /// When there can be no connections.
    pub fn new(address: &str, pace: &Pace) -> Result<Self, Failed> {
        let address = format!("http://{address}/v1/chat/completions");
        Ok(Self { client: client()?, address, pace: pace.clone() })
    }
}

impl Answers for Provider {
    async fn ask(&self, _: usize, question: &str) -> Result<Coming, Failed> {
        let asked = Instant::now();
        let body = json!({
            "model": self.pace.model,
            "stream": true,
            "messages": [{"role": "user", "content": question}],
        });
        let response = self.client.post(&self.address).json(&body).send().await?.error_for_status()?;
        let done = asked.elapsed();
        Ok(Coming { asked, steps: Steps { asked: done, read: done, followed: done }, response })
    }

    async fn hear(&self, coming: Coming) -> Result<Heard, Failed> {
        let (mut count, tokens) = (0, self.pace.tokens);
        // Not read as JSON: ten thousand come each second, and what is spent here is taken from what is measured.
        let read = |event: &Sse| match event.data.as_deref() {
            Some("[DONE]") => Said::End { whole: count == tokens },
            Some(data) if data.contains(r#""content":"#) => {
                count += 1;
                Said::Words
            }
            _ => Said::Nothing,
        };
        coming.hear(&self.pace, read).await
    }
}

impl Product {
    /// The product at an address, with members who ask the agent of this model.
    ///
    /// # Errors
    /// When the database fails, or there is no such agent.
    pub async fn new(address: &str, database: &Database, pace: &Pace) -> Result<Self, Failed> {
        let agent: Uuid = sqlx::query_scalar("select id from accounts where handle = $1")
            .bind(format!("bench_{}", pace.model))
            .fetch_one(database.pool())
            .await?;
        let agent = AccountId::from_uuid(agent).to_string();
        let members = sign_in(database).await?;
        Ok(Self { client: client()?, address: format!("http://{address}"), members, agent, pace: pace.clone() })
    }

    async fn data(&self, member: &str, request: RequestBuilder) -> Result<Value, Failed> {
        let response = request.bearer_auth(member).header("accept", "application/json").send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            return Err(format!("{status}: {text}").into());
        }
        Ok(serde_json::from_str(&text)?)
    }
}

impl Answers for Product {
    /// As the pages do: puts the question, reads the conversation that it began, and follows the answer in it.
    async fn ask(&self, number: usize, question: &str) -> Result<Coming, Failed> {
        let member = &self.members[number % self.members.len()];
        let asked = Instant::now();
        let mut steps = Steps::default();
        let fields = [("agent", self.agent.as_str()), ("body", question)];
        let request = self.client.post(format!("{}/api/agents/ask", self.address)).form(&fields);
        let outcome = self.data(member, request).await?;
        steps.asked = asked.elapsed();
        let chat = conversation(&outcome).ok_or_else(|| format!("asking led nowhere: {outcome}"))?;
        let request = self.client.get(format!("{}/api/agents/chat?id={chat}", self.address));
        let chat = self.data(member, request).await?;
        steps.read = asked.elapsed();
        let run = run(&chat).ok_or_else(|| format!("nobody answers: {chat}"))?;
        let request = self.client.get(format!("{}/live/answers/{run}", self.address)).bearer_auth(member);
        let response = request.send().await?.error_for_status()?;
        steps.followed = asked.elapsed();
        Ok(Coming { asked, steps, response })
    }

    async fn hear(&self, coming: Coming) -> Result<Heard, Failed> {
        let bytes = self.pace.bytes().to_string();
        let read = |event: &Sse| match event.event.as_deref() {
            Some("words") => Said::Words,
            Some("end") => {
                let done = event.data.as_deref().is_some_and(|data| data.contains(r#""done""#));
                // An event's id is the byte up to which the answer has been read.
                Said::End { whole: done && event.id.as_deref() == Some(bytes.as_str()) }
            }
            _ => Said::Nothing,
        };
        coming.hear(&self.pace, read).await
    }
}

/// The conversation that asking led to.
fn conversation(outcome: &Value) -> Option<&str> {
    outcome["go"].as_str()?.strip_prefix("/chats/")?.split(['#', '?']).next()
}

/// Who answers the last question of a conversation.
fn run(chat: &Value) -> Option<&str> {
    chat["messages"].as_array()?.iter().rev().find_map(|message| message["answer"]["run"].as_str())
}

/// Signs members in. Like the rest of the measurements' world, their sessions are written by SQL.
async fn sign_in(database: &Database) -> Result<Vec<String>, Failed> {
    let world = World::real();
    let mut tokens = Vec::new();
    for account in ledger::members(database, MEMBERS).await? {
        let token = Token::generate(world.randomness.as_ref());
        sqlx::query(
            "insert into sessions (id, account_id, token_hash, user_agent, address, created_at, last_seen_at, expires_at)
             values (gen_random_uuid(), $1, $2, 'bench', '127.0.0.1', now(), now(), now() + interval '1 day')",
        )
        .bind(account.uuid())
        .bind(token.hash().as_bytes())
        .execute(database.pool())
        .await?;
        tokens.push(token.reveal().to_owned());
    }
    if tokens.is_empty() { Err("there are no members".into()) } else { Ok(tokens) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asking_led_to_is_found() {
        assert_eq!(conversation(&json!({"go": "/chats/conv_1#msg_2"})), Some("conv_1"));
        assert_eq!(conversation(&json!("stay")), None);
        let chat = json!({"messages": [{"answer": {"run": "run_1"}}, {"answer": {"run": "run_2"}}, {"answer": null}]});
        assert_eq!(run(&chat), Some("run_2"));
        assert_eq!(run(&json!({"messages": []})), None);
    }

    #[test]
    fn gaps_are_between_words() {
        let asked = Instant::now();
        let at = |millis| asked + Duration::from_millis(millis);
        let heard = Heard { asked, steps: Steps::default(), words: vec![at(20), at(25), at(40)], whole: true };
        assert_eq!(heard.first(), Some(Duration::from_millis(20)));
        assert_eq!(heard.gaps().collect::<Vec<_>>(), [5, 15].map(Duration::from_millis));
        assert_eq!(heard.lasted(), Duration::from_millis(20));
    }
}
