//! To talk with an agent: words come one by one, can be stopped, and are accounted for.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use agents_core::{
    Cap, Error, RunProblem, RunState, RunView,
    budget::Side,
    command::NewCaps,
    service::{self, Answerer, Ask, Asked},
    terms::Open,
};
use async_trait::async_trait;
use futures::StreamExt;
use kernel::{AccountId, Actor, ConversationId, MessageId, PageSize};
use platform::{
    Cx,
    models::{Chain, EndReason, Link, Model, ModelError, ModelProvider, Piece, PieceStream, Price, Prompt, Usage},
};
use social_core::{MessageBody, MessageState};
use testkit::{TestApp, at_once};
use tokio::sync::{Mutex, Semaphore};
use uuid::Uuid;

/// A model that says what the test tells it to, word by word, and remembers what it was asked.
pub struct Script {
    model: Vec<Model>,
    pieces: Vec<Result<Piece, ModelError>>,
    /// A word for each permit.
    pub pace: Arc<Semaphore>,
    asked: Mutex<Vec<Prompt>>,
    under_way: AtomicUsize,
}

#[async_trait]
impl ModelProvider for Script {
    fn name(&self) -> &str {
        "script"
    }

    fn models(&self) -> &[Model] {
        &self.model
    }

    async fn stream(&self, prompt: Prompt) -> Result<PieceStream, ModelError> {
        self.asked.lock().await.push(prompt);
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let pace = Arc::clone(&self.pace);
        let paced = move |piece| {
            let pace = Arc::clone(&pace);
            async move {
                if let Ok(permit) = pace.acquire().await {
                    permit.forget();
                }
                piece
            }
        };
        Ok(futures::stream::iter(self.pieces.clone()).then(paced).boxed())
    }
}

pub fn words(text: &str) -> Vec<Result<Piece, ModelError>> {
    let mut pieces: Vec<_> = text.split_inclusive(' ').map(|word| Ok(Piece::Text(word.to_owned()))).collect();
    pieces.push(Ok(Piece::Usage(Usage { input_tokens: 1_000, output_tokens: 500, ..Usage::default() })));
    pieces.push(Ok(Piece::End(EndReason::Stop)));
    pieces
}

/// Somebody who talks with an agent.
pub struct Chat {
    pub app: TestApp,
    pub owner: Cx<Actor>,
    pub ana: Cx<Actor>,
    pub agent: AccountId,
    pub script: Arc<Script>,
    pub answerer: Answerer,
}

impl Chat {
    /// An agent at work that a model answers for; `price` in cents for a million tokens.
    pub async fn new(pieces: Vec<Result<Piece, ModelError>>, price: Price) -> Self {
        let app = TestApp::new().await;
        let owner = app.person("owner").await;
        let ana = app.person("ana").await;
        let agent = app.agent("helper_bot", &owner).await.actor.account;
        publish(&app, agent, &owner).await;
        let model = Model {
            id: "one".to_owned(),
            label: "One".to_owned(),
            context_window: 100_000,
            price,
            answers: true,
            tools: false,
            pictures: false,
            embeddings: false,
        };
        let script = Arc::new(Script {
            model: vec![model.clone()],
            pieces,
            pace: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            asked: Mutex::default(),
            under_way: AtomicUsize::new(0),
        });
        let chain = Chain::new(vec![Link { provider: script.clone(), model }], app.world.clone());
        let answerer = Answerer::new(app.database.clone(), app.world.clone(), Arc::new(chain), Arc::new(Open));
        Self { app, owner, ana, agent, script, answerer }
    }

    /// The same with a model that waits for each word until it is let.
    pub async fn paced(text: &str) -> Self {
        let chat = Self::new(words(text), Price::FREE).await;
        chat.script.pace.forget_permits(Semaphore::MAX_PERMITS);
        chat
    }

    /// What the model was asked last.
    pub async fn prompt(&self) -> Prompt {
        self.script.asked.lock().await.last().cloned().expect("the model was asked")
    }

    pub async fn ask_with(&self, cx: &Cx<Actor>, ask: Ask) -> Result<Asked, Error> {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let asked = service::ask(&mut tx, cx, &Open, &ask).await?;
        tx.commit().await.expect("a commit");
        Ok(asked)
    }

    pub fn question(&self, body: &str) -> Ask {
        let body = MessageBody::parse(body).expect("a body");
        Ask {
            agent: self.agent,
            conversation: None,
            parent: None,
            body,
            attachments: Vec::new(),
            submission: None,
            preview: false,
        }
    }

    pub async fn ask(&self, body: &str) -> Asked {
        self.ask_with(&self.ana, self.question(body)).await.expect("asked")
    }

    pub async fn answered(&self, body: &str) -> (Asked, RunView) {
        let asked = self.ask(body).await;
        self.answerer.answer(asked.run).await.expect("answered");
        (asked, self.run(&asked).await)
    }

    async fn run(&self, asked: &Asked) -> RunView {
        service::run(self.app.database.pool(), &self.ana, asked.run).await.expect("a run")
    }

    async fn said(&self, conversation: ConversationId) -> Vec<(String, MessageState)> {
        let pool = self.app.database.pool();
        let branch = social_core::service::branch(pool, &self.ana, conversation, None).await.expect("a branch");
        branch.messages.into_iter().map(|message| (message.body, message.state)).collect()
    }

    async fn stop(&self, cx: &Cx<Actor>, asked: &Asked) -> Result<bool, Error> {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let stopped = service::stop(&mut tx, cx, &Open, asked.run).await?;
        tx.commit().await.expect("a commit");
        Ok(stopped)
    }
}

async fn publish(app: &TestApp, agent: AccountId, owner: &Cx<Actor>) {
    let draft = r#"{"instructions":"Help with the studio.","remembers":true}"#;
    let mut tx = app.database.begin().await.expect("a transaction");
    sqlx::query(
        "insert into agents (account_id, owner_id, state, draft, version, created_at, updated_at, daily_cap_minor, monthly_cap_minor)
         values ($1, $2, 'published', $3::jsonb, 1, $4, $4, 200, 2000)",
    )
    .bind(agent.uuid())
    .bind(owner.actor.account.uuid())
    .bind(draft)
    .bind(app.world.now())
    .execute(&mut *tx)
    .await
    .expect("an agent");
    sqlx::query(
        "insert into agent_versions (agent_id, number, spec, note, published_by, published_at)
         values ($1, 1, $3::jsonb, '', $2, $4)",
    )
    .bind(agent.uuid())
    .bind(owner.actor.account.uuid())
    .bind(draft)
    .bind(app.world.now())
    .execute(&mut *tx)
    .await
    .expect("a version");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_question_is_answered_and_accounted_for() {
    let chat = Chat::new(words("Press the red button."), Price { input: 100, output: 400 }).await;
    let (asked, run) = chat.answered("How do I record?").await;
    assert_eq!((run.state, run.model.as_deref()), (RunState::Done, Some("script/one")));
    // 1,000 tokens read at 1.00 a million, and 500 written at 4.00 a million: 0.3 cents.
    assert_eq!((run.input_tokens, run.output_tokens, run.cost_micro), (1_000, 500, 300_000));
    let said = chat.said(asked.conversation).await;
    assert_eq!(said[1], ("Press the red button.".to_owned(), MessageState::Done));
    let prompt = &chat.script.asked.lock().await[0];
    assert!(prompt.persona.instructions.contains("studio"));
    let conversation = social_core::service::conversation(chat.app.database.pool(), &chat.ana, asked.conversation);
    assert_eq!(conversation.await.expect("a conversation").title, "How do I record?");
    assert_eq!(spent(&chat).await, (300_000, 0));
}

/// What the agent has cost today and what is set aside, in millionths of a cent.
async fn spent(chat: &Chat) -> (i64, i64) {
    sqlx::query_as(
        "select spent_micro, reserved_micro from spending where subject_id = $1 and side = $2 and span = 'day'",
    )
    .bind(chat.agent.uuid())
    .bind(Side::Agent.as_str())
    .fetch_one(chat.app.database.pool())
    .await
    .expect("spending")
}

#[tokio::test]
async fn words_are_heard_as_they_come_also_by_who_comes_back() {
    let chat = Chat::paced("One two three").await;
    let asked = chat.ask("Count").await;
    chat.answerer.start(asked.run);
    chat.script.pace.add_permits(1);
    let mut watcher = loop {
        match chat.answerer.streams().follow(asked.run, 0) {
            Some(watcher) => break watcher,
            None => tokio::task::yield_now().await,
        }
    };
    let first = watcher.next().await.expect("words");
    assert_eq!((first.text.as_str(), first.ended), ("One ", None));
    drop(watcher);
    chat.script.pace.add_permits(10);
    let mut text = String::new();
    // The rest, from where they had read to, by the stream or, when that was quicker, from what was kept.
    let mut back = chat.answerer.streams().follow(asked.run, first.read);
    while let Some(news) = match &mut back {
        Some(back) => back.next().await,
        None => None,
    } {
        text.push_str(&news.text);
        if news.ended.is_some() {
            break;
        }
    }
    while chat.run(&asked).await.finished_is_missing() {
        tokio::task::yield_now().await;
    }
    assert!(text.is_empty() || text == "two three", "{text}");
    assert_eq!(chat.said(asked.conversation).await[1].0, "One two three");
}

trait Finished {
    fn finished_is_missing(&self) -> bool;
}

impl Finished for RunView {
    fn finished_is_missing(&self) -> bool {
        !self.state.has_ended()
    }
}

#[tokio::test]
async fn an_answer_is_stopped_by_who_asked_and_keeps_what_was_written() {
    let chat = Chat::paced("One two three four").await;
    let asked = chat.ask("Count").await;
    let (answerer, run) = (chat.answerer.clone(), asked.run);
    let working = tokio::spawn(async move { answerer.answer(run).await });
    chat.script.pace.add_permits(2);
    while chat.script.pace.available_permits() > 0 || chat.script.under_way.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(matches!(chat.stop(&chat.owner, &asked).await, Err(Error::NoSuchRun)), "not the owner's to stop");
    assert!(chat.stop(&chat.ana, &asked).await.expect("stopped"));
    assert!(!chat.stop(&chat.ana, &asked).await.expect("stopped before"));
    working.await.expect("no panic").expect("ended");
    assert_eq!(chat.run(&asked).await.state, RunState::Stopped);
    assert_eq!(chat.said(asked.conversation).await[1], ("One two ".to_owned(), MessageState::Stopped));
}

#[tokio::test]
async fn what_goes_wrong_is_said_and_costs_no_more_than_it_can_have() {
    let broken = vec![Ok(Piece::Text("Half ".to_owned())), Err(ModelError::Broken("cut".to_owned()))];
    for (pieces, problem, kept) in [
        (broken, RunProblem::BrokenOff, "Half "),
        (vec![Ok(Piece::End(EndReason::Stop))], RunProblem::Unavailable, ""),
        (vec![Ok(Piece::Text(" ".to_owned())), Ok(Piece::End(EndReason::Stop))], RunProblem::Empty, " "),
        (vec![Err(ModelError::Refused("no".to_owned()))], RunProblem::Refused, ""),
    ] {
        let chat = Chat::new(pieces, Price::FREE).await;
        let (asked, run) = chat.answered("Say it").await;
        if problem != RunProblem::Unavailable {
            assert_eq!((run.state, run.problem), (RunState::Failed, Some(problem)));
        }
        assert_eq!(run.state, RunState::Failed);
        assert_eq!(chat.said(asked.conversation).await[1], (kept.to_owned(), MessageState::Failed));
        // The way on: ask again, beside it.
        let mut tx = chat.app.database.begin().await.expect("a transaction");
        let message = asked.message.expect("an answer");
        let again = service::ask_again(&mut tx, &chat.ana, &Open, message, false).await.expect("asked again");
        tx.commit().await.expect("a commit");
        assert_eq!(again.question, asked.question);
    }
}

#[tokio::test]
async fn one_answer_at_a_time_is_written_in_a_conversation() {
    let chat = Chat::paced("One").await;
    let asked = chat.ask("First").await;
    let second = Ask { conversation: Some(asked.conversation), ..chat.question("Second") };
    assert!(matches!(chat.ask_with(&chat.ana, second.clone()).await, Err(Error::Answering)));
    chat.script.pace.add_permits(10);
    chat.answerer.answer(asked.run).await.expect("answered");
    let second = Ask { parent: asked.message, ..second };
    chat.ask_with(&chat.ana, second).await.expect("asked");
}

#[tokio::test]
async fn a_question_sent_twice_at_once_is_asked_once() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let ask = Ask { submission: Some(Uuid::from_u128(9)), ..chat.question("Twice?") };
    let asks = (0..6).map(|_| {
        let (database, ana, ask) = (chat.app.database.clone(), chat.ana.clone(), ask.clone());
        async move {
            let mut tx = database.begin().await.expect("a transaction");
            let asked = service::ask(&mut tx, &ana, &Open, &ask).await.expect("asked");
            tx.commit().await.expect("a commit");
            asked
        }
    });
    let asked = at_once(asks).await;
    assert!(asked.windows(2).all(|pair| pair[0] == pair[1]), "{asked:?}");
    let pool = chat.app.database.pool();
    let list = social_core::service::conversations(pool, &chat.ana, None, None, None, PageSize::DEFAULT).await;
    assert_eq!(list.expect("a list").items.len(), 1);
}

#[tokio::test]
async fn nothing_that_runs_at_once_passes_a_cap() {
    // An answer costs up to 25 cents to run: 1,024 tokens at 200.00 a million, and some for what is read.
    let chat = Chat::new(words("Yes"), Price { input: 0, output: 20_000 }).await;
    let mut asked = Vec::new();
    for n in 0..50 {
        asked.push(chat.ask(&format!("Question {n}")).await);
    }
    let runs = asked.iter().map(|asked| {
        let (answerer, run) = (chat.answerer.clone(), asked.run);
        async move { answerer.answer(run).await.expect("answered or refused") }
    });
    at_once(runs).await;
    let mut refused = 0;
    for asked in &asked {
        let run = chat.run(asked).await;
        refused += usize::from(run.problem == Some(RunProblem::AgentCap));
    }
    let (spent, reserved) = spent(&chat).await;
    // 500 tokens at 200.00 a million are 10 cents: 20 answers fit into 2.00 when they come one after the other.
    assert!(spent <= 200_000_000, "{spent}");
    assert_eq!(reserved, 0);
    assert!(refused >= 30, "{refused}");
}

#[tokio::test]
async fn who_may_not_ask_is_told_why() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let preview = Ask { preview: true, ..chat.question("Draft?") };
    assert!(matches!(chat.ask_with(&chat.ana, preview.clone()).await, Err(Error::NoSuchAgent)));
    chat.ask_with(&chat.owner, preview).await.expect("the owner may");
    let nobody = Ask { agent: chat.ana.actor.account, ..chat.question("Hello?") };
    assert!(matches!(chat.ask_with(&chat.ana, nobody).await, Err(Error::NoSuchAgent)));
    sqlx::query("update agents set state = 'paused'").execute(chat.app.database.pool()).await.expect("paused");
    assert!(matches!(chat.ask_with(&chat.ana, chat.question("Now?")).await, Err(Error::NotAtWork)));
}

#[tokio::test]
async fn somebody_elses_runs_and_conversations_are_not_there() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let (asked, _) = chat.answered("Between us").await;
    let eve = chat.app.person("eve").await;
    let pool = chat.app.database.pool();
    assert!(matches!(service::run(pool, &eve, asked.run).await, Err(Error::NoSuchRun)));
    assert!(matches!(chat.stop(&eve, &asked).await, Err(Error::NoSuchRun)));
    let message: MessageId = asked.message.expect("an answer");
    assert!(service::runs_of(pool, &eve, &[message]).await.expect("an answer").is_empty());
    let inside = Ask { conversation: Some(asked.conversation), parent: Some(message), ..chat.question("Me too") };
    assert!(matches!(chat.ask_with(&eve, inside).await, Err(Error::Social(social_core::Error::NoSuchConversation))));
    let mut tx = chat.app.database.begin().await.expect("a transaction");
    let again = service::ask_again(&mut tx, &eve, &Open, message, false).await;
    assert!(matches!(again, Err(Error::Social(social_core::Error::NoSuchMessage))));
}

#[tokio::test]
async fn what_a_process_left_behind_is_seen_after() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let asked = chat.ask("Are you there?").await;
    sqlx::query("update runs set state = 'running', alive_until = $1")
        .bind(chat.app.world.now() - chrono::TimeDelta::seconds(1))
        .execute(chat.app.database.pool())
        .await
        .expect("left in the middle");
    assert_eq!(chat.answerer.see_after_left().await.expect("seen after"), 1);
    let run = chat.run(&asked).await;
    assert_eq!((run.state, run.problem), (RunState::Failed, Some(RunProblem::Interrupted)));
    assert_eq!(chat.said(asked.conversation).await[1].1, MessageState::Failed);
}

#[tokio::test]
async fn what_was_said_of_oneself_is_remembered_until_it_is_forgotten() {
    let chat = Chat::new(words("Nice to meet you"), Price::FREE).await;
    let (asked, _) = chat.answered("My name is Ana. What do you do?").await;
    let pool = chat.app.database.pool();
    let size = PageSize::DEFAULT;
    let known = service::memories(pool, &chat.ana, Some(chat.agent), None, size).await.expect("memories").items;
    assert_eq!((known.len(), known[0].body.as_str(), known[0].message), (1, "My name is Ana", Some(asked.question)));
    chat.answered("Who am I?").await;
    let told = |prompts: &[Prompt]| prompts.last().is_some_and(|prompt| !prompt.memories.is_empty());
    assert!(told(&chat.script.asked.lock().await));

    let eve = chat.app.person("eve").await;
    let mut tx = chat.app.database.begin().await.expect("a transaction");
    assert!(matches!(service::forget(&mut tx, &eve, known[0].id).await, Err(Error::NoSuchMemory)));
    service::forget(&mut tx, &chat.ana, known[0].id).await.expect("forgotten");
    tx.commit().await.expect("a commit");
    chat.answered("And now?").await;
    assert!(!told(&chat.script.asked.lock().await));
    assert!(service::memories(pool, &eve, None, None, size).await.expect("memories").items.is_empty());
}

#[tokio::test]
async fn what_somebody_lets_themselves_spend_is_theirs_to_set() {
    let chat = Chat::new(words("Yes"), Price::FREE).await;
    let mut tx = chat.app.database.begin().await.expect("a transaction");
    let caps = NewCaps::parse(100, 1_000).expect("valid");
    service::set_my_limits(&mut tx, &chat.ana, caps).await.expect("set");
    tx.commit().await.expect("a commit");
    let (_, set) = service::my_spending(chat.app.database.pool(), &chat.ana).await.expect("spending");
    assert_eq!(set, Some(caps.caps()));
    let words = kernel::Problem::from(Error::OverCap(Cap::AccountDay)).message;
    assert!(words.contains("in a day"), "{words}");
}
