//! Checks are asked of the draft by a model: here the built-in one.

use std::{sync::Arc, time::Duration};

use agents_core::{
    CheckRunState, Error, NewCheck, Rule,
    command::NewCaps,
    service::{self, Answerer, BegunChecks},
    template::TEMPLATES,
};
use chrono::TimeDelta;
use kernel::{AccountId, Actor};
use models_offline::Offline;
use platform::{
    Cx,
    models::{Chain, Link, ModelProvider, Price},
};
use testkit::TestApp;

use crate::{Agents, new_agent, passing, saying, status, text};

/// Writes answers by the built-in engine, at this price.
fn answerer(app: &TestApp, price: Price) -> Answerer {
    let provider = Arc::new(Offline::with_pace(Duration::ZERO));
    let model = platform::models::Model { price, ..provider.models()[0].clone() };
    let chain = Chain::new(vec![Link { provider, model }], app.world.clone());
    Answerer::new(app.database.clone(), app.world.clone(), Arc::new(chain), Arc::new(agents_core::terms::Open))
}

async fn begin_once(app: &TestApp, cx: &Cx<Actor>, agent: AccountId) -> Result<Option<BegunChecks>, Error> {
    let mut tx = app.database.begin().await?;
    let begun = service::begin_checks_once(&mut tx, cx, agent).await?;
    tx.commit().await?;
    Ok(begun)
}

async fn reasons(app: &TestApp, cx: &Cx<Actor>, agent: AccountId) -> (CheckRunState, String) {
    let run = service::newest_check_run(app.database.pool(), cx, agent).await.expect("a run").expect("a run");
    (run.state, run.results.into_iter().flat_map(|it| it.reasons).collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn checks_are_answered_from_what_the_agent_knows_and_let_it_be_published() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let manual = text("Manual", "To reset the amplifier, hold the red button for ten seconds.");
    let source = app.add_text(&ana, agent, manual).await.expect("a text");
    app.run_jobs().await;
    let says = |words: &str| Rule::Contains { text: words.to_owned() };
    let cites = Rule::CitesSource { source: Some(source) };
    for (question, rules) in [
        ("How do I reset the amplifier?", vec![says("red button"), cites, Rule::Answers]),
        ("Who won the song contest of the year 2150?", vec![Rule::Declines]),
    ] {
        let check = NewCheck::parse(question, rules).expect("a check");
        app.add_check(&ana, agent, check).await.expect("a check");
    }
    let begun = begin_once(&app, &ana, agent).await.expect("begun").expect("begun");
    assert!(begin_once(&app, &ana, agent).await.expect("pressed twice").is_none());
    let state = answerer(&app, Price::FREE).answer_checks(&ana, &begun).await.expect("answered");
    assert_eq!((state, reasons(&app, &ana, agent).await.1), (CheckRunState::Passed, String::new()));
    assert_eq!(app.publish(&ana, agent, "").await.expect("published"), 1);
    assert_eq!(app.count("select count(*) from runs where purpose = 'check' and state = 'done'").await, 2);
    // No conversation is left behind by it.
    assert_eq!(app.count("select count(*) from conversations").await, 0);
}

#[tokio::test]
async fn the_checks_of_all_templates_pass_as_they_are() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let answerer = answerer(&app, Price::FREE);
    for template in TEMPLATES {
        let agent = app.create(&ana, new_agent(template.key, template.key)).await.expect("an agent");
        let begun = begin_once(&app, &ana, agent).await.expect("begun").expect("begun");
        answerer.answer_checks(&ana, &begun).await.expect("answered");
        let told = reasons(&app, &ana, agent).await;
        assert_eq!(told, (CheckRunState::Passed, String::new()), "{}", template.key);
    }
}

#[tokio::test]
async fn checks_are_within_the_agents_caps() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.set_caps(&ana, agent, NewCaps::parse(0, 0).expect("caps")).await.expect("limited");
    app.add_check(&ana, agent, passing("Hello?")).await.expect("a check");
    let begun = begin_once(&app, &ana, agent).await.expect("begun").expect("begun");
    let dear = answerer(&app, Price { input: 1_000, output: 1_000 });
    assert_eq!(dear.answer_checks(&ana, &begun).await.expect("answered"), CheckRunState::Failed);
    let (_, told) = reasons(&app, &ana, agent).await;
    assert!(told.contains("raise its cap"), "{told}");
    assert_eq!(app.count("select count(*) from runs where problem = 'agent_cap'").await, 1);
    assert_eq!(app.count("select count(*) from spending_reservations where settled_at is null").await, 0);
}

#[tokio::test]
async fn how_far_a_run_is_can_be_seen_and_one_that_was_left_has_not_passed() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    for question in ["One?", "Two?"] {
        app.add_check(&ana, agent, passing(question)).await.expect("a check");
    }
    let begun = begin_once(&app, &ana, agent).await.expect("begun").expect("begun");
    let first = begun.checks[0].result(Ok(saying("Hello.")));
    let note = async |cx: &Cx<Actor>| {
        let mut tx = app.database.begin().await.expect("a transaction");
        let noted = service::note_check_result(&mut tx, cx, begun.run, &first).await;
        tx.commit().await.expect("a commit");
        noted
    };
    assert_eq!(status(note(&ben).await.expect_err("somebody else")), 404);
    note(&ana).await.expect("noted");
    let run = service::newest_check_run(app.database.pool(), &ana, agent).await.expect("a run").expect("a run");
    assert_eq!(run.results.iter().map(|it| it.passed).collect::<Vec<_>>(), [Some(true), None]);
    assert_eq!(run.state, CheckRunState::Running);

    app.clock.advance(TimeDelta::minutes(16));
    let later = app.world.cx(ana.actor);
    let (state, told) = reasons(&app, &later, agent).await;
    assert!(state == CheckRunState::Failed && told.contains("broken off"), "{told}");
    assert!(begin_once(&app, &later, agent).await.expect("begun").is_some(), "it can be run again");
    // What comes of it after all changes nothing of the new one, and it has not passed.
    assert!(matches!(app.publish(&later, agent, "").await, Err(Error::ChecksNotPassed)));
}
