//! Checks are written, asked and judged.

use std::sync::Arc;

use agents_core::{
    Answered, CheckRunState, Error, NewCheck, Rule,
    check::{CheckResult, MAX_CHECKS},
    service,
};
use kernel::{CheckId, CheckRunId, SourceId};
use testkit::{TestApp, at_once};
use uuid::Uuid;

use crate::{Agents, new_agent, passing, saying, status, text};

#[tokio::test]
async fn checks_are_added_edited_moved_and_removed() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let mut ids = Vec::new();
    for question in ["one", "two", "'; drop table agent_checks; --"] {
        ids.push(app.add_check(&ana, agent, passing(question)).await.expect("a check"));
    }
    app.move_check(&ana, ids[2], 0).await.expect("moved");
    app.move_check(&ana, ids[0], 99).await.expect("moved to the end");
    app.edit_check(&ana, ids[1], passing("2")).await.expect("edited");
    let checks = service::checks(app.database.pool(), &ana, agent).await.expect("checks");
    let questions: Vec<_> = checks.iter().map(|it| it.question.as_str()).collect();
    assert_eq!(questions, ["'; drop table agent_checks; --", "2", "one"]);
    app.remove_check(&ana, ids[2]).await.expect("removed");
    let next = app.add_check(&ana, agent, passing("last")).await.expect("there is a place for it");
    let checks = service::checks(app.database.pool(), &ana, agent).await.expect("checks");
    assert_eq!(checks.iter().map(|it| it.id).collect::<Vec<_>>(), [ids[1], ids[0], next]);
    assert!(matches!(app.remove_check(&ana, ids[2]).await, Err(Error::NoSuchCheck)));
}

#[tokio::test]
async fn a_run_says_of_each_answer_what_is_wrong_with_it() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let pool = app.database.pool();
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let source = app.add_text(&ana, agent, text("Manual", "Press the button.")).await.expect("a text");
    app.run_jobs().await;
    let cites = NewCheck::parse("How?", vec![Rule::CitesSource { source: Some(source) }]).expect("a check");
    let declines = NewCheck::parse("Why?", vec![Rule::Declines]).expect("a check");
    let fails = NewCheck::parse("Broken?", vec![Rule::Answers]).expect("a check");
    for check in [cites, declines, fails] {
        app.add_check(&ana, agent, check).await.expect("a check");
    }
    let begun = app.begin_checks(&ana, agent).await.expect("begun");
    let running = service::newest_check_run(pool, &ana, agent).await.expect("a run").expect("a run");
    assert_eq!((running.state, running.current), (CheckRunState::Running, true));
    assert!(running.results.iter().all(|it| it.passed.is_none()));
    let answer = |question: String| async move {
        match question.as_str() {
            "How?" => Ok(Answered { cited_sources: vec![source], ..saying("Press it.") }),
            "Why?" => Ok(saying("Because.")),
            _ => Err("No model could be reached.".to_owned()),
        }
    };
    let results = service::ask_checks(&begun, answer).await;
    assert_eq!(app.finish_checks(&ana, begun.run, &results).await.expect("finished"), CheckRunState::Failed);
    let run = service::newest_check_run(pool, &ana, agent).await.expect("a run").expect("a run");
    let told: Vec<_> = run.results.iter().map(|it| (it.question.as_str(), it.passed, it.reasons.join(" "))).collect();
    assert_eq!(told[0], ("How?", Some(true), String::new()));
    assert_eq!(told[1], ("Why?", Some(false), "The agent answers, and should decline.".to_owned()));
    assert_eq!(told[2], ("Broken?", Some(false), "No model could be reached.".to_owned()));
    // What is finished stays so.
    let better: Vec<CheckResult> =
        run.results.iter().map(|it| CheckResult { passed: Some(true), ..it.clone() }).collect();
    assert_eq!(app.finish_checks(&ana, begun.run, &better).await.expect("finished"), CheckRunState::Failed);
    // It was about something else now.
    app.remove_source(&ana, source).await.expect("removed");
    let run = service::newest_check_run(pool, &ana, agent).await.expect("a run").expect("a run");
    assert!(!run.current);
}

#[tokio::test]
async fn a_run_without_all_results_has_not_passed() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    assert!(matches!(app.begin_checks(&ana, agent).await, Err(Error::NoChecks)));
    for question in ["one", "two"] {
        app.add_check(&ana, agent, passing(question)).await.expect("a check");
    }
    let begun = app.begin_checks(&ana, agent).await.expect("begun");
    let mut results = service::ask_checks(&begun, |_| async { Ok(saying("Hello.")) }).await;
    results.pop();
    assert_eq!(app.finish_checks(&ana, begun.run, &results).await.expect("finished"), CheckRunState::Failed);
}

#[tokio::test]
async fn checks_and_runs_of_others_do_not_exist() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let pool = app.database.pool();
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let bens = app.create(&ben, new_agent("bens", "")).await.expect("an agent");
    let bens_source = app.add_text(&ben, bens, text("Secret", "Ben's secret.")).await.expect("a text");
    let check = app.add_check(&ana, agent, passing("Hello?")).await.expect("a check");
    let begun = app.begin_checks(&ana, agent).await.expect("begun");
    let naming = |source| NewCheck::parse("?", vec![Rule::CitesSource { source: Some(source) }]).expect("a check");
    let refused = [
        service::checks(pool, &ben, agent).await.map(|_| ()),
        service::newest_check_run(pool, &ben, agent).await.map(|_| ()),
        app.add_check(&ben, agent, passing("x")).await.map(|_| ()),
        app.edit_check(&ben, check, passing("x")).await,
        app.move_check(&ben, check, 0).await,
        app.remove_check(&ben, check).await,
        app.begin_checks(&ben, agent).await.map(|_| ()),
        app.finish_checks(&ben, begun.run, &[]).await.map(|_| ()),
        app.edit_check(&ana, CheckId::from_uuid(Uuid::from_u128(1)), passing("x")).await,
        app.finish_checks(&ana, CheckRunId::from_uuid(Uuid::from_u128(1)), &[]).await.map(|_| ()),
        // A rule can't be used to learn whether somebody else has a source.
        app.add_check(&ana, agent, naming(bens_source)).await.map(|_| ()),
        app.add_check(&ana, agent, naming(SourceId::from_uuid(Uuid::from_u128(1)))).await.map(|_| ()),
        app.edit_check(&ana, check, naming(bens_source)).await,
    ];
    for refused in refused {
        assert_eq!(status(refused.expect_err("refused")), 404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn there_are_never_more_checks_than_there_may_be() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let added = (0..MAX_CHECKS + 5).map(|n| {
        let (app, ana) = (app.clone(), ana.clone());
        async move { app.add_check(&ana, agent, passing(&format!("question {n}"))).await }
    });
    let added = at_once(added).await;
    assert_eq!(added.iter().filter(|it| it.is_ok()).count(), MAX_CHECKS);
    let ids: Vec<CheckId> = added.into_iter().filter_map(Result::ok).collect();
    let moved = (0..20).map(|n| {
        let (app, ana, check) = (app.clone(), ana.clone(), ids[n]);
        async move {
            if n % 3 == 0 { app.remove_check(&ana, check).await } else { app.move_check(&ana, check, 40 - n).await }
        }
    });
    for result in at_once(moved).await {
        result.expect("one after the other");
    }
    assert_eq!(app.count("select count(*) - max(place) from agent_checks").await, 1, "places have no gaps");
}
