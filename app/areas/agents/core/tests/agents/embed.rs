//! What an agent knows is turned into vectors where a model makes them, and found by them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use agents_core::{
    RunProblem, RunState,
    budget::Side,
    command::NewCaps,
    service::{self, Answerer, Ask, Embedded},
    terms::Open,
};
use async_trait::async_trait;
use futures::StreamExt;
use kernel::AccountId;
use platform::models::{
    Chain, Embeddings, EndReason, Link, Model, ModelError, ModelProvider, Piece, PieceStream, Price, Prompt, Usage,
    chain::Patience,
};
use social_core::MessageBody;
use testkit::TestApp;

use crate::{Agents, new_agent, text};

/// A model that sees what texts are about by their letters, and whose answers are "Yes.". Each token costs a cent.
struct Seer {
    models: Vec<Model>,
    made: AtomicUsize,
    /// So many calls fail first.
    failing: AtomicUsize,
}

#[async_trait]
impl ModelProvider for Seer {
    fn name(&self) -> &str {
        "seer"
    }

    fn models(&self) -> &[Model] {
        &self.models
    }

    async fn stream(&self, prompt: Prompt) -> Result<PieceStream, ModelError> {
        let named = prompt.passages.first().map(|it| it.text.clone()).unwrap_or_default();
        let pieces = vec![Ok(Piece::Text(named)), Ok(Piece::End(EndReason::Stop))];
        Ok(futures::stream::iter(pieces).boxed())
    }

    async fn embed(&self, _: &str, texts: &[String]) -> Result<Embeddings, ModelError> {
        let failing = |left: usize| left.checked_sub(1);
        if self.failing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, failing).is_ok() {
            return Err(ModelError::Overloaded("busy".to_owned()));
        }
        self.made.fetch_add(texts.len(), Ordering::SeqCst);
        let about = |text: &String| {
            let text = text.to_lowercase();
            ["dog", "hund", "cat", "katze"].map(|word| if text.contains(word) { 3.0 } else { 0.1 }).to_vec()
        };
        // A dog is the same in two languages.
        let vectors = texts.iter().map(about).map(|it| vec![it[0] + it[1], it[2] + it[3], 0.1]).collect();
        let usage = Usage { input_tokens: u64::try_from(texts.len()).unwrap_or(0), ..Usage::default() };
        Ok(Embeddings { vectors, usage })
    }
}

fn seer(app: &mut TestApp, price: Price, failing: usize) -> Arc<Seer> {
    let model = |id: &str, embeddings| Model {
        id: id.to_owned(),
        label: id.to_owned(),
        context_window: 100_000,
        price: if embeddings { price } else { Price::FREE },
        answers: !embeddings,
        tools: false,
        pictures: false,
        embeddings,
    };
    let models = vec![model("says", false), model("sees", true)];
    let seer = Arc::new(Seer { models: models.clone(), made: AtomicUsize::new(0), failing: AtomicUsize::new(failing) });
    let link = |model: &Model| Link { provider: seer.clone(), model: model.clone() };
    let chain = Chain::new(vec![link(&models[0])], app.world.clone())
        .with_embedder(Some(link(&models[1])))
        .with_patience(Patience { attempts: 1, failures: 1_000, ..Patience::default() });
    app.models = Arc::new(chain);
    seer
}

async fn spent(app: &TestApp, agent: AccountId) -> (i64, i64) {
    sqlx::query_as(
        "select spent_micro, reserved_micro from spending where subject_id = $1 and side = $2 and span = 'day'",
    )
    .bind(agent.uuid())
    .bind(Side::Agent.as_str())
    .fetch_one(app.database.pool())
    .await
    .expect("spending")
}

const MISSING: &str = "select count(*) from passages where embedded_by is distinct from 'seer/sees'";

#[tokio::test]
async fn what_is_known_becomes_vectors_is_paid_for_and_is_found_by_meaning() {
    let mut app = TestApp::new().await;
    let seer = seer(&mut app, Price { input: 1_000_000, output: 0 }, 0);
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.set_caps(&ana, agent, NewCaps::parse(100_000, 100_000).expect("caps")).await.expect("caps");
    let body = "## First\n\nThe dog sleeps in the hall.\n\n## Second\n\nThe cat is on the roof.";
    app.add_text(&ana, agent, text("Animals", body)).await.expect("a text");
    app.run_jobs().await;
    assert_eq!((app.count(MISSING).await, seer.made.load(Ordering::SeqCst)), (0, 2));
    // A cent for each passage.
    assert_eq!(spent(&app, agent).await, (2_000_000, 0));

    // Nothing is made twice, and what is added is made.
    app.add_text(&ana, agent, text("More", "A dog has four legs.")).await.expect("a text");
    app.run_jobs().await;
    assert_eq!((app.count(MISSING).await, seer.made.load(Ordering::SeqCst)), (0, 3));

    // A question in other words is turned into a vector too, and finds by it what words alone don't.
    app.publish_passing(&ana, agent, "Help.").await;
    let answerer = Answerer::new(app.database.clone(), app.world.clone(), Arc::clone(&app.models), Arc::new(Open));
    let body = MessageBody::parse("Wo ist die Katze?").expect("a body");
    let ask = Ask {
        agent,
        conversation: None,
        parent: None,
        body,
        attachments: Vec::new(),
        submission: None,
        preview: false,
    };
    let mut tx = app.database.begin().await.expect("a transaction");
    let asked = service::ask(&mut tx, &ana, &Open, &ask).await.expect("asked");
    tx.commit().await.expect("a commit");
    answerer.answer(asked.run).await.expect("answered");
    let run = service::run(app.database.pool(), &ana, asked.run).await.expect("a run");
    assert_eq!((run.state, run.cost_micro), (RunState::Done, 1_000_000));
    let branch = social_core::service::branch(app.database.pool(), &ana, asked.conversation, None).await;
    assert!(branch.expect("a branch").messages[1].body.contains("cat is on the roof"));
}

#[tokio::test]
async fn a_cap_stops_it_and_it_goes_on_when_there_is_room() {
    let mut app = TestApp::new().await;
    let seer = seer(&mut app, Price { input: 1_000_000, output: 0 }, 0);
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.set_caps(&ana, agent, NewCaps::parse(1, 1).expect("caps")).await.expect("caps");
    app.add_text(&ana, agent, text("Animals", "The dog sleeps in the hall.")).await.expect("a text");
    app.run_jobs().await;
    assert_eq!((app.count(MISSING).await, seer.made.load(Ordering::SeqCst)), (1, 0));
    // The agent answers by words meanwhile, and what was not spent is not set aside.
    let found = service::retrieve(app.database.pool(), agent, "Where does the dog sleep?", None, 3).await;
    assert_eq!(found.expect("passages").len(), 1);
    app.set_caps(&ana, agent, NewCaps::parse(10_000, 10_000).expect("caps")).await.expect("caps");
    let made = service::embed_passages(&app.database, &app.world, &app.models, agent).await;
    assert_eq!(made.expect("made"), Embedded::All);
    assert_eq!((app.count(MISSING).await, spent(&app, agent).await), (0, (1_000_000, 0)));
}

#[tokio::test]
async fn what_fails_is_tried_again_and_costs_nothing() {
    let mut app = TestApp::new().await;
    let seer = seer(&mut app, Price { input: 1_000_000, output: 0 }, 1);
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.set_caps(&ana, agent, NewCaps::parse(10_000, 10_000).expect("caps")).await.expect("caps");
    app.add_text(&ana, agent, text("Animals", "The dog sleeps in the hall.")).await.expect("a text");
    app.run_jobs().await;
    assert_eq!((app.count(MISSING).await, spent(&app, agent).await), (1, (0, 0)));
    let problem: String = sqlx::query_scalar("select problem from runs where purpose = 'embed'")
        .fetch_one(app.database.pool())
        .await
        .expect("a run");
    assert_eq!(RunProblem::parse(&problem), Some(RunProblem::Unavailable));
    service::embed_passages(&app.database, &app.world, &app.models, agent).await.expect("made");
    assert_eq!((app.count(MISSING).await, seer.made.load(Ordering::SeqCst)), (0, 1));
}
