//! Versions are published, compared, and gone back from.

use std::sync::Arc;

use agents_core::{Error, Point, command::Note, service};
use kernel::Problem;
use social_core::diff::Change;
use testkit::{TestApp, at_once};

use crate::{Agents, new_agent, passing, status, text, with_instructions};

#[tokio::test]
async fn only_what_passed_its_checks_is_published() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    let none = app.publish(&ana, agent, "").await.expect_err("no checks");
    assert!(matches!(none, Error::NoChecks));
    assert!(Problem::from(none).message.contains("Add at least one question"));
    app.add_check(&ana, agent, passing("Hello?")).await.expect("a check");
    assert!(matches!(app.publish(&ana, agent, "").await, Err(Error::ChecksNotPassed)));

    app.run_checks(&ana, agent, "Goodbye.").await;
    assert!(matches!(app.publish(&ana, agent, "").await, Err(Error::ChecksNotPassed)));
    app.run_checks(&ana, agent, "Hello.").await;
    // What passed was another draft.
    app.save(&ana, agent, with_instructions("Other."), 1).await.expect("saved");
    assert!(matches!(app.publish(&ana, agent, "").await, Err(Error::ChecksNotPassed)));
    app.run_checks(&ana, agent, "Hello.").await;
    // There are other questions.
    app.add_check(&ana, agent, passing("Hello again?")).await.expect("a check");
    assert!(matches!(app.publish(&ana, agent, "").await, Err(Error::ChecksNotPassed)));
    app.run_checks(&ana, agent, "Hello.").await;
    // It knows something else.
    let source = app.add_text(&ana, agent, text("Manual", "Press the button.")).await.expect("a text");
    assert_eq!(app.publish(&ana, agent, "").await.expect("it is not known before it is read"), 1);
    app.run_jobs().await;
    app.save(&ana, agent, with_instructions("Third."), 2).await.expect("saved");
    app.run_checks(&ana, agent, "Hello.").await;
    app.remove_source(&ana, source).await.expect("removed");
    assert!(matches!(app.publish(&ana, agent, "").await, Err(Error::ChecksNotPassed)));
    app.run_checks(&ana, agent, "Hello.").await;
    // A run that has begun and not ended is the newest.
    let begun = app.begin_checks(&ana, agent).await.expect("begun");
    assert!(matches!(app.publish(&ana, agent, "").await, Err(Error::ChecksNotPassed)));
    let results = service::ask_checks(&begun, |_| async { Ok(crate::saying("Hello.")) }).await;
    app.finish_checks(&ana, begun.run, &results).await.expect("finished");
    assert_eq!(app.publish(&ana, agent, "Now").await.expect("published"), 2);
    assert_eq!(app.publish(&ana, agent, "Twice").await.expect("published already"), 2);
    assert_eq!(app.events("agents.published").await, 2);
}

#[tokio::test]
async fn versions_are_compared_and_gone_back_from() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let pool = app.database.pool();
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.publish_passing(&ana, agent, "Help. Be kind.").await;
    app.publish_passing(&ana, agent, "Help. Be brief.").await;
    let (one, two) = (Point::Version(1), Point::Version(2));
    let changes = service::diff(pool, &ana, agent, one, two).await.expect("a difference");
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].field, "instructions");
    assert!(changes[0].pieces.contains(&(Change::Removed, "Be kind.".to_owned())));
    assert!(service::diff(pool, &ana, agent, two, Point::Draft).await.expect("a difference").is_empty());

    // An editor is open meanwhile.
    let open = service::agent(pool, &ana, agent).await.expect("the agent");
    assert_eq!(app.restore(&ana, agent, 1).await.expect("back"), 3);
    assert!(matches!(
        app.save(&ana, agent, with_instructions("Typed before."), open.draft_number).await,
        Err(Error::SavedMeanwhile)
    ));
    let (spec, version) = service::published_spec(pool, agent).await.expect("at work");
    assert_eq!((spec.instructions.as_str(), version), ("Help. Be kind.", 3));
    let now = service::agent(pool, &ana, agent).await.expect("the agent");
    assert_eq!((now.draft.instructions.as_str(), now.changed), ("Help. Be kind.", false));
    let story: Vec<_> = service::versions(pool, &ana, agent)
        .await
        .expect("versions")
        .into_iter()
        .map(|it| (it.number, it.restored_from, it.answers))
        .collect();
    assert_eq!(story, [(3, Some(1), true), (2, None, false), (1, None, false)]);
    // Going back to what answers already only takes the draft back.
    app.save(&ana, agent, with_instructions("Another draft."), now.draft_number).await.expect("saved");
    assert_eq!(app.restore(&ana, agent, 3).await.expect("back"), 3);
    assert!(!service::agent(pool, &ana, agent).await.expect("the agent").changed);

    assert!(matches!(app.restore(&ana, agent, 9).await, Err(Error::NoSuchVersion)));
    assert!(matches!(service::diff(pool, &ana, agent, one, Point::Version(9)).await, Err(Error::NoSuchVersion)));
}

#[tokio::test]
async fn versions_of_others_do_not_exist_and_none_is_ever_changed() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let pool = app.database.pool();
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.publish_passing(&ana, agent, "Help.").await;
    let refused = [
        service::versions(pool, &ben, agent).await.map(|_| ()),
        service::diff(pool, &ben, agent, Point::Draft, Point::Version(1)).await.map(|_| ()),
        app.publish(&ben, agent, "").await.map(|_| ()),
        app.restore(&ben, agent, 1).await.map(|_| ()),
    ];
    for refused in refused {
        assert_eq!(status(refused.expect_err("refused")), 404);
    }
    let changed = sqlx::query("update agent_versions set note = 'other'").execute(pool).await;
    assert!(changed.is_err(), "the database keeps versions as they are");
    assert!(Note::parse("'; drop table agent_versions; --").is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_unchecked_is_published_while_somebody_saves() {
    let app = Arc::new(TestApp::new().await);
    let ana = app.person("ana").await;
    let agent = app.create(&ana, new_agent("robo", "")).await.expect("an agent");
    app.add_check(&ana, agent, passing("Hello?")).await.expect("a check");
    for round in 1..=6 {
        let checked = format!("Checked {round}");
        let number = service::agent(app.database.pool(), &ana, agent).await.expect("the agent").draft_number;
        let number = app.save(&ana, agent, with_instructions(&checked), number).await.expect("saved");
        app.run_checks(&ana, agent, "Hello.").await;
        let acts = (0..4).map(|n| {
            let (app, ana) = (app.clone(), ana.clone());
            async move {
                if n == 0 {
                    app.save(&ana, agent, with_instructions(&format!("Unchecked {round}")), number).await.map(|_| 0)
                } else {
                    app.publish(&ana, agent, "").await
                }
            }
        });
        for result in at_once(acts).await {
            assert!(matches!(result, Ok(_) | Err(Error::ChecksNotPassed)), "{result:?}");
        }
        if let Ok((spec, _)) = service::published_spec(app.database.pool(), agent).await {
            assert!(spec.instructions.starts_with("Checked"), "{}", spec.instructions);
        }
    }
}
